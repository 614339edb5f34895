"""Tables that belong to no contract: told by shape, every row kept that has data."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.peek import as_table
from etl.reporting.tables import csv_rows
from etl.settings import Settings

CROPS = [["Nương", "Ngô", "Lúa", "Sắn"], *([f"Nương {n}", str(n), str(3 * n), str(100 - n)] for n in range(1, 8))]


def _table(tmp_path: Path, lines: list[list[str]], separator: str = ";") -> list[list[str]]:
    path = tmp_path / "a.csv"
    path.write_text("".join(separator.join(line) + "\n" for line in lines), encoding="utf-8")
    return as_table(Settings(), path)


@pytest.mark.parametrize(
    "lines",
    [
        CROPS,
        [["Xã", "2019", "2020", "2021"], *CROPS[1:]],
        [["mã", "tên"], ["1", "chè"], ["2", "quế"]],
        [["Việc", "Người làm"], ["Giám đốc ký", "Sùng A"], ["Nguồn: sổ cũ", "Lý B"], ["Kế toán trưởng", "Vàng C"]],
        [["Ngày", "Giờ", "Mức"], ["02/01/2020", "07:30", "1,5"], ["03/01/2020", "08:00", "2,25"]],
    ],
    ids=["no serial", "a word and years", "two columns", "closing words", "days and times"],
)
def test_every_row_of_a_plain_table_is_kept(tmp_path: Path, lines: list[list[str]]) -> None:
    assert _table(tmp_path, lines) == lines
    furniture = [["Bảng 3. Sản lượng theo nương"], [], *lines, [], ["Ghi chú: số ước tính"]]
    assert _table(tmp_path, furniture) == lines


def test_a_table_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    assert _table(tmp_path, CROPS[1:]) == [["col_0", "col_1", "col_2", "col_3"], *CROPS[1:]]


def test_a_header_of_two_rows_is_read_as_paths(tmp_path: Path) -> None:
    lines = [["Bản", "Năm nay", "Năm trước"], ["", "(người)", "(người)"], ["A", "5", "6"], ["B", "7", "8"]]
    assert _table(tmp_path, lines) == [["Bản", "Năm nay (người)", "Năm trước (người)"], *lines[2:]]


def test_regions_between_numbered_rows_are_groups(tmp_path: Path) -> None:
    head, *rows = [["TT", "Tỉnh", "Thu", "Tỷ lệ", "Chi"], *([str(n), f"TP. {n}", "9", "1", "2"] for n in range(1, 7))]
    groups = [["I", "VÙNG MỘT", "27", "", "6"], ["II", "VÙNG HAI", "27", "", "6"]]
    assert _table(tmp_path, [head, groups[0], *rows[:3], groups[1], *rows[3:]]) == [head, *rows]


def test_rows_of_further_tables_follow_and_a_header_that_comes_again_does_not(tmp_path: Path) -> None:
    other = [["Bản", "Trâu", "Bò", "Dê"], *([f"Bản {n}", str(n), "1", "2"] for n in range(4))]
    assert _table(tmp_path, [*CROPS, *CROPS]) == [*CROPS, *CROPS[1:]]
    assert _table(tmp_path, [*CROPS, [], ["Bảng 2"], *other, [], ["Người lập", "", "Giám đốc"]]) == [*CROPS, *other]


def test_a_narrow_table_above_a_wide_one_is_the_first(tmp_path: Path) -> None:
    wide = [["Bản", *(f"Tháng {n}" for n in range(1, 13))], *([f"Bản {n}", *["7"] * 12] for n in range(1, 8))]
    read = _table(tmp_path, [["Biểu tổng hợp"], *CROPS, *wide])
    assert read == [row + [""] * (13 - len(row)) for row in [*CROPS, *wide]]
    # Pairs of a name and a value above a table are no table.
    assert _table(tmp_path, [*([f"Mục {n}", f"trị {n}"] for n in range(6)), *wide]) == wide


def test_a_text_of_an_upper_header_row_spans_the_columns_to_its_right(tmp_path: Path) -> None:
    lines = [
        ["Ngày", "Nơi đến", "Đi lại", "", "", "Cộng"], [], ["", "", "Xe", "Tàu", "Ở lại", ""],
        *([f"0{n}/02/2020", "Hà Nội", "100", "200", "300", "600"] for n in range(1, 8)),
    ]  # fmt: skip
    read = _table(tmp_path, lines)
    assert read == [["Ngày", "Nơi đến", "Đi lại Xe", "Đi lại Tàu", "Đi lại Ở lại", "Cộng"], *lines[3:]]
    three = [
        ["Đơn vị", "Biên chế", "", "", ""], ["", "Nam", "", "Nữ", ""], ["", "Người", "%", "Người", "%"],
        *([f"Phòng {n}", "4", "40", "6", "60"] for n in range(1, 8)),
    ]  # fmt: skip
    head = ["Đơn vị", "Biên chế Nam Người", "Biên chế Nam %", "Biên chế Nữ Người", "Biên chế Nữ %"]
    assert _table(tmp_path, three) == [head, *three[3:]]


def test_a_column_with_next_to_no_values_says_nothing_about_the_header(tmp_path: Path) -> None:
    lines = [["Người gặp", "Tổ chức", "Việc"], *([f"Ông {n}", f"Hội {n}", "họp"] for n in range(40))]
    lines[9].append("7")
    assert _table(tmp_path, lines) == lines


def test_white_space_that_is_all_of_a_field_stays_in_the_records(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"Bản";"Trâu";"Bò";\n"Nậm Mòn";"12";"7";"\n"\n', encoding="utf-8")
    assert as_table(Settings(), path) == [["Bản", "Trâu", "Bò"], ["Nậm Mòn", "12", "7", "\n"]]


def test_a_row_with_more_fields_than_the_header_keeps_them(tmp_path: Path) -> None:
    lines = [*CROPS[:4], [*CROPS[4], "thừa"], *CROPS[5:]]
    assert _table(tmp_path, lines) == lines


def test_only_text_is_disarmed() -> None:
    fields = ["-5", "+84912345678", "-1.234,5", "-2E+3", "=x", "@y", "-1+2", "+a", "-"]
    assert csv_rows([fields]).strip().split(",", 2)[0] == "-5"
    shown = csv_rows([[field] for field in fields]).splitlines()
    assert shown == ["-5", "+84912345678", '"-1.234,5"', "-2E+3", "'=x", "'@y", "'-1+2", "'+a", "'-"]
