"""Code tables, standards, targets, rules: whole, consistent with the contracts, and able to speak."""

import re
from datetime import date

import pandas as pd
import pytest

from etl.contracts import contracts
from etl.model.finding import Finding, Severity, findings_frame
from etl.reference import codes, figures, rules, standards, targets


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
    assert codes.programme_ceilings()["NO33"] == 25_000_000
    assert codes.benefit_levels()["TE"] == 1


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
