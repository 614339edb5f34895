"""New names for links whose rows say something else than when they were named: a name is told from what rows say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, text

from etl.linking import prepare
from etl.linking.shapes import PAIRS, REGISTER_KEYS
from etl.warehouse.engine import driver

Address = tuple[str, str, int]

_TOUCHED = text(
    "SELECT link_id, linked_at, period, pair, submission_id, sheet, row, register_submission_id, register_sheet,"
    " register_row FROM history.link"
    " WHERE (submission_id, sheet, row) IN (SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:sheets AS text[]),"
    " CAST(:rows AS int[]))) OR (register_submission_id, register_sheet, register_row) IN (SELECT * FROM"
    " unnest(CAST(:ids AS text[]), CAST(:sheets AS text[]), CAST(:rows AS int[]))) ORDER BY linked_at, link_id"
)


def rename(conn: Connection, addresses: Iterable[Address]) -> int:
    """Name all links, of now and before, of rows at these addresses by what the rows say now; how many.

    In the caller's transaction, which may change history. Nothing else of a link tells what its rows say.
    """
    places = list(addresses)
    keys = {"ids": [p[0] for p in places], "sheets": [p[1] for p in places], "rows": [p[2] for p in places]}
    links = conn.execute(_TOUCHED, keys).all()
    names: dict[tuple[str, object], str] = {}
    taken: Counter[tuple[str, object]] = Counter()
    for one in links:
        pair = PAIRS[one.pair]
        of_left, of_right = pair.key, REGISTER_KEYS[pair.register]
        ends_at = (one.register_submission_id, one.register_sheet, one.register_row)
        left = _said(conn, pair.dataset, of_left, one.period, (one.submission_id, one.sheet, one.row))
        right = _said(conn, pair.register, of_right, one.period, ends_at)
        new = prepare.link_id(one.period, one.pair, left, right)
        # Rows that say the same are told apart by their number, as in ``prepare.row_keys``.
        taken[new, one.linked_at] += 1
        if (again := taken[new, one.linked_at]) > 1:
            new = prepare.link_id(one.period, one.pair, f"{left}|#{again - 1}", right)
        names[one.link_id, one.linked_at] = new
    ends = conn.execute(
        text("SELECT link_id, linked_at, unlinked_at FROM history.link_end WHERE link_id = ANY(:ids)"),
        {"ids": sorted({one for one, _ in names})},
    ).all()
    # An end refers to its link's name: it goes, and comes back under the new one.
    _each(conn, "DELETE FROM history.link_end WHERE link_id = :old AND linked_at = :at",
          [{"old": e.link_id, "at": e.linked_at} for e in ends])  # fmt: skip
    _each(conn, "UPDATE history.link SET link_id = :new WHERE link_id = :old AND linked_at = :at",
          [{"old": old, "at": at, "new": new} for (old, at), new in names.items()])  # fmt: skip
    _each(conn, "INSERT INTO history.link_end (link_id, linked_at, unlinked_at) VALUES (:new, :at, :end)",
          [{"new": names[e.link_id, e.linked_at], "at": e.linked_at, "end": e.unlinked_at} for e in ends])  # fmt: skip
    return len(names)


def _each(conn: Connection, statement: str, values: list[dict[str, Any]]) -> None:
    if values:
        conn.execute(text(statement), values)


def _said(conn: Connection, dataset: str, key: tuple[str, ...], period: str, at: Address) -> str:
    """A row's natural key as text, as ``prepare.row_keys`` writes it."""
    query = sql.SQL("SELECT {} FROM {} WHERE period = %s AND submission_id = %s AND sheet = %s AND row = %s").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in key),
        sql.Identifier("history", dataset),
    )
    found = driver(conn).execute(query, (period, *at)).fetchone()
    return "|".join(value or "" for value in found or ())
