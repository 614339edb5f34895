"""What each row of a province counts for which indicator: pandas alone, by the words of INDICATORS.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from etl.reference.codes import code_labels
from etl.reference.standards import standard_on
from tests.indicators.oracle_links import HOME, Link, Pairs, best_of, counted

Told = Iterator[tuple[str, pd.DataFrame]]
POOR = ["poor", "poor_income", "poor_deprivation"]


def every(frames: dict[str, pd.DataFrame], day: date, links: Sequence[Link]) -> Told:
    """(indicator, its rows: commune, n, d, link), where d is 0 for what has no denominator and link None for no link."""
    totals, households = frames["register_commune"], frames["register_household"]
    members = frames["register_member"].merge(households[[*HOME, "classification"]], on=HOME)
    poor = _where(households, households["classification"].isin(POOR))
    both = _where(households, households["classification"].isin([*POOR, "near_poor"]))
    yield from _poverty(totals, households, poor, day)
    yield from _deprivation(both, day)
    yield from _credit(frames["credit_loan"], both, counted(frames, "loan", links))
    yield from _insurance(frames["health_card"], members, totals, day, counted(frames, "card", links))
    yield from _education(frames["education_pupil"], members, day, counted(frames, "pupil", links))
    yield from _housing(frames["housing_support"], day)
    yield from _water(frames["water_village"], frames["water_works"])


def _rows(frame: pd.DataFrame, n: Any, d: Any = 0, link: Any = None) -> pd.DataFrame:
    columns = {"commune": frame["commune"], "n": n, "d": d, "link": link}
    made = pd.DataFrame(columns, index=frame.index, dtype="object")
    return made.assign(**{c: [Fraction(v) for v in made[c]] for c in ("n", "d")}).astype("object")


def _where(frame: pd.DataFrame, keep: Iterable[Any]) -> pd.DataFrame:
    return frame[np.array(list(keep), dtype=bool)]


def _yes(flags: pd.Series[Any]) -> list[int]:
    """A blank is no."""
    return [int(flag is True) for flag in flags]


def _or_zero(amounts: pd.Series[Any]) -> list[int]:
    return [amount or 0 for amount in amounts]


def _poverty(totals: pd.DataFrame, households: pd.DataFrame, poor: pd.DataFrame, day: date) -> Told:
    near = _where(households, households["classification"] == "near_poor")
    start = _rows(totals, totals["poor_start"])
    yield "POV_RATE", pd.concat([_rows(poor, 1), _rows(totals, 0, totals["households"])])
    yield "NEAR_POOR_RATE", pd.concat([_rows(near, 1), _rows(totals, 0, totals["households"])])
    yield "POV_REDUCTION", pd.concat([_rows(poor, -1), _rows(totals, totals["poor_start"], totals["households"])])
    if standard_on(day).rule != "and":
        yield "POV_SPLIT.N1", _rows(_where(poor, poor["classification"] == "poor_income"), 1)
        yield "POV_SPLIT.N2", _rows(_where(poor, poor["classification"] == "poor_deprivation"), 1)
    count = poor["commune"].value_counts()
    half = [
        int(h > 0 and count.get(c, 0) / h >= 0.5) for c, h in zip(totals["commune"], totals["households"], strict=True)
    ]
    yield "POV_50", _rows(totals, half)
    escaped = _rows(_where(households, households["classification"] == "escaped_poor"), 1)
    returned, new = (_rows(_where(poor, poor["change"] == change), 1) for change in ("returned", "new"))
    parts = {"start": start, "end": _rows(poor, 1), "escaped": escaped, "returned": returned, "new": new}
    yield from ((f"POV_MOVES.{name}", part) for name, part in parts.items())
    signs = {"start": -1, "end": 1, "escaped": 1, "returned": -1, "new": -1}
    yield "POV_MOVES.difference", pd.concat([part.assign(n=part["n"] * signs[name]) for name, part in parts.items()])
    stated = _where(totals, totals["households_minority"].notna())
    minority = _where(poor, (poor["ethnicity"] != "Kinh") & poor["commune"].isin(stated["commune"]))
    yield "POV_MINORITY", pd.concat([_rows(minority, 1), _rows(stated, 0, stated["households_minority"])])


def _deprivation(both: pd.DataFrame, day: date) -> Told:
    standard = standard_on(day)
    lacks = {number: np.array(_yes(both[column]), dtype=object) for number, column in standard.lacks.items()}
    count = sum(lacks.values(), np.zeros(len(both), dtype=object))
    for number, own in lacks.items():
        yield f"DEP_{number}", _rows(both, own, 1)
    censored = np.array([int(c >= 3) for c in count], dtype=object)
    for name, weight in (("person", both["members"].to_numpy()), ("household", np.ones(len(both), dtype=object))):
        share = weight * censored * count * Fraction(1, len(lacks))
        yield f"MPI_H.{name}", _rows(both, weight * censored, weight)
        yield f"MPI_A.{name}", _rows(both, share, weight * censored)
        yield f"MPI_M0.{name}", _rows(both, share, weight)
        for number, own in lacks.items():
            part = weight * censored * own * Fraction(1, len(lacks))
            yield f"MPI_CONTRIBUTION_{number}.{name}", _rows(both, part, share)


def _credit(loans: pd.DataFrame, both: pd.DataFrame, pairs: Pairs) -> Told:
    owed = np.array(
        [sum(_or_zero(row)) for row in loans[["outstanding", "overdue", "frozen"]].to_numpy()], dtype=object
    )
    yield "CREDIT_OUTSTANDING", _rows(loans, owed)
    for programme in code_labels("vbsp_programmes"):
        yield f"CREDIT_OUTSTANDING.{programme}", _rows(loans, owed * (loans["programme"] == programme).to_numpy())
    yield "CREDIT_OVERDUE", _rows(loans, _or_zero(loans["overdue"]), owed)
    still_open = _where(loans, owed > 0)
    links = best_of(pairs, 1, both["address"], still_open["address"])
    access = _rows(both, [int(link is not None) for link in links], 1, links)
    yield "CREDIT_ACCESS", access
    yield (
        "CREDIT_NEED_MET",
        _where(access, [a is True and b is True for a, b in both[["needs_loan", "loan_eligible"]].to_numpy()]),
    )


def _insurance(
    cards: pd.DataFrame, members: pd.DataFrame, totals: pd.DataFrame, day: date, pairs: Pairs
) -> Told:  # fmt: skip
    valid = _where(cards, (first <= day <= last for first, last in cards[["valid_from", "valid_to"]].to_numpy()))
    persons = valid.drop_duplicates(["commune", "insurance_number"])
    yield "HI_COVERAGE", pd.concat([_rows(persons, 1), _rows(totals, 0, totals["persons"])])
    again = _where(valid, valid.duplicated(["commune", "insurance_number"]))
    yield "HI_DUPLICATE", _rows(again.drop_duplicates(["commune", "insurance_number"]), 1)
    links = best_of(pairs, 1, members["address"], valid["address"])
    covered = _rows(members, [int(link is not None) for link in links], 1, links)
    yield "HI_POOR", _where(covered, members["classification"].isin(POOR))
    yield "HI_NEAR_POOR", _where(covered, members["classification"] == "near_poor")
    lapsing = _where(valid, (day < last <= day + timedelta(days=30) for last in valid["valid_to"]))
    listed = _where(members, members["classification"].isin([*POOR, "near_poor"]))
    held = best_of(pairs, 0, lapsing["address"], listed["address"])
    lapsing = lapsing.assign(link=held)
    lapsing = _where(lapsing, (link is not None for link in held))
    yield "HI_EXPIRING", _rows(lapsing, 1, 0, lapsing["link"])


def _education(pupils: pd.DataFrame, members: pd.DataFrame, day: date, pairs: Pairs) -> Told:
    enrolled = _where(pupils, pupils["status"] == "enrolled")
    poor = _where(members, members["classification"].isin(POOR))
    children = _where(poor, (y is not None and 6 <= day.year - y <= 14 for y in poor["birth_year"]))
    links = best_of(pairs, 1, children["address"], enrolled["address"])
    yield "EDU_ATTENDANCE", _rows(children, [int(link is not None) for link in links], 1, links)
    supported = _where(enrolled, enrolled["poverty_class"].isin(["poor", "near_poor"]))
    reliefs = {"poor": ["full"], "near_poor": ["full", "p70", "p50"]}
    has = [int(f in reliefs[c]) for c, f in supported[["poverty_class", "fee_relief"]].to_numpy()]
    yield "EDU_FEE_RELIEF", _rows(supported, has, 1)
    helped = _where(enrolled, enrolled["poverty_class"] == "poor")
    yield "EDU_SUPPORT", _rows(helped, [int(m > 0) for m in _or_zero(helped["support_months"])], 1)
    stayed_or_left = _where(pupils, pupils["status"] != "transferred")
    yield "EDU_DROPOUT", _rows(stayed_or_left, [int(s == "dropped_out") for s in stayed_or_left["status"]], 1)


def _housing(houses: pd.DataFrame, day: date) -> Told:
    this_year = (d is not None and date(day.year, 1, 1) <= d <= day for d in houses["completed_on"])
    yield "HOUSE_DONE", _rows(_where(houses, this_year), 1)
    built = _where(houses, (houses["kind"] == "new_build") & (houses["progress"] == "completed"))
    hard = zip(*(_yes(built[n]) for n in ("hard_floor", "hard_frame", "hard_roof")), strict=True)
    meets = [int(all(flags) and (area or 0) >= 24) for flags, area in zip(hard, built["floor_area"], strict=True)]
    yield "HOUSE_HARD", _rows(built, meets, 1)


def _water(villages: pd.DataFrame, works: pd.DataFrame) -> Told:
    for code, part, whole in (
        ("WATER_HYGIENIC", "persons_hygienic_water", "persons"), ("WATER_CLEAN", "persons_clean_water", "persons"),
        ("WATER_POOR", "poor_households_hygienic_water", "poor_households"),
        ("TOILET", "households_hygienic_toilet", "households"),
    ):  # fmt: skip
        stated = villages.dropna(subset=[part, whole])
        yield code, _rows(stated, stated[part], stated[whole])
    for state in ("sustainable", "fair", "weak", "not_working"):
        yield f"WORKS_STATE.{state}", _rows(_where(works, works["state"] == state), 1)
