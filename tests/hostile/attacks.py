"""Every class of attack known in public, as files made here and nowhere stored; each with the verdict that it gets."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from samples.workbooks import BINARY, Book, Cell, Page
from samples.workbooks.ole import container as compound
from tests.hostile import build
from tests.hostile.build import Raw, declared, of_samples, parts, raw_workbook, raw_zip, sheet, workbook, zipped

Make = Callable[[], bytes]
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = "<!DOCTYPE x [" + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10)) + "]>"
_ODS = "ods"


def _rows(cells: int, value: str = "0", width: int = 100) -> bytes:
    line = f"<c><v>{value}</v></c>" * width
    return sheet(f"<row>{line}</row>" * (cells // width))


def _flat(size: int, filler: bytes) -> bytes:
    """A sheet of many times the same byte, far beyond the cap: one packed block, repeated."""
    head = b'<worksheet><sheetData><row r="1"><c r="A1"><v>'
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = filler * (1 << 24)
    begun = deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    once = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    times = size >> 24
    crc = zlib.crc32(head)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    tail = b"</v></c></row></sheetData></worksheet>"
    size = len(head) + times * len(block) + len(tail)
    packed = begun + once * times + deflate.compress(tail) + deflate.flush()
    bomb = Raw(build.SHEET.encode(), b"", size=size, crc=zlib.crc32(tail, crc), packed=packed)
    return raw_workbook({build.SHEET: bomb})


def _ods(body: str, **more: bytes) -> bytes:
    content = _ods_parts()
    head, tail = (
        content["content.xml"].split(b"<table:table ", 1)[0],
        b"</office:spreadsheet></office:body></office:document-content>",
    )
    content["content.xml"] = head + f'<table:table table:name="S">{body}</table:table>'.encode() + tail
    return zipped({**content, **more})


def _ods_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(of_samples("ods"))) as file:
        return {name: file.read(name) for name in file.namelist()}


def ods_cell(repeat: int = 1, value: str = "7") -> str:
    """A number in a cell of ODS, so many times."""
    return f'<table:table-cell table:number-columns-repeated="{repeat}" office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def _xls(change: Callable[[bytearray], object] = lambda _: None, **streams: bytes) -> bytes:
    whole = bytearray(of_samples("xls"))
    change(whole)
    if not streams:
        return bytes(whole)
    return compound({**_xls_stream(), **streams})


def _xls_stream() -> dict[str, bytes]:
    from etl.model.compound import Compound

    return {"Workbook": Compound(of_samples("xls")).stream("Workbook")}


def _fat_at(whole: bytes | bytearray) -> int:
    return (struct.unpack_from("<I", whole, 76)[0] + 1) * 512


def _fat_loop(whole: bytearray) -> None:
    start = _fat_at(whole)
    struct.pack_into("<I", whole, start, 0)


def _two_cycle(whole: bytearray) -> None:
    start = _fat_at(whole)
    struct.pack_into("<2I", whole, start, 1, 0)


def _difat_loop(whole: bytearray) -> None:
    struct.pack_into("<2I", whole, 68, 0, 5)
    struct.pack_into("<I", whole, 512 + 508, 0)


def _directory_loop(whole: bytearray) -> None:
    first = struct.unpack_from("<I", whole, 48)[0]
    struct.pack_into("<I", whole, _fat_at(whole) + 4 * first, first)


def _biff(*records: tuple[int, bytes]) -> bytes:
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in [(0x809, bof), *records])


def _filepass() -> bytes:
    stream = _xls_stream()["Workbook"]
    cut = 4 + struct.unpack_from("<H", stream, 2)[0]
    return compound({"Workbook": stream[:cut] + struct.pack("<HH", 0x2F, 54) + bytes(54) + stream[cut:]})


def _far_xls() -> bytes:
    return of_samples("xls", [["một"], *[[None]] * 65_533, [None] * 255 + ["xa"]])


def _xlsb(change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(of_samples("xlsb"))) as file:
        content = {name: file.read(name) for name in file.namelist()}
    name = next(n for n in content if n.startswith("xl/worksheets/"))
    content[name] = change(content[name])
    return zipped(content)


def _xlsb_far(part: bytes) -> bytes:
    row = bytes([0, 17]) + struct.pack("<I", 1_048_575) + bytes(13)
    cell = bytes([5, 16]) + struct.pack("<II", 16_383, 0) + struct.pack("<d", 1.0)
    end = part.rindex(b"\x92\x01\x00") if b"\x92\x01\x00" in part else len(part)
    return part[:end] + row + cell + part[end:]


def _quine() -> bytes:
    inner = zipped({"a.csv": b"a,b\n"})
    for n in range(8):
        inner = zipped({f"{n}.zip": inner})
    return inner


def _renamed(method: int) -> bytes:
    return raw_workbook(
        {build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], method=method, packed=b"\0" * 90)}
    )


GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
SHARED = f'<sst xmlns="{build.MAIN}"><si><t>{"x" * 32_767}</t></si></sst>'.encode()
DTD, LARGE, DAMAGED, ENCRYPTED, OTHER = (
    "file_has_dtd", "file_too_large", "file_unreadable", "file_encrypted", "file_type_unsupported",
)  # fmt: skip
OVERLAP, DISAGREE, UNSAFE, FAR, EMPTY = (
    "zip_entries_overlap", "zip_headers_disagree", "zip_path_unsafe", "cell_too_far", "file_empty",
)  # fmt: skip


def bundle(*pairs: tuple[str, bytes]) -> bytes:
    """A zip of several files."""
    return zipped([("a.csv", b"a,b\n1,2\n"), *pairs])


REFUSED: dict[str, tuple[str, Make]] = {
    # --- bombs in the container
    "flat bomb of zeros": (LARGE, lambda: _flat(3 << 30, b"0")),
    "flat bomb of spaces": (LARGE, lambda: _flat(3 << 30, b" ")),
    "one number of 600 MB": (LARGE, lambda: _flat(600 << 20, b"0")),
    "two hundred thousand entries": (LARGE, lambda: raw_zip([Raw(b"xl/workbook.xml", b"<a/>"), *(Raw(b"%d" % n, b"", 0) for n in range(200_000))])),
    "quoted overlap": (OVERLAP, lambda: build.quoted_overlap(40)),
    "full overlap": (DISAGREE, lambda: raw_workbook(None, Raw(b"xl/worksheets/sheet2.xml", parts()["[Content_Types].xml"], at=0, local_name=b"[Content_Types].xml"))),
    "an entry over the directory": (OVERLAP, lambda: raw_workbook(None, Raw(b"xl/media/a", b"x" * 9, 0, packed=b"x" * 9)).replace(struct.pack("<II", 9, 9), struct.pack("<II", 999, 999))),
    "a part twice": (OVERLAP, lambda: zipped([*parts().items(), (build.SHEET, sheet(""))])),
    "a part twice, in capitals": (OVERLAP, lambda: zipped([*parts().items(), (build.SHEET.upper(), sheet(""))])),
    "size said too small": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], size=10)})),
    "size said too large": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], size=99_999)})),
    "local size is another": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], local_size=1)})),
    "local name is another": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], local_name=b"xl/worksheets/sheet9.xml")})),
    "small in the directory, gigabytes in truth": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), b"0" * (64 << 20), size=100, crc=0)})),
    "checksum of something else": (DAMAGED, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], crc=1)})),
    "a method nobody has": (DAMAGED, lambda: _renamed(12)),
    "deflate of garbage": (DAMAGED, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], packed=b"\xff" * 80)})),
    "data behind the end of deflate": (DISAGREE, lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), b"<a/>", packed=zlib.compress(b"<a/>", 9)[2:-4] + b"hidden" * 9)})),
    "a member out of its folder": (UNSAFE, lambda: zipped({**parts(), "../../etc/cron.d/x": b"x"})),
    "an absolute member": (UNSAFE, lambda: zipped({**parts(), "/etc/cron.d/x": b"x"})),
    "a member with backslashes": (UNSAFE, lambda: raw_workbook(None, Raw(b"xl\\..\\..\\x", b"x"))),
    "a member on a drive": (UNSAFE, lambda: raw_workbook(None, Raw(b"C:/x", b"x"))),
    "a member with NUL in its name": (UNSAFE, lambda: raw_workbook(None, Raw(b"a\0.xml", b"x"))),
    # --- XML
    "external entity in a sheet": (DTD, lambda: workbook(sheet1=declared(ENTITY, sheet('<row><c t="str"><v>&a;</v></c></row>')))),
    "external entity in shared strings": (DTD, lambda: workbook(sharedStrings=declared(ENTITY, parts()["xl/sharedStrings.xml"].replace("một".encode(), b"&a;")))),
    "external entity in styles": (DTD, lambda: workbook(styles=declared(ENTITY, parts()["xl/styles.xml"]))),
    "external entity in the content types": (DTD, lambda: workbook(Content_Types=declared(ENTITY, parts()["[Content_Types].xml"]))),
    "external entity in relations": (DTD, lambda: workbook(**{"_rels/.rels": declared(ENTITY, parts()["_rels/.rels"])})),
    "external DTD": (DTD, lambda: workbook(workbook=declared('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">', parts()["xl/workbook.xml"]))),
    "parameter entity in a custom part": (DTD, lambda: zipped({**parts(), "customXml/item1.xml": declared('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>', b"<x/>")})),
    "billion laughs": (DTD, lambda: workbook(sharedStrings=declared(LAUGHS, parts()["xl/sharedStrings.xml"].replace("một".encode(), b"&l9;")))),
    "quadratic blow-up": (DTD, lambda: workbook(sheet1=declared(f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', sheet(f'<row><c t="str"><v>{"&a;" * 50_000}</v></c></row>')))),
    "DOCTYPE in UTF-16": (DTD, lambda: workbook(sheet1=declared(ENTITY, sheet(build.GOOD_ROWS)).decode().encode("utf-16"))),
    "DOCTYPE in UTF-16 without a mark": (DTD, lambda: workbook(sheet1=declared(ENTITY, sheet(build.GOOD_ROWS)).decode().encode("utf-16-be"))),
    "DOCTYPE behind a megabyte of spaces": (DTD, lambda: workbook(sheet1=b'<?xml version="1.0"?>' + b" " * ((1 << 20) - 25) + ENTITY.encode() + sheet(build.GOOD_ROWS))),
    "DOCTYPE in a part without an ending": (DTD, lambda: zipped({**parts(), "xl/hidden": declared(ENTITY, b"<x/>")})),
    "SpreadsheetML with a DOCTYPE": (DTD, lambda: of_samples("spreadsheetml").replace(b"<Workbook", ENTITY.encode() + b"<Workbook", 1)),
    "SpreadsheetML with laughs": (DTD, lambda: of_samples("spreadsheetml").replace(b"<Workbook", LAUGHS.encode() + b"<Workbook", 1)),
    "HTML with entities of its own": (DTD, lambda: b'<!DOCTYPE html [<!ENTITY a "b">]><html><table><tr><td>&a;</table></html>'),
    "entities in ODS": (DTD, lambda: zipped({**_ods_parts(), "styles.xml": declared(LAUGHS, b"<x>&l9;</x>")})),
    # --- sheets that ask for more than they are
    "shared string bomb": (LARGE, lambda: workbook(sharedStrings=SHARED, sheet1=sheet("<row>" + '<c t="s"><v>0</v></c>' * 16_000 + "</row>" + ("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 2_000))),
    "twenty-one million cells": (LARGE, lambda: workbook(sheet1=_rows(21_000_000, "1"))),
    "a far cell": (FAR, lambda: workbook(sheet1=sheet(build.GOOD_ROWS + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))),
    "a far cell in single quotes": (FAR, lambda: workbook(sheet1=sheet(build.GOOD_ROWS + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"))),
    "a far cell with a text in place": (FAR, lambda: workbook(sheet1=sheet(build.GOOD_ROWS + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'))),
    "a far cell in a namespace": (FAR, lambda: workbook(sheet1=f'<x:worksheet xmlns:x="{build.MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'.encode())),
    "a far cell that no count sees": (LARGE, lambda: workbook(sheet1=sheet(build.GOOD_ROWS + '<row r="1048576"><c r = "XFD1048576"><v>1</v></c></row>'))),
    "a far row below a wide table": (FAR, lambda: workbook(sheet1=sheet("<row r='1'>" + "".join(f'<c r="{c}1"><v>1</v></c>' for c in "ABCDEFGHIJKLMN") + '</row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'))),
    "a far cell in ODS": (FAR, lambda: _ods(f'<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16383"/>{ods_cell()}</table:table-row>')),
    "columns repeated a billion times in ODS": (LARGE, lambda: _ods(f"<table:table-row>{ods_cell(1_000_000_000)}</table:table-row>")),
    "rows repeated a billion times in ODS": (LARGE, lambda: _ods(f'<table:table-row table:number-rows-repeated="1000000000">{ods_cell()}</table:table-row>')),
    "a far cell in xls": (FAR, _far_xls),
    "a far cell in xlsb": (FAR, lambda: _xlsb(_xlsb_far)),
    "a text in place of 100 MB": (LARGE, lambda: workbook(sheet1=sheet(f'<row><c t="inlineStr"><is><t>{"x" * (100 << 20)}</t></is></c></row>' * 3))),
    "two thousand sheets": (LARGE, lambda: zipped({**parts(), **{f"xl/worksheets/sheet{n}.xml": sheet(build.GOOD_ROWS) for n in range(2, 2002)}})),
    "SpreadsheetML that skips a billion rows": (LARGE, lambda: of_samples("spreadsheetml").replace(b"<Row>", b'<Row ss:Index="99999999">', 1).replace(b"<Row ss:AutoFit", b'<Row ss:Index="99999999" ss:AutoFit', 1)),
    "SpreadsheetML that merges a million columns": (LARGE, lambda: of_samples("spreadsheetml").replace(b"<Cell", b'<Cell ss:MergeAcross="99999999"', 1)),
    "SpreadsheetML nested without end": (DAMAGED, lambda: of_samples("spreadsheetml").replace(b"<Worksheet", b"<x>" * 500_000 + b"<Worksheet", 1)),
    "HTML of ten million spans": (LARGE, lambda: b"<html><table>" + (b"<tr>" + b'<td colspan="1000">1' * 17) * 900 + b"</table>"),
    # --- damaged
    "empty file": (EMPTY, lambda: b""),
    "empty zip": (EMPTY, lambda: b"PK\x05\x06" + bytes(18)),
    "a workbook without a cell": (EMPTY, lambda: workbook(sheet1=sheet(""))),
    "a text of line ends": (EMPTY, lambda: b"\r\n" * 50),
    "a workbook without a sheet": (DAMAGED, lambda: workbook(sheet1=None)),
    "a sheet that breaks off": (DAMAGED, lambda: workbook(sheet1=sheet(build.GOOD_ROWS)[:-60])),
    "a directory that says less": (DAMAGED, lambda: raw_workbook()[:-22] + b"PK\x05\x06" + bytes(18)),
    "OLE: FAT in a loop": (DAMAGED, lambda: _xls(_fat_loop)),
    "OLE: two sectors in a circle": (DAMAGED, lambda: _xls(_two_cycle)),
    "OLE: DIFAT in a loop": (DAMAGED, lambda: _xls(_difat_loop)),
    "OLE: directory in a loop": (DAMAGED, lambda: _xls(_directory_loop)),
    "OLE: sectors of 2 GB": (DAMAGED, lambda: _xls(lambda w: struct.pack_into("<H", w, 30, 31))),
    "OLE: cut off": (DAMAGED, lambda: _xls()[:1200]),
    "OLE: header alone": (DAMAGED, lambda: build.OLE2 + bytes(600)),
    "BIFF: a record longer than the stream": (DAMAGED, lambda: compound({"Workbook": _biff((0x85, bytes(8)))[:-2] + struct.pack("<HH", 0xFD, 60_000) + b"\1" * 4000})),
    "BIFF: no beginning": (DAMAGED, lambda: compound({"Workbook": b"\1\2\3\4" * 1200})),
    "xlsb: a record longer than the part": (DAMAGED, lambda: _xlsb(lambda p: b"\x07\xff\xff\xff\x7f" + p)),
    "xlsb: cut inside of a record": (DAMAGED, lambda: _xlsb(lambda p: p[:-3] + b"\x80")),
    # --- passwords
    "encrypted OOXML": (ENCRYPTED, lambda: compound({"EncryptionInfo": b"\4\0\4\0\x40\0\0\0<encryption/>", "EncryptedPackage": bytes(5000)})),
    "encrypted xls": (ENCRYPTED, _filepass),
    "encrypted zip entries": (ENCRYPTED, lambda: raw_zip([Raw(name.encode(), data, flags=1) for name, data in parts().items()])),
    "encrypted ODS": (ENCRYPTED, lambda: zipped({**_ods_parts(), "META-INF/manifest.xml": _ods_parts()["META-INF/manifest.xml"].replace(b'media-type="text/xml"/>', b'media-type="text/xml"><manifest:encryption-data/></manifest:file-entry>'), "content.xml": b"\x93\x01" * 500})),
    "encrypted dropped zip": (ENCRYPTED, lambda: raw_zip([Raw(b"a.csv", b"a,b\n", flags=1)])),
    # --- no tables
    "PDF": (OTHER, lambda: b"%PDF-1.7\n" + b"x" * 99),
    "PDF that is a workbook too": (OTHER, lambda: b"%PDF-1.7\n" + workbook()),
    "zip behind garbage": (OTHER, lambda: b"\0\1\2\3garbage" + workbook()),
    "zip behind a zip's sign": (DISAGREE, lambda: b"PK\x03\x04" + b"\0" * 60 + workbook()),
    "gzip": (OTHER, lambda: zlib.compress(b"x", wbits=31)),
    "7z": (OTHER, lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99)),
    "rar": (OTHER, lambda: b"Rar!\x1a\x07\x01\0" + bytes(99)),
    "tar": (OTHER, lambda: b"a.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300)),
    "docx": (OTHER, lambda: zipped({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})),
    "pptx": (OTHER, lambda: zipped({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"})),
    "odt": (OTHER, lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})),
    "old Word": (OTHER, lambda: compound({"WordDocument": bytes(5000)})),
    "old PowerPoint": (OTHER, lambda: compound({"PowerPoint Document": bytes(5000)})),
    "JPEG": (OTHER, lambda: b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(900)),
    "GIF": (OTHER, lambda: GIF),
    "program": (OTHER, lambda: b"MZ\x90\0" + bytes(900)),
    "SQLite": (OTHER, lambda: b"SQLite format 3\0" + bytes(900)),
    "RTF": (OTHER, lambda: b"{\\rtf1 a}"),
    "random bytes": (OTHER, lambda: random.Random(7).randbytes(60_000)),
    "text with NULs": (OTHER, lambda: b"a,b\0,c\n" * 99),
    "other XML": (OTHER, lambda: b'<?xml version="1.0"?><rss><item/></rss>'),
    "page kept as MHT": (OTHER, lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"),
    # --- text
    "one line of 50 MB": (OTHER, lambda: b"x" * (50 << 20)),
    "a hundred thousand columns": (LARGE, lambda: b",".join(b"%d" % n for n in range(100_000)) + b"\n1,2\n"),
    "fifty million commas": (LARGE, lambda: (b"," * 1_000 + b"\n") * 50_000),
    # --- zips of files
    "a zip in a zip": ("zip_nested", lambda: bundle(("b.zip", zipped({"c.csv": b"a"})))),
    "a zip in a zip, by another name": ("zip_nested", lambda: bundle(("b.xlsx", zipped({"c.csv": b"a"})))),
    "a gzip in a zip": ("zip_nested", lambda: bundle(("b.csv", zlib.compress(b"a,b", wbits=31)))),
    "zips in zips in zips": ("zip_nested", _quine),
    "a zip of a file twice": (OVERLAP, lambda: bundle(("a.csv", b"x,y\n"))),
    "a zip that leads out": (UNSAFE, lambda: bundle(("../../credit/b.csv", b"x,y\n"))),
    "a zip of pictures": ("zip_without_table", lambda: zipped({"a.gif": GIF, "b/c.gif": GIF})),
    "a zip of hidden files": ("zip_without_table", lambda: zipped({".a.csv": b"a,b\n", "__MACOSX/b.csv": b"a,b\n", "~$c.xlsx": b"x"})),
    "a zip beyond the cap": (LARGE, lambda: raw_zip([Raw(b"%d.csv" % n, b"", size=400 << 20) for n in range(6)])),
}  # fmt: skip


def _with_dimension(ref: str | None) -> bytes:
    before = f'<dimension ref="{ref}"/>' if ref else ""
    return workbook(sheet1=sheet(build.GOOD_ROWS, before))


def _trailing() -> bytes:
    cells = "".join(f'<c r="{c}%d" s="0"/>' for c in "ABC")
    blanks = "".join(f'<row r="{r}">{cells.replace("%d", str(r))}</row>' for r in range(3, 1_048_577, 1))
    return zipped(parts(sheet1=sheet(build.GOOD_ROWS + blanks)), level=1)


def _macrosheet() -> dict[str, bytes]:
    return {
        **parts(),
        "xl/macrosheets/sheet1.xml": b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"/>',
    }


READ: dict[str, Make] = {
    # Honest, or harmless once only cells are read: each is read as exactly ``GOOD``.
    "plain": workbook,
    "dimension missing": lambda: _with_dimension(None),
    "dimension too small": lambda: _with_dimension("A1"),
    "dimension too large": lambda: _with_dimension("A1:XFD1048576"),
    "dimension of rows alone": lambda: _with_dimension("1:69"),
    "dimension of nothing": lambda: _with_dimension("A1:A0"),
    "a million formatted rows without a cell": _trailing,
    "a far cell that is formatted and empty": lambda: workbook(sheet1=sheet(build.GOOD_ROWS + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')),
    "a merged range over everything": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, after='<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
    "a hundred thousand merged ranges": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, after="<mergeCells>" + "".join(f'<mergeCell ref="A{r}:B{r}"/>' for r in range(3, 100_003)) + "</mergeCells>")),
    "a hyperlink over everything": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, after='<hyperlinks><hyperlink ref="A1:XFD1048576" location="S!A1"/></hyperlinks>')),
    "a hundred thousand hyperlinks": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, after="<hyperlinks>" + "".join(f'<hyperlink ref="A{r}" location="S!A1"/>' for r in range(1, 100_001)) + "</hyperlinks>")),
    "two hundred thousand styles": lambda: workbook(styles=parts()["xl/styles.xml"].replace(b'<cellXfs count="1">', b'<cellXfs count="200001">' + b'<xf xfId="0" numFmtId="14"/>' * 200_000)),
    "a hundred thousand defined names": lambda: workbook(workbook=parts()["xl/workbook.xml"].replace(b"</workbook>", b"<definedNames>" + b"".join(b'<definedName name="n%d">S!$A$1:$XFD$1048576</definedName>' % n for n in range(100_000)) + b"</definedNames></workbook>")),
    "elements nested a million deep": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, after="<x>" * 1_000_000 + "</x>" * 1_000_000)),
    "an attribute of 20 MB": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, before=f'<sheetPr codeName="{"x" * (20 << 20)}"/>')),
    "columns formatted to the end": lambda: workbook(sheet1=sheet(build.GOOD_ROWS, before='<cols><col min="1" max="16384" width="9"/></cols>')),
    "a sheet in a namespace": lambda: workbook(sheet1=sheet(build.GOOD_ROWS).decode().replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=").encode()),
    "a picture with a DOCTYPE": lambda: zipped({**parts(), "xl/media/a.svg": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x"><svg/>'}),
    "entries written as a stream": lambda: raw_workbook({build.SHEET: Raw(build.SHEET.encode(), parts()[build.SHEET], flags=8, local_size=0)}),
    "ODS": lambda: of_samples("ods"),
    "ODS filled up to the end": lambda: _ods('<table:table-row><table:table-cell office:value-type="string"><text:p>một</text:p></table:table-cell>' + ods_cell() + '<table:table-cell table:number-columns-repeated="16382"/></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>hai</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'),
    "xls": lambda: of_samples("xls"),
    "xlsb": lambda: of_samples("xlsb"),
    "HTML named xls": lambda: of_samples("html"),
    "HTML with a DOCTYPE of its own": lambda: b"<!DOCTYPE html>" + of_samples("html"),
    "HTML with scripts and things to load": lambda: of_samples("html").replace(b"</head>", b'<script>document.write("<tr><td>x</table>")</script><link rel="stylesheet" href="http://127.0.0.1:9/x"><style>td{}</style></head>').replace(b"</body>", b'<img src="http://127.0.0.1:9/y"><iframe src="file:///etc/passwd"></iframe></body>'),
    "SpreadsheetML": lambda: of_samples("spreadsheetml"),
    "csv": lambda: "một,7\nhai,\n".encode(),
    "csv that says formulas": lambda: "một,7\nhai,\n".encode(),
}  # fmt: skip

MACROS: dict[str, Make] = {
    "xlsm": lambda: of_samples("xlsm"),
    "xlsx with a VBA part": lambda: zipped({**parts(), "xl/vbaProject.bin": bytes(99)}),
    "xlsx with an Excel 4 macro sheet": lambda: zipped(_macrosheet()),
    "xls with VBA": lambda: _xls(_VBA_PROJECT=bytes(5000)),
    "xls with an Excel 4 macro sheet": lambda: compound({"Workbook": _with_macro_sheet()}),
}  # fmt: skip


def _with_macro_sheet() -> bytes:
    stream = bytearray(_xls_stream()["Workbook"])
    at = 0
    while True:
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x0A:
            break
        at += 4 + size
    # A second sheet, of type 1, whose place is the first one's.
    name = b"\x02\x00M1"
    extra = struct.pack("<HHIBB", 0x85, 6 + len(name), 0, 0, 1) + name
    moved = len(extra)
    place = 0
    while place < at:
        kind, size = struct.unpack_from("<HH", stream, place)
        if kind == 0x85:
            struct.pack_into("<I", stream, place + 4, struct.unpack_from("<I", stream, place + 4)[0] + moved)
            extra = extra[:4] + struct.pack("<I", struct.unpack_from("<I", stream, place + 4)[0]) + extra[8:]
        place += 4 + size
    return bytes(stream[:at]) + extra + bytes(stream[at:])


def honest(kind: str, rows: list[list[Any]]) -> bytes:
    """A file of any format with these rows."""
    return BINARY[kind](Book([Page("S", [[Cell(v) for v in row] for row in rows])]))
