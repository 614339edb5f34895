"""A file without one person: the cells rewritten where the person stands, with the same sheets and rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from etl import durable
from etl.contracts import Column
from etl.custody.person import Person
from etl.custody.pseudonym import Pseudonym, bare, day_texts, replaced
from etl.intake.archive import READ_ONLY
from etl.model.grid import Grid
from etl.model.reproducible import same_times
from etl.model.text import spelling_key
from etl.reporting.safe import temporary_files_apart, text_cell

_FEWEST_DIGITS = 8


@dataclass(frozen=True)
class Known:
    """What the ledger knows of a sheet: rows of the person, physical column → personal column of the form."""

    rows: frozenset[int] = frozenset()
    columns: Mapping[int, Column] | None = None


class Traces:
    """What a person's cells look like, and what is put in their place."""

    def __init__(self, person: Person, pseudonym: Pseudonym) -> None:
        self.pseudonym = pseudonym
        self._numbers = {bare(n): n for n in person.numbers}
        self._cards = set(person.cards)
        self._names = {spelling_key(n) for n in person.names}
        self._households = person.household_codes
        self._days = day_texts(person.births)
        numbers = {n: pseudonym.number(n) for n in person.numbers}
        self.words = {**{c: pseudonym.card(c) for c in person.cards}, **numbers}
        """Numbers as they may stand inside of a longer text."""
        self.names = {n: pseudonym.name(n) for n in person.names}

    def number(self, text: str) -> str | None:
        """What replaces a cell that is one of the person's numbers."""
        if text in self._cards:
            return self.pseudonym.card(text)
        original = self._numbers.get(bare(text)) if len(text) >= _FEWEST_DIGITS else None
        return None if original is None else self.pseudonym.number(original)

    def is_name(self, text: str) -> bool:
        """Whether a cell is one of the person's names, in any spelling that counts as the same."""
        return spelling_key(text) in self._names

    def is_household(self, text: str) -> bool:
        """Whether a cell is the code of the person's household."""
        return text.strip() in self._households

    def is_birth(self, text: str) -> bool:
        """Whether a cell is the person's day of birth."""
        return text.strip() in self._days


def redact(grid: Grid, traces: Traces, known: Known) -> tuple[Grid, list[int]]:
    """The sheet without the person; the physical rows that were the person's. The same grid where there is none."""
    cells = grid.cells
    texts = [u for name in cells.columns for u in cells[name].dropna().unique()]
    numbers = {u for u in texts if traces.number(u) is not None}
    named = {u for u in texts if not u[:1].isdigit() and traces.is_name(u)}
    beside = {u for u in texts if traces.is_household(u) or traces.is_birth(u)}
    inside = {u for u in texts if u not in numbers and any(word in u for word in traces.words)}
    # A name alone is nobody's: many people share one. With the household or the day of birth beside it, it is.
    hit = cells.isin(numbers).any(axis=1) | (cells.isin(named).any(axis=1) & cells.isin(beside).any(axis=1))
    hit |= cells.index.isin(list(known.rows))
    own = [int(row) for row in cells.index[hit]]
    if not own and not inside:
        return grid, []
    changed = cells.astype("object").where(cells.notna(), None)
    for row in own:
        for place in changed.columns:
            value = changed.at[row, place]
            if isinstance(value, str):
                changed.at[row, place] = _cell(value, (known.columns or {}).get(int(place)), traces)
    if inside:
        changed = changed.map(lambda v: replaced(v, traces.words) if isinstance(v, str) and v in inside else v)
    if changed.equals(cells.astype("object").where(cells.notna(), None)):
        return grid, []
    return Grid(grid.sheet, changed, grid.legacy, grid.numbers, grid.from_1904, grid.typed), own


def _cell(value: str, column: Column | None, traces: Traces) -> str:
    """What stands in place of a cell in a row of the person."""
    pseudonym = traces.pseudonym
    if pseudonym.is_own(value) or value in traces.words.values():
        return value
    if (number := traces.number(value)) is not None:
        return number
    if traces.is_name(value):
        return pseudonym.name(value)
    if column is not None:
        return pseudonym.cell(column, value)
    if traces.is_birth(value):
        return max((part for part in value.replace("-", "/").replace(".", "/").split("/")), key=len)[:4]
    return value


def write(place: Path, kind: str, grids: Sequence[Grid]) -> None:
    """Put the cells in place of a file: as text where it was one, else as a workbook. Nothing else of it is kept."""
    content = _as_text(grids[0]) if kind == "text" and grids else _as_workbook(grids)
    durable.write(place, content, READ_ONLY)


def _as_text(grid: Grid) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    for line in _lines(grid):
        writer.writerow(["" if value is None else value for value in line])
    return sink.getvalue().encode()


def _as_workbook(grids: Sequence[Grid]) -> bytes:
    book = Workbook(write_only=True)
    if any(grid.from_1904 for grid in grids):
        book.epoch = CALENDAR_MAC_1904
    sink = io.BytesIO()
    with temporary_files_apart():
        for grid in grids:
            sheet = book.create_sheet(grid.sheet)
            for line in _lines(grid):
                sheet.append([None if value is None else text_cell(sheet, value) for value in line])
        book.save(sink)
    return same_times(sink.getvalue())


def _lines(grid: Grid) -> list[list[str | float | None]]:
    """The sheet from its first row and column on; a cell that was a number is one."""
    if not len(grid.cells):
        return []
    rows, columns = range(1, int(grid.cells.index.max()) + 1), range(1, int(max(grid.cells.columns)) + 1)
    cells = grid.cells.astype("object").reindex(index=rows, columns=columns)
    lines: list[list[str | float | None]] = [
        list(line) for line in cells.where(cells.notna(), None).itertuples(index=False, name=None)
    ]
    if grid.numbers is not None and grid.typed:
        is_number = grid.numbers.reindex(index=rows, columns=columns, fill_value=False).to_numpy(dtype=bool)
        for row, column in np.argwhere(is_number):
            lines[row][column] = _number(lines[row][column])
    return lines


def _number(value: str | float | None) -> str | float | None:
    try:
        return float(value) if isinstance(value, str) and not value.startswith("0") else value
    except ValueError:
        return value
