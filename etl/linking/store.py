"""Links in PostgreSQL: what is to be linked comes from the ``core`` views, what was linked is kept in ``history``."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import sql
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.faults import point
from etl.linking import prepare
from etl.linking.quality import quality_of
from etl.linking.shapes import (
    ADDRESS,
    COLUMNS,
    DATASETS,
    LINK_COLUMNS,
    PAIRS,
    REGISTER_KEYS,
    VERSION,
    Before,
    Outcome,
    Part,
    Trained,
    no_links,
)
from etl.model.period import Period
from etl.warehouse import moments
from etl.warehouse.engine import driver

_LINK = [
    "link_id", "period", "pair", *ADDRESS, "district_code", *(f"register_{n}" for n in ADDRESS),
    "register_district_code", "method", "weight", "probability", "agreed",
]  # fmt: skip
_SAME = [name for name in _LINK if name not in ("period", "pair")]
"""What makes a link that stands the link that was found."""


@dataclass(frozen=True)
class Read:
    """What a run starts from: rows, what was trained for the period, the parts of the run before."""

    frames: dict[str, pd.DataFrame]
    trained: dict[str, Trained]
    before: Before


def read(conn: Connection, period: Period) -> Read:
    """The rows of a period that count now, in the order in which they are linked, and what is known of it."""
    moments.stand_at(conn, None)
    frames = {name: prepare.in_order(_rows(conn, name, period), _key(name)) for name in DATASETS}
    return Read(frames, _trained(conn, period), Before(parts(conn, period), _probable(conn, period, frames)))


def _key(dataset: str) -> tuple[str, ...]:
    return REGISTER_KEYS.get(dataset) or next(p.key for p in PAIRS.values() if p.dataset == dataset)


def _rows(conn: Connection, dataset: str, period: Period) -> pd.DataFrame:
    columns = [*ADDRESS, "district_code", *COLUMNS[dataset]]
    query = sql.SQL("SELECT {} FROM {} WHERE period = {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("core", dataset), sql.Literal(str(period))
    )
    kinds = {name: kind for name, kind in contract(dataset).stored_columns if name in columns}
    arrow = {n: {"date": pa.date32(), "smallint": pa.int16()}.get(kinds.get(n, "text"), pa.string()) for n in columns}
    table = _copied(conn, query, arrow | {"row": pa.int32()})
    frame: pd.DataFrame = table.to_pandas(date_as_object=False).astype(
        {n: "str" for n, kind in arrow.items() if kind == pa.string() and n != "row"}
    )
    return frame.astype({n: "Int16" for n, kind in arrow.items() if kind == pa.int16()})


def _copied(conn: Connection, query: sql.Composable, kinds: dict[str, pa.DataType]) -> pa.Table:
    """A query's rows by COPY; an empty field without quotes is a missing value."""
    out = io.BytesIO()
    with (
        driver(conn).cursor() as cursor,
        cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy,
    ):
        for block in copy:
            out.write(block)
    if not out.tell():
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    options = pa_csv.ConvertOptions(
        column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(
        pa.BufferReader(out.getbuffer()), pa_csv.ReadOptions(column_names=list(kinds)), parse, options
    )


def _probable(conn: Connection, period: Period, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The probable links that stand, by the positions of their rows; of rows that count no more, none."""
    stood = _stood(conn, period)
    told = [no_links()]
    for name, pair in PAIRS.items():
        own = stood[(stood["pair"] == name) & (stood["method"] == "probable")]
        at = _positions(frames[pair.dataset], "left_at", "")
        to = _positions(frames[pair.register], "right_at", "register_")
        both = own.merge(at, on=ADDRESS).merge(to, on=[f"register_{n}" for n in ADDRESS])
        agreed = [json.loads(a) if isinstance(a, str) else None for a in both["agreed"]]
        told.append(both.assign(agreed=pd.Series(agreed, index=both.index, dtype="object"))[LINK_COLUMNS])
    return pd.concat(told, ignore_index=True)


def _positions(frame: pd.DataFrame, name: str, prefix: str) -> pd.DataFrame:
    found = frame[ADDRESS].astype({"row": "int64"}).assign(**{name: range(len(frame))})
    return found.rename(columns={n: f"{prefix}{n}" for n in ADDRESS})


def _trained(conn: Connection, period: Period) -> dict[str, Trained]:
    query = text("SELECT trained FROM history.link_model WHERE period = :period AND version = :version")
    kept: dict[str, Any] | None = conn.scalar(query, {"period": str(period), "version": VERSION})
    return {pair: Trained.from_data(data) for pair, data in (kept or {}).items()}


def parts(conn: Connection, period: Period) -> dict[tuple[str, str], Part]:
    """What the newest run of a period made of each pair and district."""
    query = text("SELECT parts FROM history.link_run WHERE period = :period ORDER BY at DESC LIMIT 1")
    kept: dict[str, dict[str, list[Any]]] = conn.scalar(query, {"period": str(period)}) or {}
    return {(pair, d): Part(p[0], p[1]) for pair, own in kept.items() for d, p in own.items()}


@dataclass(frozen=True)
class Kept:
    """What a run has changed: links added and ended, from when on; and how good all that stand are, by pair."""

    added: int
    ended: int
    at: datetime | None
    quality: dict[str, dict[str, Any]]


def keep(conn: Connection, period: Period, frames: dict[str, pd.DataFrame], outcome: Outcome) -> Kept:
    """Let an outcome stand in place of what stood, in the caller's transaction; what is as it was is not written."""
    found = _found(period, frames, outcome)
    stood = _stood(conn, period)
    given, remaining = _lines(found), _lines(stood)
    added = found[~given.isin(set(remaining))]
    ended = stood[~remaining.isin(set(given))]
    quality = quality_of(outcome.links, frames, outcome)
    made = {
        pair: {d: [p.rests_on, p.missed] for (name, d), p in sorted(outcome.parts.items()) if name == pair}
        for pair in PAIRS
    }
    if not len(added) and not len(ended) and parts(conn, period) == outcome.parts:
        return Kept(0, 0, None, quality)
    moment = moments.take_turn(conn)
    key = {"period": str(period), "at": moment}
    _end(conn, ended, moment)
    point("link.ended")
    _add(conn, added, moment)
    point("link.added")
    conn.execute(text("DELETE FROM history.link_model WHERE period = :period AND version <> :version"),
                 {"period": str(period), "version": VERSION})  # fmt: skip
    conn.execute(
        text(
            "INSERT INTO history.link_model (period, trained_at, version, trained)"
            " VALUES (:period, :at, :version, CAST(:trained AS jsonb)) ON CONFLICT DO NOTHING"
        ),
        {**key, "version": VERSION, "trained": json.dumps({p: t.as_data() for p, t in outcome.trained.items()})},
    )
    point("link.trained")
    conn.execute(
        text(
            "INSERT INTO history.link_run (period, at, parts, quality, added, ended)"
            " VALUES (:period, :at, CAST(:parts AS jsonb), CAST(:quality AS jsonb), :added, :ended)"
        ),
        {**key, "parts": json.dumps(made), "quality": json.dumps(quality), "added": len(added), "ended": len(ended)},
    )
    return Kept(len(added), len(ended), moment, quality)


def _found(period: Period, frames: dict[str, pd.DataFrame], outcome: Outcome) -> pd.DataFrame:
    """The outcome's links, and refused pairs, as rows of ``history.link`` without their moment."""
    told = []
    whole = pd.concat([outcome.links, outcome.refused], ignore_index=True)
    for name, pair in PAIRS.items():
        own = whole[whole["pair"] == name]
        rows, register = frames[pair.dataset], frames[pair.register]
        of_left, of_right = prepare.keys_of(pair)
        lefts = prepare.row_keys(rows, of_left).to_numpy()[own["left_at"].to_numpy(dtype="int64")]
        rights = prepare.row_keys(register, of_right).to_numpy()[own["right_at"].to_numpy(dtype="int64")]
        left = rows.take(own["left_at"].to_numpy(dtype="int64"))
        right = register.take(own["right_at"].to_numpy(dtype="int64"))
        ids = [prepare.link_id(str(period), name, one, other) for one, other in zip(lefts, rights, strict=True)]
        agreed = [None if a is None else json.dumps(a, separators=(", ", ": ")) for a in own["agreed"]]
        told.append(pd.DataFrame({
            "link_id": ids, "period": str(period), "pair": name,
            **{n: left[n].to_numpy() for n in (*ADDRESS, "district_code")},
            **{f"register_{n}": right[n].to_numpy() for n in (*ADDRESS, "district_code")},
            "method": own["method"].to_numpy(), "weight": own["weight"].to_numpy(),
            "probability": own["probability"].to_numpy(), "agreed": pd.Series(agreed, dtype="str").to_numpy(),
        }))  # fmt: skip
    return pd.concat(told, ignore_index=True)[_LINK].astype({"row": "int64", "register_row": "int64"})


def _stood(conn: Connection, period: Period) -> pd.DataFrame:
    """Links and refusals of a period that have no end yet, also those of rows that count no more."""
    kinds = {n: pa.string() for n in _LINK} | {"row": pa.int64(), "register_row": pa.int64(),
             "weight": pa.float64(), "probability": pa.float64()}  # fmt: skip
    columns = sql.SQL(", ").join(
        sql.SQL("l.agreed::text AS agreed") if n == "agreed" else sql.Identifier("l", n) for n in (*_LINK, "linked_at")
    )
    query = sql.SQL(
        "SELECT {} FROM history.link AS l WHERE l.period = {} AND NOT EXISTS (SELECT 1 FROM history.link_end AS e"
        " WHERE e.link_id = l.link_id AND e.linked_at = l.linked_at)"
    ).format(columns, sql.Literal(str(period)))
    table = _copied(conn, query, kinds | {"linked_at": pa.string()})
    frame: pd.DataFrame = table.to_pandas()
    return frame.astype({n: "str" for n, kind in kinds.items() if kind == pa.string()})


def _lines(links: pd.DataFrame) -> pd.Series[Any]:
    """Each link as one text, by which it is known to be the same; jsonb has an order of keys of its own."""
    plain = links[_SAME].assign(agreed=links["agreed"].map(_sorted_json, na_action="ignore"))
    numbers = {n: plain[n].round(4).astype("str") for n in ("weight", "probability")}
    texts = plain.assign(**numbers).astype("str").fillna("")
    line = texts.iloc[:, 0]
    for column in texts.columns[1:]:
        line = line + "\n" + texts[column]
    return line


def _sorted_json(told: str) -> str:
    return json.dumps(json.loads(told), sort_keys=True)


def _end(conn: Connection, ended: pd.DataFrame, moment: datetime) -> None:
    if not len(ended):
        return
    statement = "COPY history.link_end (link_id, linked_at, unlinked_at) FROM STDIN"
    with driver(conn).cursor() as cursor, cursor.copy(statement) as copy:
        for row in ended[["link_id", "linked_at"]].itertuples(index=False):
            copy.write_row((row.link_id, row.linked_at, moment))


def _add(conn: Connection, added: pd.DataFrame, moment: datetime) -> None:
    if not len(added):
        return
    table = pa.Table.from_pandas(added.assign(linked_at=moment.isoformat()), preserve_index=False)
    sink = io.BytesIO()
    pa_csv.write_csv(table, sink, pa_csv.WriteOptions(include_header=False, quoting_style="needed"))
    statement = f"COPY history.link ({', '.join([*_LINK, 'linked_at'])}) FROM STDIN (FORMAT csv)"
    with driver(conn).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(sink.getvalue())
