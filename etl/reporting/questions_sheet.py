"""What stays unknown in a file is put to the sender as a small table with lists to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from etl.contracts import Column, contract
from etl.model.asked import (
    CHOICE_COLUMN,
    DATASET_COLUMN,
    KIND_COLUMN,
    MARK,
    MARK_COLUMN,
    NAME_COLUMN,
    TEXT_COLUMN,
    UNIT_COLUMN,
    Question,
)  # fmt: skip
from etl.model.finding import NO_HEADER
from etl.model.frames import records
from etl.model.period import Period
from etl.reference.codes import code_labels
from etl.reference.units import units_on
from etl.reporting import safe
from etl.warehouse.ledger import Submission

MOST_QUESTIONS = 30
LEAVE_OUT = "(bỏ qua)"
_FIRST_LIST = 15
_CHOICE = PatternFill("solid", fgColor="FFF2CC")
_KINDS = {"header": "Tên cột", "label": "Giá trị", "unit": "Tên xã", "sheet": "Tên trang"}


def questions(submission: Submission, findings: pd.DataFrame) -> dict[Question, list[str]]:
    """What a sender can answer by choosing, with the choices, nearest first; each question once."""
    asked: dict[Question, list[str]] = {}
    if submission.dataset is None or submission.unit_code is None:
        return asked
    lacking = list(findings.loc[findings["rule"] == "header_missing", "column_name"].dropna().unique())
    for finding in records(findings[_is_asked(findings)]):
        text = _unknown_text(finding)
        if not text or len(asked) >= MOST_QUESTIONS:
            continue
        column = finding.column_name if isinstance(finding.column_name, str) else ""
        kind = _KIND_OF.get(finding.rule, "header")
        if kind in ("label", "unit") and submission.period is None:
            # What may be chosen follows from the day.
            continue
        name = column if kind in ("label", "unit") else ""
        question = Question(kind, submission.dataset, submission.unit_code, name, text)
        if question not in asked:
            asked[question] = _choices(question, [column] if column else lacking, submission)
    return {question: choices for question, choices in asked.items() if choices}


def _is_asked(findings: pd.DataFrame) -> pd.Series[bool]:
    """Which findings put a question: an information says what was understood, or that nothing depends on it."""
    return findings["rule"].isin(_ASKED) & findings["waived"].isna() & (findings["severity"] != "info")


_KIND_OF = {"code_unknown": "label", "code_unlisted": "label", "unit_unknown": "unit", "sheet_in_doubt": "sheet"}
_ASKED = ("header_missing", "header_near", "column_unused", *_KIND_OF)
_NEAREST = re.compile("Có phải là cột «(.+?)»")


def _unknown_text(finding: Any) -> str:
    """The word of the file that a finding does not know; of a missing column the header that comes nearest."""
    if finding.rule == "header_missing":
        nearest = _NEAREST.search(str(finding.suggestion))
        return nearest[1] if nearest else ""
    if finding.rule == "column_unused" and finding.value.endswith(NO_HEADER):
        return ""
    return finding.value if isinstance(finding.value, str) else ""


def _choices(question: Question, near: Sequence[str], submission: Submission) -> list[str]:
    """What a question may be answered with. near: columns that it may well be about."""
    form = contract(question.dataset)
    if question.kind == "sheet":
        return [LEAVE_OUT]
    if question.kind == "header":
        first = [form[name].header for name in near]
        return [*dict.fromkeys([*first, LEAVE_OUT, *(column.header for column in form.columns)])]
    day = Period.parse(str(submission.period)).last_day
    column = form[question.column].on(day)
    if question.kind == "label":
        return _labels(column)
    units = units_on(day)
    return [unit.name for unit in units.communes_in(str(submission.unit_code))]


def _labels(column: Column) -> list[str]:
    return list(code_labels(column.codes)) if column.codes else [names[0] for names in (column.values or {}).values()]


def write(sheet: Any, first: int, asked: dict[Question, list[str]], wide: Any) -> int:
    """The table of questions from a row on; the row after it. wide: writes a value over several columns."""
    if not asked:
        return first
    note = "Hệ thống chưa hiểu các chữ dưới đây. Chọn nghĩa ở cột cuối rồi gửi lại tệp này: lần sau không hỏi lại."
    wide(sheet, first, 1, 8, note).font = Font(bold=True, color="C00000")
    for start, end, label in ((1, 3, "Câu hỏi về"), (4, 5, "Chữ trong tệp"), (6, 7, "Thuộc cột")):
        safe.head(wide(sheet, first + 1, start, end, label))
    safe.head(safe.put(sheet.cell(first + 1, CHOICE_COLUMN), "Nghĩa là (chọn)"))
    lists: dict[tuple[str, ...], str] = {}
    row = first + 1
    for row, (question, choices) in enumerate(asked.items(), start=first + 2):
        wide(sheet, row, 1, 3, _KINDS[question.kind])
        wide(sheet, row, TEXT_COLUMN, 5, question.text)
        header = contract(question.dataset)[question.column].header if question.column else ""
        wide(sheet, row, 6, 7, header)
        cell = sheet.cell(row, CHOICE_COLUMN)
        cell.fill, cell.border, cell.alignment = _CHOICE, safe.THIN, Alignment(wrap_text=True, vertical="top")
        _hidden(sheet, row, question)
        key = tuple(choices)
        if key not in lists:
            lists[key] = _list(sheet, _FIRST_LIST + len(lists), choices)
        rule = DataValidation(type="list", formula1=lists[key], allow_blank=True, showErrorMessage=True)
        rule.add(cell.coordinate)
        sheet.add_data_validation(rule)
    for column in range(MARK_COLUMN, _FIRST_LIST + len(lists)):
        sheet.column_dimensions[get_column_letter(column)].hidden = True
    return row + 2


def _hidden(sheet: Any, row: int, question: Question) -> None:
    values: Iterable[tuple[int, str]] = (
        (MARK_COLUMN, MARK), (KIND_COLUMN, question.kind), (DATASET_COLUMN, question.dataset),
        (NAME_COLUMN, question.column), (UNIT_COLUMN, question.unit),
    )  # fmt: skip
    for column, value in values:
        safe.put(sheet.cell(row, column), value or None)


def _list(sheet: Any, column: int, choices: Sequence[str]) -> str:
    for row, choice in enumerate(choices, start=1):
        safe.put(sheet.cell(row, column), choice)
    letter = get_column_letter(column)
    return f"${letter}$1:${letter}${len(choices)}"
