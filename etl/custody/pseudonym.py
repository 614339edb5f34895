"""What stands in place of a person's names and numbers: made up, the same wherever the same name or number stood."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from etl.contracts import Column
from etl.model.text import spelling_key

GONE = "(đã xoá)"
"""How a name that was taken out begins, and what stands for a value in a finding."""

_FEWEST_DIGITS = 8
_YEAR = re.compile(r"(?:19|20)\d\d")
_BETWEEN_DIGITS = re.compile(r"[\s.\-'’]+")


@dataclass(frozen=True)
class Pseudonym:
    """The one stand-in of a forgetting. salt: random, kept until the forgetting is done, so that a second attempt
    gives the same; of: one of the person's numbers; taken: numbers that somebody has."""

    salt: bytes = field(repr=False)
    of: str = field(repr=False)
    taken: Collection[str] = field(default=(), repr=False)

    @cached_property
    def token(self) -> str:
        """What names the person from now on, and the entry of the ledger."""
        return self._digest(f"person/{self.of}").hex()[:10]

    def number(self, original: str) -> str:
        """A number of the same length that nobody has; one of a single kind for each original."""
        for attempt in range(1000):
            digits = str(int.from_bytes(self._digest(f"{original}/{attempt}")))
            made = "9" + digits[: len(original) - 1]
            if made not in self.taken and made != original:
                return made
        raise ValueError(f"no free number of {len(original)} digits was found")

    def card(self, original: str) -> str:
        """A card number whose object and level stay and whose last ten are those of its insurance number."""
        return original[:-10] + self.number(original[-10:])

    def name(self, original: str) -> str:
        """A name that differs where the original's spelling key differs, and only there."""
        return f"{GONE} {self.token}{self._digest(spelling_key(original)).hex()[:4]}"

    def value(self, column: Column, name: str, value: Any) -> Any:
        """What is kept of a personal value of a column; name: of the column as it is stored."""
        if value is None or name == f"{column.name}_year" or self.is_own(value):
            return value
        if column.type == "name":
            made = self.name(value)
            return made if name == column.name else spelling_key(made)
        if column.type == "code":
            return self.card(value) if column.pattern else self.number(value)
        if isinstance(value, date) and not column.year_ok and column.required:
            return date(value.year, 1, 1)
        return None

    def cell(self, column: Column, text: str) -> str:
        """The same of a cell as it was written, in a column of the form."""
        if self.is_own(text):
            return text
        if column.type == "name":
            return self.name(text)
        if column.type == "code":
            digits = _BETWEEN_DIGITS.sub("", text)
            if len(digits) < _FEWEST_DIGITS:
                return ""
            return self.card(digits) if column.pattern and len(digits) > 10 else self.number(digits)
        year = _YEAR.search(text) if column.type == "date" else None
        return f"{'' if column.year_ok else '01/01/'}{year[0]}" if year else ""

    def is_own(self, value: Any) -> bool:
        """Whether a value is a name that a forgetting, this or another, has put there."""
        return isinstance(value, str) and value.casefold().startswith(GONE)

    def _digest(self, what: str) -> bytes:
        return hmac.digest(self.salt, what.encode(), hashlib.sha256)


def bare(text: str) -> str:
    """The digits of a number as it may be written, without leading zeros; "" where it is none."""
    plain = _BETWEEN_DIGITS.sub("", text)
    if "E+" in plain.upper():
        try:
            plain = str(int(float(text)))
        except (ValueError, OverflowError):
            return ""
    return plain.lstrip("0") if plain.isascii() and plain.isdigit() else ""


def day_texts(days: Collection[date]) -> set[str]:
    """The usual ways to write some days."""
    shapes = ("{0:%d/%m/%Y}", "{0:%Y-%m-%d}", "{0:%Y-%m-%d} 00:00:00", "{0:%d-%m-%Y}", "{0:%d.%m.%Y}")
    short = {f"{d.day}/{d.month}/{d.year}" for d in days}
    return short | {shape.format(datetime(d.year, d.month, d.day)) for d in days for shape in shapes}  # noqa: DTZ001


def replaced(text: str, words: Mapping[str, str]) -> str:
    """A text with some words replaced, the longer ones first."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, words[word])
    return text
