"""Every rule, met in a workbook as a sender would send it: the finding's place, its weight, and what is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.checking.suites import FOLDER, load_suite, run_suite
from etl.contracts import DATASETS, contract
from etl.model.examined import Examined, Verdict
from etl.model.finding import Effect
from etl.reference.rules import rules, tell_all
from tests.support import PERIOD, column_of, edited, header_row, look, told


@dataclass(frozen=True)
class Fault:
    """Cells to change: (data row, column) → value; where the one finding is to stand; whether its row is rejected."""

    rule: str
    dataset: str
    edits: Mapping[tuple[int, str], Any]
    column: str
    severity: str = "critical"
    row: int = 1
    rejected: bool = True
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.dataset}-{self.rule}-{self.column}"


def warned(*arguments: Any, **more: Any) -> Fault:
    return Fault(*arguments, **{"severity": "warning", "rejected": False, **more})


HEAD, MEMBER, LOAN, CARD = "register_household", "register_member", "credit_loan", "health_card"
PUPIL, HOUSE, VILLAGE, COMMUNE, WORKS = (
    "education_pupil", "housing_support", "water_village", "register_commune", "water_works",
)  # fmt: skip
DONE = {(1, "progress"): "Hoàn thành", (1, "started_on"): "01/03/2018", (1, "completed_on"): "01/09/2018",
        (1, "floor_area"): 30, (1, "kind"): "Xây mới"}  # fmt: skip
POOR = {(1, "classification"): "Hộ nghèo N1", (1, "change"): "Cũ", (1, "b1_score"): 100, (1, "b2_score"): 0, **{
    (1, c.name): None for c in contract(HEAD).on(PERIOD.last_day).columns if c.name.startswith("lacks_")
}}  # fmt: skip

FAULTS = (
    # one cell
    Fault("required_empty", LOAN, {(1, "loan_code"): None}, "loan_code"),
    Fault("number_unreadable", LOAN, {(1, "principal"): "ba mươi triệu"}, "principal"),
    warned("number_unreadable", COMMUNE, {(1, "labour_force"): "1.5"}, "labour_force"),
    Fault("number_out_of_range", HEAD, {(2, "members"): 0}, "members", row=2),
    warned("number_out_of_range", HEAD, {(2, "b1_score"): -5}, "b1_score", row=2),
    Fault("date_unreadable", LOAN, {(1, "disbursed_on"): "31/02/2018"}, "disbursed_on"),
    warned("date_unreadable", HEAD, {(1, "head_birth"): "05/13/1960"}, "head_birth"),
    warned("flag_unreadable", HEAD, {(1, "needs_loan"): "có lẽ"}, "needs_loan"),
    Fault("code_unknown", HEAD, {(1, "classification"): "Hộ khá"}, "classification"),
    warned("code_unknown", HEAD, {(1, "change"): "Đang xét"}, "change"),
    warned("code_unknown", PUPIL, {(1, "poverty_class"): "Nghèo lắm"}, "poverty_class"),
    Fault("ethnicity_unknown", HEAD, {(1, "ethnicity"): "Xyz"}, "ethnicity"),
    Fault("unit_unknown", LOAN, {(1, "commune"): "Xã Hy Lạp"}, "commune"),
    Fault("error_cell", LOAN, {(1, "principal"): "#N/A"}, "principal"),
    Fault("code_scientific", LOAN, {(1, "loan_code"): "6,6E+12"}, "loan_code"),
    warned("code_scientific", HEAD, {(1, "head_id_number"): "6.3E+11"}, "head_id_number"),
    warned("code_format", HEAD, {(1, "head_id_number"): "12345"}, "head_id_number"),
    Fault("code_format", CARD, {(1, "insurance_number"): "12345"}, "insurance_number"),
    # the register
    Fault("minority_exceeds_households", COMMUNE, {(1, "households_minority"): 10}, "households_minority"),
    Fault("persons_below_households", COMMUNE, {(1, "households"): 10, (1, "persons"): 9}, "persons"),
    Fault("change_disagrees", HEAD, {(1, "classification"): "Hộ nghèo N1", (1, "change"): "Thoát"}, "change"),
    warned("b2_score_disagrees", HEAD, POOR | {(1, "b2_score"): 30}, "b2_score"),
    warned("band_disagrees", HEAD, POOR | {(1, "b1_score"): 190}, "classification"),
    warned("id_number_disagrees_sex", MEMBER, {
        (1, "id_number"): "010259000001", (1, "sex"): "Nữ", (1, "birth"): 1959}, "id_number"),
    warned("id_number_disagrees_birth", MEMBER, {
        (1, "id_number"): "010060000001", (1, "sex"): "Nam", (1, "birth"): 1959}, "id_number"),
    # credit
    Fault("balance_exceeds_principal", LOAN, {(1, "principal"): 1_000_000, (1, "outstanding"): 900_000,
                                              (1, "overdue"): 100_001, (1, "frozen"): 0}, "outstanding"),
    Fault("due_before_disbursed", LOAN, {(1, "disbursed_on"): "02/05/2018", (1, "due_on"): "01/05/2018"}, "due_on"),
    warned("principal_above_ceiling", LOAN, {(1, "programme"): "HN", (1, "principal"): 900_000_000}, "principal"),
    # health insurance
    Fault("valid_to_before_valid_from", CARD, {(1, "valid_to"): "31/12/2017"}, "valid_to"),
    warned("object_code_disagrees", CARD, {(1, "object_code"): "HN"}, "object_code"),
    warned("card_number_disagrees", CARD, {(1, "insurance_number"): "9999999999"}, "card_number"),
    warned("benefit_level_disagrees", CARD, {(1, "card_number"): "CN1100010000004"}, "card_number"),
    # education
    warned("age_unfit_for_level", PUPIL, {(1, "level"): "Mầm non", (1, "birth"): "01/01/2008"}, "level"),
    warned("support_amount_disagrees", PUPIL, {(1, "support_months"): 3, (1, "support_amount"): 1}, "support_amount"),
    # housing
    Fault("completed_without_date", HOUSE, DONE | {(1, "completed_on"): None}, "completed_on"),
    Fault("completed_before_started", HOUSE, DONE | {(1, "completed_on"): "28/02/2018"}, "completed_on"),
    Fault("completed_after_period", HOUSE, DONE | {(1, "completed_on"): "01/01/2019"}, "completed_on"),
    warned("new_build_below_standard", HOUSE, DONE | {(1, "floor_area"): 23.5}, "floor_area"),
    # water
    Fault("part_exceeds_whole", VILLAGE, {(1, "persons_hygienic_water"): 9999}, "persons_hygienic_water"),
    Fault("part_exceeds_whole", VILLAGE, {(1, "poor_households"): 9999}, "poor_households"),
)  # fmt: skip


@cache
def clean(path: Path) -> Examined:
    """A file of the sample as it was written."""
    return look(path)


def source(files: dict[tuple[str, str], Path], dataset: str) -> Path:
    """A workbook of the dataset, of whichever unit."""
    return min(path for (name, _), path in files.items() if name == dataset)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_found_once_at_its_cell(fault: Fault, files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    origin = source(files, fault.dataset)
    before = clean(origin)
    assert before.verdict is Verdict.ACCEPTED and not len(before.findings)
    path = edited(origin, tmp_path / origin.name, fault.dataset, dict(fault.edits))
    after = look(path)
    first = int(before.rows["row"].iloc[0])
    where = first - 1 + fault.row
    own = [finding for finding in told(after) if finding[0] == fault.rule]
    assert own == [(fault.rule, fault.severity, where, fault.column)]
    assert not [f for f in told(after) if f[1] == "critical" and f[0] != fault.rule]
    assert (
        after.counts.read == before.counts.read == after.counts.accepted + after.counts.rejected + after.counts.ignored
    )
    assert after.counts.rejected == int(fault.rejected)
    assert after.verdict is (Verdict.PARTLY if fault.rejected else Verdict.ACCEPTED)
    assert (where not in set(after.rows["row"])) is fault.rejected
    words = tell_all(after.findings, contract(fault.dataset).official_headers)
    text = words.loc[words["rule"] == fault.rule, ["message", "suggestion"]].to_numpy()[0]
    assert all(text) and not any("{" in part for part in text), text


REPEATED = (
    ("loan_repeated", LOAN, "loan_code", ("loan_code",)),
    ("household_repeated", HEAD, "household_code", ("commune", "household_code")),
    ("pupil_repeated", PUPIL, "pupil_code", ("pupil_code",)),
)


@pytest.mark.parametrize(("rule", "dataset", "column", "key"), REPEATED)
def test_a_repeated_key_rejects_the_later_row(
    rule: str, dataset: str, column: str, key: tuple[str, ...], files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    origin = source(files, dataset)
    page = openpyxl.load_workbook(origin).worksheets[0]
    top = header_row(page)
    same = {(3, name): page.cell(top + 1, column_of(page, contract(dataset)[name].header)).value for name in key}
    if dataset == PUPIL:
        same |= {(1, "status"): "Đang học", (3, "status"): "Đang học"}
    after = look(edited(origin, tmp_path / origin.name, dataset, same))
    (finding,) = [f for f in told(after) if f[0] == rule]
    assert finding == (rule, "critical", top + 3, column)
    assert after.counts.rejected == 1
    params = after.findings.loc[after.findings["rule"] == rule, "params"].iloc[0]
    assert params["first_row"] == str(top + 1)


def test_a_commune_that_is_missing_or_stands_twice(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    origin = files[COMMUNE, "082"]
    after = look(edited(origin, tmp_path / origin.name, COMMUNE, {(2, "commune"): "Thị trấn Bát Xát"}))
    assert [(f[0], f[2] is None) for f in told(after)] == [("commune_missing", True), ("commune_repeated", False)]
    assert after.findings["value"].to_list()[0] == "Xã A Mú Sung"


def test_two_cards_of_one_person(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    origin = files[CARD, "10"]
    one = {"insurance_number": "0010000004", "card_number": "DN4100010000004", "object_code": "DN",
           "valid_from": "01/01/2018", "valid_to": "31/12/2018"}  # fmt: skip
    edits = {(row, name): value for row in (1, 2) for name, value in one.items()}
    after = look(edited(origin, tmp_path / origin.name, CARD, edits))
    assert {f[0] for f in told(after)} == {"cards_overlap"}
    assert after.verdict is Verdict.ACCEPTED


def test_a_birth_that_is_a_day_or_a_year(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    origin = files[HEAD, "082"]
    after = look(edited(origin, tmp_path / origin.name, HEAD, {
        (1, "head_birth"): "00/00/1960", (2, "head_birth"): 1971, (3, "head_birth"): datetime(1980, 2, 29)}))  # fmt: skip
    assert after.rows["head_birth_year"].to_list()[:3] == [1960, 1971, 1980]
    assert after.rows["head_birth"].isna().to_list()[:3] == [True, True, False]


def test_every_rule_of_a_suite_is_known_and_weighed_alike() -> None:
    for path in sorted(FOLDER.glob("*.json")):
        suite = load_suite(path.stem)
        assert suite["name"] == path.stem
        ids = [e["id"] for e in suite["expectations"]]
        assert len(set(ids)) == len(ids)
        for expectation in suite["expectations"]:
            rule = rules()[expectation["meta"]["rule"]]
            if path.stem in DATASETS:
                column = contract(path.stem)[expectation["meta"]["column"]]
                wanted = rule.severity_for(required=column.required)
                assert expectation["severity"] == wanted, (path.stem, expectation["meta"])


def test_the_faults_here_cover_every_rule_of_the_suites() -> None:
    in_suites = {e["meta"]["rule"] for d in DATASETS for e in load_suite(d)["expectations"]}
    shown = (
        {f.rule for f in FAULTS} | {r for r, *_ in REPEATED} | {"commune_missing", "commune_repeated", "cards_overlap"}
    )
    assert in_suites <= shown


def test_great_expectations_itself_loads_each_suite() -> None:
    import great_expectations as gx

    for path in sorted(FOLDER.glob("*.json")):
        suite = gx.ExpectationSuite(**json.loads(path.read_text(encoding="utf-8")))
        assert len(suite.expectations) == len(load_suite(path.stem)["expectations"])


def test_a_fault_of_a_suite_is_a_failure_of_the_system(files: dict[tuple[str, str], Path]) -> None:
    rows = look(files[VILLAGE, "082"]).rows.drop(columns="persons")
    with pytest.raises(RuntimeError, match="failed itself"):
        run_suite(VILLAGE, rows, {}, stage="cell")


def test_what_a_rule_does_is_what_its_severity_says() -> None:
    for name, rule in rules().items():
        if rule.effect in (Effect.FILE, Effect.ROW):
            assert rule.severity_for(required=True) == "critical", name
