"""Small cells: which figures are not published because fewer than five people stand behind them.

A figure of one to four people is hidden, and with it as many others as it takes so that no sum gives it away: a total
less its shown parts, one group less another. What is hidden stays in the warehouse; a report shows «…».
The threshold is that of the Statistics Law's duty to keep what identifies a person (Luật Thống kê 89/2015/QH13, Điều
10, 54), in the size that statistical offices use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.linalg import qr, solve_triangular

from etl.indicators.areas import Area
from etl.indicators.registry import Indicator

FEWEST = 5
"""People behind a figure from which on it is published."""

_ZERO = 1e-9
"""What is left of zero where numbers are rounded; the sums themselves are of ones."""

Cell = tuple[str, str]
"""(indicator, unit code)."""

Sum = tuple[Cell, tuple[Cell, ...]]
"""A total and the parts that add up to it."""


def suppressed(frame: pd.DataFrame, places: Sequence[Area], known: Mapping[str, Indicator]) -> pd.Series[bool]:
    """For each row of measured values whether it must not be published.

    frame: indicator, unit_code, people (how many stand behind the figure; None: it tells of no people, or there is no
    figure), denominator. places: the units of the frame; known: indicators by code.
    """
    people = {
        (code, unit): int(count)
        for code, unit, count in zip(frame["indicator"], frame["unit_code"], frame["people"], strict=True)
        if pd.notna(count)
    }
    of_few = {
        (code, unit)
        for code, unit, whole in zip(frame["indicator"], frame["unit_code"], frame["denominator"], strict=True)
        if pd.notna(whole) and 0 < whole < FEWEST and (code, unit) in people
    }
    small = {cell for cell, count in people.items() if 0 < count < FEWEST} | of_few
    hidden = hide(small, people, list(_sums(people, places, known))) if small else set()
    hidden_with: dict[str, list[str]] = defaultdict(list)
    for one in known.values():
        for code in one.query.hides_with:
            hidden_with[code].append(one.code)
    hidden |= {(also, unit) for code, unit in hidden for also in hidden_with.get(code, ())}
    return pd.Series([c in hidden for c in zip(frame["indicator"], frame["unit_code"], strict=True)], frame.index)


def hide(small: Iterable[Cell], people: Mapping[Cell, int], sums: Sequence[Sum]) -> set[Cell]:
    """The small cells and the further ones that keep the sums from giving them away.

    Afterwards no sum has hidden cells of fewer than five people together, and none of the hidden can be worked out
    from what is shown. Which further ones: the parts with the fewest people, a total only where there is no part left.
    """
    hidden = set(small)
    while True:
        telling = [one for one in sums if (few := _hidden_of(one, hidden)) and _gives_away(one, few, people)]
        grown = _further(telling, hidden, people)
        if not grown:
            worked_out = _worked_out(hidden, sums)
            telling = [one for one in sums if worked_out.intersection(_hidden_of(one, hidden))]
            grown = _further(telling, hidden, people)
        if not grown:
            return hidden
        hidden |= grown


def _hidden_of(one: Sum, hidden: set[Cell]) -> list[Cell]:
    total, parts = one
    return [cell for cell in (total, *parts) if cell in hidden]


def _gives_away(one: Sum, few: list[Cell], people: Mapping[Cell, int]) -> bool:
    """Whether a sum tells what one hidden cell is, or how many people a few of them are together."""
    total, _ = one
    return len(few) == 1 or (total not in few and 0 < sum(people[cell] for cell in few) < FEWEST)


def _further(telling: Iterable[Sum], hidden: set[Cell], people: Mapping[Cell, int]) -> set[Cell]:
    return {found for one in telling if (found := _next(one, hidden, people)) is not None}


def _next(one: Sum, hidden: set[Cell], people: Mapping[Cell, int]) -> Cell | None:
    total, parts = one
    shown = [part for part in parts if part not in hidden]
    with_people = [part for part in shown if people[part]]
    if with_people:
        return min(with_people, key=lambda part: (people[part], part))
    if total not in hidden:
        return total
    return min(shown) if shown else None


def _worked_out(hidden: set[Cell], sums: Sequence[Sum]) -> set[Cell]:
    """The hidden cells whose number follows from the shown ones by several sums together.

    A hidden cell is determined if and only if every solution of the sums without their shown parts leaves it at zero.
    """
    found: set[Cell] = set()
    for cells, own in _connected(hidden, sums):
        at = {cell: column for column, cell in enumerate(cells)}
        matrix = np.zeros((len(own), len(cells)))
        for line, (total, parts) in enumerate(own):
            for cell, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
                if cell in at:
                    matrix[line, at[cell]] += sign
        found |= {cells[column] for column in _determined(matrix)}
    return found


def _determined(matrix: np.ndarray) -> list[int]:
    """Return the columns that are zero in every vector which the matrix takes to zero.

    With pivots the matrix is R = (L | F), L triangular: a pivot's value is -L⁻¹F times the others, which are free.
    """
    factor, pivots = qr(matrix, mode="r", pivoting=True)
    rank = int((np.abs(np.diagonal(factor)) > _ZERO).sum())
    of_the_free = solve_triangular(factor[:rank, :rank], factor[:rank, rank:])
    return [int(pivots[line]) for line in np.flatnonzero((np.abs(of_the_free) < _ZERO).all(axis=1))]


def _connected(hidden: set[Cell], sums: Sequence[Sum]) -> list[tuple[list[Cell], list[Sum]]]:
    """Hidden cells that sums tie together, with these sums."""
    group = {cell: {cell} for cell in hidden}
    own: dict[int, list[Sum]] = defaultdict(list)
    for one in sums:
        if cells := _hidden_of(one, hidden):
            joined = set().union(*(group[cell] for cell in cells))
            for cell in joined:
                group[cell] = joined
    for one in sums:
        if cells := _hidden_of(one, hidden):
            own[id(group[cells[0]])].append(one)
    groups = {id(cells): cells for cells in group.values()}
    return [(sorted(cells), own[key]) for key, cells in groups.items() if own[key]]


def _sums(people: Mapping[Cell, int], places: Sequence[Area], known: Mapping[str, Indicator]) -> Iterable[Sum]:
    """Every sum between figures: a unit and the units below it, an indicator and those that it is the sum of."""
    codes = sorted({code for code, _ in people})
    for total, parts in _unit_sums(places):
        for code in codes:
            if (code, total) in people:
                yield (code, total), tuple((code, part) for part in parts if (code, part) in people)
    parts_of: dict[str, list[str]] = defaultdict(list)
    for one in known.values():
        if (whole := one.query.sums_to) is not None and whole != one.code:
            parts_of[whole].append(one.code)
    for whole, parts in parts_of.items():
        for place in places:
            if (whole, place.code) in people:
                cells = tuple((part, place.code) for part in parts if (part, place.code) in people)
                if cells:
                    yield (whole, place.code), cells


def _unit_sums(places: Sequence[Area]) -> list[tuple[str, list[str]]]:
    """(unit, the units that it is the sum of): of districts, of communes, the province of its urban and rural part."""
    communes = {place.communes[0]: place.code for place in places if place.level == "commune"}
    districts = {place.communes: place.code for place in places if place.level == "district"}
    found = []
    for place in places:
        if place.level == "commune":
            continue
        inside = [code for own, code in districts.items() if set(own) <= set(place.communes)]
        covered = {commune for own in districts if set(own) <= set(place.communes) for commune in own}
        if place.level != "district" and inside and covered == set(place.communes):
            found.append((place.code, inside))
        else:
            found.append((place.code, [communes[c] for c in place.communes if c in communes]))
    by_code = {place.code: place for place in places}
    whole = next(place for place in places if place.level == "province")
    if {"urban", "rural"} <= by_code.keys():
        found.append((whole.code, ["urban", "rural"]))
    return found
