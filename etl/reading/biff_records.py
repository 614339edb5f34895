"""The records of an xls stream ([MS-XLS] 2.1.4) and the texts in them; also of the bare streams of Excel 2 to 4."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

BOF, EOF, CONTINUE = {0x809, 0x409, 0x209, 0x009}, 0x0A, 0x3C

_NOT_ZERO = re.compile(rb"[^\0]")

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
"""Flags of a text (2.5.293): letters of two bytes; with data for readings; with runs of fonts."""


class Record(NamedTuple):
    """One record of a stream. place: of its header; start, end: of its data."""

    kind: int
    place: int
    start: int
    end: int

    @property
    def size(self) -> int:
        """Bytes of data."""
        return self.end - self.start


def records(stream: bytes, place: int = 0) -> Iterator[Record]:
    """The records from a place on, up to the first that is cut off."""
    header, end = struct.Struct("<2H"), len(stream)
    while 0 <= place <= end - 4:
        kind, size = header.unpack_from(stream, place)
        following = place + 4 + size
        if following > end:
            return
        if not kind and not size:
            # Some programs leave gaps of zeros between the records; after the last they are padding.
            filled = _NOT_ZERO.search(stream, place)
            place = place + (filled.start() - place) // 4 * 4 if filled else end
            continue
        yield Record(kind, place, place + 4, following)
        place = following


def parts(stream: bytes, record: Record) -> list[tuple[int, int]]:
    """(start, end) of a record's data and of the data of the CONTINUE records behind it."""
    found = [(record.start, record.end)]
    for following in records(stream, record.end):
        if following.kind != CONTINUE:
            break
        found.append((following.start, following.end))
    return found


class TextReader:
    """Reads Unicode texts (2.5.240, 2.5.293, 2.5.294) out of a record and its CONTINUE records."""

    def __init__(self, stream: bytes, spans: list[tuple[int, int]]) -> None:
        """spans: (start, end) of the data, one a record."""
        self._stream, self._spans = stream, spans
        self._number, (self._place, self._end) = 0, spans[0]

    @property
    def is_at_end(self) -> bool:
        """Whether nothing is left."""
        return self._place >= self._end and self._number + 1 >= len(self._spans)

    def skip(self, size: int) -> None:
        """Pass over bytes, also into the next records."""
        while size:
            self._need_byte()
            step = min(size, self._end - self._place)
            self._place += step
            size -= step

    def whole(self, size: int) -> int:
        """An unsigned number of so many bytes. Raises EOFError where the data end."""
        raw = b""
        while len(raw) < size:
            self._need_byte()
            step = min(size - len(raw), self._end - self._place)
            raw += self._stream[self._place : self._place + step]
            self._place += step
        return int.from_bytes(raw, "little")

    def text(self, count: int) -> str:
        """A text of so many letters, beginning with its flags. Raises EOFError where the data end before its head."""
        flags = self.whole(1)
        runs = self.whole(2) if flags & _RICH else 0
        extended = self.whole(4) if flags & _EXTENDED else 0
        letters = self._letters(count, flags)
        self.skip(4 * runs + extended)
        return letters

    def _letters(self, count: int, flags: int) -> str:
        pieces = []
        while count:
            if self._place >= self._end:
                if self.is_at_end:
                    break
                # A text that goes on in another record says anew how wide its letters are.
                self._next()
                flags = self.whole(1)
            width = 1 + (flags & _WIDE)
            fitting = min(count, (self._end - self._place) // width)
            raw = self._stream[self._place : self._place + fitting * width]
            pieces.append(raw.decode("utf-16-le" if width > 1 else "latin-1", "replace"))
            self._place += fitting * width
            count -= fitting
            if not fitting:
                # Half a letter at the end of a record is none.
                self._place = self._end
        return "".join(pieces)

    def _need_byte(self) -> None:
        while self._place >= self._end:
            self._next()

    def _next(self) -> None:
        if self._number + 1 >= len(self._spans):
            raise EOFError
        self._number += 1
        self._place, self._end = self._spans[self._number]
