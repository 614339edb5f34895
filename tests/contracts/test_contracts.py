"""Contracts: every header names its column, faulty definitions are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from etl.contracts import DATASETS, Contract, contract, contracts, sector_datasets
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
