"""The national poverty standards by validity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from etl.reference.data_files import json_of, rows

Rule = Literal["income", "or", "and"]


@dataclass(frozen=True)
class Standard:
    """One standard while it is in force.

    rule: ``income`` (2011–2015, income alone), ``or`` (2016–2021: poor by income, or by near income and deprivation),
    ``and`` (from 2022: poor by income and deprivation). indicators: how many deprivations it counts, None where the
    source does not say; threshold_count: from how many on a household is deprived. b1: area → (highest B1 of a
    household poor by income alone, highest B1 of the near-poor band); b2_threshold: lowest B2 of a deprived household.
    lacks: number of the deprivation (DEP_1 …) → the register's column that states it, for each that the standard
    counts, in their order; none where the source does not say which they are.
    """

    id: str
    basis: str
    valid_from: date
    valid_to: date
    rule: Rule
    indicators: int | None
    threshold_count: int | None
    b1: dict[str, tuple[int | None, int]]
    b2_threshold: int | None
    lacks: dict[int, str]
    body: dict[str, Any]


def _lacks(counted: set[str]) -> dict[int, str]:
    """Which columns of the register state a standard's indicators (deprivations.csv). Raises ValueError for others."""
    known = rows("deprivations.csv")
    if strange := counted - {r["indicator"] for r in known}:
        raise ValueError(f"no column of the register states {', '.join(sorted(strange))}")
    return {int(r["number"]): r["column"] for r in known if r["indicator"] in counted}


def _standard(raw: dict[str, Any]) -> Standard:
    deprivation = raw.get("deprivation", {})
    bands = {area: (band.get("income_poor_max"), band["band_max"]) for area, band in raw.get("b1", {}).items()}
    if not deprivation:
        rule: Rule = "income"
    else:
        rule = "or" if any(poor is not None for poor, _ in bands.values()) else "and"
    return Standard(
        id=raw["id"],
        basis=raw["basis"],
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=date.fromisoformat(raw["valid_to"]),
        rule=rule,
        indicators=deprivation.get("n"),
        threshold_count=deprivation.get("threshold_count"),
        b1=bands,
        b2_threshold=raw.get("b2_threshold"),
        lacks=_lacks({indicator[2] for indicator in raw.get("indicators", ())}),
        body=raw,
    )


@lru_cache(maxsize=1)
def standards() -> tuple[Standard, ...]:
    """Every standard, oldest first (QĐ 09/2011, QĐ 59/2015, NĐ 07/2021 and after)."""
    return tuple(sorted(map(_standard, json_of("poverty_standards.json")), key=lambda s: s.valid_from))


def standard_on(day: date) -> Standard:
    """The standard in force on a day. Raises LookupError naming the day."""
    for standard in standards():
        if standard.valid_from <= day <= standard.valid_to:
            return standard
    raise LookupError(f"no poverty standard is known for {day.isoformat()}")
