"""What a workbook tells of its cells besides their values: merged ranges, formulas without a stored value, errors.

One pass over the bytes of each sheet; nothing is built up but what is looked for. Whether a sheet is hidden, the
reader of the cells tells.
"""

from __future__ import annotations

import html
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np
import pandas as pd

from etl.model.grid import Grid, Merged
from etl.reading.cell_text import ERRORS, iso_text

_BLOCK = 1 << 20
_LONGEST = 1 << 22
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_OFTEN = 1_000
"""A cell that is written once and counts more often than this, along rows or columns, fills up a sheet."""


_SPELT_DAY = r"^(?:\d{4}-\d\d-\d\dT|\d\d:\d\d:\d\d|-?P(?:\d+D)?T)"

_SHEET, _RELATION = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>"), re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

Place = tuple[int, int]
"""(Row, column) of a cell, from 1."""


@dataclass
class Layout:
    """One sheet. merged: ranges of more than one cell; uncached: cells with a formula and no stored value;
    errors: cell → the error that it shows, where the reader of the cells gives none; spells_days: its days and times
    are spelt out (ISO 8601)."""

    merged: list[Merged] = field(default_factory=list)
    uncached: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    spells_days: bool = False


def lay_out(grid: Grid, layout: Layout) -> Grid:
    """Return the grid with its layout: errors are texts, a merged range has the value of its first cell alone.

    What lies covered in the other cells of a merged range no program shows.
    """
    cells = grid.cells
    if layout.errors:
        rows, columns = zip(*layout.errors, strict=True)
        cells = cells.reindex(
            index=pd.RangeIndex(1, max(len(cells), *rows) + 1),
            columns=range(min([*cells.columns, *columns]), max([*cells.columns, *columns]) + 1),
        ).astype("str")
        shown: dict[int, dict[int, str]] = {}
        for (row, column), text in layout.errors.items():
            shown.setdefault(column, {})[row] = text
        # One assignment a column: a sheet may have a hundred thousand errors.
        for column, texts in shown.items():
            errors = pd.Series(texts, dtype="str").reindex(cells.index)
            cells[column] = errors.fillna(cells[column])
    if layout.spells_days:
        cells = cells.apply(lambda column: mapped(column, _SPELT_DAY, iso_text))
    height, left, right = len(cells), int(min(cells.columns, default=1)), int(max(cells.columns, default=1))
    # A range over the whole table is a slip or an attack: it lays nothing out.
    merged = sorted(
        span
        for span in layout.merged
        if span.first_row > 1 or span.first_column > left or span.last_row < height or span.last_column < right
        or height == 1
    )  # fmt: skip
    if merged and cells.size:
        covered = np.zeros(cells.shape, dtype=bool)
        for top, first, bottom, last in merged:
            covered[top - 1 : bottom, max(first - left, 0) : max(last - left + 1, 0)] = True
        for top, first, _, _ in merged:
            if top <= height and 0 <= first - left < covered.shape[1]:
                covered[top - 1, first - left] = False
        if (covered & cells.notna().to_numpy()).any():
            cells = cells.mask(covered)
    return replace(grid, cells=cells, merged=tuple(merged), uncached=frozenset(layout.uncached))


def mapped(column: pd.Series, like: str, change: Callable[[str], str]) -> pd.Series:
    """A column with those of its texts changed that are like a pattern."""
    chosen = column.str.contains(like, regex=True, na=False)
    return column.mask(chosen, column[chosen].map(change)) if chosen.any() else column


def layouts_of(path: Path) -> Mapping[str, Layout]:
    """Sheet → its layout, of an xlsx, xlsb or ods; nothing for other files, and for parts that are damaged."""
    if not zipfile.is_zipfile(path):
        return {}
    try:
        with zipfile.ZipFile(path) as container:
            names = set(container.namelist())
            if "content.xml" in names and "xl/workbook.xml" not in names:
                with container.open("content.xml") as part:
                    return _of_ods(_blocks(part))
            return {
                sheet: _of_part(container, part)
                for sheet, part in _sheet_parts(container, names).items()
                if part in names
            }
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, struct.error):
        return {}


def _of_part(container: zipfile.ZipFile, part: str) -> Layout:
    if part.endswith(".bin"):
        return _of_xlsb(container.read(part))
    with container.open(part) as file:
        return _of_xlsx(_blocks(file))


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: part.read(_BLOCK), b"")


def _sheet_parts(container: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Sheet → the part that holds it, by the workbook's relations (ECMA-376-1, 12.3.23)."""
    if "xl/workbook.bin" in names:
        sheets = _bundled(container.read("xl/workbook.bin"))
        relations = "xl/_rels/workbook.bin.rels"
    else:
        tags = map(_attributes, _SHEET.findall(container.read("xl/workbook.xml")))
        sheets = {
            _unescaped(about.get(b"name", b"")): _unescaped(relation)
            for about in tags
            for name, relation in about.items()
            if name.endswith(b":id")
        }
        relations = "xl/_rels/workbook.xml.rels"
    targets = {
        _unescaped(about.get(b"Id", b"")): _absolute(_unescaped(about.get(b"Target", b"")))
        for about in map(_attributes, _RELATION.findall(container.read(relations)))
    }
    return {sheet: targets[relation] for sheet, relation in sheets.items() if relation in targets}


def _absolute(target: str) -> str:
    return target[1:] if target.startswith("/") else str(PurePosixPath("xl", target))


def _pages(blocks: Iterable[bytes], *marks: bytes) -> Iterator[bytes]:
    """The blocks cut anew before the last mark of each, so that what begins with a mark is not torn apart."""
    rest = b""
    for block in blocks:
        rest += block
        cut = max(rest.rfind(mark) for mark in marks)
        if cut <= 0 and len(rest) > _LONGEST:
            cut = len(rest)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _attributes(raw: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(raw)}


def _unescaped(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))


# --- xlsx --------------------------------------------------------------------------------------------------------

_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
_UNCACHED = re.compile(
    rb"""<(?:\w+:)?c\s([^<>]*)>\s*<(?:\w+:)?f(?:\s[^<>]*?)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_ADDRESS = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_DAY_TYPE = re.compile(rb"""\bt=["']d["']""")
_EMPTY_TEXT = re.compile(rb"""\bt=["']str["']""")


def _of_xlsx(blocks: Iterable[bytes]) -> Layout:
    """A worksheet (ECMA-376-1, 18.3.1): a formula whose cell has no <v> was never worked out.

    An empty <v> in a cell of the type "str" is the empty text that a formula gave.
    """
    layout = Layout()
    for page in _pages(blocks, b"<c ", b":c ", b"<mergeCell ", b":mergeCell "):
        if b"mergeCell " in page:
            layout.merged += [_range(*corners) for corners in _MERGE.findall(page)]
        layout.spells_days = layout.spells_days or _DAY_TYPE.search(page) is not None
        if b"<f" not in page and b":f" not in page:
            continue
        for cell in _UNCACHED.finditer(page):
            address = _ADDRESS.search(cell[1])
            if address and not (_EMPTY_TEXT.search(cell[1]) and cell[0].count(b"v>")):
                layout.uncached.add((int(address[2]), _column(address[1])))
    return layout


def _range(left: bytes, top: bytes, right: bytes, bottom: bytes) -> Merged:
    return Merged(int(top), _column(left), int(bottom), _column(right))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# --- xlsb --------------------------------------------------------------------------------------------------------

_ROW_HEADER, _CELL_ERROR, _FORMULA_ERROR = 0x00, 0x03, 0x0B
_ERROR_RECORD = re.compile(rb"[\x03\x0b][\x09-\xff].{0,3}[\x00-\x3f]\x00\x00....[\x00-\x2b]", re.DOTALL)
"""What may be a record of an error: its kind, its size, a column, a look, and one of the errors."""

_BUNDLE_SHEET = b"\x9c\x01"
_BEGIN_MERGED, _MERGED, _END_MERGED = b"\xb1\x01\x04", b"\xb0\x01\x10", b"\xb2\x01\x00"


def _bundled(workbook: bytes) -> dict[str, str]:
    """Sheet → relation, by the records BrtBundleSh of a workbook part ([MS-XLSB] 2.4.311)."""
    sheets = {}
    place = workbook.find(_BUNDLE_SHEET)
    while 0 <= place < len(workbook) - 16:
        size = workbook[place + 2]
        start = place + 3 + (size > 0x7F) + 8
        relation, start = _wide_text(workbook, start)
        name, _ = _wide_text(workbook, start)
        sheets[name] = relation
        place = workbook.find(_BUNDLE_SHEET, place + 2 + size)
    return sheets


def _wide_text(content: bytes, start: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", content, start)
    end = start + 4 + 2 * length
    return content[start + 4 : end].decode("utf-16-le", "replace"), end


def _of_xlsb(content: bytes) -> Layout:
    """A worksheet part: the records BrtMergeCell stand in one row between their beginning and end (2.1.7.62).

    A formula always has its value in the record ([MS-XLSB] 2.4.655 and on); where that is an error, the reader of the
    cells gives none.
    """
    layout = Layout(errors=_errors_of_xlsb(content) if _ERROR_RECORD.search(content) else {})
    begin = content.rfind(_BEGIN_MERGED)
    if begin < 0:
        return layout
    (count,) = struct.unpack_from("<I", content, begin + 3)
    start, step = begin + 7, 3 + 16
    if content[start + count * step : start + count * step + 3] != _END_MERGED:
        return layout
    for number in range(count):
        top, bottom, left, right = struct.unpack_from("<4I", content, start + number * step + 3)
        layout.merged.append(Merged(top + 1, left + 1, bottom + 1, right + 1))
    return layout


def _errors_of_xlsb(content: bytes) -> dict[Place, str]:
    """Cell → error, of cells and results of formulas that are errors (BrtCellError 2.4.309, BrtFmlaError 2.4.659)."""
    errors, place, row = dict[Place, str](), 0, 0
    while place < len(content):
        kind, place = _packed(content, place, 2)
        size, place = _packed(content, place, 4)
        if kind == _ROW_HEADER and size >= 4:
            (row,) = struct.unpack_from("<I", content, place)
        elif kind in (_CELL_ERROR, _FORMULA_ERROR) and size > 8:
            (column,) = struct.unpack_from("<I", content, place)
            errors[row + 1, column + 1] = ERRORS.get(content[place + 8], "#N/A")
        place += size
    return errors


def _packed(content: bytes, place: int, most: int) -> tuple[int, int]:
    """A number in bytes of seven bits each (2.1.4), and where it ends."""
    number = 0
    for shift in range(most):
        if place >= len(content):
            break
        byte = content[place]
        number |= (byte & 0x7F) << 7 * shift
        place += 1
        if byte < 0x80:
            break
    return number, place


# --- ods ---------------------------------------------------------------------------------------------------------

_TELLING = re.compile(rb"""spanned=["'](?:[2-9]|1\d)|table:formula=|calcext:value-type=["']error""")
_ODS = re.compile(
    rb"""<table:(?P<tag>table|table-row|table-cell|covered-table-cell)(?P<about>\s(?:[^<>"']|"[^"]*"|'[^']*')*)?/?>"""
    rb"""|</table:table-row>"""
)
_PARAGRAPH = re.compile(rb"<text:p[^<>]*>(.*?)</text:p>", re.DOTALL)


def _of_ods(blocks: Iterable[bytes]) -> dict[str, Layout]:
    """The sheets of a content.xml (ODF 1.3-3, 9.1). A formula without office:value-type was never worked out."""
    sheets: dict[str, Layout] = {}
    layout, row, times, column = Layout(), 1, 0, 1
    for page in _pages(blocks, b"<table:table-cell", b"<table:covered-table-cell", b"<table:table "):
        for found in _ODS.finditer(page):
            tag, raw = found["tag"], found["about"] or b""
            if tag == b"table":
                name = _unescaped(_attributes(raw).get(b"table:name", b""))
                layout = sheets.setdefault(name, Layout(spells_days=True))
                row, times = 1, 0
            elif tag == b"table-row":
                row, column = row + times, 1
                times = _repeated(raw, b"rows")
            elif tag is not None:
                across = _repeated(raw, b"columns")
                if _TELLING.search(raw):
                    about = _attributes(raw)
                    for more_rows, more_columns in product(range(min(times, _OFTEN)), range(min(across, _OFTEN))):
                        _note_cell(layout, row + more_rows, column + more_columns, about, page, found.end())
                column += across
    return sheets


def _note_cell(layout: Layout, row: int, column: int, about: dict[bytes, bytes], page: bytes, end: int) -> None:
    down = min(int(about.get(b"table:number-rows-spanned", b"1")), _MOST_ROWS)
    across = min(int(about.get(b"table:number-columns-spanned", b"1")), _MOST_COLUMNS)
    if down > 1 or across > 1:
        layout.merged.append(Merged(row, column, row + down - 1, column + across - 1))
    if b"table:formula" in about and b"office:value-type" not in about:
        layout.uncached.add((row, column))
    if about.get(b"calcext:value-type") == b"error":
        text = _PARAGRAPH.match(page, end)
        layout.errors[row, column] = _unescaped(text[1]) if text else "#N/A"


def _repeated(raw: bytes, what: bytes) -> int:
    place = raw.find(b"number-" + what + b"-repeated=")
    if place < 0:
        return 1
    digits = re.match(rb"\D*(\d{1,7})", raw[place + 20 :])
    return int(digits[1]) if digits else 1
