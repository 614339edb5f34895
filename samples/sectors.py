"""What the other sectors know of the same people: cards, pupils, loans, houses, water."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from etl.reference.codes import benefit_levels, learning_support, loan_ceiling
from samples import names
from samples.households import POOR, Numbers, Row, birth_of
from samples.places import Place

CLINICS = ("Trạm y tế xã", "Bệnh viện đa khoa huyện", "Bệnh viện đa khoa tỉnh")
_USUAL_AGES = {"preschool": (3, 5), "primary": (6, 10), "lower_secondary": (11, 14), "upper_secondary": (15, 17)}


def cards(rng: np.random.Generator, place: Place, members: list[Row], day: date, numbers: Numbers) -> list[Row]:
    """Health-insurance cards of a commune: the register's people and everybody else, some lapsed or yet to begin."""
    rows = []
    for member in members:
        if rng.random() < 0.97:
            poor = member["_classification"] in POOR
            code = (
                "TE"
                if member["age"] < 6
                else "HN"
                if poor
                else "CN"
                if member["_classification"] == "near_poor"
                else "DT"
            )
            rows += _cards_of(rng, place, member, code, day)
    for _ in range(max(0, place.persons - len(members))):
        if rng.random() < 0.985:
            rows += _cards_of(rng, place, _stranger(rng, place, day, numbers), "GD", day)
    return rows


def _stranger(rng: np.random.Generator, place: Place, day: date, numbers: Numbers) -> Row:
    """Somebody who is not on the register."""
    mix = names.MIX["rural" if place.unit.is_rural else "urban"]
    ethnicity = list(mix)[int(rng.integers(len(mix)))]
    sex = "male" if rng.random() < 0.5 else "female"
    birth = birth_of(rng, day, int(rng.integers(0, 85)))
    identity = numbers.cmnd() if day.year - birth.year >= 15 and rng.random() < 0.8 else None
    return {
        "full_name": names.name(rng, sex, ethnicity), "sex": sex, "ethnicity": ethnicity, "_birth": birth,
        "_id": identity,
        "_insurance": numbers.insurance(), "birth": birth, "village": place.villages[0],
    }  # fmt: skip


def _cards_of(rng: np.random.Generator, place: Place, person: Row, code: str, day: date) -> list[Row]:
    """One card, or an old one and its successor: never two on one day."""
    start, end = date(day.year, 1, 1), date(day.year, 12, 31)
    if day.month < 12:
        end = date(day.year + (day.month > 6), 12, 31)
    draw = rng.random()
    if draw < 0.015:
        spans = [(start, day - timedelta(days=int(rng.integers(1, 60))))]
    elif draw < 0.025:
        spans = [(day + timedelta(days=1), day + timedelta(days=365))]
    elif draw < 0.055:
        middle = day - timedelta(days=int(rng.integers(20, 80)))
        spans = [(start, middle), (middle + timedelta(days=1), end)]
    else:
        spans = [(start, end)]
    number = person["_insurance"]
    return [
        {
            "insurance_number": number, "card_number": f"{code}{benefit_levels()[code]}10{number}", "object_code": code,
            "full_name": person["full_name"], "birth": person["_birth"], "sex": person["sex"],
            "id_number": person["_id"], "ethnicity": person["ethnicity"], "commune": place.code,
            "village": person["village"], "household_code": person.get("household_code"), "valid_from": first,
            "valid_to": last, "clinic": CLINICS[int(rng.integers(len(CLINICS)))],
            "_person": person.get("_person"),
        }
        for first, last in spans
    ]  # fmt: skip


def pupils(rng: np.random.Generator, place: Place, members: list[Row], day: date, numbers: Numbers) -> list[Row]:
    """Pupils whose family lives in a commune: children of the register, and others."""
    known = [m for m in members if 3 <= m["age"] <= 17]
    rows: list[Row] = []
    for child in known:
        if rng.random() < (0.95 if child["age"] <= 14 else 0.6):
            rows.append(_pupil(rng, place, child, child["_classification"], day, len(rows)))
    for _ in range(max(0, round(place.persons * 0.26) - len(known))):
        stranger = _stranger(rng, place, day, numbers)
        age = int(rng.integers(3, 18))
        child = {**stranger, "_birth": birth_of(rng, day, age), "age": age, "household_code": None}
        rows.append(_pupil(rng, place, child, "none", day, len(rows)))
    return rows


def _pupil(rng: np.random.Generator, place: Place, child: Row, classification: str, day: date, serial: int) -> Row:
    level = next(name for name, (_, last) in _USUAL_AGES.items() if child["age"] <= last)
    poverty = "poor" if classification in POOR else "near_poor" if classification == "near_poor" else "none"
    helped = poverty == "poor" and rng.random() < 0.9
    months = int(rng.integers(1, 10)) if helped else 0
    boarding = helped and rng.random() < 0.3
    status = "enrolled" if rng.random() < 0.97 else "dropped_out" if rng.random() < 0.7 else "transferred"
    relief = (
        "full"
        if poverty == "poor" and rng.random() < 0.97
        else "p50"
        if poverty == "near_poor" and rng.random() < 0.9
        else "none"
    )
    grade = max(1, min(12, child["age"] - 5))
    return {
        "pupil_code": f"{place.code}{serial:06d}", "full_name": child["full_name"], "birth": child["_birth"],
        "sex": child["sex"], "ethnicity": child["ethnicity"], "commune": place.code, "village": child["village"],
        "household_code": child["household_code"] if rng.random() < 0.97 else None,
        "school_code": f"10{place.code}{level[:1].upper()}",
        "school_name": f"Trường {place.unit.short}", "level": level,
        "grade": "Mẫu giáo" if level == "preschool" else f"Lớp {grade}",
        "class_name": "Mầm 1" if level == "preschool" else f"{grade}A{int(rng.integers(1, 4))}", "status": status,
        "poverty_class": poverty, "fee_relief": relief, "support_months": months,
            "support_amount": months * _support_a_month(day),
        "lunch_support": level == "preschool" and poverty == "poor", "boarding_support": boarding,
        "rice_kg": 15 * months if boarding else 0, "_person": child.get("_person"),
    }  # fmt: skip


def loans(
    rng: np.random.Generator, place: Place, households: list[Row], members: list[Row], day: date, numbers: Numbers
) -> list[Row]:
    """Loans of a commune: of the register's households by code or by the borrower's number, and of others."""
    people: dict[str, list[Row]] = {}
    for member in members:
        people.setdefault(member["household_code"], []).append(member)
    rows: list[Row] = []
    for household in households:
        wanted = household["needs_loan"] and household["loan_eligible"]
        while rng.random() < (0.8 if wanted and not rows_of(rows, household) else 0.12):
            adults = [m for m in people[household["household_code"]] if m["age"] >= 18]
            borrower = adults[int(rng.integers(len(adults)))]
            rows.append(
                _loan(rng, place, borrower, household["household_code"], household["classification"], day, len(rows))
            )
    for _ in range(round(place.households * 0.2)):
        stranger = {**_stranger(rng, place, day, numbers), "id_number": numbers.cmnd()}
        rows.append(_loan(rng, place, stranger, None, "none", day, len(rows)))
    return rows


def rows_of(rows: list[Row], household: Row) -> bool:
    """Whether the newest loan is already this household's."""
    return bool(rows) and rows[-1]["_household"] == household["household_code"]


def _loan(
    rng: np.random.Generator,
    place: Place,
    borrower: Row,
    household: str | None,
    classification: str,
    day: date,
    serial: int,
) -> Row:
    programme = "HN" if classification in POOR else "CN" if classification == "near_poor" else "MTN"
    if rng.random() < 0.35:
        programme = ("HSSV", "NSVS", "GQVL", "SXKDVKK")[int(rng.integers(4))]
    ceiling = min(loan_ceiling(programme, day, day) or 30_000_000, 50_000_000)
    principal = int(rng.integers(4, ceiling // 500_000 + 1)) * 500_000
    disbursed = day - timedelta(days=int(rng.integers(5, 1500)))
    left = 0 if rng.random() < 0.1 else int(principal * rng.uniform(0.2, 1.0)) // 1000 * 1000
    overdue = left // 4 // 1000 * 1000 if rng.random() < 0.04 else 0
    frozen = left // 5 // 1000 * 1000 if rng.random() < 0.01 else 0
    # Where the form carries no household code, the borrower's own number still finds the household.
    known = household is not None and (rng.random() < 0.75 or borrower["id_number"] is None)
    unions = ("farmers", "women", "veterans", "youth", "direct")
    return {
        "loan_code": f"66{place.code}{serial:07d}", "customer_code": f"KH{place.code}{serial:06d}",
        "borrower_name": borrower["full_name"], "borrower_id_number": borrower["id_number"],
        "household_code": household if known else None, "commune": place.code, "village": borrower["village"],
        "group_code": f"T{place.code}{int(rng.integers(1, 30)):02d}", "entrusted_by": unions[int(rng.integers(5))],
        "programme": programme, "disbursed_on": disbursed,
        "due_on": disbursed + timedelta(days=365 * int(rng.integers(3, 8))),
        "principal": principal, "outstanding": left - overdue - frozen, "overdue": overdue, "frozen": frozen,
        "interest_due": int(left * 0.005), "_household": household,
    }  # fmt: skip


def _support_a_month(day: date) -> int:
    """Support for learning costs on a day, in đồng a month."""
    return next(support.amount for support in learning_support() if support.meets(day, day))


def houses(rng: np.random.Generator, place: Place, households: list[Row], day: date) -> list[Row]:
    """Households on a housing scheme."""
    rows = []
    for household in households:
        if household["classification"] not in POOR or rng.random() > 0.12:
            continue
        progress = ("not_started", "under_way", "completed")[int(rng.choice(3, p=[0.1, 0.2, 0.7]))]
        started = day - timedelta(days=int(rng.integers(60, 700)))
        completed = min(day, started + timedelta(days=int(rng.integers(40, 300)))) if progress == "completed" else None
        new = rng.random() < 0.78
        rows.append({
            "household_code": household["household_code"], "head_name": household["head_name"], "commune": place.code,
            "village": household["village"],
            "programme": ("d33", "d4008", "great_unity")[int(rng.choice(3, p=[0.2, 0.7, 0.1]))],
            "kind": "new_build" if new else "repair", "progress": progress,
            "started_on": None if progress == "not_started" else started, "completed_on": completed,
            "floor_area": int(rng.integers(48, 120)) / 2, "hard_floor": True, "hard_frame": True, "hard_roof": True,
            "budget": 0, "vbsp_loan": 25_000_000 if new else 0, "community": int(rng.integers(0, 11)) * 1_000_000,
            "own_funds": int(rng.integers(5, 30)) * 1_000_000, "_household": household["household_code"],
        })  # fmt: skip
    return rows


def villages(rng: np.random.Generator, place: Place, households: list[Row]) -> list[Row]:
    """Water and sanitation by village: parts of each whole."""
    rows = []
    count = len(place.villages)
    for at, village in enumerate(place.villages):
        own = place.households // count + (place.households % count if at == 0 else 0)
        persons = place.persons // count + (place.persons % count if at == 0 else 0)
        poor = min(own, sum(h["village"] == village and h["classification"] in POOR for h in households))
        hygienic = int(persons * rng.uniform(0.78, 0.97))
        poor_hygienic = int(poor * rng.uniform(0.5, 0.95))
        rows.append({
            "commune": place.code, "village": village, "households": own, "persons": persons,
            "persons_hygienic_water": hygienic, "persons_clean_water": int(hygienic * rng.uniform(0.2, 0.7)),
            "poor_households": poor, "poor_households_hygienic_water": poor_hygienic,
            "households_hygienic_toilet": int(own * rng.uniform(0.4, 0.8)),
            "poor_households_hygienic_toilet": int(poor * rng.uniform(0.2, 0.6)),
        })  # fmt: skip
    return rows


def works(rng: np.random.Generator, place: Place, day: date) -> list[Row]:
    """Water works of a commune."""
    states = ("sustainable", "fair", "weak", "not_working")
    return [
        {
            "works_name": f"CNTT {village} xã {place.unit.short}", "commune": place.code, "kind": "Tự chảy",
            "capacity": int(rng.integers(10, 200)) / 2, "households_served": int(rng.integers(10, 90)),
            "persons_served": int(rng.integers(60, 400)), "state": states[int(rng.choice(4, p=[0.05, 0.2, 0.55, 0.2]))],
            "managed_by": "Cộng đồng", "built_year": int(rng.integers(1998, day.year + 1)),
        }
        for village in place.villages
        if rng.random() < 0.4
    ]  # fmt: skip
