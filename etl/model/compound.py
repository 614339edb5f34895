"""Compound files ([MS-CFB]): what lies in one, with every chain followed to its end and never in a circle."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from mmap import mmap
from pathlib import Path

from etl.model.refused import Refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = struct.Struct("<8s16x5H6x9I")
_LAST_REGULAR = 0xFFFFFFFA
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SMALL = 4096


@dataclass(frozen=True)
class _Item:
    kind: int
    start: int
    size: int


class Compound:
    """A compound file in memory. names: of its storages and streams at any depth; root_names: of those that lie in the
    root itself and in no object that is embedded."""

    def __init__(self, content: bytes | mmap) -> None:
        """Raises Refused when header, tables or directory are damaged (2.2 to 2.6)."""
        self._content = content
        try:
            self._open()
        except (struct.error, IndexError) as fault:
            raise _damaged() from fault

    @property
    def names(self) -> frozenset[str]:
        """Names of all storages and streams."""
        return frozenset(self._items)

    def stream(self, name: str) -> bytes:
        """A stream's content. Raises Refused when its chain breaks off or runs in a circle, KeyError without it."""
        item = self._items[name]
        try:
            if item.size >= _SMALL or item.kind == _ROOT:
                return self._join(item.start, item.size)
            root = self._join(self._root.start, self._root.size)
            size = self._mini_size
            parts = [root[at * size : (at + 1) * size] for at in self._chain(item.start, self._mini_fat)]
        except (struct.error, IndexError) as fault:
            raise _damaged() from fault
        return b"".join(parts)[: item.size]

    def with_stream(self, name: str, content: bytes) -> bytes:
        """The whole file with one stream's bytes replaced by as many others.

        Raises Refused as ``stream`` does, KeyError without the stream, ValueError for another length.
        """
        item, old = self._items[name], self.stream(name)
        if len(content) != len(old):
            raise ValueError("a stream is only replaced by one of its length")
        small = item.size < _SMALL and item.kind != _ROOT
        size = self._mini_size if small else self._size
        host = self._chain(self._root.start, self._fat)
        file = bytearray(self._content)
        for number, sector in enumerate(self._chain(item.start, self._mini_fat if small else self._fat)):
            part = content[number * size : (number + 1) * size]
            if small:
                per = self._size // size
                place = (host[sector // per] + 1) * self._size + sector % per * size
            else:
                place = (sector + 1) * size
            file[place : place + len(part)] = part
        return bytes(file)

    def _open(self) -> None:
        fields = _HEADER.unpack_from(self._content)
        shift, mini_shift = fields[4], fields[5]
        _, directory, _, cutoff, mini_fat, _, difat, difats = fields[-9:][1:]
        if fields[0] != MAGIC or shift not in (9, 12) or mini_shift != 6 or cutoff != _SMALL:
            raise _damaged()
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._sectors = max(-(-len(self._content) // self._size) - 1, 0)
        self._fat = self._table(self._fat_sectors(difat, difats))
        self._mini_fat = self._table(self._chain(mini_fat, self._fat)) if mini_fat < _LAST_REGULAR else []
        raw = self._join(directory, None)
        entries = self._directory(raw)
        in_root = _root_entries(raw)
        self.root_names = frozenset(name for number, (name, _) in entries if number in in_root)
        # The first of a name counts, and one in the root before one of what is embedded.
        first = sorted(entries, key=lambda entry: entry[0] not in in_root)
        self._items: Mapping[str, _Item] = dict(item for _, item in reversed(first))
        root = next((item for item in self._items.values() if item.kind == _ROOT), None)
        if root is None:
            raise _damaged()
        self._root = root

    def _fat_sectors(self, sector: int, count: int) -> list[int]:
        """The sectors that hold the FAT: 109 in the header, more in a chain of their own (2.5)."""
        found = list(struct.unpack_from("<109I", self._content, 76))
        per = self._size // 4
        seen = set[int]()
        while sector < _LAST_REGULAR and count:
            if sector in seen or sector >= self._sectors:
                raise _damaged()
            seen.add(sector)
            *more, sector = struct.unpack_from(f"<{per}I", self._content, (sector + 1) * self._size)
            found += more
            count -= 1
        kept = [at for at in found if at < _LAST_REGULAR]
        if len(kept) > self._sectors or len(set(kept)) != len(kept):
            raise _damaged()
        return kept

    def _table(self, sectors: list[int]) -> list[int]:
        return [value for at in sectors for value in struct.unpack(f"<{self._size // 4}I", self._sector(at))]

    def _sector(self, at: int) -> bytes:
        sector = self._content[(at + 1) * self._size : (at + 2) * self._size]
        if at >= self._sectors or not sector:
            raise _damaged()
        return sector.ljust(self._size, b"\0")

    def _chain(self, at: int, table: list[int]) -> list[int]:
        """The sectors from one on, in order."""
        found, seen = [], bytearray(len(table))
        while at != _END:
            if at >= len(table) or seen[at]:
                raise _damaged()
            seen[at] = 1
            found.append(at)
            at = table[at]
        return found

    def _join(self, start: int, size: int | None) -> bytes:
        if not size and size is not None:
            return b""
        chain = self._chain(start, self._fat)
        if size is not None and size > len(chain) * self._size:
            raise _damaged()
        return b"".join(map(self._sector, chain))[:size]

    def _directory(self, raw: bytes) -> list[tuple[int, tuple[str, _Item]]]:
        """(Number of the entry, (name, item)) of every entry in use."""
        found = []
        for number, at in enumerate(range(0, len(raw) - 127, 128)):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            if kind in (_STORAGE, _STREAM, _ROOT) and 2 <= length <= 64:
                name = raw[at : at + length - 2].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<IQ", raw, at + 116)
                # Version 3 leaves the upper half of the size undefined (2.6.3).
                item = _Item(kind, start, size & 0xFFFFFFFF if self._size == 512 else size)
                found.append((number, (name, item)))
        return found


def _root_entries(raw: bytes) -> set[int]:
    """Numbers of the entries in the root storage: a tree of siblings below its child (2.6.4)."""
    found = set[int]()
    waiting = list(struct.unpack_from("<I", raw, 76)) if len(raw) >= 128 else []
    while waiting:
        number = waiting.pop()
        if number not in found and (number + 1) * 128 <= len(raw):
            found.add(number)
            waiting += struct.unpack_from("<2I", raw, number * 128 + 68)
    return found


def workbook_stream(inside: Compound) -> str | None:
    """The name of the stream that is an Excel workbook; None where there is none.

    One in the root goes before one of an embedded object, one of Excel 97 before that of Excel 95 beside it. Case does
    not matter in the names of streams (2.6.4).
    """
    for names in (inside.root_names, inside.names):
        by_key = {name.casefold(): name for name in names}
        if name := by_key.get("workbook") or by_key.get("book"):
            return name
    return None


def _damaged() -> Refused:
    return Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt")


def is_complete(path: Path) -> bool:
    """Return whether the file reaches to the last sector that its first 109 tables count as used (2.3).

    A file whose header is damaged counts as complete: waiting does not mend it. Raises OSError.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        header = file.read(_HEADER.size + 436)
        if len(header) < _HEADER.size + 436 or (shift := _HEADER.unpack_from(header)[4]) not in (9, 12):
            return True
        length = 1 << shift
        tables = [sector for sector in struct.unpack_from("<109I", header, _HEADER.size) if sector < _LAST_REGULAR]
        for number, sector in reversed(list(enumerate(tables))):
            file.seek((sector + 1) * length)
            table = file.read(length)
            if len(table) < length:
                return False
            used = [e for e, entry in enumerate(struct.unpack(f"<{length // 4}I", table)) if entry != _FREE]
            if used:
                # The last sector may be shorter than the others: some programs do not fill it up.
                last = number * (length // 4) + used[-1]
                return bool((last + 1) * length < size)
    return True
