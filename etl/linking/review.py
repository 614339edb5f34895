"""The uncertain links as a workbook for officers, and its answers as decisions.

It holds personal data of both sides: it is for officers alone (docs/link.md).
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from etl.linking.reviewed import LinkEntry, LinksError
from etl.linking.shapes import ADDRESS, IDENTITY, PAIRS, SETTLED
from etl.linking.words import agreed_in_words
from etl.model.grid import Grid
from etl.model.period import Period

SHEET = "Cần xem xét"
ANSWER, REASON, IDENTITY_HEADER = "Trả lời", "Lý do", "Định danh"
YES, NO = "Đúng", "Sai"
_HOLDS = timedelta(days=365)
"""How long after the period an answer holds: people move, and households change their codes."""

_SHOWN = {
    "Họ và tên": ("full_name", "borrower_name", "head_name"), "Ngày sinh": ("birth", "head_birth"),
    "Năm sinh": ("birth_year", "head_birth_year"), "Giới tính": ("sex", "head_sex"), "Dân tộc": ("ethnicity",),
    "Xã": ("commune",), "Thôn": ("village",), "Mã hộ": ("household_code",), "Số BHXH": ("insurance_number",),
    "CMND/CCCD": ("id_number", "borrower_id_number", "head_id_number"),
}  # fmt: skip
_WORDS = {"male": "Nam", "female": "Nữ"}
_HEADERS = [
    "STT", "Cặp", "Xác suất (%)", *(f"{n} (ngành)" for n in _SHOWN), *(f"{n} (sổ hộ nghèo)" for n in _SHOWN),
    "Điểm giống và khác", ANSWER, REASON, "Dòng của ngành", "Dòng của sổ", IDENTITY_HEADER,
]  # fmt: skip


def worth_asking(uncertain: pd.DataFrame) -> pd.DataFrame:
    """The uncertain pairs that people are asked about, the least certain first."""
    asked = uncertain[uncertain["probability"] < SETTLED]
    doubt = (asked["probability"] - 0.5).abs()
    return asked.assign(doubt=doubt).sort_values(["doubt", "pair", "left_at", "right_at"], kind="stable")


def workbook(
    period: Period, frames: Mapping[str, pd.DataFrame], uncertain: pd.DataFrame, units: Mapping[str, str]
) -> bytes:
    """The uncertain pairs (``shapes.LINK_COLUMNS``), both rows side by side, with a column to answer in.

    units: code → name of the communes.
    """
    book = Workbook()
    page = book.worksheets[0]
    page.title = SHEET
    page.append([f"Các cặp cần cán bộ xem xét, {period.title_vi}. Có dữ liệu cá nhân: chỉ dùng trong cơ quan."])
    how = f"Cột «{ANSWER}»: «{YES}» là cùng một người, một hộ; «{NO}» là khác; ghi «{REASON}». Để trống: chưa xét."
    page.append([how])
    page.append(_HEADERS)
    for number, one in enumerate(worth_asking(uncertain).itertuples(index=False), start=1):
        pair = PAIRS[str(one.pair)]
        left = frames[pair.dataset].iloc[int(str(one.left_at))]
        right = frames[pair.register].iloc[int(str(one.right_at))]
        identity = {"pair": pair.name, "row": _named(pair.dataset, left), "register": _named(pair.register, right)}
        page.append([
            number, pair.title, round(100 * float(str(one.probability)), 1),
            *_shown(left, units), *_shown(right, units),
            agreed_in_words(one.agreed), None, None, _address(left), _address(right),
            json.dumps(identity, ensure_ascii=False),
        ])  # fmt: skip
    _dress(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(page: Any) -> None:
    """Widths, a frozen header, the choice of answers; every text is text, whatever it begins with."""
    answer = _HEADERS.index(ANSWER) + 1
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
                cell.number_format = "@"
    for cell in page[3]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[cell.column_letter].width = 60 if cell.value == "Điểm giống và khác" else 16
        if cell.column in (answer, answer + 1):
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
    page.column_dimensions[page.cell(3, len(_HEADERS)).column_letter].hidden = True
    page.freeze_panes = "C4"
    choice = DataValidation(type="list", formula1=f'"{YES},{NO}"', allow_blank=True, showErrorMessage=True)
    choice.error, choice.errorTitle = f"Chỉ ghi «{YES}» hoặc «{NO}».", ANSWER
    page.add_data_validation(choice)
    letter = page.cell(3, answer).column_letter
    choice.add(f"{letter}4:{letter}{max(page.max_row, 4)}")


def _shown(row: pd.Series[Any], units: Mapping[str, str]) -> list[str | None]:
    return [_text(row, columns, units) for columns in _SHOWN.values()]


def _text(row: pd.Series[Any], columns: tuple[str, ...], units: Mapping[str, str]) -> str | None:
    value = next((row[c] for c in columns if c in row and not pd.isna(row[c])), None)
    if isinstance(value, pd.Timestamp | date):
        return f"{value:%d/%m/%Y}"
    text = None if value is None else str(value)
    return units.get(text or "", _WORDS.get(text or "", text or "")) if text else None


def _named(dataset: str, row: pd.Series[Any]) -> dict[str, str]:
    return {c: str(row[c]) for c in IDENTITY[dataset] if not pd.isna(row[c])}


def _address(row: pd.Series[Any]) -> str:
    return ":".join(str(row[c]) for c in ADDRESS)


@dataclass(frozen=True)
class Answers:
    """What a workbook says: entries for ``links.yml``, and how many rows were left without an answer."""

    entries: list[LinkEntry]
    open: int


def answers(grids: Iterable[Grid], period: Period, by: str) -> Answers:
    """The answers of a workbook that ``workbook`` wrote. Raises LinksError naming the row that cannot be used."""
    entries, unanswered = [], 0
    for number, told in _lines(grids):
        answer, reason = told.get(ANSWER, "").strip().casefold(), told.get(REASON, "").strip()
        if not answer:
            unanswered += 1
            continue
        if answer not in (YES.casefold(), NO.casefold()):
            raise LinksError(f"row {number}: the answer is «{YES}» or «{NO}», not «{told[ANSWER]}»")
        if not reason:
            raise LinksError(f"row {number}: an answer needs its reason in the column «{REASON}»")
        try:
            identity = json.loads(told[IDENTITY_HEADER])
            verdict = "same" if answer == YES.casefold() else "different"
            entries.append(_entry(identity, verdict, reason, period, by))
        except (KeyError, ValueError) as fault:
            raise LinksError(f"row {number}: the hidden column «{IDENTITY_HEADER}» was changed: {fault}") from None
    return Answers(entries, unanswered)


def _entry(identity: dict[str, Any], verdict: str, reason: str, period: Period, by: str) -> LinkEntry:
    mark = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:10]
    return LinkEntry.model_validate({
        "id": f"{period}-{identity['pair']}-{mark}", **identity, "verdict": verdict, "reason": reason, "by": by,
        "valid_from": period.first_day, "valid_to": period.last_day + _HOLDS,
    })  # fmt: skip


def _lines(grids: Iterable[Grid]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row below the header as header → text, with its number. Raises LinksError without such a header."""
    for grid in grids:
        cells = grid.cells.fillna("")
        for at in cells.index[:10]:
            headers = {str(v).strip(): c for c, v in cells.loc[at].items()}
            if {ANSWER, REASON, IDENTITY_HEADER} <= set(headers):
                below = cells.loc[[r for r in cells.index if r > at]]
                for number, row in below.iterrows():
                    told = {header: str(row[column]) for header, column in headers.items() if header}
                    if told[IDENTITY_HEADER]:
                        yield int(str(number)), told
                return
    raise LinksError(f"no sheet has the columns «{ANSWER}», «{REASON}» and «{IDENTITY_HEADER}»")


def with_entries(before: str, known: Iterable[LinkEntry], new: Iterable[LinkEntry]) -> tuple[str, int]:
    """The text of ``links.yml`` with further entries below those that stand there, and how many were new.

    Raises LinksError where one was answered otherwise before: whoever changes a decision does it in the file.
    """
    there = {entry.id: entry for entry in known}
    fresh = []
    for entry in new:
        if (old := there.get(entry.id)) is None:
            fresh.append(entry)
            there[entry.id] = entry
        elif old.verdict != entry.verdict:
            raise LinksError(
                f"«{entry.id}» was answered otherwise by {old.by}: change or end that entry in links.yml first"
            )
    if not fresh:
        return before, 0
    plain = [entry.model_dump(mode="json", by_alias=True) for entry in fresh]
    text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120)
    return (before.rstrip() + "\n" if before.strip() else "") + text, len(fresh)
