"""What people ask of the warehouse: status, findings, indicators, the rows behind a number, a report."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from etl import completeness, pipeline
from etl.contracts import contract
from etl.examine import LOCAL_TIME
from etl.indicators import compare as comparing
from etl.indicators import editions
from etl.indicators import measure as measuring
from etl.indicators import trace as tracing
from etl.indicators.difference import Difference, difference
from etl.indicators.published import beside_ours
from etl.model.period import Period
from etl.reference.units import units_on
from etl.reporting.template import write_template
from etl.settings import Settings
from etl.warehouse import connect, ledger, moments
from etl.warehouse.standing import Standing, standing


def indicators(
    settings: Settings,
    period: Period,
    level: str | None,
    unit: str | None,
    as_of: datetime | None,
    day: date | None = None,
) -> pd.DataFrame:
    """The indicators of a period, measured now from the rows that count (at ``as_of``), of one level or unit or all.

    day: on the units of that day, the period's last or later. Raises LookupError for an unknown unit, ValueError for a
    day before.
    """
    with connect(settings) as engine, engine.begin() as conn:
        moments.stand_at(conn, as_of)
        frame = measuring.measure(conn, period, day)
    if level is not None:
        frame = frame[frame["unit_level"] == level]
    if unit is not None:
        if unit not in set(frame["unit_code"]):
            raise LookupError(f"there is no unit {unit!r} on {day or period.last_day:%d/%m/%Y}")
        frame = frame[frame["unit_code"] == unit]
    return frame


def compare(
    settings: Settings, period: Period, level: str | None, unit: str | None, as_of: datetime | None
) -> list[dict[str, Any]]:
    """The figures of a period beside earlier ones and their targets, as records of ``indicators.compare.Compared``.

    Raises LookupError for an unknown unit.
    """
    with connect(settings) as engine, engine.begin() as conn:
        moments.stand_at(conn, as_of)
        found = comparing.compare(conn, period)
    if unit is not None and unit not in {c.unit_code for c in found}:
        raise LookupError(f"there is no unit {unit!r} on {period.last_day:%d/%m/%Y}")
    return [c.as_record() for c in found if level in (None, c.unit_level) and unit in (None, c.unit_code)]


def published(settings: Settings, period: Period) -> list[dict[str, Any]]:
    """The official figures of a period's year beside ours, as records of ``indicators.published.Published``."""
    with connect(settings) as engine, engine.begin() as conn:
        moments.stand_at(conn, None)
        found = beside_ours(period, editions.official(conn, period, None), measuring.measure(conn, period))
    return [one.as_record() for one in found]


def trace(
    settings: Settings, indicator: str, period: Period, unit: str, as_of: datetime | None, day: date | None = None
) -> pd.DataFrame:
    """The contributing rows of one number, of a unit of a day (the period's last or later).

    Raises LookupError for an unknown indicator or unit, ValueError for a day before the period's last.
    """
    with connect(settings) as engine, engine.begin() as conn:
        moments.stand_at(conn, as_of)
        return tracing.trace(conn, indicator, period, unit, day)


def diff(
    settings: Settings, period: Period, since: datetime | None, until: datetime | None, *, level: str | None = None,
    unit: str | None = None, indicator: str | None = None,
) -> Difference:  # fmt: skip
    """What changed between two moments: since the newest edition where none is given, until now.

    Raises LookupError for an unknown indicator or unit, or where there is no edition to begin with.
    """
    with connect(settings) as engine, engine.begin() as conn:
        last = moments.stand_at(conn, until)
        if since is None:
            newest = editions.get(conn, period)
            if newest is None:
                raise LookupError(f"no edition of {period} is published to compare with: name a moment with --from")
            since = newest.as_of
        return difference(conn, period, (since, last), level=level, unit=unit, code=indicator)


def findings(settings: Settings, submission: str | None, period: Period | None) -> pd.DataFrame:
    """The findings of one submission, of a period, or all. Raises LookupError for an unknown submission."""
    with connect(settings) as engine, engine.begin() as conn:
        if submission is not None:
            ledger.get(conn, submission)
        return ledger.findings(conn, submission=submission, period=str(period) if period else None)


def report(settings: Settings, period: Period, folder: Path | None, edition: int | None) -> Path:
    """The report of an edition; none named: of the newest, and where none is published, of provisional figures."""
    if edition is None:
        with connect(settings) as engine, engine.begin() as conn:
            newest = editions.get(conn, period)
        edition = newest.number if newest else None
    if edition is None:
        pipeline.measure(settings, str(period))
    return pipeline.report(settings, str(period), edition, folder)


def template(dataset: str, unit: str | None, period: Period | None, out: Path) -> Path:
    """The template of a dataset for a unit (the province) and a period (the last that has ended).

    Raises LookupError for an unknown dataset or unit, or one that does not send it; OSError.
    """
    form = contract(dataset)
    chosen = period or Period.of(datetime.now(LOCAL_TIME).date()).previous()
    units = units_on(chosen.last_day)
    if unit is not None and unit not in units:
        raise LookupError(f"there is no unit {unit!r} on {chosen.last_day:%d/%m/%Y}")
    sender = units[unit] if unit else units.province
    if sender.level not in ("district", "province"):
        own = units.district_of(sender.code)
        raise LookupError(f"{sender.name} sends no files of its own: --unit {own.code} ({own.name})")
    return write_template(form.on(chosen.last_day), sender, chosen, units, out)


def status(settings: Settings, period: Period | None, as_of: datetime | None = None) -> list[dict[str, Any]]:
    """One record a submission of the period, then one for each that is missing, now or as it was told at ``as_of``.

    The period defaults to the newest that anybody has sent by then.
    """
    with connect(settings) as engine, engine.begin() as conn:
        moment = moments.stand_at(conn, as_of)
        chosen = period or _newest(conn)
        if chosen is None:
            return []
        submissions = standing(conn, chosen, moment)
        records = [_submitted(one, chosen) for one in submissions]
        return records + [
            _missing(dataset, unit, chosen) for dataset, unit in completeness.missing_submissions(conn, chosen)
        ]


def quality(settings: Settings, period: Period | None) -> list[dict[str, Any]]:
    """The quality of each sector, then of each of its units, in a period (the newest); of what was dropped last.

    Records with sector, unit (None for all of them together), data_rows, rows_doubted, quality in %.
    """
    with connect(settings) as engine, engine.begin() as conn:
        chosen = period or _newest(conn)
        query = text(
            "SELECT sector, unit_code, data_rows, rows_doubted, CAST(quality AS double precision) AS quality"
            " FROM quality.score WHERE period = :period ORDER BY sector, unit_code NULLS FIRST"
        )
        if chosen is None:
            return []
        rows = conn.execute(query, {"period": str(chosen)}).all()
    return [
        {
            "sector": row.sector, "unit": _unit_name(row.unit_code, chosen) if row.unit_code else None,
            "data_rows": int(row.data_rows), "rows_doubted": int(row.rows_doubted),
            "quality": None if row.quality is None else round(row.quality, 2),
        }
        for row in rows
    ]  # fmt: skip


def _newest(conn: Connection) -> Period | None:
    newest = conn.scalar(text("SELECT max(period) FROM core.current_coverage"))
    return Period.parse(newest) if newest else None


def _submitted(one: Standing, period: Period) -> dict[str, Any]:
    return {
        "dataset": one.dataset or one.sector,
        "unit_code": one.unit_code,
        "unit": _unit_name(one.unit_code, period),
        "state": one.state,
        "file": one.file_name,
        "rows_accepted": one.rows_accepted,
        "rows_rejected": one.rows_rejected,
        "ignored_with_values": one.ignored_with_values,
        "quality": None if one.quality is None else round(one.quality, 2),
        "received_at": one.received_at.isoformat(timespec="seconds"),
        "reason": one.reason if one.state in ("rejected", "held") or one.rows_rejected else None,
        "submission_id": one.submission_id,
    }


def _missing(dataset: str, unit: str, period: Period) -> dict[str, Any]:
    unknown = ("file", "rows_accepted", "rows_rejected", "ignored_with_values", "quality", "received_at", "reason")
    empty = dict.fromkeys((*unknown, "submission_id"))
    named = {"dataset": dataset, "unit_code": unit, "unit": _unit_name(unit, period), "state": "missing"}
    return {**named, **empty, "reason": f"{contract(dataset).title}: chưa gửi"}


def _unit_name(code: str | None, period: Period) -> str | None:
    units = units_on(period.last_day)
    return units[code].name if code is not None and code in units else code
