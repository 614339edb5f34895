"""Workbooks as other programs put them together: packages, days that are spelt out, days that are none, errors."""

from __future__ import annotations

import errno
import io
import struct
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from etl import opening
from etl.intake.screen import may_be_a_table, screen
from etl.model.refused import Refused
from etl.reading import read_grids
from etl.reading.cell_text import cell_text, iso_text, number_in_place_of_day
from etl.settings import Settings
from samples.workbooks import BINARY, Book, Cell, Page
from samples.workbooks.parts import zipped
from tests.support import grids_of

ROWS = [["Xã", "Số hộ"], ["Y Tý", "7"]]


def parts_of(content: bytes) -> dict[str, bytes]:
    """Name → part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def sample(kind: str) -> dict[str, bytes]:
    """The parts of a small workbook."""
    return parts_of(BINARY[kind](Book([Page("Trang", [[Cell("Xã"), Cell("Số hộ")], [Cell("Y Tý"), Cell(7)]])])))


def texts(path: Path) -> list[list[str | None]]:
    (grid,) = grids_of(path)
    return [[text if isinstance(text, str) else None for text in row] for row in grid.cells.to_numpy(dtype=object)]


@pytest.mark.parametrize("kind", ["xlsx", "xlsb", "ods"])
def test_names_of_parts_with_backslashes(kind: str, tmp_path: Path) -> None:
    parts = {name.replace("/", "\\"): data for name, data in sample(kind).items()}
    path = tmp_path / f"a.{kind}"
    path.write_bytes(zipped(parts))
    assert texts(path) == ROWS
    assert not screen(path, Settings().limits).copyable


def test_backslashes_lead_out_of_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped(sample("xlsx") | {"xl\\..\\..\\x": b"x"}))
    with pytest.raises(Refused, match="zip_path_unsafe"):
        grids_of(path)


@pytest.mark.parametrize("has_type", [True, False])
def test_an_ods_with_indented_tags(tmp_path: Path, *, has_type: bool) -> None:
    """Blanks between the tags of rows and cells are no text; those in a paragraph stay."""
    parts = sample("ods")
    content = parts["content.xml"].replace(b"<table:table-row", b"\n  <table:table-row")
    content = content.replace(b"<table:table-cell", b"\n    <table:table-cell").replace(
        b"</table:table-row", b"\n  </table:table-row"
    )
    assert b"\n    <table:table-cell" in content
    if not has_type:
        del parts["mimetype"]
    path = tmp_path / "a.ods"
    path.write_bytes(zipped(parts | {"content.xml": content}, stored=frozenset({"mimetype"})))
    assert texts(path) == ROWS


def test_days_and_times_of_an_ods(tmp_path: Path) -> None:
    parts = sample("ods")
    cell = '<table:table-cell office:value-type="string"><text:p>Số hộ</text:p></table:table-cell>'
    values = {
        'date" office:date-value="2018-09-05T07:30:00': "2018-09-05 07:30:00",
        'date" office:date-value="2018-09-05': "2018-09-05",
        'time" office:time-value="PT02H30M00S': "1899-12-31 02:30:00",
        'time" office:time-value="PT26H00M00S': "1900-01-01 02:00:00",
    }
    content = parts["content.xml"].decode()
    assert cell in content
    for value, shown in values.items():
        changed = content.replace(
            cell, f'<table:table-cell office:value-type="{value}"><text:p>x</text:p></table:table-cell>'
        )
        path = tmp_path / "a.ods"
        path.write_bytes(zipped(parts | {"content.xml": changed.encode()}, stored=frozenset({"mimetype"})))
        assert texts(path)[0][1] == shown


def sheet_of(path: Path, cells: str) -> Path:
    """An xlsx with these cells in its second row."""
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active["A1"].number_format = "dd/mm/yyyy"
    book.save(path)
    parts = parts_of(path.read_bytes())
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b"</sheetData>", f'<row r="2">{cells}</row></sheetData>'.encode())
    path.write_bytes(zipped(parts))
    return path


def test_days_that_an_xlsx_spells_out(tmp_path: Path) -> None:
    """The strict form of an xlsx writes days in words of ISO 8601, with more decimals than anybody counts."""
    cells = (
        '<c r="A2" t="d"><v>2014-01-16T15:59:59.99999979045242400</v></c><c r="B2" t="d"><v>2014-01-16T08:00:00Z</v></c>'
        '<c r="C2" t="d"><v>15:02:00.00000000000916800</v></c>'
    )
    shown = ["2014-01-16 16:00:00", "2014-01-16 08:00:00", "1899-12-31 15:02:00"]
    assert texts(sheet_of(tmp_path / "a.xlsx", cells))[1] == shown


def test_numbers_that_no_calendar_shows(tmp_path: Path) -> None:
    """Excel shows #### in a cell of days that holds such a number: the number is what the cell holds."""
    values = ["-1", "-0.5", "-12345.6789", "3000000", "1000000000000", "0", "60", "43348.5"]
    cells = "".join(f'<c r="{"ABCDEFGH"[n]}2" s="1"><v>{value}</v></c>' for n, value in enumerate(values))
    shown = [*values[:5], "1899-12-31 00:00:00", "1900-02-28 00:00:00", "2018-09-05 12:00:00"]
    assert texts(sheet_of(tmp_path / "a.xlsx", cells))[1] == shown


def test_a_text_that_looks_like_an_early_day_is_a_text(tmp_path: Path) -> None:
    cells = '<c r="A2" t="inlineStr"><is><t>1899-12-30 08:00:00</t></is></c><c r="B2" s="1"><v>-1.5</v></c>'
    assert texts(sheet_of(tmp_path / "a.xlsx", cells))[1] == ["1899-12-30 08:00:00", "-1.5"]


def test_a_strict_xlsx_that_counts_from_1904(tmp_path: Path) -> None:
    """openpyxl finds no sheet in it."""
    path = tmp_path / "a.xlsx"
    strict = {
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships":
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    }  # fmt: skip
    parts = sample("xlsx")
    for name, data in parts.items():
        for old, new in strict.items():
            data = data.replace(old, new)
        parts[name] = data
    workbook = parts["xl/workbook.xml"]
    assert b"<sheets" in workbook
    if b"<workbookPr" in workbook:
        workbook = workbook.replace(b"<workbookPr", b'<workbookPr date1904="1"', 1)
    else:
        workbook = workbook.replace(b"<sheets", b'<workbookPr date1904="1"/><sheets', 1)
    path.write_bytes(zipped(parts | {"xl/workbook.xml": workbook}))
    assert texts(path) == ROWS


def test_results_of_formulas_that_are_errors_in_an_xlsb(tmp_path: Path) -> None:
    rows = [[Cell("a"), Cell("b"), Cell("c")], [Cell("x"), Cell("#DIV/0!", is_error=True), Cell(3)]]
    parts = parts_of(BINARY["xlsb"](Book([Page("Trang", rows)])))
    name = "xl/worksheets/sheet1.bin"
    record = b"\x03\x09" + struct.pack("<II", 1, 0) + b"\x07"
    assert record in parts[name]
    result = b"\x0b\x13" + record[2:] + bytes(2) + struct.pack("<II", 0, 0)
    path = tmp_path / "a.xlsb"
    path.write_bytes(zipped(parts | {name: parts[name].replace(record, result)}))
    assert texts(path) == [["a", "b", "c"], ["x", "#DIV/0!", "3"]]


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xlsb", "xls"])
def test_many_errors_take_hardly_longer_than_other_cells(kind: str, tmp_path: Path) -> None:
    """Set one by one, 20,000 errors took 12 s of computing."""
    rows = [[Cell("a"), Cell("b")], *([[Cell("x"), Cell("#N/A", is_error=True)]] * 20_000)]
    path = tmp_path / f"a.{kind}"
    path.write_bytes(BINARY[kind](Book([Page("Trang", rows)])))
    begun = time.process_time()
    (grid,) = read_grids(path, path.name, kind)
    assert time.process_time() - begun < 5
    assert (grid.cells[2].iloc[1:] == "#N/A").all()


def test_an_error_in_a_column_of_its_own_in_an_xlsb(tmp_path: Path) -> None:
    rows = [[Cell("a"), Cell("#N/A", is_error=True)], [Cell("x"), Cell("#N/A", is_error=True)]]
    parts = parts_of(BINARY["xlsb"](Book([Page("Trang", rows)])))
    name = "xl/worksheets/sheet1.bin"
    record = b"\x03\x09" + struct.pack("<II", 1, 0) + b"\x2a"
    result = b"\x0b\x13" + record[2:] + bytes(2) + struct.pack("<II", 0, 0)
    path = tmp_path / "a.xlsb"
    path.write_bytes(zipped(parts | {name: parts[name].replace(record, result)}))
    assert texts(path) == [["a", "#N/A"], ["x", "#N/A"]]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"a\"\r\nE\r\n", "tệp SYLK (.slk)"),
        (b"BM\xb6\x9c\x36\0\0\0\0\0\x36\0\0\0" + bytes(200), "tệp ảnh"),
        (b'<?xml version="1.0"?>\n<office:document><office:body><table:table><table:table-row/></table:table>', "tệp XML"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_named(content: bytes, found: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        grids_of(path)
    assert refused.value.rule == "file_type_unsupported"
    assert refused.value.params["found"] == found


def test_a_directory_that_is_not_where_it_says(tmp_path: Path) -> None:
    """The parts then begin before the file: to go there fails as if the disk did."""
    content = bytearray(zipped(sample("xlsx")))
    end = content.rindex(b"PK\x05\x06")
    (offset,) = struct.unpack_from("<I", content, end + 16)
    struct.pack_into("<I", content, end + 16, offset + 5_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused):
        grids_of(path)


def test_an_oserror_of_a_reader_is_a_verdict_on_the_file(tmp_path: Path) -> None:
    """openpyxl, asked for fonts of before Unicode, finds no workbook and calls that an OSError."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Hé nghÌo"])
    book.active["A1"].font = Font(name=".VnTime")
    book.save(path)
    parts = parts_of(path.read_bytes())
    types = parts["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main+xml", b"other+xml")
    assert types != parts["[Content_Types].xml"]
    path.write_bytes(zipped(parts | {"[Content_Types].xml": types}))
    with pytest.raises(Refused, match="file_unreadable"):
        grids_of(path)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES])
def test_a_fault_of_the_disk_is_no_verdict(number: int) -> None:
    with pytest.raises(OSError, match="disk"):
        opening._on_content(_fail, number)
    with pytest.raises(Refused, match="file_unreadable"):
        opening._on_content(_fail, errno.EINVAL)


def _fail(number: int) -> None:
    raise OSError(number, "disk")


def test_an_xls_without_a_container_in_a_zip_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    cell = struct.pack("<HHHHHH", 0x204, 8 + 2, 0, 0, 0, 2) + b"ok"
    path.write_bytes(struct.pack("<6H", 0x809, 8, 0, 0x10, 0, 0) + cell + struct.pack("<HH", 0x0A, 0))
    assert may_be_a_table(path)
    assert texts(path) == [["ok"]]


def test_texts_of_days() -> None:
    assert iso_text("Thôn 2") == "Thôn 2"
    assert iso_text("-PT6H") == "-0.25"
    assert cell_text(timedelta(days=10, hours=15)) == "1900-01-10 15:00:00"
    assert number_in_place_of_day("1900-02-29 00:00:00", from_1904=False) == "1900-02-29 00:00:00"
    assert number_in_place_of_day("1903-12-31 00:00:00", from_1904=True) == "-1"
    assert number_in_place_of_day("1899-12-31 07:00:00", from_1904=True) == "1899-12-31 07:00:00"
