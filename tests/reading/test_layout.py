"""What a workbook tells besides its values: merged ranges, hidden sheets, formulas without a value; charts kept out."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from etl.model.compound import Compound
from etl.model.grid import Grid, Merged
from samples.workbooks import BINARY, Book, Cell, Page
from samples.workbooks.ole import container
from samples.workbooks.parts import zipped
from tests.support import grids_of

FORMATS = sorted(set(BINARY) - {"html"})
HEIGHT, WIDTH = 9, 6
RANGES = st.lists(
    st.tuples(st.integers(1, HEIGHT), st.integers(1, WIDTH), st.integers(0, 3), st.integers(0, 3)), max_size=8
)


def _opened(folder: Path, kind: str, book: Book) -> list[Grid]:
    path = folder / f"a.{kind}"
    path.write_bytes(BINARY[kind](book))
    return grids_of(path)


def _apart(drawn: list[tuple[int, int, int, int]]) -> list[Merged]:
    """Ranges of more than one cell inside the sheet that do not overlap."""
    kept: list[Merged] = []
    for top, left, down, right in drawn:
        span = Merged(top, left, min(top + down, HEIGHT), min(left + right, WIDTH))
        is_free = all(
            span.last_row < other.first_row or other.last_row < span.first_row
            or span.last_column < other.first_column or other.last_column < span.first_column
            for other in kept
        )  # fmt: skip
        if span[:2] != span[2:] and is_free and span != (1, 1, HEIGHT, WIDTH):
            kept.append(span)
    return sorted(kept)


@pytest.mark.parametrize("kind", sorted(BINARY))
@settings(max_examples=15)
@given(drawn=RANGES)
def test_merged_ranges_are_told_and_hold_their_first_value(
    tmp_path_factory: pytest.TempPathFactory, kind: str, drawn: list[tuple[int, int, int, int]]
) -> None:
    merged = _apart(drawn)
    rows = [[Cell(f"r{row}c{column}") for column in range(1, WIDTH + 1)] for row in range(1, HEIGHT + 1)]
    (grid,) = _opened(tmp_path_factory.mktemp("a"), kind, Book([Page("Trang", rows, merges=list(merged))]))
    covered = {
        (row, column)
        for span in merged
        for row in range(span.first_row, span.last_row + 1)
        for column in range(span.first_column, span.last_column + 1)
    } - {span[:2] for span in merged}
    assert grid.merged == tuple(merged)
    for row in range(1, HEIGHT + 1):
        for column in range(1, WIDTH + 1):
            text = grid.cells.loc[row, column] if row in grid.cells.index and column in grid.cells else None
            assert (text == f"r{row}c{column}") == ((row, column) not in covered), (row, column)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_hidden_sheet_is_known(tmp_path: Path, kind: str) -> None:
    pages = [Page("Quý IV", [[Cell("a")]]), Page("Quý III & cũ", [[Cell("b")]], is_hidden=True)]
    grids = _opened(tmp_path, kind, Book(pages))
    assert [(grid.sheet, grid.hidden) for grid in grids] == [("Quý IV", False), ("Quý III & cũ", True)]


def test_formulas_without_a_stored_value(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ([1, 2, "=A1+B1"], [3, 4, "=A2+B2"]):
        book.active.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    (grid,) = grids_of(path)
    assert grid.uncached == {(1, 3), (2, 3)}
    # What Excel has worked out is stored, also the empty text and what shares another cell's formula.
    pages = [Page("Trang", [[Cell(1), Cell(3, formula="A1+2"), Cell("x", formula="B1")]])]
    for kind in ("xlsx", "ods", "xls", "xlsb"):
        (grid,) = _opened(tmp_path, kind, Book(pages))
        assert not grid.uncached
    xml = (
        '<c r="B2" t="str"><f>IF(A2="","",1)</f><v></v></c><c r="C2"><f t="shared" si="0"/><v>5</v></c>'
        '<c r="D2" s="1"><f t="shared" si="0"/></c><c r="E2"><v>7</v></c>'
    )
    (grid,) = grids_of(_sheet_xml(path, f'<row r="2">{xml}</row>'))
    assert grid.uncached == {(2, 4)}


def _sheet_xml(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    head, tail = parts["xl/worksheets/sheet1.xml"].split(b"<sheetData>")
    tail = tail[tail.index(b"</sheetData>") :]
    parts["xl/worksheets/sheet1.xml"] = head + b"<sheetData>" + rows.encode() + tail
    path.write_bytes(zipped(parts))
    return path


def test_errors_and_open_formulas_of_ods(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    rows = [[Cell("a"), Cell("ERROR"), Cell("OPEN")], [Cell("b"), Cell(1), Cell(2)]]
    raw = BINARY["ods"](Book([Page("Trang", rows)]))
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    content = parts["content.xml"].decode()
    string = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    content = content.replace(
        string.format("ERROR"),
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
    ).replace(string.format("OPEN"), '<table:table-cell table:formula="of:=[.B2]+1"/>')
    content = content.replace("<office:document-content ", '<office:document-content xmlns:calcext="urn:x" ')
    path.write_bytes(zipped(parts | {"content.xml": content.encode()}, stored=frozenset({"mimetype"})))
    (grid,) = grids_of(path)
    assert grid.cells.loc[1, 2] == "#N/A"
    assert grid.uncached == {(1, 3)}


def test_ticks_and_boxes_of_symbol_fonts(tmp_path: Path) -> None:
    """The letter ü is a tick in Wingdings, and a letter in any other font; words stay words."""
    signs = [("ü", "Wingdings"), ("þ", "Wingdings"), ("\uf0fe", "Wingdings"), ("R", "Wingdings 2"), ("P", "Wingdings 2"),
             ("a", "Webdings"), ("¨", "Wingdings"), ("ü", "Arial"), ("R", "Arial"), ("Rộng", "Wingdings")]  # fmt: skip
    book = openpyxl.Workbook()
    for row, (text, font) in enumerate(signs, start=1):
        book.active.cell(row, 2, text).font = Font(name=font)
    path = tmp_path / "a.xlsx"
    book.save(path)
    (grid,) = grids_of(path)
    assert grid.cells[2].to_list() == ["x"] * 6 + ["-", "ü", "R", "Rộng"]


def test_html_spans_end_with_their_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        "<html><table><tr><td>t</td></tr><tr><td rowspan=9>a</td><td>b</td></tr></table>"
        "<table><tr><td>c</td><td>d</td></tr></table></html>",
        encoding="utf-8",
    )
    (grid,) = grids_of(path)
    assert grid.merged == ()
    assert grid.cells.loc[3].to_list() == ["c", "d"]


# --- xls with charts ---------------------------------------------------------------------------------------------


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _with_records(content: bytes, extra: bytes, *, dimensions: bool = False) -> bytes:
    """The xls with records put before the end of its last sheet, and a DIMENSIONS record two bytes longer."""
    stream = Compound(content).stream("Workbook").rstrip(b"\0") + b"\0\0\0"
    assert stream.endswith(_record(0x0A))
    stream = stream[:-4] + extra + stream[-4:]
    if dimensions:
        place = stream.index(struct.pack("<HH", 0x200, 14))
        stream = stream[:place] + _record(0x200, stream[place + 4 : place + 18] + b"\0\0") + stream[place + 18 :]
    return container({"Workbook": stream})


@pytest.mark.parametrize("padding", [0, 400])
def test_values_of_a_chart_never_reach_the_cells(tmp_path: Path, padding: int) -> None:
    """A chart lies in its sheet as a substream with number and text cells of its own; small and large streams."""
    lines = [["Xã", "Số hộ", "Số dân"], ["Y Tý", "7", "31"], ["A Lù", "9", "40"], *[["đệm", "1", "2"]] * padding]
    book = Book([Page("Trang", [[Cell(int(t) if t.isdigit() else t) for t in line] for line in lines])])
    chart = _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0020, 0x0DBB, 0x07CC, 0, 6))
    chart += _record(0x200, struct.pack("<IIHHH", 0, 2, 0, 2, 0))
    chart += b"".join(
        _record(0x203, struct.pack("<HHHd", row, column, 15, 99.5)) for row in range(3) for column in range(3)
    )
    chart += _record(0x204, struct.pack("<HHHHB", 0, 0, 15, 3, 0) + b"bad") + _record(0x0A)
    path = tmp_path / "a.xls"
    path.write_bytes(_with_records(BINARY["xls"](book), chart, dimensions=True))
    (grid,) = grids_of(path)
    assert grid.cells.to_numpy().tolist() == lines


def test_a_sheet_that_is_a_chart_spoils_no_workbook(tmp_path: Path) -> None:
    """In an xlsb a chart has a part of its own that holds no cells (here: an empty one)."""
    raw = BINARY["xlsb"](Book([Page("Trang", [[Cell("a"), Cell(7)]]), Page("Biểu đồ", [[Cell("x")]])]))
    with zipfile.ZipFile(io.BytesIO(raw)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    relations = parts["xl/_rels/workbook.bin.rels"].replace(
        b'relationships/worksheet" Target="worksheets/sheet2.bin"',
        b'relationships/chartsheet" Target="chartsheets/sheet1.bin"',
    )
    parts["xl/chartsheets/sheet1.bin"] = b"\x81\x01\x00\x82\x01\x00"
    del parts["xl/worksheets/sheet2.bin"]
    path = tmp_path / "a.xlsb"
    path.write_bytes(zipped(parts | {"xl/_rels/workbook.bin.rels": relations}))
    assert [grid.cells.to_numpy().tolist() for grid in grids_of(path)] == [[["a", "7"]]]
