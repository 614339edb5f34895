"""Which communes have people, how many, in which villages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from etl.reference.figures import figures
from etl.reference.units import Unit, Units

_POPULATION_OF_OTHERS = 70_000
_PEOPLE_OF_A_COMMUNE = 17_000
"""Of a commune of 2025, three or four former ones each."""


@dataclass(frozen=True)
class Place:
    """A commune of the sample: the unit, its people and households, its villages."""

    unit: Unit
    persons: int
    households: int
    villages: tuple[str, ...]

    @property
    def code(self) -> str:
        """The commune's code."""
        return self.unit.code


def district_populations(units: Units) -> dict[str, int]:
    """District code → average population of 2018 (reference_figures.csv); without districts, the province's."""
    if not units.districts:
        return {units.province.code: _PEOPLE_OF_A_COMMUNE * len(units.communes)}
    table = figures().query("metric == 'population' and year == 2018")
    stated = {s.split("|")[1]: int(v) for s, v in zip(table["scope"], table["value"], strict=True) if "|" in s}
    return {d.code: stated.get(d.code, _POPULATION_OF_OTHERS) for d in units.districts}


def places(rng: np.random.Generator, units: Units, scale: float, communes: int) -> list[Place]:
    """The chosen communes, at least one a district while there are enough, each district's people spread over them."""
    people = district_populations(units)
    found = []
    for district, count in _shares(people, communes, units).items():
        chosen = _choose(rng, units.communes_in(district), count)
        weights = rng.uniform(0.7, 1.3, len(chosen))
        for unit, weight in zip(chosen, weights / weights.sum(), strict=True):
            persons = max(60, int(people[district] * scale * weight))
            households = int(persons / rng.uniform(3.9, 4.6))
            villages = max(2, min(14, persons // 250))
            kind = "Thôn" if unit.is_rural else "Tổ"
            found.append(Place(unit, persons, households, tuple(f"{kind} {i}" for i in range(1, villages + 1))))
    return sorted(found, key=lambda p: p.code)


def _shares(people: dict[str, int], communes: int, units: Units) -> dict[str, int]:
    """How many communes of each district: one, then one more where most people are for each chosen so far."""
    order = sorted(people, key=lambda d: -people[d])
    shares = dict.fromkeys(order[:communes], 1)
    room = {d: len(units.communes_in(d)) for d in shares}
    while sum(shares.values()) < communes and any(shares[d] < room[d] for d in shares):
        free = [d for d in shares if shares[d] < room[d]]
        shares[max(free, key=lambda d: people[d] / (shares[d] + 1))] += 1
    return dict(sorted(shares.items()))


def _choose(rng: np.random.Generator, pool: tuple[Unit, ...], count: int) -> list[Unit]:
    """Communes of one district: rural first, then urban, in turns."""
    rural = list(rng.permutation([u.code for u in pool if u.is_rural]))
    urban = list(rng.permutation([u.code for u in pool if not u.is_rural]))
    turns = [code for pair in zip(rural, urban, strict=False) for code in pair]
    turns += rural[len(urban) :] + urban[len(rural) :]
    by_code = {u.code: u for u in pool}
    return [by_code[code] for code in turns[:count]]
