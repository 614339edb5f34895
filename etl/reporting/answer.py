"""The answer to a sector: what became of its file and where each fault stands, in Vietnamese, in its own workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from etl import durable
from etl.contracts import contract
from etl.model.answer_sheet import NOTICE, SUFFIX, plain_stem, sent_name
from etl.model.asked import ANSWERED
from etl.model.finding import HOLDING
from etl.model.frames import records
from etl.model.grid import Grid
from etl.model.period import Period
from etl.reference.units import units_on
from etl.reporting import marked, questions_sheet, safe
from etl.reporting.sent_book import open_copy
from etl.reporting.words import LOCAL_TIME, REASONS, SEVERITIES, WAIVED, number_vi
from etl.reporting.xml_splice import NotSpliceable
from etl.warehouse.ledger import Submission

LISTED_AT_MOST = 50_000
COPIED_ROWS, COPIED_BYTES = 50_000, 20 * 1024**2
"""A workbook beyond these is answered with its faulty rows: marking a copy would take longer than a minute."""

_LONGEST_NAME = 255
_CHOICES_TAKEN = "answer_choices_taken"


def answer_name(file_name: str, submission_id: str, extension: str) -> str:
    """The answer's file name: the sender's stem without what a path could trip over, then the id; 255 bytes at most."""
    tail = f"__{submission_id}{SUFFIX}{extension}"
    return plain_stem(sent_name(file_name), _LONGEST_NAME - len(tail.encode())) + tail


def answer_files(submission: Submission, folder: Path) -> tuple[Path, Path]:
    """Where a submission's answer lies in its sector's outbox: the workbook, and the verdict in one line."""
    book, line = (folder / answer_name(submission.file_name, submission.id, end) for end in (".xlsx", ".txt"))
    return book, line


def verdict_line(
    submission: Submission, findings: pd.DataFrame, same: Submission | None = None, counting: Submission | None = None
) -> str:
    """The verdict in one line, as the folder shows it.

    same: what an unchanged submission is the same as; counting: what counts in place of an accepted one.
    """
    if same is not None:
        received = f"{same.received_at.astimezone(LOCAL_TIME):%H:%M ngày %d/%m/%Y}"
        waits = "tệp đó đang chờ phê duyệt" if same.state == "held" else "số liệu của tệp đó vẫn được dùng"
        return f"ĐÃ CÓ, KHÔNG THAY ĐỔI: nội dung giống hệt tệp «{same.file_name}» đã nhận lúc {received}; {waits}"
    if submission.state == "held":
        return f"CHỜ PHÊ DUYỆT: {' '.join(_holding(findings)['message'])}"
    unused = "" if counting is None else f", CHƯA DÙNG: {_why_unused(submission, counting)}"
    if submission.verdict == "accepted":
        return f"ĐÃ NHẬN{unused}"
    if submission.verdict == "partly":
        return f"NHẬN, CÓ {number_vi(submission.rows_rejected or 0)} DÒNG LỖI{unused}"
    if len(taken := _taken(findings)):
        return f"ĐÃ GHI NHẬN LỰA CHỌN: {taken['message'].iloc[0]}"
    critical = _standing(findings)
    return f"TỪ CHỐI: {critical['message'].iloc[0] if len(critical) else 'không có dòng nào được nhận'}"


def _why_unused(submission: Submission, counting: Submission) -> str:
    if counting.as_of and submission.as_of and counting.as_of > submission.as_of:
        return f"tệp «{counting.file_name}» có số liệu đến ngày mới hơn ({counting.as_of:%d/%m/%Y}) đang được dùng"
    changed = (counting.file_modified_at or counting.modified_at).astimezone(LOCAL_TIME)
    return (
        f"tệp «{counting.file_name}», sửa lần cuối sau tệp này ({changed:%H:%M ngày %d/%m/%Y}), đang được dùng; nếu "
        "tệp này mới đúng, thả lại tệp này một lần nữa"
    )


def _way_out(submission: Submission, findings: pd.DataFrame) -> str:
    """What the sender of a rejected or held file can do about the first reason."""
    if submission.state == "held":
        return str(_holding(findings)["suggestion"].iloc[0])
    if len(taken := _taken(findings)):
        return str(taken["suggestion"].iloc[0])
    critical = _standing(findings)
    return str(critical["suggestion"].iloc[0]) if submission.verdict == "rejected" and len(critical) else ""


def _holding(findings: pd.DataFrame) -> pd.DataFrame:
    """Why a held submission waits."""
    return findings[findings["rule"].isin(HOLDING) & findings["waived"].isna()]


def _taken(findings: pd.DataFrame) -> pd.DataFrame:
    """That the choices in an answer without data are taken: the file has no rows, and nothing is wrong with it."""
    return findings[findings["rule"] == _CHOICES_TAKEN]


def _standing(findings: pd.DataFrame) -> pd.DataFrame:
    """Critical findings that are not waived."""
    return findings[(findings["severity"] == "critical") & findings["waived"].isna()]


def write_answer(
    submission: Submission, findings: pd.DataFrame, folder: Path, title: str, source: Path | None = None,
    grids: Callable[[], Sequence[Grid]] = tuple, same: Submission | None = None, counting: Submission | None = None,
) -> Path:  # fmt: skip
    """Write the answer workbook and its one-line .txt into the sector's outbox; the workbook's path.

    With findings in cells the answer is the sender's own workbook, each faulty cell marked and commented; where it
    cannot be copied safely (another format, too large), a new one with the faulty rows. findings: number, rule,
    severity, sheet, row, column_name, header, value, message, suggestion, waived, waiver. title: of the dataset, ""
    if it could not be told. source: the file as it was sent; grids: gives its cells, asked only where they are needed.
    same: what an unchanged submission is the same as; the findings are of that one. counting: what counts in place of
    an accepted one. The same content gives the same bytes.
    """
    verdict = verdict_line(submission, findings, same, counting)
    line = f"{verdict} {_way_out(submission, findings)}".replace("\n", " ").rstrip()
    findings = findings.assign(severity=findings["severity"].mask(findings["rule"] == _CHOICES_TAKEN, "info"))
    placed = findings[findings["row"].notna() & findings["sheet"].notna()]
    small = (submission.rows_read or 0) <= COPIED_ROWS and submission.size_bytes <= COPIED_BYTES
    content = None
    if len(placed) and small and source is not None:
        content = _in_the_senders_book(submission, findings, placed, title, source, verdict)
    place, beside = answer_files(submission, folder)
    if content is None:
        book = Workbook()
        book.remove(book.worksheets[0])
        if len(placed):
            headers = contract(submission.dataset).official_headers if submission.dataset else {}
            marked.add_faulty_rows(book, placed, submission.layout, grids(), headers)
        sheet = book.create_sheet(_RESULT, 0)
        book.active = 0
        _result_sheet(sheet, submission, findings, title, set(), set(), verdict)
        safe.save(book, place)
    else:
        durable.write(place, content)
    durable.write(beside, f"\ufeff{line}\r\n".encode())
    return place


def _in_the_senders_book(
    submission: Submission,
    findings: pd.DataFrame,
    placed: pd.DataFrame,
    title: str,
    source: Path,
    verdict: str,
) -> bytes | None:
    """The sender's workbook, marked, with the result as its first sheet; None where there is no copy that is safe."""
    sent = open_copy(source)
    if sent is None:
        return None
    try:
        marked.annotate(sent, placed, submission.layout)
        book = Workbook()
        sheet = book.worksheets[0]
        names = set(sent.titles)
        sheet.title = next(n for n in (_RESULT, *(f"{_RESULT} {i}" for i in range(2, 999))) if n not in names)
        _result_sheet(sheet, submission, findings, title, set(sent.sheets), sent.lost, verdict)
        return sent.with_first_sheet(book)
    except NotSpliceable:
        return None


_RESULT = "Kết quả"

_LIST = (
    ("STT", 6), ("Trang", 20), ("Dòng", 8), ("Cột", 26), ("Giá trị", 24), ("Mức độ", 18), ("Lý do", 52),
    ("Cách sửa", 52),
)  # fmt: skip


def _result_sheet(
    sheet: Any,
    submission: Submission,
    findings: pd.DataFrame,
    title: str,
    linked: set[str],
    lost: set[str],
    verdict: str,
) -> None:
    """Verdict, facts, how often each rule was broken, and the list of findings.

    linked: sheets that entries lead to; lost: what of the sender's workbook the answer does not have.
    """
    for column, (_, width) in enumerate(_LIST, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    headline = _wide(sheet, 1, 1, 8, verdict)
    headline.font = Font(bold=True, size=16)
    outcome = "held" if submission.state == "held" else submission.verdict or ""
    if len(_taken(findings)):
        outcome = "accepted"
    headline.fill = safe.FILLS[{"accepted": "good", "partly": "warning", "held": "warning"}.get(outcome, "critical")]
    headline.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].height = 48
    _wide(sheet, 2, 1, 8, NOTICE).font = Font(italic=True, color="7F7F7F")
    facts = _facts(submission, title, _next_steps(submission, findings, is_copy=bool(linked)))
    if lost:
        facts.append(("Không giữ lại trong tệp trả lời này", ", ".join(sorted(lost))))
    for at, (label, value) in enumerate(facts, start=3):
        name = _wide(sheet, at, 1, 3, label)
        name.font, name.alignment = Font(bold=True), safe.WRAP
        _wide(sheet, at, 4, 8, value).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        if isinstance(value, str) and len(value) > 160:
            sheet.row_dimensions[at].height = 31
    asked = questions_sheet.questions(submission, findings)
    after = questions_sheet.write(sheet, len(facts) + 4, asked, _wide)
    after = _counts(sheet, after, findings)
    _list(sheet, after, submission, findings, linked)
    safe.one_page_across(sheet)


def _wide(sheet: Any, row: int, first: int, last: int, value: Any) -> Any:
    """A value over several columns."""
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    return safe.put(sheet.cell(row, first), value)


def _facts(submission: Submission, title: str, next_steps: str) -> list[tuple[str, Any]]:
    period = Period.parse(submission.period) if submission.period else None
    unit = submission.unit_code
    if period and unit:
        unit = units_on(period.last_day)[unit].name
    received = submission.received_at.astimezone(LOCAL_TIME)
    return [
        ("Tệp đã gửi", submission.file_name), (ANSWERED, submission.id), ("Biểu", title or "không xác định được"),
        ("Kỳ báo cáo", period.title_vi if period else "không xác định được"),
        ("Số liệu đến ngày", f"{submission.as_of:%d/%m/%Y}" if submission.as_of else ""),
        ("Đơn vị gửi", unit or "không xác định được"), ("Nhận lúc", f"{received:%H:%M ngày %d/%m/%Y}"),
        ("Số dòng đã đọc", submission.rows_read), ("Dòng được nhận", submission.rows_accepted),
        ("Dòng bị loại", submission.rows_rejected), ("Dòng bỏ qua", submission.rows_ignored),
        ("Vì sao bỏ qua", ", ".join(f"{REASONS.get(k, k)}: {v}" for k, v in sorted(submission.ignored.items()))),
        ("Việc cần làm", next_steps),
    ]  # fmt: skip


def _next_steps(submission: Submission, findings: pd.DataFrame, *, is_copy: bool) -> str:
    """What the sender has to do. is_copy: whether the answer is the sender's own workbook."""
    if len(_taken(findings)):
        return "Không phải làm gì thêm."
    if submission.state == "held":
        return (
            "Chưa có số liệu nào được công bố. Nếu tệp còn thiếu, gửi lại tệp đầy đủ vào cùng thư mục; nếu số liệu "
            "đúng, chờ phê duyệt: kết quả sẽ được gửi vào đây."
        )
    if submission.state == "unchanged" and submission.verdict == "accepted":
        return "Không phải làm gì thêm: tệp gửi lại không làm thay đổi số liệu. Muốn sửa số liệu: sửa tệp rồi gửi lại."
    if submission.verdict == "accepted":
        return "Không phải làm gì thêm. Muốn sửa số liệu: sửa tệp rồi gửi lại vào cùng thư mục, bản mới thay bản cũ."
    if submission.verdict == "partly" and not is_copy:
        return (
            "Các dòng được nhận đã đưa vào hệ thống. Tệp trả lời này chỉ có các dòng lỗi: sửa những dòng đó trong tệp "
            "của đơn vị, rồi gửi lại cả tệp của đơn vị vào cùng thư mục: bản mới thay bản cũ."
        )
    if submission.verdict == "partly":
        return (
            "Các dòng được nhận đã đưa vào hệ thống. Sửa những ô được đánh dấu ngay trong tệp này (hoặc trong tệp của "
            "đơn vị), rồi gửi lại cả tệp vào cùng thư mục: bản mới thay bản cũ."
        )
    return "Chưa có số liệu nào được đưa vào hệ thống. Sửa theo lý do ở trên rồi gửi lại vào cùng thư mục."


def _counts(sheet: Any, first: int, findings: pd.DataFrame) -> int:
    """How often each rule was broken; the row after."""
    if not len(findings):
        return first
    weighed = findings.assign(waived=findings["waived"].notna())
    by_rule = weighed.groupby(["waived", "severity", "rule"], sort=False)
    counted = by_rule.agg(n=("rule", "size"), message=("message", "first"))
    for start, end, label in ((1, 3, "Mức độ"), (4, 7, "Lỗi (ví dụ)"), (8, 8, "Số lần")):
        safe.head(_wide(sheet, first, start, end, label) if start < end else safe.put(sheet.cell(first, start), label))
    order = ["waived", "severity", "n"]
    ordered = counted.reset_index().sort_values(order, ascending=[True, True, False], kind="stable")
    at = first
    for at, row in enumerate(records(ordered), start=first + 1):
        severity = _wide(sheet, at, 1, 3, WAIVED if row.waived else SEVERITIES[row.severity])
        severity.fill, severity.alignment = safe.FILLS["waived" if row.waived else row.severity], safe.WRAP
        _wide(sheet, at, 4, 7, row.message).alignment = safe.WRAP
        safe.put(sheet.cell(at, 8), int(row.n)).alignment = Alignment(horizontal="left", vertical="top")
    return at + 2


def _list_style(sheet: Any, fill: Any = None, font: Any = None) -> Any:
    """The style of a cell of the list."""
    cell = safe.put(WriteOnlyCell(sheet), None)
    cell.alignment, cell.border = safe.WRAP, safe.THIN
    if fill is not None:
        cell.fill = fill
    if font is not None:
        cell.font = font
    return copy(cell._style)


def _list(sheet: Any, first: int, submission: Submission, findings: pd.DataFrame, linked: set[str]) -> None:
    """Every finding; its row number leads to the marked cell."""
    if not len(findings):
        return
    for column, (label, _) in enumerate(_LIST, start=1):
        safe.head(safe.put(sheet.cell(first, column), label))
    shown = findings.head(LISTED_AT_MOST)
    # A style that is set is looked up among all of the book: set once, it is copied.
    usual, linking = _list_style(sheet), _list_style(sheet, font=marked.LINK)
    fills = {kind: _list_style(sheet, safe.FILLS[kind]) for kind in (*SEVERITIES, "waived")}
    for at, row in enumerate(records(shown), start=first + 1):
        weight, way_out = SEVERITIES[row.severity], row.suggestion
        if waived := pd.notna(row.waived):
            weight, way_out = WAIVED, row.waiver
        texts = (row.sheet, row.row, row.header, row.value, weight, row.message, way_out)
        cells = [sheet.cell(at, column) for column in range(1, len(_LIST) + 1)]
        for cell, value in zip(cells, (at - first, *texts), strict=True):
            cell._style = copy(usual)
            safe.put(cell, None if pd.isna(value) else value)
        if row.sheet in linked and not pd.isna(row.row):
            place = marked.column_of(submission.layout, str(row.sheet), str(row.column_name))
            marked.link(cells[2], str(row.sheet), int(row.row), place)
            cells[2]._style = copy(linking)
        cells[5]._style = copy(fills["waived" if waived else row.severity])
        safe.fit_row(sheet, at, cells)
    if len(findings) > LISTED_AT_MOST:
        more = f"… và {number_vi(len(findings) - LISTED_AT_MOST)} lỗi nữa; lệnh «giamngheo findings» cho xem tất cả."
        safe.put(sheet.cell(first + LISTED_AT_MOST + 1, 2), more)
    sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(_LIST))}{first + len(shown)}"
