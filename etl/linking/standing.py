"""What stands of a period's links: those that have no end yet, and what the newest run made."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
from psycopg import sql
from sqlalchemy import Connection, text

from etl.linking.shapes import ADDRESS, Part
from etl.model.period import Period
from etl.warehouse.copied import copied

COLUMNS = [
    "link_id", "period", "pair", *ADDRESS, "district_code", *(f"register_{n}" for n in ADDRESS),
    "register_district_code", "method", "weight", "probability", "agreed",
]  # fmt: skip
"""Of history.link, without the moment."""

Parts = dict[tuple[str, str], Part]


def last_run(conn: Connection, period: Period) -> tuple[Parts, dict[str, Any]]:
    """What the newest run of a period made of each pair and district, and what it rested on; before any: nothing."""
    query = text("SELECT parts, basis FROM history.link_run WHERE period = :period ORDER BY at DESC LIMIT 1")
    found = conn.execute(query, {"period": str(period)}).one_or_none()
    if found is None:
        return {}, {}
    return {(pair, d): Part.from_data(p) for pair, own in found.parts.items() for d, p in own.items()}, found.basis


def standing(
    conn: Connection, period: Period, within: frozenset[str] | None, of: pd.DataFrame | None = None
) -> pd.DataFrame:  # fmt: skip
    """Links and refusals of a period that have no end yet, also those of rows that count no more.

    ``COLUMNS`` and linked_at. within: of these districts; of: of rows at these addresses, on either side.
    """
    kinds = {n: pa.string() for n in COLUMNS} | {"row": pa.int64(), "register_row": pa.int64(),
             "weight": pa.float64(), "probability": pa.float64()}  # fmt: skip
    columns = sql.SQL(", ").join(
        sql.SQL("l.agreed::text AS agreed") if n == "agreed" else sql.Identifier("l", n)
        for n in (*COLUMNS, "linked_at")
    )
    wanted: sql.Composable = sql.SQL("true")
    if within is not None:
        wanted = sql.SQL("(l.district_code = ANY({0}) OR l.register_district_code = ANY({0}))").format(sorted(within))
    if of is not None:
        lists = sql.SQL("unnest({}::text[], {}::text[], {}::int[])").format(*(of[n].tolist() for n in ADDRESS))
        wanted = sql.SQL("false") if not len(of) else sql.SQL(
            "((l.submission_id, l.sheet, l.row) IN (SELECT * FROM {0}) OR"
            " (l.register_submission_id, l.register_sheet, l.register_row) IN (SELECT * FROM {0}))"
        ).format(lists)  # fmt: skip
    query = sql.SQL(
        "SELECT {} FROM history.link AS l WHERE l.period = {} AND {} AND NOT EXISTS ("
        "SELECT 1 FROM history.link_end AS e WHERE e.link_id = l.link_id AND e.linked_at = l.linked_at)"
    ).format(columns, sql.Literal(str(period)), wanted)
    table = copied(conn, query, kinds | {"linked_at": pa.string()})
    frame: pd.DataFrame = table.to_pandas()
    return frame.astype({n: "str" for n, kind in kinds.items() if kind == pa.string()})
