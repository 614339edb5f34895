"""Contracts: every header names its column, faulty definitions are refused."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from etl.contracts import DATASETS, Contract, contract, contracts, sector_datasets
from etl.contracts.form import is_outdated, version_mark
from etl.settings import SECTORS

ALL = [(form, column) for form in contracts().values() for column in form.columns]


def test_the_nine_datasets_belong_to_the_six_sectors() -> None:
    assert tuple(contracts()) == DATASETS
    assert len(DATASETS) == 9
    assert {c.sector for c in contracts().values()} == set(SECTORS)
    assert sector_datasets("register") == ("register_commune", "register_household", "register_member")


@pytest.mark.parametrize(("form", "column"), ALL, ids=lambda v: getattr(v, "dataset", None) or v.name)
def test_each_known_header_names_its_column(form: Contract, column) -> None:
    for header in column.headers:
        assert column.name in form.named(tuple(filter(None, (column.header_above, header))))
        assert column.name in form.named(tuple(filter(None, (column.header_above, header.upper()))))


@pytest.mark.parametrize("form", contracts().values(), ids=DATASETS)
def test_official_headers_are_told_apart(form: Contract) -> None:
    named = [(c.header_above, c.header) for c in form.columns]
    assert len(set(named)) == len(named)
    assert set(form.required) <= {c.name for c in form.columns}
    assert form.named(("Cột không có trong biểu mẫu",)) == {}


def test_an_unknown_dataset_is_named() -> None:
    with pytest.raises(KeyError, match="no dataset 'loans'; there are register_commune"):
        contract("loans")
    with pytest.raises(KeyError, match="no column 'age'"):
        contract("credit_loan")["age"]


@pytest.mark.parametrize(
    "fault",
    [
        {"columns": [{"name": "a", "header": "A", "type": "enum"}]},
        {"columns": [{"name": "a", "header": "A", "type": "int", "year_ok": True}]},
        {"columns": [{"name": "a", "header": "A", "type": "int"}] * 2},
        {"key": ["b"]},
        {"colums": []},
    ],
)
def test_a_faulty_definition_is_refused(fault: dict[str, object]) -> None:
    good = {
        "dataset": "x", "sector": "credit", "title": "X", "agency": "Y", "sent_by": "district", "cadence": "monthly",
        "key": ["a"], "columns": [{"name": "a", "header": "A", "type": "int"}],
    }  # fmt: skip
    assert Contract.model_validate(good)
    with pytest.raises(ValidationError):
        Contract.model_validate(good | fault)


def test_a_form_has_the_columns_and_labels_of_its_day() -> None:
    whole = contract("register_household")
    old, new = whole.on(date(2021, 12, 31)), whole.on(date(2022, 1, 1))
    lacks = [{c.name for c in form.columns if c.name.startswith("lacks_")} for form in (old, new)]
    assert lacks[1] - lacks[0] == {"lacks_employment", "lacks_dependants", "lacks_nutrition"}
    assert lacks[0] - lacks[1] == {"lacks_health_care"}
    assert (len(lacks[0]), len(lacks[1])) == (10, 12)
    # What an earlier form asked for is read later too; what a later one asks for is not read earlier.
    assert {c.name for c in whole.readable_on(date(2022, 1, 1)).columns} == {c.name for c in whole.columns}
    assert whole.readable_on(date(2018, 12, 31)).columns == tuple(c for c in whole.columns if c.valid_from is None)
    assert old["classification"].values["poor_income"][0] == "Hộ nghèo N1"
    assert list(new["classification"].values) == ["poor", "near_poor", "escaped_poor", "escaped_near_poor"]
    assert version_mark(old) != version_mark(new)
    assert not is_outdated(version_mark(old), whole)
    assert (old["lacks_information"].header, new["lacks_information"].header) == (
        "Tài sản tiếp cận thông tin", "Phương tiện phục vụ tiếp cận thông tin",
    )  # fmt: skip
    assert set(old["lacks_information"].headers) == set(new["lacks_information"].headers)
    assert contract("credit_loan").on(date(2022, 1, 1)) is contract("credit_loan")
    with pytest.raises(ValidationError, match="cannot be required"):
        Contract.model_validate({**dict(contract("credit_loan")), "columns": [{"name": "a", "header": "A", "type": "int",
                                 "required": True, "valid_from": "2022-01-01"}], "key": ["a"]})  # fmt: skip


@pytest.mark.parametrize("header", [
    "Số ĐDCN/CCCD", "Số ĐDCN", "Số định danh cá nhân", "Mã định danh cá nhân", "Số định danh", "Mã số định danh cá nhân",
    "Số CCCD/ĐDCN", "Số định danh cá nhân/CCCD", "Số CMND/CCCD/ĐDCN", "Số thẻ căn cước", "Số căn cước", "Số CC/CCCD",
    "SỐ ĐỊNH DANH CÁ NHÂN (CCCD)", "Số ĐDCN / Số CCCD",
])  # fmt: skip
@pytest.mark.parametrize(("dataset", "column"), [
    ("register_member", "id_number"), ("register_household", "head_id_number"), ("credit_loan", "borrower_id_number"),
    ("health_card", "id_number"),
])  # fmt: skip
def test_the_number_of_a_person_under_its_newer_names(dataset: str, column: str, header: str) -> None:
    assert list(contract(dataset).named((header,))) == [column]


@pytest.mark.parametrize(
    "header", ["Ngày cấp CCCD", "Nơi cấp CMND/CCCD", "Mã định danh học sinh", "Số định danh trường"]
)
def test_what_only_speaks_of_a_number_is_none(header: str) -> None:
    assert not contract("register_member").named((header,))


def test_the_code_of_a_pupil_is_not_the_number_of_a_person() -> None:
    form = contract("education_pupil")
    assert list(form.named(("Mã định danh học sinh",))) == ["pupil_code"]
    assert not form.named(("Số định danh cá nhân",))


@pytest.mark.parametrize("decree", [
    "NĐ 86", "NĐ 81", "NĐ 238", "NĐ 81/2021/NĐ-CP", "Nghị định 238/2025/NĐ-CP", "Nghị định số 81/2021/NĐ-CP", "NĐ 999",
])  # fmt: skip
def test_the_decree_in_a_header_above_changes_no_column(decree: str) -> None:
    form = contract("education_pupil")
    for above in (f"Hỗ trợ chi phí học tập ({decree})", f"Hỗ trợ chi phí học tập theo {decree}"):
        for header, column in (("Số tháng", "support_months"), ("Số tiền", "support_amount")):
            assert list(form.named((above, header))) == [column]
            assert list(form.named((f"{above}: {header}",))) == [column]
    for header, column in (("Bán trú", "boarding_support"), ("Gạo (kg)", "rice_kg")):
        assert list(form.named((f"Hỗ trợ theo {decree}", header))) == [column]
        assert list(form.named((f"Hỗ trợ theo {decree}: {header}",))) == [column]


def test_headers_above_follow_the_decree_in_force() -> None:
    whole = contract("education_pupil")
    above = [whole.on(day)["support_amount"].header_above for day in (
        date(2018, 12, 31), date(2021, 10, 14), date(2021, 10, 15), date(2025, 12, 31))]  # fmt: skip
    assert above == [f"Hỗ trợ chi phí học tập (NĐ {number})" for number in (86, 86, 81, 238)]
    meals = [whole.on(day)["rice_kg"].header_above for day in (date(2025, 4, 30), date(2025, 5, 1))]
    assert meals == ["Hỗ trợ theo NĐ 116", "Hỗ trợ theo NĐ 66"]


@pytest.mark.parametrize("header", [
    "Phương tiện phục vụ tiếp cận thông tin", "PHƯƠNG TIỆN TIẾP CẬN THÔNG TIN", "Tài sản tiếp cận thông tin",
    "Thiếu hụt: Phương tiện tiếp cận thông tin",
])  # fmt: skip
def test_means_of_information_under_the_names_of_all_years(header: str) -> None:
    assert list(contract("register_household").named((header,))) == ["lacks_information"]
