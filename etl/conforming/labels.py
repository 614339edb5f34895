"""Which code a text names: by a list of strategies over the labels of one column, the strictest first.

The first strategy that any label passes decides: where the labels that pass it name one code, that is the code; where
they name several, the text is ambiguous and no code is taken.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from etl.conforming.unreadable import Unreadable
from etl.model.text import clean, fold, is_a_slip, spelling_key

_SAYS_NOTHING = tuple(
    tuple(phrase.split())
    for phrase in (
        "ho gia dinh", "gia dinh", "ho", "dien", "thuoc", "doi tuong", "loai", "nhom", "muc", "che do", "cho vay",
        "vay", "vay von", "von", "nguon von", "nguon", "tin dung", "chuong trinh", "ct", "theo", "so", "la", "duoc",
        "da", "hien", "va", "cua", "hoi", "doan", "lien hiep", "to chuc", "tinh trang", "dan toc", "dt",
        "nguoi", "khu vuc", "kv", "hoc sinh", "hs", "hoc phi", "hp", "tien", "ve", "con ho", "cac lop", "cac",
        "he", "bac", "van",
    )
)  # fmt: skip
"""Folded phrases that no list of labels needs. A label made of these alone keeps them."""

_CHANGES_MEANING = frozenset(
    {"không", "ko", "k", "chưa", "hết", "thoát", "tái", "ngoài", "trừ", "mới", "cũ", "bỏ", "thôi", "cận", "kém",
     "tương", "ngừng", "dừng"}
)  # fmt: skip
"""Words that change a label's meaning: no explanation may hold them, and no label may go without them."""

_CHANGES_MEANING_FOLDED = frozenset(map(fold, _CHANGES_MEANING))

_TOKEN = re.compile(r"[a-z]+|\d+")
_PARTS = re.compile(r"\s*(?:\s[–—-]\s|[–—-](?=\s)|(?<=\s)[–—-]|[/|:;=]|(?<=\d)[.)](?=\s))\s*")
_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]?")
_DECREE = re.compile(r"(?<=\d)\s*/\s*(?:19|20)\d\d\b(?:\s*/\s*[A-Za-zĐđ]+(?:-[A-Za-zĐđ]+)?)?")
_DECREE_NAMES = (
    (re.compile(r"\bquyết định(?: số)?\b|\bquyet dinh(?: so)?\b", re.IGNORECASE), "QĐ"),
    (re.compile(r"\bnghị định(?: số)?\b|\bnghi dinh(?: so)?\b", re.IGNORECASE), "NĐ"),
)
_BASIS = re.compile(r"\s+(?:theo|by)\s+.*$", re.IGNORECASE)
_CODE_IN_FRONT = re.compile(
    r"^\(?(?:(?P<number>\d{1,3})\)?[.\s:–-]*(?=[^\W\d])|(?P<code>[A-ZĐ0-9&]{1,9})\)?\s*[:.)–-]+)\s*"
)
_LEAST_FOR_A_SLIP = 5
_LEAST_OF_A_PART = 3


@dataclass(frozen=True)
class _Label:
    """One label of a code: its key of spelling, its letters, its words, and which words may be left out."""

    code: str
    spelling: str
    letters: str
    words: tuple[str, ...]
    optional: tuple[bool, ...]
    needed: tuple[bool, ...]
    short: frozenset[str]

    @property
    def content(self) -> tuple[str, ...]:
        return tuple(w for w, skip in zip(self.words, self.optional, strict=True) if not skip)


_Strategy = Callable[["_Text", tuple[_Label, ...]], set[str]]


@dataclass(frozen=True)
class _Text:
    written: str
    words: tuple[str, ...]
    optional: tuple[bool, ...]

    @property
    def content(self) -> tuple[str, ...]:
        return tuple(w for w, skip in zip(self.words, self.optional, strict=True) if not skip)


class Labels:
    """Texts that name a code by one of its labels; raises Unreadable(rule) for any other."""

    def __init__(self, labels: Mapping[str, tuple[str, ...]], rule: str) -> None:
        self._rule = rule
        self._official = {code: names[0] for code, names in labels.items()}
        self._labels = tuple(_label(code, name) for code, names in labels.items() for name in names)
        self._folded = {fold(text) for code, names in labels.items() for text in (code, *names)}

    def __call__(self, text: str) -> str:
        codes = self._codes(text)
        if len(codes) != 1:
            raise Unreadable(self._rule)
        return next(iter(codes))

    def names_none(self, text: str) -> bool:
        """Whether no label comes near enough to a text of letters to be what it means."""
        return not self._codes(text) and any(char.isalpha() for char in text)

    def may_name(self, text: str) -> bool:
        """Whether a text names a code, or may be one of several."""
        return bool(self._codes(text))

    def part_that_names(self, text: str) -> str | None:
        """The end of a text that names one code, where the words before it change nothing: "Hỗ trợ theo QĐ 33".

        None where no end of it names a code, or two ends name two.
        """
        words = clean(text).split()
        names: dict[str, str] = {}
        for start in range(len(words)):
            end = " ".join(words[start:])
            if self.is_certain(end):
                names.setdefault(next(iter(self._codes(end))), end)
                if start == 0:
                    return end
            if not _explains(words[start]):
                break
        return next(iter(names.values())) if len(names) == 1 else None

    def is_listed(self, text: str) -> bool:
        """Whether a text is a label or a code of the list, letter by letter."""
        return fold(text) in self._folded

    def is_certain(self, text: str) -> bool:
        """Whether a text is one of the labels, or has the words of one, and of one code alone."""
        return len(_first((*_CERTAIN, *_BY_WORDS), _with_short_decrees(clean(text)), self._labels)) == 1

    def params(self, text: str) -> dict[str, str]:
        """The labels that a text fits, else those nearest to it; all of a short list."""
        codes = self._codes(text)
        shown = [self._official[code] for code in self._official if code in codes] or list(self._official.values())
        if len(shown) > 8:
            keys = {letters(s): s for s in shown}
            near = difflib.get_close_matches(letters(text), keys, n=3, cutoff=0.4)
            shown = [keys[k] for k in near]
        return {"candidates": ", ".join(shown)}

    def _codes(self, text: str) -> set[str]:
        """The codes that a text may name: one where it is certain."""
        written = _with_short_decrees(clean(text))
        return (
            _first((*_CERTAIN, *_BY_WORDS), written, self._labels)
            or self._by_parts(written, (*_CERTAIN, *_BY_WORDS))
            or _first(_LOOSE, written, self._labels)
            or self._by_parts(written, (*_CERTAIN, *_BY_WORDS, *_LOOSE))
        )

    def _by_parts(self, written: str, strategies: tuple[_Strategy, ...]) -> set[str]:
        """By a part of the text, where the others explain it: code and label, brackets, English, a decree."""
        for parts in _ways_to_split(written):
            read = [(_first(strategies, part, self._labels), part) for part in parts]
            codes = set().union(*(codes for codes, _ in read))
            unread = [part for codes, part in read if not codes]
            if codes and (len(codes) > 1 or all(map(_explains, unread))):
                return codes
        return set()


def _first(strategies: Iterable[_Strategy], written: str, labels: tuple[_Label, ...]) -> set[str]:
    """What the first strategy that any label passes names; nothing where none does."""
    text = _text(written)
    return next(filter(None, (strategy(text, labels) for strategy in strategies)), set())


def _by_spelling(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    key = spelling_key(text.written)
    return {label.code for label in labels if label.spelling == key}


def _by_letters(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    key = letters(text.written)
    return {label.code for label in labels if label.letters == key} if key else set()


def _by_words(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    """The words of the label in their order, without those that say nothing; abbreviations by their first letters."""
    if not text.content:
        return set()
    return {label.code for label in labels if _aligned(text, label, is_partial=False)}


def _by_words_in_any_order(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    words = sorted(text.content)
    return {label.code for label in labels if sorted(label.content) == words} if words else set()


def _by_the_beginning(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    """The first words of a label, where the text is long enough to say something."""
    if len("".join(text.content)) < _LEAST_OF_A_PART:
        return set()
    return {label.code for label in labels if _aligned(text, label, is_partial=True)}


def _by_some_words(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    """Some words of a label next to one another, then in any order."""
    words = text.content
    # A number of two digits says enough: CT 33 is QĐ 33.
    if len("".join(words)) < _LEAST_OF_A_PART and not (len(words) == 1 and words[0].isdigit() and len(words[0]) > 1):
        return set()
    joined = f" {' '.join(words)} "
    longer = [label for label in labels if set(words) <= set(label.content) and _needed(label) <= set(words)]
    together = {label.code for label in longer if joined in f" {' '.join(label.content)} "}
    return together or {label.code for label in longer if len(words) > 1}


def _by_a_slip(text: _Text, labels: tuple[_Label, ...]) -> set[str]:
    """One letter wrong, missing, too many, or two exchanged; never a digit."""
    keys = {letters(text.written), "".join(text.content)}
    return {
        label.code
        for label in labels
        for key in keys
        if len(key) >= _LEAST_FOR_A_SLIP and any(is_a_slip(key, other) for other in (label.letters, _joined(label)))
    }


_CERTAIN: tuple[_Strategy, ...] = (_by_spelling, _by_letters)
_BY_WORDS: tuple[_Strategy, ...] = (_by_words, _by_words_in_any_order)
_LOOSE: tuple[_Strategy, ...] = (_by_a_slip, _by_the_beginning, _by_some_words)


def _joined(label: _Label) -> str:
    return "".join(label.content)


def _needed(label: _Label) -> set[str]:
    return {word for word, is_needed in zip(label.words, label.needed, strict=True) if is_needed}


def _label(code: str, name: str) -> _Label:
    written = _with_short_decrees(clean(name))
    words = _words(written)
    spelled = set(spelling_key(written).split())
    needed = tuple(word in {fold(w) for w in spelled & _CHANGES_MEANING} for word in words)
    return _Label(code, spelling_key(name), letters(name), words, _optional(words), needed, _abbreviations(written))


def _text(written: str) -> _Text:
    words = _words(written)
    return _Text(written, words, _optional(words))


def _optional(words: tuple[str, ...]) -> tuple[bool, ...]:
    """Which words say nothing. Where hardly anything would be left, all of them count."""
    skip = [False] * len(words)
    for start in range(len(words)):
        for phrase in _SAYS_NOTHING:
            if words[start : start + len(phrase)] == phrase:
                skip[start : start + len(phrase)] = [True] * len(phrase)
    left = [word for word, is_skipped in zip(words, skip, strict=True) if not is_skipped]
    return tuple(skip) if len("".join(left)) > 1 else (False,) * len(words)


@lru_cache(maxsize=10_000)
def letters(text: str) -> str:
    """Folded and without spaces: "H'Mông", "H Mông" and "HMông" are one."""
    return fold(text).replace(" ", "")


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    """Folded words, letters and digits apart, single letters in a row as one abbreviation: "C/N" → "cn"."""
    joined: list[str] = []
    run = 0
    for word in _TOKEN.findall(fold(text)):
        is_single = len(word) == 1 and word.isalpha()
        if is_single and run:
            joined[-1] += word
        else:
            joined.append(word)
        run = run + 1 if is_single else 0
    return tuple(joined)


def _abbreviations(written: str) -> frozenset[str]:
    """The words of a label that are written as abbreviations, folded: SXKD, DTTS, THCS."""
    return frozenset(w for raw in re.findall(r"\w+", written) if raw.isupper() and len(raw) > 1 for w in _words(raw))


def _aligned(text: _Text, label: _Label, *, is_partial: bool) -> bool:
    """Whether the words of a text follow those of a label, each written out or as an abbreviation.

    is_partial: the label may go on.
    """
    known: dict[tuple[int, int], bool] = {}

    def rest(i: int, j: int) -> bool:
        if (i, j) not in known:
            known[i, j] = False
            known[i, j] = _step(i, j)
        return known[i, j]

    def _step(i: int, j: int) -> bool:
        if i == len(text.words):
            return all(label.optional[j:]) or (is_partial and not any(label.needed[j:]))
        if text.optional[i] and rest(i + 1, j):
            return True
        if j == len(label.words):
            return False
        if label.optional[j] and rest(i, j + 1):
            return True
        if text.words[i] == label.words[j] and rest(i + 1, j + 1):
            return True
        ends = _spelled_out(text.words[i], label.words, label.optional, j)
        if any(rest(i + 1, end) for end in ends):
            return True
        # An abbreviation alone is not spelled out: CN is cận nghèo, and not every «c… n…».
        if label.words[j] in label.short and len(label.words) > 1:
            starts = _spelled_out(label.words[j], text.words, text.optional, i)
            return any(rest(end, j + 1) for end in starts)
        return False

    return rest(0, 0)


def _spelled_out(short: str, words: tuple[str, ...], optional: tuple[bool, ...], start: int) -> set[int]:
    """Where the words end whose first letters make an abbreviation; those that say nothing may be skipped."""
    if len(short) < 2 or not short.isalpha():
        return set()
    places = {(start, 0)}
    for letter in short:
        reached: set[tuple[int, int]] = set()
        for place, count in places:
            while place < len(words):
                if words[place].startswith(letter):
                    reached.add((place + 1, count + 1))
                if not optional[place] or place == start:
                    break
                place += 1
        places = reached
    return {place for place, _ in places}


def _ways_to_split(written: str) -> Iterable[list[str]]:
    """The parts of a text: outside and inside of brackets, around dashes and the like, before a decree."""
    inside = [match[1].strip() for match in _BRACKETS.finditer(written) if match[1].strip()]
    outside = _BRACKETS.sub(" ", written).strip()
    if inside and outside:
        yield [outside, *inside]
    parts = [part for piece in (outside, *inside) for part in _PARTS.split(piece) if part]
    if len(parts) > 1:
        yield parts
    code = _CODE_IN_FRONT.match(written)
    if code and written[code.end() :]:
        yield [code["number"] or code["code"], written[code.end() :]]
    without = _BASIS.sub("", outside)
    if without != outside:
        yield [without]


def _explains(part: str) -> bool:
    """Whether a part that names no code only explains the others: it does not deny them."""
    words = set(spelling_key(part).split())
    return not words & (_CHANGES_MEANING if fold(part) != spelling_key(part) else _CHANGES_MEANING_FOLDED)


def _with_short_decrees(written: str) -> str:
    """Decrees as forms cite them: "Quyết định số 33/2015/QĐ-TTg" → "QĐ 33"."""
    for words, short in _DECREE_NAMES:
        written = words.sub(short, written)
    return _DECREE.sub("", written)
