"""Zip containers, held against APPNOTE 6.3.10: what one says of itself must be true before anybody unpacks it."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from etl.model.refused import Refused, too_large
from etl.settings import Limits

BLOCK = 1 << 20
DAMAGED = "tệp bị hỏng hoặc bị cắt cụt"

_LOCAL = struct.Struct("<4s5H3I2H")
"""A local file header, section 4.3.7."""

_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_ZIP64 = 0xFFFFFFFF
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True)
class Entry:
    """One entry whose local header agrees with the central directory.

    start: of its data in the file; is_renamed: the file writes its name with backslashes.
    """

    name: str
    method: int
    start: int
    packed: int
    size: int
    crc: int
    is_renamed: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith("/")


def entries(file: BinaryIO, limits: Limits) -> list[Entry]:
    """The entries of a zip, in the order of its directory.

    Raises Refused: damaged, encrypted, more entries or bytes than allowed, names that are no plain paths or stand
    twice, entries that overlap, local headers that say something else than the directory (sections 4.3.7, 4.3.12).
    """
    try:
        with zipfile.ZipFile(file) as container:
            infos, directory = container.infolist(), container.start_dir
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError) as fault:
        raise Refused("file_unreadable", reason=DAMAGED) from fault
    if not infos and directory:
        raise Refused("file_unreadable", reason=DAMAGED)
    if len(infos) > limits.entries:
        raise too_large(len(infos), limits.entries, "mục")
    found, seen, spans = [], set[str](), []
    for info in infos:
        name = _name(info)
        _require_plain(name)
        if info.flag_bits & _ENCRYPTED:
            raise Refused("file_encrypted")
        # Office takes names that differ in case alone for the same part (ECMA-376-2, 6.2.2.3).
        if (key := name.casefold()) in seen:
            raise Refused("zip_entries_overlap", entry=shown(name))
        seen.add(key)
        entry, end = _entry(file, info, name)
        found.append(entry)
        spans.append((info.header_offset, end, name))
    _require_apart(spans, directory)
    if (total := sum(entry.size for entry in found)) > limits.streamed_bytes:
        raise too_large(total, limits.streamed_bytes, "MB")
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """An entry's name: UTF-8 where it says so or can be nothing else; code page 437 otherwise (appendix D).

    Programs of Windows write backslashes between folders, which Office reads as slashes.
    """
    return _decoded(info).replace("\\", "/")


def _decoded(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode()
    except UnicodeError:
        return info.orig_filename


def _require_plain(name: str) -> None:
    """Refuse a name that could lead out of the folder that it is unpacked into (section 4.4.17)."""
    parts = name.rstrip("/").split("/")
    if "\0" in name or _DRIVE.match(name) or not all(parts) or not {".", ".."}.isdisjoint(parts):
        raise Refused("zip_path_unsafe", entry=shown(name))


def _entry(file: BinaryIO, info: zipfile.ZipInfo, name: str) -> tuple[Entry, int]:
    """The entry, and where its bytes end. Refused where its local header says something else."""
    if info.header_offset < 0:
        raise Refused("zip_headers_disagree", entry=shown(name))
    file.seek(info.header_offset)
    raw = file.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or not raw.startswith(b"PK\x03\x04"):
        raise Refused("zip_headers_disagree", entry=shown(name))
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(raw)
    local_name, extra = file.read(name_length), file.read(extra_length)
    if _ZIP64 in (packed, size):
        packed, size = _zip64(extra, packed, size)
    said = [(packed, info.compress_size), (size, info.file_size), (crc, info.CRC)]
    # Written as a stream, the figures follow the data, and the header may leave them open (section 4.4.4, bit 3).
    open_ones = (0, _ZIP64) if flags & _DESCRIPTOR else ()
    ours = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace")
    if (
        method != info.compress_type
        or local_name != ours
        or (flags ^ info.flag_bits) & _ENCRYPTED
        or any(local != central and local not in open_ones for local, central in said)
        or (method == _STORED and info.compress_size != info.file_size)
    ):
        raise Refused("zip_headers_disagree", entry=shown(name))
    if method not in (_STORED, _DEFLATED):
        raise Refused("file_unreadable", reason="tệp nén theo cách không được hỗ trợ")
    start = info.header_offset + _LOCAL.size + name_length + extra_length
    entry = Entry(name, method, start, info.compress_size, info.file_size, info.CRC, "\\" in info.orig_filename)
    return entry, start + info.compress_size


def _zip64(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Both sizes from a header's extra field 0x0001 (section 4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        values = iter(struct.unpack_from(f"<{length // 8}Q", extra, at + 4) if at + 4 + length <= len(extra) else ())
        if kind == 1:
            size = next(values, size) if size == _ZIP64 else size
            packed = next(values, packed) if packed == _ZIP64 else packed
        at += 4 + length
    return packed, size


def _require_apart(spans: list[tuple[int, int, str]], directory: int) -> None:
    """Refuse entries that share bytes with one another or with the directory: the trick of the smallest zip bombs."""
    last = 0
    for start, end, name in sorted(spans):
        if start < last or end > directory:
            raise Refused("zip_entries_overlap", entry=shown(name))
        last = end
    if spans and min(spans)[0] != 0:
        # A reader that counts from another place than this one would see another file.
        raise Refused("zip_headers_disagree", entry=shown(min(spans)[2]))


def stream(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """An entry's content in blocks. Raises Refused when it is not what the directory says: size, checksum, end."""
    file.seek(entry.start)
    left, size, crc = entry.packed, 0, 0
    inflate = zlib.decompressobj(-15) if entry.method == _DEFLATED else None
    pending = b""
    while left or pending:
        if not pending:
            pending = file.read(min(BLOCK, left))
            if not pending:
                raise Refused("file_unreadable", reason=DAMAGED)
            left -= len(pending)
        if inflate is None:
            block, pending = pending, b""
        else:
            try:
                block = inflate.decompress(pending, BLOCK)
            except zlib.error as fault:
                raise Refused("file_unreadable", reason=DAMAGED) from fault
            pending = inflate.unconsumed_tail
            if inflate.eof and (left or inflate.unused_data):
                raise Refused("zip_headers_disagree", entry=shown(entry.name))
        size += len(block)
        if size > entry.size:
            raise Refused("zip_headers_disagree", entry=shown(entry.name))
        crc = zlib.crc32(block, crc)
        if block:
            yield block
    # What a decompressor still holds back once its input has ended.
    while inflate is not None and not inflate.eof and (block := inflate.decompress(b"", BLOCK)):
        size += len(block)
        if size > entry.size:
            break
        crc = zlib.crc32(block, crc)
        yield block
    if size != entry.size:
        raise Refused("zip_headers_disagree", entry=shown(entry.name))
    if crc != entry.crc or (inflate is not None and not inflate.eof):
        raise Refused("file_unreadable", reason=DAMAGED)


def shown(name: str) -> str:
    """An entry's name, fit for a message."""
    plain = "".join(c if c.isprintable() else "·" for c in name)
    return plain if len(plain) <= 80 else f"{plain[:79]}…"


def is_complete(path: Path) -> bool:
    """Whether a file that begins like a zip has its directory already, which is written last (section 4.3.16).

    Of the directory only its signature is looked at. Raises OSError.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return True
        size = file.seek(0, 2)
        tail_at = max(size - (1 << 16) - 22, 0)
        file.seek(tail_at)
        tail = file.read()
        end = tail.rfind(b"PK\x05\x06")
        if end < 0 or end + 22 > len(tail):
            return False
        length, start = struct.unpack_from("<2I", tail, end + 12)
        if _ZIP64 in (length, start) or not length:
            return True
        file.seek(max(tail_at + end - length, 0))
        return file.read(4) == b"PK\x01\x02"
