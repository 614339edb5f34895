"""Faulty cells coloured and commented: in the sender's own workbook, or in sheets with the faulty rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from etl.model.answer_sheet import AUTHOR, NOTICE
from etl.model.frames import records
from etl.model.grid import Grid
from etl.reporting import safe
from etl.reporting.book_styles import MARKS
from etl.reporting.sent_book import SentBook
from etl.reporting.sheet_notes import Place
from etl.reporting.words import SEVERITIES, WAIVED

_SIGNS = {"critical": "✘", "warning": "!", "info": "i"}
_MARKS = {
    kind: PatternFill(cast("Any", pattern), fgColor=front, bgColor=back or "00000000")
    for kind, (pattern, front, back) in MARKS.items()
}


def mark(book: Workbook, findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]]) -> None:
    """Colour and comment each faulty cell: reason and way out, or who has waived it and why.

    What rejects the row goes before what only warns, and that before what is waived.
    """
    known = {sheet.title: sheet for sheet in book.worksheets}
    for (name, row, column), own in _by_cell(findings, layout):
        if name not in known:
            continue
        cell = known[name].cell(row, column)
        cell.fill = _MARKS[_worst(own)]
        cell.comment = Comment(_note(own), AUTHOR)
        cell.comment.width, cell.comment.height = 320, 60 + 40 * len(own)


def annotate(book: SentBook, findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]]) -> None:
    """The same in the sender's own workbook. Raises NotSpliceable."""
    kinds: dict[str, dict[Place, str]] = {}
    texts: dict[str, dict[Place, str]] = {}
    for (name, row, column), own in _by_cell(findings, layout):
        kinds.setdefault(name, {})[row, column] = _worst(own)
        texts.setdefault(name, {})[row, column] = _note(own)
    book.annotate(kinds, texts)


def _worst(findings: list[Any]) -> str:
    order = ("critical", "warning", "info", "waived")
    return min(("waived" if pd.notna(f.waived) else str(f.severity) for f in findings), key=order.index)


def _note(findings: list[Any]) -> str:
    lines = [SEVERITIES.get(_worst(findings), WAIVED), *(_said(finding) for finding in findings)]
    return safe.safe_text("\n".join(lines))[:2000]


def _said(finding: Any) -> str:
    if pd.notna(finding.waived):
        return f"{WAIVED}: {finding.message} {finding.waiver}"
    return f"{_SIGNS[finding.severity]} {finding.message} {finding.suggestion}"


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


LINK = Font(underline="single", color="0563C1")
"""How a cell looks that leads to another."""


def link(cell: Any, sheet: str, row: int, column: int) -> None:
    """Let a cell lead to a cell of another sheet of the same workbook."""
    place = f"{quote_sheetname(sheet)}!{get_column_letter(column)}{row}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, display=str(cell.value))


def add_faulty_rows(
    book: Workbook, findings: pd.DataFrame, layout: Mapping[str, Mapping[str, int]], grids: Sequence[Grid],
    headers: Mapping[str, str],
) -> None:  # fmt: skip
    """For a file that cannot be copied: a sheet for each of its own, with the faulty rows alone, cells marked.

    headers: column of the contract → header on the form.
    """
    by_name = {grid.sheet: grid.cells for grid in grids}
    for number, (name, own) in enumerate(findings.groupby("sheet", sort=False), start=1):
        cells = by_name.get(str(name))
        if cells is None:
            continue
        sheet = book.create_sheet(f"Dòng lỗi {number}" if len(by_name) > 1 else "Dòng lỗi")
        safe.put(sheet["A1"], NOTICE).font = Font(italic=True, color="7F7F7F")
        safe.head(safe.put(sheet["A2"], "Dòng"))
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
