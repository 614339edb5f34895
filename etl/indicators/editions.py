"""Editions: a period's figures, frozen with the submissions they rest on and numbered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from etl.faults import point
from etl.indicators import changes, compare, discrepancies
from etl.indicators.measure import Counting, counting, definitions, insert, measure, value_records
from etl.model.frames import records
from etl.model.period import Period
from etl.warehouse import at, ledger, moments

_VALUES = (
    "indicator", "unit_code", "unit_level", "numerator", "denominator", "value", "target", "met", "complete", "missing",
    "covered", "suppressed", "by_link",
)  # fmt: skip


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
    Its moment comes first and nobody publishes meanwhile: what counted then is what it holds, for ever.
    """
    moment = moments.take_turn(conn)
    at(conn, moment)
    frame = measure(conn, period)
    values = value_records(frame)
    submissions = counting(conn, period)
    point("edition.measured")
    made_by = _json(definitions(period))
    content = _json([[s.submission_id for s in submissions], made_by, values])
    fingerprint = hashlib.sha256(content.encode()).hexdigest()
    newest = get(conn, period)
    if newest is not None and newest.fingerprint == fingerprint:
        return newest
    number = newest.number + 1 if newest else 1
    key = {"period": str(period), "number": number}
    conn.execute(
        text(
            "INSERT INTO mart.edition (period, number, fingerprint, as_of, code_version, definitions)"
            " VALUES (:period, :number, :fingerprint, :as_of, :version, CAST(:definitions AS jsonb))"
        ),
        {**key, "fingerprint": fingerprint, "as_of": moment, "version": code_version, "definitions": made_by},
    )
    point("edition.numbered")
    insert(conn, "edition_submission", [{**key, **_kept(conn, s)} for s in submissions])
    point("edition.submissions")
    insert(conn, "edition_value", [{**key, **v} for v in values])
    point("edition.values")
    discrepancies.keep(conn, period, number)
    point("edition.discrepancies")
    compare.keep(conn, period, number, frame)
    point("edition.comparisons")
    if newest is not None:
        insert(conn, "edition_change", [{**key, **c} for c in _changes(conn, newest, period, frame, submissions)])
    point("edition.changes")
    published = get(conn, period)
    if published is None:
        raise RuntimeError(f"the edition of {period} was written and cannot be read")
    return Edition(**{**published.__dict__, "new": True})


def _json(content: Any) -> str:
    return json.dumps(content, default=str, sort_keys=True, ensure_ascii=False)


def _kept(conn: Connection, one: Counting) -> dict[str, Any]:
    """What an edition says of a submission: nothing of it may change with later recounts."""
    now = ledger.get(conn, one.submission_id)
    return {
        "submission_id": one.submission_id, "rows_accepted": now.rows_accepted, "rows_rejected": now.rows_rejected,
        "district_codes": list(one.districts),
    }  # fmt: skip


def _changes(
    conn: Connection, before: Edition, period: Period, frame: pd.DataFrame, submissions: list[Counting]
) -> list[dict[str, Any]]:
    """What differs from the edition before, as rows of ``mart.edition_change``."""
    key = {"period": before.period, "number": before.number}
    columns = ["indicator", "unit_code", "numerator", "denominator", "value", "suppressed"]
    rows = conn.execute(
        text(f"SELECT {', '.join(columns)} FROM mart.edition_value WHERE period = :period AND number = :number"),  # noqa: S608
        key,
    )
    was = pd.DataFrame([tuple(r) for r in rows], columns=columns, dtype="object")
    had = conn.execute(
        text(
            "SELECT e.submission_id, s.file_name, s.dataset, e.district_codes FROM mart.edition_submission AS e"
            " JOIN intake.submission AS s ON s.id = e.submission_id WHERE e.period = :period AND e.number = :number"
        ),
        key,
    )
    moved = changes.causes([Counting(i, f, d, tuple(own)) for i, f, d, own in had], submissions)
    hidden = {(r.indicator, r.unit_code) for side in (was, frame) for r in records(side) if r.suppressed}
    return [
        {k: _json(v) if k == "submissions" else v for k, v in c.as_record().items() if k != "unit_name"}
        | {"suppressed": (c.indicator, c.area.code) in hidden}
        for c in changes.compare(period, changes.numbers(was), changes.numbers(frame), moved)
    ]


def shown(conn: Connection, period: Period, number: int | None) -> list[dict[str, Any]]:
    """How each indicator stands in the report of an edition (``Indicator.shown``), as it was defined on its day.

    number None: as it is defined now. So too for an edition from before definitions were kept with it.
    """
    return list(_defined(conn, period, number)["indicators"])


def forms(conn: Connection, period: Period, number: int | None) -> dict[str, str]:
    """Dataset → title of what sectors were to send, as ``shown``."""
    return dict(_defined(conn, period, number)["forms"])


def official(conn: Connection, period: Period, number: int | None) -> list[dict[str, Any]]:
    """The published figures of the period's year (rows of ``reference_figures.csv``), as ``shown``."""
    return list(_defined(conn, period, number)["figures"])


def values(conn: Connection, period: Period, number: int | None) -> pd.DataFrame:
    """The figures of an edition, or (number None) the provisional ones.

    Columns indicator, unit_code, unit_level, numerator, denominator, value, target, met, complete, missing, suppressed,
    by_link; empty where there are none.
    """
    table = "mart.indicator_value" if number is None else "mart.edition_value"
    own = "" if number is None else " AND number = :number"
    result = conn.execute(
        text(f"SELECT {', '.join(_VALUES)} FROM {table} WHERE period = :period{own}"),  # noqa: S608
        {"period": str(period)} | ({} if number is None else {"number": number}),
    )
    return pd.DataFrame([tuple(r) for r in result.all()], columns=list(_VALUES), dtype="object")


def _defined(conn: Connection, period: Period, number: int | None) -> dict[str, Any]:
    kept = conn.scalar(
        text("SELECT definitions FROM mart.edition WHERE period = :period AND number = :number"),
        {"period": str(period), "number": number},
    )
    return kept or definitions(period)


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
