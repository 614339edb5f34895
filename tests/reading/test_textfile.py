"""Text files as programs and people write them: every record at its row, one slip costs one row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.model.grid import Grid
from etl.reading.textfile import split_records
from tests.support import grids_of

HEADER = ["STT", "Họ và tên", "Mã hộ", "Thôn"]
FIELDS = st.text(st.sampled_from('aẠ9 ,;"='), max_size=6) | st.text(st.sampled_from("aẠ9 \n="), max_size=6)


def _grid(tmp_path: Path, content: str | bytes) -> Grid:
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (grid,) = grids_of(path)
    return grid


def _lines(count: int = 12) -> list[list[str]]:
    return [HEADER, *([str(number), f"Người {number}", f"00{number}", "Thôn 1"] for number in range(1, count + 1))]


def _text(lines: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    return "".join(separator.join(line) + end for line in lines)


@settings(max_examples=150)
@given(st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_what_a_writer_of_csv_writes_comes_back(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert split_records(out.getvalue(), separator) == rows


@pytest.mark.parametrize("row", [1, 5, 12])
@pytest.mark.parametrize("tail", ["", 'x,"Bản A, xã B",1,2\n'])
def test_a_stray_quote_costs_its_own_row_at_most(tmp_path: Path, row: int, tail: str) -> None:
    lines = _lines()
    broken = [line if number != row else [line[0], f'"{line[1]}', *line[2:]] for number, line in enumerate(lines)]
    read = _grid(tmp_path, _text(broken) + tail).cells
    assert read.loc[: len(lines)].to_numpy().tolist() == lines
    assert len(read) == len(lines) + bool(tail)


def test_a_cell_with_line_breaks_is_no_stray_quote(tmp_path: Path) -> None:
    lines = _lines()
    lines[3][1], lines[4][3] = '"Ngô\nThị, Bé"', '"Thôn 1\n(cũ: 2, 3)\n"'
    grid = _grid(tmp_path, _text(lines, end="\r\n"))
    assert grid.cells.loc[4, 2] == "Ngô\nThị, Bé"
    assert grid.cells.loc[5].to_list() == ["4", "Người 4", "004", "Thôn 1\n(cũ: 2, 3)\n"]
    assert grid.cells[1].to_list() == ["STT", *map(str, range(1, 13))]
    assert not grid.ragged


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;\r"])
def test_excels_line_for_the_separator_is_no_row(tmp_path: Path, first: str) -> None:
    lines = _lines()
    lines[2][1] = "a, b, c, d, e, f"
    assert _grid(tmp_path, f"{first}\n{_text(lines, ';')}").cells.to_numpy().tolist() == lines


@pytest.mark.parametrize("form", ['="{}"', '"=""{}"""'])
def test_a_text_kept_by_a_formula_keeps_its_zeros(tmp_path: Path, form: str) -> None:
    lines = _lines()
    quoted = [HEADER, *([*line[:2], form.format(line[2]), line[3]] for line in lines[1:])]
    assert _grid(tmp_path, _text(quoted)).cells.to_numpy().tolist() == lines


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n", "\r\r\n"])
def test_line_ends_and_what_is_none(tmp_path: Path, end: str) -> None:
    lines = _lines(60)
    text = _text(lines, end=end).replace("Người 7,", "Người\x007,").replace("Người 8,", "Ngư\ufeffời\x0b8,")
    if "\n" in end:
        text = text.replace("Người 9,", "Người\r9,")
    assert _grid(tmp_path, text).cells.to_numpy().tolist() == lines


def test_rows_whose_fields_have_moved_are_known(tmp_path: Path) -> None:
    lines = _lines(30)
    title = [["DANH SÁCH", ""], ["Quý IV, năm 2018"], []]
    lines[4] = ["4", "Người 4", "1", "257", "000", "Thôn 1"]
    lines[9] = ["9", "Người 9 009", "Thôn 1"]
    lines[11] += ["", ""]
    grid = _grid(tmp_path, _text([*title, *lines, ["Người lập biểu"], ["", "Cộng"]]))
    assert grid.ragged == {8, 13}
    # Programs that leave out empty fields at the end write rows of many lengths: none has moved.
    short = [line if number % 3 else line[:3] for number, line in enumerate(_lines(30))]
    assert not _grid(tmp_path, _text([HEADER, *short[1:]])).ragged


def test_amounts_that_all_have_separators_inside_are_not_read_a_column_too_far(tmp_path: Path) -> None:
    header = ["STT", "Họ tên", "Số tiền", "Bán trú", "Gạo"]
    lines = [[str(n), f"Người {n}", f"{n},257,000", "x", "15"] for n in range(1, 13)]
    grid = _grid(tmp_path, _text([["DANH SÁCH"], header, *lines]))
    assert grid.ragged == frozenset(range(3, 15))
    # The further fields are empty, or the header has as many: nothing has moved.
    empty = [[str(n), f"Người {n}", str(n), "x", "15", "", ""] for n in range(1, 13)]
    assert not _grid(tmp_path, _text([["DANH SÁCH"], header, *empty])).ragged
    noted = [[*line[:5], "ghi chú", "a"] for line in empty]
    assert not _grid(tmp_path, _text([["DANH SÁCH"], [*header, "", ""], *noted])).ragged


def test_a_row_that_lacks_a_field_in_a_short_table(tmp_path: Path) -> None:
    lines = [["1", "Người 1", "x", "100", "5"], ["2", "Người 2", "200", "6"], ["3", "Người 3", "", "300", "7"]]
    header = ["STT", "Họ tên", "Bán trú", "Số tiền", "Gạo"]
    # «200» stands where the others have a mark or nothing: it belongs to the next column.
    assert _grid(tmp_path, _text([header, *lines])).ragged == {3}
    # A program that fills up its lines with separators leaves no field out.
    numbers = [["1", "Người 1", "8", "100", "5"], ["2", "Người 2", "200", "6"], ["3", "Người 3", "9", "300", "7"]]
    titled = [["DANH SÁCH", "", "", "", ""], header]
    assert _grid(tmp_path, _text([*titled, *numbers])).ragged == {4}
    # Without that, an empty last field may be left out.
    assert not _grid(
        tmp_path, _text([["DANH SÁCH"], header, numbers[0], ["2", "Người 2", "6", "200"], numbers[2]])
    ).ragged


def test_wide_title_lines_above_a_short_table(tmp_path: Path) -> None:
    title = [["DANH SÁCH", *[""] * 3], *[[""] * 4] * 5, ["", "Quý IV năm 2018", "", ""]]
    lines = [
        ["STT", "Họ tên", "Bán trú", "Số tiền", "Gạo"],
        *([str(n), f"Người {n}", "x", "100", "5"] for n in (1, 2, 3)),
    ]
    assert not _grid(tmp_path, _text([*title, *lines])).ragged


@pytest.mark.parametrize("rows", [(1, 2), (4, 5, 6), (1, 12), (11, 12), (3, 5)])
def test_stray_quotes_in_rows_that_follow_on_one_another(tmp_path: Path, rows: tuple[int, ...]) -> None:
    lines = _lines()
    broken = [[line[0], f'"{line[1]}', *line[2:]] if n in rows else line for n, line in enumerate(lines)]
    assert _grid(tmp_path, _text(broken)).cells.to_numpy().tolist() == lines


def test_a_stray_quote_before_a_quoted_field_of_its_line(tmp_path: Path) -> None:
    lines = _lines()
    lines[4][3] = '"Thôn 1, cũ"'
    broken = [line if number != 4 else [f'"{line[0]}', *line[1:]] for number, line in enumerate(lines)]
    assert _grid(tmp_path, _text(broken)).cells.loc[5].to_list() == [*lines[4][:3], "Thôn 1, cũ"]


def test_blanks_behind_separators_and_texts_in_apostrophes(tmp_path: Path) -> None:
    lines = _lines()
    lines[2][1] = "Lò, A"
    padded = [[line[0], f'"{line[1]}"', *line[2:]] for line in lines]
    assert _grid(tmp_path, _text(padded, ", ")).cells.to_numpy().tolist() == lines
    single = [[line[0], f"'{line[1]}'", *line[2:]] for line in lines]
    assert _grid(tmp_path, _text(single)).cells.to_numpy().tolist() == lines


def test_a_quote_inside_a_text_that_lacks_its_second_quote(tmp_path: Path) -> None:
    lines = _lines()
    expected = [list(line) for line in lines]
    for number, written, value in [
        (3, '"cửa 5", gỗ"', 'cửa 5", gỗ'), (4, r'"cửa 24\""', 'cửa 24"'), (5, r'"cửa 24\", sắt"', 'cửa 24", sắt'),
        (6, '"cửa 24"", sắt"', 'cửa 24", sắt'), (7, '"cửa "to", sắt"', 'cửa "to", sắt'),
    ]:  # fmt: skip
        lines[number][1], expected[number][1] = written, value
    assert _grid(tmp_path, _text(lines)).cells.to_numpy().tolist() == expected


def test_a_quote_that_opens_a_field_of_a_line_break_belongs_to_no_text_before_it() -> None:
    rows = [["Bản", "Trâu", "Bò", "Dê"], ["Nậm Mòn", "12", "7", "\n"], ["Cốc Ly", "1", "2", "3"]]
    text = "\n".join(";".join(f'"{field}"' for field in row) for row in rows)
    assert split_records(text + "\n", ";") == rows


@pytest.mark.parametrize("other", [";", "\t", "|", " "])
def test_a_row_with_another_separator_than_its_file(tmp_path: Path, other: str) -> None:
    lines = [["STT", "Họ", "Mã", "Thôn"], *([str(n), f"Sùng{n}", f"00{n}", f"Bản {n}, xã A"] for n in range(1, 13))]
    written = [",".join([*line[:3], f'"{line[3]}"']) for line in lines]
    for number in (0, 5, 12):
        written[number] = other.join([*lines[number][:3], f'"{lines[number][3]}"'])
    if other == " ":
        # A header of plain words looks like a title: here it has two quoted names.
        written[0] = 'STT "Họ" Mã "Thôn"'
    assert _grid(tmp_path, "\n".join(written) + "\n").cells.to_numpy().tolist() == lines


def test_words_of_a_title_are_no_fields(tmp_path: Path) -> None:
    lines = _lines()
    titles = ["DANH SÁCH HỘ NGHÈO", "Quý 4 năm 2018"]
    read = _grid(tmp_path, "\n".join(titles) + "\n" + _text(lines)).cells
    assert read[1].to_list()[:2] == titles
    assert read.iloc[2:].to_numpy().tolist() == lines


def test_letters_of_windows_taken_for_latin_1(tmp_path: Path) -> None:
    lines = _lines()
    lines[3][1], lines[4][1] = "7 \x96 8 \x93nhà\x94", "giá \x80 5"
    read = _grid(tmp_path, _text(lines)).cells
    assert (read.loc[4, 2], read.loc[5, 2]) == ("7 – 8 “nhà”", "giá € 5")


def test_a_remark_that_most_rows_leave_out_moves_nothing(tmp_path: Path) -> None:
    header = ["STT", "Họ và tên", "Số tiền", "Ghi chú"]
    lines = [[str(n), f"Người {n}", f"{n}00"] for n in range(1, 13)]
    lines[3].append("Bổ sung")
    assert not _grid(tmp_path, _text([["DANH SÁCH"], header, *lines])).ragged
    # A row with an amount in two parts has an amount below the remarks.
    moved = [*lines[:7], ["8", "Người 8", "1", "257"], *lines[8:]]
    assert _grid(tmp_path, _text([["DANH SÁCH"], header, *moved])).ragged == {10}
    # Without a header above it, nothing says that it is one.
    assert _grid(tmp_path, _text([["DANH SÁCH"], header[:3], *lines])).ragged == {6}
    # Below words the last column's value must be there too.
    states = [["1", "Bể A", "Tốt"], *([str(n), f"Bể {n}", "Tốt" if n % 2 else "Kém"] for n in range(2, 12))]
    states[4].append("Mới sửa")
    moved = [*states[:8], ["9", "Bể", "số 9", "Kém"], *states[9:]]
    assert _grid(tmp_path, _text([["CÔNG TRÌNH"], header, *moved])).ragged == {11}


def test_ticks_that_most_rows_leave_out_at_the_end_move_nothing(tmp_path: Path) -> None:
    header = ["STT", "Họ và tên", "Mã số BHXH", "Đang đi học", "Học nghề"]
    lines = [[str(n), f"Người {n}", f"10123456{n}"] for n in range(10, 30)]
    lines[3], lines[5], lines[8] = [*lines[3], "1"], [*lines[5], "", "1"], [*lines[8], "1", "1"]
    assert not _grid(tmp_path, _text([["DANH SÁCH"], header, *lines])).ragged
    lines[12] = [*lines[12][:1], "Người", "22", lines[12][2]]
    assert _grid(tmp_path, _text([["DANH SÁCH"], header, *lines])).ragged == {15}
