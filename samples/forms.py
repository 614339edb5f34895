"""The official forms: title block, header, rows, as sectors send them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from etl.contracts import Column, Contract
from etl.contracts.form import Line, header, title_block
from etl.model.period import Period
from etl.model.reproducible import SAVED, same_times
from etl.reference.units import Unit, Units

Sheet = tuple[str, list[Line]]


def cell_writer(column: Column, units: Units, *, dates_as_text: bool) -> Callable[[Any], Any]:
    """How a value of a column stands in a cell: labels for codes, names for units, x for yes, text for codes."""
    match column.type:
        case "flag":
            return lambda value: "x" if value is True else None
        case "enum" if column.values:
            labels = {code: names[0] for code, names in column.values.items()}
            return lambda value: labels.get(value)
        case "unit":
            return lambda value: units[value].name
        case "date":
            return lambda value: f"{value:%d/%m/%Y}" if dates_as_text and isinstance(value, date) else value
    return lambda value: value


def sheets(form: Contract, unit: Unit, period: Period, units: Units, frame: pd.DataFrame) -> list[Sheet]:
    """The sheets of one file: one, or one a commune where the form asks for it."""
    writers = [cell_writer(c, units, dates_as_text=form.sector in ("credit", "education")) for c in form.columns]
    if form.sheet_per_commune and len(frame):
        parts = [(units[str(code)].short[:31], part) for code, part in frame.groupby("commune", sort=True)]
    else:
        parts = [("Danh sách", frame)]
    found = []
    for name, part in parts:
        columns = [[write(v) for v in part[c.name]] for write, c in zip(writers, form.columns, strict=True)]
        rows = [[number, *values] for number, values in enumerate(zip(*columns, strict=True), start=1)]
        found.append((name, [*title_block(form, unit, period), header(form), *rows]))
    return found


def write_xlsx(path: Path, content: Iterable[Sheet]) -> None:
    """Write sheets as a workbook; the same content gives the same bytes."""
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = SAVED
    book.properties.creator = "giamngheo"
    for name, lines in content:
        sheet = book.create_sheet(name)
        widest = max(map(len, lines))
        for at in range(1, widest + 1):
            sheet.column_dimensions[get_column_letter(at)].width = 6 if at == 1 else 17
        for line in lines:
            is_header = bool(line) and line[0] == "STT"
            sheet.append([_bold(sheet, v) for v in line] if is_header else line)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(same_times(buffer.getvalue()))


def _bold(sheet: Any, value: Any) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
    return cell


def write_csv(path: Path, lines: list[Line]) -> None:
    """Write one sheet's lines as UTF-8 csv with a byte-order mark, as Excel saves it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for line in lines:
            writer.writerow(["" if v is None else f"{v:%d/%m/%Y}" if isinstance(v, date) else v for v in line])


def is_csv(form: Contract, unit: Unit, seed: int) -> bool:
    """Whether a file is sent as csv: the water works always, now and then a district's loans."""
    if form.dataset == "water_works":
        return True
    return form.dataset == "credit_loan" and int(np.random.default_rng([seed, int(unit.code)]).integers(5)) == 0
