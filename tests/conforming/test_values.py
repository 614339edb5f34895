"""One value: what can be read for certain is read as it was meant; what can be read in two ways is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming import values
from etl.conforming.values import Unreadable

WHOLE = st.integers(-(10**15), 10**15)


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


@given(WHOLE, st.sampled_from(["", ".", ",", " ", "\u00a0", "\u202f"]))
def test_whole_numbers_in_any_grouping(number: int, mark: str) -> None:
    assert values.whole(f" {grouped(number, mark) if mark else number} ") == number


@given(st.integers(1_000_000, 10**12), st.integers(0, 99))
def test_fractions_in_vietnamese_and_english(number: int, hundredths: int) -> None:
    exact = Decimal(f"{number}.{hundredths:02d}")
    assert values.number(f"{grouped(number, '.')},{hundredths:02d}") == exact
    assert values.number(f"{grouped(number, ',')}.{hundredths:02d}") == exact
    assert values.number(f"{number},{hundredths:02d}") == exact
    assert values.number(f"{grouped(number, ' ')},{hundredths:02d}") == exact


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_one_group_is_read_only_where_it_can_mean_one_thing(head: int, tail: int, mark: str) -> None:
    text = f"{head}{mark}{tail:03d}"
    assert values.whole(text) == head * 1000 + tail
    for ambiguous in (lambda: values.number(text), lambda: values.whole(text, 1_000_000, grouped=False)):
        with pytest.raises(Unreadable):
            ambiguous()


@given(st.integers(0, 10**9), st.sampled_from([1_000, 1_000_000]))
def test_amounts_in_thousands_and_millions(amount: int, factor: int) -> None:
    assert values.whole(str(amount), factor) == amount * factor
    assert values.whole(f"{amount},5", factor) == amount * factor + factor // 2


@pytest.mark.parametrize("text", ["", "abc", "1,2,3", "1.23.456", "12 34", "1e400", "--1", "1.5", "10 trieu", "12a"])
def test_no_whole_number(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        values.whole(text)
    assert caught.value.rule == "number_unreadable"


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_unreadable(text: str) -> None:
    try:
        assert isinstance(values.number(text), Decimal)
    except Unreadable as fault:
        assert fault.rule == "number_unreadable"


@pytest.mark.parametrize(("text", "value"), [
    ("x", True), ("X ", True), ("1", True), ("Có", True), ("CÓ", True), ("co", True), ("✓", True), ("0", False),
    ("Không", False), ("khong", False), ("-", False), ("–", False), ("xx", True), ("×", True), ("Х", True), ("✔\ufe0f", True),
    ("✅", True), ("☒", True), ("þ", True), ("ü", True), ("\uf0fc", True), ("\uf0fe", True), ("\uf0a8", False), ("¨", False),
    ("□", False), ("⬜", False), ("kh", False), ("--", False), ("đã có", True), ("Có (x)", True), ("x (có)", True), ("✓✓", True),
])  # fmt: skip
def test_marks(text: str, value: bool) -> None:
    assert values.flag(text) is value


@pytest.mark.parametrize("text", ["2", "có thể", "11", "00", "?", "✗", "❌", "o", "P", "có (không)"])
def test_no_mark(text: str) -> None:
    with pytest.raises(Unreadable):
        values.flag(text)


def test_codes_keep_their_zeros_and_refuse_what_excel_has_rounded() -> None:
    assert values.code(" 0012345678 ") == "0012345678"
    for spoilt in ("1.2E+11", "7,9E+09", "1e12"):
        with pytest.raises(Unreadable) as caught:
            values.code(spoilt)
        assert caught.value.rule == "code_scientific"


def test_error_cells() -> None:
    for text in ("#N/A", "#div/0!", "#REF!"):
        with pytest.raises(Unreadable) as caught:
            values.refuse_error(text)
        assert caught.value.rule == "error_cell"
    values.refuse_error("#1 Tổ")


@pytest.mark.parametrize(
    ("text", "value"), [("0.125", "0.125"), ("0,125", "0.125"), ("0.5", "0.5"), ("12.3450", "12.345")]
)
def test_a_fraction_below_one_is_no_group_of_thousands(text: str, value: str) -> None:
    assert values.number(text, grouped=True) == Decimal(value)


@pytest.mark.parametrize(("text", "lengths", "code"), [
    ("10000004", (10,), "0010000004"), ("10059000001", (9, 12), "010059000001"), ("63000666", (9, 12), "063000666"),
    ("063000666", (9, 12), "063000666"), ("12345", (10,), "12345"), ("A123", (9,), "A123"),
])  # fmt: skip
def test_a_number_has_lost_the_zeros_of_its_code(text: str, lengths: tuple[int, ...], code: str) -> None:
    assert values.with_its_zeros(text, lengths) == code
