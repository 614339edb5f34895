"""What figures lack: submissions of a district, the row of a commune; and how many persons what is there covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection, text

from etl.indicators.areas import Area
from etl.indicators.rebase import Rebasing
from etl.indicators.registry import Query, queries
from etl.model.period import Period
from etl.reference.units import units_on


@dataclass(frozen=True)
class Lacking:
    """What is not there: dataset → districts without it; communes without a row; the district of each commune.

    persons: commune → persons, as its newest row of register_commune says.
    """

    districts: dict[str, set[str]]
    communes: set[str]
    district_of: dict[str, str]
    persons: dict[str, int]

    @classmethod
    def of(cls, conn: Connection, period: Period) -> Lacking:
        """What is not there of a period, at the setting as-of."""
        units = units_on(period.last_day)
        district_of = {c.code: units.district_of(c.code).code for c in units.communes}
        there: dict[str, set[str]] = defaultdict(set)
        covered = text("SELECT dataset, district_code FROM core.current_coverage WHERE period = :period")
        for row in conn.execute(covered, {"period": str(period)}):
            there[row.dataset].add(row.district_code)
        stated = text(
            "SELECT DISTINCT ON (commune) commune, period, persons FROM core.register_commune WHERE period <= :period"
            " ORDER BY commune, period DESC"
        )
        told = conn.execute(stated, {"period": str(period)}).all()
        rows = {row.commune for row in told if row.period == str(period)}
        persons = {row.commune: row.persons for row in told if row.persons is not None}
        everywhere = set(district_of.values())
        datasets = {d for q in queries() for d in q.datasets}
        return cls({d: everywhere - there[d] for d in datasets}, set(district_of) - rows, district_of, persons)

    def of_query(self, query: Query) -> dict[str, list[str]]:
        """Commune → what its figure of a query lacks, in words "dataset unit"."""
        found: dict[str, list[str]] = {}
        for commune, district in self.district_of.items():
            lacks = [f"{d} {district}" for d in query.datasets if district in self.districts[d]]
            if query.needs_commune_row and commune in self.communes and not lacks:
                lacks = [f"register_commune {commune}"]
            if lacks:
                found[commune] = lacks
        return found


class Told(NamedTuple):
    """An area of which a query's indicators are told: its communes as far as they are, what their figures lack, the %
    of its persons whom they cover, whether they rest on a commune that was divided."""

    area: Area
    communes: tuple[str, ...]
    lacks: list[str]
    covered: float | None
    approximate: bool


def told_of(
    query: Query, area: Area, missing: dict[str, list[str]], rebasing: Rebasing, persons: Mapping[str, int]
) -> Told | None:  # fmt: skip
    """What all of a query's indicators share in an area; None where they are not told of it."""
    communes = area.communes
    if query.rural_only:
        communes = tuple(c for c in communes if c in rebasing.told)
        if not communes or area.code == "urban":
            return None
    if query.awaits and area.level != "province":
        return None
    lacks = sorted({what for c in communes for what in missing.get(c, ())})
    covered: float | None = _covered(communes, missing, persons)
    if query.awaits:
        lacks, covered = [f"{query.awaits} {area.code}"], 0.0
    if query.not_rebased and not rebasing.is_same:
        lacks, covered = [query.not_rebased], None
    elif not lacks and rebasing.counts_elsewhere(communes):
        lacks, covered = [f"unit_successor {c}" for c in communes], None
    return Told(area, communes, lacks, covered, rebasing.is_approximate(communes))


def _covered(communes: Sequence[str], missing: Mapping[str, list[str]], persons: Mapping[str, int]) -> float:
    """% of an area's persons in communes that lack nothing; one whose persons nobody states counts as a usual one."""
    if missing.keys().isdisjoint(communes):
        return 100.0
    known = [persons[c] for c in communes if c in persons]
    usual = Fraction(sum(known), len(known)) if sum(known) else Fraction(1)
    whole = sum(known) + usual * (len(communes) - len(known))
    told = [c for c in communes if c not in missing]
    known = [persons[c] for c in told if c in persons]
    there = sum(known) + usual * (len(told) - len(known))
    return float(100 * there / whole) if whole else 100.0
