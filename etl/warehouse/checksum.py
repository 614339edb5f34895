"""Checksums of what is kept, to tell whether two states are the same."""

from __future__ import annotations

from psycopg import sql
from sqlalchemy import Connection, text

from etl.warehouse.engine import driver

TABLES, VIEWS = ("r", "p"), ("v",)


def checksum(conn: Connection, schema: str, kinds: tuple[str, ...] = TABLES + VIEWS) -> dict[str, str]:
    """Table or view → md5 of all its rows, whatever their order; partitions count within their table."""
    names = conn.scalars(
        text(
            "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " WHERE n.nspname = :schema AND c.relkind = ANY(:kinds) AND NOT c.relispartition ORDER BY 1"
        ),
        {"schema": schema, "kinds": list(kinds)},
    ).all()
    sums = {}
    with driver(conn).cursor() as cursor:
        for name in names:
            statement = sql.SQL(
                "SELECT md5(coalesce(string_agg(line, '' ORDER BY line), ''))"
                " FROM (SELECT md5(t::text) AS line FROM {} AS t) AS lines"
            ).format(sql.Identifier(schema, name))
            cursor.execute(statement)
            sums[name] = str(next(cursor)[0])
    return sums
