"""Assign a table's columns to those of a form, all at once: by what headers say, what columns hold, and their order.

Each pair of a column of the table and one of the form has a weight: the evidence for it less that against it, about
the natural logarithm of its odds. The assignment with the greatest sum is taken, of it only the pairs without which
the sum would be much smaller: where another assignment is nearly as good nothing is guessed. What stays open is asked
(``header_missing``, ``header_near``, ``column_unused``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from etl.conforming.content import TELLS_ITSELF, Content, evidence, names_a_person, speaks_of_another
from etl.contracts import Column, Contract
from etl.contracts.concepts import words_of
from etl.contracts.naming import TRIMMED, WORDS_ENOUGH, Path
from etl.model.grid import Table
from etl.model.text import clean

_Weights = npt.NDArray[np.float64]

BY_CONTENT = 0.85
"""How sure a column is that its header alone does not name."""

_SAMPLED_CELLS, _SAMPLE = 2000, 200
"""Filled cells of a column that are looked at, and distinct texts among them, at most."""

_OF_WORDS, _NO_WORDS = 9.0, 0.3
"""Weight of a header with all words of a form's, and the likeness from which on words speak for it."""

_AGAINST_A_NAME = -4.0
"""What content says, at worst, against the column that a header names but for brackets and an index."""

_LESS_IN_ITS_GROUP = 0.2
"""Likeness that a header may lack which stands below the group of its column."""

_OF_A_NAME = 3.0
"""More for a header that names the column, if not by the form's own text."""

_LEAST_WORDS = 0.2
_TELLING = frozenset({"name", "unit", "enum", "ethnicity", "code"})
"""Types of columns whose content may tell them without a word of their header."""

_WORDS_BESIDE = ((TELLS_ITSELF, 0.0), (4.0, 0.2), (3.0, 0.45), (2.0, 0.4), (-math.inf, 0.45))
"""Weight of the content from which on this likeness of words is enough: what tells itself needs none."""

_REQUIRED = 0.5
_BETWEEN, _OUTSIDE, _NEXT = 1.0, -1.5, 1.0
"""Weight of a place between its neighbours on the form, outside of them, and right beside one."""

_IN_ORDER = 0.85
_ENOUGH_FOR_AN_ORDER = 4
_ROUNDS = 3

_LEAST, _MARGIN = 4.0, 2.5
"""Weight of a pair that is taken, and by how much the sum would be smaller without it: ``tests/corpus/
test_header_words.py`` measures how many columns they leave open, and that they take none wrongly."""

_ALIKE = 1.0
_FORBIDDEN = -1e6


@dataclass(frozen=True)
class Assignment:
    """Columns of a form and their places.

    clear: those that can be no others; likely: all of the best assignment, of which another may be nearly as good.
    """

    clear: Mapping[str, int]
    likely: Mapping[str, int]


def assign(
    free: Mapping[int, Path], texts: Mapping[int, Mapping[str, int]], lacking: Iterable[str], fixed: Mapping[str, int],
    form: Contract,
) -> Assignment:  # fmt: skip
    """Give lacking columns of a form the free places that can only be theirs.

    free: physical column → the texts of its header; texts: what it holds (``sample_of``); fixed: column of the form →
    place, for those that are certain.
    """
    columns, places = [form[name] for name in lacking], list(free)
    if not columns or not places:
        return Assignment({}, {})
    by_itself = _by_itself(columns, places, free, texts, form)
    anchors = dict(fixed)
    for _ in range(_ROUNDS):
        weights = by_itself + _by_order(columns, places, anchors, form)
        pairs = _best(weights)
        clear = {columns[at].name: places[row] for row, at in pairs if _is_clear(weights, by_itself, pairs, (row, at))}
        if (found := {**fixed, **clear}) == anchors:
            break
        anchors = found
    return Assignment(clear, {columns[at].name: places[row] for row, at in pairs})


def _by_itself(
    columns: Sequence[Column], places: Sequence[int], free: Mapping[int, Path], texts: Mapping[int, Mapping[str, int]],
    form: Contract,
) -> _Weights:  # fmt: skip
    """The weight of each pair by its header and content; places in rows."""
    contents = {place: Content(texts[place]) for place in places}

    def weight(place: int, column: Column) -> float:
        path, held = free[place], contents[place]
        words = form.meaning.likeness(path, column.name)
        if (by_letters := form.names.likeness(path, column.name)) >= WORDS_ENOUGH:
            words = max(words, by_letters)
        named = form.named(path).get(column.name, 0.0)
        if not named and words < _LEAST_WORDS and column.type not in _TELLING:
            return _FORBIDDEN
        if not named and not _says_what_it_counts(path, column):
            return _FORBIDDEN
        if not named and column.type == "name" and speaks_of_another(path, column):
            return _FORBIDDEN
        content = evidence(column, held)
        if named >= TRIMMED:
            # A few odd cells do not take from a header what it says.
            content = max(content, _AGAINST_A_NAME)
        if column.type == "name" and content > 0 and names_a_person(path):
            content = TELLS_ITSELF
        least = next(least for at_least, least in _WORDS_BESIDE if content >= at_least)
        if not named and words < least - _LESS_IN_ITS_GROUP * form.meaning.is_in_its_group(path, column.name):
            return _FORBIDDEN
        by_header = _OF_WORDS * (max(words, named) - _NO_WORDS) + _OF_A_NAME * (named > 0)
        return by_header + content + _REQUIRED * column.required

    return np.array([[weight(place, column) for column in columns] for place in places], dtype=np.float64)


def _says_what_it_counts(path: Path, column: Column) -> bool:
    """Whether a header speaks of persons where the column counts them: «Nước sạch» may be of households too."""
    counted = {concept for word in words_of(column.header) for concept in word.concepts}
    said = {concept for word in words_of(" ".join(path)) for concept in word.concepts}
    return column.type != "int" or "person" not in counted or "person" in said


def _by_order(columns: Sequence[Column], places: Sequence[int], anchors: Mapping[str, int], form: Contract) -> _Weights:
    """The weight of each pair by the order of the form, where the table follows it."""
    order = {column.name: at for at, column in enumerate(form.columns)}
    known = sorted((place, order[name]) for name, place in anchors.items())
    weights = np.zeros((len(places), len(columns)))
    follows = [one < other for (_, one), (_, other) in pairwise(known)]
    if len(known) < _ENOUGH_FOR_AN_ORDER or sum(follows) < _IN_ORDER * len(follows):
        return weights
    for row, place in enumerate(places):
        left = max((pair for pair in known if pair[0] < place), default=(0, -1))
        right = min((pair for pair in known if pair[0] > place), default=(0, len(order)))
        for at, column in enumerate(columns):
            here = order[column.name]
            if left[1] < here < right[1]:
                weights[row, at] += _BETWEEN
            elif left[1] < right[1]:
                weights[row, at] += _OUTSIDE
            weights[row, at] += _NEXT * ((place - 1, here - 1) == left) + _NEXT * ((place + 1, here + 1) == right)
    return weights


def _is_clear(weights: _Weights, by_itself: _Weights, pairs: Sequence[tuple[int, int]], pair: tuple[int, int]) -> bool:
    """Whether no assignment that is nearly as good does without a pair of the best one.

    Nor may a place that the best one leaves out be as good for the column but for the order: one of two columns under
    like headers is chosen by nobody but their sender.
    """
    if weights[pair] < _LEAST:
        return False
    left_out = set(range(len(weights))) - {row for row, _ in pairs}
    if any(by_itself[row, pair[1]] > by_itself[pair] - _ALIKE for row in left_out):
        return False
    without = weights.copy()
    without[pair] = _FORBIDDEN
    return _sum(weights, pairs) - _sum(without, _best(without)) >= _MARGIN


def _best(weights: _Weights) -> list[tuple[int, int]]:
    """The assignment with the greatest sum; a pair that is worth nothing is none."""
    rows, at = linear_sum_assignment(-np.maximum(weights, 0.0))
    pairs = zip(rows.tolist(), at.tolist(), strict=True)
    return [(int(row), int(column)) for row, column in pairs if weights[row, column] > 0]


def _sum(weights: _Weights, pairs: Iterable[tuple[int, int]]) -> float:
    return float(sum(weights[row, at] for row, at in pairs))


def sample_of(cells: pd.Series[str]) -> dict[str, int]:
    """Distinct texts of some cells in their order, as one retypes them, with the cells of each; at most 200."""
    counts: Counter[str] = Counter()
    for text, count in cells.dropna().head(_SAMPLED_CELLS).value_counts(sort=False).head(_SAMPLE).items():
        # An apostrophe before a number only keeps it a text.
        counts[clean(str(text)).lstrip("'")] += int(count)
    return dict(counts)


def may_hold(table: Table, place: int, column: Column) -> bool:
    """Whether what a place holds does not contradict a column of the form."""
    return place not in table.body.columns or evidence(column, Content(sample_of(table.body[place]))) >= 0
