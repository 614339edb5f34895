"""peek: what the reader sees in a file, of a form or of none."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from etl.peek import as_table, peek
from etl.settings import Settings
from samples import Sample
from tests.support import TODAY, header_row


def test_a_form_is_seen_with_its_place_and_its_heading(files: dict[tuple[str, str], Path]) -> None:
    path = files["register_household", "082"]
    page = openpyxl.load_workbook(path).worksheets[0]
    top = header_row(page)
    (seen,) = peek(Settings(), path, TODAY)
    assert (seen.kind, seen.encoding, seen.sheet) == ("xlsx", None, page.title)
    assert (seen.dataset, seen.period, seen.unit_code) == ("register_household", "2018-Q4", "082")
    assert seen.score is not None
    assert seen.score > 0.99
    assert seen.named["head_name"] == "Họ và tên chủ hộ (1.00)"
    assert (seen.header_rows, seen.first_data_row, seen.last_data_row) == ([top], top + 1, page.max_row)
    assert (seen.rows, seen.columns, seen.data_rows) == (page.max_row, page.max_column, page.max_row - top)
    assert seen.headers[:3] == ["STT", "Mã hộ", "Họ và tên chủ hộ"]
    assert sum(seen.ignored.values()) + seen.data_rows == seen.rows
    assert "DANH SÁCH HỘ NGHÈO, HỘ CẬN NGHÈO" in seen.title


def test_text_files_say_their_encoding_and_give_their_table(small: Sample) -> None:
    path = next(p for p in small.files if p.suffix == ".csv")
    (seen,) = peek(Settings(), path, TODAY)
    assert (seen.kind, seen.encoding, seen.sheet) == ("text", "utf-8-sig", path.stem)
    table = as_table(Settings(), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    top = next(i for i, line in enumerate(lines) if line[:1] == ["STT"])
    width = len(lines[top])
    assert table == [line[:width] for line in lines[top:]]


def test_a_table_that_belongs_to_no_contract(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (
        ["Chợ phiên Bắc Hà"], [], ["Ngày", "Mặt hàng", "Số lượng", "Người bán"], ["01/02/2019", "Ngựa", 3, "Tráng A Chu"],
        ["08/02/2019", "Trâu", 5, "Vàng Seo Mí"], ["08/02/2019", "Vải", 20, "Lù Thị Dở"], [None, "Tổng cộng", 28],
    ):  # fmt: skip
        book.active.append(line)
    path = tmp_path / "cho.xlsx"
    book.save(path)
    (seen,) = peek(Settings(), path, date(2019, 3, 1))
    assert (seen.dataset, seen.score, seen.period) == (None, None, None)
    assert (seen.header_rows, seen.first_data_row, seen.last_data_row, seen.data_rows) == ([3], 4, 6, 3)
    assert seen.headers == ["Ngày", "Mặt hàng", "Số lượng", "Người bán"]
    assert seen.ignored == {"title": 1, "blank": 1, "header": 1, "total": 1}
    assert as_table(Settings(), path)[1] == ["01/02/2019", "Ngựa", "3", "Tráng A Chu"]


def test_a_file_without_a_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = "Kính gửi: các huyện"
    path = tmp_path / "cong van.xlsx"
    book.save(path)
    (seen,) = peek(Settings(), path, TODAY)
    assert (seen.title, seen.data_rows, seen.headers) == (["Kính gửi: các huyện"], 0, [])
    with pytest.raises(ValueError, match="no table with a header and a data row"):
        as_table(Settings(), path)
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(ValueError, match=r"x\.pdf: The file is neither a workbook nor CSV"):
        peek(Settings(), tmp_path / "x.pdf", TODAY)


def test_each_column_says_what_it_is_and_by_what_evidence(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(files["register_household", "082"])
    page = book.worksheets[0]
    top, last = header_row(page), page.max_column + 1
    page.cell(top, last).value = "Màu xe"
    for row in range(top + 1, page.max_row + 1):
        page.cell(row, last).value = "đỏ" if row % 2 else "xanh"
    path = tmp_path / "mau.xlsx"
    book.save(path)
    (seen,) = peek(Settings(), path, TODAY)
    by_header = {one.header: one for one in seen.evidence}
    name = by_header["Họ và tên chủ hộ"]
    assert (name.column, name.sure, name.evidence) == ("head_name", 1.0, "header")
    assert (name.filled, name.holds) == (seen.data_rows, {})
    assert by_header["STT"].evidence == "serial"
    assert by_header["STT"].holds["number"] == 1.0
    extra = by_header["Màu xe"]
    assert (extra.column, extra.sure, extra.evidence, extra.distinct) == (None, None, "unused", 2)
    assert seen.unused == (f"{extra.letter} Màu xe",)
    assert {one.column for one in seen.evidence} - {None} >= set(seen.named)
    shown = seen.for_reading()
    assert shown["cột không dùng"] == list(seen.unused)
    assert any("→ head_name 1,00: đúng tiêu đề mẫu" in line for line in shown["evidence"])


def test_a_header_in_other_words_is_less_sure(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(files["register_household", "082"])
    page = book.worksheets[0]
    top = header_row(page)
    for cell in page[top]:
        if cell.value == "Họ và tên chủ hộ":
            cell.value = "Tên chủ hộ"
    path = tmp_path / "ten.xlsx"
    book.save(path)
    (seen,) = peek(Settings(), path, TODAY)
    (name,) = [one for one in seen.evidence if one.column == "head_name"]
    assert name.sure is not None
    assert name.sure < 1
    assert name.evidence in ("header_nearly", "words", "content")


def test_columns_of_a_table_of_no_form_name_the_forms_that_have_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for line in (
        ["Ngày", "Mặt hàng", "Họ và tên chủ hộ"], ["01/02/2019", "Ngựa", "Lý A Sử"], ["02/02/2019", "Trâu", "Lù B"],
        ["03/02/2019", "Vải", "Vàng C"],
    ):  # fmt: skip
        book.active.append(line)
    path = tmp_path / "cho.xlsx"
    book.save(path)
    (seen,) = peek(Settings(), path, TODAY)
    day, goods, name = seen.evidence
    assert (day.evidence, day.holds["date"]) == ("no_form", 1.0)
    assert (goods.like, goods.holds) == ({}, {})
    assert name.like["register_household.head_name"] == 1.0
    assert seen.unused == ()


def test_a_list_that_goes_on_in_another_sheet_is_one_of_the_form(
    files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    """As the reading of a sector's file has it: the second sheet has rows and no header."""
    book = openpyxl.load_workbook(files["register_household", "082"])
    page = book.worksheets[0]
    middle = (header_row(page) + page.max_row) // 2
    second = book.create_sheet("Tiếp")
    for line in page.iter_rows(min_row=middle + 1, values_only=True):
        second.append(line)
    page.delete_rows(middle + 1, page.max_row)
    path = tmp_path / "tiep.xlsx"
    book.save(path)
    first, going_on = peek(Settings(), path, TODAY)
    assert (going_on.dataset, going_on.continues) == ("register_household", first.sheet)
    assert going_on.data_rows > 0
