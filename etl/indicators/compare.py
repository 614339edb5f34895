"""A period's figures beside earlier ones and beside the target: previous quarter, a year ago, since the year began.

Earlier figures are measured anew from what counted at the same moment, on the units of the period's own day, so that a
later correction of the past, or a commune that moved, does not pass for a change. Where the poverty standard changed in
between, the series breaks: both figures stand, no difference is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, text

from etl.indicators.measure import exact_value, insert, measure
from etl.indicators.registry import Indicator, indicators
from etl.model.frames import records
from etl.model.period import Period
from etl.reference.standards import standard_on
from etl.reference.targets import targets

Base = Literal["previous", "year_before", "year_start"]
BASES: tuple[Base, ...] = ("previous", "year_before", "year_start")

Why = Literal["", "no_data", "incomplete", "standard", "counts_anew", "suppressed"]
"""Why there is no difference to a base: none of its data, not complete on one side, another poverty standard, a count
that began anew with the year, hidden because few people stand behind it."""


@dataclass(frozen=True)
class Earlier:
    """One earlier figure. value, change (now − then): % or percentage points for a rate, else the count; None: why."""

    period: str
    value: float | None
    change: float | None
    why: Why
    approximate: bool = False


@dataclass(frozen=True)
class Compared:
    """A figure of now with what came before and what is still to do.

    quarters_left: until the target is due, after this one; needed: change per quarter that reaches it (None: met, due
    or without a target); pace: change per quarter since the year began; on_track: met, or at least as fast as needed.
    """

    indicator: str
    unit_code: str
    unit_level: str
    unit_name: str
    value: float | None
    complete: bool
    suppressed: bool
    is_rate: bool
    target: float | None
    target_op: str | None
    met: bool | None
    previous: Earlier
    year_before: Earlier
    year_start: Earlier
    quarters_left: int | None
    needed: float | None
    pace: float | None
    on_track: bool | None

    def as_record(self) -> dict[str, Any]:
        """Plain data; the earlier figures as nested records."""
        return asdict(self)


Figures = dict[tuple[str, str], Any]
"""(indicator, unit) → a row of ``measure``."""


def bases(period: Period) -> dict[Base, Period]:
    """The earlier periods that a period is held against."""
    return {"previous": period.previous(), "year_before": period.year_before(), "year_start": period.year_end_before()}


def compare(conn: Connection, period: Period, frame: pd.DataFrame | None = None) -> list[Compared]:
    """Every figure of a period with the earlier ones, at the setting as-of; in the order of ``measure``.

    frame: the period's own figures where they are measured already.
    """
    earlier: dict[Period, Figures] = {}
    for one in sorted(set(bases(period).values())):
        there = conn.scalar(
            text("SELECT EXISTS (SELECT FROM core.current_coverage WHERE period = :period)"), {"period": str(one)}
        )
        earlier[one] = _by_key(measure(conn, one, period.last_day)) if there else {}
    now = _by_key(measure(conn, period) if frame is None else frame)
    return [_compared(row, indicators()[row.indicator], period, earlier) for row in now.values()]


def keep(conn: Connection, period: Period, number: int, frame: pd.DataFrame) -> None:
    """Keep with an edition how its figures above the communes compare with earlier ones."""
    key = {"period": str(period), "number": number}
    rows = [
        {**key, "place": place, "comparison": json.dumps(c.as_record(), ensure_ascii=False)}
        for place, c in enumerate(c for c in compare(conn, period, frame) if c.unit_level != "commune")
    ]
    insert(conn, "edition_comparison", rows)


def kept(conn: Connection, period: Period, number: int) -> list[dict[str, Any]]:
    """The comparisons kept with an edition, as records; none of one from before they were kept."""
    query = text(
        "SELECT comparison FROM mart.edition_comparison WHERE period = :period AND number = :number ORDER BY place"
    )
    return list(conn.scalars(query, {"period": str(period), "number": number}))


def _by_key(frame: pd.DataFrame) -> Figures:
    return {(row.indicator, row.unit_code): row for row in records(frame)}


def _compared(row: Any, one: Indicator, period: Period, earlier: dict[Period, Figures]) -> Compared:
    key = (row.indicator, row.unit_code)
    then = {base: _earlier(base, row, earlier[p].get(key), one, period, p) for base, p in bases(period).items()}
    now = _exact(row)
    left, needed, pace, on_track = _way_to_target(row, now, then["year_start"], one, period)
    return Compared(
        *key, row.unit_level, row.unit_name, None if row.suppressed else row.value, row.complete, row.suppressed,
        row.denominator is not None, None if row.target is None else float(row.target), row.target_op,
        None if row.suppressed else row.met, then["previous"], then["year_before"], then["year_start"],
        left, needed, pace, on_track,
    )  # fmt: skip


def _exact(row: Any) -> Fraction | None:
    return exact_value(row.numerator, row.denominator) if row is not None and row.numerator is not None else None


def _earlier(base: Base, row: Any, then: Any, one: Indicator, period: Period, when: Period) -> Earlier:
    if one.query.cumulative and base != "year_before" and when.year != period.year:
        if base == "previous":
            return Earlier(str(when), None, None, "counts_anew")
        # Nothing was done yet when the year began.
        value = None if row.suppressed or not row.complete else row.value
        return Earlier(str(when), 0.0, value, _why_not(row, row, same_standard=True))
    standard = standard_on(when.last_day) == standard_on(period.last_day) or not one.query.rests_on_standard
    why: Why = "no_data" if then is None else _why_not(row, then, same_standard=standard)
    before, now = _exact(then), _exact(row)
    value = None if before is None or why == "suppressed" else float(before)
    change = float(now - before) if not why and now is not None and before is not None else None
    return Earlier(str(when), value, change, why, bool(getattr(then, "approximate", False)))


def _why_not(row: Any, then: Any, *, same_standard: bool) -> Why:
    if row.suppressed or then.suppressed:
        return "suppressed"
    if not (row.complete and then.complete):
        return "incomplete"
    return "" if same_standard else "standard"


def _way_to_target(
    row: Any, now: Fraction | None, start: Earlier, one: Indicator, period: Period
) -> tuple[int | None, float | None, float | None, bool | None]:
    """quarters_left, needed, pace, on_track of ``Compared``."""
    due = _due(one, period.last_day)
    if row.target is None or due is None or now is None or row.suppressed:
        return None, None, None, None
    left = sum(1 for _ in _quarter_ends(period, due))
    pace = None if start.change is None else start.change / period.quarter
    if row.met:
        return left, None, pace, True
    gap = Fraction(row.target) - now
    needed = float(gap / left) if left else None
    if needed is None:
        return left, None, pace, False
    return left, needed, pace, None if pace is None else pace >= needed if gap >= 0 else pace <= needed


def _due(one: Indicator, day: date) -> date | None:
    """The last day of the targets that an indicator has on a day."""
    valid = (t for t in targets() if t.indicator in (one.code, one.base) and t.valid_from <= day <= t.valid_to)
    return max((t.valid_to for t in valid), default=None)


def _quarter_ends(period: Period, due: date) -> Iterable[Period]:
    after = period.next()
    while after.last_day <= due:
        yield after
        after = after.next()
