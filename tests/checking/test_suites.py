"""Each expectation of each suite with a row that it must pass and one that it must fail (``expectations/cases``)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from etl.checking import check
from etl.checking.check import emptied, suite_parameters, widened
from etl.checking.suites import FOLDER, load_suite, run_suite
from etl.conforming.rows import DTYPES
from etl.contracts import DATASETS, contract
from etl.model.examined import Heading
from etl.model.finding import findings_frame
from etl.model.period import Period
from tests.support import PERIOD, UNITS

SUITES = sorted(path.stem for path in FOLDER.glob("*.json"))
UNIT = "082"
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One expectation, and the rows that it must pass and fail. without: the commune that has no row in the latter."""

    suite: str
    expectation: dict[str, Any]
    passing: list[Row]
    failing: list[Row]
    without: str | None

    def __str__(self) -> str:
        return f"{self.suite}-{self.expectation['meta']['rule']}-{self.expectation['meta']['column']}"


@cache
def written(suite: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "cases" / f"{suite}.yml").read_text(encoding="utf-8"))
    return loaded


def pairs() -> Iterator[Case]:
    for suite in SUITES:
        if not (FOLDER / "cases" / f"{suite}.yml").exists():
            continue
        base, cases = written(suite)["base"], written(suite)["cases"]
        for expectation in load_suite(suite)["expectations"]:
            meta = expectation["meta"]
            case = cases.get(meta["rule"], {}).get(meta["column"])
            if case and "pass" in case and "fail" in case:
                passing, failing = (
                    [base | row for row in (rows if isinstance(rows, list) else [rows])]
                    for rows in (case["pass"], case["fail"])
                )
                yield Case(suite, expectation, passing, failing, case.get("without"))


PAIRS = list(pairs())


def test_no_expectation_is_without_both_and_no_case_without_an_expectation() -> None:
    for suite in SUITES:
        expectations = load_suite(suite)["expectations"]
        named = Counter((e["meta"]["rule"], e["meta"]["column"]) for e in expectations)
        assert set(named.values()) == {1}, suite
        assert set(named) == {
            (p.expectation["meta"]["rule"], p.expectation["meta"]["column"]) for p in PAIRS if p.suite == suite
        }, suite
        assert set(named) == {(rule, column) for rule, own in written(suite)["cases"].items() for column in own}, suite
    assert {path.stem for path in (FOLDER / "cases").glob("*.yml")} == set(SUITES)


def test_every_expectation_has_id_severity_and_rule() -> None:
    ids = []
    for suite in SUITES:
        for expectation in load_suite(suite)["expectations"]:
            assert expectation["severity"] in ("critical", "warning", "info")
            assert expectation["meta"]["rule"] and expectation["meta"]["column"]
            ids.append(expectation["id"])
    assert len(set(ids)) == len(ids)


def typed(dataset: str, rows: list[Row]) -> pd.DataFrame:
    """Rows as conforming gives them: an address, and every stored column in its type."""
    address = {"sheet": pd.Series(["S"] * len(rows), dtype="str"), "row": pd.Series(range(9, 9 + len(rows)))}
    known = dict(contract(dataset).stored_columns)
    assert {name for row in rows for name in row} <= set(known)
    columns = {
        name: pd.Series([pd.NaT if row.get(name) is None and kind == "date" else row.get(name) for row in rows])
        .astype(DTYPES[kind])
        for name, kind in known.items()
    }  # fmt: skip
    return pd.DataFrame(address | columns)


def failures(suite: str, sets: list[list[Row]]) -> list[dict[str, int]]:
    """For each set of rows the ids of the suite's expectations that fail in it, with how many rows.

    The sets are laid one below the other and checked at once; what compares rows of a table is made in each alone.
    """
    frames = [typed(suite, rows) for rows in sets]
    starts = [sum(map(len, sets[:at])) for at in range(len(sets))]
    frames = [frame.set_axis(range(start, start + len(frame))) for start, frame in zip(starts, frames, strict=True)]
    form = contract(suite)
    parameters = suite_parameters(form, PERIOD, [])
    by_cell = run_suite(suite, pd.concat(frames), parameters, stage="cell")
    critical = {i for o in by_cell if o.severity == "critical" for i in o.failed}
    names = [column.name for column in form.columns]
    judged = [
        widened(emptied(frame, [replace(o, failed=o.failed.intersection(frame.index)) for o in by_cell], names, form),
                form, PERIOD, critical)
        for frame in frames
    ]  # fmt: skip
    by_row = run_suite(suite, pd.concat(judged), parameters, stage="row")
    found: list[dict[str, int]] = [{} for _ in sets]
    for outcome in (*by_cell, *by_row):
        for at, frame in enumerate(frames):
            if failed := len(outcome.failed.intersection(frame.index)):
                found[at][outcome.id] = failed
    return found


@pytest.mark.parametrize("suite", DATASETS)
def test_an_expectation_passes_its_row_and_fails_its_other_one(suite: str) -> None:
    own = [p for p in PAIRS if p.suite == suite and p.expectation["meta"]["rule"] != "commune_missing"]
    passed = failures(suite, [case.passing for case in own])
    failed = failures(suite, [case.failing for case in own])
    for case, after_pass, after_fail in zip(own, passed, failed, strict=True):
        assert after_pass == {}, case
        assert after_fail == {case.expectation["id"]: 1}, case


def test_a_commune_without_a_row_fails_and_all_of_them_pass() -> None:
    (case,) = [p for p in PAIRS if p.expectation["meta"]["rule"] == "commune_missing"]
    heading = Heading(case.suite, PERIOD, PERIOD.last_day, UNIT)
    for without, expected in ((None, []), (case.without, [case.expectation["id"]])):
        communes = [c.code for c in UNITS.communes_in(UNIT) if c.code != without]
        rows = typed(case.suite, [case.passing[0] | {"commune": code} for code in communes])
        result = check(rows, findings_frame(), contract(case.suite), heading).check_run["result"]
        assert [one["expectation"] for one in result if one["failed"]] == expected


@pytest.mark.parametrize("case", [p for p in PAIRS if p.suite not in DATASETS], ids=str)
def test_an_expectation_between_tables_passes_its_row_and_fails_its_other_one(case: Case) -> None:
    own = {"rule": case.expectation["meta"]["rule"], "column": case.expectation["meta"]["column"]}
    parameters = written(case.suite).get("parameters", {})
    for rows, failed in ((case.passing, []), (case.failing, [len(case.failing) - 1])):
        (outcome,) = run_suite(case.suite, pd.DataFrame(rows).convert_dtypes(), parameters, **own)
        assert (list(outcome.failed), outcome.success) == (failed, not failed)


@pytest.mark.parametrize("case", [p for p in PAIRS if p.suite in DATASETS], ids=str)
def test_a_row_passes_because_of_what_stands_in_it(case: Case) -> None:
    """A missing value breaks no rule: a passing row whose cell is empty would prove nothing."""
    column = case.expectation["meta"]["column"]
    stored = [name for name, _ in contract(case.suite)[column].stored]
    if case.expectation["meta"]["rule"] != "completed_without_date":
        assert any(case.passing[-1].get(name) is not None for name in stored)


def test_the_same_suites_are_loaded_by_great_expectations() -> None:
    import great_expectations as gx

    for suite in SUITES:
        loaded = gx.ExpectationSuite(**json.loads(Path(FOLDER / f"{suite}.json").read_text(encoding="utf-8")))
        assert [e.id for e in loaded.expectations] == [e["id"] for e in load_suite(suite)["expectations"]]


@pytest.mark.parametrize(
    ("period", "number", "is_right"),
    [
        (Period(2018, 4), "HN2100010000001", True),
        (Period(2018, 4), "0010000001", False),
        (Period(2021, 2), "HN2100010000001", True),
        (Period(2021, 2), "0010000001", True),
        (Period(2021, 2), "10000001", False),
    ],
)
def test_a_card_shows_the_insurance_number_alone_from_april_2021(period: Period, number: str, is_right: bool) -> None:
    row = written("health_card")["base"] | {"card_number": number, "birth_year": 1970}
    heading = Heading("health_card", period, period.last_day, "10")
    findings = check(typed("health_card", [row]), findings_frame(), contract("health_card"), heading).findings
    assert list(findings["rule"]) == ([] if is_right else ["code_format"])


def check_of(dataset: str, period: Period, **changed: Any) -> list[str]:
    """The rules that a good row of a dataset breaks once it is changed."""
    rows = typed(dataset, [written(dataset)["base"] | changed])
    unit = "10" if period < Period(2025, 3) else "15"
    return list(
        check(rows, findings_frame(), contract(dataset), Heading(dataset, period, period.last_day, unit)).findings[
            "rule"
        ]
    )


@pytest.mark.parametrize(
    ("period", "amount", "is_right"),
    [
        (Period(2018, 4), 900_000, True),
        (Period(2018, 4), 1_350_000, False),
        (Period(2021, 3), 900_000, True),
        (Period(2021, 4), 900_000, True),  # five weeks of the quarter under the decree before
        (Period(2021, 4), 1_000_000, True),
        (Period(2021, 4), 1_350_001, False),
        (Period(2022, 2), 1_350_000, True),
        (Period(2022, 2), 900_000, False),
        (Period(2023, 4), 1_350_000, True),
    ],
)
def test_support_for_learning_follows_the_decree_of_the_day(period: Period, amount: int, is_right: bool) -> None:
    birth = date(period.year - 12, 5, 5)
    broken = check_of("education_pupil", period, support_months=9, support_amount=amount, birth=birth)
    assert ("support_amount_disagrees" in broken) is not is_right


@pytest.mark.parametrize(
    ("period", "disbursed_on", "principal", "is_right"),
    [
        (Period(2018, 4), date(2018, 3, 1), 50_000_001, False),
        (Period(2018, 4), date(2018, 3, 1), 50_000_000, True),
        (Period(2019, 1), date(2019, 3, 1), 100_000_000, True),
        (Period(2023, 4), date(2022, 3, 1), 100_000_000, True),
        (Period(2023, 4), date(2022, 3, 1), 100_000_001, False),
    ],
)
def test_the_ceiling_of_a_loan_follows_the_day(
    period: Period, disbursed_on: date, principal: int, is_right: bool
) -> None:
    due = date(disbursed_on.year + 3, 1, 1)
    changed = {"programme": "HN", "disbursed_on": disbursed_on, "due_on": due, "principal": principal}
    assert ("principal_above_ceiling" in check_of("credit_loan", period, **changed)) is not is_right
