"""Code tables, standards, targets, rules: whole, consistent with the contracts, and able to speak."""

import itertools
import re
from datetime import date, timedelta

import pandas as pd
import pytest

from etl.contracts import contracts
from etl.model.finding import Finding, Severity, findings_frame
from etl.reference import codes, figures, rules, standards, targets
from etl.reference.units import units_on


def test_there_are_54_ethnic_groups_and_each_label_names_one() -> None:
    labels = codes.ethnic_labels()
    assert len(labels) == len(set(codes.ethnic_codes().values())) == 54
    assert labels["Mông"][0] == "Mông"
    assert "H'Mông" in labels["Mông"]


def test_every_code_table_of_a_contract_exists() -> None:
    for contract in contracts().values():
        for column in contract.columns:
            if column.codes:
                assert codes.code_labels(column.codes)
    with pytest.raises(KeyError, match="nothing"):
        codes.code_labels("nothing")


def test_ceilings_are_in_dong() -> None:
    assert codes.loan_ceiling("NO33", date(2018, 1, 1), date(2018, 12, 31)) == 25_000_000
    assert codes.loan_ceiling("HSSV", date(2018, 1, 1), date(2018, 12, 31)) is None
    assert codes.benefit_levels()["TE"] == 1


@pytest.mark.parametrize("programme", ["HN", "CN", "MTN"])
def test_a_ceiling_is_the_highest_that_a_loan_has_lived_under(programme: str) -> None:
    before, after = date(2019, 2, 28), date(2019, 3, 1)
    assert codes.loan_ceiling(programme, date(2016, 5, 1), before) == 50_000_000
    assert codes.loan_ceiling(programme, after, after) == 100_000_000
    assert codes.loan_ceiling(programme, date(2016, 5, 1), date(2023, 12, 31)) == 100_000_000


def test_amounts_in_force_follow_each_other_without_a_gap_or_two_at_once() -> None:
    for amounts in (*codes.loan_ceilings().values(), codes.learning_support()):
        assert amounts[0].valid_from is None and amounts[-1].valid_to is None
        for earlier, later in itertools.pairwise(amounts):
            assert later.valid_from == earlier.valid_to + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "poor"),
    [
        (date(2018, 12, 31), {"083", "084", "085"}),
        (date(2021, 12, 31), {"083", "084", "085"}),
        (date(2022, 1, 1), {"082", "083", "084", "085"}),
        (date(2025, 6, 30), {"082", "083", "084", "085"}),
        (date(2025, 7, 1), set()),
    ],
)
def test_poor_districts_have_their_days(day: date, poor: set[str]) -> None:
    units = units_on(day)
    assert {district.code for district in units.districts if district.is_30a} == poor
    assert {units.district_of(commune.code).code for commune in units.communes if commune.is_30a} == poor


@pytest.mark.parametrize(
    ("day", "rule", "poor_rural"),
    [
        (date(2014, 6, 1), "income", None),
        (date(2018, 12, 31), "or", (120, 150)),
        (date(2021, 12, 31), "or", (120, 150)),
        (date(2022, 3, 31), "and", (None, 140)),
    ],
)
def test_the_standard_in_force_on_a_day(day: date, rule: str, poor_rural: tuple[int | None, int] | None) -> None:
    standard = standards.standard_on(day)
    assert (standard.rule, standard.b1.get("rural")) == (rule, poor_rural)


def test_no_standard_is_invented() -> None:
    with pytest.raises(LookupError, match="1999"):
        standards.standard_on(date(1999, 1, 1))


def test_targets_and_figures_are_read() -> None:
    plan = {(t.indicator, t.scope): (t.op, str(t.value)) for t in targets.targets()}
    assert plan["POV_REDUCTION", "30a"] == (">", "5.5")
    assert plan["WATER_HYGIENIC", "all"] == (">=", "88")
    frame = figures.figures()
    assert frame.query("metric == 'housing_plan' and year == 2018")["value"].tolist() == ["824"]


def test_every_rule_speaks_vietnamese_and_english_with_the_same_words_to_fill_in() -> None:
    fields = re.compile(r"\{(\w+)\}")
    for rule in rules.rules().values():
        assert rule.vi != rule.en
        assert set(fields.findall(rule.vi)) == set(fields.findall(rule.en)), rule.id
        assert rule.suggestion
        assert re.fullmatch(r"[a-z][a-z0-9_]*", rule.id)


def test_a_rule_of_one_cell_is_critical_only_where_the_column_is_required() -> None:
    rule = rules.rules()["date_unreadable"]
    assert rule.severity_for(required=True) is Severity.CRITICAL
    assert rule.severity_for(required=False) is Severity.WARNING
    assert rules.rules()["required_empty"].severity_for(required=False) is Severity.CRITICAL


def test_findings_are_told_with_header_value_and_params() -> None:
    frame = findings_frame(
        [
            Finding(
                "due_before_disbursed",
                Severity.CRITICAL,
                "T1",
                9,
                "due_on",
                "01/01/2018",
                {"disbursed_on": "02/02/2018"},
            ),
            Finding("header_missing", Severity.CRITICAL, params={"header": "Mã hộ", "nearest": ""}),
        ]
    )
    told = rules.tell_all(frame, {"due_on": "Hạn cuối"})
    assert told["header"][0] == "Hạn cuối"
    assert pd.isna(told["header"][1])
    assert told["message"][0] == "Hạn cuối 01/01/2018 trước ngày vay 02/02/2018."
    assert "Mã hộ" in told["message"][1]
    assert told["suggestion"][1] == "Thêm cột «Mã hộ» đúng tên như biểu mẫu."
