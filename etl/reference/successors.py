"""What became of each commune: successors as data, and where the communes of one day lie on a later one.

Sources, and which rows were found and which are from memory: ``etl/reference/data/unit_successors.csv``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from etl.reference.data_files import rows
from etl.reference.units import Unit, all_units, units_on

Share = Literal["whole", "main", "part"]

Key = tuple[str, date]
"""Codes were reused over time: a unit is its code and the day from which it is valid."""


@dataclass(frozen=True)
class Succession:
    """What became of a commune, or of a part of it, on a day.

    share: ``whole``; of a commune that was divided ``main``, the part that it counts with, and ``part``, each other.
    old is None for territory whose former communes the reference does not have, new where it does not say who got a
    part. A commune that goes on and loses a part has rows of ``part`` alone: it counts with itself.
    """

    old: Key | None
    on: date
    new: Key | None
    share: Share
    basis: str
    status: Literal["found", "memory"]


def _key(code: str, valid_from: str) -> Key | None:
    return (code, date.fromisoformat(valid_from)) if code else None


@lru_cache(maxsize=1)
def successions() -> tuple[Succession, ...]:
    """Every row of ``unit_successors.csv``, oldest first."""
    return tuple(
        Succession(
            _key(r["code"], r["valid_from"]),
            date.fromisoformat(r["on"]),
            _key(r["new_code"], r["new_valid_from"]),
            r["share"],  # type: ignore[arg-type]
            r["basis"],
            r["status"],  # type: ignore[arg-type]
        )
        for r in rows("unit_successors.csv")
    )


@dataclass(frozen=True)
class Moved:
    """Where the communes of one day lie on a later one, by the codes of each day (unique on a day).

    counted_in: commune → the commune that it counts with as a whole, None where the reference does not say. parts:
    commune → every commune that has a part of it, None among them for a part that went nobody knows where. unknown:
    communes of the later day with territory whose former communes the reference does not have.
    """

    counted_in: Mapping[str, str | None]
    parts: Mapping[str, frozenset[str | None]]
    unknown: frozenset[str]


@lru_cache(maxsize=16)
def moved(first: date, last: date) -> Moved:
    """The communes of a day on a later one. Raises ValueError when it is not later or the same."""
    if last < first:
        raise ValueError(f"{last:%d/%m/%Y} is before {first:%d/%m/%Y}: figures are re-based to later units only")
    steps: dict[Key, list[Succession]] = defaultdict(list)
    for one in successions():
        if one.old is not None and first < one.on <= last:
            steps[one.old].append(one)
    by_key = {(u.code, u.valid_from): u for u in all_units() if u.level == "commune"}
    ends = {u.code: _ends((u.code, u.valid_from), steps, by_key, last) for u in units_on(first).communes}
    # Read-only, because they are kept: what one caller changed, the next would take for the truth.
    return Moved(
        counted_in=MappingProxyType({code: main for code, (main, _) in ends.items()}),
        parts=MappingProxyType({code: parts for code, (_, parts) in ends.items()}),
        unknown=_unknown(first, last),
    )


def _ends(
    key: Key, steps: dict[Key, list[Succession]], by_key: dict[Key, Unit], last: date
) -> tuple[str | None, frozenset[str | None]]:
    """The commune of the last day that a commune counts with, and every one that has a part of it."""
    goes_on = by_key[key].valid_on(last)
    main: str | None = key[0] if goes_on else None
    parts: set[str | None] = {main} if goes_on else set()
    for step in steps.get(key, ()):
        heir, shared = _ends(step.new, steps, by_key, last) if step.new else (None, frozenset({None}))
        if step.share != "part":
            main = heir
        parts |= shared
    return main, frozenset(parts or {None})


def _unknown(first: date, last: date) -> frozenset[str]:
    """Communes of the last day, not there on the first, some former territory of which the reference does not have."""
    before: dict[Key, list[Key | None]] = defaultdict(list)
    for one in successions():
        if one.new is not None and first < one.on <= last:
            before[one.new].append(one.old)

    def is_unknown(key: Key | None) -> bool:
        return key is None or (key[1] > first and not before[key]) or any(map(is_unknown, before[key]))

    return frozenset(u.code for u in units_on(last).communes if is_unknown((u.code, u.valid_from)))
