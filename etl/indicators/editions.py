"""Editions: a period's figures, frozen with the submissions they rest on and numbered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from etl.indicators.measure import definitions, insert, measure, value_records
from etl.model.period import Period

_ONE_PUBLISHER = 4_009_005


@dataclass(frozen=True)
class Edition:
    """One published edition. as_of: the moment whose rows it shows; new: whether this call has made it."""

    period: str
    number: int
    fingerprint: str
    published_at: datetime
    as_of: datetime
    code_version: str
    new: bool = False


def publish(conn: Connection, period: Period, code_version: str) -> Edition:
    """Freeze a period's figures as the next edition; the newest stands where nothing has changed since.

    What makes an edition is the submissions that count, the definitions (queries, standard, targets) and the values.
    """
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_PUBLISHER})
    frame = measure(conn, period)
    values = value_records(frame)
    submissions = list(
        conn.scalars(
            text("SELECT DISTINCT submission_id FROM core.current_coverage WHERE period = :period ORDER BY 1"),
            {"period": str(period)},
        )
    )
    content = json.dumps([submissions, definitions(period), values], default=str, sort_keys=True, ensure_ascii=False)
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    newest = get(conn, period)
    if newest is not None and newest.fingerprint == fingerprint:
        return newest
    key = {"period": str(period), "number": newest.number + 1 if newest else 1}
    conn.execute(
        text(
            "INSERT INTO mart.edition (period, number, fingerprint, as_of, code_version) VALUES (:period, :number,"
            " :fingerprint, greatest(clock_timestamp(), (SELECT max(accepted_at) FROM intake.submission)), :version)"
        ),
        {**key, "fingerprint": fingerprint, "version": code_version},
    )
    insert(conn, "edition_submission", [{**key, "submission_id": s} for s in submissions])
    insert(conn, "edition_value", [{**key, **v} for v in values])
    published = get(conn, period)
    if published is None:
        raise RuntimeError(f"the edition of {period} was written and cannot be read")
    return Edition(**{**published.__dict__, "new": True})


def get(conn: Connection, period: Period, number: int | None = None) -> Edition | None:
    """An edition of a period, the newest without a number; None when there is none."""
    row = conn.execute(
        text(
            "SELECT period, number, fingerprint, published_at, as_of, code_version FROM mart.edition"
            " WHERE period = :period AND (CAST(:number AS int) IS NULL OR number = :number)"
            " ORDER BY number DESC LIMIT 1"
        ),
        {"period": str(period), "number": number},
    ).one_or_none()
    return Edition(**row._mapping) if row else None
