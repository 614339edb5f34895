"""How hostile files are made: a sound workbook as its parts, and containers written byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from samples.workbooks import BINARY, Book, Cell, Page

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet(rows: str, before: str = "", after: str = "") -> bytes:
    """A worksheet part around some rows."""
    return (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'.encode()
    )


GOOD_ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>7</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
)
GOOD = [["một", "7"], ["hai", None]]


def parts(**changes: bytes | None) -> dict[str, bytes]:
    """The parts of a sound workbook of ``GOOD`` cells; a change's key is the part's last name without its ending."""
    over = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    made = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{over}.sheet.main+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{over}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{over}.sharedStrings+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{over}.styles+xml"/></Types>'
        ).encode(),
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>'
            f'<Relationship Id="rId3" Type="{REL}/styles" Target="styles.xml"/></Relationships>'
        ).encode(),
        SHEET: sheet(GOOD_ROWS),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>một</t></si><si><t>hai</t></si></sst>'.encode(),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            '<cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>'
        ).encode(),
    }  # fmt: skip
    for key, content in changes.items():
        name = next((n for n in made if n.rsplit("/", 1)[-1].split(".")[0].strip("[]") == key), key)
        if content is None:
            del made[name]
        else:
            made[name] = content
    return made


def zipped(content: Mapping[str, bytes] | Iterable[tuple[str, bytes]], *, level: int = 6) -> bytes:
    """A zip as Python writes it; pairs may repeat a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, data in content.items() if isinstance(content, Mapping) else content:
            file.writestr(name, data)
    return out.getvalue()


def workbook(**changes: bytes | None) -> bytes:
    """A sound workbook with some parts changed."""
    return zipped(parts(**changes))


def declared(doctype: str, part: bytes) -> bytes:
    """A part with a document type before its root."""
    return f'<?xml version="1.0"?>{doctype}'.encode() + part


def of_samples(kind: str, rows: list[list[object]] | None = None) -> bytes:
    """A workbook of another format, written by the sample province's own code."""
    lines = rows or [["một", 7], ["hai", None]]
    return BINARY[kind](Book([Page("S", [[Cell(v) for v in line] for line in lines])]))  # type: ignore[arg-type]


@dataclass
class Raw:
    """An entry of a zip written by hand; what is None is what is true. ``at``: its local header stands elsewhere."""

    name: bytes
    data: bytes
    method: int = 8
    flags: int = 0
    size: int | None = None
    crc: int | None = None
    local_name: bytes | None = None
    local_size: int | None = None
    local_flags: int | None = None
    packed: bytes | None = None
    at: int | None = None


def raw_zip(entries: list[Raw], *, prefix: bytes = b"", count: int | None = None) -> bytes:
    """A zip whose every field may lie."""
    body, directory = bytearray(prefix), bytearray()
    for one in entries:
        packed = one.packed
        if packed is None:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = deflate.compress(one.data) + deflate.flush() if one.method == 8 else one.data
        crc = zlib.crc32(one.data) if one.crc is None else one.crc
        size = len(one.data) if one.size is None else one.size
        at = len(body) if one.at is None else one.at
        name = one.name if one.local_name is None else one.local_name
        local = struct.pack(
            "<4s5H3I2H", b"PK\x03\x04", 20, one.flags if one.local_flags is None else one.local_flags, one.method, 0, 33,
            crc, len(packed), size if one.local_size is None else one.local_size, len(name), 0,
        )  # fmt: skip
        if one.at is None:
            body += local + name + packed
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, one.flags, one.method, 0, 33, crc, len(packed), size, len(one.name),
            0, 0, 0, 0, 0, at,
        ) + one.name  # fmt: skip
    number = len(entries) if count is None else count
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, number & 0xFFFF, number & 0xFFFF, len(directory), len(body), 0)
    return bytes(body + directory) + end


def raw_workbook(change: dict[str, Raw] | None = None, *more: Raw, prefix: bytes = b"") -> bytes:
    """A sound workbook as raw entries, some replaced and some added."""
    change = change or {}
    entries = [change.get(name, Raw(name.encode(), data)) for name, data in parts().items()]
    return raw_zip([*entries, *more], prefix=prefix)


def quoted_overlap(copies: int) -> bytes:
    """David Fifield's zip bomb: each file quotes the next one's header as stored data, all share one kernel."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"0" * (1 << 20)
    packed = kernel.compress(content) + kernel.flush()
    names = [f"xl/worksheets/sheet{n}.xml".encode() for n in range(copies)]
    tail_packed, tail_plain = packed, content
    records = []
    body = b""
    for name in reversed(names):
        header = (
            struct.pack(
                "<4s5H3I2H",
                b"PK\x03\x04",
                20,
                0,
                8,
                0,
                33,
                zlib.crc32(tail_plain),
                len(tail_packed),
                len(tail_plain),
                len(name),
                0,
            )
            + name
        )
        body = header + tail_packed
        records.append((name, zlib.crc32(tail_plain), len(tail_packed), len(tail_plain), len(body)))
        quoted = struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + header
        tail_packed, tail_plain = quoted + tail_packed, header + tail_plain
    workbook_xml = Raw(b"xl/workbook.xml", parts()["xl/workbook.xml"])
    first = raw_zip([workbook_xml])
    first = first[: first.index(b"PK\x01\x02")]
    directory = b""
    for name, crc, size, plain, length in records:
        at = len(first) + len(body) - length
        directory += (
            struct.pack(
                "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, size, plain, len(name), 0, 0, 0, 0, 0, at
            )
            + name
        )
    own = raw_zip([workbook_xml])
    own_directory = own[own.index(b"PK\x01\x02") : own.index(b"PK\x05\x06")]
    directory = own_directory + directory
    end = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, copies + 1, copies + 1, len(directory), len(first) + len(body), 0
    )
    return first + body + directory + end
