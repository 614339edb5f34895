"""What is unusual against past periods: robust, silent before there are enough of them, and never of what stays."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.checking import drift
from etl.contracts import DATASETS, contract

CARDS, LOANS = contract("health_card"), contract("credit_loan")
COUNTS = st.integers(50, 100_000)


def rules(now: drift.Profile, *before: drift.Profile) -> list[str]:
    return [f.rule for f in drift.unusual(now, list(before), CARDS)]


def rows(n: float) -> drift.Profile:
    return {drift.ROWS: float(n)}


def test_every_dataset_is_watched_by_columns_that_it_has() -> None:
    assert set(drift.plan().datasets) == set(DATASETS)
    for dataset, watched in drift.plan().datasets.items():
        names = {c.name: c.type for c in contract(dataset).columns}
        assert {*watched.sums, *watched.shares, *filter(None, [watched.total])} <= set(names)
        assert {names[n] for n in watched.shares} <= {"enum", "code"}
        assert watched.total is None or watched.total in watched.sums


def test_what_a_submission_looks_like() -> None:
    loans = pd.DataFrame({
        "commune": ["a", "a", "b", "b"], "programme": pd.Series(["HN", "HN", "HN", "CN"], dtype="str"),
        "outstanding": pd.Series([10, None, 20, 5], dtype="Int64"), "overdue": pd.Series([None] * 4, dtype="Int64"),
    })  # fmt: skip
    assert drift.profile(loans, "credit_loan") == {
        drift.ROWS: 4.0, ("sum", "outstanding", ""): 35.0, ("sum", "overdue", ""): 0.0,
        ("share", "programme", "HN"): 0.75, ("share", "programme", "CN"): 0.25,
        ("commune_rows", "commune", "a"): 2.0, ("commune_rows", "commune", "b"): 2.0,
    }  # fmt: skip
    assert drift.profile(loans.iloc[:0], "credit_loan") == {}


@given(COUNTS, st.lists(COUNTS, max_size=2))
def test_before_three_periods_nothing_is_unusual(now: int, before: list[int]) -> None:
    assert rules(rows(now), *map(rows, before)) == []


@given(st.lists(COUNTS, min_size=3, max_size=8))
def test_what_lies_among_the_past_values_of_an_even_series_is_usual(before: list[int]) -> None:
    middle = drift.usual([float(n) for n in before], "rows").middle
    assert rules(rows(middle), *map(rows, before)) == []


@given(COUNTS, st.integers(3, 8), st.integers(0, 10**9))
def test_one_period_gone_wrong_does_not_hide_what_is_unusual(usual: int, periods: int, wrong: int) -> None:
    before = [rows(usual)] * (periods - 1) + [rows(wrong)]
    assert rules(rows(usual * 1.15), *before) == []
    assert rules(rows(usual * 1.3 + 10), *before) == ["drift_rows"]
    assert rules(rows(usual * 0.7 - 10), *before) == ["drift_rows"]


def test_a_share_a_sum_and_a_commune_are_told_with_value_median_and_range() -> None:
    share, rows_of = ("share", "programme", "CN"), ("commune_rows", "commune", "02692")
    before = [
        {drift.ROWS: 1000.0, ("sum", "outstanding", ""): n, share: 0.2, rows_of: 100.0} for n in (9e9, 1e10, 1.1e10)
    ]
    now = {drift.ROWS: 1000.0, ("sum", "outstanding", ""): 2e10, share: 0.26}
    found = {f.rule: f for f in drift.unusual(now, before, LOANS)}
    assert set(found) == {"drift_sum", "drift_share", "drift_commune_rows"}
    assert (found["drift_sum"].column, found["drift_sum"].value) == ("outstanding", "20.000.000.000")
    assert found["drift_sum"].params["median"] == "10.000.000.000"
    assert dict(found["drift_share"].params) == {
        "median": "20,0 %", "low": "15,0 %", "high": "25,0 %", "periods": "3", "part": "Cho vay hộ cận nghèo"}  # fmt: skip
    assert found["drift_commune_rows"].params["part"] == "Xã A Lù"
    assert found["drift_commune_rows"].value == "0"
    # A code that was never there before counts as 0 then.
    new = {**before[0], ("share", "programme", "MTN"): 0.06}
    assert [f.rule for f in drift.unusual(new, before, LOANS)] == ["drift_share"]


@pytest.mark.parametrize(("now", "held"), [(51, False), (50, True), (1, True), (200, False)])
def test_half_the_latest_total_is_held(now: int, held: bool) -> None:
    finding = drift.halved(rows(now), rows(100), "2018-Q3", CARDS)
    assert (finding is not None) == held
    assert drift.halved(rows(now), rows(0), "2018-Q3", CARDS) is None
    assert drift.halved(rows(now), {}, "2018-Q3", CARDS) is None


def test_the_total_of_loans_is_what_is_owed() -> None:
    before = {drift.ROWS: 10.0, ("sum", "outstanding", ""): 1000.0}
    fewer = {drift.ROWS: 2.0, ("sum", "outstanding", ""): 900.0}
    assert drift.halved(fewer, before, "2018-Q3", LOANS) is None
    less = drift.halved({drift.ROWS: 10.0, ("sum", "outstanding", ""): 400.0}, before, "2018-Q3", LOANS)
    assert less is not None
    assert (less.rule, less.column, less.value) == ("drift_total_halved", "outstanding", "400")
    assert less.params["before"] == "1.000"


@pytest.mark.parametrize(
    ("now", "same_day", "fallen"),
    [
        ((100, 900, 90), True, None),
        ((50, 900, 90), True, None),
        ((49, 900, 90), True, "rows"),
        ((49, 900, 90), False, "rows"),
        ((100, 500, 90), False, "outstanding"),
        ((100, 501, 50), True, "overdue"),
        ((100, 501, 50), False, None),
        ((0, 0, 0), True, "outstanding"),
    ],
)
def test_what_would_replace_twice_as_much_is_held(
    now: tuple[int, int, int], same_day: bool, fallen: str | None
) -> None:
    keys = (drift.ROWS, ("sum", "outstanding", ""), ("sum", "overdue", ""))
    found = drift.less_than_replaced(
        dict(zip(keys, map(float, now), strict=True)), dict(zip(keys, (98.0, 1000.0, 100.0), strict=True)), LOANS,
        file="tệp", place="", same_day=same_day,
    )  # fmt: skip
    assert (found and (found.column or "rows")) == fallen


def test_the_totals_of_a_place_are_rows_and_sums() -> None:
    frame = pd.DataFrame({"outstanding": [1.0, 2.0, None], "overdue": [4.0, None, 8.0]})
    totals = drift.totals(frame, "credit_loan", pd.Series(["a", "b", "a"]))
    assert totals == {
        "a": {drift.ROWS: 2.0, ("sum", "outstanding", ""): 1.0, ("sum", "overdue", ""): 12.0},
        "b": {drift.ROWS: 1.0, ("sum", "outstanding", ""): 2.0, ("sum", "overdue", ""): 0.0},
    }
