"""The units and groups that an indicator is told of, and the communes of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from etl.model.period import Period
from etl.reference.units import Units, units_on

AreaLevel = Literal["commune", "district", "province", "group"]


@dataclass(frozen=True)
class Area:
    """A unit or group: its code, level, name, and communes (codes)."""

    code: str
    level: AreaLevel
    name: str
    communes: tuple[str, ...]
    is_30a: bool


def areas(period: Period) -> tuple[Area, ...]:
    """Communes, districts, the province and the groups of the period's last day, lowest level first."""
    return areas_on(period.last_day)


def areas_on(day: date) -> tuple[Area, ...]:
    """Those of a day. A group without communes (30a once there are no districts) is none."""
    units = units_on(day)
    found = [Area(c.code, "commune", c.name, (c.code,), c.is_30a) for c in units.communes]
    found += [Area(d.code, "district", d.name, _in(units, d.code), d.is_30a) for d in units.districts]
    whole = units.province
    found.append(Area(whole.code, "province", whole.name, _in(units, whole.code), False))
    groups = (
        ("30a", "Các huyện nghèo 30a", tuple(c.code for c in units.communes if c.is_30a), True),
        ("urban", "Khu vực thành thị", tuple(c.code for c in units.communes if not c.is_rural), False),
        ("rural", "Khu vực nông thôn", tuple(c.code for c in units.communes if c.is_rural), False),
    )
    found += [Area(code, "group", name, communes, poor) for code, name, communes, poor in groups if communes]
    return tuple(found)


def _in(units: Units, code: str) -> tuple[str, ...]:
    return tuple(c.code for c in units.communes_in(code))
