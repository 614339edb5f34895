"""How a number is read: its sign, its groups of thousands, its fraction, the unit behind it.

Guessing is forbidden: 1.234 is one thousand or a fraction, and which of them the column or the whole file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from etl.conforming.unreadable import Unreadable
from etl.model.text import clean, compatible, fold

_PLAIN = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?$")
_GROUPED = {
    ",": re.compile(r"^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$"),  # 1.234.567,8
    ".": re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$"),  # 1,234,567.8
}
_ONE_GROUP = re.compile(r"^[+-]?[1-9]\d{0,2}([.,])\d{3}$")
_FRACTION = re.compile(r"^[+-]?\d+([.,])\d+$")
_SPACED = re.compile(r"^[+-]?\d{1,3}([ ']\d{3})+([.,]\d+)?$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_IN_BRACKETS = re.compile(r"^\(\s*(\d[\d.,' ]*)\)$")
_NOTHING = re.compile(r"^[-–—−]+ ?(?:đ|đồng|vnđ|vnd)?$", re.IGNORECASE)
_NOTHING_IN_WORDS = frozenset({"khong", "khong co", "khong dong", "chua co", "ko", "ko co"})
_MINUS = str.maketrans("−–—", "---")
_MANY = 5

_SCIENTIFIC = re.compile(r"^[+-]?\d(?:[.,](\d+))?[eE]\+?(\d{1,3})$")
_LOOSE_GROUPS = re.compile(r"^[+-]?\d{1,3}(?: ?([.,]) ?\d{3})(?: ?\1 ?\d{3})+(?!\d)")
_NO_THOUSANDTHS = re.compile(r"^[+-]?\d{1,3}(?:,\d{3}\.|\.\d{3},|[ ']\d{3}[.,])000$")
"""One group of thousands and three zeros behind another sign: 31,000.000 is 31 thousand, or 31 million mistyped."""

_MINUS_BEHIND = re.compile(r"^(\d[\d.,' ]*?) ?-$")
_FOOTNOTE = re.compile("(?<=\\d)[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]+$")
_CURRENCY_IN_FRONT = re.compile(r"^(?:vnđ|vnd|đồng|đ)[ .:]*(?=[\d(+-])", re.IGNORECASE)
_STROKE_BEHIND = re.compile(r"(?<=\d)\s*[.,/]\s*-{1,2}$")
"""31.000.000,- and 31.000.000/-: nothing is to be added behind the amount."""

_NEGATIVE = re.compile(r"^\(\s*(\d[^()]*)\)\s*([^\W\d][^()]*)?$")
_BRACKETS_BEHIND = re.compile(r"(?<=\S)\s*[(\[]([^()\[\]\d]+)[)\]]$")
_WORDS_OF_AMOUNTS = re.compile(
    r"(?:bang chu|khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|tram|nghin|ngan|trieu|ty|ti|le|linh|ruoi|dong"
    r"|vnd|d|viet nam|chan|\s)+"
)
_EVEN = re.compile(r"\s*chẵn\W*$", re.IGNORECASE)

_NUMBER_AND_UNIT = re.compile(r"^(?P<number>[+-]? ?\d[\d.,' ]*?)[.,]? ?(?P<unit>[^\W\d].*)$")
_UNIT_IN_BRACKETS = re.compile(r"(?<=\d)\s*[(\[]\s*([^\W\d][^()\[\]]*?)\s*[)\]]$")
_YEAR_WITH_WORD = re.compile(r"^(?:năm|nam|n)[ .:]*(\d{4})$", re.IGNORECASE)
_AMOUNT_PART = re.compile(r"(\d[\d.,' ]*?) ?(ty|ti|trieu|trd|tr|nghin|ngan|ngin|k)(?: ?(?:dong|d|vnd))?(?![a-z])")
_THOUSANDS = {"k": 3, "nghin": 3, "ngan": 3, "ngin": 3, "tr": 6, "trd": 6, "trieu": 6, "ty": 9, "ti": 9}
_THOUSAND = 3
_DONG = frozenset({"d", "dong", "vnd", "vn dong", "dong viet nam", "viet nam dong"})
_HALF = re.compile(r"^(\d+) ?(trieu|tr|ty|ti) ?(?:(\d)|ruoi)$")

_UNITS: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (frozenset({"ho", "ho gd", "ho gia dinh", "gia dinh"}), frozenset({"ho"})),
    (frozenset({"nguoi", "khau", "nhan khau", "ng", "nk", "dan", "thanh vien"}),
     frozenset({"nguoi", "khau", "dan", "vien", "tre", "dong"})),
    (frozenset({"tre", "em", "chau", "tre em", "hoc sinh", "hs"}), frozenset({"tre", "em", "sinh"})),
    (frozenset({"lao dong", "ld"}), frozenset({"lao"})),
    (frozenset({"thang", "th"}), frozenset({"thang"})),
    (frozenset({"kg", "ky", "ki lo", "kilogam", "can"}), frozenset({"kg", "gao"})),
    (frozenset({"m2", "met vuong", "m vuong"}), frozenset({"tich", "m2"})),
    (frozenset({"m3", "m3 ngay", "m3 ngay dem", "m3 nd", "m3 ngd", "met khoi", "khoi", "m3 d"}),
     frozenset({"suat", "m3"})),
    (frozenset({"diem", "d"}), frozenset({"diem"})),
)  # fmt: skip
"""Units that may stand behind a number → words of the header one of which they need: "12 hộ" counts no persons."""


def number(text: str, *, grouped: bool = False, decimal: str | None = None) -> Decimal:
    """Read a number in Vietnamese (1.234.567,8) or English (1,234,567.8) writing.

    One group of three digits (1.234) may be grouping or a fraction. decimal: the sign in front of a fraction, where the
    file says which; otherwise grouped: it is grouping, since the column holds whole numbers. With neither it is
    unreadable. Brackets, or a minus behind it, mean a negative number. A power of ten with fewer digits than the number
    has (3.1E+07) was rounded for the eye: it is unreadable. Raises Unreadable("number_unreadable").
    """
    written = compatible(_FOOTNOTE.sub("", clean(text))).translate(_MINUS).strip("' ")
    if match := _IN_BRACKETS.match(written) or _MINUS_BEHIND.match(written):
        written = f"-{match[1].strip()}"
    if _LOOSE_GROUPS.match(written):
        written = re.sub(r" ?([.,]) ?", r"\1", written)
    if (match := _SCIENTIFIC.match(written)) and int(match[2]) > len(match[1] or ""):
        raise Unreadable("number_unreadable")
    if _NO_THOUSANDTHS.match(written) and decimal != written[-4]:
        raise Unreadable("number_unreadable")
    written = re.sub(r"^([+-]) (?=\d)", r"\1", re.sub(r"(?<=\d)[.,]$", "", written))
    if _SPACED.match(written):
        written = re.sub("[ ']", "", written)
    if match := _ONE_GROUP.match(written):
        if decimal is None and not grouped:
            raise Unreadable("number_unreadable")
        is_fraction = decimal == match[1] and not grouped
        written = written.replace(match[1], "." if is_fraction else "")
    for fraction, form in _GROUPED.items():
        if form.match(written) and not _ONE_GROUP.match(written):
            written = written.replace("." if fraction == "," else ",", "").replace(fraction, ".")
    if _DECIMAL_COMMA.match(written):
        written = written.replace(",", ".")
    if not _PLAIN.match(written):
        raise Unreadable("number_unreadable")
    try:
        return Decimal(written)
    except InvalidOperation:
        raise Unreadable("number_unreadable") from None


def whole(text: str, factor: int = 1, *, grouped: bool = True, decimal: str | None = None) -> int:
    """Read a whole number after multiplication by ``factor``, the unit of the amounts; binary noise is forgiven.

    grouped: one group of three digits is of thousands. Anything else with a fraction, or beyond 18 digits, is
    unreadable.
    """
    return _as_whole(number(text, grouped=grouped, decimal=decimal) * factor)


def count(text: str, header: str, *, is_zero: bool = False) -> int | None:
    """Read a whole number that may have its unit behind it ("12 hộ"); a dash is nothing, or zero where is_zero."""
    if _is_nothing(text):
        return 0 if is_zero else None
    return _as_whole(number(_without_unit(text, header), grouped=True))


def measure(text: str, header: str, *, grouped: bool = False, decimal: str | None = None) -> float | None:
    """Read a number that may have its unit behind it ("25 m2"); a dash is nothing."""
    if _is_nothing(text):
        return None
    return float(number(_without_unit(text, header), grouped=grouped, decimal=decimal))


def amount(
    text: str, factor: int = 1, *, grouped: bool = True, decimal: str | None = None, is_zero: bool = False
) -> int | None:
    """Read an amount in đồng. factor: đồng in one unit of the column, where the cell does not name its own.

    "31 tr", "31,5 triệu", "31 triệu 500 nghìn", "31.000.000 đ" say by themselves in what they count.
    """
    if _is_nothing(text):
        return 0 if is_zero else None
    written = _bare_amount(text)
    if (match := _NEGATIVE.match(written)) and (read := amount(f"{match[1]}{match[2] or ''}", factor, decimal=decimal)):
        return -read
    folded = _with_signs(written)
    if match := _HALF.match(folded):
        return _as_whole(Decimal(f"{match[1]}.{match[3] or 5}").scaleb(_THOUSANDS[match[2]]))
    if parts := list(_AMOUNT_PART.finditer(folded)):
        if _AMOUNT_PART.sub("", folded).strip():
            raise Unreadable("number_unreadable")
        powers = [_THOUSANDS[part[2]] for part in parts]
        if powers != sorted(set(powers), reverse=True):
            raise Unreadable("number_unreadable")
        # A million and a half is written 1,5 or 1.5; three digits behind a sign may be thousands of millions.
        # Nobody writes thousandths of a thousand: 31.500 nghìn is 31.5 million.
        counted = zip(parts, powers, strict=True)
        return _as_whole(
            sum((number(p[1], grouped=n == _THOUSAND, decimal=decimal).scaleb(n) for p, n in counted), Decimal(0))
        )
    if (match := _NUMBER_AND_UNIT.match(written)) and fold(match["unit"]) in _DONG:
        return _as_whole(number(match["number"], grouped=True))
    return whole(written, factor, grouped=grouped, decimal=decimal)


def fraction_sign(texts: Iterable[str]) -> str | None:
    """Return the sign in front of fractions that the texts of a file or a column prove, None where they prove none.

    Proof is a number of two groups (1.234.567), a group and a fraction (1.234,5), or a fraction of other than three
    digits (12,5). Texts that prove both signs prove none.
    """
    proved: set[str] = set()
    for text in texts:
        written = compatible(clean(text)).translate(_MINUS).strip("()")
        if _ONE_GROUP.match(written) or _NO_THOUSANDTHS.match(written):
            continue
        if match := _FRACTION.match(written):
            proved.add(match[1])
        proved |= {fraction for fraction, form in _GROUPED.items() if form.match(written)}
    return proved.pop() if len(proved) == 1 else None


def sign_by_groups(texts: Iterable[str]) -> str | None:
    """Return the sign in front of fractions, where many texts have one group and all groups have one sign.

    For amounts in thousands of đồng: a loan of 25.000 is 25 million, nobody writes thousandths of a thousand.
    """
    signs = [match[1] for text in texts if (match := _ONE_GROUP.match(compatible(clean(text))))]
    if len(signs) < _MANY or len(set(signs)) != 1:
        return None
    return "," if signs[0] == "." else "."


def is_one_group(text: str) -> bool:
    """Return whether a text has one group of three digits, which may be thousands or a fraction."""
    return _ONE_GROUP.match(text) is not None


def _as_whole(value: Decimal) -> int:
    rounded = value.to_integral_value() if abs(value) < Decimal(10) ** 18 else None
    if rounded is None or abs(value - rounded) > abs(value) * Decimal("1e-12"):
        raise Unreadable("number_unreadable")
    return int(rounded)


def _is_nothing(text: str) -> bool:
    return _NOTHING.match(clean(text)) is not None or fold(text) in _NOTHING_IN_WORDS


def _bare_amount(text: str) -> str:
    """Return an amount without the currency in front, a stroke behind, or its own words in brackets."""
    written = compatible(_FOOTNOTE.sub("", clean(text.replace("₫", "đ")))).translate(_MINUS).strip("' ")
    written = _CURRENCY_IN_FRONT.sub("", _STROKE_BEHIND.sub("", written))
    if (match := _BRACKETS_BEHIND.search(written)) and _WORDS_OF_AMOUNTS.fullmatch(fold(match[1])):
        written = written[: match.start()]
    return re.sub(r"\btr\. ?đ", "trđ", _EVEN.sub("", written), flags=re.IGNORECASE)


def _with_signs(written: str) -> str:
    """Folded, but with the dots and commas inside of its numbers."""
    return re.sub(r"[^\d.,]+", lambda part: f" {fold(part[0])} " if fold(part[0]) else " ", written).strip()


def _without_unit(text: str, header: str) -> str:
    written = compatible(clean(text).replace("²", "2").replace("³", "3"))
    written = _UNIT_IN_BRACKETS.sub(r" \1", written)
    if (year := _YEAR_WITH_WORD.match(written)) and "nam" in fold(header).split():
        return year[1]
    match = _NUMBER_AND_UNIT.match(written)
    if not match:
        return written
    unit, words = fold(match["unit"]), set(fold(header).split())
    if any(unit in units and words & needed for units, needed in _UNITS):
        return match["number"]
    raise Unreadable("number_unreadable")
