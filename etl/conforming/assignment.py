"""Assign the columns that no header names for certain, by what their headers nearly say and what they hold.

A column of the table and one of the form are brought together only where each is the other's only good choice. What
stays open is asked (``header_missing``, ``header_near``, ``column_unused``), never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

import pandas as pd

from etl.conforming import values
from etl.conforming.labels import Labels
from etl.conforming.unreadable import Unreadable
from etl.conforming.vocabulary import enum_labels
from etl.contracts import Column, Contract
from etl.contracts.naming import BY_WORDS, MARGIN, WORDS_ENOUGH, Path
from etl.model.grid import Table
from etl.model.text import clean, fold
from etl.reference.codes import ethnic_labels
from etl.reference.units import all_units

BY_CONTENT = 0.85
"""How sure a column is that its content alone tells."""

_SAMPLE = 200
"""Distinct texts of a column that are looked at, at most."""

_FITS = 0.9
"""Share of a column's distinct texts that the form's column can read, at least."""

_PERSON = re.compile(r"^[^\W\d]+(?:[ '’ʼ-]+[^\W\d]+){1,6}$")
_OF_A_PERSON = frozenset({"ten", "nguoi", "ong", "ba", "chu", "hoc", "khach", "name"})
_OF_OTHERS = frozenset({"cha", "me", "bo", "vo", "chong", "can", "lap", "ghi", "truong", "lop", "giao", "giam", "cap"})
"""Words of headers under which stand other persons than the row's."""

_OF_A_VILLAGE = frozenset({"thon", "ban", "to", "khu", "xom", "ap", "lang", "village"})
_VILLAGE = re.compile(r"^(?:thon|ban|to dan pho|tdp|to|khu|xom|ap|lang|tieu khu|khoi|doi)\b")
_SOME_VILLAGES = 0.3
_COMMUNE = re.compile(r"^(?:xa|phuong|thi tran|tt|x|p)[. ]+\S")
_CODE = re.compile(r"^[A-Za-zĐđ]{0,4}[\d./-]*\d[\w./-]*$")


@dataclass(frozen=True)
class Assigned:
    """A column of the form and the place that it was given: how sure (0–1), by its header's words or its content."""

    place: int
    sure: float


def assign_rest(table: Table, form: Contract, lacking: Iterable[str], free: Mapping[int, Path]) -> dict[str, Assigned]:
    """Give lacking columns of a form the free places that can only be theirs; column → place and how sure.

    lacking: columns that no header names; free: physical column → the texts of a header that names none.
    """
    texts = {place: _sample(table, place) for place in free}
    wanted = [form[name] for name in lacking]
    alone = {(place, c.name): BY_CONTENT for place in free for c in wanted if _by_content(c, texts[place], free[place])}
    assigned = _mutual(alone, margin=0.0)
    left = [c for c in wanted if c.name not in assigned]
    taken = {one.place for one in assigned.values()}
    likely = {
        (place, c.name): likeness
        for place, path in free.items() if place not in taken
        for c in left if (likeness := form.names.likeness(path, c.name)) >= WORDS_ENOUGH - MARGIN
    }  # fmt: skip
    by_words = _mutual(likely, MARGIN)
    good = {
        name: Assigned(one.place, BY_WORDS) for name, one in by_words.items()
        if one.sure >= WORDS_ENOUGH and _can_hold(form[name], texts[one.place])
    }  # fmt: skip
    return assigned | good


def _mutual(likeness: Mapping[tuple[int, str], float], margin: float) -> dict[str, Assigned]:
    """The pairs of which each is the other's only choice within the margin."""
    chosen: dict[str, Assigned] = {}
    for (place, name), sure in likeness.items():
        rivals = [other for (p, n), other in likeness.items() if (p == place) != (n == name)]
        if all(other <= sure - margin and other < sure for other in rivals):
            chosen[name] = Assigned(place, sure)
    return chosen


def _sample(table: Table, place: int) -> list[str]:
    texts = table.body[place].dropna() if place in table.body.columns else pd.Series(dtype="str")
    return [clean(text) for text in texts.unique()[:_SAMPLE]]


def _by_content(column: Column, texts: list[str], path: Path) -> bool:
    """Whether a column holds nothing but what only this column of the form can hold.

    Persons and villages only with a header that speaks of a name or a place: a signature may be a person's too.
    """
    words = set(fold(" ".join(path)).split())
    if column.type == "name":
        return bool(words & _OF_A_PERSON) and not words & _OF_OTHERS and _share(_is_a_person, texts) >= _FITS
    if column.name == "village":
        return bool(words & _OF_A_VILLAGE) and _share(_names_a_village, texts) >= _SOME_VILLAGES
    telling = [text for text in texts if not _reads(values.flag, text)]
    if not telling:
        return False
    if column.type in ("enum", "ethnicity"):
        # Two codes at least, or a text of several words: «Không» and «Nam» alone may be anything.
        is_rich = len(telling) > 1 or len(telling[0].split()) > 1
        return is_rich and _share(_certainly(column), texts) >= _FITS
    if column.type == "unit":
        return _share(names_a_commune, texts) >= _FITS
    return False


def _is_a_person(text: str) -> bool:
    return _PERSON.match(text) is not None


def _names_a_village(text: str) -> bool:
    return _VILLAGE.match(fold(text)) is not None


def _can_hold(column: Column, texts: list[str]) -> bool:
    """Whether a column's content does not contradict the header that its own header nearly says."""
    return not texts or _share(_reader(column), texts) >= _FITS


def _share(reads: Callable[[str], bool], texts: list[str]) -> float:
    return sum(map(reads, texts)) / len(texts) if texts else 0.0


def _reader(column: Column) -> Callable[[str], bool]:
    match column.type:
        case "enum" | "ethnicity":
            return partial(_reads, labels_of(column))
        case "unit":
            return names_a_commune
        case "int" | "money" | "number":
            return partial(_reads, partial(values.number, grouped=True))
        case "date":
            return partial(_reads, partial(values.when, year_ok=True, latest_year=2100, two_digits_past=True))
        case "flag":
            return partial(_reads, partial(values.flag, header=column.header))
        case "name":
            return _is_a_person
        case "code":
            return lambda text: _CODE.match(text) is not None
        case "text":
            return lambda text: any(map(str.isalpha, text))


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Unreadable:
        return False
    return True


@lru_cache(maxsize=512)
def _labels_of(key: tuple[tuple[str, tuple[str, ...]], ...]) -> Labels:
    return Labels(dict(key), "code_unknown")


def labels_of(column: Column) -> Labels:
    """The labels of a column with a list of values."""
    labels = ethnic_labels() if column.type == "ethnicity" else enum_labels(column)
    return _labels_of(tuple((code, tuple(names)) for code, names in labels.items()))


def _certainly(column: Column) -> Callable[[str], bool]:
    labels = labels_of(column)
    return lambda text: labels.is_certain(text)


@lru_cache(maxsize=1)
def _communes() -> frozenset[str]:
    return frozenset(fold(name) for unit in all_units() if unit.level == "commune" for name in (unit.name, unit.short))


@lru_cache(maxsize=20_000)
def names_a_commune(text: str) -> bool:
    """Whether a text begins with what a commune is, or is the name of one, of whatever day."""
    return begins_as_a_commune(text) or fold(text) in _communes()


def begins_as_a_commune(text: str) -> bool:
    """Whether a text begins with what a commune is: Xã, Phường, Thị trấn, or one of these abbreviated."""
    return _COMMUNE.match(fold(text)) is not None


def may_hold(table: Table, place: int, column: Column) -> bool:
    """Whether what a place holds does not contradict a column of the form."""
    return _can_hold(column, _sample(table, place))
