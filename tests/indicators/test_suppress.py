"""Small cells: nothing that is shown tells how many people a hidden figure counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.indicators import indicators
from etl.indicators.areas import areas
from etl.indicators.suppress import FEWEST, hide, suppressed
from etl.model.period import Period

PERIOD = Period(2018, 4)
PLACES = areas(PERIOD)
COMMUNES = [place for place in PLACES if place.level == "commune"]


def frame_of(code: str, by_commune: dict[str, int], whole: int = 100) -> pd.DataFrame:
    """The figures of one indicator at every level, from a number of people in each commune."""
    rows = [
        {"indicator": code, "unit_code": place.code, "people": sum(by_commune.get(c, 0) for c in place.communes),
         "denominator": whole * len(place.communes)}
        for place in PLACES
    ]  # fmt: skip
    return pd.DataFrame(rows, dtype="object")


PRIME = 2_147_483_629


def determined(frame: pd.DataFrame, hidden: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Cells that follow from the shown ones of the same indicator: exact elimination over communes, written apart."""
    found = set()
    for code, own in frame.groupby("indicator"):
        shown = [unit for unit in own["unit_code"] if (code, unit) not in hidden]
        basis = echelon([row_of(unit) for unit in shown])
        found |= {(c, u) for c, u in hidden if c == code and not reduced(row_of(u), basis).any()}
    return found


def row_of(unit: str) -> np.ndarray:
    """Which communes a unit is the sum of."""
    inside = set(next(place for place in PLACES if place.code == unit).communes)
    return np.array([int(c.code in inside) for c in COMMUNES], dtype=np.int64)


def echelon(rows: list[np.ndarray]) -> list[tuple[int, np.ndarray]]:
    basis: list[tuple[int, np.ndarray]] = []
    for row in rows:
        left = reduced(row, basis)
        if left.any():
            lead = int(np.flatnonzero(left)[0])
            basis.append((lead, left * pow(int(left[lead]), -1, PRIME) % PRIME))
    return basis


def reduced(row: np.ndarray, basis: list[tuple[int, np.ndarray]]) -> np.ndarray:
    for lead, one in basis:
        if row[lead]:
            row = (row - row[lead] * one) % PRIME
    return row


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from([c.code for c in COMMUNES]), st.integers(0, 40), max_size=12))
def test_what_is_hidden_cannot_be_worked_out(by_commune: dict[str, int]) -> None:
    frame = frame_of("POV_RATE", by_commune)
    flags = suppressed(frame, PLACES, indicators())
    hidden = {("POV_RATE", u) for u, f in zip(frame["unit_code"], flags, strict=True) if f}
    small = {("POV_RATE", r.unit_code) for r in frame.itertuples() if 0 < r.people < FEWEST}
    assert small <= hidden
    if not small:
        assert not hidden
    people = {("POV_RATE", r.unit_code): int(r.people) for r in frame.itertuples()}
    # Where everything that is not zero is hidden, nothing is left to hide behind: zeros alone may tell.
    if any(count and cell not in hidden for cell, count in people.items()):
        assert not determined(frame, hidden) & small


def test_a_small_commune_takes_another_with_it_and_the_district_stands() -> None:
    frame = frame_of("POV_RATE", {"02683": 3, "02686": 9, "02689": 40, "02752": 60, "02755": 70})
    flags = suppressed(frame, PLACES, indicators())
    hidden = set(frame["unit_code"][flags])
    assert {"02683", "02686"} <= hidden
    assert not {"082", "083", "10", "02689"} & hidden


def test_an_indicator_that_is_a_sum_of_others_does_not_give_them_away() -> None:
    frames = [
        frame_of(code, {c.code: n for c in COMMUNES})
        for code, n in (("POV_SPLIT.N1", 20), ("POV_SPLIT.N2", 20), ("POV_RATE", 40), ("POV_REDUCTION", 0))
    ]
    frame = pd.concat(frames, ignore_index=True)
    at = (frame["indicator"] == "POV_SPLIT.N1") & (frame["unit_code"] == "02683")
    assert not suppressed(frame, PLACES, indicators()).any()
    frame.loc[at, "people"] = 2
    for code in ("POV_RATE", "POV_SPLIT.N1"):
        for unit in ("082", "10", "urban"):
            where = (frame["indicator"] == code) & (frame["unit_code"] == unit)
            frame.loc[where, "people"] = frame.loc[where, "people"] - 18
    where = (frame["indicator"] == "POV_RATE") & (frame["unit_code"] == "02683")
    frame.loc[where, "people"] = 22
    hidden = {tuple(c) for c in frame[suppressed(frame, PLACES, indicators())][["indicator", "unit_code"]].to_numpy()}
    assert ("POV_SPLIT.N1", "02683") in hidden
    assert ("POV_SPLIT.N2", "02683") in hidden or ("POV_RATE", "02683") in hidden
    assert not determined(
        frame[frame["indicator"] == "POV_SPLIT.N1"], hidden & {c for c in hidden if c[0] == "POV_SPLIT.N1"}
    )
    assert {u for c, u in hidden if c == "POV_REDUCTION"} == {u for c, u in hidden if c == "POV_RATE"}


def test_several_sums_together_give_nothing_away() -> None:
    # Two tables of the same four cells, rows and columns: each sum hides two, and together they would tell.
    a, b, c, d = (("X", name) for name in "abcd")
    people = {a: 2, b: 30, c: 40, d: 50, ("X", "ab"): 32, ("X", "ac"): 42, ("X", "abc"): 72}
    sums = [(("X", "ab"), (a, b)), (("X", "ac"), (a, c)), (("X", "abc"), (a, b, c))]
    hidden = hide({a}, people, sums)
    assert len(hidden) >= 4


def test_a_denominator_of_a_few_hides_the_rate() -> None:
    frame = frame_of("HI_POOR", {COMMUNES[0].code: 0, COMMUNES[1].code: 50})
    frame.loc[frame["unit_code"] == COMMUNES[0].code, "denominator"] = 3
    flags = suppressed(frame, PLACES, indicators())
    assert COMMUNES[0].code in set(frame["unit_code"][flags])


def test_areas_of_a_province_without_districts() -> None:
    places = areas(Period(2025, 4))
    rows = [{"indicator": "POV_RATE", "unit_code": p.code, "people": 30 * len(p.communes), "denominator": 999}
            for p in places]  # fmt: skip
    assert not suppressed(pd.DataFrame(rows, dtype="object"), places, indicators()).any()
