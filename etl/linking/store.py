"""What was linked is kept in ``history``: links that are new, ends of those that hold no more, and what a run made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection, text

from etl.faults import point
from etl.linking import prepare
from etl.linking.quality import quality_of
from etl.linking.reading import Read
from etl.linking.shapes import ADDRESS, PAIRS, REGISTER_KEYS, VERSION, Outcome
from etl.linking.standing import COLUMNS, last_run, standing
from etl.model.period import Period
from etl.warehouse import moments
from etl.warehouse.arrow_csv import written_csv
from etl.warehouse.engine import driver

_SAME = [name for name in COLUMNS if name not in ("period", "pair")]
"""What makes a link that stands the link that was found."""


@dataclass(frozen=True)
class Kept:
    """What a run has changed: links added and ended, from when on; and how good all that stand are, by pair."""

    added: int
    ended: int
    at: datetime | None
    quality: dict[str, dict[str, Any]]


def touched_elsewhere(
    conn: Connection, period: Period, given: Read, found: pd.DataFrame, stood: pd.DataFrame
) -> frozenset[str]:
    """The other districts in which a run has found something else than stands: they have to be looked through too.

    found: ``found_of`` the run; stood: what stands now in the districts that were looked through.
    """
    if given.within is None:
        return frozenset()
    touched: set[str] = set()
    addresses = pd.concat([f.loc[~f["district_code"].isin(given.within), ADDRESS] for f in given.frames.values()])
    stood = pd.concat([stood, standing(conn, period, None, of=addresses)])
    ends = ["district_code", "register_district_code"]
    told = []
    for links in (found, stood):
        outside = links[~(links[ends[0]].isin(given.within) & links[ends[1]].isin(given.within))]
        told.append(outside.drop_duplicates("link_id").set_index("link_id"))
    for one, other in (told, told[::-1]):
        alone = one[~one.index.isin(other.index)]
        touched |= set(alone[ends[0]]) | set(alone[ends[1]])
    return frozenset(touched - given.within)


def keep(
    conn: Connection, period: Period, given: Read, outcome: Outcome, found: pd.DataFrame, stood: pd.DataFrame
) -> Kept:
    """Let an outcome stand in place of what stood, in the caller's transaction; what is as it was is not written.

    found: ``found_of`` the outcome; stood: what stands now in the districts that were looked through.
    """
    if given.within is not None:
        within = found["district_code"].isin(given.within) | found["register_district_code"].isin(given.within)
        found = found[within]
    now, remaining = _lines(found), _lines(stood)
    added = found[~prepare.among(now, remaining)]
    ended = stood[~prepare.among(remaining, now)]
    quality = quality_of(outcome.parts)
    made = {
        pair: {d: part.as_data() for (name, d), part in sorted(outcome.parts.items()) if name == pair} for pair in PAIRS
    }
    if not len(added) and not len(ended) and last_run(conn, period) == (outcome.parts, given.basis):
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
            "INSERT INTO history.link_run (period, at, basis, parts, quality, added, ended) VALUES (:period, :at,"
            " CAST(:basis AS jsonb), CAST(:parts AS jsonb), CAST(:quality AS jsonb), :added, :ended)"
        ),
        {
            **key,
            "basis": json.dumps(given.basis),
            "parts": json.dumps(made),
            "quality": json.dumps(quality),
            "added": len(added),
            "ended": len(ended),
        },
    )
    return Kept(len(added), len(ended), moment, quality)


def found_of(period: Period, frames: dict[str, pd.DataFrame], outcome: Outcome) -> pd.DataFrame:
    """The outcome's links, and refused pairs, as rows of ``history.link`` without their moment."""
    told = []
    whole = pd.concat([outcome.links, outcome.refused], ignore_index=True)
    keys = {name: prepare.row_keys(frames[name], of).to_numpy() for name, of in REGISTER_KEYS.items()}
    for name, pair in PAIRS.items():
        own = whole[whole["pair"] == name]
        rows, register = frames[pair.dataset], frames[pair.register]
        lefts = prepare.row_keys(rows, pair.key).to_numpy()[own["left_at"].to_numpy(dtype="int64")]
        rights = keys[pair.register][own["right_at"].to_numpy(dtype="int64")]
        left = rows.take(own["left_at"].to_numpy(dtype="int64"))
        right = register.take(own["right_at"].to_numpy(dtype="int64"))
        ids = [prepare.link_id(str(period), name, one, other) for one, other in zip(lefts, rights, strict=True)]
        agreed = [None if a is None else _as_jsonb(a) for a in own["agreed"]]
        told.append(pd.DataFrame({
            "link_id": ids, "period": str(period), "pair": name,
            **{n: left[n].to_numpy() for n in (*ADDRESS, "district_code")},
            **{f"register_{n}": right[n].to_numpy() for n in (*ADDRESS, "district_code")},
            "method": own["method"].to_numpy(), "weight": own["weight"].to_numpy(),
            "probability": own["probability"].to_numpy(), "agreed": pd.Series(agreed, dtype="str").to_numpy(),
        }))  # fmt: skip
    return pd.concat(told, ignore_index=True)[COLUMNS].astype({"row": "int64", "register_row": "int64"})


def _lines(links: pd.DataFrame) -> pd.Series[Any]:
    """Each link as one text, by which it is known to be the same."""
    numbers = {n: links[n].round(4).astype("str") for n in ("weight", "probability")}
    texts = links[_SAME].assign(**numbers).astype("str").fillna("")
    line = texts.iloc[:, 0]
    for column in texts.columns[1:]:
        line = line + "\n" + texts[column]
    return line


def _as_jsonb(agreed: dict[str, list[object]]) -> str:
    """What agreed, in the words that jsonb has for it: shorter keys first."""
    return json.dumps({key: agreed[key] for key in sorted(agreed, key=lambda key: (len(key), key))})


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
    statement = f"COPY history.link ({', '.join([*COLUMNS, 'linked_at'])}) FROM STDIN (FORMAT csv)"
    with driver(conn).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(written_csv(table))
