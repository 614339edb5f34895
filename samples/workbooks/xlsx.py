"""Workbooks as Excel keeps them now, with cached results of formulas, and with macros that nobody runs."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from etl.model.reproducible import SAVED, same_times
from samples.workbooks.ole import container
from samples.workbooks.page import Book, Cell, Page, as_number
from samples.workbooks.parts import zipped

_FORMULA = re.compile(
    r'<c r="(?P<at>[A-Z]+\d+)"(?P<style> s="\d+")?(?: t="\w+")?><f>(?P<f>.*?)</f><v ?/?>(?:</v>)?</c>'
)


def xlsx_bytes(book: Book) -> bytes:
    """The workbook as bytes."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    if book.from_1904:
        made.epoch = CALENDAR_MAC_1904
    made.properties.created = made.properties.modified = SAVED
    made.properties.creator = "giamngheo"
    for page in book.pages:
        _fill(made.create_sheet(page.name), page)
    buffer = io.BytesIO()
    made.save(buffer)
    return _with_results(same_times(buffer.getvalue()), book)


def xlsm_bytes(book: Book) -> bytes:
    """The workbook with a part of macros, as bytes; the macros are none."""
    parts = _parts(xlsx_bytes(book))
    types = parts["[Content_Types].xml"].decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ).replace("</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    relation = (
        '<Relationship Id="rIdVba" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>'
    )
    parts["[Content_Types].xml"] = types.encode()
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("</Relationships>", relation).encode()
    parts["xl/vbaProject.bin"] = container(
        {"PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\nName="VBAProject"\r\n'}
    )
    return zipped(parts)


def _fill(sheet: Worksheet, page: Page) -> None:
    for at, row in enumerate(page.rows, start=1):
        for column, cell in enumerate(row, start=1):
            _put(sheet, at, column, cell)
    for at in range(len(page.rows) + 1, len(page.rows) + page.trailing + 1):
        for column in range(1, page.width + 1):
            sheet.cell(at, column).number_format = "0.00"
    for r1, c1, r2, c2 in page.merges:
        sheet.merge_cells(start_row=r1, start_column=c1, end_row=r2, end_column=c2)
    for row_number in page.hidden_rows:
        sheet.row_dimensions[row_number].hidden = True
    for column in page.hidden_columns:
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    if page.filtered:
        r1, c1, r2, c2 = page.filtered
        sheet.auto_filter.ref = f"{get_column_letter(c1)}{r1}:{get_column_letter(c2)}{r2}"
    if page.frozen_rows:
        sheet.freeze_panes = f"A{page.frozen_rows + 1}"
    if page.is_hidden:
        sheet.sheet_state = "hidden"


def _put(sheet: Worksheet, at: int, column: int, cell: Cell) -> None:
    if cell == Cell():
        return
    made = sheet.cell(at, column)
    value = cell.value
    if cell.formula:
        made.value = f"={cell.formula}"
    elif isinstance(value, str) and not cell.is_error:
        # Text stays text, also where it looks like a formula or an error.
        made.value = value
        made.data_type = "s"
    else:
        made.value = value
    if cell.format != "General":
        made.number_format = cell.format
    elif not isinstance(value, str):
        made.number_format = "General"
    if cell.font or cell.bold:
        made.font = Font(name=cell.font or "Times New Roman", bold=cell.bold)
    if isinstance(value, str) and "\n" in value:
        made.alignment = Alignment(wrap_text=True)


def _parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as file:
        return {name: file.read(name) for name in file.namelist()}


def _with_results(workbook: bytes, book: Book) -> bytes:
    """The workbook with each formula's result, which openpyxl does not write."""
    results = [
        {
            f"{get_column_letter(c)}{r}": cell
            for r, row in enumerate(page.rows, start=1)
            for c, cell in enumerate(row, start=1)
            if cell.formula
        }
        for page in book.pages
    ]
    if not any(results):
        return workbook
    parts = _parts(workbook)
    for at, cells in enumerate(results, start=1):
        name = f"xl/worksheets/sheet{at}.xml"
        text = parts[name].decode()

        def result(match: re.Match[str], own: dict[str, Cell] = cells) -> str:
            number = as_number(own[match["at"]], from_1904=book.from_1904)
            value = own[match["at"]].value if number is None else number
            kind = ' t="b"' if isinstance(value, bool) else ' t="str"' if isinstance(value, str) else ""
            shown = str(int(value)) if isinstance(value, bool) else escape(str(value))
            return f'<c r="{match["at"]}"{match["style"] or ""}{kind}><f>{match["f"]}</f><v>{shown}</v></c>'

        parts[name] = _FORMULA.sub(result, text).encode()
    return zipped(parts)
