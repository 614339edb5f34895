"""What changed between two sets of figures, by how much, and which submissions came or left in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pandas as pd

from etl.indicators.areas import Area, areas
from etl.indicators.measure import Counting, exact_value
from etl.indicators.registry import indicators
from etl.model.frames import records
from etl.model.period import Period
from etl.reference.units import units_on


class Number(NamedTuple):
    """One figure; all None where it is not complete."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: float | None = None


Numbers = Mapping[tuple[str, str], Number]
"""(indicator, unit code) → its figure."""


@dataclass(frozen=True)
class Cause:
    """A submission that came to count, or counts no more, in some districts."""

    submission_id: str
    file: str
    dataset: str
    way: Literal["came", "left"]
    districts: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One figure before and after, and the submissions that may have changed it.

    change: of the value, in the indicator's own unit (percentage points of a rate); None where one of the two is.
    """

    indicator: str
    area: Area
    before: Number
    after: Number
    submissions: tuple[Cause, ...]

    @property
    def change(self) -> float | None:
        """By how much the value changed, exactly, rounded once."""
        values = [
            None if n.numerator is None else exact_value(n.numerator, n.denominator) for n in (self.before, self.after)
        ]
        return None if values[0] is None or values[1] is None else float(values[1] - values[0])

    def as_record(self) -> dict[str, Any]:
        """The change as fields of fixed names, without its rows."""
        return {
            "indicator": self.indicator, "unit_code": self.area.code, "unit_level": self.area.level,
            "unit_name": self.area.name, "numerator_before": self.before.numerator,
            "numerator_after": self.after.numerator, "denominator_before": self.before.denominator,
            "denominator_after": self.after.denominator, "value_before": self.before.value,
            "value_after": self.after.value, "change": self.change,
            "submissions": [{"submission_id": c.submission_id, "file": c.file, "way": c.way} for c in self.submissions],
        }  # fmt: skip


def numbers(frame: pd.DataFrame) -> Numbers:
    """Measured values as figures to compare."""
    return {
        (r.indicator, r.unit_code): Number(r.numerator, r.denominator, None if pd.isna(r.value) else r.value)
        for r in records(frame)
    }


def causes(before: Iterable[Counting], after: Iterable[Counting]) -> list[Cause]:
    """The submissions that came or left, each with the districts that it gained or lost."""
    old = {(s.dataset, d): s for s in before for d in s.districts}
    new = {(s.dataset, d): s for s in after for d in s.districts}
    moved: dict[tuple[Literal["came", "left"], Counting], list[str]] = defaultdict(list)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if was is not None and (now is None or now.submission_id != was.submission_id):
            moved["left", was].append(key[1])
        if now is not None and (was is None or now.submission_id != was.submission_id):
            moved["came", now].append(key[1])
    return [Cause(s.submission_id, s.file, s.dataset, way, tuple(own)) for (way, s), own in moved.items()]


def compare(period: Period, before: Numbers, after: Numbers, moved: Sequence[Cause]) -> list[Change]:
    """The figures that differ, in the order of the report, units from the province down."""
    units = units_on(period.last_day)
    places = {area.code: area for area in reversed(areas(period))}
    districts = {area.code: {units.district_of(c).code for c in area.communes} for area in places.values()}
    order = {code: at for at, code in enumerate(indicators())}
    at = {code: place for place, code in enumerate(places)}
    found = []
    for key in sorted(before.keys() | after.keys(), key=lambda k: (order.get(k[0], len(order)), k[0], at.get(k[1], 0))):
        was, now = before.get(key, Number()), after.get(key, Number())
        if was != now and key[1] in places:
            own = _of(key[0], districts[key[1]], moved)
            found.append(Change(key[0], places[key[1]], was, now, tuple(own)))
    return found


def _of(indicator: str, districts: set[str], moved: Sequence[Cause]) -> list[Cause]:
    """What moved among the datasets that an indicator is made of, in these districts; if nothing did there, anywhere.

    A person's card may come with another district's file.
    """
    known = indicators().get(indicator)
    read = [c for c in moved if known is None or c.dataset in known.query.datasets]
    return [c for c in read if districts.intersection(c.districts)] or read
