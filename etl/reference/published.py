"""What published figures are called, which of ours they are held against, and whether their totals foot."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from etl.model.text import fold
from etl.reference.data_files import yaml_of
from etl.reference.figures import figures
from etl.reference.units import Units

Part = Literal["value", "numerator", "denominator", "target"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Metric(_Strict):
    """A published metric: its name and unit, and of which indicator it is which part; group: of these communes alone.

    factor: how many of our unit one of the published is.
    """

    vi: str
    unit_vi: str
    indicator: str | None = None
    part: Part = "value"
    group: str | None = None
    factor: Decimal = Decimal(1)


class Stated(_Strict):
    """One published figure, by its key in ``reference_figures.csv``; scope ``districts``: each district's."""

    year: int
    as_of: str
    scope: str
    metric: str


class Sum(_Strict):
    """A total that a source states and its parts, as figures or, where they stand in its note alone, as numbers."""

    vi: str
    total: Stated
    parts: tuple[Stated, ...] = ()
    stated: tuple[Decimal, ...] = ()


class _Published(_Strict):
    figures: dict[str, Metric]
    sums: tuple[Sum, ...]


@dataclass(frozen=True)
class Footing:
    """Whether a published total is the sum of its published parts. difference: total − sum, 0 where it foots."""

    vi: str
    year: int
    total: Decimal
    summed: Decimal
    difference: Decimal
    unit_vi: str
    source: str


@lru_cache(maxsize=1)
def _published() -> _Published:
    return _Published.model_validate(yaml_of("published.yml"))


def metrics() -> dict[str, Metric]:
    """Metric → how it is called and compared."""
    return _published().figures


def footings() -> tuple[Footing, ...]:
    """Every published total with the sum of its parts. Raises LookupError for a figure that is not in the table."""
    found = []
    for one in _published().sums:
        (total,) = _rows(one.total)
        parts = [Decimal(r["value"]) for part in one.parts for r in _rows(part)] or list(one.stated)
        whole, summed = Decimal(total["value"]), sum(parts, Decimal(0))
        unit = metrics()[one.total.metric].unit_vi
        found.append(Footing(one.vi, one.total.year, whole, summed, whole - summed, unit, total["source"]))
    return tuple(found)


def _rows(key: Stated) -> list[dict[str, str]]:
    frame = figures()
    own = frame[(frame["year"] == key.year) & (frame["as_of"] == key.as_of) & (frame["metric"] == key.metric)]
    in_districts = own["scope"].str.fullmatch(r"(.*\|)?\d{3}")
    own = own[in_districts] if key.scope == "districts" else own[own["scope"] == key.scope]
    if not len(own):
        raise LookupError(f"no published figure {key.metric} of {key.year} {key.as_of} for {key.scope}")
    return [{str(k): str(v) for k, v in row.items()} for row in own.to_dict("records")]


def unit_of(scope: str, units: Units) -> str | None:
    """The unit that a figure's scope names on a day: ``province``, ``Bat Xat|082``, ``082``, ``Huyen Bac Ha``."""
    if scope == "province":
        return units.province.code
    code = scope.rsplit("|", 1)[-1]
    if code in units:
        return code
    return next((d.code for d in units.districts if fold(d.name) == fold(scope)), None)
