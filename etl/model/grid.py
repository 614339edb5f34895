"""A sheet as text cells by physical address, and a table found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd


class Merged(NamedTuple):
    """One merged range by physical rows and columns, the last ones included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True)
class Grid:
    """One sheet.

    cells: text of every cell of the used range, pandas ``str`` columns, missing where the cell is blank. Its index
    holds the physical row numbers (Excel's, from 1), its columns the physical column numbers (A = 1). A text file is a
    grid whose sheet is its file's stem and whose rows are its lines as records. legacy: physical column → encoding from
    before Unicode that its texts were in and have been turned from. numbers: which cells hold a number and no text, for
    the columns in which that matters; None where it does not. typed: whether the file knows the difference, as a text
    file does not. from_1904: serial numbers of days count from 1904. merged: merged ranges of more than one cell; the
    text stands in the first cell of each. hidden: whether the sheet is hidden or very hidden. uncached: (row, column)
    of cells with a formula for which no value is stored; they are blank in ``cells``. ragged: rows of a text file with
    more or fewer fields than the table's rows have; titles and rows without their empty fields at the end are not.
    blanks: physical column → the fields of a text file that hold white space alone, by row; they are blank in
    ``cells``.
    """

    sheet: str
    cells: pd.DataFrame
    legacy: Mapping[int, str] = field(default_factory=dict)
    numbers: pd.DataFrame | None = None
    from_1904: bool = False
    typed: bool = True
    merged: tuple[Merged, ...] = ()
    hidden: bool = False
    uncached: frozenset[tuple[int, int]] = frozenset()
    ragged: frozenset[int] = frozenset()
    blanks: Mapping[int, pd.Series] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table in a grid.

    headers: physical column → its texts from the top down; header_row: the header's last row; dataset: the contract
    that its headers fit best, None when none does; score: how well, 0–1. body: the data rows only, same index
    and columns as the grid. ignored: physical row → reason (title, header, numbering, group, total, blank, note,
    prefilled, other_table); the rows of ``body`` and of ``ignored`` together are 1 … the last used row, each once.
    title: the text cells above the
    header, as (row, text). sums: the cells of total and group rows, which may say what rows of ``body`` add up to.
    numbers, from_1904, typed: as of the grid. filled: physical column → rows of ``body`` that got the value above them.
    sources: a column beyond the sheet → the physical column that its facts come from. ignored_cells: the cells of the
    rows below the header that are no data. ragged: rows of ``body`` with more or fewer fields than the header.
    uncached: (row, column) of formulas without a stored value, as of the grid. continues: the sheet whose list goes on
    here, without a header of its own. aside: physical column → its header, of a second table or notes at the side; its
    cells are in ``body`` and stand for nothing.
    """

    sheet: str
    headers: Mapping[int, tuple[str, ...]]
    header_row: int
    body: pd.DataFrame
    ignored: Mapping[int, str]
    dataset: str | None = None
    score: float = 0.0
    title: tuple[tuple[int, str], ...] = field(default=())
    sums: pd.DataFrame = field(default_factory=pd.DataFrame)
    numbers: pd.DataFrame | None = None
    from_1904: bool = False
    typed: bool = True
    filled: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    sources: Mapping[int, int] = field(default_factory=dict)
    ignored_cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    ragged: frozenset[int] = frozenset()
    uncached: frozenset[tuple[int, int]] = frozenset()
    continues: str | None = None
    aside: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
