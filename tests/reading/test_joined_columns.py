"""Names, days and places that a sheet splits over columns or joins in one: each file says the same three people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from etl.model.examined import Examined
from tests.support import look, told

Line = Sequence[str]

TITLE: list[Line] = [
    ("DANH SÁCH THẺ BHYT",), ("Tỉnh Lào Cai - Quý IV năm 2018",), (),
]  # fmt: skip
NUMBERS = ("1012345678", "1012345679", "1012345680")
NAMES = ("Giàng A Páo", "Sùng Thị Thu Mỷ", "Lý Láo Tỏa")
BIRTHS = ("1980", "1975", "1969")
COMMUNES = ("Xã Bản Phiệt", "Xã Gia Phú", "Xã Trịnh Tường")
FROM, TO = "01/01/2018", "31/12/2018"


def text_file(folder: Path, lines: Sequence[Line]) -> Path:
    path = folder / "the_bhyt.csv"
    path.write_text("\n".join(";".join(line) for line in [*TITLE, *lines]) + "\n", encoding="utf-8-sig")
    return path


def cards(header: Line, rows: Sequence[Line], folder: Path) -> Examined:
    return look(text_file(folder, [header, *rows]), "health_insurance")


def people(read: Examined) -> list[tuple[str, str, str]]:
    rows = read.rows
    return [
        (str(name), str(year), str(commune))
        for name, year, commune in zip(rows["full_name"], rows["birth_year"], rows["commune"], strict=True)
    ]


EXPECTED = list(zip(NAMES, BIRTHS, ("02911", "02923", "02695"), strict=True))
REST_HEADER = ("Năm sinh", "Xã, phường, thị trấn", "Giá trị từ", "Giá trị đến")
REST = [(birth, commune, FROM, TO) for birth, commune in zip(BIRTHS, COMMUNES, strict=True)]


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        (("Họ", "Tên đệm", "Tên"), lambda words: (words[0], " ".join(words[1:-1]), words[-1])),
        (("Họ", "Chữ đệm", "Tên"), lambda words: (words[0], " ".join(words[1:-1]), words[-1])),
        (("Họ và tên đệm", "Tên"), lambda words: (" ".join(words[:-1]), words[-1])),
        (("Họ", "Đệm và tên"), lambda words: (words[0], " ".join(words[1:]))),
    ],
    ids=["three", "three-again", "two", "surname-first"],
)
@pytest.mark.parametrize("numbered", [False, True])
def test_a_name_in_columns_is_whole(headers, parts, *, numbered: bool, tmp_path: Path) -> None:
    header = ("Mã số BHXH", *headers, *REST_HEADER)
    rows = [(number, *parts(name.split()), *rest) for number, name, rest in zip(NUMBERS, NAMES, REST, strict=True)]
    numbering = [tuple(map(str, range(1, len(header) + 1)))] if numbered else []
    read = cards(header, [*numbering, *rows], tmp_path)
    assert people(read) == EXPECTED
    assert not [finding for finding in told(read) if finding[1] != "info"]


def test_a_name_and_a_day_in_columns_leave_the_numbering_what_it_is(tmp_path: Path) -> None:
    header = ("Mã số BHXH", "Họ và tên đệm", "Tên", "Ngày", "Tháng", "Năm sinh", *REST_HEADER[1:])
    rows = [
        (number, " ".join(name.split()[:-1]), name.split()[-1], "", "", birth, *rest[1:])
        for number, name, birth, rest in zip(NUMBERS, NAMES, BIRTHS, REST, strict=True)
    ]
    read = cards(header, [tuple(map(str, range(1, len(header) + 1))), *rows], tmp_path)
    assert people(read) == EXPECTED
    assert read.ignored["numbering"] == 1
    assert not [finding for finding in told(read) if finding[1] != "info"]


@pytest.mark.parametrize("form", ["{} (ngày)|{} (tháng)|{} (năm)", "{} - Ngày|{} - Tháng|{} - Năm"])
@pytest.mark.parametrize("name", ["Ngày sinh", "Giá trị từ"])
def test_a_day_in_columns_that_each_name_the_date(name: str, form: str, tmp_path: Path) -> None:
    three = tuple(form.format(*[name] * 3).split("|"))
    is_birth = name == "Ngày sinh"
    header = ("Mã số BHXH", "Họ và tên", *(three if is_birth else REST_HEADER[:1]), REST_HEADER[1],
              *(REST_HEADER[2:3] if is_birth else three), REST_HEADER[3])  # fmt: skip
    rows = [
        (number, person, *(("5", "3", birth) if is_birth else (birth,)), commune,
         *((FROM,) if is_birth else ("1", "1", "2018")), TO)
        for number, person, birth, commune in zip(NUMBERS, NAMES, BIRTHS, COMMUNES, strict=True)
    ]  # fmt: skip
    read = cards(header, rows, tmp_path)
    assert people(read) == EXPECTED
    assert [f"{day:%d/%m/%Y}" for day in read.rows["valid_from"]] == [FROM] * 3
    assert not [finding for finding in told(read) if finding[1] != "info"]


@pytest.mark.parametrize(
    ("header", "join"),
    [
        ("Họ và tên, địa chỉ xã", "{name}, {commune}"),
        ("Họ và tên - Xã", "{name} - {commune}"),
        ("Họ tên (xã)", "{name} ({commune})"),
    ],
)
def test_a_commune_behind_a_name_is_parted(header: str, join: str, tmp_path: Path) -> None:
    rows = [
        (number, join.format(name=name, commune=rest[1]), rest[0], *rest[2:])
        for number, name, rest in zip(NUMBERS, NAMES, REST, strict=True)
    ]
    assert people(cards(("Mã số BHXH", header, "Năm sinh", *REST_HEADER[2:]), rows, tmp_path)) == EXPECTED


def test_a_header_of_two_columns_parts_its_cells_as_it_says(tmp_path: Path) -> None:
    header = ("Mã số BHXH - Họ và tên", *REST_HEADER)
    rows = [(f"{number} - {name}", *rest) for number, name, rest in zip(NUMBERS, NAMES, REST, strict=True)]
    read = cards(header, rows, tmp_path)
    assert people(read) == EXPECTED
    assert list(read.rows["insurance_number"]) == list(NUMBERS)


def test_a_form_of_joined_columns_is_known(tmp_path: Path) -> None:
    header = ("Mã số BHXH", "Họ và tên, năm sinh", "Địa chỉ (thôn, xã)", "Thời hạn thẻ (từ - đến)")
    rows = [
        (number, f"{name} ({birth})", f"Thôn Nậm Sưu, {commune}", f"{FROM} - {TO}")
        for number, name, birth, commune in zip(NUMBERS, NAMES, BIRTHS, COMMUNES, strict=True)
    ]
    read = cards(header, rows, tmp_path)
    assert people(read) == EXPECTED
    assert set(map(str, read.rows["valid_to"])) == {"2018-12-31"} or set(read.rows["valid_to"].dt.year) == {2018}


def test_a_name_with_a_dash_under_one_header_stays_whole(tmp_path: Path) -> None:
    names = ("Giàng A Páo - em", "Sùng Thị Thu Mỷ", "Lý Láo Tỏa")
    header = ("Mã số BHXH", "Họ và tên", *REST_HEADER)
    rows = [(number, name, *rest) for number, name, rest in zip(NUMBERS, names, REST, strict=True)]
    assert [name for name, _, _ in people(cards(header, rows, tmp_path))] == list(names)


@pytest.mark.parametrize("join", ["{name}, {sex}, {birth}", "{name} ({sex}, {birth})", "{name} - {sex} - {birth}"])
def test_three_facts_in_one_column_are_three(join: str, tmp_path: Path) -> None:
    sexes = ("Nam", "Nữ", "Nam")
    rows = [
        (number, join.format(name=name, sex=sex, birth=rest[0]), *rest[1:])
        for number, name, sex, rest in zip(NUMBERS, NAMES, sexes, REST, strict=True)
    ]
    read = cards(("Mã số BHXH", "Họ tên, giới tính, năm sinh", *REST_HEADER[1:]), rows, tmp_path)
    assert people(read) == EXPECTED
    assert list(read.rows["sex"]) == ["male", "female", "male"]


def test_a_name_that_ends_like_a_sex_is_a_name(tmp_path: Path) -> None:
    names = ("Nguyễn Văn Nam", "Lý Hải Nam", "Phàn Nữ")
    rows = [(number, name, *rest) for number, name, rest in zip(NUMBERS, names, REST, strict=True)]
    assert [name for name, _, _ in people(cards(("Mã số BHXH", "Họ và tên", *REST_HEADER), rows, tmp_path))] == list(
        names
    )
