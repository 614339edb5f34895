"""The smallest OLE2 container ([MS-CFB], version 3) that holds some streams."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR, _SMALLEST = 512, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


def container(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root.

    A stream shorter than 4096 bytes would have to lie in the mini stream: it is filled up with zeros instead, which
    readers of self-terminating content (workbooks) do not see.
    """
    padded = {name: data.ljust(_SMALLEST, b"\0") for name, data in streams.items()}
    sectors: list[bytes] = []
    chain: list[int] = []
    starts: dict[str, int] = {}
    for name, data in padded.items():
        starts[name] = len(sectors)
        parts = [data[at : at + _SECTOR].ljust(_SECTOR, b"\0") for at in range(0, len(data), _SECTOR)]
        sectors += parts
        chain += [*range(starts[name] + 1, starts[name] + len(parts)), _END]
    directory = _directory(padded, starts)
    first_directory = len(sectors)
    parts = [directory[at : at + _SECTOR] for at in range(0, len(directory), _SECTOR)]
    sectors += parts
    chain += [*range(first_directory + 1, first_directory + len(parts)), _END]
    fats = 1
    while (len(chain) + fats) * 4 > fats * _SECTOR:
        fats += 1
    first_fat = len(sectors)
    table = [*chain, *[_FAT] * fats]
    table += [_FREE] * (fats * _SECTOR // 4 - len(table))
    raw = struct.pack(f"<{len(table)}I", *table)
    sectors += [raw[at : at + _SECTOR] for at in range(0, len(raw), _SECTOR)]
    return _header(fats, first_fat, first_directory) + b"".join(sectors)


def _header(fats: int, first_fat: int, first_directory: int) -> bytes:
    if fats > 109:
        raise ValueError("too large for a container without DIFAT sectors")
    head = struct.pack(
        "<8s16sHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6,
        0, fats, first_directory, 0, _SMALLEST, _END, 0, _END, 0, first_fat,
    )  # fmt: skip
    difat = [*range(first_fat + 1, first_fat + fats), *[_FREE] * (109 - fats)]
    return head + struct.pack("<108I", *difat)


def _directory(streams: Mapping[str, bytes], starts: Mapping[str, int]) -> bytes:
    """Root and one entry a stream; the streams hang to the right of one another, by length and name of their names."""
    order = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, child=1, start=_END, size=0)]
    for at, name in enumerate(order, start=1):
        right = at + 1 if at < len(order) else _NONE
        entries.append(_entry(name, 2, right=right, start=starts[name], size=len(streams[name])))
    while len(entries) % 4:
        entries.append(_entry("", 0, start=0, size=0))
    return b"".join(entries)


def _entry(name: str, kind: int, *, child: int = _NONE, right: int = _NONE, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack(
        "<64sHBBIII16sI8s8sIQ", text, length, kind, 1, _NONE, right, child, b"\0" * 16, 0, b"\0" * 8, b"\0" * 8,
        start, size,
    )  # fmt: skip
