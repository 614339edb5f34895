"""The difference between two moments: the figures that changed, and for each the submissions and rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection

from etl.indicators import changes
from etl.indicators.areas import Area
from etl.indicators.changes import Cause, Change, Numbers
from etl.indicators.measure import Counting, counting, measure
from etl.indicators.registry import indicator, indicators, queries
from etl.indicators.row_changes import COLUMNS, row_changes
from etl.indicators.trace import UnknownUnit
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse import at


@dataclass(frozen=True)
class Difference:
    """What changed: the figures, the submissions that came or left, and by indicator the rows (``row_changes``)."""

    changes: tuple[Change, ...]
    submissions: tuple[Cause, ...]
    rows: dict[str, pd.DataFrame]

    def rows_behind(self, shown: Sequence[Change]) -> pd.DataFrame:
        """The rows that changed some figures, each once an indicator."""
        parts = [pd.DataFrame(columns=list(COLUMNS))]
        for code in dict.fromkeys(c.indicator for c in shown):
            keys = {key for c in shown if c.indicator == code for key in _keys(c.area)}
            parts.append(self.rows[code][self.rows[code]["unit_code"].isin(keys)])
        return pd.concat(parts, ignore_index=True)

    def rows_of(self, change: Change) -> pd.DataFrame:
        """The rows that changed one figure; their differences add up to that of the figure."""
        rows = self.rows[change.indicator]
        return rows[rows["unit_code"].isin(_keys(change.area))]


def difference(
    conn: Connection, period: Period, moments: tuple[datetime, datetime], *, level: str | None = None,
    unit: str | None = None, code: str | None = None,
) -> Difference:  # fmt: skip
    """What changed between two moments, of one level, unit or indicator or of all.

    Raises UnknownIndicator, UnknownUnit.
    """
    if code is not None:
        indicator(code)
    (before, had), (after, has) = (_figures(conn, period, moment) for moment in moments)
    if unit is not None and not any(own == unit for _, own in after):
        raise UnknownUnit(f"there is no unit {unit!r} on {period.last_day:%d/%m/%Y}; groups are 30a, urban, rural")
    moved = changes.causes(had, has)
    every = [c for c in changes.compare(period, before, after, moved) if code in (None, c.indicator)]
    wanted = [c for c in every if level in (None, c.area.level) and unit in (None, c.area.code)]
    return Difference(tuple(wanted), tuple(moved), _rows(conn, period, moments, (had, has), every, wanted))


def _figures(conn: Connection, period: Period, moment: datetime) -> tuple[Numbers, list[Counting]]:
    at(conn, moment)
    return changes.numbers(measure(conn, period)), counting(conn, period)


def _rows(
    conn: Connection, period: Period, moments: tuple[datetime, datetime],
    counted: tuple[list[Counting], list[Counting]], every: list[Change], wanted: list[Change],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Indicator → its row changes, looked for only in the communes whose own figures changed."""
    rows: dict[str, pd.DataFrame] = {}
    within = {key for c in wanted for key in _keys(c.area)}
    for query in queries():
        codes = {c.indicator for c in wanted if indicators()[c.indicator].query is query}
        own = [c for c in every if c.indicator in codes and c.area.level in ("commune", "province")]
        keys = sorted({c.area.code for c in own if c.area.code in within})
        if query.rural_only:
            units = units_on(period.last_day)
            keys = [k for k in keys if units[k].is_rural or units[k].level == "province"]
        if codes:
            found = row_changes(conn, query, period, sorted(codes), keys, moments, counted)
            rows |= {code: found[found["code"] == code] for code in codes}
    return rows


def _keys(area: Area) -> tuple[str, ...]:
    """The unit codes of the rows that count for an area: its communes, and the province for what is its alone."""
    return (*area.communes, area.code) if area.level == "province" else area.communes
