"""How one value is read: each function takes a cell's text and gives the value, or raises Unreadable naming the rule.

Guessing is forbidden where it changes a number: what can be read in two ways is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from etl.model.text import clean, fold

_ERROR_CELL = re.compile(r"^#(N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!|GETTING_DATA)$", re.IGNORECASE)
_PLAIN = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?$")
_GROUPED = {
    ",": re.compile(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$"),  # 1.234.567,8
    ".": re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$"),  # 1,234,567.8
}
_ONE_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$")
_DIGITS_OFF = str.maketrans("", "", "0123456789")
_MANY = 5
_SPACED = re.compile(r"^[+-]?\d{1,3}( \d{3})+([.,]\d+)?$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?[eE]\+?\d{1,3}$")
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ISO_DATE = re.compile(rf"^(\d{{4}})-(\d{{2}})-(\d{{2}}){_TIME}$")
_DAY_FIRST = re.compile(rf"^(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*(\d{{2}}|\d{{4}}){_TIME}$")
_IN_WORDS = re.compile(r"^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})$")
_MONTH_YEAR = re.compile(r"^(?:00\s*[/.-]\s*)?00\s*[/.-]\s*(\d{4})$")
_WHOLE = re.compile(r"^\d+(?:\.0+)?$")

_LOST_ZEROS = 3
_EXCEL_DAY_0 = date(1899, 12, 30)
_DAYS_TO_1904 = 1462
_SERIALS = range(3654, 73051)
"""Serial numbers taken for days: 1910 to 2099. Smaller whole numbers are more likely years, counts or slips."""

_YES = frozenset({"x", "v", "1", "co", "c", "true", "yes", "y", "dung", "✓", "✔", "☑", "√", "+", "*", "1.0"})
_NO = frozenset({"0", "khong", "k", "ko", "khong co", "false", "no", "n", "-", "–", "—", "sai", "☐", "0.0", "chua"})
_MARK_EDGES = " .,;()[]"


class Unreadable(Exception):
    """A cell that cannot be read for certain; ``rule`` says which finding it makes."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class When:
    """A date as far as it is known: day is None when only the year is."""

    year: int
    day: date | None


def refuse_error(text: str) -> None:
    """Raise Unreadable("error_cell") for a cell that holds a formula's error."""
    if text.startswith("#") and _ERROR_CELL.match(text):
        raise Unreadable("error_cell")


def number(text: str, *, grouped: bool = False) -> Decimal:
    """A number in Vietnamese (1.234.567,8) or English (1,234,567.8) writing.

    One group of three digits (1.234) may be grouping or a fraction. grouped: it is grouping, since the column holds
    whole numbers; otherwise it is unreadable.
    """
    written = clean(text).replace("\u202f", " ")
    if _SPACED.match(written):
        written = written.replace(" ", "")
    if _ONE_GROUP.match(written):
        if not grouped:
            raise Unreadable("number_unreadable")
        written = written.replace(".", "").replace(",", "")
    for decimal, form in _GROUPED.items():
        if form.match(written):
            written = written.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    if _DECIMAL_COMMA.match(written):
        written = written.replace(",", ".")
    if not _PLAIN.match(written):
        raise Unreadable("number_unreadable")
    try:
        return Decimal(written)
    except InvalidOperation:
        raise Unreadable("number_unreadable") from None


def groups_thousands(texts: Iterable[str], *, likely: bool) -> bool:
    """Whether 12.345 in a column is twelve thousand, told by the column's other texts.

    Certain when another number has two groups, or a group and a fraction by the other sign; not when the sign parts a
    fraction of another length. likely: nothing else can be meant, so that many of one group are enough.
    """
    written = [clean(text) for text in texts]
    signs = {text.lstrip("+-").translate(_DIGITS_OFF) for text in written if _ONE_GROUP.match(text)}
    if len(signs) != 1:
        return False
    sign = signs.pop()
    decimal = "," if sign == "." else "."
    if any(_GROUPED[decimal].match(text) and not _ONE_GROUP.match(text) for text in written):
        return True
    fractions = re.compile(rf"^[+-]?\d+[{sign}]\d+$")
    if any(fractions.match(text) and not _ONE_GROUP.match(text) for text in written):
        return False
    return likely and sum(_ONE_GROUP.match(text) is not None for text in written) >= _MANY


def whole(text: str, factor: int = 1, *, grouped: bool = True) -> int:
    """A whole number after multiplication by ``factor``, the unit of the amounts; binary noise is forgiven.

    grouped: one group of three digits is of thousands. Anything else with a fraction, or beyond 18 digits, is
    unreadable.
    """
    value = number(text, grouped=grouped) * factor
    rounded = value.to_integral_value() if abs(value) < Decimal(10) ** 18 else None
    if rounded is None or abs(value - rounded) > abs(value) * Decimal("1e-12"):
        raise Unreadable("number_unreadable")
    return int(rounded)


def flag(text: str, header: str = "") -> bool:
    """A yes/no mark: x, v, 1, Có for yes; 0, Không, - for no; or words of the column's header, with or without Không.

    header: the texts of the column's header, in which "Có nhu cầu" or "Không đi học" is looked for.
    """
    written = unicodedata.normalize("NFKC", clean(text)).lower()
    key = written.strip(_MARK_EDGES) or written
    for known, value in ((_YES, True), (_NO, False)):
        if key in known or fold(key) in known:
            return value
    words, known_words = fold(key).split(), set(fold(header).split())
    denies = words[:1] in (["khong"], ["chua"])
    rest = words[1:] if denies else words
    if rest and set(rest) - {"co", "duoc", "dang"} and set(rest) <= known_words | {"co", "duoc", "dang"}:
        return not denies
    raise Unreadable("flag_unreadable")


def code(text: str) -> str:
    """A code as text. A power of ten (1.2E+11) is what Excel makes of a long number: its digits are lost."""
    written = clean(text)
    if _SCIENTIFIC.match(written):
        raise Unreadable("code_scientific")
    return written


def with_its_zeros(text: str, lengths: Iterable[int]) -> str:
    """A code of digits that a cell holds as a number, with the zeros in front that a number cannot have.

    lengths: those that the code may have. A code that lacks more than three digits has lost something else: it stays.
    """
    fit = [length for length in sorted(lengths) if 0 <= length - len(text) <= _LOST_ZEROS]
    return text.zfill(fit[0]) if fit and text.isascii() and text.isdigit() else text


def marked_as_number(text: str) -> str:
    """The text of a cell that holds a number, so that 12.345 cannot be taken for a text with a group of thousands."""
    return f"{text}0" if _ONE_GROUP.match(text) else text


def when(text: str, *, year_ok: bool, latest_year: int, two_digits_past: bool, from_1904: bool = False) -> When:
    """A date: day before month, an ISO day, or Excel's serial number, of 1900 or (from_1904) of 1904; a time is let go.

    year_ok: a whole number from 1900 to ``latest_year`` is a year, never a serial, also in a cell of date format, which
    shows it as a day of 1905; and 00/00/1960 is the year.
    two_digits_past: a two-digit year after latest_year's is of the last century (births); else of this one.
    """
    written = clean(text)
    if match := _ISO_DATE.match(written):
        found = _day(int(match[1]), int(match[2]), int(match[3]))
        # A year typed into a cell of date format: Excel keeps 1971 and shows a day of 1905.
        typed = (found.day - _EXCEL_DAY_0).days if found.day and written.endswith("00:00:00") else 0
        typed -= _DAYS_TO_1904 * from_1904
        return When(typed, None) if year_ok and 1900 <= typed <= latest_year else found
    if match := _DAY_FIRST.match(written):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
        if len(match[3]) == 2:
            year += latest_year // 100 * 100
            if two_digits_past and year > latest_year:
                year -= 100
        if year_ok and day == month == 0 and 1900 <= year <= latest_year:
            return When(year, None)
        return _day(year, month, day)
    if match := _IN_WORDS.match(fold(written)):
        return _day(int(match[3]), int(match[2]), int(match[1]))
    if year_ok and (match := _MONTH_YEAR.match(written)) and 1900 <= int(match[1]) <= latest_year:
        return When(int(match[1]), None)
    if _WHOLE.match(written):
        value = int(written.split(".")[0])
        if year_ok and 1900 <= value <= latest_year:
            return When(value, None)
        serial = value + _DAYS_TO_1904 * from_1904
        if serial in _SERIALS:
            day_of = _EXCEL_DAY_0 + timedelta(days=serial)
            return When(day_of.year, day_of)
    raise Unreadable("date_unreadable")


def _day(year: int, month: int, day: int) -> When:
    try:
        found = date(year, month, day)
    except ValueError:
        raise Unreadable("date_unreadable") from None
    if not 1900 <= year <= 2100:
        raise Unreadable("date_unreadable")
    return When(year, found)
