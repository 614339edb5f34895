"""Which rows changed a figure: the contributing rows of two moments, each found again in the file that came after it.

A row is found again by its address or, in another file, by what the contract recognizes it by. What recognizes a
person never leaves the warehouse: it is compared as a hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from psycopg import sql
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.indicators.measure import Counting
from etl.indicators.registry import Query, parameters
from etl.indicators.trace import REFERENCE
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse import at
from etl.warehouse.engine import driver

_OWN = ["submission_id", "sheet", "row", "numerator", "denominator"]
_ADDRESS = ["code", "unit_code", "submission_id", "sheet", "row"]
_SAME = ["code", "unit_code", "key"]
_WORTH = ["numerator", "denominator"]
COLUMNS = ("code", "unit_code", *(f"{name}_{side}" for side in ("before", "after") for name in ("file", *_OWN)))
"""Of a frame of row changes. unit_code: the commune (or the province, of what belongs to it alone); numerator and
denominator Decimal, None where the row is not there; code, file, sheet, submission_id: text or None."""

# Numbers as their shortest text: equal texts are equal numbers, and nothing is rounded on the way.
_ROWS = """
    SELECT
        r.code, r.unit_code, coalesce(r.submission_id, '') AS submission_id, coalesce(r.sheet, '') AS sheet,
        coalesce(r.row, 0) AS row, trim_scale(r.numerator::numeric)::text AS numerator,
        coalesce(trim_scale(r.denominator::numeric)::text, '') AS denominator
    FROM ({query}) AS r
    WHERE r.code = ANY(:codes) AND r.unit_code = ANY(:keys) AND (r.numerator <> 0 OR r.denominator <> 0)
"""


def row_changes(
    conn: Connection, query: Query, period: Period, codes: Sequence[str], keys: Sequence[str],
    moments: tuple[datetime, datetime], counted: tuple[Sequence[Counting], Sequence[Counting]],
) -> pd.DataFrame:  # fmt: skip
    """The rows of a query that contribute otherwise at the second moment than at the first (``COLUMNS``).

    codes: indicators of the query; keys: communes (or the province's code) to look at; counted: what counts at each
    moment. Of each code and key, the sums of the second moment's contributions less those of the first are the
    differences of the listed rows. A row that contributes at one of the moments alone is looked for in the file that
    counts at the other, where it stands with the contribution 0.
    """
    sides = []
    for moment in moments:
        at(conn, moment)
        values = {**parameters(period), "codes": list(codes), "keys": list(keys)}
        rows = conn.execute(text(_ROWS.format(query=query.sql)), values).all()
        frame = pd.DataFrame([tuple(r) for r in rows], columns=[*_ADDRESS, *_WORTH])
        sides.append(frame.astype({c: "str" for c in frame.columns if c != "row"} | {"row": "int64"}))
    before, after = sides
    before, after, _ = _paired(before, after, [*_ADDRESS, *_WORTH])
    before, after, moved = _paired(before, after, _ADDRESS)
    known = _recognized(conn, period, {*before["submission_id"], *after["submission_id"]})
    before, after = (_with_key(side, known) for side in (before, after))
    before, after, _ = _paired(before, after, [*_SAME, *_WORTH])
    before, after, rewritten = _paired(before, after, _SAME)
    gone, new = (
        _elsewhere(conn, period, side, other) for side, other in zip((before, after), counted[::-1], strict=True)
    )
    pairs = [moved, rewritten, (before, gone), (new, after)]
    return _named(conn, pd.concat([_beside(*pair) for pair in pairs], ignore_index=True))


def _paired(
    before: pd.DataFrame, after: pd.DataFrame, names: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[pd.DataFrame, pd.DataFrame]]:
    """Rows that agree in columns, each with one partner; what is left of both sides, and the pairs, line by line."""
    ways = []
    for side in (before, after):
        joined = side[names[0]].str.cat(side[names[1:]].astype("str"), sep="\x1f")
        ways.append(pd.DataFrame({"same": joined, "nth": side.groupby(joined).cumcount(), "at": side.index}))
    both = ways[0].merge(ways[1], on=["same", "nth"], suffixes=("_before", "_after"))
    pairs = before.loc[both["at_before"]], after.loc[both["at_after"]]
    left = before[~before.index.isin(both["at_before"])], after[~after.index.isin(both["at_after"])]
    return *left, pairs


def _recognized(conn: Connection, period: Period, submissions: set[str]) -> pd.DataFrame:
    """Address → a hash of what each row of some submissions is recognized by."""
    found = [pd.DataFrame({"submission_id": [], "sheet": [], "row": [], "key": []})]
    datasets = conn.execute(
        text("SELECT dataset, array_agg(id) FROM intake.submission WHERE id = ANY(:ids) GROUP BY 1 ORDER BY 1"),
        {"ids": sorted(submissions)},
    ).all()
    with driver(conn).cursor() as cursor:
        for dataset, ids in datasets:
            form = contract(dataset)
            names = map(sql.Identifier, form.key or form.recognized_by)
            parts = [sql.SQL("coalesce({}::text, '')").format(name) for name in names]
            statement = sql.SQL(
                "SELECT submission_id, sheet, row, hashtextextended(concat_ws(chr(31), {}), 0)::text"
                " FROM {} WHERE period = %s AND submission_id = ANY(%s)"
            ).format(sql.SQL(", ").join(parts), sql.Identifier("history", dataset))
            cursor.execute(statement, (str(period), ids))
            found.append(pd.DataFrame(cursor.fetchall(), columns=["submission_id", "sheet", "row", "key"]))
    return pd.concat(found, ignore_index=True).astype(
        {"submission_id": "str", "sheet": "str", "row": "int64", "key": "str"}
    )


def _elsewhere(conn: Connection, period: Period, rows: pd.DataFrame, counting: Sequence[Counting]) -> pd.DataFrame:
    """Where rows of one moment stand among what counts at the other, line by line; empty texts where they do not."""
    units = units_on(period.last_day)
    ids = {"ids": sorted(set(rows["submission_id"]))}
    of = {
        r.id: r.dataset
        for r in conn.execute(text("SELECT id, dataset FROM intake.submission WHERE id = ANY(:ids)"), ids)
    }
    there = {(c.dataset, district): c.submission_id for c in counting for district in c.districts}
    district_of = {unit: units.district_of(unit).code for unit in set(rows["unit_code"]) - {units.province.code}}
    other = [
        there.get((of.get(own, ""), district_of.get(unit, "")), "")
        for own, unit in zip(rows["submission_id"], rows["unit_code"], strict=True)
    ]
    known = _recognized(conn, period, set(other)).drop_duplicates(["submission_id", "key"])
    wanted = rows[["code", "unit_code", "key"]].assign(submission_id=pd.Series(other, index=rows.index, dtype="str"))
    found = wanted.merge(known, how="left", on=["submission_id", "key"]).set_axis(rows.index)
    absent = found["row"].isna()
    found.loc[absent, ["submission_id", "sheet"]] = ""
    return found.assign(
        row=found["row"].fillna(0).astype("int64"), numerator=(~absent).map({True: "0", False: ""}), denominator=""
    )


def _with_key(side: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    merged = side.merge(known, how="left", on=["submission_id", "sheet", "row"])
    return merged.assign(key=merged["key"].fillna("")).set_axis(side.index)


def _beside(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Pairs side by side, line by line."""
    columns: dict[str, list[Any]] = {name: before[name].tolist() for name in ("code", "unit_code")}
    for side, frame in (("before", before), ("after", after)):
        columns |= {f"{name}_{side}": frame[name].tolist() for name in _OWN}
    return pd.DataFrame(columns, dtype="object")


def _named(conn: Connection, rows: pd.DataFrame) -> pd.DataFrame:
    """With file names, exact numbers, None for what is not there; in the order of unit, file and row."""
    ids = {*rows["submission_id_before"], *rows["submission_id_after"]}
    named = conn.execute(text("SELECT id, file_name FROM intake.submission WHERE id = ANY(:ids)"), {"ids": sorted(ids)})
    files = {row.id: row.file_name for row in named} | {"": REFERENCE}
    for side in ("before", "after"):
        absent = rows[f"submission_id_{side}"] == ""
        nowhere = absent & (rows[f"numerator_{side}"] == "")
        rows[f"file_{side}"] = rows[f"submission_id_{side}"].map(files).where(~nowhere, None)
        for name in _WORTH:
            exact = [Decimal(v) if v else None for v in rows[f"{name}_{side}"]]
            rows[f"{name}_{side}"] = pd.Series(exact, index=rows.index, dtype="object")
        rows.loc[absent, [f"{name}_{side}" for name in ("submission_id", "sheet", "row")]] = None
    order = [f"{name}_{side}" for name in ("file", "sheet", "row") for side in ("after", "before")]
    return rows[list(COLUMNS)].sort_values(["code", "unit_code", *order], ignore_index=True)
