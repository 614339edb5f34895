"""A consistent province: every dataset as a frame of the contract's columns, in codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from etl.contracts import DATASETS, contract
from etl.model.period import Period
from etl.reference.standards import standard_on
from etl.reference.units import Units, units_on
from samples import sectors
from samples.households import POOR, Numbers, Row, register
from samples.places import Place, places


@dataclass(frozen=True)
class Province:
    """Dataset → frame of the contract's columns: codes, dates (a year alone as int), numbers, flags, None: missing.

    whose: dataset → for each row the register's person, or household as commune|code, that it is about; None: nobody's.
    """

    period: Period
    units: Units
    frames: dict[str, pd.DataFrame]
    whose: dict[str, list[str | None]] = field(default_factory=dict)


def build(
    period: Period, scale: float, communes: int, seed: int, progress: Callable[[str], None] = lambda _: None
) -> Province:
    """A province of ``communes`` communes with people, ``scale`` of the province's number; the same from one seed."""
    rng = np.random.default_rng(seed)
    day = period.last_day
    units, standard, numbers = units_on(day), standard_on(day), Numbers()
    rows: dict[str, list[Row]] = {dataset: [] for dataset in DATASETS}
    peopled = {place.code: place for place in places(rng, units, scale, communes)}
    for unit in units.communes:
        place = peopled.get(unit.code)
        if place is None:
            rows["register_commune"].append(_nobody(unit.code))
            continue
        progress(unit.name)
        households, members = register(rng, place, day, standard, numbers)
        rows["register_commune"].append(_commune(rng, place, households, members))
        rows["register_household"] += households
        rows["register_member"] += members
        rows["credit_loan"] += sectors.loans(rng, place, households, members, day, numbers)
        rows["health_card"] += sectors.cards(rng, place, members, day, numbers)
        rows["education_pupil"] += sectors.pupils(rng, place, members, day, numbers)
        rows["housing_support"] += sectors.houses(rng, place, households, day)
        rows["water_village"] += sectors.villages(rng, place, households)
        rows["water_works"] += sectors.works(rng, place, day)
    frames = {
        name: pd.DataFrame(own, columns=[c.name for c in contract(name).on(day).columns], dtype="object")
        for name, own in rows.items()
    }
    whose = {
        "register_member": _of(rows, "register_member", "_person"), "health_card": _of(rows, "health_card", "_person"),
        "education_pupil": _of(rows, "education_pupil", "_person"), "credit_loan": _houses_of(rows, "credit_loan"),
        "housing_support": _houses_of(rows, "housing_support"),
    }  # fmt: skip
    return Province(period, units, frames, whose)


def _of(rows: dict[str, list[Row]], dataset: str, name: str) -> list[str | None]:
    return [row.get(name) for row in rows[dataset]]


def _houses_of(rows: dict[str, list[Row]], dataset: str) -> list[str | None]:
    return [f"{row['commune']}|{row['_household']}" if row["_household"] else None for row in rows[dataset]]


def _nobody(code: str) -> Row:
    """The row of a commune outside of the sample."""
    numbers = (
        "households",
        "households_minority",
        "persons",
        "children_under_6",
        "labour_force",
        "poor_start",
        "near_poor_start",
    )
    return {"commune": code, **dict.fromkeys(numbers, 0)}


def _commune(rng: np.random.Generator, place: Place, households: list[Row], members: list[Row]) -> Row:
    """The commune's totals; what it began the year with follows from the households' moves."""
    poor = [h for h in households if h["classification"] in POOR]
    near = [h for h in households if h["classification"] == "near_poor"]
    escaped = sum(h["classification"] == "escaped_poor" for h in households)
    came = sum(h["change"] in ("new", "returned") for h in poor)
    near_came = sum(h["change"] in ("new", "returned") for h in near)
    near_escaped = sum(h["classification"] == "escaped_near_poor" for h in households)
    listed_minority = sum(h["ethnicity"] != "Kinh" for h in households)
    rest = max(0, place.households - len(households))
    return {
        "commune": place.code, "households": max(place.households, len(households)),
        "households_minority": listed_minority + int(rest * rng.uniform(0.2, 0.9)),
        "persons": max(place.persons, len(members)), "children_under_6": int(place.persons * 0.11),
        "labour_force": int(place.persons * 0.58), "poor_start": len(poor) + escaped - came,
        "near_poor_start": len(near) + near_escaped - near_came,
    }  # fmt: skip
