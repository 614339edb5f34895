"""Data Docs: complete, without network, without a value of a cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl import pipeline
from etl.intake import inbox
from etl.settings import Settings

pytestmark = pytest.mark.warehouse


def take(own: Settings, sector: str, *paths: Path) -> None:
    drops, _ = inbox.given(paths, (), sector)
    pipeline.ingest(own, drops)


def test_pages_by_sector_and_period(home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    faulty = tmp_path / "credit_loan_083_2018-Q4.xlsx"
    book = openpyxl.load_workbook(files["credit_loan", "083"])
    sheet = book.active
    at = {cell.value: cell.column for line in sheet.iter_rows(max_row=20) for cell in line if cell.value}
    name, principal = (next(c for n, c in at.items() if str(n).startswith(h)) for h in ("Họ", "Số tiền vay"))
    last = next(
        r
        for r in range(sheet.max_row, 1, -1)
        if isinstance(sheet.cell(r, principal).value, int) and sheet.cell(r, name).value
    )
    person = sheet.cell(last, name).value
    sheet.cell(last, principal).value = -5
    book.save(faulty)
    take(home, "credit", faulty)
    folder = home.data_docs / "credit" / "2018-Q4"
    pages = {page.name: page.read_text(encoding="utf-8") for page in home.data_docs.rglob("*.html")}
    (one,) = (page for page in folder.glob("credit-*.html"))
    assert set(pages) == {"index.html", one.name}
    for content in pages.values():
        assert not re.search(r"https?:|<script|<link|<img|javascript:", content)
        assert person not in content
    assert "Huyện Mường Khương" in (folder / "index.html").read_text(encoding="utf-8")
    assert "number_out_of_range" in (folder / "index.html").read_text(encoding="utf-8")
    assert 'href="credit/2018-Q4/index.html"' in (home.data_docs / "index.html").read_text(encoding="utf-8")
    assert "unexpected" in pages[one.name]
    assert "borrower_name" in pages[one.name]


def test_only_what_has_changed_is_built_anew(home: Settings, files: dict[tuple[str, str], Path]) -> None:
    take(home, "credit", files["credit_loan", "083"])
    assert pipeline.document(home) == []
    before = {p: p.stat().st_mtime_ns for p in home.data_docs.rglob("*.html")}
    take(home, "water", next(path for (name, _), path in files.items() if name == "water_village"))
    after: dict[Any, int] = {p: p.stat().st_mtime_ns for p in home.data_docs.rglob("*.html")}
    changed = {p.relative_to(home.data_docs).parts[0] for p in after if after[p] != before.get(p)}
    assert changed == {"water", "index.html"}
