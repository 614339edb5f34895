"""How a date is read: by a list of forms, the first that fits decides. A day is never swapped with a month."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from etl.conforming.unreadable import Unreadable
from etl.model.text import clean, compatible, fold

_HALF = r"(?: ?(?:am|pm|sa|ch))?"
_CLOCK = rf"\d{{1,2}}(?::|h|g)\d{{2}}(?::\d{{2}}(?:\.\d+)?)?{_HALF}"
_TIME = rf"(?:[ T,]+{_CLOCK}|T\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?"
_CLOCK_IN_FRONT = re.compile(rf"^{_CLOCK}[ ,-]+(?=\d)", re.IGNORECASE)
_ISO_DATE = re.compile(rf"^(\d{{4}})\s*[-/.]\s*(\d{{1,2}})\s*[-/.]\s*(\d{{1,2}}){_TIME}$", re.IGNORECASE)
_SIGN = r"\s*[/.,\\|-]+\s*"
_DAY_FIRST = re.compile(rf"^(\d{{1,2}}){_SIGN}(\d{{1,2}}){_SIGN}(\d{{2}}|\d{{4}}){_TIME}$", re.IGNORECASE)
_SPACED = re.compile(r"^(\d{1,2}) (\d{1,2}) (\d{4})$")
_SPACED_YEAR_FIRST = re.compile(r"^(\d{4}) (\d{1,2}) (\d{1,2})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?$")
_COMPACT_DAY_FIRST = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_IN_WORDS = re.compile(r"^(\d{1,2})(?: ?(?:thang|thg|th|t) ?| )(\d{1,2}) (?:nam )?(\d{2}|\d{4})$")
_MONTH_WORDS = (
    "mot|gieng", "hai", "ba", "tu|bon", "nam", "sau", "bay", "tam", "chin", "muoi", "muoi mot", "muoi hai|chap",
)  # fmt: skip
_MONTH_IN_WORDS = re.compile(rf"(?<=thang )(?P<word>{'|'.join(reversed(_MONTH_WORDS))})(?= (?:nam )?\d)")
_MONTH_OF = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split("|")}
_ROMAN_MONTH = re.compile(rf"^(\d{{1,2}}){_SIGN}(x{{0,1}}(?:ix|iv|v?i{{0,3}})){_SIGN}(\d{{4}})$", re.IGNORECASE)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(rf"^(\d{{1,2}}) ({'|'.join(_MONTHS)})[a-z]* (\d{{2}}|\d{{4}})$")
_ENGLISH_MONTH_FIRST = re.compile(rf"^({'|'.join(_MONTHS)})[a-z]* (\d{{1,2}}) (\d{{4}})$")
_ONLY_YEAR = re.compile(r"^(?:(?:00\s*[/.-]\s*)?00\s*[/.-]\s*)?(\d{4})(?:[./-]00[./-]00|\.0+)?$")
_UNKNOWN_DAY = re.compile(r"^[.?…_x*-]*\s*[/.-]\s*[.?…_x*-]*\s*[/.-]\s*(?=\d{4}$)", re.IGNORECASE)
"""A day and a month that nobody knows, in front of the year: ../../1971, --/--/1971, ?/?/1971."""

_WORDS_IN_FRONT = re.compile(r"^(?:(?:ngày|ngay|năm|nam|sinh|sn|ns)[\s.:]+){1,2}(?=\d)", re.IGNORECASE)
_NUMBER = re.compile(r"^(\d{4,5})(?:\.\d+)?$")
_NOTE = re.compile(r"\s*\((?!\s*(?:âm|ÂL|AL)\b)[^()\d]*\)$", re.IGNORECASE)
"""A remark in brackets, but not that the day is one of the lunar calendar."""

_EDGES = " '\"`,;"
_ONE_SIGN = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2044\u2215", "-------//")
"""Dashes and strokes of every kind → the usual ones."""

_EXCEL_DAY_0 = date(1899, 12, 30)
_DAYS_TO_1904 = 1462
_SERIALS = range(3654, 73051)
"""Serial numbers taken for days: 1910 to 2099. Smaller whole numbers are more likely years, counts or slips."""


@dataclass(frozen=True)
class When:
    """A date as far as it is known: day is None when only the year is."""

    year: int
    day: date | None


@dataclass(frozen=True)
class _Setting:
    """What a column allows: ``when`` says what each means."""

    year_ok: bool
    latest_year: int
    two_digits_past: bool
    from_1904: bool

    def is_year(self, year: int) -> bool:
        return self.year_ok and 1900 <= year <= self.latest_year

    def full_year(self, digits: str) -> int:
        year = int(digits)
        if len(digits) == 2:
            year += self.latest_year // 100 * 100
            if self.two_digits_past and year > self.latest_year:
                year -= 100
        return year


def when(text: str, *, year_ok: bool, latest_year: int, two_digits_past: bool, from_1904: bool = False) -> When:
    """Read a date: day before month, an ISO day, yyyymmdd, in words, or Excel's serial number; a time is let go.

    year_ok: a whole number from 1900 to ``latest_year`` is a year, never a serial, also in a cell of date format, which
    shows it as a day of 1905; and 00/00/1960 is the year. two_digits_past: a two-digit year after latest_year's is of
    the last century (births); else of this one. from_1904: serial numbers count from 1904.
    Raises Unreadable("date_unreadable").
    """
    setting = _Setting(year_ok, latest_year, two_digits_past, from_1904)
    written = _NOTE.sub("", compatible(clean(text)).translate(_ONE_SIGN).strip(_EDGES).rstrip("."))
    written = _UNKNOWN_DAY.sub("", _CLOCK_IN_FRONT.sub("", _WORDS_IN_FRONT.sub("", written)))
    for form in _FORMS:
        if read := form(written, setting):
            return read
    raise Unreadable("date_unreadable")


def _only_year(written: str, setting: _Setting) -> When | None:
    match = _ONLY_YEAR.match(written)
    return When(int(match[1]), None) if match and setting.is_year(int(match[1])) else None


def _iso(written: str, setting: _Setting) -> When | None:
    match = _ISO_DATE.match(written) or _SPACED_YEAR_FIRST.match(written)
    if not match:
        return None
    read = _day(int(match[1]), int(match[2]), int(match[3]))
    # A year typed into a cell of date format: Excel keeps 1971 and shows a day of 1905.
    typed = (read.day - _EXCEL_DAY_0).days if read.day and written.endswith("00:00:00") else 0
    typed -= _DAYS_TO_1904 * setting.from_1904
    return When(typed, None) if setting.is_year(typed) else read


def _day_first(written: str, setting: _Setting) -> When | None:
    match = _DAY_FIRST.match(written) or _SPACED.match(written)
    if not match:
        return None
    day, month, year = int(match[1]), int(match[2]), setting.full_year(match[3])
    if day == month == 0 and setting.is_year(year):
        return When(year, None)
    return _day(year, month, day)


def _compact(written: str, setting: _Setting) -> When | None:
    """yyyymmdd and yyyymmddHHMM, as portals export it; ddmmyyyy. No eight digits are a day in both ways."""
    if (match := _COMPACT.match(written)) and 1900 <= int(match[1]) <= 2100:
        year, month, day = int(match[1]), int(match[2]), int(match[3])
        if month == day == 0 and setting.is_year(year):
            return When(year, None)
        if is_day(year, month, day):
            return _day(year, month, day)
    if match := _COMPACT_DAY_FIRST.match(written):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    return None


def _in_words(written: str, setting: _Setting) -> When | None:
    folded = fold(written).removeprefix("ngay ")
    folded = _MONTH_IN_WORDS.sub(lambda match: str(_MONTH_OF[match["word"]]), folded)
    if (match := _ROMAN_MONTH.match(written)) and match[2].lower() in _ROMAN:
        return _day(int(match[3]), _ROMAN.index(match[2].lower()) + 1, int(match[1]))
    if match := _IN_WORDS.match(folded):
        return _day(setting.full_year(match[3]), int(match[2]), int(match[1]))
    if match := _ENGLISH.match(folded):
        return _day(setting.full_year(match[3]), _MONTHS.index(match[2]) + 1, int(match[1]))
    if match := _ENGLISH_MONTH_FIRST.match(folded):
        return _day(int(match[3]), _MONTHS.index(match[1]) + 1, int(match[2]))
    return None


def _serial(written: str, setting: _Setting) -> When | None:
    match = _NUMBER.match(written)
    serial = int(match[1]) + _DAYS_TO_1904 * setting.from_1904 if match else 0
    if serial not in _SERIALS:
        return None
    day = _EXCEL_DAY_0 + timedelta(days=serial)
    return When(day.year, day)


_FORMS: tuple[Callable[[str, _Setting], When | None], ...] = (
    _only_year, _iso, _day_first, _compact, _in_words, _serial,
)  # fmt: skip


def is_day(year: int, month: int, day: int) -> bool:
    """Return whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(year: int, month: int, day: int) -> When:
    if not (1900 <= year <= 2100 and is_day(year, month, day)):
        raise Unreadable("date_unreadable")
    return When(year, date(year, month, day))
