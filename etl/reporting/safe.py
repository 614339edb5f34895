"""Writing workbooks in which nothing that came from data can run, the same bytes from the same content."""

from __future__ import annotations

import io
import math
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from etl import durable
from etl.model.reproducible import SAVED, same_times

_LONGEST_CELL = 32_767
_SIGNED_NUMBER = re.compile(r"[+-]\d[\d., \u00a0]*(?:[eE][+-]?\d+)?%?")
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

HEAD_FILL = PatternFill("solid", fgColor="1F4E78")
HEAD_FONT = Font(bold=True, color="FFFFFF")
FILLS = {
    "critical": PatternFill("solid", fgColor="F8CBAD"),
    "warning": PatternFill("solid", fgColor="FFE699"),
    "info": PatternFill("solid", fgColor="DDEBF7"),
    "waived": PatternFill("solid", fgColor="E4DFEC"),
    "good": PatternFill("solid", fgColor="C6E0B4"),
    "district": PatternFill("solid", fgColor="DDEBF7"),
}
THIN = Border(*(Side(style="thin", color="BFBFBF"),) * 4)
WRAP = Alignment(wrap_text=True, vertical="top")


def safe_text(value: str) -> str:
    """Text that a workbook can hold: without characters that XML forbids, of a cell's length at most."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]


def put(cell: Any, value: Any) -> Any:
    """Set a cell's value; a string is always text, whatever it begins with, also after somebody edits the cell."""
    if isinstance(value, str):
        value = safe_text(value)
        cell.value = value
        cell.data_type = "s"
        if value.startswith(_STARTS_A_FORMULA):
            cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def text_cell(sheet: Any, value: Any) -> Cell:
    """A cell for a write-only sheet, set as by ``put``."""
    return put(WriteOnlyCell(sheet), value)  # type: ignore[no-any-return]


def fit_row(sheet: Any, row: int, cells: Iterable[Any]) -> None:
    """Make a row as high as its longest text needs in its column: spreadsheets do not do it for a file they open.

    cells: those of the row. ``sheet[row]`` would look through every cell of the sheet for the widest row.
    """
    lines = 1
    for cell in cells:
        width = sheet.column_dimensions[get_column_letter(cell.column)].width
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            lines = max(lines, sum(math.ceil(max(1, len(part)) / width) for part in cell.value.split("\n")))
    if lines > 1:
        sheet.row_dimensions[row].height = min(15 * lines + 1, 400)


def head(cell: Any) -> None:
    """Make a cell look like a table's header."""
    cell.font, cell.fill, cell.border = HEAD_FONT, HEAD_FILL, THIN
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def one_page_across(sheet: Any) -> None:
    """Let a sheet print on A4 across, all its columns on one page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def safe_csv(value: Any) -> Any:
    """A field for csv: a text that a spreadsheet would run gets an apostrophe before it, which shows it as text.

    A number with its sign is no formula: -5, +84912345678.
    """
    runs = isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) and not _SIGNED_NUMBER.fullmatch(value)
    return f"'{value}" if runs else value


def save(book: Workbook, path: Path) -> Path:
    """Write a workbook all or nothing; the same content gives the same bytes, so that a re-run changes nothing."""
    book.properties.creator = "giamngheo"
    book.properties.created = book.properties.modified = SAVED
    buffer = io.BytesIO()
    with temporary_files_apart():
        book.save(buffer)
    durable.write(path, same_times(buffer.getvalue()))
    return path


@contextmanager
def temporary_files_apart() -> Iterator[None]:
    """openpyxl writes each sheet, people and all, into a temporary file first; one of a killed worker must not stay."""
    with durable.room() as folder:
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before
