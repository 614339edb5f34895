"""Which period a line of words names: a list of phrases, the most exact first."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from etl.model.period import Period
from etl.model.text import clean, compatible, fold

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_WORDS = {
    "muoi hai": 12, "muoi mot": 11, "muoi": 10, "chin": 9, "tam": 8, "bay": 7, "sau": 6, "nam": 5, "bon": 4, "tu": 4,
    "ba": 3, "hai": 2, "nhi": 2, "mot": 1, "nhat": 1, "gieng": 1, "chap": 12,
}  # fmt: skip
_IN_WORDS = re.compile(
    r"\b(?P<unit>thang|quy|qui|hoc ky|hoc ki) (?:thu )?(?P<word>muoi hai|muoi mot|muoi|chin|tam|bay|sau|bon|tu|ba|hai"
    r"|nhi|mot|nhat|gieng|chap|nam(?= nam))(?= (?:nam|cua|\d{4})\b)"
)
_MONTHS_IN_WORDS = re.compile(r"\b(?P<word>ba|sau|chin|muoi hai) (?=thang (?:dau|cuoi)\b)")
_LETTER_O = re.compile(r"(?<=\d)[oO](?=\d)|(?<=\d)[oO]\b(?!\w)")

_NUM = r"(?P<n>[ivx]+|\d{1,2})"
_YEAR4 = r"(?P<y>(?:19|20)\d{2})\b"
_OF_YEAR = rf"(?:(?:cua )?nam )?{_YEAR4}"
_QUARTER_WORD = r"(?:quy|qui|q|quarter) ?(?:bao cao )?"
_DATE = r"(?P<d>\d{1,2}) (?:thang )?(?P<m>\d{1,2}) (?:nam )?(?P<y>\d{4})\b"
_ANY_DATE = r"\d{1,2} (?:thang )?\d{1,2} (?:nam )?\d{4}"
_SAYS_PERIOD = r"(?:ky|ky bao cao|bao cao|so lieu|thoi ky|thoi diem(?: bao cao)?|ky so lieu|thoi gian)"

_SEMESTER = re.compile(rf"\b(?:hoc ky|hoc ki|hk) ?{_NUM}(?: (?:nam hoc|nh))? (?P<y>\d{{4}}) (?P<y2>\d{{4}})\b")
_SEMESTER_AFTER = re.compile(rf"\b(?:nam hoc|nh) (?P<y>\d{{4}}) (?P<y2>\d{{4}}) (?:hoc ky|hoc ki|hk) ?{_NUM}\b")
# The end of a span before any other day: «Từ ngày 01/10/2018 đến ngày 31/12/2018».
_DAYS = (
    re.compile(rf"\b(?:den|het)(?: het)?(?: ngay)? {_DATE}"),
    re.compile(rf"\b{_ANY_DATE} {_DATE}"),
    re.compile(rf"\b(?:tinh|ngay|thoi diem|chot|thoi diem chot)(?: ngay)? {_DATE}"),
    re.compile(rf"^(?:{_SAYS_PERIOD} )?{_DATE}$"),
)
_LAST_QUARTER = re.compile(rf"\bden (?:het )?{_QUARTER_WORD}{_NUM} {_OF_YEAR}")
_QUARTER = re.compile(rf"\b{_QUARTER_WORD}{_NUM} (?:va (?:ca |luy ke )?(?=nam ))?{_OF_YEAR}")
_QUARTERS = re.compile(rf"\b(?P<n>[1-4]) quy (?:dau )?{_OF_YEAR}")
_ISO = re.compile(rf"\b(?:nam )?{_YEAR4[:-2]} ?{_QUARTER_WORD}{_NUM}\b")
_ROMAN_ALONE = re.compile(rf"^(?:{_SAYS_PERIOD} )*(?P<n>i{{1,3}}|iv) {_OF_YEAR}$")
_MONTHS = re.compile(rf"\b(?P<n>3|6|9|12) thang (?P<half>dau|cuoi)? ?{_OF_YEAR}")
_LAST_MONTH = re.compile(rf"\bden (?:het )?(?:thang|t) ?(?P<n>\d{{1,2}}) {_OF_YEAR}")
_MONTH = re.compile(rf"\b(?:thang|t) ?(?:\d{{1,2}} ){{0,2}}(?P<n>\d{{1,2}}) {_OF_YEAR}")
_MONTH_AFTER_WORDS = re.compile(rf"\b{_SAYS_PERIOD} (?P<n>\d{{1,2}}) {_YEAR4}$")
_YEAR_MONTH = re.compile(rf"\b{_YEAR4[:-2]} ?(?:thang|t) ?(?P<n>\d{{1,2}})\b")
_MONTH_ALONE = re.compile(rf"^(?P<n>\d{{1,2}}) {_YEAR4}$")
_YEAR = re.compile(r"\bnam (?:bao cao |ke hoach )?(?P<y>\d{4})\b(?! \d{4})")
_OF_A_QUARTER = re.compile(r"\bqu[yi]\b")
_COMPACT = re.compile(r"\b(?:(?P<d>\d{2})(?P<m>\d{2})(?P<y>20\d{2})|(?P<y2>20\d{2})(?P<m2>\d{2})(?P<d2>\d{2}))\b")
# A year of two digits counts only behind a stroke: «Quý IV/18», «tháng 12/18».
_SHORT_YEAR = re.compile(
    r"(?P<front>\b(?:quý|quy|qúy|q|tháng|thang|t)[\s.:]*(?:[ivx]+|\d{1,2}) ?[/.-] ?)(?P<y>\d{2})"
    r"(?![\d/.-]|\s*[/.-]\s*\d)",
    re.IGNORECASE,
)

_LIKE_ROMAN = re.compile(r"(?<=\bquy )[il1]{1,3}v?(?= (?:nam )?(?:19|20)\d\d\b)|(?<=\bquy )[il1]v\b")
"""Digits and letters that look like a Roman number: lV, 1V, lII."""

_SHORT_MONTH = re.compile(r"\bth (\d{1,2})(?= (?:nam )?(?:19|20)\d\d\b)")


class InvalidPeriod(Exception):
    """Words that name a period which cannot be."""


def period_words(line: str) -> str:
    """Return a line folded, numbers in words as digits: ``"Tháng mười hai năm 2018"`` → ``"thang 12 nam 2018"``."""
    written = _LETTER_O.sub("0", compatible(clean(line)))
    folded = fold(_SHORT_YEAR.sub(r"\g<front>20\g<y>", written))
    folded = _LIKE_ROMAN.sub(lambda match: match[0] if match[0].isdigit() else re.sub("[l1]", "i", match[0]), folded)
    folded = _SHORT_MONTH.sub(r"thang \1", folded)
    folded = _IN_WORDS.sub(lambda match: f"{match['unit']} {_WORDS[match['word']]}", folded)
    return _MONTHS_IN_WORDS.sub(lambda match: f"{_WORDS[match['word']]} ", folded)


def last_day_named(text: str, *, from_title: bool) -> date | None:
    """Return the last day of the period that ``period_words`` of a line name, None where they name none.

    Raises InvalidPeriod for a quarter, month or day that is none. A year alone counts in a title only, a date of eight
    digits only elsewhere.
    """
    for pattern, read in _FORMS:
        if match := pattern.search(text):
            return read(match)
    if from_title:
        # The year of a line that speaks of a quarter is the quarter's.
        if match := _MONTH_ALONE.match(text):
            return _month(match)
        match = _YEAR.search(text) if not _OF_A_QUARTER.search(text) else None
        return date(int(match["y"]), 12, 31) if match else None
    if match := _COMPACT.search(text):
        return _date(match, match["y"] or match["y2"], match["m"] or match["m2"], match["d"] or match["d2"])
    return None


def names_only_a_year(text: str) -> bool:
    """Return whether ``period_words`` name nothing more exact than a year."""
    return not any(pattern.search(text) for pattern, _ in (*_FORMS, (_COMPACT, None)))


def names_a_quarter(text: str) -> bool:
    """Return whether ``period_words`` name a quarter or a semester, whatever else the line cites."""
    return any(pattern.search(text) for pattern in (_QUARTER, _QUARTERS, _SEMESTER, _SEMESTER_AFTER))


def _semester(match: re.Match[str]) -> date:
    number = _number(match["n"])
    if number not in (1, 2) or int(match["y2"]) != int(match["y"]) + 1:
        raise InvalidPeriod(match[0])
    # The first semester ends with the year, the second at the end of May: in the second quarter.
    return date(int(match["y"]), 12, 31) if number == 1 else date(int(match["y2"]), 6, 30)


def _day(match: re.Match[str]) -> date:
    return _date(match, match["y"], match["m"], match["d"])


def _quarter(match: re.Match[str]) -> date:
    number = _number(match["n"])
    if not 1 <= number <= 4:
        raise InvalidPeriod(match[0])
    return Period(int(match["y"]), number).last_day


def _months(match: re.Match[str]) -> date:
    return Period(int(match["y"]), 4 if match["half"] == "cuoi" else int(match["n"]) // 3).last_day


def _month(match: re.Match[str]) -> date:
    year, month = int(match["y"]), int(match["n"])
    if not 1 <= month <= 12:
        raise InvalidPeriod(match[0])
    return date(year, month, calendar.monthrange(year, month)[1])


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (_SEMESTER, _semester), (_SEMESTER_AFTER, _semester), *((days, _day) for days in _DAYS), (_LAST_QUARTER, _quarter),
    (_QUARTERS, _quarter), (_QUARTER, _quarter), (_ISO, _quarter), (_ROMAN_ALONE, _quarter), (_MONTHS, _months),
    (_LAST_MONTH, _month), (_MONTH, _month), (_MONTH_AFTER_WORDS, _month), (_YEAR_MONTH, _month),
)  # fmt: skip


def _date(match: re.Match[str], year: str, month: str, day: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise InvalidPeriod(match[0]) from None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN.get(text, 0)
