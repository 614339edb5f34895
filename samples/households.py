"""The register: poor, near-poor and escaped households with their members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from etl.reference.standards import Standard
from samples import names
from samples.places import Place

_CAUSES = ("Thiếu vốn sản xuất", "Thiếu đất canh tác", "Thiếu lao động", "Đông người ăn theo", "Có người ốm đau nặng")

Row = dict[str, Any]

POOR = ("poor", "poor_income", "poor_deprivation")
"""The classes of the poor, of all years."""


@dataclass
class Numbers:
    """Identity and insurance numbers, each given out once."""

    next_id: int = 63_000_001
    next_insurance: int = 10_000_001

    def cmnd(self) -> str:
        """A nine-digit number; leading zeros occur."""
        self.next_id += 7
        return f"{self.next_id:09d}"

    def cccd(self, sex: str, birth: date) -> str:
        """A twelve-digit number of Lào Cai (010): century and sex, year, serial (NĐ 137/2015/NĐ-CP)."""
        self.next_id += 7
        century = (0 if birth.year < 2000 else 2) + (sex == "female")
        return f"010{century}{birth.year % 100:02d}{self.next_id % 1_000_000:06d}"

    def insurance(self) -> str:
        """A ten-digit insurance number; leading zeros occur."""
        self.next_insurance += 3
        return f"{self.next_insurance:010d}"


def register(
    rng: np.random.Generator, place: Place, day: date, standard: Standard, numbers: Numbers
) -> tuple[list[Row], list[Row]]:
    """The register's households and members of one commune, as rows of the two contracts.

    A member also carries what the other sectors know of the person: ``_id`` and ``_insurance`` (the register may lack
    them) and ``_birth`` (it may know the year alone).
    """
    poor_rate = _poor_rate(rng, place)
    near_rate = poor_rate * 0.45 + 0.02
    # Where a household has to be both, there is one class of the poor.
    by_income, by_deprivation = ("poor", "poor") if standard.rule == "and" else ("poor_income", "poor_deprivation")
    plan = [
        *[by_income] * round(place.households * poor_rate * 0.85),
        *[by_deprivation] * round(place.households * poor_rate * 0.15),
        *["near_poor"] * round(place.households * near_rate),
        *["escaped_poor"] * round(place.households * poor_rate * 0.25),
        *["escaped_near_poor"] * round(place.households * near_rate * 0.1),
    ]
    households, members = [], []
    for serial, classification in enumerate(rng.permutation(plan), start=1):
        people = list(_people(rng, place, day, numbers))
        household = _household(rng, place, serial, str(classification), people, standard)
        households.append(household)
        for number, person in enumerate(people, start=1):
            members.append(_member(household, number, person))
    return households, members


def _poor_rate(rng: np.random.Generator, place: Place) -> float:
    """Around the province's 16.25 % of 2018: far more in the 30a districts, little in towns; a few above one half."""
    if not place.unit.is_rural:
        return float(rng.uniform(0.01, 0.05))
    if place.unit.is_30a:
        return float(rng.uniform(0.25, 0.58))
    return float(rng.uniform(0.08, 0.3))


def _people(rng: np.random.Generator, place: Place, day: date, numbers: Numbers) -> Iterator[Row]:
    """The members of one household: a couple or one adult, children, now and then an elder. Names differ."""
    mix = names.MIX["rural" if place.unit.is_rural else "urban"]
    ethnicity = str(rng.choice(list(mix), p=list(mix.values())))
    size = int(np.clip(rng.poisson(3.3) + 1, 1, 9))
    head_sex = "male" if rng.random() < 0.8 else "female"
    head = names.name(rng, head_sex, ethnicity)
    used: set[str] = set()
    for number in range(size):
        sex = head_sex if number == 0 else ("female" if head_sex == "male" else "male") if number == 1 else _sex(rng)
        age = (
            int(rng.integers(22, 66))
            if number < 2
            else int(rng.integers(66, 85))
            if rng.random() < 0.1
            else int(rng.integers(0, 19))
        )
        full = head if number == 0 else names.name(rng, sex, ethnicity, names.family_of(head) if number > 1 else None)
        while full in used:
            full = names.name(rng, sex, ethnicity)
        used.add(full)
        yield _person(rng, full, sex, ethnicity, birth_of(rng, day, age), day, numbers)


def _sex(rng: np.random.Generator) -> str:
    return "male" if rng.random() < 0.51 else "female"


def birth_of(rng: np.random.Generator, day: date, age: int) -> date:
    """A day of birth of a person of an age (year of the day − year of birth), never after the day."""
    born = date(day.year - age, 1, 1) + timedelta(days=int(rng.integers(0, 365)))
    return min(born, day - timedelta(days=1))


def _person(
    rng: np.random.Generator, full: str, sex: str, ethnicity: str, birth: date, day: date, numbers: Numbers
) -> Row:
    adult = day.year - birth.year >= 15
    draw = rng.random()
    identity = (
        None if not adult else numbers.cmnd() if draw < 0.65 else numbers.cccd(sex, birth) if draw < 0.93 else None
    )
    return {
        "full_name": full, "sex": sex, "ethnicity": ethnicity, "_birth": birth, "_id": identity,
        "_insurance": numbers.insurance(), "age": day.year - birth.year,
        "birth": birth.year if adult and rng.random() < 0.25 else birth,
        "id_number": identity if rng.random() < 0.95 else None,
        "_register_knows_insurance": rng.random() < 0.93,
    }  # fmt: skip


def _household(
    rng: np.random.Generator, place: Place, serial: int, classification: str, people: list[Row], standard: Standard
) -> Row:
    head = people[0]
    area = "rural" if place.unit.is_rural else "urban"
    b1, count = _scores(rng, classification, area, standard)
    counted = list(standard.lacks.values())
    lacking = set(rng.choice(len(counted), size=min(count, len(counted)), replace=False).tolist() if counted else [])
    escaped = classification.startswith("escaped")
    draw = rng.random()
    needs = rng.random() < 0.5
    return {
        "household_code": f"{serial:06d}", "head_name": head["full_name"], "head_sex": head["sex"],
        "head_birth": head["birth"], "head_id_number": head["id_number"], "ethnicity": head["ethnicity"],
        "commune": place.code, "village": place.villages[int(rng.integers(len(place.villages)))], "area": area,
        "members": len(people), "b1_score": b1, "b2_score": 10 * len(lacking), "classification": classification,
        "change": "escaped" if escaped else "continuing" if draw < 0.9 else "new" if draw < 0.97 else "returned",
        **{name: (i in lacking) for i, name in enumerate(counted)},
        "cause": _CAUSES[int(rng.integers(len(_CAUSES)))], "policy_household": rng.random() < 0.08,
        "needs_loan": needs, "loan_eligible": needs and rng.random() < 0.85,
    }  # fmt: skip


def _scores(rng: np.random.Generator, classification: str, area: str, standard: Standard) -> tuple[int, int]:
    """B1 and the number of deprivations that agree with a classification under the standard in force."""
    if not standard.b1 or standard.threshold_count is None:
        return int(rng.integers(80, 150)), int(rng.integers(0, 6))
    income_max, band_max = standard.b1[area]
    deep = standard.threshold_count
    few, many = int(rng.integers(0, deep)), int(rng.integers(deep, 8))
    low = (income_max if income_max is not None else band_max // 2) + 1
    if classification == "poor_income" and income_max is not None:
        return int(rng.integers(60, income_max + 1)), many if rng.random() < 0.6 else few
    if classification in POOR:
        return int(rng.integers(low, band_max + 1)), many
    if classification == "near_poor":
        return int(rng.integers(low, band_max + 1)), few
    return int(rng.integers(band_max + 1, band_max + 60)), few


def _member(household: Row, number: int, person: Row) -> Row:
    relations = {1: "Chủ hộ", 2: "Vợ/chồng"}
    relation = relations.get(number, "Con" if person["age"] < 40 else "Bố/mẹ")
    return {
        **person, "household_code": household["household_code"], "commune": household["commune"],
        "village": household["village"], "member_no": number, "relation": relation,
        "insurance_number": person["_insurance"] if person["_register_knows_insurance"] else None,
        "studying": 6 <= person["age"] <= 14, "needs_training": person["age"] > 17 and number > 2,
        "_classification": household["classification"], "_person": person["_insurance"],
    }  # fmt: skip
