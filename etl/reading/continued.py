"""What belongs to a table without being in its rectangle: titles at its side, and sheets on which a list goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from etl.contracts import Contract
from etl.contracts.naming import is_serial
from etl.model.grid import Grid, Table
from etl.model.text import clean, fold
from etl.reading.headers import Header
from etl.reading.row_kinds import TITLE_AGAIN

Title = tuple[tuple[int, str], ...]

_TITLE_CELLS = 14
"""A title at the side of a table has this many cells at most."""

_ALIKE = 0.75
"""Share of a sheet's cells that have the shape of those above them in the list that it continues."""

_SOME = 0.1
_DAY = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?: \d.*)?$")
_DIGITS = re.compile(r"^[\d.,\s]+$")


def without_side_titles(cells: pd.DataFrame, forms: Iterable[Contract]) -> tuple[pd.DataFrame, Title]:
    """Take away what stands left or right of a table, behind an empty column, and is a title; gives its texts."""
    there: np.ndarray = cells.notna().to_numpy()
    bands = _bands(np.any(there, axis=0))
    if len(bands) < 2:
        return cells, ()
    titles = {fold(form.title) for form in forms}
    largest = max(bands, key=lambda band: int(there[:, band].sum()))
    title: list[tuple[int, str]] = []
    taken = cells
    for band in bands:
        within = cells.iloc[:, band]
        if band == largest or int(there[:, band].sum()) > _TITLE_CELLS or not _covers_the_table(there, band, largest):
            continue
        texts = [(int(row), text) for row, line in zip(within.index, within.to_numpy(dtype=object), strict=True)
                 for text in line if isinstance(text, str)]  # fmt: skip
        folded = [fold(text) for _, text in texts]
        if (
            any(title in text for text in folded for title in titles)
            or sum(bool(TITLE_AGAIN.search(text)) for text in folded) > len(folded) / 2
        ):
            taken = taken.copy() if taken is cells else taken
            taken.iloc[:, band] = np.nan
            title += texts
    return taken, tuple(sorted(title))


def _bands(filled: np.ndarray) -> list[slice]:
    """The runs of columns between empty ones."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(int), [0]))))
    return [slice(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def _covers_the_table(there: np.ndarray, band: slice, table: slice) -> bool:
    """Whether a band of columns has a cell in a row in which the table has several; above it, it is a usual title."""
    return bool((there[:, band].any(axis=1) & (there[:, table].sum(axis=1) > 1)).any())


def side_columns(below: pd.DataFrame, header: Header, form: Contract) -> list[int]:
    """The columns of a second table, or of notes, at the side.

    They name no column that the list itself has not; or, behind a column without anything, they are a table of their
    own that ends before the list does.
    """
    # What joined columns hold beyond the sheet belongs to the column that it comes from.
    below = below[[place for place in map(int, below.columns) if place not in header.sources]]
    there: np.ndarray = below.notna().to_numpy()
    bands = _bands(np.any(there, axis=0))
    places = [[int(place) for place in below.columns[band]] for band in bands]
    paths = [
        [path for place, path in header.cells.items() if header.sources.get(place, place) in band] for band in places
    ]
    names = [set().union(*map(form.understood, band)) for band in paths]
    most = max(names, key=len, default=set())
    of_list = places[names.index(most)] if names else []
    # A short table of sums beside the list may head a column of communes too: it names nothing that the list has not.
    apart = [
        band for band, named, columns in zip(places, names, bands, strict=True)
        if named is not most and not _is_a_list(named, form)
        and (named <= most or _ends_before(there, columns, band, of_list, header))
    ]  # fmt: skip
    return [place for band in apart for place in band]


def _is_a_list(named: set[str], form: Contract) -> bool:
    """Whether columns at the side are no sums: they name most of what each row must have, as the list's second half."""
    required = set(form.required)
    return len(named & required) > len(required) / 2 and len(named & required) > 1


def _ends_before(there: np.ndarray, columns: slice, band: list[int], of_list: list[int], header: Header) -> bool:
    """Whether a band right of the list is a table by itself: several columns, fewer rows, all of them at the top."""
    gap = range(max(of_list) + 1, min(band))
    rows = np.flatnonzero(there[:, columns].any(axis=1))
    listed = int((there.sum(axis=1) > len(band) + 1).sum())
    is_solid = len(rows) > 0 and int(rows[-1] - rows[0]) + 1 == len(rows)
    return (
        len(band) > 1 and len(gap) > 0 and not any(p in header.cells for p in gap) and is_solid and len(rows) < listed
    )


def going_on(grid: Grid, before: Table, header: Header, form: Contract) -> Header | None:
    """The header of a list that goes on in a sheet without one; None where the sheet's cells are not alike.

    before: the table of a sheet before, of a form; header: as it stands there. Cells are alike that hold a number, a
    day, or words, as those in their column before; and the rows have the columns that each row before has.
    """
    cells = grid.cells
    if not len(before.body) or not len(cells):
        return None
    named = {place for place, path in before.headers.items() if form.understood(path)}
    shapes = {
        place: shape for place in map(int, before.body.columns)
        if place in named and (shape := _usual_shapes(before.body[place]))
    }  # fmt: skip
    always = [place for place in shapes if before.body[place].notna().mean() > 0.9 and place in cells.columns]
    width = cells.notna().sum(axis=1)
    rows = cells[width >= max(3, len(always) / 2)]
    if len(always) < 3 or not len(rows):
        return None
    # A name may stand in two columns under one header; beyond the first and the last header stands nothing.
    outside = [place for place in map(int, rows.columns) if not min(before.headers) <= place <= max(before.headers)]
    alike = total = 0
    for place, shape in shapes.items():
        if place in rows.columns:
            texts = rows[place].dropna()
            total += len(texts)
            alike += sum(_shape(text) in shape for text in texts)
    full = rows[always].notna().to_numpy().mean()
    if not (_shares_labels(rows, before, form) and _counts_on(rows, before, shapes)):
        return None
    if total == 0 or alike / total < _ALIKE or full < _ALIKE or rows[outside].notna().to_numpy().any():
        return None
    return replace(header, first_row=0, last_row=0, above=frozenset())


def _shares_labels(rows: pd.DataFrame, before: Table, form: Contract) -> bool:
    """Whether the columns of labels hold the labels of the list before; true where the form has none there."""
    known = total = 0
    for place, path in before.headers.items():
        types = {form[name].type for name in form.understood(path)}
        if place in rows.columns and types and types <= {"enum", "flag", "ethnicity"}:
            labels = {fold(text) for text in before.body[place].dropna()}
            texts = rows[place].dropna() if labels else rows[place].iloc[:0]
            known += sum(fold(text) in labels for text in texts)
            total += len(texts)
    return 2 * known >= total


def _counts_on(rows: pd.DataFrame, before: Table, shapes: Mapping[int, frozenset[str]]) -> bool:
    """Whether the rows have numbers where the list has: serial numbers, else numbers or days of some column."""
    serials = [place for place, path in before.headers.items() if is_serial(path) and place in before.body.columns]
    counted = [place for place in serials if before.body[place].notna().mean() > _ALIKE]
    numeric = counted or [place for place, shape in shapes.items() if "words" not in shape]
    return any(
        rows[place].notna().mean() > 1 - _ALIKE and rows[place].dropna().map(_shape).ne("words").mean() >= _ALIKE
        for place in numeric
        if place in rows.columns
    )


def _usual_shapes(texts: pd.Series[str]) -> frozenset[str]:
    """The shapes that at least some of a column's cells have."""
    shares = texts.dropna().map(_shape).value_counts(normalize=True)
    return frozenset(map(str, shares.index[shares >= _SOME]))


def _shape(text: str) -> str:
    bare = "".join(clean(text).split()).lstrip("'")
    return "number" if _DIGITS.match(bare) else "day" if _DAY.match(bare) else "words"
