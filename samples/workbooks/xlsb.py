"""Workbooks in Excel's binary parts ([MS-XLSB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from samples.workbooks.page import Book, Cell, Page, as_number
from samples.workbooks.parts import zipped

_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
_PLAIN_FORMATS = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "@": 49}
_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" \
ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>{sheets}<Override \
PartName="/xl/styles.bin" ContentType="application/vnd.ms-excel.styles"/><Override PartName="/xl/sharedStrings.bin" \
ContentType="application/vnd.ms-excel.sharedStrings"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
_RELATION = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)


def xlsb_bytes(book: Book) -> bytes:
    """The workbook as bytes."""
    formats = sorted({c.format for p in book.pages for row in p.rows for c in row} | {"General"})
    styles = {name: at for at, name in enumerate(formats)}
    texts: dict[str, int] = {}
    parts = {}
    sheets = relations = ""
    for at, page in enumerate(book.pages, start=1):
        parts[f"xl/worksheets/sheet{at}.bin"] = _sheet(page, styles, texts, from_1904=book.from_1904)
        kind = "application/vnd.ms-excel.worksheet"
        sheets += f'<Override PartName="/xl/worksheets/sheet{at}.bin" ContentType="{kind}"/>'
        relations += _RELATION.format(f"rId{at}", "worksheet", f"worksheets/sheet{at}.bin")
    relations += _RELATION.format("rIdS", "styles", "styles.bin")
    relations += _RELATION.format("rIdT", "sharedStrings", "sharedStrings.bin")
    return zipped({
        "[Content_Types].xml": _TYPES.format(sheets=sheets).encode(),
        "_rels/.rels": _RELATIONS.format(_RELATION.format("rId1", "officeDocument", "xl/workbook.bin")).encode(),
        "xl/workbook.bin": _workbook(book),
        "xl/_rels/workbook.bin.rels": _RELATIONS.format(relations).encode(),
        **parts,
        "xl/styles.bin": _styles(formats),
        "xl/sharedStrings.bin": _shared(texts),
    })  # fmt: skip


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, lengths = len(data), b""
    while True:
        lengths += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
        size >>= 7
        if not size:
            return head + lengths + data


def _text(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def _workbook(book: Book) -> bytes:
    out = _record(0x83) + _record(0x99, struct.pack("<III", int(book.from_1904), 0, 0)) + _record(0x8F)
    for at, page in enumerate(book.pages, start=1):
        out += _record(0x9C, struct.pack("<II", int(page.is_hidden), at) + _text(f"rId{at}") + _text(page.name))
    return out + _record(0x90) + _record(0x84)


def _styles(formats: list[str]) -> bytes:
    custom = [name for name in formats if name not in _PLAIN_FORMATS]
    numbers = {**_PLAIN_FORMATS, **{name: 164 + at for at, name in enumerate(custom)}}
    out = _record(0x116)
    if custom:
        out += _record(0x267, struct.pack("<I", len(custom)))
        out += b"".join(_record(0x2C, struct.pack("<H", numbers[name]) + _text(name)) for name in custom)
        out += _record(0x268)
    out += _record(0x269, struct.pack("<I", len(formats)))
    for name in formats:
        out += _record(0x2F, struct.pack("<HHHHHBBHBB", 0, numbers[name], 0, 0, 0, 0, 0, 0, 0, 0))
    return out + _record(0x26A) + _record(0x117)


def _shared(texts: dict[str, int]) -> bytes:
    head = _record(0x9F, struct.pack("<II", len(texts), len(texts)))
    return head + b"".join(_record(0x13, b"\0" + _text(text)) for text in texts) + _record(0xA0)


def _sheet(page: Page, styles: dict[str, int], texts: dict[str, int], *, from_1904: bool) -> bytes:
    height, width = len(page.rows) + page.trailing, max(page.width, 1)
    out = _record(0x81) + _record(0x94, struct.pack("<IIII", 0, max(height - 1, 0), 0, width - 1))
    out += b"".join(_columns(page)) + _record(0x91)
    for at in range(height):
        row = page.rows[at] if at < len(page.rows) else [Cell()] * width
        hidden = 0x10 if at + 1 in page.hidden_rows else 0
        span = struct.pack("<III", 1, 0, width - 1)
        out += _record(0x00, struct.pack("<IIHBBB", at, 0, 0x12C, 0, hidden, 0) + span)
        for column, cell in enumerate(row):
            out += _cell(column, cell, styles[cell.format], texts, from_1904=from_1904)
    out += _record(0x92)
    if page.merges:
        out += _record(0xB1, struct.pack("<I", len(page.merges)))
        for r1, c1, r2, c2 in page.merges:
            out += _record(0xB0, struct.pack("<IIII", r1 - 1, r2 - 1, c1 - 1, c2 - 1))
        out += _record(0xB2)
    return out + _record(0x82)


def _columns(page: Page) -> Iterator[bytes]:
    if page.hidden_columns:
        yield _record(0x186)
        for column in sorted(page.hidden_columns):
            yield _record(0x3C, struct.pack("<IIIIH", column - 1, column - 1, 2560, 0, 1))
        yield _record(0x187)


def _cell(column: int, cell: Cell, style: int, texts: dict[str, int], *, from_1904: bool) -> bytes:
    place = struct.pack("<II", column, style)
    value = cell.value
    number = as_number(cell, from_1904=from_1904)
    if value is None:
        return _record(0x01, place)
    if cell.is_error:
        return _record(0x03, place + bytes([_ERRORS[str(value)]]))
    if isinstance(value, bool):
        return _record(0x04, place + bytes([value]))
    if cell.formula and number is not None:
        tokens = struct.pack("<Bd", 0x1F, number)
        return _record(0x09, place + struct.pack("<dHI", number, 0, len(tokens)) + tokens + struct.pack("<I", 0))
    if cell.formula:
        raw = str(value)[:200].encode("utf-16-le")
        tokens = struct.pack("<BH", 0x17, len(raw) // 2) + raw
        return _record(0x08, place + _text(str(value)) + struct.pack("<HI", 0, len(tokens)) + tokens + b"\0" * 4)
    if number is None:
        return _record(0x07, place + struct.pack("<I", texts.setdefault(str(value), len(texts))))
    if isinstance(number, int) and -(2**29) <= number < 2**29:
        return _record(0x02, place + struct.pack("<I", (number << 2 | 2) & 0xFFFFFFFF))
    return _record(0x05, place + struct.pack("<d", number))
