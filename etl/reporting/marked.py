"""The sender's own workbook with each faulty cell marked, so that it can be corrected and sent back as it is."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.hyperlink import Hyperlink

from etl.model.answer_sheet import AUTHOR, NOTICE
from etl.model.frames import records
from etl.model.grid import Grid
from etl.reporting import safe
from etl.reporting.words import SEVERITIES, WAIVED

# What may reach out of a workbook or start something: other files, DDE, the web, add-ins.
_REACHES_OUT = re.compile(
    r"\[|\||!\s*'|\b(HYPERLINK|WEBSERVICE|FILTERXML|IMAGE|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE|SQL\.REQUEST|IMPORT\w+)\s*\(",
    re.IGNORECASE,
)
_SIGNS = {"critical": "✘", "warning": "!", "info": "i"}
_MARKS = {
    "critical": PatternFill("solid", fgColor="F8CBAD"),
    "warning": PatternFill("lightUp", fgColor="BF8F00", bgColor="FFE699"),
    "info": PatternFill("gray125", fgColor="2F75B5", bgColor="DDEBF7"),
    "waived": PatternFill("lightDown", fgColor="8064A2", bgColor="E4DFEC"),
}
"""Plain, hatched, dotted, hatched the other way: told apart in print and by those who see no colours.

The signs in the comments tell them apart too.
"""

_NONE = PatternFill()


def copy_of(source: Path) -> Workbook | None:
    """The sender's workbook, ready to be marked; None where there is no copy that is safe: no xlsx, or unreadable.

    Macros, pivots, links to other files and hyperlinks stay behind, formulas that reach out of the workbook become
    text, and the marks of an earlier answer are taken away.
    """
    try:
        with zipfile.ZipFile(source) as container:
            if "xl/workbook.xml" not in container.namelist():
                return None
        # The open file, not its path: openpyxl goes by a name's ending, and the archive's names have none.
        with source.open("rb") as file:
            book = openpyxl.load_workbook(file, keep_links=False, keep_vba=False)
        if not book.worksheets or len(book.worksheets) != len(book.sheetnames):
            return None
    except Exception:
        # Whatever openpyxl trips over, the sender is answered all the same, in a workbook of our own.
        return None
    for sheet in list(book.worksheets):
        if any(sheet.cell(row, 1).value == NOTICE for row in (1, 2, 3)):
            book.remove(sheet)
            continue
        # The cells that are there; iter_rows would make every one between the first and a stray one at XFD1048576.
        for cell in list(sheet._cells.values()):
            _disarm(cell)
        _disarm_rules(sheet)
    for name in [n for n, defined in book.defined_names.items() if _REACHES_OUT.search(str(defined.value))]:
        del book.defined_names[name]
    return book if book.worksheets else None


def _disarm_rules(sheet: Any) -> None:
    """Take away pivots, which may ask other places for data, and formats and checks whose formulas reach out."""
    sheet._pivots = []
    kept = [
        check
        for check in sheet.data_validations.dataValidation
        if not any(_REACHES_OUT.search(str(formula or "")) for formula in (check.formula1, check.formula2))
    ]
    sheet.data_validations.dataValidation = kept
    formats = list(sheet.conditional_formatting)
    if any(_REACHES_OUT.search(str(text)) for found in formats for rule in found.rules for text in rule.formula):
        sheet.conditional_formatting = type(sheet.conditional_formatting)()


def _disarm(cell: Any) -> None:
    if cell.comment is not None and cell.comment.author == AUTHOR:
        cell.comment, cell.fill = None, _NONE
    if cell.hyperlink is not None:
        cell.hyperlink = None
    value = cell.value
    if cell.data_type == "f":
        formula = value if isinstance(value, str) else getattr(value, "text", "") or ""
        if not isinstance(value, str) or _REACHES_OUT.search(formula):
            safe.put(cell, formula)
    elif isinstance(value, str):
        safe.put(cell, value)


def mark(book: Workbook, findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]]) -> None:
    """Colour and comment each faulty cell: reason and way out, or who has waived it and why.

    What rejects the row goes before what only warns, and that before what is waived.
    """
    order = {"critical": 0, "warning": 1, "info": 2, "waived": 3}
    known = {sheet.title: sheet for sheet in book.worksheets}
    for (name, row, column), own in _by_cell(findings, layout):
        if name not in known:
            continue
        cell = _shown_at(known[name], row, column)
        worst = min(("waived" if pd.notna(f.waived) else f.severity for f in own), key=order.__getitem__)
        said = [_said(finding) for finding in own]
        cell.fill = _MARKS[worst]
        note = Comment(safe.safe_text(f"{SEVERITIES.get(worst, WAIVED)}\n" + "\n".join(said))[:2000], AUTHOR)
        note.width, note.height = 320, 60 + 40 * len(said)
        cell.comment = note


def _said(finding: Any) -> str:
    if pd.notna(finding.waived):
        return f"{WAIVED}: {finding.message} {finding.waiver}"
    return f"{_SIGNS[finding.severity]} {finding.message} {finding.suggestion}"


def _shown_at(sheet: Any, row: int, column: int) -> Any:
    """The cell at a place; of merged ones that which shows, the first."""
    cell = sheet.cell(row, column)
    if type(cell).__name__ != "MergedCell":
        return cell
    span = next(span for span in sheet.merged_cells.ranges if cell.coordinate in span)
    return sheet.cell(span.min_row, span.min_col)


def _by_cell(
    findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]]
) -> Iterable[tuple[tuple[str, int, int], list[Any]]]:
    """(sheet, row, column) and the findings of that cell, in the order of the first of each cell."""
    by_cell: dict[tuple[str, int, int], list[Any]] = {}
    for finding in records(findings):
        place = column_of(layout, str(finding.sheet), str(finding.column_name))
        by_cell.setdefault((str(finding.sheet), int(finding.row), place), []).append(finding)
    return by_cell.items()


def column_of(layout: Mapping[str, Mapping[str, int]], sheet: str, column: str) -> int:
    """The physical column in which a finding of a contract's column stands; the first where there is none."""
    return layout.get(sheet, {}).get(column, 1)


def link(cell: Any, sheet: str, row: int, column: int) -> None:
    """Let a cell lead to a cell of another sheet of the same workbook."""
    place = f"{quote_sheetname(sheet)}!{get_column_letter(column)}{row}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=str(cell.value))
    cell.font = Font(underline="single", color="0563C1")


def add_faulty_rows(
    book: Workbook, findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]], grids: Sequence[Grid]
) -> None:
    """For a file that cannot be copied: a sheet for each of its own, with the faulty rows alone, cells marked."""
    by_name = {grid.sheet: grid.cells for grid in grids}
    for number, (name, own) in enumerate(findings.groupby("sheet", sort=False), start=1):
        cells = by_name.get(str(name))
        if cells is None:
            continue
        sheet = book.create_sheet(f"Dòng lỗi {number}" if len(by_name) > 1 else "Dòng lỗi")
        safe.put(sheet["A1"], NOTICE).font = Font(italic=True, color="7F7F7F")
        safe.head(safe.put(sheet["A2"], "Dòng"))
        headers = dict(zip(own["column_name"], own["header"], strict=True))
        where = {column: place + 1 for column, place in layout.get(str(name), {}).items()}
        for column, place in where.items():
            safe.head(safe.put(sheet.cell(2, place), headers.get(column, column)))
        copied = {}
        for at, row in enumerate(sorted({int(r) for r in own["row"]}), start=3):
            safe.put(sheet.cell(at, 1), row)
            copied[row] = at
            if row in cells.index:
                for column, value in zip(cells.columns, cells.loc[row], strict=True):
                    safe.put(sheet.cell(at, int(column) + 1), None if pd.isna(value) else value)
        moved = own.assign(row=[copied[int(r)] for r in own["row"]], sheet=sheet.title)
        mark(book, moved, {sheet.title: where})
        sheet.freeze_panes = "B3"
        for place in range(2, len(cells.columns) + 2):
            sheet.column_dimensions[get_column_letter(place)].width = 18


def with_values(source: Path, titles: Sequence[str]) -> Callable[[bytes], bytes]:
    """Give the formulas of a copy the values that they had when the file was sent. titles: of its sheets, in order.

    openpyxl writes formulas alone; a reader that does not calculate, such as ours, would find empty cells.
    """

    def finish(workbook: bytes) -> bytes:
        with source.open("rb") as file:
            sent = openpyxl.load_workbook(file, data_only=True, keep_links=False)
        # openpyxl numbers the parts of a workbook by the order of its sheets.
        pages = {f"xl/worksheets/sheet{n}.xml": sent[t] for n, t in enumerate(titles, start=1) if t in sent.sheetnames}
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name)
                if name in pages:
                    content = _FORMULA.sub(partial(_valued, page=pages[name]), content.decode()).encode()
                new.writestr(name, content)
        return out.getvalue()

    return finish


_FORMULA = re.compile(
    r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-z]+")?>(<f(?:>| [^>]*>).*?</f>)<v ?/?>(?:</v>)?</c>', re.DOTALL
)


def _valued(found: re.Match[str], page: Any) -> str:
    value = page[found[1]].value
    if isinstance(value, bool):
        kind, text = ' t="b"', str(int(value))
    elif isinstance(value, int | float):
        kind, text = "", repr(value)
    elif isinstance(value, datetime):
        kind, text = "", repr(to_excel(value))  # type: ignore[no-untyped-call]
    elif isinstance(value, str):
        kind, text = (' t="e"' if value.startswith("#") else ' t="str"'), escape(value)
    else:
        return found[0]
    return f'<c r="{found[1]}"{found[2]}{kind}>{found[3]}<v>{text}</v></c>'
