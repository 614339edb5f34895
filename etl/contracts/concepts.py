"""What the words of a header mean: how like a header and those of a form's columns are where they share few words.

Words that say the same are one concept (``thesaurus.yml``). A word that stands in many headers of a form tells less
than one that stands in few. Initials stand for the words that begin with them: "DTNO" for "diện tích nhà ở".
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import resources
from itertools import islice, product

import yaml

from etl.model.text import fold, is_a_slip

_SAY_NOTHING = frozenset(
    {"thuoc", "o", "nao", "gi", "giay", "of", "the", "phan", "mem", "va", "cua", "cac", "theo", "la", "do", "duoc",
     "nay", "co", "trong", "toan", "khong", "ghi", "ro", "neu", "tai", "in", "cho", "voi", "hay", "hoac", "nhung",
     "bi", "and", "or", "chinh"}
)  # fmt: skip
"""Words left out of a header that has others."""

_LONGEST_PHRASE = 5
_SHORTEST_FOR_A_SLIP = 4
_SPELLINGS, _WAYS = 4, 32
"""Words that a slip may stand for, and ways to read a header with slips, that are looked at, at most."""

_OF_A_STRANGER = 1.0
"""Weight of a word that no header of the form has."""

_OF_A_NUMBER = 0.4
"""Weight of a number in a header, such as a day or a decree's, against a word."""

_OF_A_GROUP = 0.5
"""Weight of a word of the group above a header, against one of its own."""

_COMMON = frozenset({"day", "year", "code", "name", "total", "person", "household", "money", "order", "state",
                     "village", "commune"})  # fmt: skip
_OF_MANY = 0.4
"""Weight of a word that stands in the headers of all kinds of tables, against another of the form's."""

_SAME_GROUP = 0.5
_INITIALS = range(2, 7)


_SYLLABLE = re.compile(
    r"^(?!.*(?:aa|ee|ii|oo|yy|uu.))(?!ng[eiy]|g[ey]|c[eiy]|k[aou])"
    r"(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|t[hr]?|v|x)?[aeiouy]{1,3}(?:ch?|m|ng?|nh|p|t)?$"
)
"""A syllable that Vietnamese may have, without signs: another word has a letter wrong, or is foreign."""


@dataclass(frozen=True)
class Word:
    """A word or phrase of a header: what it may mean, and its letters as written (folded)."""

    concepts: frozenset[str]
    text: str
    share: float = 1.0


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, frozenset[str]]:
    """Folded phrase → the concepts that it may stand for."""
    text = resources.files("etl.contracts").joinpath("thesaurus.yml").read_text(encoding="utf-8")
    meant: dict[str, set[str]] = {}
    for concept, phrases in yaml.safe_load(text).items():
        for phrase in phrases:
            meant.setdefault(phrase, set()).add(concept)
    return {phrase: frozenset(concepts) for phrase, concepts in meant.items()}


@lru_cache(maxsize=1)
def _of_two() -> Mapping[tuple[str, str], frozenset[str]]:
    """First letter and second word of each phrase of two words → what it may stand for: "G.tính", "V.thông"."""
    meant: dict[tuple[str, str], frozenset[str]] = {}
    for phrase, concepts in _phrases().items():
        if len(parts := phrase.split()) == 2 and len(parts[1]) > 1:
            key = parts[0][0], parts[1]
            meant[key] = meant.get(key, frozenset()) | concepts
    return meant


@lru_cache(maxsize=1)
def _single() -> tuple[str, ...]:
    return tuple(sorted({part for phrase in _phrases() for part in phrase.split() if len(part) > 3}))


@lru_cache(maxsize=50_000)
def _spellings(part: str) -> tuple[str, ...]:
    """A word as it may be meant: itself; where it is no syllable, the known words from which it is one letter off."""
    if len(part) < _SHORTEST_FOR_A_SLIP or part in _single() or _SYLLABLE.match(part):
        return (part,)
    return tuple(known for known in _single() if is_a_slip(part, known))[:_SPELLINGS] or (part,)


@lru_cache(maxsize=50_000)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a header in their order, the longest known phrases as one, slips of one letter mended."""
    spelled = [_spellings(part) for part in fold(text).split()]
    ways = islice(product(*spelled), _WAYS)
    # Of several words that a slip may stand for, the one that makes phrases with those beside it.
    return min((_phrased(list(way)) for way in ways), key=lambda words: (len(words), sum(map(_is_unknown, words))))


def _is_unknown(word: Word) -> bool:
    return word.concepts == {f"={word.text}"}


def _phrased(parts: list[str]) -> tuple[Word, ...]:
    found: list[Word] = []
    at = 0
    while at < len(parts):
        for length in range(min(_LONGEST_PHRASE, len(parts) - at), 0, -1):
            phrase = " ".join(parts[at : at + length])
            concepts = _phrases().get(phrase)
            if concepts is not None and (length > 1 or phrase not in _SAY_NOTHING):
                found.append(Word(concepts, phrase))
                break
            short = _of_two().get((parts[at], parts[at + 1])) if length == 2 and len(parts[at]) == 1 else None
            if short:
                found.append(Word(short, phrase))
                break
            if length == 1 and phrase not in _SAY_NOTHING:
                found.append(Word(frozenset({f"={phrase}"}), phrase, _OF_A_NUMBER if phrase.isdigit() else 1.0))
        at += length
    return tuple(found) or tuple(Word(frozenset({f"={part}"}), part) for part in parts)


class Meaning:
    """The headers of a form by what they mean."""

    def __init__(self, columns: Mapping[str, tuple[Iterable[str], Iterable[str]]]) -> None:
        """columns: column → its headers, and the groups that forms put it below."""
        self._listed = {name: (tuple(headers), tuple(groups)) for name, (headers, groups) in columns.items()}
        self._known: dict[tuple[tuple[str, ...], str], float] = {}

    def likeness(self, path: tuple[str, ...], column: str) -> float:
        """How like the meaning of a header and of a column's headers is (0 to 1); path: groups first, its own last."""
        key = (path, column)
        if key not in self._known:
            if ":" in path[-1]:
                path = (*path[:-1], *filter(fold, path[-1].split(":")))
            alone, within = words_of(path[-1]), _within(words_of(" ".join(path[:-1])))
            best = 0.0
            for known, above in self._variants[column]:
                # A word of the column itself must be there, not of the group above it alone.
                if likeness := self._dice(alone, known):
                    best = max(best, likeness)
                    if within or above:
                        best = max(best, self._dice((*within, *alone), (*above, *known)))
            self._known[key] = best
        return self._known[key]

    def is_in_its_group(self, path: tuple[str, ...], column: str) -> bool:
        """Whether the header above one is the one that the form has above a column, or means the same."""
        above, groups = words_of(" ".join(path[:-1])), self._listed[column][1]
        return len(path) > 1 and any(self._dice(above, words_of(group)) >= _SAME_GROUP for group in groups)

    @cached_property
    def _variants(self) -> Mapping[str, list[tuple[tuple[Word, ...], tuple[Word, ...]]]]:
        """Column → of each of its headers the words, and those of its group."""
        found = {}
        for name, (headers, groups) in self._listed.items():
            words = [words_of(header) for header in dict.fromkeys(headers)]
            clear = {concept for line in words for word in line if len(word.concepts) == 1 for concept in word.concepts}
            # «NS» among «Ngân sách, Vốn ngân sách» is no year of birth: the column's other headers say what it means.
            words = [
                tuple(replace(word, concepts=word.concepts & clear or word.concepts) for word in line) for line in words
            ]
            found[name] = [(line, _within(words_of(group))) for line in words for group in (groups or ("",))]
        return found

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        """Concept → how much it tells: little where many columns have it."""
        having: Counter[str] = Counter()
        for variants in self._variants.values():
            having.update({concept for own, _ in variants for word in own for concept in word.concepts})
        most = math.log(1 + len(self._listed))
        return {
            concept: (0.3 + math.log((1 + len(self._listed)) / n) / most) * (_OF_MANY if concept in _COMMON else 1.0)
            for concept, n in having.items()
        }

    def _weight(self, word: Word) -> float:
        known = [self._weights[concept] for concept in word.concepts if concept in self._weights]
        # What a word of several meanings tells is what the commonest of them would.
        return word.share * (min(known) if known else _OF_A_STRANGER)

    def _dice(self, mine: Sequence[Word], known: Sequence[Word]) -> float:
        left = list(known)
        common = 0.0
        for word in mine:
            partners = _partners(word, left)
            if partners:
                common += self._weight(word) + sum(map(self._weight, partners))
                left = [other for other in left if other not in partners]
        total = sum(map(self._weight, mine)) + sum(map(self._weight, known))
        return min(1.0, common / total) if total else 0.0


def _within(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple(replace(word, share=word.share * _OF_A_GROUP) for word in words)


def _partners(word: Word, others: Sequence[Word]) -> list[Word]:
    """The words that a word stands for: one of the same meaning or spelling, or those whose initials it is."""
    for other in others:
        if word.concepts & other.concepts or word.text == other.text:
            return [other]
    if len(word.text) >= _SHORTEST_FOR_A_SLIP and not _SYLLABLE.match(word.text):
        for other in others:
            if is_a_slip(word.text, other.text):
                return [other]
    if len(word.text) in _INITIALS and word.text.isalpha():
        for first in range(len(others)):
            for last in range(first + 1, len(others) + 1):
                run = others[first:last]
                parts = [part for one in run for part in one.text.split()]
                if "".join(part[0] for part in parts) == word.text and all(map(_SYLLABLE.match, parts)):
                    return list(run)
    return []
