"""A file's sheets as grids of text. The screen has told what it is; its name only names a text file's sheet."""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from etl.model.grid import Grid
from etl.model.refused import Refused
from etl.reading.biff import read_xls
from etl.reading.cell_text import cell_text, iso_text, number_in_place_of_day, number_text
from etl.reading.evidence import counts_from_1904, is_telling_font, numbers_of, telling_fonts, undecided, with_symbols
from etl.reading.layout import Layout, lay_out, layouts_of, mapped
from etl.reading.legacy import Fonts, to_unicode, votes_of
from etl.reading.markup import Sheet, read_html, read_spreadsheetml
from etl.reading.repacked import as_expected
from etl.reading.textfile import read_records


def read_grids(path: Path, name: str, kind: str) -> list[Grid]:
    """Every sheet of a workbook, or the one of a text file, in order; an empty sheet has no rows.

    name: the sender's file name; kind: what the screen has told the file is. Raises Refused for whatever is wrong with
    the content, OSError with the disk.
    """
    if kind == "text":
        rows, ragged = read_records(path)
        grid = Grid(Path(name).stem or "csv", _frame(rows), typed=False, ragged=ragged, blanks=_blanks(rows))
        return _in_unicode([grid], {})
    if kind == "html":
        return _in_unicode([replace(_of_markup(sheet), numbers=None, typed=False) for sheet in read_html(path)], {})
    if kind == "xml":
        return _in_unicode([_of_markup(sheet) for sheet in read_spreadsheetml(path)], {})
    if kind == "xls":
        return _read_xls(path)
    try:
        with as_expected(path) as package:
            return _read_package(package, kind)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as fault:
        raise Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt") from fault


def _read_package(path: Path, kind: str) -> list[Grid]:
    """An xlsx, xlsb or ods."""
    from_1904 = counts_from_1904(path)
    read = _read_workbook(path, from_1904=from_1904)
    layouts = layouts_of(path)
    laid_out = [lay_out(grid, layouts.get(grid.sheet, Layout())) for grid in read]
    grids = _in_unicode(laid_out, telling_fonts(path) if kind == "xlsx" else {})
    return [replace(grid, from_1904=from_1904) for grid in grids]


def _without_impossible_days(grid: Grid, path: Path, *, from_1904: bool) -> Grid:
    """The grid with numbers where a format of days shows none: Excel fills such a cell with ####. A text stays.

    Raises whatever calamine raises on a sheet that it refuses.
    """
    is_like = [
        column
        for column in map(int, grid.cells.columns)
        if grid.cells[column].str.contains(_EARLY_OR_LATE, na=False).any()
    ]
    if not is_like:
        return grid
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        page = book.get_sheet_by_name(grid.sheet)
        left = (page.start[1] if page.start else 0) + 1
        lines = list(page.iter_rows())
    cells = grid.cells.copy()
    for column in is_like:
        texts = [line[column - left] if 0 <= column - left < len(line) else None for line in lines]
        is_text = pd.Series([isinstance(text, str) for text in texts], index=range(1, len(texts) + 1))
        numbers = mapped(cells[column], _EARLY_OR_LATE, lambda text: number_in_place_of_day(text, from_1904=from_1904))
        cells[column] = cells[column].where(is_text.reindex(cells.index, fill_value=False), numbers)
    return replace(grid, cells=cells)


def _read_xls(path: Path) -> list[Grid]:
    """An xls; some programs give other workbooks its container's name."""
    try:
        book = read_xls(path)
    except ValueError as fault:
        raise Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt") from fault
    fonts = {page.name: {place: f for place, f in page.fonts.items() if is_telling_font(f)} for page in book.pages}
    grids = []
    for page in book.pages:
        cells = _blank_out(page.cells)
        numbers = page.numbers.loc[cells.index, undecided(cells)]
        grid = Grid(page.name, cells, numbers=numbers if numbers.size else None, hidden=page.hidden)
        grids.append(lay_out(grid, Layout(page.merged)))
    return [replace(grid, from_1904=book.from_1904) for grid in _in_unicode(grids, fonts)]


def _of_markup(sheet: Sheet) -> Grid:
    cells = _frame(sheet.rows)
    numbers = {column: [(row, column) in sheet.numbers for row in cells.index] for column in undecided(cells)}
    grid = Grid(sheet.name, cells, numbers=pd.DataFrame(numbers, index=cells.index) if numbers else None)
    return lay_out(replace(grid, hidden=sheet.hidden), Layout(sheet.merged, sheet.uncached))


def _in_unicode(grids: list[Grid], fonts: Mapping[str, Fonts]) -> list[Grid]:
    grids = [replace(grid, cells=with_symbols(grid.cells, fonts.get(grid.sheet, {}))) for grid in grids]
    votes = sum((votes_of(grid.cells, fonts.get(grid.sheet, {})) for grid in grids), Counter[str]())
    found = []
    for grid in grids:
        cells, legacy = to_unicode(grid.cells, fonts.get(grid.sheet, {}), votes)
        found.append(replace(grid, cells=cells, legacy=legacy))
    return found


def _read_workbook(path: Path, *, from_1904: bool) -> list[Grid]:
    """With calamine; with openpyxl where calamine refuses a file that openpyxl can read.

    An xlsx that counts its days from 1904 goes to openpyxl first: calamine takes some of them for 1900's, four
    years off (seen in an Excel file of agate-excel's examples).
    """
    if from_1904 and zipfile.is_zipfile(path):
        with contextlib.suppress(Exception):
            # The strict form of an xlsx has no sheet for openpyxl.
            if grids := _read_with_openpyxl(path):
                return grids
    try:
        return [_without_impossible_days(grid, path, from_1904=from_1904) for grid in _read_with_calamine(path)]
    except MemoryError:
        raise
    except Exception as fault:
        try:
            return _read_with_openpyxl(path)
        except MemoryError:
            raise
        except Exception:
            raise Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt") from fault


def _read_with_calamine(path: Path) -> list[Grid]:
    import fastexcel

    try:
        reader = fastexcel.read_excel(path)
        grids = [grid for at, name in enumerate(reader.sheet_names) if (grid := _cells_of(reader, at, name, path))]
        return [replace(grid, numbers=numbers_of(path, grid.sheet, grid.cells)) for grid in grids]
    except Exception:
        raise
    except BaseException as panic:
        # A panic of the Rust side is no Exception; an interrupt is not a panic.
        if type(panic).__name__ != "PanicException":
            raise
        raise ValueError(str(panic)) from panic


def _cells_of(reader: Any, number: int, name: str, path: Path) -> Grid | None:
    """A sheet; None for a sheet that is a chart and has no cells, of which some cannot be loaded."""
    try:
        return _sheet(reader, number, name)
    except Exception:
        from python_calamine import CalamineWorkbook, SheetTypeEnum

        with CalamineWorkbook.from_path(path) as book:
            if book.sheets_metadata[number].typ == SheetTypeEnum.WorkSheet:
                raise
        return None


def _sheet(reader: Any, at: int, name: str) -> Grid:
    # skip_rows=0 keeps leading blank rows, so that a row's number is Excel's; "string" keeps 9 from becoming 9.0.
    sheet = reader.load_sheet(at, header_row=None, skip_rows=0, dtypes="string")
    hidden = sheet.visible != "visible"
    if not sheet.height or not sheet.width:
        return Grid(name, _frame([]), hidden=hidden)
    # Columns that are empty from the left edge on are not loaded; the first one that is knows its place.
    left = sheet.available_columns()[0].absolute_index + 1
    batch, errors = sheet.to_arrow_with_errors()
    cells = pd.DataFrame({i: column.to_pandas() for i, column in enumerate(batch.columns, start=left)}, dtype="str")
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    in_error: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        in_error.setdefault(column + left, {})[row + 1] = _error_text(error.detail)
    # One assignment a column: a workbook may have a hundred thousand errors.
    for column, texts in in_error.items():
        cells[column] = cells[column].fillna(pd.Series(texts, dtype="str").reindex(cells.index))
    return Grid(name, _blank_out(cells), hidden=hidden)


_EARLY_OR_LATE = r"^(?:\+\d{5,}|-\d{4,}|0\d{3}|1[0-8]\d\d|190[0-3])-\d\d-\d\d \d\d:"
_NUMBER_OF_DAY, _SPELT = re.compile(r"ExcelDateTime \{ value: (-?[\d.e+-]+)"), re.compile(r'Iso\("([^"]*)"\)')

_ERRORS = {
    "NA": "#N/A", "Div0": "#DIV/0!", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip


def _error_text(detail: str) -> str:
    """The text of a cell that fastexcel gives as an error: an error of Excel, or a day or time that it cannot show."""
    if number := _NUMBER_OF_DAY.search(detail):
        return number_text(float(number[1]))
    if spelt := _SPELT.search(detail):
        return iso_text(spelt[1])
    return next((shown for word, shown in _ERRORS.items() if word in detail or shown in detail), "#N/A")


def _read_with_openpyxl(path: Path) -> list[Grid]:
    import openpyxl

    # The open file, not its path: openpyxl goes by a name's ending, and the archive's names have none.
    grids = []
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            # A stated size that is too small would cut the sheet off.
            sheet.reset_dimensions()
            rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            cells = _frame([[cell_text(v) for v in row] for row in rows])
            numbers = {
                column: [column <= len(row) and type(row[column - 1]) in (int, float) for row in rows[: len(cells)]]
                for column in undecided(cells)
            }
            is_number = pd.DataFrame(numbers, index=cells.index) if numbers else None
            grids.append(Grid(sheet.title, cells, numbers=is_number, hidden=sheet.sheet_state != "visible"))
    return grids


def _frame(records: list[list[str]]) -> pd.DataFrame:
    """Records as cells, short ones filled up."""
    width = max(map(len, records), default=0)
    columns = {i + 1: [r[i] if i < len(r) else None for r in records] for i in range(width)}
    cells = pd.DataFrame(columns, index=pd.RangeIndex(1, len(records) + 1), dtype="str")
    return _blank_out(cells)


def _blanks(records: list[list[str]]) -> dict[int, pd.Series]:
    """The fields of white space alone, by column and row."""
    found: dict[int, dict[int, str]] = {}
    for row, record in enumerate(records, start=1):
        for column, text in enumerate(record, start=1):
            if text.isspace():
                found.setdefault(column, {})[row] = text
    return {column: pd.Series(texts, dtype="str") for column, texts in found.items()}


def _blank_out(cells: pd.DataFrame) -> pd.DataFrame:
    """White space alone is a blank cell; blank rows at the end of a sheet are not there."""
    filled = pd.DataFrame({c: cells[c].str.contains(r"[^\s\u00a0\u200b\ufeff]", regex=True, na=False) for c in cells})
    if not filled.size or not filled.to_numpy().any():
        return cells.iloc[:0]
    last = int(filled.any(axis=1).to_numpy().nonzero()[0][-1]) + 1
    return cells.where(filled).iloc[:last]
