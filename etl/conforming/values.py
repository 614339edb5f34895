"""How one value is read: each function takes a cell's text and gives the value, or raises Unreadable naming the rule.

Guessing is forbidden where it changes a number: what can be read in two ways is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from etl.conforming.dates import When as When
from etl.conforming.dates import when as when
from etl.conforming.unreadable import Unreadable as Unreadable
from etl.model.text import clean, compatible, fold

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

_LOST_ZEROS = 3

_YES = frozenset({"x", "v", "1", "co", "c", "true", "yes", "y", "dung", "✓", "✔", "☑", "√", "+", "*", "1.0"})
_NO = frozenset({"0", "khong", "k", "ko", "khong co", "false", "no", "n", "-", "–", "—", "sai", "☐", "0.0", "chua"})
_MARK_EDGES = " .,;()[]"


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
    written = compatible(clean(text)).lower()
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
