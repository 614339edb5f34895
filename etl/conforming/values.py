"""How one value is read: each function takes a cell's text and gives the value, or raises Unreadable naming the rule.

Guessing is forbidden where it changes a number: what can be read in two ways is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.conforming.dates import When as When
from etl.conforming.dates import when as when
from etl.conforming.numbers import amount as amount
from etl.conforming.numbers import count as count
from etl.conforming.numbers import fraction_sign as fraction_sign
from etl.conforming.numbers import is_one_group
from etl.conforming.numbers import measure as measure
from etl.conforming.numbers import number as number
from etl.conforming.numbers import sign_by_groups as sign_by_groups
from etl.conforming.numbers import whole as whole
from etl.conforming.unreadable import Unreadable as Unreadable
from etl.model.text import clean, compatible, fold

_ERROR_CELL = re.compile(r"^#(N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!|GETTING_DATA)$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^\d([.,]\d+)?[eE]\+?\d{1,3}$")

_LOST_ZEROS = 3

_YES = frozenset((
    "x", "v", "1", "1.0", "co", "c", "true", "yes", "y", "dung", "dat", "da co", "●", "•", "■", "▪", "✓", "✔", "✅",
    "☑", "☒", "√", "+", "*", "×", "х", "þ", "ü", "\uf0fc", "\uf0fe",
))  # fmt: skip
"""Marks for yes. þ and ü are the ticks of Wingdings in a file that lost its fonts; × and the Cyrillic х look like x."""

_NO = frozenset((
    "0", "0.0", "khong", "k", "ko", "kh", "khong co", "false", "no", "n", "-", "–", "—", "sai", "khong dat", "chua dat",
    "chua", "chua co", "☐", "□", "⬜", "◻", "¨", "\uf0a8", "\uf06f",
))  # fmt: skip
_REPEATED = frozenset("xv✓✔√+*×-–—")
_VARIANTS = str.maketrans(dict.fromkeys("\ufe0e\ufe0f"))
"""Signs that say whether a mark is shown as a picture."""

_MARK_EDGES = " .,;()[]"


def refuse_error(text: str) -> None:
    """Raise Unreadable("error_cell") for a cell that holds a formula's error."""
    if text.startswith("#") and _ERROR_CELL.match(text):
        raise Unreadable("error_cell")


def flag(text: str, header: str = "") -> bool:
    """A yes/no mark: x, v, 1, Có for yes; 0, Không, - for no; or words of the column's header, with or without Không.

    header: the texts of the column's header, in which "Có nhu cầu" or "Không đi học" is looked for.
    """
    bare = clean(text.translate(_VARIANTS))
    written = bare if bare in _NO else compatible(bare).lower()
    key = written.strip(_MARK_EDGES) or written
    key = key[0] if key and key[0] in _REPEATED and len(set(key)) == 1 else key
    # «x (có)» says the same twice.
    marks = [mark for mark in re.split(r"[\s()\[\]]+", key) if not mark.isdecimal()]
    for known, value in ((_YES, True), (_NO, False)):
        if (
            key in known
            or fold(key) in known
            or (len(marks) > 1 and all(mark in known or fold(mark) in known for mark in marks))
        ):
            return value
    words, known_words = fold(key).split(), set(fold(header).split())
    denies = words[:1] in (["khong"], ["chua"])
    rest = words[1:] if denies else words
    if denies and rest in (["duoc"], ["co"]):
        return False
    if rest and set(rest) - {"co", "duoc", "dang"} and set(rest) <= known_words | {"co", "duoc", "dang"}:
        return not denies
    raise Unreadable("flag_unreadable")


def code(text: str) -> str:
    """A code as text. A power of ten (1.2E+11) is what Excel makes of a long number: its digits are lost."""
    written = compatible(clean(text))
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
    return f"{text}0" if is_one_group(text) else text
