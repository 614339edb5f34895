"""What tests build with: forms written as sectors write them, workbooks edited cell by cell, files examined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.examine import examine
from etl.model.examined import Examined
from etl.model.grid import Grid
from etl.model.period import Period
from etl.opening import open_file
from etl.reference.units import units_on
from etl.settings import Settings
from samples import forms

PERIOD = Period(2018, 4)
TODAY = date(2019, 1, 10)
UNITS = units_on(PERIOD.last_day)


def lines_of(dataset: str, unit: str, frame: pd.DataFrame) -> list[forms.Sheet]:
    """The sheets of an official form with a frame's rows (contract columns, codes)."""
    return forms.sheets(contract(dataset).on(PERIOD.last_day), UNITS[unit], PERIOD, UNITS, frame)


def write_lines(path: Path, sheets: Iterable[tuple[str, list[list[Any]]]]) -> Path:
    """A workbook of plain rows."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets:
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    book.save(path)
    return path


def column_of(sheet: Any, header: str) -> int:
    """The physical column whose header cell says ``header``. Raises AssertionError when none does."""
    for row in sheet.iter_rows(max_row=12):
        for cell in row:
            if cell.value == header:
                return int(cell.column)
    raise AssertionError(f"no header {header!r}")


def header_row(sheet: Any) -> int:
    """The row that begins with STT."""
    return next(row for row in range(1, 40) if sheet.cell(row, 1).value == "STT")


def edited(source: Path, target: Path, dataset: str, edits: dict[tuple[int, str], Any], sheet: int = 0) -> Path:
    """A copy of a form with cells changed: (data row from 1, contract column) → value."""
    book = openpyxl.load_workbook(source)
    page = book.worksheets[sheet]
    top = header_row(page)
    for (row, name), value in edits.items():
        cell = page.cell(top + row, column_of(page, contract(dataset)[name].header))
        cell.value = value
        if isinstance(value, str):
            cell.number_format = "@"
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


def look(path: Path, sector: str | None = None, *, today: date = TODAY, folder: str = "") -> Examined:
    """A file examined under default settings."""
    return examine(Settings(), path, file_name=path.name, folder=folder, sector=sector, today=today)


def grids_of(path: Path, name: str | None = None) -> list[Grid]:
    """A file's sheets, opened under default settings."""
    return open_file(path, name or path.name, Settings()).grids


def told(examined: Examined) -> list[tuple[str, str, int | None, str | None]]:
    """(rule, severity, row, column) of an examined file's findings."""
    return [
        (rule, severity, None if pd.isna(row) else int(row), None if pd.isna(column) else column)
        for rule, severity, row, column in zip(
            *(examined.findings[name] for name in ("rule", "severity", "row", "column")), strict=True
        )
    ]


def put(conn: Connection, dataset: str, unit: str, rows: list[dict[str, object]], period: Period = PERIOD) -> str:
    """Rows of a dataset, from row 10 on, as an accepted submission of a unit; its id."""
    name = f"s-{dataset}-{unit}" if period == PERIOD else f"s-{dataset}-{unit}-{period}"
    conn.execute(text(
        "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at, period,"
        " dataset, unit_code, as_of, accepted_at, state) VALUES (:id, 'x', :file, '', :id, 1, 1, now(), :period,"
        " :dataset, :unit, :day, now(), 'accepted')"),
        {"id": name, "dataset": dataset, "unit": unit, "file": f"{dataset}.xlsx", "period": str(period),
         "day": period.last_day})  # fmt: skip
    units = units_on(period.last_day)
    for district in [unit] if unit != "10" else [d.code for d in units.districts]:
        conn.execute(text("INSERT INTO intake.coverage VALUES (:id, :dataset, :period, :district)"),
                     {"id": name, "dataset": dataset, "district": district, "period": str(period)})  # fmt: skip
    partition = f"history.{dataset}_{str(period).lower().replace('-', '_')}"
    if conn.scalar(text("SELECT to_regclass(:name)"), {"name": partition}) is None:
        conn.execute(text(f"CREATE TABLE {partition} PARTITION OF history.{dataset} FOR VALUES IN ('{period}')"))
    for number, row in enumerate(rows, start=10):
        whole = {"submission_id": name, "sheet": "S", "row": number, "period": str(period),
                 "district_code": units.district_of(str(row["commune"])).code, **row}  # fmt: skip
        names = ", ".join(whole)
        values = ", ".join(f":{n}" for n in whole)
        conn.execute(text(f"INSERT INTO history.{dataset} ({names}) VALUES ({values})"), whole)
    return name


def assert_same_frame(there: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Raise AssertionError where two frames differ. pandas compares objects one by one, and takes seconds for it."""
    if not there.equals(wanted):
        pd.testing.assert_frame_equal(there, wanted)
