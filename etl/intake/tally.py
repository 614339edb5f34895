"""How much a sheet asks of its reader, counted from its bytes as they stream by: nothing is parsed, nothing is kept."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from etl.model.refused import Refused, too_large
from etl.settings import Limits

_SPARSE_AREA, _SPARSE_TIMES = 4_000_000, 64
"""Readers lay a sheet out as a full rectangle: one this large, and this much larger than its cells, is a stray cell."""


@dataclass
class Sheet:
    """cells: with a value; tags: cells with or without; last_row, last_column: of the last cell with a value;
    spanned: cells that merged ranges and hyperlinks cover."""

    cells: int = 0
    tags: int = 0
    last_row: int = 0
    last_column: int = 0
    spanned: int = 0

    @property
    def area(self) -> int:
        """Cells of the rectangle from A1 on."""
        return self.last_row * self.last_column

    def reach(self, row: int, column: int) -> None:
        """Take note of a cell with a value."""
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)

    def require(self, name: str, limits: Limits) -> None:
        """Refuse more cells than allowed, and a rectangle that only a stray cell makes as large."""
        if self.cells > limits.cells:
            raise too_large(self.cells, limits.cells, "ô")
        if self.area > limits.cells or (self.area > _SPARSE_AREA and self.area > _SPARSE_TIMES * max(self.cells, 1)):
            raise Refused("cell_too_far", sheet=name, cell=f"{letters(self.last_column)}{self.last_row}")


def letters(column: int) -> str:
    """A column's letters: 1 is A, 16384 XFD."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


_MAY_BE_FAR = re.compile(rb""" r=["'][A-Z]{2}""")
_FILLED = re.compile(rb""" r=["']([A-Z]{1,3})[0-9]+["'][^<>]*(?<!/)><(?!/)""")
"""A cell that holds something: <c r="AB12" s="1"><v>, and not <c r="AB12" s="1"/>."""

_REFERENCE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_RANGE = re.compile(
    rb"""<(?:\w+:)?(?:mergeCell|hyperlink)\s[^<>]*?ref=["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']"""
)
_LONGEST = 1 << 22

CLOSELY = 64 * 1024**2
"""Bytes of a sheet of which cells without a value and ranges are counted too; a larger one is never copied."""


def _pages_of(blocks: Iterable[bytes], mark: bytes) -> Iterable[bytes]:
    """The blocks cut anew, so that what begins with ``mark`` is not torn apart (a very long piece is)."""
    rest = b""
    for block in blocks:
        rest = rest + block if rest else block
        cut = rest.rfind(mark)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _LONGEST:
            yield rest[:-64]
            rest = rest[-64:]
    if rest:
        yield rest


def of_xml(blocks: Iterable[bytes]) -> Sheet:
    """A worksheet of xlsx (ECMA-376-1, 18.3).

    What is written in a way that no program writes is counted too low: such a sheet meets the limits of the process
    that reads it.
    """
    sheet, seen, cell, value = Sheet(), 0, b"<c", b"</v>"
    for page in _pages_of(blocks, b"<c"):
        if not seen and b":sheetData" in page:
            cell, value = b":c ", b":v>"
        # The width of the first rows is the table's; afterwards only what lies right of column Z matters.
        if not seen or _MAY_BE_FAR.search(page):
            sheet.reach(0, max(map(_number, set(_FILLED.findall(page))), default=0))
        seen += len(page)
        valued = page.count(value)
        if seen < CLOSELY or not valued:
            sheet.tags += page.count(b":c " if cell == b":c " else b"<c ")
            valued += page.count(b"</is>") + page.count(b":is>")
            for left, top, right, bottom in _RANGE.findall(page) if b" ref=" in page else ():
                sheet.spanned += (_number(right) - _number(left) + 1) * (int(bottom) - int(top) + 1)
        sheet.cells += valued
        if valued:
            last = max(page.rfind(value), page.rfind(b"is>"))
            if found := _REFERENCE.search(page, max(page.rfind(cell, 0, last), 0), last):
                sheet.reach(int(found[2]), _number(found[1]))
    return sheet


_ODS_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(\s[^<>]*)?>|</table:(table|table-row)>")
_ODS_TIMES = re.compile(rb"""number-(?:rows|columns)-repeated=["']\s*(\d{1,19})""")


def of_ods(blocks: Iterable[bytes]) -> list[Sheet]:
    """The sheets of a content.xml (ODF 1.3-3, 9.1), with what is repeated counted as often as it is.

    Repeated cells and rows without a value after the last one that has a value are not there: every program fills the
    rest of a sheet with them.
    """
    sheets: list[Sheet] = []
    sheet, row, times, column, cells, wide = Sheet(), 0, 1, 0, 0, 0

    def close_row() -> None:
        nonlocal row
        if cells:
            sheet.cells += cells * times
            sheet.reach(row + times, wide)
        row += times

    opened = False
    for page in _pages_of(blocks, b"<table:"):
        for found in _ODS_TAG.finditer(page):
            tag, about, closed = found[1], found[2] or b"", found[3]
            if tag == b"table":
                sheet, row, opened = Sheet(), 0, False
                sheets.append(sheet)
            elif tag == b"table-row":
                times, column, cells, wide, opened = _repeated(about), 0, 0, 0, True
                if about.endswith(b"/"):
                    close_row()
                    opened = False
            elif tag is not None:
                count = _repeated(about)
                column += count
                sheet.tags += 1
                if b"office:" in about and b"value" in about:
                    cells, wide = cells + count, column
            elif closed == b"table-row" and opened:
                close_row()
                opened = False
    return sheets


def _repeated(about: bytes) -> int:
    found = _ODS_TIMES.search(about)
    return int(found[1]) if found else 1


_XLSB_ROW, _XLSB_BLANK, _XLSB_LAST = 0, 1, 11


def of_xlsb(content: bytes) -> Sheet:
    """A worksheet of xlsb: records of [MS-XLSB] 2.1.4. Raises Refused where a record is longer than the part."""
    sheet, at, end, row = Sheet(), 0, len(content), 0
    try:
        while at < end:
            kind = content[at]
            at += 1
            if kind & 0x80:
                kind |= content[at] << 8
                at += 1
            size = shift = 0
            while True:
                byte = content[at]
                at += 1
                size |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 or shift > 21:
                    break
            if size > end - at:
                raise _damaged()
            if kind <= _XLSB_LAST and size >= 4:
                if kind == _XLSB_ROW:
                    row = int.from_bytes(content[at : at + 4], "little") + 1
                else:
                    sheet.tags += 1
                    if kind != _XLSB_BLANK:
                        sheet.cells += 1
                        sheet.reach(row, int.from_bytes(content[at : at + 4], "little") + 1)
            at += size
    except IndexError:
        raise _damaged() from None
    return sheet


_BIFF_BOF, _BIFF_FILEPASS, _BIFF_SHEET, _BIFF_MACROS = {0x809, 0x409, 0x209, 0x009}, 0x2F, 0x85, 0xD3
_BIFF_CELLS = {0xFD, 0x204, 0x203, 0x27E, 0x205, 0xD6, 0x06, 0x206, 0x406, 0x02, 0x03, 0x04, 0x05}
_BIFF_MULRK, _BIFF_EOF = 0xBD, 0x0A
_BIFF_CONTENTS, _LONGEST_BOF = {0x05, 0x06, 0x10, 0x20, 0x40, 0x100}, 32
_NOT_ZERO = re.compile(rb"[^\0]")


@dataclass
class Biff:
    """A workbook stream of an xls. macros: it carries a VBA project, or a sheet of Excel 4.0 macros."""

    sheets: list[Sheet]
    macros: bool = False


def is_bare_xls(head: bytes) -> bool:
    """Whether a file begins with the first record of a workbook or sheet that lies in no container: Excel 2 to 4."""
    if len(head) < 8:
        return False
    kind, size, _, content = struct.unpack_from("<4H", head)
    return kind in _BIFF_BOF and 4 <= size <= _LONGEST_BOF and content in _BIFF_CONTENTS


def of_xls(content: bytes) -> Biff:
    """The records of a workbook stream ([MS-XLS] 2.1.4). Raises Refused: a password (2.4.117), records cut off."""
    book, at, end = Biff([]), 0, len(content)
    pair = struct.Struct("<2H")
    sheet, depth, places = Sheet(), 0, list[int]()
    if end < 4 or pair.unpack_from(content)[0] not in _BIFF_BOF:
        raise _damaged()
    while at + 4 <= end:
        kind, size = pair.unpack_from(content, at)
        if not kind and not size:
            # Some programs leave gaps of zeros between the records; after the last they are padding.
            filled = _NOT_ZERO.search(content, at)
            at = at + (filled.start() - at) // 4 * 4 if filled else end
            continue
        at += 4
        if at + size > end:
            if depth > 0 or not book.sheets:
                raise _damaged()
            # Between two sheets anything may lie: a record says where each begins.
            at = min((place for place in places if place >= at), default=end)
            continue
        if kind in _BIFF_CELLS and size >= 4:
            row, column = pair.unpack_from(content, at)
            sheet.cells += 1
            sheet.reach(row + 1, column + 1)
        elif kind == _BIFF_MULRK and size >= 6:
            row, column = pair.unpack_from(content, at)
            count = (size - 6) // 6
            sheet.cells += count
            sheet.reach(row + 1, column + count)
        elif kind in _BIFF_BOF:
            sheet = Sheet()
            book.sheets.append(sheet)
            depth += 1
        elif kind == _BIFF_EOF:
            depth -= 1
        elif kind == _BIFF_FILEPASS:
            raise Refused("file_encrypted")
        elif kind == _BIFF_SHEET and size > 5:
            places.append(struct.unpack_from("<I", content, at)[0])
            book.macros = book.macros or content[at + 5] == 1
        elif kind == _BIFF_MACROS:
            book.macros = True
        at += size
    return book


def _damaged() -> Refused:
    return Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt")
