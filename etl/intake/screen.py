"""What a file is, told by its bytes and never by its name, and whether it may be read."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from etl.model.refused import Refused

Kind = Literal["xlsx", "xlsb", "ods", "xls", "text"]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("content.xml", "ods"),
)
_BINARY = (
    (b"%PDF", "tệp PDF"), (b"\x89PNG", "tệp ảnh"), (b"\xff\xd8\xff", "tệp ảnh"), (b"GIF8", "tệp ảnh"),
    (b"Rar!", "tệp nén khác"), (b"7z\xbc\xaf", "tệp nén khác"), (b"\x1f\x8b", "tệp nén khác"),
)  # fmt: skip


@dataclass(frozen=True)
class Screened:
    """A file that may be read. kind: what it is."""

    kind: Kind


def screen(path: Path) -> Screened:
    """Tell what a file is. Raises Refused for whatever is wrong with it, OSError with the disk."""
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Refused("file_unreadable", reason="tệp rỗng (0 byte)")
    if head.startswith(b"PK"):
        return Screened(_kind_of_zip(path))
    if head == _OLE2:
        if _ENCRYPTED in path.read_bytes():
            raise Refused("file_encrypted")
        return Screened("xls")
    for magic, what in _BINARY:
        if head.startswith(magic):
            raise Refused("file_type_unsupported", found=what)
    return Screened("text")


def _kind_of_zip(path: Path) -> Kind:
    """Which workbook a zip holds; one that is damaged or holds none is refused."""
    try:
        with zipfile.ZipFile(path) as container:
            names = set(container.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError) as fault:
        raise Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt") from fault
    for part, kind in _KINDS:
        if part in names:
            return kind
    found = "tài liệu Word" if "word/document.xml" in names else "tệp nén khác"
    raise Refused("file_type_unsupported", found=found)
