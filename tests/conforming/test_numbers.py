"""Numbers with units, amounts in words, and what a column or a file says about its signs."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming import numbers
from etl.conforming.columns import ColumnMap
from etl.conforming.number_style import NumberStyle, number_styles
from etl.conforming.unreadable import Unreadable
from etl.contracts import contract
from etl.model.grid import Table


@pytest.mark.parametrize(("text", "dong"), [
    ("31.000.000 đ", 31_000_000), ("31 000 000", 31_000_000), ("9,000,000đ", 9_000_000), ("31tr", 31_000_000),
    ("31,5 triệu", 31_500_000), ("31.5tr đồng", 31_500_000), ("２０５０００００", 20_500_000), ("0đ", 0), ("0,00", 0),
    ("1.000.000,00", 1_000_000), ("31 triệu 500 nghìn", 31_500_000), ("31tr5", 31_500_000), ("1 tỷ 200 triệu", 1_200_000_000),
    ("500 nghìn đồng", 500_000), ("500k", 500_000), ("2 tỷ rưỡi", 2_500_000_000), ("1'250'000", 1_250_000),
    ("31.000.000 VNĐ", 31_000_000), ("(1.234)", -1234), ("−5", -5), ("- 5", -5), ("31.000.000.", 31_000_000),
    ("31.000 nghìn đồng", 31_000_000), ("31.500 ngàn", 31_500_000), ("31,500k", 31_500_000), ("31.000.000 (đồng)", 31_000_000),
    ("₫31.000.000", 31_000_000), ("31.000.000₫", 31_000_000), ("VNĐ 31.000.000", 31_000_000), ("đ 31.000.000", 31_000_000),
    ("31.000.000,-", 31_000_000), ("31.000.000.-", 31_000_000), ("31.000.000/-", 31_000_000), ("31 tr.đ", 31_000_000),
    ("(1.234.000 đ)", -1_234_000), ("(1.234.000)đ", -1_234_000), ("(1,5 triệu)", -1_500_000), ("1.234-", -1234),
    ("31.000.000 (ba mươi mốt triệu đồng chẵn)", 31_000_000), ("31 triệu đồng chẵn", 31_000_000), ("'31000000", 31_000_000),
    ("31. 000. 000", 31_000_000), ("31 .000 .000", 31_000_000), ("31.000.000 đồng chẵn", 31_000_000), ("3.1257E+4", 31257),
    ("31.000.000¹", 31_000_000), ("1.234.567,000", 1_234_567),
])  # fmt: skip
def test_amounts_as_people_write_them(text: str, dong: int) -> None:
    assert numbers.amount(text) == dong


@pytest.mark.parametrize("text", ["NaN", "inf", "1E+400", "31 con", "triệu", "31 triệu 5 tỷ", "12/15", "khoảng 12 triệu",
                                  "31.500 triệu", "1,2,3", "(1.234", "12 34", "5 triệu 5 triệu", "31 trâu", ".",
                                  "31,000.000", "31.000,000", "1 000.000", "3.1E+07", "3,15e7", "1e15", "31.000.000 (hai món)",
                                  "12, 345", "31.000.000 + 500", "đ", "31.000.000 đ/hộ"])  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Unreadable, match="number_unreadable"):
        numbers.amount(text)


@given(
    st.integers(1, 999), st.integers(1, 9), st.sampled_from(["triệu", "tr", "Triệu đồng", "trđ"]), st.sampled_from(".,")
)
def test_a_unit_in_the_cell_goes_before_that_of_the_column(whole: int, tenth: int, unit: str, sign: str) -> None:
    text = f"{whole}{sign}{tenth} {unit}"
    assert {numbers.amount(text, factor) for factor in (1, 1_000, 1_000_000)} == {whole * 1_000_000 + tenth * 100_000}


@pytest.mark.parametrize("text", ["-", " – ", "—", "−", "- đ", "-  VNĐ", "không", "Không có", "ko", "Không đồng"])
def test_a_dash_is_nothing(text: str) -> None:
    """A dash, as formats of amounts show it, and a word that says that there is nothing."""
    assert numbers.amount(text) is numbers.count(text, "") is numbers.measure(text, "") is None
    assert numbers.amount(text, is_zero=True) == numbers.count(text, "", is_zero=True) == 0


@pytest.mark.parametrize(("text", "header", "value"), [
    ("12 hộ", "Tổng số hộ dân cư", 12), ("24 người", "Dân số", 24), ("1.234 khẩu", "Tổng số nhân khẩu", 1234),
    ("9 tháng", "Số tháng hỗ trợ", 9), ("15kg", "Gạo (kg)", 15), ("30 điểm", "Điểm B2", 30), ("12", "Tổng số hộ", 12),
    ("3 trẻ", "Trẻ em dưới 6 tuổi", 3),
])  # fmt: skip
def test_counts_with_their_unit(text: str, header: str, value: int) -> None:
    assert numbers.count(text, header) == value


@pytest.mark.parametrize(("text", "header"), [("12 hộ", "Dân số"), ("12 người", "Tổng số hộ"), ("12 con", "Tổng số hộ"),
                                              ("12,5 hộ", "Tổng số hộ"), ("hộ 12", "Tổng số hộ"), ("12 m2", "Tổng số hộ")])  # fmt: skip
def test_a_count_of_something_else_is_not_read(text: str, header: str) -> None:
    with pytest.raises(Unreadable, match="number_unreadable"):
        numbers.count(text, header)


@pytest.mark.parametrize(("text", "header", "value"), [
    ("25 m2", "Diện tích sàn", 25.0), ("25,5m²", "Diện tích sàn", 25.5), ("120 m3/ngày", "Công suất", 120.0),
    ("120 m³/ngày đêm", "Công suất (m3/ngày đêm)", 120.0),
])  # fmt: skip
def test_measures_with_their_unit(text: str, header: str, value: float) -> None:
    assert numbers.measure(text, header) == value


@pytest.mark.parametrize(("texts", "sign"), [
    (["4,500", "1,234,567"], "."), (["4,500", "1,234.5"], "."), (["4,500", "12.5"], "."), (["4.500", "0,125"], ","),
    (["4.500", "12,5"], ","), (["4,500", "12,5"], ","), (["4,500", "8,250"], None), (["1.234.567", "1,234,567"], None),
    (["12", "abc"], None),
])  # fmt: skip
def test_what_proves_the_sign_of_fractions(texts: list[str], sign: str | None) -> None:
    assert numbers.fraction_sign(texts) == sign


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"), st.sampled_from(".,"))
def test_a_group_is_read_by_the_sign_that_the_file_uses(head: int, tail: int, mark: str, decimal: str) -> None:
    value = numbers.number(f"{head}{mark}{tail:03d}", decimal=decimal)
    assert value == (Decimal(f"{head}.{tail:03d}") if mark == decimal else head * 1000 + tail)


def loans(*columns: list[str], typed: list[bool] | None = None, totals: list[str] | None = None) -> Table:
    body = pd.DataFrame(dict(enumerate(columns, start=1)), index=range(5, 5 + len(columns[0])), dtype="str")
    marks = pd.DataFrame({1: typed}, index=body.index) if typed else None
    sums = pd.DataFrame({1: totals}, dtype="str") if totals else pd.DataFrame()
    return Table("S", {}, 4, body, {}, "credit_loan", numbers=marks, sums=sums)


MAP = ColumnMap({"principal": 1, "outstanding": 2})


@pytest.mark.parametrize(("table", "factor", "style"), [
    (loans(["4,500", "8,250"], ["1,234,567", "0"]), 1_000_000, NumberStyle(grouped=False, decimal=".")),
    (loans(["4,500", "8,250"], ["1", "2"], totals=["1,112,750"]), 1_000_000, NumberStyle(grouped=False, decimal=".")),
    (loans(["4,500", "36.8"], ["1", "2"], typed=[False, True]), 1_000_000, NumberStyle(grouped=False)),
    (loans(["4,500", "8,250", "1,000"], ["2,000", "3,000", "7,500"]), 1_000, NumberStyle(grouped=False, decimal=".")),
    (loans(["4,500", "8,250", "1,000"], ["2,000", "3,000", "7,500"]), 1_000_000, NumberStyle(grouped=False)),
    (loans(["4,500", "8,250"], ["2,5", "0"]), 1_000_000, NumberStyle(grouped=False, decimal=",")),
    (loans(["4,500"], ["1.234.567"]), 1, NumberStyle(grouped=True, decimal=",")),
])  # fmt: skip
def test_the_file_says_what_a_sign_means(table: Table, factor: int, style: NumberStyle) -> None:
    factors = dict.fromkeys(("principal", "outstanding"), factor)
    assert number_styles([table], [MAP], contract("credit_loan"), factors)["principal"] == style
