"""What a query finds as a table in memory, by COPY: many rows at once."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pa_csv
from psycopg import sql
from sqlalchemy import Connection

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
    if not out.tell():
        return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
    options = pa_csv.ConvertOptions(
        column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False, null_values=[""]
    )
    parse = pa_csv.ParseOptions(newlines_in_values=True)
    return pa_csv.read_csv(
        pa.BufferReader(out.getbuffer()), pa_csv.ReadOptions(column_names=list(kinds)), parse, options
    )
