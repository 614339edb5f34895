"""What a file is, told by its bytes and never by its name, and whether it may be read.

The screen streams through a file and keeps nothing of it. It runs in a child process all the same (``etl/opening.py``):
what it does not foresee meets the limits of that process.
"""

from __future__ import annotations

import codecs
from dataclasses import replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import BinaryIO

from etl.intake import container, tally
from etl.intake.container import DAMAGED, Entry
from etl.intake.flat import markup_or_text, screen_text
from etl.intake.screened import DECLARES, WIDE, Kind, Screened
from etl.model import compound
from etl.model.refused import Refused, too_large
from etl.settings import Limits

_BINARY = (
    (b"%PDF", "tệp PDF"), (b"\x89PNG", "tệp ảnh"), (b"\xff\xd8\xff", "tệp ảnh"), (b"GIF8", "tệp ảnh"),
    (b"II*\0", "tệp ảnh"), (b"MM\0*", "tệp ảnh"), (b"RIFF", "tệp ảnh hoặc âm thanh"),
    (b"Rar!", "tệp nén khác"), (b"7z\xbc\xaf", "tệp nén khác"), (b"\x1f\x8b", "tệp nén khác"),
    (b"BZh", "tệp nén khác"), (b"\xfd7zXZ", "tệp nén khác"), (b"\x28\xb5\x2f\xfd", "tệp nén khác"),
    (b"MSCF", "tệp nén khác"), (b"MZ", "chương trình"), (b"\x7fELF", "chương trình"), (b"{\\rtf", "tài liệu Word"),
    (b"SQLite format 3\0", "cơ sở dữ liệu"), (b"\0\1\0\0Standard", "cơ sở dữ liệu"),
    (b"MIME-Version:", "trang web MHT"), (b"ID;P", "tệp SYLK (.slk)"),
)  # fmt: skip
_OFFICE = {"word/document.xml": "tài liệu Word", "ppt/presentation.xml": "bài trình chiếu"}
_OLD_OFFICE = {"WordDocument": "tài liệu Word", "PowerPoint Document": "bài trình chiếu"}
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."

_XML_PARTS = (".xml", ".rels", ".vml")
_BIGGEST_COPY, _MOST_TAGS, _MOST_SPANNED = 64 * 1024**2, 1_500_000, 200_000


def screen(path: Path, limits: Limits) -> Screened:
    """Tell what a file is and what it would ask of its reader. Raises Refused for what is wrong with it, OSError."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise too_large(size, limits.file_bytes, "MB")
    with path.open("rb") as file:
        head = file.read(1 << 16)
        if not head:
            raise Refused("file_empty", reason="0 byte")
        if head.startswith(b"PK"):
            return _zip(file, limits)
        if head.startswith(compound.MAGIC):
            with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                return _compound(content, limits)
        if tally.is_bare_xls(head):
            with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
                return _xls(content[:], frozenset(), limits)
        for magic, what in _BINARY:
            if head.startswith(magic):
                raise Refused("file_type_unsupported", found=what)
        if head.startswith(b"BM") and head[6:10] == bytes(4):
            raise Refused("file_type_unsupported", found="tệp ảnh")
        if head[257:262] == b"ustar":
            raise Refused("file_type_unsupported", found="tệp nén khác")
        kind, encoding = markup_or_text(head)
        return screen_text(file, kind, encoding, size, limits)


def may_be_a_table(path: Path) -> bool:
    """Whether a file begins like a workbook or text; whether it is sound is for its own screening. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((b"PK", compound.MAGIC, *WIDE)) or tally.is_bare_xls(head):
        return True
    return bool(head) and not head.startswith(tuple(magic for magic, _ in _BINARY)) and b"\0" not in head


# --- zip: workbooks of today, and several files in one -----------------------------------------------------------


def _zip(file: BinaryIO, limits: Limits) -> Screened:
    entries = container.entries(file, limits)
    if not entries:
        raise Refused("file_empty", reason="tệp nén không chứa gì")
    names = {entry.name.casefold(): entry for entry in entries}
    for part, what in _OFFICE.items():
        if part in names:
            raise Refused("file_type_unsupported", found=what)
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return _ooxml(file, entries, names, limits)
    if "content.xml" in names:
        return _opendocument(file, entries, names, limits)
    return Screened("zip", streamed=sum(entry.size for entry in entries))


def is_workbook(entries: list[Entry]) -> bool:
    """Whether a zip is one document and not several files."""
    names = {entry.name.casefold() for entry in entries}
    return not names.isdisjoint({"xl/workbook.xml", "xl/workbook.bin", "content.xml", *_OFFICE})


def _ooxml(file: BinaryIO, entries: list[Entry], names: dict[str, Entry], limits: Limits) -> Screened:
    kind: Kind = "xlsx" if "xl/workbook.xml" in names else "xlsb"
    sheets, macros = [], []
    for entry in entries:
        name = entry.name.casefold()
        blocks = _Watched(file, entry)
        if name.endswith(".bin") and name.startswith("xl/worksheets/") and kind == "xlsb":
            sheets.append((entry.name, tally.of_xlsb(b"".join(blocks))))
        elif name.endswith(_XML_PARTS) and (blocks.peek(b"sheetData") or name.startswith("xl/worksheets/sheet")):
            sheets.append((entry.name, tally.of_xml(blocks)))
        blocks.drain()
        if name.startswith("xl/macrosheets/") or name.rsplit("/", 1)[-1] == "vbaproject.bin":
            macros.append(entry.name.rsplit("/", 1)[-1])
    if not sheets:
        raise Refused("file_unreadable", reason=DAMAGED)
    screened = _accepted(kind, sheets, sum(e.size for e in entries), limits, ", ".join(sorted(set(macros))))
    return replace(screened, copyable=screened.copyable and not any(entry.is_renamed for entry in entries))


def _opendocument(file: BinaryIO, entries: list[Entry], names: dict[str, Entry], limits: Limits) -> Screened:
    if "mimetype" in names:
        said = b"".join(container.stream(file, names["mimetype"]))
        if not said.startswith(_OPENDOCUMENT + b"spreadsheet"):
            raise Refused(
                "file_type_unsupported", found="tài liệu khác" if said.startswith(_OPENDOCUMENT) else "tệp nén khác"
            )
    if "meta-inf/manifest.xml" in names:
        manifest = b"".join(_Watched(file, names["meta-inf/manifest.xml"]))
        if b"encryption-data" in manifest:
            raise Refused("file_encrypted")
    sheets: list[tuple[str, tally.Sheet]] = []
    macros = [
        entry.name for entry in entries if entry.name.startswith(("Basic/", "Scripts/")) and entry.name.endswith(".xml")
    ]
    for entry in entries:
        blocks = _Watched(file, entry)
        if entry.name == "content.xml":
            sheets = [(f"{n}", sheet) for n, sheet in enumerate(tally.of_ods(blocks), start=1)]
        blocks.drain()
    if not sheets:
        raise Refused("file_unreadable", reason=DAMAGED)
    return _accepted("ods", sheets, sum(e.size for e in entries), limits, "Basic" if len(macros) > 2 else "")


class _Watched:
    """An entry's blocks, in UTF-8 where the entry is XML, which is watched for a document type declaration."""

    def __init__(self, file: BinaryIO, entry: Entry) -> None:
        self._name = entry.name
        self._blocks = container.stream(file, entry)
        self._first = next(self._blocks, b"")
        self._tail = b""
        # By these bytes an XML reader knows UTF-16 (XML 1.0, appendix F).
        codec = WIDE.get(self._first[:2])
        self._decode = codecs.getincrementaldecoder(codec)("replace").decode if codec else None
        name = entry.name.casefold()
        bare = self._first[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
        self._xml = name.endswith(_XML_PARTS) or ((bare.startswith(b"<") or codec) and not name.endswith(".svg"))
        self._first = self._in_utf8(self._first)

    def _in_utf8(self, block: bytes) -> bytes:
        return self._decode(block).encode("utf-8", "replace") if self._xml and self._decode else block

    def peek(self, word: bytes) -> bool:
        """Whether the first block holds a word."""
        return word in self._first

    def __iter__(self) -> _Watched:
        return self

    def __next__(self) -> bytes:
        """The next block. Raises Refused at a DOCTYPE or ENTITY: what expands or reaches out stands in there."""
        block, self._first = self._first, b""
        block = block or self._in_utf8(next(self._blocks))
        if self._xml:
            if b"<!" in block or self._tail:
                require_no_dtd(self._tail + block, self._name)
            cut = block.rfind(b"<", -32)
            self._tail = block[cut:] if cut >= 0 else b""
        return block

    def drain(self) -> None:
        """Go through what is left."""
        for _ in self:
            pass


def require_no_dtd(block: bytes, name: str) -> None:
    """Refuse XML that declares a document type or an entity (XML 1.0, 2.8 and 4.2)."""
    if DECLARES.search(block):
        raise Refused("file_has_dtd", part=container.shown(name))


# --- xls ---------------------------------------------------------------------------------------------------------


def _compound(content: mmap, limits: Limits) -> Screened:
    inside = compound.Compound(content)
    if {"EncryptedPackage", "EncryptionInfo"} & inside.names:
        raise Refused("file_encrypted")
    stream = compound.workbook_stream(inside)
    if stream is None:
        found = next((what for name, what in _OLD_OFFICE.items() if name in inside.names), "tệp OLE khác")
        raise Refused("file_type_unsupported", found=found)
    return _xls(inside.stream(stream), inside.names, limits)


def _xls(stream: bytes, names: frozenset[str], limits: Limits) -> Screened:
    book = tally.of_xls(stream)
    macros = "VBA" if book.macros or {"_VBA_PROJECT_CUR", "_VBA_PROJECT"} & names else ""
    sheets = [(str(n), sheet) for n, sheet in enumerate(book.sheets)]
    return _accepted("xls", sheets, len(stream), limits, macros)


def _accepted(
    kind: Kind, sheets: list[tuple[str, tally.Sheet]], streamed: int, limits: Limits, macros: str
) -> Screened:
    """The file with its figures. Refused when its sheets, or their cells together, are too many, or there is none."""
    if len(sheets) > limits.sheets:
        raise too_large(len(sheets), limits.sheets, "trang")
    for name, sheet in sheets:
        sheet.require(name.rsplit("/", 1)[-1].removesuffix(".xml"), limits)
    cells, area = (sum(getattr(sheet, what) for _, sheet in sheets) for what in ("cells", "area"))
    if cells > limits.cells:
        raise too_large(cells, limits.cells, "ô")
    if not cells:
        raise Refused("file_empty", reason="không có ô nào có giá trị")
    tags, spanned = (sum(getattr(sheet, what) for _, sheet in sheets) for what in ("tags", "spanned"))
    small = streamed <= _BIGGEST_COPY and tags <= _MOST_TAGS and spanned <= _MOST_SPANNED
    return Screened(kind, macros, cells, max(area, cells), streamed, kind == "xlsx" and small)
