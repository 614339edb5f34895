"""What each commune contributes to each indicator, computed straight from a province's frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pandas as pd

from etl.model.frames import records
from etl.model.text import spelling_key
from etl.reference.codes import code_labels
from etl.reference.standards import Standard, standard_on
from samples.households import POOR
from samples.province import Province

Sums = dict[str, Fraction]

_LISTED = (*POOR, "near_poor")


@dataclass(frozen=True)
class Truth:
    """One indicator by commune; denominators None for a count. rural: told of rural communes alone."""

    code: str
    numerators: Sums
    denominators: Sums | None
    rural: bool = False


def every(province: Province) -> Iterator[Truth]:
    """Every indicator that the sectors' files tell, in no order that matters."""
    frames, day = province.frames, province.period.last_day
    totals = frames["register_commune"].set_index("commune")
    listed = frames["register_household"]
    households = _sums(totals["households"])
    poor = listed[listed["classification"].isin(POOR)]
    both = listed[listed["classification"].isin(_LISTED)]

    yield Truth("POV_RATE", _count(poor), households)
    yield Truth("NEAR_POOR_RATE", _count(both[both["classification"] == "near_poor"]), households)
    fall = {c: start - _count(poor).get(c, Fraction(0)) for c, start in _sums(totals["poor_start"]).items()}
    yield Truth("POV_REDUCTION", fall, households)
    yield from _moves(listed, poor, totals)
    minority = _sums(totals["households_minority"])
    yield Truth("POV_MINORITY", _count(poor[poor["ethnicity"] != "Kinh"]), minority)
    half = {c: Fraction(int(n > 0 and 2 * _count(poor).get(c, Fraction(0)) >= n)) for c, n in households.items()}
    yield Truth("POV_50", half, None)
    standard = standard_on(day)
    if standard.rule != "and":
        yield Truth("POV_SPLIT.N1", _count(poor[poor["classification"] == "poor_income"]), None)
        yield Truth("POV_SPLIT.N2", _count(poor[poor["classification"] == "poor_deprivation"]), None)
    for number, lack in standard.lacks.items():
        yield Truth(f"DEP_{number}", _count(both[both[lack] == True]), _count(both))  # noqa: E712 - object column
    yield from _alkire_foster(both, standard)
    yield from _credit(frames, both)
    yield from _outstanding(frames["credit_loan"])
    cards = frames["health_card"]
    spans = zip(cards["valid_from"], cards["valid_to"], strict=True)
    valid = _only(cards, [first <= day <= last for first, last in spans])
    covered = valid.drop_duplicates(["commune", "insurance_number"])
    yield Truth("HI_COVERAGE", _count(covered), _sums(totals["persons"]))
    repeated = valid.groupby(["commune", "insurance_number"]).size()
    yield Truth("HI_DUPLICATE", _count(repeated[repeated > 1].reset_index()), None)
    members = frames["register_member"]
    yield _insured("HI_POOR", members, poor, valid)
    yield _insured("HI_NEAR_POOR", members, both[both["classification"] == "near_poor"], valid)
    yield _expiring(members, both, valid, day)
    yield _attending(members, poor, frames["education_pupil"], day)
    yield from _pupils(frames["education_pupil"])
    yield from _houses(frames["housing_support"], day)
    yield from _water(frames["water_village"], frames["water_works"])


def _moves(listed: pd.DataFrame, poor: pd.DataFrame, totals: pd.DataFrame) -> Iterator[Truth]:
    """Poor households at the start and the end, and what became of them in between."""
    parts = {
        "start": _sums(totals["poor_start"]), "end": _count(poor),
        "escaped": _count(listed[listed["classification"] == "escaped_poor"]),
        "returned": _count(poor[poor["change"] == "returned"]), "new": _count(poor[poor["change"] == "new"]),
    }  # fmt: skip
    for name, counts in parts.items():
        yield Truth(f"POV_MOVES.{name}", counts, None)
    start, end, escaped, returned, new = (parts[n] for n in ("start", "end", "escaped", "returned", "new"))
    nothing = Fraction(0)
    differences = {
        c: end.get(c, nothing) - (start[c] - escaped.get(c, nothing) + returned.get(c, nothing) + new.get(c, nothing))
        for c in start
    }
    yield Truth("POV_MOVES.difference", differences, None)


def _pupils(pupils: pd.DataFrame) -> Iterator[Truth]:
    enrolled = pupils[pupils["status"] == "enrolled"]
    poor, near = (enrolled[enrolled["poverty_class"] == name] for name in ("poor", "near_poor"))
    relieved = pd.concat([poor[poor["fee_relief"] == "full"], near[near["fee_relief"].isin(["full", "p70", "p50"])]])
    yield Truth("EDU_FEE_RELIEF", _count(relieved), _count(pd.concat([poor, near])))
    yield Truth("EDU_SUPPORT", _count(poor[poor["support_months"].fillna(0) > 0]), _count(poor))
    gone = pupils[pupils["status"] == "dropped_out"]
    yield Truth("EDU_DROPOUT", _count(gone), _count(pd.concat([gone, enrolled])))


def _houses(houses: pd.DataFrame, day: date) -> Iterator[Truth]:
    done = [d is not None and d.year == day.year and d <= day for d in houses["completed_on"]]
    yield Truth("HOUSE_DONE", _count(_only(houses, done)), None)
    built = houses[(houses["kind"] == "new_build") & (houses["progress"] == "completed")]
    hard = built[["hard_floor", "hard_frame", "hard_roof"]].eq(True).all(axis=1) & (built["floor_area"] >= 24)
    yield Truth("HOUSE_HARD", _count(built[hard]), _count(built))


def _water(villages: pd.DataFrame, works: pd.DataFrame) -> Iterator[Truth]:
    for code, part, whole, rural in (
        ("WATER_HYGIENIC", "persons_hygienic_water", "persons", True),
        ("WATER_CLEAN", "persons_clean_water", "persons", True),
        ("WATER_POOR", "poor_households_hygienic_water", "poor_households", True),
        ("TOILET", "households_hygienic_toilet", "households", False),
    ):
        by = villages.dropna(subset=[part, whole]).groupby("commune")
        yield Truth(code, _sums(by[part].sum()), _sums(by[whole].sum()), rural)
    for state in ("sustainable", "fair", "weak", "not_working"):
        yield Truth(f"WORKS_STATE.{state}", _count(works[works["state"] == state]), None)


def _only(frame: pd.DataFrame, keep: list[bool]) -> pd.DataFrame:
    """Those rows; of none, none. A plain list in brackets would mean columns once it is empty."""
    return frame[np.array(keep, dtype=bool)]


def _count(frame: pd.DataFrame) -> Sums:
    return {str(c): Fraction(int(n)) for c, n in frame.groupby("commune").size().items()}


def _sums(series: pd.Series[int]) -> Sums:
    return {str(c): Fraction(int(v)) for c, v in series.items()}


def _alkire_foster(both: pd.DataFrame, standard: Standard) -> Iterator[Truth]:
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
        yield Truth(f"MPI_H.{weight_name}", heads, whole)
        yield Truth(f"MPI_A.{weight_name}", intensity, heads)
        yield Truth(f"MPI_M0.{weight_name}", intensity, whole)
        for number, lack in standard.lacks.items():
            part = {c: s / of for c, s in added(weight * deprived * lacking[lack]).items()}
            yield Truth(f"MPI_CONTRIBUTION_{number}.{weight_name}", part, intensity)


def _credit(frames: dict[str, pd.DataFrame], both: pd.DataFrame) -> Iterator[Truth]:
    """Households with an open loan: of the same commune and code, or of a borrower whose number is one of theirs."""
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
        for r in records(both)
    ]
    wanting = both[(both["needs_loan"] == True) & (both["loan_eligible"] == True)]  # noqa: E712 - object columns
    having = _only(both, has)
    yield Truth("CREDIT_NEED_MET", _count(having[having.index.isin(wanting.index)]), _count(wanting))
    yield Truth("CREDIT_ACCESS", _count(having), _count(both))


def _outstanding(loans: pd.DataFrame) -> Iterator[Truth]:
    owed = loans[["outstanding", "overdue", "frozen"]].fillna(0).astype("int64").sum(axis=1)
    whole = _sums(owed.groupby(loans["commune"]).sum())
    yield Truth("CREDIT_OUTSTANDING", whole, None)
    for programme in code_labels("vbsp_programmes"):
        own = owed[loans["programme"] == programme]
        yield Truth(f"CREDIT_OUTSTANDING.{programme}", _sums(own.groupby(loans["commune"]).sum()), None)
    overdue = loans["overdue"].fillna(0).astype("int64")
    yield Truth("CREDIT_OVERDUE", _sums(overdue.groupby(loans["commune"]).sum()), whole)


def _expiring(members: pd.DataFrame, households: pd.DataFrame, valid: pd.DataFrame, day: date) -> Truth:
    """Valid cards of members of some households that end within 30 days, at the card's commune."""
    own = _of_households(members, households)
    numbers, ids = set(own["insurance_number"].dropna()), set(own["id_number"].dropna())
    soon = [
        day < c.valid_to <= day + timedelta(days=30) and (c.insurance_number in numbers or c.id_number in ids)
        for c in records(valid)
    ]
    return Truth("HI_EXPIRING", _count(_only(valid, soon)), None)


def _insured(code: str, members: pd.DataFrame, households: pd.DataFrame, valid: pd.DataFrame) -> Truth:
    """Members of some households with a valid card, matched by insurance number or by identity number."""
    own = _of_households(members, households)
    numbers, ids = set(valid["insurance_number"].dropna()), set(valid["id_number"].dropna())
    has = [m.insurance_number in numbers or m.id_number in ids for m in records(own)]
    return Truth(code, _count(_only(own, has)), _count(own))


def _attending(members: pd.DataFrame, poor: pd.DataFrame, pupils: pd.DataFrame, day: date) -> Truth:
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
    return Truth("EDU_ATTENDANCE", _count(_only(children, present)), _count(children))


def _of_households(members: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    keys = set(zip(households["commune"], households["household_code"], strict=True))
    return members[[key in keys for key in zip(members["commune"], members["household_code"], strict=True)]]
