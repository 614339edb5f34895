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
    assert new["classification"].values["poor_income"][0] == "Hộ nghèo"
    assert version_mark(old) != version_mark(new)
    assert not is_outdated(version_mark(old), whole)
    assert contract("credit_loan").on(date(2022, 1, 1)) is contract("credit_loan")
    with pytest.raises(ValidationError, match="cannot be required"):
        Contract.model_validate({**dict(contract("credit_loan")), "columns": [{"name": "a", "header": "A", "type": "int",
                                 "required": True, "valid_from": "2022-01-01"}], "key": ["a"]})  # fmt: skip
