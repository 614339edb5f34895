"""The true indicators of a province, computed straight from its frames: no file, no warehouse, no SQL.

Each function gives, for one indicator, contributions by commune; ``_roll_up`` adds them to districts, the province and
the groups as INDICATORS.md says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from etl.contracts import Contract, contracts
from etl.model.frames import records
from etl.model.text import spelling_key
from etl.reference.codes import code_labels
from etl.reference.figures import figures
from etl.reference.standards import Standard, standard_on
from samples.province import Province

Sums = dict[str, Fraction]

_POOR = ("poor_income", "poor_deprivation")
_LISTED = (*_POOR, "near_poor")

_RESTS_ON = {
    "POV_RATE": ("register_household",), "NEAR_POOR_RATE": ("register_household",),
    "POV_REDUCTION": ("register_household",), "POV_SPLIT": ("register_household",), "POV_50": ("register_household",),
    "DEP": ("register_household",), "MPI": ("register_household",),
    "CREDIT_NEED_MET": ("register_household", "register_member", "credit_loan"),
    "CREDIT_OUTSTANDING": ("credit_loan",), "HI_COVERAGE": ("health_card",),
    "HI_POOR": ("register_household", "register_member", "health_card"),
    "HI_NEAR_POOR": ("register_household", "register_member", "health_card"),
    "EDU_ATTENDANCE": ("register_household", "register_member", "education_pupil"),
    "HOUSE_DONE": ("housing_support",), "WATER_HYGIENIC": ("water_village",),
}  # fmt: skip
"""The lists behind an indicator (INDICATORS.md); ``register_commune`` is always there. A sender without a row sends no
file, and what is missing is not zero."""


@dataclass(frozen=True)
class _Truth:
    """One indicator by commune; denominators None for a count. rural: told of rural communes alone."""

    code: str
    numerators: Sums
    denominators: Sums | None
    rural: bool = False


def truth(province: Province) -> pd.DataFrame:
    """indicator, unit_code, unit_level, numerator, denominator, value, complete: exact text, empty where there is none.

    value is the double nearest to 100·N/D, or the count.
    """
    silent = {form.dataset: _silent(province, form) for form in contracts().values()}
    told = []
    for one in _all(province):
        base = next(name for name in (one.code.split(".")[0], one.code.split("_")[0]) if name in _RESTS_ON)
        lacking = {commune for dataset in _RESTS_ON[base] for commune in silent[dataset]}
        for level, unit, communes in _units(province):
            told.append(_record(province, one, level, unit, communes, lacking))
    return pd.DataFrame([r for r in told if r is not None])


def _silent(province: Province, form: Contract) -> set[str]:
    """The communes whose sender of a form has nothing to send."""
    frame, units = province.frames[form.dataset], province.units
    senders = units.districts if form.sent_by == "district" and units.districts else (units.province,)
    of_sender = {sender.code: {c.code for c in units.communes_in(sender.code)} for sender in senders}
    return {c for communes in of_sender.values() if not frame["commune"].isin(communes).any() for c in communes}


def _record(
    province: Province, one: _Truth, level: str, unit: str, communes: list[str], lacking: set[str]
) -> dict[str, str] | None:
    if one.rural:
        communes = [c for c in communes if province.units[c].is_rural]
        if unit == "urban" or not communes:
            return None
    about = {"indicator": one.code, "unit_code": unit, "unit_level": level}
    if not lacking.isdisjoint(communes):
        return {**about, "numerator": "", "denominator": "", "value": "", "complete": "false"}
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


def _all(province: Province) -> Iterator[_Truth]:
    frames, day = province.frames, province.period.last_day
    totals = frames["register_commune"].set_index("commune")
    listed = frames["register_household"]
    households = _sums(totals["households"])
    poor = listed[listed["classification"].isin(_POOR)]
    both = listed[listed["classification"].isin(_LISTED)]

    yield _Truth("POV_RATE", _count(poor), households)
    yield _Truth("NEAR_POOR_RATE", _count(both[both["classification"] == "near_poor"]), households)
    fall = {c: start - _count(poor).get(c, Fraction(0)) for c, start in _sums(totals["poor_start"]).items()}
    yield _Truth("POV_REDUCTION", fall, households)
    yield _Truth("POV_SPLIT.N1", _count(poor[poor["classification"] == "poor_income"]), None)
    yield _Truth("POV_SPLIT.N2", _count(poor[poor["classification"] == "poor_deprivation"]), None)
    half = {c: Fraction(int(n > 0 and 2 * _count(poor).get(c, Fraction(0)) >= n)) for c, n in households.items()}
    yield _Truth("POV_50", half, None)
    standard = standard_on(day)
    for number, lack in standard.lacks.items():
        yield _Truth(f"DEP_{number}", _count(both[both[lack] == True]), _count(both))  # noqa: E712 - object column
    yield from _alkire_foster(both, standard)
    yield _credit_need(frames, both)
    yield from _outstanding(frames["credit_loan"])
    cards = frames["health_card"]
    spans = zip(cards["valid_from"], cards["valid_to"], strict=True)
    valid = _only(cards, [first <= day <= last for first, last in spans])
    covered = valid.drop_duplicates(["commune", "insurance_number"])
    yield _Truth("HI_COVERAGE", _count(covered), _sums(totals["persons"]))
    members = frames["register_member"]
    yield _insured("HI_POOR", members, poor, valid)
    yield _insured("HI_NEAR_POOR", members, both[both["classification"] == "near_poor"], valid)
    yield _attending(members, poor, frames["education_pupil"], day)
    done = [d is not None and d.year == day.year and d <= day for d in frames["housing_support"]["completed_on"]]
    yield _Truth("HOUSE_DONE", _count(_only(frames["housing_support"], done)), None)
    water = frames["water_village"].groupby("commune")
    yield _Truth(
        "WATER_HYGIENIC", _sums(water["persons_hygienic_water"].sum()), _sums(water["persons"].sum()), rural=True
    )


def _only(frame: pd.DataFrame, keep: list[bool]) -> pd.DataFrame:
    """Those rows; of none, none. A plain list in brackets would mean columns once it is empty."""
    return frame[np.array(keep, dtype=bool)]


def _count(frame: pd.DataFrame) -> Sums:
    return {str(c): Fraction(int(n)) for c, n in frame.groupby("commune").size().items()}


def _sums(series: pd.Series[int]) -> Sums:
    return {str(c): Fraction(int(v)) for c, v in series.items()}


def _alkire_foster(both: pd.DataFrame, standard: Standard) -> Iterator[_Truth]:
    """H, A, M0 and the censored contributions, k of n as the standard says, a household once and by its members."""
    if not standard.indicators or standard.threshold_count is None:
        return
    of = standard.indicators
    lacking = both[list(standard.lacks.values())].eq(True)
    count = lacking.sum(axis=1)
    deprived = count >= standard.threshold_count
    for weight_name, weight in (("person", both["members"].astype(int)), ("household", pd.Series(1, index=both.index))):

        def added(values: pd.Series[int]) -> Sums:
            return _sums(values.groupby(both["commune"]).sum())

        whole, heads = added(weight), added(weight * deprived)
        intensity = {c: s / of for c, s in added(weight * deprived * count).items()}
        yield _Truth(f"MPI_H.{weight_name}", heads, whole)
        yield _Truth(f"MPI_A.{weight_name}", intensity, heads)
        yield _Truth(f"MPI_M0.{weight_name}", intensity, whole)
        for number, lack in standard.lacks.items():
            part = {c: s / of for c, s in added(weight * deprived * lacking[lack]).items()}
            yield _Truth(f"MPI_CONTRIBUTION_{number}.{weight_name}", part, intensity)


def _credit_need(frames: dict[str, pd.DataFrame], both: pd.DataFrame) -> _Truth:
    wanting = both[(both["needs_loan"] == True) & (both["loan_eligible"] == True)]  # noqa: E712 - object columns
    loans = frames["credit_loan"]
    owed = loans[["outstanding", "overdue", "frozen"]].fillna(0).sum(axis=1)
    still_open = loans[owed > 0]
    coded = {(r.commune, r.household_code) for r in records(still_open) if r.household_code}
    borrowers = {r.borrower_id_number for r in records(still_open) if r.borrower_id_number}
    ids: dict[tuple[str, str], set[str]] = {}
    for r in records(both):
        ids.setdefault((r.commune, r.household_code), set()).add(r.head_id_number)
    for m in records(frames["register_member"]):
        ids.setdefault((m.commune, m.household_code), set()).add(m.id_number)
    has = [
        (r.commune, r.household_code) in coded or bool(ids[r.commune, r.household_code] & borrowers)
        for r in records(wanting)
    ]
    return _Truth("CREDIT_NEED_MET", _count(_only(wanting, has)), _count(wanting))


def _outstanding(loans: pd.DataFrame) -> Iterator[_Truth]:
    owed = loans[["outstanding", "overdue", "frozen"]].fillna(0).astype("int64").sum(axis=1)
    yield _Truth("CREDIT_OUTSTANDING", _sums(owed.groupby(loans["commune"]).sum()), None)
    for programme in code_labels("vbsp_programmes"):
        own = owed[loans["programme"] == programme]
        yield _Truth(f"CREDIT_OUTSTANDING.{programme}", _sums(own.groupby(loans["commune"]).sum()), None)


def _insured(code: str, members: pd.DataFrame, households: pd.DataFrame, valid: pd.DataFrame) -> _Truth:
    """Members of some households with a valid card, matched by insurance number or by identity number."""
    own = _of_households(members, households)
    numbers, ids = set(valid["insurance_number"].dropna()), set(valid["id_number"].dropna())
    has = [m.insurance_number in numbers or m.id_number in ids for m in records(own)]
    return _Truth(code, _count(_only(own, has)), _count(own))


def _attending(members: pd.DataFrame, poor: pd.DataFrame, pupils: pd.DataFrame, day: date) -> _Truth:
    """Poor children of 6–14 who are enrolled: commune, household code, name and year of birth agree."""
    enrolled = {
        (p.commune, p.household_code, spelling_key(p.full_name), p.birth.year)
        for p in records(pupils[pupils["status"] == "enrolled"])
    }
    own = _of_households(members, poor)
    year = [b if isinstance(b, int) else b.year for b in own["birth"]]
    of_age = [6 <= day.year - y <= 14 for y in year]
    children = _only(own.assign(year=year), of_age)
    present = [(c.commune, c.household_code, spelling_key(c.full_name), c.year) in enrolled for c in records(children)]
    return _Truth("EDU_ATTENDANCE", _count(_only(children, present)), _count(children))


def _of_households(members: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    keys = set(zip(households["commune"], households["household_code"], strict=True))
    return members[[key in keys for key in zip(members["commune"], members["household_code"], strict=True)]]
