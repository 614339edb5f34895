"""Prepared rows into ``history``, invisible until the submission is published."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from psycopg import sql
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.faults import point
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse.arrow_csv import written_csv
from etl.warehouse.engine import driver
from etl.warehouse.ledger import Submission

_BLOCK = 200_000


def load_rows(conn: Connection, submission: Submission, rows: pd.DataFrame) -> int:
    """Copy a submission's accepted rows into ``history.<dataset>``; how many. Rows of an earlier attempt give way.

    rows: sheet, row, then the contract's stored columns. Works in the caller's transaction. Raises ValueError when the
    submission has no heading yet.
    """
    if submission.dataset is None or submission.period is None:
        raise ValueError(f"submission {submission.id} has no dataset or period")
    form = contract(submission.dataset)
    names = ["submission_id", "sheet", "row", "period", "district_code", *(n for n, _ in form.stored_columns)]
    conn.execute(
        text("SELECT history.make_partition(:dataset, :period)"),
        {"dataset": form.dataset, "period": submission.period},
    )
    point("load.partition")
    table = sql.Identifier("history", form.dataset)
    with driver(conn).cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM {} WHERE period = %s AND submission_id = %s").format(table),
            (submission.period, submission.id),
        )
        point("load.emptied")
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(table, columns)
        with cursor.copy(statement) as copy:
            for start in range(0, len(rows), _BLOCK):
                copy.write(as_csv(_addressed(rows.iloc[start : start + _BLOCK], submission)[names]))
                point("load.block")
    return len(rows)


def vacuum(conn: Connection, submission: Submission) -> None:
    """VACUUM (ANALYZE) a submission's partition, outside of any transaction, and let the planner know the whole table.

    Without it a fresh quarter is measured in 15 s, not in 2, and its first readers write the hint bits of every page.
    Nobody else analyzes a partitioned table, and joins are planned by what is known of it, not of its partitions: of
    any number it would be thought that one person in 200 has it.
    """
    partition = sql.Identifier("history", _partition_name(submission.dataset or "", submission.period or ""))
    driver(conn).execute(sql.SQL("VACUUM (ANALYZE) {}").format(partition))
    driver(conn).execute(sql.SQL("ANALYZE ONLY {}").format(sql.Identifier("history", submission.dataset or "")))


def _partition_name(dataset: str, period: str) -> str:
    return f"{dataset}_{period.lower().replace('-', '_')}"


def _addressed(rows: pd.DataFrame, submission: Submission) -> pd.DataFrame:
    units = units_on(Period.parse(submission.period or "").last_day)
    districts = {code: units.district_of(code).code for code in rows["commune"].unique()}
    return rows.assign(
        submission_id=submission.id, period=submission.period, district_code=rows["commune"].map(districts)
    )


def as_csv(rows: pd.DataFrame) -> bytes:
    """The rows as csv for COPY: texts quoted, a missing value as an empty field without quotes."""
    dates = [name for name, kind in rows.dtypes.items() if kind.kind == "M"]
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for name in dates:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, table.column(name).cast(pa.date32()))
    return written_csv(table)
