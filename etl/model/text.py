"""Normal forms of Vietnamese text: how two spellings of one thing are told to be the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_NOT_WORD = re.compile(r"[^0-9a-z]+")
_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'", "´": "'"})
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
# The old style puts the tone of an open oa, oe, uy on the first vowel (hòa), the new one on the second (hoà).
_OPEN_PAIRS = {"oa", "oe", "uy"}


def clean(text: str) -> str:
    """One line of text as a person would retype it: NFC, Đ for Ð, plain apostrophes, single spaces, trimmed."""
    text = unicodedata.normalize("NFC", text).replace("Ð", "Đ").replace("ð", "đ")
    return _SPACES.sub(" ", text.translate(_APOSTROPHES)).strip()


def compatible(text: str) -> str:
    """Full-width letters, digits and signs as the usual ones, other spaces as spaces (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=200_000)
def fold(text: str) -> str:
    """Lower case without diacritics or punctuation, single spaces: ``"Xã Nậm Chầy"`` → ``"xa nam chay"``."""
    decomposed = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


def one_tone_placement(word: str) -> str:
    """A word with the tone mark of oa, oe, uy on the first vowel when the syllable is open: ``hoà`` → ``hòa``."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = next((c for c in decomposed if c in _TONES), None)
    if tone is None:
        return word
    bare = decomposed.replace(tone, "", 1)
    if bare[-2:].lower() not in _OPEN_PAIRS or bare[-3:-2].lower() == "q":
        return word
    return unicodedata.normalize("NFC", bare[:-1] + tone + bare[-1])


@lru_cache(maxsize=500_000)
def spelling_key(text: str) -> str:
    """The same name in any of its equal spellings: NFC, case-folded, single spaces, one tone placement, Ð = Đ."""
    return " ".join(one_tone_placement(word) for word in clean(text).casefold().split(" "))


@dataclass(frozen=True)
class Unread:
    """A text that a column's reader cannot read. spelling: its ``spelling_key``."""

    spelling: str


@lru_cache(maxsize=50_000)
def is_a_slip(text: str, name: str) -> bool:
    """Whether two folded texts differ by one letter: another, one more or less, or two neighbours exchanged."""
    if text == name or abs(len(text) - len(name)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(text, name, strict=False)) if a != b), min(len(text), len(name)))
    left, right = text[start:], name[start:]
    end = next(
        (i for i, (a, b) in enumerate(zip(reversed(left), reversed(right), strict=False)) if a != b),
        min(len(left), len(right)),
    )
    left, right = left[: len(left) - end], right[: len(right) - end]
    if any(c.isdigit() for c in left + right):
        return False
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])
