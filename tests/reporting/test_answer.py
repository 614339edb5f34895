"""Answers and tables: what a person reads is right, and nothing of what was sent can run."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from rich.console import Console

from etl.reporting import answer, safe, tables
from etl.reporting.words import met_vi, number_vi
from etl.warehouse.ledger import Submission

SUBMISSION = Submission(
    id="credit-0123456789ab-1", sector="credit", dataset="credit_loan", unit_code="082", period="2018-Q4",
    as_of=date(2018, 12, 31), file_name="dư nợ.xlsx", folder="", sha256="0" * 64, size_bytes=1,
    modified_at=datetime(2019, 1, 2, tzinfo=UTC), received_at=datetime(2019, 1, 2, 20, tzinfo=UTC), state="accepted",
    verdict="partly", rows_read=12, rows_accepted=1, rows_rejected=2, rows_ignored=9, ignored={"title": 8, "total": 1}, layout={},
    accepted_at=None, superseded_at=None, superseded_by=None, findings_version=1, answered_version=-1,
)  # fmt: skip


def findings(*rows: tuple[str, str, int | None, str, str]) -> pd.DataFrame:
    """(rule, severity, row, value, message)."""
    frame = pd.DataFrame(
        [
            {"number": n, "rule": rule, "severity": severity, "sheet": "S", "row": row, "column_name": "principal", "header": "Số tiền vay",
             "value": value, "message": message, "suggestion": "Sửa lại.", "waived": None, "waiver": None}
            for n, (rule, severity, row, value, message) in enumerate(rows, start=1)
        ],
        columns=["number", "rule", "severity", "sheet", "row", "column_name", "header", "value", "message", "suggestion", "waived", "waiver"],
    )  # fmt: skip
    return frame.astype({"row": "Int64"})


def cells(path: Path) -> list[str]:
    return [
        str(c.value)
        for page in openpyxl.load_workbook(path)
        for row in page.iter_rows()
        for c in row
        if c.value is not None
    ]


def test_an_answer_names_verdict_counts_and_every_place(tmp_path: Path) -> None:
    found = findings(("error_cell", "critical", 11, "#N/A", "Ô lỗi."), ("code_format", "warning", 12, "1", "Sai dạng."))
    path = answer.write_answer(SUBMISSION, found, tmp_path, "Sao kê dư nợ cho vay")
    assert path.name == "dư nợ__credit-0123456789ab-1.tra-loi.xlsx"
    said = cells(path)
    for words in (
        "NHẬN, CÓ 2 DÒNG LỖI",
        "Quý IV năm 2018",
        "Huyện Bát Xát",
        "03:00 ngày 03/01/2019",
        "Ô lỗi.",
        "11",
        "#N/A",
    ):
        assert words in said
    assert path.with_suffix(".txt").read_text("utf-8-sig") == "NHẬN, CÓ 2 DÒNG LỖI\n"
    before = path.read_bytes()
    assert answer.write_answer(SUBMISSION, found, tmp_path, "Sao kê dư nợ cho vay").read_bytes() == before


@pytest.mark.parametrize(("verdict", "line"), [
    ("accepted", "ĐÃ NHẬN"), ("partly", "NHẬN, CÓ 1.234 DÒNG LỖI"), ("rejected", "TỪ CHỐI: Ô lỗi."),
])  # fmt: skip
def test_the_verdict_in_one_line(verdict: str, line: str) -> None:
    one = replace(SUBMISSION, verdict=verdict, rows_rejected=1234)
    assert answer.verdict_line(one, findings(("error_cell", "critical", 11, "", "Ô lỗi."))) == line


NASTY = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x")',
    "\x00\x01",
    "x" * 40_000,
)


@pytest.mark.parametrize("value", NASTY)
def test_nothing_that_was_sent_can_run(tmp_path: Path, value: str) -> None:
    found = findings(("error_cell", "critical", 11, value, value))
    path = answer.write_answer(replace(SUBMISSION, file_name=f"{value[:20]}.xlsx"), found, tmp_path, value)
    for page in openpyxl.load_workbook(path):
        assert not [c for row in page.iter_rows() for c in row if c.data_type == "f"]
    with zipfile.ZipFile(path) as container:
        assert not [n for n in container.namelist() if "vba" in n.lower() or "external" in n.lower()]
        assert not any(b"<f>" in container.read(n) for n in container.namelist() if "sheet" in n)
    text = tables.csv_text([{"value": value}])
    field = list(csv.reader(io.StringIO(text, newline="")))[1][0]
    # A number with a sign stays one: no spreadsheet runs it.
    assert field in ("+1", "-1") or not field.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.text(max_size=300))
def test_any_file_name_gives_a_name_that_is_one(name: str) -> None:
    given_name = answer.answer_name(name, SUBMISSION.id, ".xlsx")
    assert len(given_name.encode()) <= 255
    assert Path(given_name).name == given_name
    assert not set(given_name) & set('/\\:*?"<>|\n\r\0')
    assert given_name.endswith(f"__{SUBMISSION.id}.tra-loi.xlsx")


def test_the_same_content_is_the_same_bytes_at_any_time(tmp_path: Path) -> None:
    def write(name: str) -> bytes:
        book = Workbook()
        safe.put(book.active["A1"], "=1")
        return safe.save(book, tmp_path / name).read_bytes()

    assert write("a.xlsx") == write("b.xlsx")
    assert [p.name for p in sorted(tmp_path.iterdir())] == ["a.xlsx", "b.xlsx"]


@pytest.mark.parametrize(("value", "decimals", "shown"), [
    (1234567.891, 2, "1.234.567,89"), (Decimal("0.125"), 2, "0,13"), (2.675, 2, "2,68"), (None, 2, "–"), (-5, 0, "-5"),
])  # fmt: skip
def test_numbers_as_viet_nam_writes_them(value: float | None, decimals: int, shown: str) -> None:
    assert number_vi(value, decimals) == shown
    assert met_vi(None) == ""


def test_a_table_shows_any_text_as_it_is() -> None:
    out = io.StringIO()
    console = Console(file=out, width=120)
    console.print(tables.records_table([{"file": "[/bold][red]x[/].xlsx", "row": 3, "reason": None}], "[Title]"))
    assert "[/bold][red]x[/].xlsx" in out.getvalue()
    assert tables.csv_text([]) == ""
