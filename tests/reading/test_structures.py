"""Structures that a person reads at once: each file of this page says the same villages, written another way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from etl.model.examined import Examined
from tests.support import look, told

TITLE = (
    ("UBND HUYỆN BẢO THẮNG",), ("TỔNG HỢP CẤP NƯỚC VÀ VỆ SINH THEO THÔN",), ("Quý IV năm 2018",),
    ("Huyện Bảo Thắng",), (),
)  # fmt: skip
HEADER = ("STT", "Xã", "Thôn (bản, tổ)", "Tổng số hộ", "Tổng số dân", "Số dân sử dụng nước hợp vệ sinh")
ROWS = (
    ("1", "Xã Bản Phiệt", "Thôn Nậm Sưu", "61", "240", "200"),
    ("2", "Xã Bản Phiệt", "Thôn Làng Chung", "32", "133", "120"),
    ("3", "Xã Bản Phiệt", "Thôn Bản Quẩn", "45", "181", "160"),
    ("4", "Xã Gia Phú", "Thôn Hòa Lạc", "71", "302", "280"),
    ("5", "Xã Gia Phú", "Thôn Nậm Hẻn", "54", "211", "190"),
    ("6", "Xã Phong Niên", "Thôn Phìn Giàng", "38", "150", "101"),
)
COMMUNES = ["02911"] * 3 + ["02923"] * 2 + ["02920"]
COLUMNS = ["commune", "village", "households", "persons", "persons_hygienic_water"]
Line = Sequence[str | None]


def text_file(folder: Path, lines: Sequence[Line]) -> Path:
    path = folder / "nuoc_sach.csv"
    path.write_text("\n".join(";".join(c or "" for c in line) for line in lines) + "\n", encoding="utf-8-sig")
    return path


def workbook(folder: Path, sheets: dict[str, Sequence[Line]], hidden: str = "", merged: Sequence[str] = ()) -> Path:
    book = openpyxl.Workbook()
    for number, (name, lines) in enumerate(sheets.items()):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        sheet.title = name
        for line in lines:
            sheet.append([int(c) if c and c.isdigit() else c for c in line])
        if number == 0:
            for area in merged:
                sheet.merge_cells(area)
        sheet.sheet_state = "hidden" if name == hidden else "visible"
    path = folder / "nuoc_sach.xlsx"
    book.save(path)
    return path


def villages(read: Examined) -> list[list[object]]:
    return [list(map(str, row)) for row in read.rows.reindex(columns=COLUMNS).itertuples(index=False)]


EXPECTED = [[c, *map(str, row[2:])] for c, row in zip(COMMUNES, ROWS, strict=True)]


def _blank_below(row: Line, above: Line | None) -> Line:
    return (row[0], None if above and row[1] == above[1] else row[1], *row[2:])


FILL_DOWN = [_blank_below(row, above) for row, above in zip(ROWS, (None, *ROWS), strict=False)]
DITTOS = ('"', "nt", "-nt-", "như trên", "''", "//")
DITTO = [
    (row[0], DITTOS[at] if above and row[1] == above[1] else row[1], *row[2:])
    for at, (row, above) in enumerate(zip(ROWS, (None, *ROWS), strict=False))
]
SECTIONS: list[Line] = []
for number, row in enumerate(ROWS):
    if number == 0 or row[1] != ROWS[number - 1][1]:
        SECTIONS.append(("I", f"{row[1]} (2 thôn)"))
    SECTIONS.append((row[0], *row[2:]))
WITHOUT_COMMUNE = (HEADER[0], *HEADER[2:])


@pytest.mark.parametrize(
    ("header", "lines", "rules"),
    [
        (HEADER, ROWS, []),
        (HEADER, FILL_DOWN, ["value_from_above"]),
        (HEADER, DITTO, ["value_from_above"]),
        (WITHOUT_COMMUNE, SECTIONS, []),
        (HEADER, [*ROWS[:2], ("Ghi chú: số liệu xã gửi",), *ROWS[2:]], []),
    ],
    ids=["plain", "fill-down", "ditto", "sections", "note-between"],
)
def test_the_rows_are_read_and_only_information_is_given(
    header: Line, lines: Sequence[Line], rules: list[str], tmp_path: Path
) -> None:
    read = look(text_file(tmp_path, [*TITLE, header, *lines]), "water")
    assert villages(read) == EXPECTED
    assert [(rule, severity) for rule, severity, _, _ in told(read)] == [(rule, "info") for rule in rules]


def test_a_merged_commune_holds_for_its_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"DS": [*TITLE, HEADER, *FILL_DOWN]}, merged=["B7:B9", "B10:B11"])
    assert villages(look(path, "water")) == EXPECTED


def test_a_list_goes_on_in_sheets_without_a_header(tmp_path: Path) -> None:
    sheets = {"DS": [*TITLE, HEADER, *FILL_DOWN[:3]], "Trang 2": FILL_DOWN[3:5], "Trang 3": [HEADER, *FILL_DOWN[5:]]}
    read = look(workbook(tmp_path, sheets), "water")
    assert villages(read) == EXPECTED
    assert list(read.rows["sheet"]) == ["DS"] * 3 + ["Trang 2"] * 2 + ["Trang 3"]
    assert list(read.rows["row"]) == [7, 8, 9, 1, 2, 2]


def test_a_section_holds_in_the_sheet_that_goes_on(tmp_path: Path) -> None:
    sheets = {"DS": [*TITLE, WITHOUT_COMMUNE, *SECTIONS[:3]], "Trang 2": SECTIONS[3:]}
    assert villages(look(workbook(tmp_path, sheets), "water")) == EXPECTED


def test_another_sheet_of_words_is_no_list_that_goes_on(tmp_path: Path) -> None:
    notes = [("Cách điền", "Xem công văn", "Hạn gửi", "trước ngày 5", "hằng quý", "qua thư điện tử")] * 3
    read = look(workbook(tmp_path, {"DS": [*TITLE, HEADER, *ROWS], "Hướng dẫn": notes}), "water")
    assert villages(read) == EXPECTED


@pytest.mark.parametrize("hidden", ["Quý trước", ""])
def test_a_sheet_of_an_earlier_quarter_is_set_aside_and_named(hidden: str, tmp_path: Path) -> None:
    old = [("Quý III năm 2018",) if line == TITLE[2] else line for line in TITLE]
    sheets = {"DS": [*TITLE, HEADER, *ROWS], "Quý trước": [*old, HEADER, *ROWS[:4]]}
    read = look(workbook(tmp_path, sheets, hidden), "water")
    assert villages(read) == EXPECTED
    assert told(read) == [("sheet_set_aside", "info", None, None)]
    assert read.ignored["aside"] == 10


def test_a_hidden_draft_of_the_same_quarter_is_set_aside(tmp_path: Path) -> None:
    draft = [(*row[:3], "99", *row[4:]) for row in ROWS]
    sheets = {"DS": [*TITLE, HEADER, *ROWS], "nhap": [*TITLE, HEADER, *draft]}
    read = look(workbook(tmp_path, sheets, "nhap"), "water")
    assert villages(read) == EXPECTED
    assert told(read) == [("sheet_set_aside", "info", None, None)]


def test_a_hidden_sheet_of_other_rows_counts(tmp_path: Path) -> None:
    sheets = {"A": [*TITLE, HEADER, *ROWS[:3]], "B": [*TITLE, HEADER, *ROWS[3:]]}
    assert villages(look(workbook(tmp_path, sheets, "B"), "water")) == EXPECTED


def test_two_quarters_in_sheets_of_other_rows_stay_a_conflict(tmp_path: Path) -> None:
    old = [("Quý III năm 2018",) if line == TITLE[2] else line for line in TITLE]
    sheets = {"Bản Phiệt": [*TITLE, HEADER, *ROWS[:3]], "Gia Phú": [*old, HEADER, *ROWS[3:]]}
    assert "period_conflict" in [rule for rule, *_ in told(look(workbook(tmp_path, sheets), "water"))]


def test_a_title_at_the_side_of_the_table_is_its_title(tmp_path: Path) -> None:
    lines = [HEADER, *ROWS]
    beside = [text for line in TITLE if line for text in line]
    wide = [(*line, None, beside[at] if at < len(beside) else None) for at, line in enumerate(lines)]
    read = look(workbook(tmp_path, {"DS": wide}), "water")
    assert villages(read) == EXPECTED
    assert (str(read.heading.period), read.heading.unit_code) == ("2018-Q4", "086")


def test_a_province_sends_a_sheet_a_district(tmp_path: Path) -> None:
    header = (
        "STT",
        "Tên công trình",
        "Xã, phường, thị trấn",
        "Loại hình",
        "Số hộ được cấp nước",
        "Tình trạng hoạt động",
    )
    sheets = {
        name: [
            ("CÔNG TRÌNH CẤP NƯỚC TẬP TRUNG",), ("Năm 2018",), ("Tỉnh Lào Cai",), (name,), (), header,
            ("1", f"Cấp nước {commune}", commune, "Tự chảy", "21", "Bền vững"),
        ]
        for name, commune in (("Huyện Bảo Thắng", "Xã Gia Phú"), ("Huyện Bát Xát", "Xã Bản Qua"))
    }  # fmt: skip
    read = look(workbook(tmp_path, sheets), "water")
    assert read.heading.unit_code == "10"
    assert list(read.rows["commune"]) == ["02923", "02716"]


def test_what_is_not_used_is_named_once_a_column(tmp_path: Path) -> None:
    lines = [(*HEADER, "Người ghi sổ"), *((*row, f"Cán bộ {row[0]}") for row in ROWS)]
    read = look(text_file(tmp_path, [*TITLE, *lines]), "water")
    assert villages(read) == EXPECTED
    (finding,) = read.findings.itertuples()
    assert (finding.rule, finding.severity, finding.value) == ("column_unused", "info", "Người ghi sổ")


def test_a_column_that_may_be_a_lacking_one_is_a_warning(tmp_path: Path) -> None:
    lines = [(*HEADER, "Nước sạch"), *((*row, "4") for row in ROWS)]
    read = look(text_file(tmp_path, [*TITLE, *lines]), "water")
    assert villages(read) == EXPECTED
    assert ("column_unused", "warning") in [(rule, severity) for rule, severity, _, _ in told(read)]


def test_a_shifted_row_of_a_text_file_is_rejected_alone(tmp_path: Path) -> None:
    shifted = (*ROWS[1][:3], "1", "032", *ROWS[1][4:])
    read = look(text_file(tmp_path, [*TITLE, HEADER, ROWS[0], shifted, *ROWS[2:]]), "water")
    assert villages(read) == [EXPECTED[0], *EXPECTED[2:]]
    assert [(rule, severity, row) for rule, severity, row, _ in told(read)] == [("fields_shifted", "critical", 8)]
    assert (read.counts.accepted, read.counts.rejected) == (5, 1)


def test_a_formula_without_a_stored_value_says_so(tmp_path: Path) -> None:
    path = workbook(tmp_path, {"DS": [*TITLE, HEADER, *ROWS]})
    book = openpyxl.load_workbook(path)
    book.active["E8"] = "=D8*4"
    book.save(path)
    read = look(path, "water")
    assert told(read) == [("formula_without_value", "critical", 8, "persons")]


def test_a_template_filled_down_is_ignored_and_named_once(tmp_path: Path) -> None:
    below = [(str(n), ROWS[-1][1], None, None, None, None) for n in range(7, 60)]
    read = look(workbook(tmp_path, {"DS": [*TITLE, HEADER, *ROWS, *below]}), "water")
    assert villages(read) == EXPECTED
    assert [(rule, severity) for rule, severity, _, _ in told(read)] == [("ignored_row_with_values", "info")]


def test_names_with_closing_words_are_rows(tmp_path: Path) -> None:
    words = ("Nguồn nước Khe Lụ", "Chủ tịch cũ", "Kế toán", "Ghi chú: bể 2", "Ký tên", "Nơi nhận nước")
    rows = [(None, row[1], word, *row[3:]) for row, word in zip(ROWS, words, strict=True)]
    read = look(text_file(tmp_path, [*TITLE, HEADER, *rows, (), ("Người lập biểu", None, "Giám đốc")]), "water")
    assert list(read.rows["village"]) == list(words)
    assert not len(read.findings)


def test_a_row_without_number_and_name_is_a_row_and_no_sum(tmp_path: Path) -> None:
    rows = [*ROWS[:2], (None, None, None, *ROWS[2][3:]), *ROWS[3:]]
    read = look(text_file(tmp_path, [*TITLE, HEADER, *rows]), "water")
    assert {(rule, row, column) for rule, _, row, column in told(read)} == {
        ("required_empty", 9, "commune"), ("required_empty", 9, "village"),
    }  # fmt: skip


def test_a_complete_list_with_an_empty_commune_is_not_filled(tmp_path: Path) -> None:
    rows = [ROWS[0], (ROWS[1][0], None, *ROWS[1][2:]), *ROWS[2:]]
    read = look(text_file(tmp_path, [*TITLE, HEADER, *rows]), "water")
    assert [(rule, row, column) for rule, _, row, column in told(read)] == [("required_empty", 8, "commune")]


LABELS = pd.Series(["Bền vững", "Kém bền vững", "Không hoạt động", "Bền vững"])


@pytest.mark.parametrize(("header", "is_read"), [("Hiện trạng chung", True), ("Đánh giá 1", True)])
def test_a_column_is_known_by_labels_that_only_it_can_hold(header: str, *, is_read: bool, tmp_path: Path) -> None:
    lines = [
        ("CÔNG TRÌNH CẤP NƯỚC TẬP TRUNG",), ("Năm 2018",), ("Tỉnh Lào Cai",), (),
        ("STT", "Tên công trình", "Xã, phường, thị trấn", "Loại hình", "Số hộ được cấp nước", header),
        *((str(n), f"Công trình {n}", "Xã Gia Phú", "Tự chảy", "20", label) for n, label in enumerate(LABELS, start=1)),
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "water")
    assert (list(read.rows["state"]) == ["sustainable", "weak", "not_working", "sustainable"]) is is_read


@pytest.mark.parametrize("label", ["T.cộng", "Cộng chung", "Tổng số:"])
def test_a_total_whose_numbers_have_units_is_a_total(tmp_path: Path, label: str) -> None:
    def with_units(row: tuple[str, ...]) -> tuple[str, ...]:
        return (*row[:3], f"{row[3]} (hộ)", f"{row[4]} ng", f"{row[5]} người")

    total = (None, label, None, *(str(sum(int(row[place]) for row in ROWS)) for place in (3, 4, 5)))
    rows = [with_units(row) for row in ROWS]
    read = look(workbook(tmp_path, {"DS": [*TITLE, HEADER, *rows, with_units(total)]}), "water")
    assert villages(read) == EXPECTED
    assert read.ignored["total"] == 1


def test_a_total_of_parts_is_none_of_the_parts(tmp_path: Path) -> None:
    """«Tổng dư nợ» is neither the debt within its term nor the frozen one, whichever of them a file lacks."""
    lines = [
        ("SAO KÊ DƯ NỢ CHO VAY",), ("Quý IV năm 2018",), ("Huyện Bảo Thắng",), ("Đơn vị tính: đồng",),
        ("STT", "Mã món vay", "Mã khách hàng", "Họ và tên người vay", "Xã", "Chương trình", "Ngày vay", "Số tiền vay",
         "Tổng dư nợ"),
        ("1", "6600000000011", "1000000011", "Lý Thị Dở", "Xã Gia Phú", "HN", "15/10/2015", "31000000", "28000000"),
        ("2", "6600000000012", "1000000012", "Hà Thị Sai", "Xã Gia Phú", "HN", "04/03/2015", "3500000", "3000000"),
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "credit")
    assert read.counts.accepted == 2
    assert read.rows[["outstanding", "overdue", "frozen"]].isna().all(axis=None)
    assert "column_unused" in [rule for rule, *_ in told(read)]


@pytest.mark.parametrize("communes", ["Xã", "Địa bàn"])
def test_a_table_of_sums_at_the_side_says_nothing_of_the_list(communes: str, tmp_path: Path) -> None:
    """Its commune is headed as the list's, and better."""
    sums = [(communes, "Số thôn"), ("Xã Gia Phú", "2"), ("Xã Bản Phiệt", "3"), ("Xã Phong Niên", "1"), ("Cộng", "6")]
    header = ("STT", "Địa chỉ (xã)", *HEADER[2:])
    lines = [
        (*line, "", *(sums[at] if at < len(sums) else ("", ""))) for at, line in enumerate((header, *ROWS))
    ]  # fmt: skip
    read = look(text_file(tmp_path, [*TITLE, *lines]), "water")
    assert villages(read) == EXPECTED
    assert not [finding for finding in told(read) if finding[1] != "info"]
    unused = read.findings.loc[read.findings["rule"] == "column_unused", "value"]
    assert list(unused) == [communes, "Số thôn"]


@pytest.mark.parametrize("codes", [True, False])
def test_a_village_written_once_within_its_commune_holds_for_its_households(*, codes: bool, tmp_path: Path) -> None:
    """Also where a household begins between, and where the commune is written in each row."""
    people = [
        ("Xã Bản Phiệt", "Thôn Nậm Sưu", "H01", "1"), (None, None, None, "2"), (None, None, "H02", "1"),
        (None, "Thôn Làng Chung", "H03", "1"), ("Xã Gia Phú", "Thôn Hòa Lạc", "H04", "1"), (None, None, None, "2"),
        (None, "Thôn Nậm Hẻn", "H05", "1"), (None, None, "H06", "1"), (None, None, None, "2"),
    ]  # fmt: skip
    rows, above = [], ("", "", "")
    for at, (commune, village, code, number) in enumerate(people, start=1):
        above = (commune or above[0], village or above[1], code or above[2])
        written = (commune, village, code) if codes else (above[0], village, above[2])
        rows.append((str(at), *written, number, f"Giàng A {chr(64 + at)}"))
    lines = [
        ("DANH SÁCH THÀNH VIÊN HỘ NGHÈO, HỘ CẬN NGHÈO",), ("Quý IV năm 2018",), ("Huyện Bảo Thắng",), (),
        ("STT", "Xã", "Thôn (bản, tổ)", "Mã hộ", "STT thành viên", "Họ và tên"), *rows,
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "register")
    expected = ["Thôn Nậm Sưu"] * 3 + ["Thôn Làng Chung"] + ["Thôn Hòa Lạc"] * 2 + ["Thôn Nậm Hẻn"] * 3
    assert list(read.rows["village"]) == expected
    assert {rule for rule, severity, _, _ in told(read) if severity == "info"} == {"value_from_above"}


def test_a_label_right_below_the_header_is_a_section(tmp_path: Path) -> None:
    """Its class would be taken for the header of the names."""
    header = ("Họ và tên", "Mã học sinh", "Ngày sinh", "Xã", "Trường", "Cấp học", "Tình trạng", "Đối tượng hộ",
              "Miễn giảm học phí")  # fmt: skip
    rest = ("Xã Gia Phú", "Trường THCS Gia Phú", "THCS", "Đang học", "Không", "Không")
    pupils = [(f"Giàng Thị {name}", f"H{name}", "12/03/2006", *rest) for name in "ABCD"]
    lines = [
        ("DANH SÁCH HỌC SINH VÀ CHÍNH SÁCH HỖ TRỢ",), ("Học kỳ I năm học 2018-2019",), ("Huyện Bảo Thắng",), (),
        header, ("Lớp 6A",), *pupils[:2], ("Lớp 6B",), *pupils[2:],
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "education")
    assert list(read.rows["full_name"]) == [pupil[0] for pupil in pupils]
    assert [name.removeprefix("Lớp ") for name in read.rows["class_name"]] == ["6A", "6A", "6B", "6B"]


def test_a_village_that_comes_back_is_not_carried_down(tmp_path: Path) -> None:
    villages = ["Thôn Nậm Sưu", None, "Thôn Làng Chung", None, "Thôn Nậm Sưu", None]
    lines = [
        ("DANH SÁCH THÀNH VIÊN HỘ NGHÈO, HỘ CẬN NGHÈO",), ("Quý IV năm 2018",), ("Huyện Bảo Thắng",), (),
        ("STT", "Xã", "Thôn (bản, tổ)", "Mã hộ", "STT thành viên", "Họ và tên"),
        *((str(n), "Xã Gia Phú", village, f"H{n}", "1", f"Giàng A {n}") for n, village in enumerate(villages, start=1)),
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "register")
    assert [None if pd.isna(village) else village for village in read.rows["village"]] == villages


@pytest.mark.parametrize(
    "section", ["Mã hộ: {}", "{number}. Hộ {}", "Mã số hộ {} - Chủ hộ: Giàng A Páo", "Mã hộ: {} (2 nhân khẩu)"]
)
def test_a_section_tells_the_code_of_its_household(section: str, tmp_path: Path) -> None:
    rows: list[Line] = []
    for number, code in enumerate(("0291100012", "0291100013", "HN-14"), start=1):
        rows.append((section.format(code, number=number),))
        rows += [(str(at), "Xã Gia Phú", "Thôn Hòa Lạc", str(at), f"Giàng A {code[-1]}{at}") for at in (1, 2)]
    lines = [
        ("DANH SÁCH THÀNH VIÊN HỘ NGHÈO, HỘ CẬN NGHÈO",), ("Quý IV năm 2018",), ("Huyện Bảo Thắng",), (),
        ("STT", "Xã", "Thôn (bản, tổ)", "STT thành viên", "Họ và tên"), *rows,
    ]  # fmt: skip
    read = look(text_file(tmp_path, lines), "register")
    assert list(read.rows["household_code"]) == [code for code in ("0291100012", "0291100013", "HN-14") for _ in "12"]
    assert list(read.rows["row"]) == [7, 8, 10, 11, 13, 14]


SERIAL_A_BLOCK = [
    (str(["Xã Bản Phiệt", "Xã Gia Phú", "Xã Phong Niên"].index(str(row[1])) + 1), *row[1:])
    if not number or row[1] != ROWS[number - 1][1] else (None, None, *row[2:])
    for number, row in enumerate(ROWS)
]  # fmt: skip


@pytest.mark.parametrize("names", [None, ("Nậm Sưu", "Làng Chung", "Bản Quẩn", "Hòa Lạc", "Nậm Hẻn", "Phìn Giàng")])
def test_number_and_commune_written_once_a_block(names: Sequence[str] | None, tmp_path: Path) -> None:
    lines = [(*row[:2], names[at] if names else row[2], *row[3:]) for at, row in enumerate(SERIAL_A_BLOCK)]
    read = look(text_file(tmp_path, (*TITLE, HEADER, *lines)))
    assert [row[0] for row in villages(read)] == COMMUNES
    assert [row[2:] for row in villages(read)] == [row[2:] for row in EXPECTED]


@pytest.mark.parametrize("row", range(len(ROWS)))
@pytest.mark.parametrize("numbers", [("61", "240", "200"), ("0", "0", "0")])
def test_a_row_without_number_and_commune_is_named(row: int, numbers: tuple[str, ...], tmp_path: Path) -> None:
    # Another commune in each row: nothing says that one is written for several.
    communes = ["Xã Bản Phiệt", "Xã Gia Phú", "Xã Phong Niên", "Xã Thái Niên", "Xã Xuân Quang", "Xã Trì Quang"]
    lines = [(each[0], communes[at], *each[2:]) for at, each in enumerate(ROWS)]
    lines[row] = (None, None, "Thôn Mới", *numbers)
    read = look(text_file(tmp_path, (*TITLE, HEADER, *lines)))
    assert (read.counts.accepted, read.counts.rejected) == (5, 1)
    assert ("required_empty", "critical", len(TITLE) + 2 + row, "commune") in told(read)


def test_a_template_filled_down_with_zeros_is_no_data(tmp_path: Path) -> None:
    tail = [(str(number), "Xã Phong Niên", None, "0", "0", "0") for number in range(7, 40)]
    read = look(text_file(tmp_path, (*TITLE, HEADER, *ROWS, *tail)))
    assert villages(read) == EXPECTED
    assert read.ignored["prefilled"] == len(tail)


@pytest.mark.parametrize("pager", [("Trang", "1", "2", "Hiển thị 1-6 của 6 bản ghi"), ("1", "2", "1-6 trên 6 bản ghi")])
def test_the_pages_that_a_portal_offers_are_no_data(pager: Line, tmp_path: Path) -> None:
    read = look(text_file(tmp_path, [*TITLE, HEADER, *ROWS, (), pager]), "water")
    assert villages(read) == EXPECTED
    assert not told(read)


def test_a_list_in_two_halves_side_by_side_loses_no_row_in_silence(tmp_path: Path) -> None:
    lines = [(*HEADER, "", *HEADER), *((*left, "", *right) for left, right in zip(ROWS[:3], ROWS[3:], strict=True))]
    read = look(text_file(tmp_path, [*TITLE, *lines]), "water")
    assert "header_repeated" in {rule for rule, _, _, _ in told(read)}


def test_a_table_of_sums_below_the_list_is_none_of_its_rows(tmp_path: Path) -> None:
    sums = [("1", "Xã Bản Phiệt", "3"), ("2", "Xã Gia Phú", "2"), ("3", "Xã Phong Niên", "1"), (None, "Cộng", "6")]
    lines = [*TITLE, HEADER, *ROWS, (), ("TỔNG HỢP CHUNG",), ("STT", "Xã", "Số thôn"), *sums]
    read = look(text_file(tmp_path, lines), "water")
    assert villages(read) == EXPECTED
    assert {(rule, severity) for rule, severity, _, _ in told(read)} <= {("ignored_row_with_values", "info")}


def test_the_units_under_a_header_that_comes_again_are_no_row(tmp_path: Path) -> None:
    units = (None, None, None, "(hộ)", "(người)", "(người)")
    lines = [*TITLE, HEADER, units, *ROWS[:3], (), ("Xã Gia Phú",), HEADER, units, *ROWS[3:]]
    read = look(text_file(tmp_path, lines), "water")
    assert villages(read) == EXPECTED
    assert not [finding for finding in told(read) if finding[1] != "info"]
