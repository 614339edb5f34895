"""Published figures beside ours: what an official source says, what we measure, by how much they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from etl.model.frames import records
from etl.model.period import Period
from etl.reference.published import Metric, metrics, unit_of
from etl.reference.standards import standard_on
from etl.reference.units import Units, units_on

Why = Literal["", "not_measured", "other_day", "other_standard", "no_unit", "incomplete", "suppressed"]
"""Why nothing of ours stands beside it: no indicator tells it; it is of another day; it rests on another poverty
standard; its place is none of our units; a submission lacks; hidden because few people stand behind it."""

_OF_THE_YEAR = ("plan", "avg", "undated")


@dataclass(frozen=True)
class Published:
    """One published figure. unit: of published and of ours; difference: ours − published; why: ``Why``."""

    year: int
    as_of: str
    metric: str
    name_vi: str
    scope: str
    unit_code: str | None
    published: Decimal
    ours: Decimal | None
    difference: Decimal | None
    unit: str
    unit_vi: str
    why: Why
    indicator: str | None
    standard: str
    status: str
    source: str
    note: str

    def as_record(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def beside_ours(period: Period, figures: Iterable[Mapping[str, Any]], frame: pd.DataFrame) -> list[Published]:
    """The published figures of a period's year, each with ours where it tells of the same.

    figures: rows of ``reference_figures.csv``; frame: figures of the period with indicator, unit_code, numerator,
    denominator, value, target, complete, suppressed.
    """
    ours = {(row.indicator, row.unit_code): row for row in records(frame)}
    units = units_on(period.last_day)
    return [_one(period, row, ours, units) for row in figures if int(row["year"]) == period.year]


def _one(period: Period, row: Mapping[str, Any], ours: Mapping[tuple[str, str], Any], units: Units) -> Published:
    metric = metrics().get(row["metric"], Metric(vi=row["metric"], unit_vi=row["unit"]))
    place = unit_of(row["scope"], units)
    unit = metric.group if metric.group and place == units.province.code else place
    measured = ours.get((metric.indicator or "", unit or ""))
    why = _why(period, row, metric, unit, measured)
    value = None if why else _part(measured, metric)
    if not why and value is None:
        why = "not_measured"
    published = Decimal(row["value"])
    return Published(
        int(row["year"]), row["as_of"], row["metric"], metric.vi, row["scope"], unit, published, value,
        None if value is None else value - published, row["unit"], metric.unit_vi, why, metric.indicator,
        row["poverty_standard"], row["status"], row["source"], row["note"],
    )  # fmt: skip


def _why(period: Period, row: Mapping[str, Any], metric: Metric, unit: str | None, measured: Any) -> Why:
    if metric.indicator is None:
        return "not_measured"
    if row["as_of"] not in (*_OF_THE_YEAR, f"{period.last_day:%m-%d}"):
        return "other_day"
    if unit is None:
        return "no_unit"
    if metric.part != "target":
        rests = row["poverty_standard"] and metric.indicator.startswith(("POV", "NEAR_POOR"))
        if rests and row["poverty_standard"] != standard_on(period.last_day).id:
            return "other_standard"
        if measured is None:
            return "not_measured"
        if not measured.complete:
            return "incomplete"
        if measured.suppressed:
            return "suppressed"
    return ""


def _part(measured: Any, metric: Metric) -> Decimal | None:
    value = None if measured is None else getattr(measured, metric.part)
    return None if value is None else Decimal(str(value)) / metric.factor
