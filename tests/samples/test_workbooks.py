"""Our writers of every format: calamine itself reads what they write, and the same content gives the same bytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import fastexcel
import pytest

from samples.legacy import as_western, can_encode, cp1258, encode
from samples.workbooks import BINARY, Book, Cell, Page, text_bytes
from samples.workbooks.ole import container

LONG = [[Cell(f"Dòng {at}: {'ư' * 900}")] for at in range(60)]
PAGE = Page(
    "Xã Ả",
    [
        [Cell("Tên\nhai"), Cell(), Cell(12345678901), Cell(3.25), Cell(date(2018, 9, 18), "dd/mm/yyyy"), Cell(True)],
        [],
        [Cell("#N/A", is_error=True), Cell("a  b"), Cell(9), Cell(12, formula="6*2"), Cell("xin", formula='"x"&"in"')],
        [Cell(date(2018, 9, 18), "dd/mm/yyyy", formula="DATE(2018,9,18)")],
        [Cell("m"), Cell(), Cell(), Cell(), Cell(2.0), Cell(-5)],
    ],
    merges=[(5, 1, 5, 3)], hidden_rows={3}, hidden_columns={2}, trailing=3, frozen_rows=1, filtered=(3, 1, 4, 5),
)  # fmt: skip


@pytest.mark.parametrize("from_1904", [False, True])
@pytest.mark.parametrize("kind", ["xlsx", "xlsm", "xls", "xlsb", "ods"])
def test_calamine_reads_each_cell_at_its_place(kind: str, from_1904: bool, tmp_path: Path) -> None:
    book = Book([PAGE, Page("S2", [])], from_1904)
    path = tmp_path / f"w.{kind}"
    path.write_bytes(BINARY[kind](book))
    assert path.read_bytes() == BINARY[kind](book)
    reader = fastexcel.read_excel(path)
    assert reader.sheet_names == ["Xã Ả", "S2"]
    sheet = reader.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    lines = [[None if v != v else v for v in line] for line in sheet.to_pandas().to_numpy().tolist()[:5]]
    # An integer day of .xlsb is a number to calamine, as Excel itself writes it.
    day = {"xlsb": "41899" if from_1904 else "43361", "ods": "2018-09-18"}.get(kind, "2018-09-18 00:00:00")
    assert lines[0] == ["Tên\nhai", None, "12345678901", "3.25", day, "true"]
    assert lines[1] == [None] * 6
    assert lines[2][1:5] == ["a  b", "9", "12", "xin"]
    assert lines[3][0] in (day, "2018-09-18 00:00:00", "41899", "43361")
    assert lines[4] == ["m", None, None, None, "2", "-5"]


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_many_long_texts(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"w.{kind}"
    path.write_bytes(BINARY[kind](Book([Page("A", LONG)])))
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    assert sheet.to_pandas().iloc[:, 0].tolist() == [row[0].value for row in LONG]


def test_markup_says_what_is_merged_and_where_rows_are() -> None:
    page = BINARY["html"](Book([PAGE])).decode()
    assert '<td colspan="3">m</td>' in page and "Tên<br>hai" in page and "18/09/2018" in page
    xml = BINARY["spreadsheetml"](Book([PAGE])).decode()
    assert '<Row ss:Index="3" ss:Hidden="1">' in xml and "2018-09-18T00:00:00.000" in xml


def test_text_in_its_encoding() -> None:
    book = Book([Page("A", [[Cell("Nguyễn Thị Dở"), Cell(1.5), Cell("a;b")]])])
    assert text_bytes(book, separator=";", encoding="utf-8-sig") == '\ufeffNguyễn Thị Dở;1,5;"a;b"\r\n'.encode()
    assert text_bytes(book, separator=",", encoding="utf-16-be")[:2] == b"\xfe\xff"
    assert as_western(encode("Bát Xát", "TCVN3")) == "B¸t X¸t"
    assert as_western(encode("Mường Khương", "VNI")) == "Möôøng Khöông"
    assert cp1258("Giàng A Chớ").decode("cp1258") != "" and can_encode("Đỗ", "VISCII") and not can_encode("漢", "VNI")


def test_a_container_of_many_sectors() -> None:
    raw = container({"A": b"x" * 200_000, "B": b"y"})
    assert raw[:4] == b"\xd0\xcf\x11\xe0" and len(raw) % 512 == 0
