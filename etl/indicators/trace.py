"""The rows behind a number: the indicator's query without the aggregate."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import Connection, text

from etl.indicators.areas import areas_on
from etl.indicators.measure import rebasing_of
from etl.indicators.rebase import Rebasing
from etl.indicators.registry import indicator, parameters
from etl.model.period import Period
from etl.warehouse.engine import join_whole

COLUMNS = ("file", "submission_id", "sheet", "row", "unit_code", "numerator", "denominator", "link")
REFERENCE = "reference_figures.csv"
"""Where a row comes from that no sector sent: a plan's figure."""


class UnknownUnit(LookupError):
    """No such unit or group on the period's last day."""


_ROWS = (
    "SELECT s.file_name AS file, r.submission_id, r.sheet, r.row, r.unit_code, r.numerator, r.denominator,"
    " {link} AS link"
    " FROM ({query}) AS r LEFT JOIN intake.submission AS s ON s.id = r.submission_id"
    " WHERE r.code = :code AND r.unit_code = ANY(:keys) AND (r.numerator <> 0 OR r.denominator IS NOT NULL)"
    " ORDER BY r.unit_code, r.submission_id, r.sheet, r.row"
)


def trace(conn: Connection, code: str, period: Period, unit: str, day: date | None = None) -> pd.DataFrame:
    """The contributing rows of one number (``COLUMNS``; numerator and denominator Decimal or None).

    Their sums are the number's numerator and denominator. link: the kind of link between sectors that put a row into
    the numerator, or None. day: unit is one of that day, not of the period's last; unit_code of a row stays the commune
    of its own. Raises UnknownIndicator, UnknownUnit, ValueError for a day before.
    """
    one = indicator(code)
    rebasing = rebasing_of(one.query, Rebasing.from_period(period, day), period)
    area = next((a for a in areas_on(rebasing.day) if a.code == unit), None)
    if area is None:
        raise UnknownUnit(f"there is no unit {unit!r} on {rebasing.day:%d/%m/%Y}; groups are 30a, urban, rural")
    keys = sorted(rebasing.sources(area.communes))
    if area.level == "province" and rebasing.province:
        keys.append(rebasing.province)
    query = _ROWS.format(query=one.query.sql, link="r.link" if one.query.linked else "NULL")
    join_whole(conn)
    rows = conn.execute(text(query), {**parameters(period), "code": code, "keys": keys}).all()
    frame = pd.DataFrame([tuple(r) for r in rows], columns=list(COLUMNS), dtype="object")
    frame["file"] = frame["file"].fillna(REFERENCE)
    return frame
