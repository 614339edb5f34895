"""Zeros that a spreadsheet took from identifiers come back where the file proves it, and nowhere else."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming.columns import ColumnMap
from etl.conforming.identifiers import identifier_texts, zeros_restored
from etl.contracts import contract
from etl.model.grid import Table

CARDS = contract("health_card")
PUPILS = contract("education_pupil")
NUMBERS = st.lists(st.integers(1, 99_999_999).map(lambda n: f"{n:010d}"), min_size=1, max_size=30)


def table(*columns: list[str | None], typed: bool, as_number: bool = False) -> Table:
    body = pd.DataFrame(dict(enumerate(columns, start=1)), index=range(5, 5 + len(columns[0])), dtype="str")
    marks = pd.DataFrame(as_number, index=body.index, columns=body.columns) if typed else None
    return Table("S", {}, 4, body, {}, typed=typed, numbers=marks)


def insurance_numbers(texts: list[str | None], *, typed: bool, as_number: bool = False) -> list[str]:
    read = table(texts, typed=typed, as_number=as_number)
    return identifier_texts(read, ColumnMap({"insurance_number": 1}), CARDS)["insurance_number"].tolist()


@given(NUMBERS)
def test_a_cell_that_holds_a_number_has_lost_its_zeros(codes: list[str]) -> None:
    as_number = [str(int(code)) for code in codes]
    wanted = [c if len(c) - len(n) <= 3 else n for c, n in zip(codes, as_number, strict=True)]
    assert insurance_numbers(as_number, typed=True, as_number=True) == wanted
    assert insurance_numbers([f"{n}.0" for n in as_number if len(n) > 6], typed=True) == [
        w for w, n in zip(wanted, as_number, strict=True) if len(n) > 6
    ]


@given(NUMBERS)
def test_a_code_with_its_zeros_stays(codes: list[str]) -> None:
    for typed in (True, False):
        assert insurance_numbers(list(codes), typed=typed) == codes


@pytest.mark.parametrize(("text", "code"), [
    ("001 000 0013", "0010000013"), ("'0010000013", "0010000013"), ("００１００００００４", "0010000004"),
    (" 0010000004 ", "0010000004"), ("001.000.0013", "0010000013"), ("10000007.0", "0010000007"), ("12-34", "12-34"),
    ("10000007,0", "0010000007"), ("10,000,007", "0010000007"), ("1.010.000.013", "1010000013"), ("12.345", "12.345"),
])  # fmt: skip
def test_ways_of_writing_an_identifier(text: str, code: str) -> None:
    assert insurance_numbers([text], typed=True) == [code]


def test_one_short_code_in_a_text_file_is_a_slip() -> None:
    codes = ["1010000013", "1010000014", "1010000015", "1010000016", "1010000017", "101000001"]
    assert insurance_numbers(list(codes), typed=False) == codes


def test_many_short_codes_and_none_with_a_zero_have_lost_it() -> None:
    codes = [f"10{n:08d}" for n in range(100)]
    short = [f"17402{n:04d}" for n in range(5)]
    assert insurance_numbers([*codes, *short], typed=False) == [*codes, *(f"0{code}" for code in short)]
    assert insurance_numbers([*codes, *short, "0123456789"], typed=False)[100:105] == short


def test_what_one_column_of_a_text_file_proves_holds_for_the_others() -> None:
    read = table(["63000111", "63000112", "63000113"], ["1010000013", "101000001", "1010000015"], typed=False)
    texts = identifier_texts(read, ColumnMap({"id_number": 1, "insurance_number": 2}), CARDS)
    assert texts["id_number"].tolist() == ["063000111", "063000112", "063000113"]
    assert texts["insurance_number"].tolist() == ["1010000013", "0101000001", "1010000015"]


def test_the_card_proves_the_insurance_number() -> None:
    read = table(["10000013", "1010000014"], ["HN2100010000013", "HN2101010000014"], typed=False)
    texts = identifier_texts(read, ColumnMap({"insurance_number": 1, "card_number": 2}), CARDS)
    assert texts["insurance_number"].tolist() == ["0010000013", "1010000014"]


def test_codes_without_a_stated_length_have_that_of_most() -> None:
    codes = [f"{n}{n}34567890" for n in range(1, 10)] * 3
    short = ["123456789", "98765432"]
    read = table([*codes, *short], typed=True, as_number=True)
    texts = identifier_texts(read, ColumnMap({"pupil_code": 1}), PUPILS)["pupil_code"].tolist()
    assert texts == [*codes, "0123456789", "0098765432"]
    few = table([*codes[:5], *short], typed=True, as_number=True)
    assert identifier_texts(few, ColumnMap({"pupil_code": 1}), PUPILS) == {}


def test_each_column_says_once_that_its_zeros_came_back() -> None:
    read = table(["10000013", "10000014", None], typed=True, as_number=True)
    (finding,) = zeros_restored([read], [ColumnMap({"insurance_number": 1})], CARDS)
    assert (finding.rule, finding.severity, finding.value) == ("zeros_restored", "info", "10000013")
    assert finding.params == {"count": "2", "restored": "0010000013"}
    assert not list(zeros_restored([table(["0010000013"], typed=True)], [ColumnMap({"insurance_number": 1})], CARDS))


def test_an_empty_column_of_codes_stays_empty() -> None:
    for typed in (True, False):
        read = identifier_texts(table([None, None], typed=typed), ColumnMap({"insurance_number": 1}), CARDS)
        assert read["insurance_number"].isna().all()
