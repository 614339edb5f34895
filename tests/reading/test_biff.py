"""An xls by its records: every version, texts that go on in further records, streams without a container."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest

from etl.model.compound import Compound, workbook_stream
from etl.model.grid import Grid
from etl.reading.biff import is_date_format
from etl.reading.cell_text import date_text, number_text
from samples.workbooks.ole import container
from tests.support import grids_of

BIFF8, BIFF5 = 0x0600, 0x0500
WORKSHEET = 0x10


def record(kind: int, data: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(data)) + data


def place(row: int, column: int, look: int = 0) -> bytes:
    """Where a cell is, from 0, and its XF."""
    return struct.pack("<3H", row, column, look)


def workbook(*cells: bytes, version: int = BIFF8, head: bytes = b"", sheets: int = 1) -> bytes:
    """A workbook stream. head: further records of its globals; the cells are those of its last sheet."""
    beginning = record(0x809, struct.pack("<HHHH", version, 5, 0, 0)) + head
    names = [f"Trang {number + 1}" for number in range(sheets)]
    shorts = [_short_name(name, version) for name in names]
    at = len(beginning) + sum(4 + 6 + len(short) for short in shorts) + 4
    bounds, bodies = b"", []
    for number, short in enumerate(shorts):
        body = record(0x809, struct.pack("<HHHH", version, WORKSHEET, 0, 0))
        body += b"".join(cells) if number == sheets - 1 else b""
        body += record(0x0A)
        bounds += record(0x85, struct.pack("<IBB", at, 0, 0) + short)
        bodies.append(body)
        at += len(body)
    return beginning + bounds + record(0x0A) + b"".join(bodies)


def _short_name(name: str, version: int) -> bytes:
    raw = name.encode("ascii")
    return bytes([len(raw)]) + (b"\0" if version == BIFF8 else b"") + raw


def read(folder: Path, stream: bytes, name: str | None = "Workbook") -> list[Grid]:
    """The sheets of a stream, in a container under a name, or bare."""
    path = folder / "a.xls"
    path.write_bytes(container({name: stream}) if name else stream)
    return grids_of(path)


def texts_of(grid: Grid) -> list[list[str | None]]:
    """The texts of the grid, row by row."""
    return [[text if isinstance(text, str) else None for text in row] for row in grid.cells.to_numpy(dtype=object)]


def shared(parts: list[bytes], count: int) -> bytes:
    """Shared texts, whose bytes lie in several records."""
    first = record(0xFC, struct.pack("<II", count, count) + parts[0])
    return first + b"".join(record(0x3C, part) for part in parts[1:])


def test_shared_texts_that_go_on_in_another_record(tmp_path: Path) -> None:
    """Within a text the next record says anew how wide its letters are; runs and readings may be torn apart."""
    wide = "Vàng A".encode("utf-16-le")
    rich = struct.pack("<HBH", 3, 8, 2) + b"abc"
    runs = struct.pack("<4H", 0, 1, 2, 1)
    readings = struct.pack("<HBI", 2, 4, 6) + b"xy"
    parts = [
        struct.pack("<HB", 8, 1) + wide,
        b"\0" + b" B" + rich + runs[:5],
        runs[5:] + readings + b"123",
        b"456" + struct.pack("<HB", 3, 0) + b"end",
    ]
    cells = [record(0xFD, place(0, number) + struct.pack("<I", number)) for number in range(4)]
    (grid,) = read(tmp_path, workbook(*cells, head=shared(parts, 4)))
    assert texts_of(grid) == [["Vàng A B", "abc", "xy", "end"]]


def test_numbers_flags_errors_and_results_of_formulas(tmp_path: Path) -> None:
    """RK numbers in each of their four forms; a formula in a record of an older version is one all the same."""

    def packed(value: float) -> int:
        return struct.unpack("<Q", struct.pack("<d", value))[0] >> 32

    rks = [(-7 << 2 | 2) & 0xFFFFFFFF, 1234 << 2 | 3, packed(2.5) & ~3, packed(250.0) & ~3 | 1]
    multiple = struct.pack("<HH", 0, 0) + b"".join(struct.pack("<HI", 0, rk) for rk in rks) + struct.pack("<H", 3)
    kinds = [0x06, 0x206, 0x406]
    formulas = [
        record(kind, place(1, column) + struct.pack("<dHIH", 1.5 + column, 0, 0, 0))
        for column, kind in enumerate(kinds)
    ]
    results = [
        record(0x06, place(2, 0) + bytes([0, 0, 0, 0, 0, 0, 255, 255]) + bytes(8)),
        record(0x4BC, bytes(10)),
        record(0x207, struct.pack("<HB", 6, 0) + b"abc"),
        record(0x3C, b"\1" + "dđf".encode("utf-16-le")),
        record(0x06, place(2, 1) + bytes([1, 0, 1, 0, 0, 0, 255, 255]) + bytes(8)),
        record(0x06, place(2, 2) + bytes([2, 0, 0x2A, 0, 0, 0, 255, 255]) + bytes(8)),
        record(0x06, place(2, 3) + bytes([3, 0, 0, 0, 0, 0, 255, 255]) + bytes(8)),
        record(0x205, place(3, 0) + b"\0\0"),
        record(0x205, place(3, 1) + b"\x24\1"),
        record(0x203, place(3, 2) + struct.pack("<d", math.nan)),
    ]
    (grid,) = read(tmp_path, workbook(record(0xBD, multiple), *formulas, *results))
    assert texts_of(grid) == [
        ["-7", "12.34", "2.5", "2.5"],
        ["1.5", "2.5", "3.5", None],
        ["abcdđf", "true", "#N/A", None],
        ["false", "#NUM!", "#NUM!", None],
    ]


def test_days_and_numbers_by_the_format(tmp_path: Path) -> None:
    formats = {164: "dd/mm/yyyy;@", 165: '#,##0 "đồng"', 14: None}
    head = b"".join(
        record(0x41E, struct.pack("<HHB", number, len(pattern), 1) + pattern.encode("utf-16-le"))
        for number, pattern in formats.items() if pattern
    )  # fmt: skip
    head += b"".join(record(0xE0, struct.pack("<HH", 0, number) + bytes(16)) for number in formats)
    values = [(43361.0, 0), (43361.0, 1), (43361.5, 2), (-12345.678, 0), (0.25, 2), (1.0e12, 0)]
    cells = [record(0x203, place(row, 0, look) + struct.pack("<d", value)) for row, (value, look) in enumerate(values)]
    expected = [
        "2018-09-18 00:00:00",
        "43361",
        "2018-09-18 12:00:00",
        "-12345.678",
        "1899-12-31 06:00:00",
        "1" + "0" * 12,
    ]
    (grid,) = read(tmp_path, workbook(*cells, head=head))
    assert [row[0] for row in texts_of(grid)] == expected
    assert not grid.from_1904
    (grid,) = read(tmp_path, workbook(*cells[:1], head=head + record(0x22, b"\1\0")))
    assert texts_of(grid) == [["2022-09-19 00:00:00"]]
    assert grid.from_1904


def test_bytes_that_look_like_a_calendar_are_none(tmp_path: Path) -> None:
    """The calendar is a record of the globals; the same bytes in a text say nothing."""
    text = "\x22\x00\x02\x00\x01\x00 ghi chú"
    raw = text.encode("utf-16-le")
    (grid,) = read(tmp_path, workbook(record(0x204, place(0, 0) + struct.pack("<HB", len(text), 1) + raw)))
    assert not grid.from_1904


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "WorkBook", "Book", "BOOK"])
def test_the_name_of_the_stream_in_any_case(name: str, tmp_path: Path) -> None:
    (grid,) = read(tmp_path, workbook(record(0x204, place(0, 0) + struct.pack("<HB", 2, 0) + b"ok")), name)
    assert texts_of(grid) == [["ok"]]


def test_the_workbook_of_excel_97_goes_before_that_of_excel_95(tmp_path: Path) -> None:
    new = workbook(record(0x204, place(0, 0) + struct.pack("<HB", 3, 0) + b"new"))
    old = workbook(record(0x204, place(0, 0) + struct.pack("<H", 3) + b"old"), version=BIFF5)
    path = tmp_path / "a.xls"
    path.write_bytes(container({"Book": old, "WorkBook": new}))
    (grid,) = grids_of(path)
    assert texts_of(grid) == [["new"]]


def test_a_workbook_in_the_root_goes_before_an_embedded_one() -> None:
    """The embedded one is an entry of the directory too, but no child of the root."""
    raw = bytearray(container({"Workbook": b"embedded" * 600, "Book": b"of the root" * 600}))
    directory = (struct.unpack_from("<I", raw, 48)[0] + 1) * 512
    entries = {}
    for number in range(3):
        start = directory + 128 * number
        length = struct.unpack_from("<H", raw, start + 64)[0]
        entries[raw[start : start + length - 2].decode("utf-16-le")] = number
    root, book = directory, directory + 128 * entries["Book"]
    struct.pack_into("<I", raw, root + 76, entries["Book"])
    struct.pack_into("<2I", raw, book + 68, 0xFFFFFFFF, 0xFFFFFFFF)
    inside = Compound(bytes(raw))
    assert workbook_stream(inside) == "Book"
    assert inside.names >= {"Workbook", "Book"}


def test_zeros_between_records_and_garbage_between_sheets(tmp_path: Path) -> None:
    """Report writers leave gaps of zeros; other programs leave what was there before between two sheets."""
    label = struct.pack("<HB", 2, 0) + b"ok"
    stream = workbook(record(0x204, place(0, 0) + label), bytes(12), record(0x204, place(1, 0) + label))
    (grid,) = read(tmp_path, stream + bytes(4096))
    assert texts_of(grid) == [["ok"], ["ok"]]
    (grid,) = read(tmp_path, stream + b"\x77\x77\xff\xff" + b"garbage " * 40)
    assert texts_of(grid) == [["ok"], ["ok"]]


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_streams_without_a_container(version: int, tmp_path: Path) -> None:
    """Excel 2 to 4 had no containers; programs that write an xls by hand still leave them out."""
    number, label, flag, formula = {2: (0x03, 0x04, 0x05, 0x06)}.get(version, (0x203, 0x204, 0x205, 0x206))
    formula = 0x406 if version == 4 else formula
    count = "<B" if version == 2 else "<H"

    def at(row: int, column: int, look: int = 0) -> bytes:
        return struct.pack("<HHBBB", row, column, look, 0, 0) if version == 2 else place(row, column, look)

    xf, form = {2: (0x43, 0x1E), 3: (0x243, 0x1E), 4: (0x443, 0x41E)}.get(version, (0xE0, 0x41E))
    patterns = ["General", "dd/mm/yyyy"]
    body = b""
    if version < 5:
        for pattern in patterns:
            body += record(form, (b"\0\0" if version == 4 else b"") + bytes([len(pattern)]) + pattern.encode("ascii"))
        for look in range(2):
            body += record(xf, bytes([0, 0, look, 0]) if version == 2 else bytes([0, look]) + bytes(10))
    body += record(label, at(0, 0) + struct.pack(count, 9) + "Bản Phố é".encode("cp1258", "replace"))
    body += record(number, at(1, 0, 1 if version < 5 else 0) + struct.pack("<d", 36526.0))
    body += record(flag, at(2, 0) + b"\1\0")
    body += record(formula, at(3, 0) + struct.pack("<d", 2.5) + bytes(9))
    body += record(formula, at(4, 0) + bytes([0, 0, 0, 0, 0, 0, 255, 255]) + bytes(9))
    body += record(0x07 if version == 2 else 0x207, struct.pack(count, 3) + b"abc")
    if version == 2:
        body += record(0x02, at(5, 0) + struct.pack("<H", 40_000))
    kind = {2: 0x009, 3: 0x209, 4: 0x409, 5: 0x809}[version]
    stream = record(kind, struct.pack("<HHHH", 0, WORKSHEET, 0, 0)) + record(0x42, struct.pack("<H", 1258)) + body
    (grid,) = read(tmp_path, stream + record(0x0A), None)
    day = "2000-01-01 00:00:00" if version < 5 else "36526"
    whole = ["40000"] if version == 2 else []
    assert [row[0] for row in texts_of(grid)][1:] == [day, "true", "2.5", "abc", *whole]
    assert grid.sheet == "Sheet1"


def test_the_codepage_of_texts_before_unicode(tmp_path: Path) -> None:
    text = "Đường".encode("cp1258", "replace")
    cells = record(0x204, place(0, 0) + struct.pack("<H", len(text)) + text)
    (grid,) = read(tmp_path, workbook(cells, version=BIFF5, head=record(0x42, struct.pack("<H", 1258))), "Book")
    assert texts_of(grid)[0][0] is not None
    assert texts_of(grid)[0][0].startswith("Đư")
    (grid,) = read(tmp_path, workbook(cells, version=BIFF5, head=record(0x42, struct.pack("<H", 9))), "Book")
    assert texts_of(grid)[0][0] is not None


@pytest.mark.parametrize(
    ("pattern", "is_date"),
    [
        ("General", False), ("Standard", False), ("@", False), ("0.00E+00", False), ('#,##0 "đồng"', False),
        ("#,##0\\ \\d", False), ("_-* #,##0\\ _đ_-", False), ("[Red]-0.00", False), ("[$-42A]dd/mm/yyyy;@", True),
        ("[h]:mm", True), ("mm:ss", True), ("d-m", True), ('"ngày" dd', True), ("[$đ-42A] #,##0", False),
        ("0 ;[=0]d", False),
    ],
)  # fmt: skip
def test_a_format_of_days(pattern: str, *, is_date: bool) -> None:
    assert is_date_format(pattern) is is_date


def test_numbers_that_no_calendar_has() -> None:
    assert date_text(-1.5, from_1904=False) is None
    assert date_text(2_958_466, from_1904=False) is None
    assert date_text(2_958_465.5, from_1904=True) is None
    assert date_text(2_958_465.999999999, from_1904=False) is None
    assert date_text(59, from_1904=False) == "1900-02-28 00:00:00"
    assert date_text(61, from_1904=False) == "1900-03-01 00:00:00"
    assert date_text(45000.123456789, from_1904=False) == "2023-03-15 02:57:46.667"
    assert number_text(-0.0) == "0"
    assert number_text(1 / 3) == "0.333333333"
