"""A sheet of the report that is one list: a title, a note, a row of heads, lines below, to be read and printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from etl.reporting import safe

_HEAD = 4
FIRST = _HEAD + 1
"""The row of a list's first line."""


def begin(sheet: Any, title: str, note: str, heads: Iterable[tuple[str, int]]) -> None:
    """Title, note and heads; heads: (label, width in characters)."""
    safe.put(sheet["A1"], title).font = Font(bold=True, size=13)
    if note:
        safe.put(sheet["A2"], note).font = Font(italic=True, color="7F7F7F")
    # Room for heads of two lines.
    sheet.row_dimensions[_HEAD].height = 32
    for column, (label, width) in enumerate(heads, start=1):
        safe.head(safe.put(sheet.cell(_HEAD, column), label))
        sheet.column_dimensions[get_column_letter(column)].width = width


def line(sheet: Any, row: int, values: Sequence[Any], formats: dict[int, str]) -> list[Any]:
    """One line; formats: column → how its numbers look. Its cells, to be marked further."""
    cells = []
    for column, value in enumerate(values, start=1):
        cell = safe.put(sheet.cell(row, column), value)
        cell.border, cell.alignment = safe.THIN, Alignment(wrap_text=True, vertical="center")
        if column in formats:
            cell.number_format = formats[column]
            cell.alignment = Alignment(horizontal="right", vertical="center")
        cells.append(cell)
    safe.fit_row(sheet, row, cells)
    return cells


def end(sheet: Any, lines: Sequence[Any], otherwise: str) -> None:
    """What stands in place of lines where there are none; heads stay in sight and come again on every page."""
    if not lines:
        safe.put(sheet.cell(FIRST, 1), otherwise)
    sheet.freeze_panes = f"C{FIRST}"
    safe.one_page_across(sheet)
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"
