"""A workbook to fill in, made from a contract: official header, lists to choose from, checks as one types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from etl.contracts import Column, Contract
from etl.contracts.form import header, title_block, version_mark
from etl.model.period import Period
from etl.reference.codes import code_labels, ethnic_labels
from etl.reference.units import Unit, Units
from etl.reporting import safe

ROWS = 20_000
"""Rows below the header that lists and checks cover."""

_REQUIRED = PatternFill("solid", fgColor="1F4E78")
_OPTIONAL = PatternFill("solid", fgColor="7F9DB9")

_KINDS = {
    "text": "Chữ", "code": "Mã (ghi dạng chữ, giữ số 0 ở đầu)", "name": "Họ và tên", "int": "Số nguyên",
    "money": "Số tiền, đơn vị đồng", "number": "Số", "date": "Ngày, dạng dd/mm/yyyy",
    "flag": "Đánh dấu x, hoặc để trống",
    "enum": "Chọn trong danh sách", "unit": "Chọn xã, phường, thị trấn trong danh sách", "ethnicity": "Chọn dân tộc",
}  # fmt: skip


def write_template(form: Contract, unit: Unit, period: Period, units: Units, path: Path) -> Path:
    """Write the template of a dataset for a submitting unit and a period; its path. Raises OSError."""
    book = Workbook()
    sheet, lists = book.worksheets[0], book.create_sheet("Danh mục")
    sheet.title = "Danh sách"
    lines = [*title_block(form, unit, period), header(form)]
    for at, line in enumerate(lines, start=1):
        for place, value in enumerate(line, start=1):
            safe.put(sheet.cell(at, place), value)
    top = len(lines)
    _head(sheet, form, top)
    for at, column in enumerate(form.columns, start=2):
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(14, min(30, len(column.header) + 4))
        if column.type in ("code", "name", "text", "unit", "enum", "ethnicity", "flag"):
            sheet.column_dimensions[letter].number_format = "@"
        elif column.type == "date":
            sheet.column_dimensions[letter].number_format = "dd/mm/yyyy"
        choices = _choices(column, unit, units)
        rule = _listed(lists, at, choices) if choices else _bounded(column)
        if rule is not None:
            rule.add(f"{letter}{top + 1}:{letter}{top + ROWS}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = f"C{top + 1}"
    lists.sheet_state = "hidden"
    sheet.print_title_rows = f"{top}:{top}"
    safe.one_page_across(sheet)
    _instructions(book.create_sheet("Hướng dẫn"), form, unit, units)
    return safe.save(book, path)


def _head(sheet: Any, form: Contract, top: int) -> None:
    required = {at for at, column in enumerate(form.columns, start=2) if column.required}
    for column in range(1, len(form.columns) + 2):
        cell = sheet.cell(top, column)
        safe.head(cell)
        cell.fill = _REQUIRED if column in required else _OPTIONAL
    sheet.row_dimensions[top].height = 48
    for row in range(1, top):
        for cell in sheet[row]:
            if cell.value is not None:
                cell.font = Font(bold=True)


def _choices(column: Column, unit: Unit, units: Units) -> Sequence[str]:
    """What may be chosen in a column, as it is to be written; nothing where anything may be written."""
    match column.type:
        case "unit":
            return [commune.name for commune in units.communes_in(unit.code)]
        case "ethnicity":
            return list(ethnic_labels())
        case "flag":
            return ["x"]
        case "enum":
            if column.codes:
                return list(code_labels(column.codes))
            return [names[0] for names in (column.values or {}).values()]
    return []


def _listed(lists: Any, column: int, choices: Sequence[str]) -> DataValidation:
    letter = get_column_letter(column)
    for row, choice in enumerate(choices, start=1):
        safe.put(lists.cell(row, column), choice)
    source = f"'{lists.title}'!${letter}$1:${letter}${len(choices)}"
    return DataValidation(
        type="list", formula1=source, allow_blank=True, showErrorMessage=True, errorTitle="Không có trong danh mục",
        error="Chọn một giá trị trong danh sách.",
    )  # fmt: skip


def _bounded(column: Column) -> DataValidation | None:
    kinds: dict[str, Literal["whole", "decimal", "date"]]
    kinds = {"int": "whole", "money": "whole", "number": "decimal", "date": "date"}
    kind = kinds.get(column.type)
    if kind is None or column.year_ok:
        return None
    least = "1" if kind == "date" else f"{column.minimum:g}" if column.minimum is not None else None
    if least is None:
        return None
    return DataValidation(
        type=kind, operator="greaterThanOrEqual", formula1=least, allow_blank=True, showErrorMessage=True,
        errorTitle=column.header[:32], error=f"{_KINDS[column.type]}{'' if kind == 'date' else f', từ {least}'}.",
    )  # fmt: skip


def _instructions(sheet: Any, form: Contract, unit: Unit, units: Units) -> None:
    """Each column in words: what it is, whether it must be filled, what may stand there."""
    for letter, width in (("A", 34), ("B", 12), ("C", 44), ("D", 60)):
        sheet.column_dimensions[letter].width = width
    safe.put(sheet["A1"], f"Hướng dẫn điền biểu «{form.title}»").font = Font(bold=True, size=14)
    safe.put(sheet["A2"], version_mark(form)).font = Font(italic=True, color="7F7F7F")
    safe.put(sheet["A3"], "Cột có nền đậm phải điền đủ. Không đổi tên cột; có thể thêm cột riêng ở bên phải.")
    for place, label in enumerate(("Tên trong biểu", "Phải điền", "Cách ghi", "Giá trị được chọn"), start=1):
        safe.head(safe.put(sheet.cell(5, place), label))
    for at, column in enumerate(form.columns, start=6):
        choices = _choices(column, unit, units) if column.type in ("enum", "flag") else []
        kind = f"{_KINDS[column.type]}{', hoặc năm' if column.year_ok else ''}"
        texts = (column.header, "có" if column.required else "", kind, "; ".join(choices))
        cells = [safe.put(sheet.cell(at, place), value) for place, value in enumerate(texts, start=1)]
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        safe.fit_row(sheet, at, cells)
    safe.one_page_across(sheet)
