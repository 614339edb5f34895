"""What a submission would take the place of, and the totals of its rows. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from etl.contracts import contract


@dataclass(frozen=True)
class Replaced:
    """What counts now in a district and would count no more. as_of: its day of reporting."""

    submission_id: str
    district_code: str
    file_name: str
    as_of: date


@dataclass(frozen=True)
class Order:
    """Where a submission stands among those of its dataset and period: the greatest counts in each district."""

    as_of: date
    modified_at: datetime
    file_name: str


def find_replaced(
    conn: Connection, submission_id: str, dataset: str, period: str, districts: Sequence[str], order: Order
) -> list[Replaced]:
    """Return what counts now in some districts and is not newer than the submission, by district."""
    query = text(
        "SELECT c.submission_id, c.district_code, s.file_name, s.as_of"
        " FROM core.current_coverage AS c JOIN intake.submission AS s ON s.id = c.submission_id"
        " WHERE c.dataset = :dataset AND c.period = :period AND c.district_code = ANY(:districts)"
        ' AND s.id <> :id AND (s.as_of, s.modified_at, s.file_name COLLATE "C")'
        " <= (CAST(:as_of AS date), CAST(:modified_at AS timestamptz), CAST(:file_name AS text))"
        " ORDER BY c.district_code"
    )
    keys = {"id": submission_id, "dataset": dataset, "period": period, "districts": list(districts)}
    rows = conn.execute(query, {**keys, **order.__dict__})
    return [Replaced(**row._mapping) for row in rows]


def loaded_totals(
    conn: Connection, dataset: str, period: str, submission_id: str, columns: Sequence[str]
) -> dict[str, list[float]]:
    """Return the number of loaded rows of a submission and the sums of some columns, by district."""
    form = contract(dataset)
    sums = "".join(f", coalesce(sum({form[name].name}), 0) AS {form[name].name}" for name in columns)
    query = text(
        f"SELECT district_code, count(*) AS number{sums} FROM history.{form.dataset}"  # noqa: S608 - contract's names
        " WHERE period = :period AND submission_id = :id GROUP BY district_code"
    )
    rows = conn.execute(query, {"period": period, "id": submission_id})
    return {row[0]: [float(value) for value in row[1:]] for row in rows}
