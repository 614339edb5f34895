"""What a query finds as a table in memory, by COPY: many rows at once."""

from __future__ import annotations

import io

import pyarrow as pa
from psycopg import sql
from sqlalchemy import Connection

from etl.warehouse.arrow_csv import read_csv
from etl.warehouse.engine import driver


def copied(conn: Connection, query: sql.Composable, kinds: dict[str, pa.DataType]) -> pa.Table:
    """A query's rows; kinds: its columns in order. An empty field without quotes is a missing value."""
    out = io.BytesIO()
    with (
        driver(conn).cursor() as cursor,
        cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)) as copy,
    ):
        for block in copy:
            out.write(block)
    return read_csv(out.getvalue(), kinds)
