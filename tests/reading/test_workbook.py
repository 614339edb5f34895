"""Reading: every cell arrives with the row that Excel shows; what cannot be read says why."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.model.refused import Refused
from etl.reading import workbook
from etl.reading.cell_text import cell_text
from tests.support import grids_of

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cf")), min_size=1,
                max_size=12).filter(lambda t: not t.startswith(("=", "#", "_x")) and t.strip())  # fmt: skip
PLACES = st.dictionaries(st.tuples(st.integers(1, 40), st.integers(1, 12)), TEXTS, min_size=1, max_size=25)


@settings(max_examples=40)
@given(PLACES)
def test_a_cell_keeps_its_text_and_its_row(tmp_path_factory: pytest.TempPathFactory, cells: dict) -> None:
    path = tmp_path_factory.mktemp("grid") / "a.xlsx"
    book = openpyxl.Workbook()
    for (row, column), text in cells.items():
        book.active.cell(row, column).value = text
        book.active.cell(row, column).data_type = "s"
    book.save(path)
    (grid,) = grids_of(path)
    found = {
        (row, column): text
        for row, line in zip(grid.cells.index, grid.cells.to_numpy(dtype=object), strict=True)
        for column, text in zip(grid.cells.columns, line, strict=True)
        if isinstance(text, str)
    }
    assert found == cells


def test_values_come_as_text_by_both_readers(tmp_path: Path) -> None:
    values = [9, 9.0, 1234567890123, 0.1, -3.5, True, False, "0012", datetime(2018, 9, 5), date(2018, 9, 5), "  ", None]
    book = openpyxl.Workbook()
    for row, value in enumerate(values, start=1):
        book.active.cell(row, 1).value = value
    book.active.cell(20, 1).value = "end"
    path = tmp_path / "a.xlsx"
    book.save(path)
    by_calamine = workbook._read_with_calamine(path)[0].cells[1]
    by_openpyxl = workbook._read_with_openpyxl(path)[0].cells[1]
    expected = ["9", "9", "1234567890123", "0.1", "-3.5", "true", "false", "0012", *["2018-09-05 00:00:00"] * 2]
    assert by_calamine.to_list()[:10] == expected
    assert by_openpyxl.to_list()[:10] == expected
    assert by_calamine[11:19].isna().all()
    assert by_calamine[20] == by_openpyxl[20] == "end"
    assert cell_text(time(7, 30)) == "1899-12-31 07:30:00"


def test_formula_errors_are_seen(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([None, "a", "#N/A", "#DIV/0!"])
    book.active.append([None, "b", 1, 2])
    for cell in book.active[1][2:]:
        cell.data_type = "e"
    path = tmp_path / "a.xlsx"
    book.save(path)
    (grid,) = grids_of(path)
    assert grid.cells.loc[1].to_dict() == {2: "a", 3: "#N/A", 4: "#DIV/0!"}


def test_a_sheet_that_calamine_refuses_is_read_by_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    good, odd = tmp_path / "good.xlsx", tmp_path / "0f1e2d"  # the archive's names have no ending
    book.save(good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(odd, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b'<dimension ref="A1:B1"', b'<dimension ref="1:69"')
                assert b"1:69" in content
            target.writestr(name, content)
    (grid,) = grids_of(odd, "odd.xlsx")
    assert grid.cells.loc[1].to_list() == ["a", "b"]


def _zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return path


def _cut(path: Path) -> Path:
    book = openpyxl.Workbook()
    book.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def _bytes(content: bytes):
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (_bytes(b""), "file_empty"),
        (_cut, "file_unreadable"),
        (lambda p: _zip(p, "xl/workbook.xml"), "file_unreadable"),
        (lambda p: _zip(p, "word/document.xml"), "file_type_unsupported"),
        (lambda p: _zip(p, "photo.jpg"), "zip_of_files"),
        (_bytes(b"%PDF-1.7\n..."), "file_type_unsupported"),
        (_bytes(b"\x89PNG\r\n\x1a\n...."), "file_type_unsupported"),
        (_bytes(bytes(range(256)) * 8), "file_type_unsupported"),
        (_bytes(b"a,b\x00c\n" * 9), "file_type_unsupported"),
        (_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "file_unreadable"),
    ],
)
def test_a_hopeless_file_says_why(tmp_path: Path, make, rule: str) -> None:
    with pytest.raises(Refused) as caught:
        grids_of(make(tmp_path / "a.xlsx"), "a.xlsx")
    assert caught.value.rule == rule


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_files_of_any_separator_and_unicode_encoding(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [["TỔNG HỢP HỘ DÂN CƯ"], ["STT", "Xã", "Số hộ", "Ghi chú"], ["1", "Nậm Chầy", "12", 'a "b"'],
             ["2", "Y Tý", "7", f"c{separator}d"]]  # fmt: skip
    quoted = [[f'"{v.replace(chr(34), chr(34) * 2)}"' for v in line] for line in lines]
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(separator.join(line) for line in quoted), encoding=encoding)
    (grid,) = grids_of(path, "bao cao.csv")
    assert grid.sheet == "bao cao"
    assert grid.cells.loc[4].to_list() == lines[3]
    assert grid.cells.loc[1].dropna().to_list() == lines[0]
