"""Injected errors between a row's columns and between rows: each cell can be read, together they cannot be."""

from __future__ import annotations

from datetime import date, timedelta

from etl.reference.codes import benefit_levels
from etl.reference.units import Units
from samples.faults.model import Fault, warns
from samples.messy.body import Edits
from samples.messy.draw import Draw
from samples.messy.file import Meddling
from samples.messy.rows import Row

COMMUNE, HEAD, MEMBER, LOAN = "register_commune", "register_household", "register_member", "credit_loan"
CARD, PUPIL, HOUSE, VILLAGE = "health_card", "education_pupil", "housing_support", "water_village"
_LACKS = (
    "lacks_health_care", "lacks_insurance", "lacks_adult_education", "lacks_child_schooling", "lacks_housing_quality",
    "lacks_housing_area", "lacks_clean_water", "lacks_toilet", "lacks_telecom", "lacks_information",
)  # fmt: skip
_NOTHING_LACKS = dict.fromkeys(_LACKS, False)
_DONE = {"progress": "completed", "kind": "repair", "started_on": date(2015, 3, 1), "completed_on": date(2015, 9, 1)}
_SAME_LEVEL = {"HN": "DT", "DT": "HN", "GD": "DN", "TE": "CC", "CN": "TC"}
_WHOLE = {"b1_score", "b2_score", "change", *_LACKS}


def _cccd(sex: str, year: int) -> str:
    """A CCCD that says a sex and a year of birth."""
    century = (0 if year < 2000 else 2) + (sex == "female")
    return f"010{century}{year % 100:02d}123456"


def _year(row: Row) -> int:
    birth = row["birth"]
    return birth.year if isinstance(birth, date) else int(birth)


def _other_sex(row: Row) -> str:
    return _cccd("male" if row["sex"] == "female" else "female", _year(row))


def _other_year(row: Row) -> str:
    year = _year(row)
    return _cccd(row["sex"], year + (1 if year % 10 < 9 and year != 1999 else -1))


def _card(row: Row, *, level: int = 0, last: int = 0) -> str:
    """The card of a person, its benefit level and its last digit moved on by so many."""
    usual = benefit_levels()[row["object_code"]] - 1
    number = row["insurance_number"]
    return f"{row['object_code']}{(usual + level) % 5 + 1}10{number[:-1]}{(int(number[-1]) + last) % 10}"


def _all_enrolled(_: Draw, rows: list[Row], __: Units, ___: str) -> Edits:
    for row in rows:
        row["status"] = "enrolled"
    return {}


OF_ROWS: tuple[Fault, ...] = (
    Fault("household_repeated", HEAD, "household_repeated", "household_code", copies=("commune", "household_code")),
    Fault("loan_repeated", LOAN, "loan_repeated", "loan_code", copies=("loan_code",)),
    Fault(
        "pupil_repeated",
        PUPIL,
        "pupil_repeated",
        "pupil_code",
        copies=("pupil_code", "status"),
        meddling=Meddling(rows=_all_enrolled),
    ),
    Fault(
        "minority_exceeds_households",
        COMMUNE,
        "minority_exceeds_households",
        "households_minority",
        values={"households_minority": lambda row: row["households"] + 1},
    ),
    Fault(
        "persons_below_households",
        COMMUNE,
        "persons_below_households",
        "persons",
        values={"persons": lambda row: row["households"] - 1},
    ),
    Fault(
        "change_disagrees",
        HEAD,
        "change_disagrees",
        "change",
        values={"change": lambda row: "continuing" if row["change"] == "escaped" else "escaped"},
        also=("classification",),
    ),
    warns(
        "b2_score_disagrees",
        HEAD,
        "b2_score_disagrees",
        "b2_score",
        also=(*_WHOLE,),
        values={
            **_NOTHING_LACKS,
            "classification": "near_poor",
            "change": "continuing",
            "area": "rural",
            "b1_score": 130,
            "b2_score": 10,
        },
    ),
    warns(
        "band_disagrees",
        HEAD,
        "band_disagrees",
        "classification",
        also=(*_WHOLE,),
        values={
            **_NOTHING_LACKS,
            "classification": "poor_income",
            "change": "continuing",
            "area": "rural",
            "b1_score": 190,
            "b2_score": 0,
        },
    ),
    warns(
        "id_number_disagrees_sex",
        MEMBER,
        "id_number_disagrees_sex",
        "id_number",
        values={"id_number": _other_sex},
        also=("sex", "birth"),
    ),
    warns(
        "id_number_disagrees_birth",
        MEMBER,
        "id_number_disagrees_birth",
        "id_number",
        values={"id_number": _other_year},
        also=("sex", "birth"),
    ),
    Fault(
        "balance_exceeds_principal",
        LOAN,
        "balance_exceeds_principal",
        "outstanding",
        values={"principal": 1_000_000, "outstanding": 900_000, "overdue": 200_000, "frozen": 0},
    ),
    Fault(
        "due_before_disbursed",
        LOAN,
        "due_before_disbursed",
        "due_on",
        values={"due_on": lambda row: row["disbursed_on"] - timedelta(days=1)},
    ),
    warns(
        "principal_above_ceiling",
        LOAN,
        "principal_above_ceiling",
        "principal",
        values={"programme": "HN", "principal": 900_000_000},
    ),
    Fault(
        "valid_to_before_valid_from",
        CARD,
        "valid_to_before_valid_from",
        "valid_to",
        values={"valid_to": lambda row: row["valid_from"] - timedelta(days=3)},
    ),
    warns(
        "object_code_disagrees",
        CARD,
        "object_code_disagrees",
        "object_code",
        values={"object_code": lambda row: _SAME_LEVEL[row["object_code"]], "card_number": _card},
    ),
    warns(
        "card_number_disagrees",
        CARD,
        "card_number_disagrees",
        "card_number",
        values={"card_number": lambda row: _card(row, last=1)},
    ),
    warns(
        "benefit_level_disagrees",
        CARD,
        "benefit_level_disagrees",
        "card_number",
        values={"card_number": lambda row: _card(row, level=1)},
        also=("object_code",),
    ),
    warns(
        "cards_overlap",
        CARD,
        "cards_overlap",
        "valid_to",
        values={
            "valid_from": lambda row: row["valid_from"] + timedelta(days=3),
            "valid_to": lambda row: row["valid_from"] + timedelta(days=300),
        },
        copies=("insurance_number", "card_number", "object_code", "valid_from"),
    ),
    warns(
        "age_unfit_for_level",
        PUPIL,
        "age_unfit_for_level",
        "level",
        values={"level": "preschool", "birth": date(2004, 5, 6)},
    ),
    warns(
        "support_amount_disagrees",
        PUPIL,
        "support_amount_disagrees",
        "support_amount",
        values={"support_months": 3, "support_amount": 500_000},
    ),
    Fault(
        "completed_without_date", HOUSE, "completed_without_date", "completed_on", values=_DONE | {"completed_on": None}
    ),
    Fault(
        "completed_before_started",
        HOUSE,
        "completed_before_started",
        "completed_on",
        values=_DONE | {"completed_on": date(2015, 2, 27)},
    ),
    Fault(
        "completed_after_period",
        HOUSE,
        "completed_after_period",
        "completed_on",
        values=_DONE | {"completed_on": date(2019, 1, 1)},
    ),
    warns(
        "new_build_below_standard",
        HOUSE,
        "new_build_below_standard",
        "floor_area",
        values=_DONE
        | {"kind": "new_build", "floor_area": 23.5, "hard_floor": True, "hard_frame": True, "hard_roof": True},
    ),
    *(
        Fault(
            "part_exceeds_whole",
            VILLAGE,
            "part_exceeds_whole",
            part,
            values={part: lambda row, w=whole: row[w] + 1},
            also=(whole,),
        )
        for part, whole in (
            ("persons_hygienic_water", "persons"),
            ("persons_clean_water", "persons_hygienic_water"),
            ("poor_households", "households"),
            ("poor_households_hygienic_water", "poor_households"),
            ("households_hygienic_toilet", "households"),
            ("poor_households_hygienic_toilet", "poor_households"),
        )
    ),
)
