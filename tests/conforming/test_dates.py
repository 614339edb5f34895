"""A date in any writing is that day; what can be no day, or two, is not read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming import dates
from etl.conforming.dates import When
from etl.conforming.unreadable import Unreadable

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(DAYS, st.sampled_from(["{0:%d/%m/%Y}", "{0.day}/{0.month}/{0.year}", "{0:%d-%m-%Y}", "{0.day}.{0.month}.{0.year}",
                              "{0:%Y-%m-%d}", "{0:%Y-%m-%d} 00:00:00", " {0:%d / %m / %Y} "]))  # fmt: skip
def test_a_day_in_any_writing(day: date, form: str) -> None:
    read = dates.when(form.format(day), year_ok=False, latest_year=2018, two_digits_past=False)
    assert read == When(day.year, day)


@given(st.dates(date(1910, 1, 2), date(2099, 12, 31)))
def test_excels_serial_numbers(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for text in (str(serial), f"{serial}.0"):
        assert dates.when(text, year_ok=True, latest_year=2018, two_digits_past=True) == When(day.year, day)


@given(st.integers(1900, 2018))
def test_a_year_typed_into_a_cell_of_date_format(year: int) -> None:
    shown = f"{date(1899, 12, 30) + timedelta(days=year)} 00:00:00"
    assert dates.when(shown, year_ok=True, latest_year=2018, two_digits_past=True) == When(year, None)
    assert dates.when(shown, year_ok=False, latest_year=2018, two_digits_past=True).day is not None


@given(st.integers(1900, 2018), st.sampled_from(["{}", "{}.0", "00/00/{}", "0/0/{}", "00/{}"]))
def test_a_year_alone_where_it_is_allowed(year: int, form: str) -> None:
    text = form.format(year)
    assert dates.when(text, year_ok=True, latest_year=2018, two_digits_past=True) == When(year, None)
    with pytest.raises(Unreadable):
        dates.when(text, year_ok=False, latest_year=2018, two_digits_past=True)


@given(st.dates(date(1919, 1, 1), date(2018, 12, 31)))
def test_two_digit_years(day: date) -> None:
    text = f"{day.day}/{day.month}/{day.year % 100:02d}"
    assert dates.when(text, year_ok=False, latest_year=2018, two_digits_past=True).day == day
    later = dates.when(text, year_ok=False, latest_year=2018, two_digits_past=False).day
    assert later is not None and later.year == 2000 + day.year % 100


@pytest.mark.parametrize(
    "text",
    ["31/02/2018", "05/13/2001", "2018-13-01", "00/05/1960", "1/1/18181", "2019", "1899", "12/2018", "hôm qua", "3000"],
)
def test_no_day(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        dates.when(text, year_ok=True, latest_year=2018, two_digits_past=True)
    assert caught.value.rule == "date_unreadable"


@given(DAYS)
def test_day_and_month_are_never_swapped(day: date) -> None:
    swapped = f"{day.month:02d}/{day.day:02d}/{day.year}"
    try:
        read = dates.when(swapped, year_ok=False, latest_year=2018, two_digits_past=False)
    except Unreadable:
        assert day.day > 12
    else:
        assert read.day == date(day.year, day.day, day.month)


def test_serials_are_days_since_excels_beginning() -> None:
    assert dates._EXCEL_DAY_0 + timedelta(days=43465) == date(2018, 12, 31)


def test_days_of_a_workbook_that_counts_from_1904() -> None:
    day = date(2018, 12, 31)
    serial = (day - date(1904, 1, 1)).days
    read = dates.when(str(serial), year_ok=False, latest_year=2018, two_digits_past=False, from_1904=True)
    assert read.day == day


@pytest.mark.parametrize("text", [
    "20050905", "200509050000", "20050905083000", "05092005", "5/9/2005", "5.9.2005", "5-9-05", "5,9,2005", "05\\09\\2005",
    " 05 / 09 / 2005 ", "5/9/2005.", "'05/09/2005", "ngày 5 tháng 9 năm 2005", "5 tháng 9 năm 2005", "Ngày 05/09/2005",
    "０５/０９/２００５", "05 09 2005", "2005/9/5", "2005-09-05T00:00:00Z", "05/09/2005 12:00:00 AM", "08:30 05/09/2005",
    "5-Sep-05", "05-Thg9-2005", "38600", "38600.75", "05/09/2005 0:00", "Sinh ngày 5/9/2005", "2005.09.05", "05//09/2005",
    "05/09/2005 (KS)", "5 tháng chín năm 2005", "Ngày 5 tháng Chín, 2005", "ngày 5/9 năm 2005", "Ngày sinh: 05/09/2005",
    "September 5, 2005", "Sep 5 2005", "05 – 09 – 2005", "05—09—2005", "05−09−2005", "05⁄09⁄2005", "05∕09∕2005", "5 9 2005",
    "2005 09 05", "5/IX/2005", "05/09/2005 (dương lịch)",
])  # fmt: skip
def test_the_ways_in_which_people_and_portals_write_a_day(text: str) -> None:
    read = dates.when(text, year_ok=False, latest_year=2018, two_digits_past=True)
    assert read.day == date(2005, 9, 5)


@pytest.mark.parametrize(
    "text",
    [
        "19710000", "197100000000", "năm 1971", "SN 1971", "1971.", "１９７１", "00/00/1971", "1971.0", "//1971", "../../1971",
        "--/--/1971", "-/-/1971", "?/?/1971", "??/??/1971", "xx/xx/1971", "__/__/1971", "…/…/1971", "/ /1971", "1971-00-00",
        "Năm sinh: 1971", "Năm sinh 1971", "../../1971.",
    ],
)  # fmt: skip
def test_the_ways_in_which_only_the_year_is_stated(text: str) -> None:
    assert dates.when(text, year_ok=True, latest_year=2018, two_digits_past=True) == When(1971, None)
    with pytest.raises(Unreadable):
        dates.when(text, year_ok=False, latest_year=2018, two_digits_past=True)


@pytest.mark.parametrize(
    "text",
    [
        "20051305", "20050900", "1112018", "200509051", "9/2005", "05/09/20055", "5.9", "12.345", "05/09/2005 (âm lịch)",
        "05/09/2005 (ÂL)", "?/9/2005", "5/?/2005", "1971?", "29/2/2005", "31/9/2005", "31 tháng chín năm 2005", "9 2005",
        "tháng chín năm 2005", "13 13 2005",
    ],
)  # fmt: skip
def test_digits_that_are_no_day(text: str) -> None:
    with pytest.raises(Unreadable):
        dates.when(text, year_ok=True, latest_year=2018, two_digits_past=True)
