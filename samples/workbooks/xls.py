"""Workbooks as Excel 97–2003 kept them: BIFF8 records ([MS-XLS]) in an OLE2 container."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from samples.workbooks.ole import container
from samples.workbooks.page import Book, Cell, Page, as_number

_LARGEST = 8224
_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
_FIRST_CUSTOM = 164
_PLAIN_FORMATS = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "@": 49}
_STYLE_XFS = 16


def xls_bytes(book: Book) -> bytes:
    """The workbook as bytes."""
    formats = sorted({c.format for p in book.pages for row in p.rows for c in row} | {"General"})
    styles = {name: at + _STYLE_XFS for at, name in enumerate(formats)}
    texts = _Texts()
    bodies = [_sheet(page, styles, texts, from_1904=book.from_1904) for page in book.pages]
    head = _globals(book, formats)
    names = [_short_text(page.name) for page in book.pages]
    bound = sum(4 + 6 + len(name) for name in names)
    tail = texts.records() + _record(0x0A)
    at = len(head) + bound + len(tail)
    places = b""
    for page, name, body in zip(book.pages, names, bodies, strict=True):
        places += _record(0x85, struct.pack("<IBB", at, int(page.is_hidden), 0) + name)
        at += len(body)
    return container({"Workbook": head + places + tail + b"".join(bodies)})


class _Texts:
    """The shared strings: each text once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._uses = 0

    def place(self, text: str) -> int:
        """The number of a text."""
        self._uses += 1
        return self._places.setdefault(text, len(self._places))

    def records(self) -> bytes:
        """SST and its CONTINUE records; a text that does not fit whole goes to the next record."""
        parts, block = [], struct.pack("<II", self._uses, len(self._places))
        for text in self._places:
            item = _long_text(text)
            if len(block) + len(item) > _LARGEST:
                parts.append(block)
                block = b""
            block += item
        parts.append(block)
        return _record(0xFC, parts[0]) + b"".join(_record(0x3C, part) for part in parts[1:])


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _long_text(text: str) -> bytes:
    raw = text[:4000].encode("utf-16-le")
    return struct.pack("<HB", len(raw) // 2, 1) + raw


def _short_text(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<BB", len(raw) // 2, 1) + raw


def _globals(book: Book, formats: list[str]) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    out += _record(0x42, struct.pack("<H", 1200)) + _record(0x22, struct.pack("<H", book.from_1904))
    font = struct.pack("<HHHHHBBBB", 240, 0, 0x7FFF, 400, 0, 0, 0, 0, 0) + _short_text("Times New Roman")
    out += _record(0x31, font) * 4
    custom = [name for name in formats if name not in _PLAIN_FORMATS]
    numbers = {**_PLAIN_FORMATS, **{name: _FIRST_CUSTOM + at for at, name in enumerate(custom)}}
    for name in custom:
        out += _record(0x41E, struct.pack("<H", numbers[name]) + _long_text(name))
    style = struct.pack("<HHHBBBBIIH", 0, 0, 0xFFF5, 0x20, 0, 0, 0, 0, 0, 0x20C0)
    out += _record(0xE0, style) * _STYLE_XFS
    for name in formats:
        out += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, numbers[name], 0x0001, 0x20, 0, 0, 0, 0, 0, 0x20C0))
    return out + _record(0x293, struct.pack("<HBB", 0x8000, 0, 0xFF))


def _sheet(page: Page, styles: dict[str, int], texts: _Texts, *, from_1904: bool) -> bytes:
    out = [_record(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))]
    out += [_record(0x7D, struct.pack("<HHHHHH", c - 1, c - 1, 2560, 15, 1, 0)) for c in sorted(page.hidden_columns)]
    height = len(page.rows) + page.trailing
    out.append(_record(0x200, struct.pack("<IIHHH", 0, height, 0, page.width, 0)))
    for at, row in enumerate(page.rows):
        hidden = 0x20 if at + 1 in page.hidden_rows else 0
        out.append(_record(0x208, struct.pack("<HHHHHHHH", at, 0, len(row), 0xFF, 0, 0, 0x100 | hidden, 15)))
    for at, row in enumerate(page.rows):
        out += [_cell(at, c, cell, styles[cell.format], texts, from_1904=from_1904) for c, cell in enumerate(row)]
    for at in range(len(page.rows), height):
        out += [_record(0x201, struct.pack("<HHH", at, c, _STYLE_XFS)) for c in range(page.width)]
    out.append(_record(0x23E, struct.pack("<HHHIHHI", 0x06B6, 0, 0, 64, 0, 0, 0)))
    out += _merged(page)
    return b"".join([*out, _record(0x0A)])


def _merged(page: Page) -> Iterable[bytes]:
    for at in range(0, len(page.merges), 1000):
        part = page.merges[at : at + 1000]
        body = b"".join(struct.pack("<HHHH", r1 - 1, r2 - 1, c1 - 1, c2 - 1) for r1, c1, r2, c2 in part)
        yield _record(0xE5, struct.pack("<H", len(part)) + body)


def _cell(row: int, column: int, cell: Cell, style: int, texts: _Texts, *, from_1904: bool) -> bytes:
    place = struct.pack("<HHH", row, column, style)
    value = cell.value
    number = as_number(cell, from_1904=from_1904)
    if value is None:
        return b""
    if cell.is_error:
        return _record(0x205, place + struct.pack("<BB", _ERRORS[str(value)], 1))
    if isinstance(value, bool):
        return _record(0x205, place + struct.pack("<BB", value, 0))
    if cell.formula and number is not None:
        tokens = struct.pack("<Bd", 0x1F, number)
        return _record(0x06, place + struct.pack("<dHIH", number, 0, 0, len(tokens)) + tokens)
    if cell.formula:
        tokens = b"\x17" + _short_text(str(value)[:200])
        cached = struct.pack("<BBBBBBH", 0, 0, 0, 0, 0, 0, 0xFFFF)
        formula = _record(0x06, place + cached + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)
        return formula + _record(0x207, _long_text(str(value)))
    if number is None:
        return _record(0xFD, place + struct.pack("<I", texts.place(str(value))))
    if isinstance(number, int) and -(2**29) <= number < 2**29:
        return _record(0x27E, place + struct.pack("<I", (number << 2 | 2) & 0xFFFFFFFF))
    return _record(0x203, place + struct.pack("<d", number))
