"""The answer to a sector: what became of its file, and where each fault stands, in Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from etl.model.frames import records
from etl.model.period import Period
from etl.reference.units import units_on
from etl.reporting import safe
from etl.reporting.words import LOCAL_TIME, REASONS, SEVERITIES, number_vi
from etl.warehouse.ledger import Submission

LISTED_AT_MOST = 50_000
_LONGEST_NAME = 255
_SUFFIX = ".tra-loi"


def answer_name(file_name: str, submission_id: str, extension: str) -> str:
    """The answer's file name: the sender's stem without what a path could trip over, then the id; 255 bytes at most."""
    stem = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "_", PurePath(file_name).stem).strip(" .-") or "tep"
    tail = f"__{submission_id}{_SUFFIX}{extension}"
    room = _LONGEST_NAME - len(tail.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + tail


def verdict_line(submission: Submission, findings: pd.DataFrame) -> str:
    """The verdict in one line, as the folder shows it."""
    if submission.verdict == "accepted":
        return "ĐÃ NHẬN"
    if submission.verdict == "partly":
        return f"NHẬN, CÓ {number_vi(submission.rows_rejected or 0)} DÒNG LỖI"
    critical = findings[findings["severity"] == "critical"]
    return f"TỪ CHỐI: {critical['message'].iloc[0] if len(critical) else 'không có dòng nào được nhận'}"


def _way_out(submission: Submission, findings: pd.DataFrame) -> str:
    """What the sender of a rejected file can do about the first reason."""
    critical = findings[findings["severity"] == "critical"]
    return str(critical["suggestion"].iloc[0]) if submission.verdict == "rejected" and len(critical) else ""


def write_answer(submission: Submission, findings: pd.DataFrame, folder: Path, title: str) -> Path:
    """Write the answer workbook and its one-line .txt into the sector's outbox; the workbook's path.

    findings: number, rule, severity, sheet, row, header, value, message, suggestion. title: of the dataset, "" if it
    could not be told. The same content gives the same bytes.
    """
    book = Workbook()
    _result_sheet(book.active, submission, findings, title)
    _list_sheet(book.create_sheet("Danh sách lỗi"), findings)
    path = safe.save(book, folder / answer_name(submission.file_name, submission.id, ".xlsx"))
    line = f"{verdict_line(submission, findings)} {_way_out(submission, findings)}".replace("\n", " ").rstrip()
    safe.write_whole(folder / answer_name(submission.file_name, submission.id, ".txt"), f"\ufeff{line}\r\n".encode())
    return path


def _result_sheet(sheet: Any, submission: Submission, findings: pd.DataFrame, title: str) -> None:
    sheet.title = "Kết quả"
    sheet.column_dimensions["A"].width = 30
    sheet.column_dimensions["B"].width = 84
    sheet.column_dimensions["C"].width = 12
    headline = safe.put(sheet["A1"], verdict_line(submission, findings))
    headline.font = Font(bold=True, size=16)
    headline.fill = safe.FILLS[{"accepted": "good", "partly": "warning"}.get(submission.verdict or "", "critical")]
    headline.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.merge_cells("A1:C1")
    sheet.row_dimensions[1].height = 48
    period = Period.parse(submission.period) if submission.period else None
    unit = submission.unit_code
    if period and unit:
        unit = units_on(period.last_day)[unit].name
    received = submission.received_at.astimezone(LOCAL_TIME)
    facts = [
        ("Tệp đã gửi", submission.file_name), ("Mã lần gửi", submission.id), ("Biểu", title or "không xác định được"),
        ("Kỳ báo cáo", period.title_vi if period else "không xác định được"),
        ("Số liệu đến ngày", f"{submission.as_of:%d/%m/%Y}" if submission.as_of else ""),
        ("Đơn vị gửi", unit or "không xác định được"), ("Nhận lúc", f"{received:%H:%M ngày %d/%m/%Y}"),
        ("Số dòng đã đọc", submission.rows_read), ("Dòng được nhận", submission.rows_accepted),
        ("Dòng bị loại", submission.rows_rejected), ("Dòng bỏ qua", submission.rows_ignored),
        ("Vì sao bỏ qua", ", ".join(f"{REASONS.get(k, k)}: {v}" for k, v in sorted(submission.ignored.items()))),
        ("Việc cần làm", _next_steps(submission)),
    ]  # fmt: skip
    for at, (label, value) in enumerate(facts, start=3):
        name = safe.put(sheet.cell(at, 1), label)
        name.font, name.alignment = Font(bold=True), safe.WRAP
        cell = safe.put(sheet.cell(at, 2), value)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        safe.fit_row(sheet, at)
    _counts(sheet, len(facts) + 4, findings)
    _on_one_page_across(sheet)


def _next_steps(submission: Submission) -> str:
    if submission.verdict == "accepted":
        return "Không phải làm gì thêm. Muốn sửa số liệu: sửa tệp rồi gửi lại vào cùng thư mục, bản mới thay bản cũ."
    if submission.verdict == "partly":
        return (
            "Các dòng được nhận đã đưa vào hệ thống. Sửa những dòng ở trang «Danh sách lỗi» ngay trong tệp của đơn vị, "
            "rồi gửi lại cả tệp vào cùng thư mục: bản mới thay bản cũ."
        )
    return "Số liệu cũ (nếu có) giữ nguyên. Sửa tệp theo trang «Danh sách lỗi» rồi gửi lại vào cùng thư mục."


def _counts(sheet: Any, first: int, findings: pd.DataFrame) -> None:
    """How often each rule was broken."""
    if not len(findings):
        return
    counted = findings.groupby(["severity", "rule"], sort=False).agg(n=("rule", "size"), message=("message", "first"))
    for column, label in enumerate(("Mức độ", "Lỗi (ví dụ)", "Số lần"), start=1):
        safe.head(safe.put(sheet.cell(first, column), label))
    ordered = counted.reset_index().sort_values(["severity", "n"], ascending=[True, False], kind="stable")
    for at, row in enumerate(records(ordered), start=first + 1):
        severity = safe.put(sheet.cell(at, 1), SEVERITIES[row.severity])
        severity.fill, severity.alignment = safe.FILLS[row.severity], safe.WRAP
        safe.put(sheet.cell(at, 2), row.message).alignment = safe.WRAP
        safe.put(sheet.cell(at, 3), int(row.n)).alignment = safe.WRAP
        safe.fit_row(sheet, at)


_LIST = (
    ("STT", 6), ("Trang", 18), ("Dòng", 8), ("Cột", 26), ("Giá trị", 24), ("Mức độ", 20), ("Lý do", 52),
    ("Cách sửa", 52),
)  # fmt: skip


def _list_sheet(sheet: Any, findings: pd.DataFrame) -> None:
    for column, (label, width) in enumerate(_LIST, start=1):
        safe.head(safe.put(sheet.cell(1, column), label))
        sheet.column_dimensions[get_column_letter(column)].width = width
    shown = findings.head(LISTED_AT_MOST)
    for at, row in enumerate(records(shown), start=2):
        texts = (row.sheet, row.row, row.header, row.value, SEVERITIES[row.severity], row.message, row.suggestion)
        for column, value in enumerate((at - 1, *texts), start=1):
            cell = safe.put(sheet.cell(at, column), None if pd.isna(value) else value)
            cell.alignment, cell.border = safe.WRAP, safe.THIN
        sheet.cell(at, 6).fill = safe.FILLS[row.severity]
        safe.fit_row(sheet, at)
    if len(findings) > LISTED_AT_MOST:
        more = f"… và {number_vi(len(findings) - LISTED_AT_MOST)} lỗi nữa; lệnh «giamngheo findings» cho xem tất cả."
        safe.put(sheet.cell(LISTED_AT_MOST + 2, 2), more)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_LIST))}{max(2, len(shown) + 1)}"
    sheet.print_title_rows = "1:1"
    _on_one_page_across(sheet)


def _on_one_page_across(sheet: Any) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
