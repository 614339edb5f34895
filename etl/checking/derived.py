"""Columns that rules compare with: computed here, judged by the suites.

Each function takes the typed rows of a dataset and gives the frame with further columns; a value that a rule cannot do
without being missing makes the further column missing too, and a missing value breaks no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from etl.model.period import Period
from etl.reference.codes import benefit_levels, learning_support, loan_ceiling
from etl.reference.standards import Standard, standard_on

Derive = Callable[[pd.DataFrame, Period], pd.DataFrame]

USUAL_AGES = {"preschool": (0, 5), "primary": (6, 10), "lower_secondary": (11, 14), "upper_secondary": (15, 17)}
"""Years of age in each level (Luật Giáo dục 2005, Điều 26; preschool: Điều 21)."""


def earlier(rows: pd.DataFrame, key: list[str], of: pd.Series[bool]) -> pd.DataFrame:
    """``earlier`` and ``earlier_sheet``: the row where the same key stands first, missing for the first itself.

    of: which rows take part; those with a part of the key missing never do.
    """
    part = rows.loc[of & rows[key].notna().all(axis=1), [*key, "sheet", "row"]]
    first = part.groupby(key, sort=False)[["sheet", "row"]].transform("first")
    later = part.duplicated(key, keep="first")
    return rows.assign(earlier=first["row"].where(later).astype("Int64"), earlier_sheet=first["sheet"].where(later))


def _households(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    lacks = rows[[c for c in rows if str(c).startswith("lacks_")]]
    standard = standard_on(period.last_day)
    escaped = rows["classification"].str.startswith("escaped").where(rows["classification"].notna())
    return rows.assign(
        says_escaped=(rows["change"] == "escaped").where(rows["change"].notna()).astype("boolean"),
        is_escaped=escaped.astype("boolean"),
        b2_expected=10 * lacks.fillna(value=False).sum(axis=1).astype("Int64"),
        band_agrees=_band_agrees(rows, standard),
        standard=standard.basis.split(" (")[0].split(";")[0],
    )


def _band_agrees(rows: pd.DataFrame, standard: Standard) -> pd.Series[bool]:
    """Whether classification and scores agree under a standard; missing where it cannot be said.

    QĐ 59/2015 (or): N1 has B1 up to the income line; N2 and near-poor lie in the band above, told apart by B2.
    NĐ 07/2021 (and): poor and near-poor lie in the band, told apart by B2.
    """
    agrees = pd.Series(pd.NA, index=rows.index, dtype="boolean")
    for area, (income_max, band_max) in standard.b1.items():
        b1, b2, said = rows["b1_score"], rows["b2_score"], rows["classification"]
        deprived = b2 >= (standard.b2_threshold or 0)
        in_band = (b1 <= band_max) & ((b1 > income_max) if income_max is not None else True)
        expected = {
            "poor_income": b1 <= income_max if income_max is not None else in_band & deprived,
            "poor_deprivation": in_band & deprived,
            "poor": in_band & deprived,
            "near_poor": in_band & ~deprived,
        }
        for classification, right in expected.items():
            here = (rows["area"] == area) & (said == classification)
            agrees = agrees.mask(here.fillna(value=False), right)
    return agrees


def _members(rows: pd.DataFrame, _: Period) -> pd.DataFrame:
    """What a CCCD says (NĐ 137/2015, Điều 7): digit 4 century and sex, digits 5–6 the year. CMND says nothing."""
    number = rows["id_number"].where(rows["id_number"].str.len() == 12)
    century = pd.to_numeric(number.str[3]).astype("Int64")
    year = pd.to_numeric(number.str[4:6]).astype("Int64")
    sex = pd.Series(np.where(century.fillna(0) % 2 == 0, "male", "female"), index=rows.index, dtype="str")
    known = rows["birth_year"].notna()
    return rows.assign(id_sex=sex.where(number.notna()), id_birth_year=(1900 + century // 2 * 100 + year).where(known))


def _loans(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    parts = rows[["outstanding", "overdue", "frozen"]]
    return rows.assign(balance=parts.fillna(0).sum(axis=1).astype("Int64"), ceiling=_ceilings(rows, period.last_day))


def _ceilings(rows: pd.DataFrame, last_day: date) -> pd.Series[int]:
    """The ceiling of each loan by its programme and first day; missing where one of them is, or none is stated."""
    groups = rows.groupby(["programme", "disbursed_on"], sort=False).ngroup()
    known = rows.assign(group=groups)[groups >= 0].drop_duplicates("group")
    ceilings = {
        group: loan_ceiling(programme, first.date(), last_day)
        for group, programme, first in zip(known["group"], known["programme"], known["disbursed_on"], strict=True)
    }
    return groups.map(ceilings).astype("Int64")


def _cards(rows: pd.DataFrame, _: Period) -> pd.DataFrame:
    number = rows["card_number"]
    # A card of digits alone says neither object nor level.
    lettered = number.where(number.str.match("[A-Z]{2}").fillna(value=False).astype(bool))
    usual = {code: str(level) for code, level in benefit_levels().items()}
    return overlapping(rows).assign(
        card_letters=lettered.str[:2], card_level=lettered.str[2], card_digits=number.str[-10:],
        usual_level=rows["object_code"].map(usual).astype("str"),
    )  # fmt: skip


def overlapping(rows: pd.DataFrame) -> pd.DataFrame:
    """``overlapping`` and ``overlapping_sheet``: where an earlier-beginning card of the person still runs.

    Sorted by person and first day, a card overlaps with one before it when it begins by the latest day that those
    reach; the card that reaches that day is named.
    """
    usable = rows[["insurance_number", "valid_from", "valid_to"]].notna().all(axis=1) & (
        rows["valid_to"] >= rows["valid_from"]
    )
    part = rows.loc[usable, ["insurance_number", "valid_from", "valid_to", "sheet", "row"]]
    part = part[part.duplicated("insurance_number", keep=False)]
    part = part.sort_values(["insurance_number", "valid_from", "row"], kind="stable")
    reached: dict[str, tuple[pd.Timestamp, str, int]] = {}
    found: dict[object, tuple[str, int]] = {}
    for at, person, first, last, sheet, row in part.itertuples(name=None):
        before = reached.get(person)
        if before is not None and first <= before[0]:
            found[at] = (before[1], before[2])
        if before is None or last > before[0]:
            reached[person] = (last, sheet, row)
    named = pd.DataFrame.from_dict(found, orient="index", columns=["overlapping_sheet", "overlapping"])
    return rows.assign(
        overlapping=named["overlapping"].reindex(rows.index).astype("Int64"),
        overlapping_sheet=named["overlapping_sheet"].reindex(rows.index).astype("str"),
    )


def _pupils(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    age = (period.year - rows["birth"].dt.year).astype("Int64")
    low = rows["level"].map({k: v[0] for k, v in USUAL_AGES.items()}).astype("Int64")
    high = rows["level"].map({k: v[1] for k, v in USUAL_AGES.items()}).astype("Int64")
    off = (low - age).where(age < low, (age - high).where(age > high, 0)).where(age.notna() & low.notna())
    return rows.assign(age=age, years_off_level=off, support_expected=_support(rows, period))


def _support(rows: pd.DataFrame, period: Period) -> pd.Series[int]:
    """Months × the amount of a month. In a quarter that had two, what lies between them is as expected."""
    amounts = [a.amount for a in learning_support() if a.meets(period.first_day, period.last_day)]
    least, most = rows["support_months"] * min(amounts), rows["support_months"] * max(amounts)
    stated = rows["support_amount"]
    return most.mask(((least <= stated) & (stated <= most)).fillna(value=False), stated)


def _houses(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    done = (rows["progress"] == "completed").fillna(value=False)
    hard = rows[["hard_floor", "hard_frame", "hard_roof"]].fillna(value=False).all(axis=1)
    # A floor area that is not stated says nothing; three hard parts not marked are not there (a blank flag is no).
    small = (rows["floor_area"] < 24).fillna(value=False)
    return rows.assign(
        completed_without_day=done & rows["completed_on"].isna(),
        below_standard=done & (rows["kind"] == "new_build").fillna(value=False) & (small | ~hard),
        period_end=pd.Timestamp(period.last_day),
    )


DERIVED: dict[str, Derive] = {
    "register_household": _households,
    "register_member": _members,
    "credit_loan": _loans,
    "health_card": _cards,
    "education_pupil": _pupils,
    "housing_support": _houses,
}
