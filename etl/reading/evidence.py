"""What a workbook tells besides the texts of its cells: which are numbers, in which font, by which calendar.

Each is asked only where it decides something, since each means another pass over the file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

_THREE_DECIMALS = r"^-?[1-9]\d{0,2}\.\d{3}$"
"""A number with three decimals, or a text with one group of thousands: only the cell's type tells."""

_SHORT_CODES, _NINE_AND_TEN = r"^(?:\d{7,8}|\d{11})$", (r"^\d{9}$", r"^\d{10}$")
"""Codes of 9, 10 or 12 digits that have lost zeros in front, as a cell that holds a number does."""

_TELLING_FONT = re.compile(rb'"(?:\.Vn|VNI-|Wingdings|Webdings)', re.IGNORECASE)
_SYMBOLS = {
    "wingdings": {"ü": "x", "þ": "x", "ý": "x", "x": "x", "R": "x", "P": "x", "û": "✗", "o": "-", "¨": "-", "q": "-"},
    "wingdings 2": {"P": "x", "R": "x", "S": "x", "T": "x", "Q": "x", "O": "✗", "£": "-", "*": "-"},
    "webdings": {"a": "x", "r": "✗", "c": "-"},
}
"""Font → letter → what it shows, as plain text: ticks and ticked boxes are x, empty boxes -, a cross stays one.

R and P are ticks of Wingdings 2; people set them in Wingdings too, where a tick is meant.
"""

_EPOCH_1904 = re.compile(rb'<workbookPr\b[^>]*\bdate1904="(?:1|true)"')
_XLSB_PROPERTIES = re.compile(rb"\x99\x01[\x0c-\x7f](.)", re.DOTALL)
"""Record BrtWbProp, whose first bit is f1904 ([MS-XLSB] 2.4.829)."""


def undecided(cells: pd.DataFrame) -> list[int]:
    """Physical columns in which it matters whether a cell holds a number or a text."""
    found = []
    for column in map(int, cells.columns.to_numpy()):
        texts = cells[column].dropna()
        if not len(texts):
            continue
        short = texts[texts.str.len() <= 11]
        mixed = all(short.str.match(form).any() for form in _NINE_AND_TEN)
        if mixed or short.str.match(f"{_THREE_DECIMALS}|{_SHORT_CODES}").any():
            found.append(column)
    return found


def numbers_of(path: Path, sheet: str, cells: pd.DataFrame) -> pd.DataFrame | None:
    """Which cells hold numbers, for the columns in which it matters (index as ``cells``, bool); None where none does.

    Raises whatever calamine raises on a sheet that it refuses.
    """
    columns = undecided(cells)
    if not columns:
        return None
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as book:
        page = book.get_sheet_by_name(sheet)
        left = (page.start[1] if page.start else 0) + 1
        places = [c - left for c in columns]
        kinds: list[list[bool]] = [[] for _ in columns]
        for row in page.iter_rows():
            for own, place in zip(kinds, places, strict=True):
                own.append(0 <= place < len(row) and type(row[place]) in (float, int))
    told = pd.DataFrame(dict(zip(columns, kinds, strict=True)), index=pd.RangeIndex(1, len(kinds[0]) + 1), dtype=bool)
    return told.reindex(cells.index, fill_value=False)


def telling_fonts(path: Path) -> Mapping[str, Mapping[tuple[int, int], str]]:
    """Sheet → (row, column) → font, of the texts of an xlsx whose font is of before Unicode or of symbols.

    Nothing of other files.
    """
    styles = _part(path, "xl/styles.xml")
    if styles is None or not _TELLING_FONT.search(styles):
        return {}
    import openpyxl

    found: dict[str, dict[tuple[int, int], str]] = {}
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        for page in book.worksheets:
            own = found.setdefault(page.title, {})
            for row in page.iter_rows():
                for cell in row:
                    font = _font(cell)
                    if font is not None:
                        own[int(cell.row or 0), int(cell.column or 0)] = font
    return found


def _font(cell: Any) -> str | None:
    if not isinstance(cell.value, str):
        return None
    name = cell.font.name or ""
    return name if is_telling_font(name) else None


def is_telling_font(name: str) -> bool:
    """Return whether a letter of a font shows something else than the letter: of before Unicode, or symbols."""
    return is_legacy_font(name) or name.lower() in _SYMBOLS


def with_symbols(cells: pd.DataFrame, fonts: Mapping[tuple[int, int], str]) -> pd.DataFrame:
    """Return the cells with the ticks and boxes of symbol fonts as plain marks; other letters stay as they are."""
    marks = {}
    for (row, column), font in fonts.items():
        shown = _SYMBOLS.get(font.lower())
        if shown is not None and row in cells.index and column in cells.columns:
            text = cells.loc[row, column]
            # Symbols may also lie in the private area, 0xF000 above the letter of the font.
            letter = _letter(text.strip()) if isinstance(text, str) else ""
            if letter in shown:
                marks[row, column] = shown[letter]
    if marks:
        cells = cells.copy()
    for (row, column), mark in marks.items():
        cells.loc[row, column] = mark
    return cells


def _letter(text: str) -> str:
    return chr(ord(text) - 0xF000) if len(text) == 1 and 0xF020 <= ord(text) <= 0xF0FF else text


def is_legacy_font(name: str) -> bool:
    """Return whether a font's letters are from before Unicode: .VnTime (TCVN3), VNI-Times (VNI)."""
    return name.startswith(".Vn") or name.upper().startswith("VNI-")


def counts_from_1904(path: Path) -> bool:
    """Whether the serial numbers of days count from 1904: said by the workbook part of an xlsx or xlsb."""
    if (workbook := _part(path, "xl/workbook.bin")) is not None:
        found = _XLSB_PROPERTIES.search(workbook)
        return found is not None and bool(found[1][0] & 1)
    workbook = _part(path, "xl/workbook.xml")
    return workbook is not None and _EPOCH_1904.search(workbook) is not None


def _part(path: Path, name: str) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as container:
            return container.read(name)
    except (KeyError, zipfile.BadZipFile):
        return None
