"""The true indicators of a province, computed straight from its frames: no file, no warehouse, no SQL.

``contributions`` gives each commune's share; here they are added to districts, the province and the groups as
INDICATORS.md says.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from etl.contracts import Contract, contracts
from etl.reference.figures import figures
from samples.contributions import Truth, every
from samples.province import Province

_RESTS_ON = {
    "POV_RATE": ("register_household",), "NEAR_POOR_RATE": ("register_household",),
    "POV_REDUCTION": ("register_household",), "POV_SPLIT": ("register_household",), "POV_50": ("register_household",),
    "POV_MOVES": ("register_household",), "POV_MOVES.start": (), "POV_MINORITY": ("register_household",),
    "DEP": ("register_household",), "MPI": ("register_household",),
    "CREDIT_ACCESS": ("register_household", "register_member", "credit_loan"), "CREDIT_OVERDUE": ("credit_loan",),
    "CREDIT_NEED_MET": ("register_household", "register_member", "credit_loan"),
    "CREDIT_OUTSTANDING": ("credit_loan",), "HI_COVERAGE": ("health_card",),
    "HI_POOR": ("register_household", "register_member", "health_card"),
    "HI_NEAR_POOR": ("register_household", "register_member", "health_card"),
    "EDU_ATTENDANCE": ("register_household", "register_member", "education_pupil"),
    "HI_DUPLICATE": ("health_card",), "HI_EXPIRING": ("register_household", "register_member", "health_card"),
    "EDU": ("education_pupil",), "HOUSE": ("housing_support",), "WATER": ("water_village",),
    "TOILET": ("water_village",), "WORKS_STATE": ("water_works",),
}  # fmt: skip
"""The lists behind an indicator (INDICATORS.md); ``register_commune`` is always there. A sender without a row sends no
file, and what is missing is not zero."""


def truth(province: Province) -> pd.DataFrame:
    """indicator, unit_code, unit_level, numerator, denominator, value, complete: exact text, empty where there is none.

    value is the double nearest to 100·N/D, or the count.
    """
    silent = {form.dataset: _silent(province, form) for form in contracts().values()}
    told = []
    for one in every(province):
        names = (one.code, one.code.split(".")[0], one.code.split("_")[0])
        base = next(name for name in names if name in _RESTS_ON)
        lacking = {commune for dataset in _RESTS_ON[base] for commune in silent[dataset]}
        for level, unit, communes in _units(province):
            told.append(_record(province, one, level, unit, communes, lacking))
    # Nobody sends who was trained.
    told.append(_nothing("TRAINING_MET", "province", province.units.province.code))
    return pd.DataFrame([r for r in told if r is not None])


def _silent(province: Province, form: Contract) -> set[str]:
    """The communes whose sender of a form has nothing to send."""
    frame, units = province.frames[form.dataset], province.units
    senders = units.districts if form.sent_by == "district" and units.districts else (units.province,)
    of_sender = {sender.code: {c.code for c in units.communes_in(sender.code)} for sender in senders}
    return {c for communes in of_sender.values() if not frame["commune"].isin(communes).any() for c in communes}


def _record(
    province: Province, one: Truth, level: str, unit: str, communes: list[str], lacking: set[str]
) -> dict[str, str] | None:
    if one.rural:
        communes = [c for c in communes if province.units[c].is_rural]
        if unit == "urban" or not communes:
            return None
    about = {"indicator": one.code, "unit_code": unit, "unit_level": level}
    if not lacking.isdisjoint(communes):
        return _nothing(one.code, level, unit)
    numerator = sum((one.numerators.get(c, Fraction(0)) for c in communes), Fraction(0))
    denominator = None
    if one.denominators is not None:
        denominator = sum((one.denominators.get(c, Fraction(0)) for c in communes), Fraction(0))
    if one.code == "HOUSE_DONE" and level == "province":
        plan = figures().query("metric == 'housing_plan' and year == @province.period.year")["value"]
        denominator = Fraction(plan.iloc[0]) if len(plan) else None
    if denominator is None:
        value: float | None = float(numerator)
    else:
        value = float(100 * numerator / denominator) if denominator else None
    return {
        **about,
        "numerator": _exact(numerator),
        "denominator": "" if denominator is None else _exact(denominator),
        "value": "" if value is None else repr(value),
        "complete": "true",
    }


def _nothing(code: str, level: str, unit: str) -> dict[str, str]:
    about = {"indicator": code, "unit_code": unit, "unit_level": level}
    return {**about, "numerator": "", "denominator": "", "value": "", "complete": "false"}


def _exact(number: Fraction) -> str:
    """A whole number, or a decimal: tenths as they are, twelfths to 16 places."""
    return str(number.numerator) if number.denominator == 1 else str(float(number))


def _units(province: Province) -> Iterator[tuple[str, str, list[str]]]:
    communes = province.units.communes
    for commune in communes:
        yield "commune", commune.code, [commune.code]
    for district in province.units.districts:
        yield "district", district.code, [c.code for c in communes if c.parent == district.code]
    yield "province", province.units.province.code, [c.code for c in communes]
    groups = {
        "30a": [c.code for c in communes if c.is_30a],
        "urban": [c.code for c in communes if not c.is_rural],
        "rural": [c.code for c in communes if c.is_rural],
    }
    yield from (("group", code, own) for code, own in groups.items() if own)
