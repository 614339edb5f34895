"""Figures of a period on the units of a later day: what each commune contributes goes along its successors.

Nothing is allocated by guess. A commune that was divided counts whole with its main part, and every figure to which
that makes a difference is marked approximate: those of areas that hold some of its parts and not all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from etl.model.period import Period
from etl.reference.successors import moved
from etl.reference.units import units_on


class Sum(NamedTuple):
    """What the rows of an indicator add up to in a unit.

    rows: how many contribute to the numerator; links: kind of link → how much of the numerator rests on it.
    """

    numerator: Decimal
    denominator: Decimal | None
    rows: int
    links: Mapping[str, Decimal] = MappingProxyType({})

    def __add__(self, other: Sum) -> Sum:  # type: ignore[override]
        """Both together; without a denominator where neither has one."""
        given = [d for d in (self.denominator, other.denominator) if d is not None]
        denominator = sum(given, Decimal(0)) if given else None
        links = dict(self.links)
        for kind, count in other.links.items():
            links[kind] = links.get(kind, Decimal(0)) + count
        return Sum(self.numerator + other.numerator, denominator, self.rows + other.rows, links)


Sums = dict[tuple[str, str], Sum]
"""(indicator, unit) → its sum."""


@dataclass(frozen=True)
class Rebasing:
    """Where a period's communes lie on a day: the same place on the units of its own last day.

    counted_in, parts and unknown as in ``reference.successors.Moved``; province: the code of the province where it is
    still the same one, so that what belongs to it alone (a plan) still does.
    """

    day: date
    counted_in: Mapping[str, str | None]
    parts: Mapping[str, frozenset[str | None]]
    unknown: frozenset[str]
    province: str | None

    @classmethod
    def from_period(cls, period: Period, day: date | None = None) -> Rebasing:
        """From a period's last day to a day, by default the same. Raises ValueError for an earlier one."""
        own = period.last_day
        there = day or own
        found = moved(own, there)
        before, after = units_on(own).province, units_on(there).province
        province = after.code if before == after else None
        return cls(there, found.counted_in, found.parts, found.unknown, province)

    @property
    def is_same(self) -> bool:
        """Whether the units of the day are those of the period's own last day."""
        return not self.unknown and all(new == old and self.parts[old] == {old} for old, new in self.counted_in.items())

    def only(self, communes: Container[str], unknown: Container[str]) -> Rebasing:
        """The same for some of the period's communes, and some of those nobody knows, alone."""
        return replace(
            self,
            counted_in={old: new for old, new in self.counted_in.items() if old in communes},
            parts={old: parts for old, parts in self.parts.items() if old in communes},
            unknown=frozenset(c for c in self.unknown if c in unknown),
        )

    @cached_property
    def told(self) -> frozenset[str]:
        """The communes of the day that a figure could be told of: those with any territory that is looked at."""
        return frozenset(p for parts in self.parts.values() for p in parts if p is not None) | self.unknown

    @cached_property
    def _counting(self) -> frozenset[str]:
        return frozenset(new for new in self.counted_in.values() if new is not None)

    @cached_property
    def _divided(self) -> tuple[frozenset[str | None], ...]:
        return tuple(parts for parts in self.parts.values() if len(parts) > 1 or None in parts)

    def sources(self, communes: Iterable[str]) -> frozenset[str]:
        """The period's communes that count with communes of the day."""
        wanted = frozenset(communes)
        return frozenset(old for old, new in self.counted_in.items() if new in wanted)

    def sums(self, sums: Sums) -> Sums:
        """Sums by the period's communes as sums by those of the day; what is the province's alone stays with it."""
        found: Sums = {}
        for (code, unit), own in sums.items():
            there = unit if unit == self.province else self.counted_in.get(unit)
            if there is not None:
                found[code, there] = found[code, there] + own if (code, there) in found else own
        return found

    def persons(self, persons: Mapping[str, int]) -> dict[str, int]:
        """Persons by the period's communes as persons by those of the day."""
        found: dict[str, int] = defaultdict(int)
        for commune, own in persons.items():
            there = self.counted_in.get(commune)
            if there is not None:
                found[there] += own
        return dict(found)

    def missing(self, missing: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """What the figures of the day's communes lack: what those of their parts lack, and communes nobody knows."""
        found: dict[str, set[str]] = defaultdict(set)
        for old, lacks in missing.items():
            for part in self.parts.get(old, ()):
                if part is not None:
                    found[part].update(lacks)
        for commune in self.unknown:
            found[commune].add(f"unit_successor {commune}")
        return {commune: sorted(lacks) for commune, lacks in found.items()}

    def is_approximate(self, communes: Iterable[str]) -> bool:
        """Whether a figure over communes of the day rests on one that was divided between them and others."""
        area = frozenset(communes)
        return any(not parts.isdisjoint(area) and not parts <= area for parts in self._divided)

    def counts_elsewhere(self, communes: Iterable[str]) -> bool:
        """Whether communes of the day consist of parts alone, each of which counts with another commune."""
        area = frozenset(communes)
        return not area.isdisjoint(self.told - self.unknown) and area.isdisjoint(self._counting)
