"""What the records of an xls say that the reader of its cells does not tell, or gets wrong ([MS-XLS]).

The reader (calamine) takes the values that a chart keeps for itself for cells of the sheet, and refuses a DIMENSIONS
record of another length than usual. Both are mended in a copy of the file, record by record, before it is read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from etl.model.compound import MAGIC, Compound
from etl.model.grid import Merged

_BOF, _EOF = {0x809, 0x409, 0x209, 0x009}, 0x0A
_BOUNDSHEET, _FONT, _XF, _DIMENSIONS, _MERGED = 0x85, 0x31, 0xE0, 0x200, 0xE5
_LABELS = {0xFD, 0x204, 0xD6}
_USUAL_DIMENSIONS = {10, 14}
_NOTHING = struct.pack("<H", 0x0FFF)
"""A kind of record that does not exist; readers pass over it."""

_WORKSHEET = 0
_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")


class Record(NamedTuple):
    """One record of a stream. place: of its header; start, size: of its data."""

    kind: int
    place: int
    start: int
    size: int


@dataclass
class Page:
    """One sheet of a workbook. fonts: (row, column) → name of the font of a cell that holds text."""

    name: str
    merged: list[Merged] = field(default_factory=list)
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Book:
    """An xls by its records. misleading: places of the records that a reader takes for something else."""

    pages: list[Page]
    misleading: list[int]


def read_book(stream: bytes) -> Book:
    """The sheets of a workbook stream, in order."""
    fonts: list[str] = []
    formats: list[int] = []
    sheets: dict[int, tuple[str, int]] = {}
    for record in _records(stream, 0):
        if record.kind == _EOF:
            break
        if record.kind == _BOUNDSHEET and record.size >= 8:
            place, kind = struct.unpack_from("<I", stream, record.start)[0], stream[record.start + 5]
            # Of two sheets in one place the first is read, as programs do.
            sheets.setdefault(place, (_text(stream, record.start + 6, record.start + record.size), kind))
        elif record.kind == _FONT and record.size > 15:
            fonts.append(_text(stream, record.start + 14, record.start + record.size))
        elif record.kind == _XF and record.size >= 2:
            formats.append(struct.unpack_from("<H", stream, record.start)[0])
    # There is no font number 4 (2.5.129).
    named = [fonts[number - (number > 4)] if number - (number > 4) < len(fonts) else "" for number in formats]
    book = Book([], [])
    for place, (name, kind) in sheets.items():
        page = Page(name)
        book.pages.append(page)
        _read_page(stream, place, sheets, page, named, book.misleading, is_worksheet=kind == _WORKSHEET)
    return book


def _read_page(
    stream: bytes, place: int, sheets: Mapping[int, object], page: Page, named: list[str], misleading: list[int],
    *, is_worksheet: bool,
) -> None:  # fmt: skip
    """Read one sheet's records up to its end; what lies between a further beginning and its end is a chart's."""
    depth = 0
    for record in _records(stream, place):
        if depth and record.place in sheets:
            return
        opens, closes = record.kind in _BOF, record.kind == _EOF
        depth += opens
        is_of_chart = depth > 1 or not (is_worksheet or opens or closes)
        if is_of_chart or (record.kind == _DIMENSIONS and record.size not in _USUAL_DIMENSIONS):
            misleading.append(record.place)
        elif record.kind == _MERGED:
            page.merged += _ranges(stream, record)
        elif record.kind in _LABELS and record.size >= 6:
            row, column, look = struct.unpack_from("<3H", stream, record.start)
            if look < len(named):
                page.fonts[row + 1, column + 1] = named[look]
        depth -= closes
        if not depth:
            return


def _records(stream: bytes, place: int) -> Iterator[Record]:
    while 0 <= place <= len(stream) - 4:
        kind, size = struct.unpack_from("<2H", stream, place)
        if (not kind and not size) or place + 4 + size > len(stream):
            return
        yield Record(kind, place, place + 4, size)
        place += 4 + size


def _ranges(stream: bytes, record: Record) -> list[Merged]:
    if record.size < 2:
        return []
    count = min(struct.unpack_from("<H", stream, record.start)[0], (record.size - 2) // 8)
    found = (struct.unpack_from("<4H", stream, record.start + 2 + 8 * number) for number in range(count))
    return [Merged(top + 1, left + 1, bottom + 1, right + 1) for top, bottom, left, right in found]


def _text(stream: bytes, place: int, end: int) -> str:
    """A text behind the count of its letters: BIFF8 says whether they have one byte each or two, BIFF5 has one."""
    count = stream[place]
    if end - place > 1 + count and stream[place + 1] in (0, 1) and count:
        wide = stream[place + 1] == 1
        raw = stream[place + 2 : min(end, place + 2 + count * (1 + wide))]
        return raw.decode("utf-16-le" if wide else "latin-1", "replace")
    return stream[place + 1 : min(end, place + 1 + count)].decode("cp1252", "replace")


def read_xls(path: Path) -> tuple[Book, bytes | None]:
    """An xls by its records; the content of a file without the misleading ones, None where there are none.

    A file that is no xls has no sheets. Raises Refused where the compound file is damaged, OSError.
    """
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        return Book([], []), None
    inside = Compound(content)
    name = next((name for name in _STREAMS if name in inside.names), None)
    if name is None:
        return Book([], []), None
    stream = inside.stream(name)
    book = read_book(stream)
    if not book.misleading:
        return book, None
    mended = bytearray(stream)
    for place in book.misleading:
        mended[place : place + 2] = _NOTHING
    return book, inside.with_stream(name, bytes(mended))
