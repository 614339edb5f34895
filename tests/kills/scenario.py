"""A few small files in which there is everything: a zip, two lists that belong together, a past period, faults, a
hopeless file, totals that halved, a correction, content that comes again, a notice whose reason is gone, a choice in an
answer, a link."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import openpyxl

from etl.model import asked
from etl.model.answer_sheet import NOTICE
from etl.reporting.notices import SUFFIX
from tests.support import edited

_FIRST = datetime(2019, 1, 10, 1, tzinfo=UTC).timestamp()
UNIT = "085"
FORGOTTEN = "010056001674"
"""The head of the second household: in both of its lists, and in a row of the members' that is rejected."""

CREDIT = "084"


def fill(inbox: Path, files: Mapping[tuple[str, str], Path], scratch: Path) -> None:
    """Drop the scenario's files, a minute apart."""
    register, credit = inbox / "register" / "2018-Q4", inbox / "credit"
    register.mkdir(parents=True)
    credit.mkdir()
    households = files["register_household", UNIT]
    with zipfile.ZipFile(register / "hai biểu.zip", "w") as both:
        for dataset in ("register_commune", "register_household"):
            source = files[dataset, UNIT]
            both.writestr(zipfile.ZipInfo(f"xã/{source.name}"), source.read_bytes())
    members = edited(
        files["register_member", UNIT], register / "thành viên_085_2018-Q4.xlsx", "register_member",
        {(1, "full_name"): "", (2, "sex"): "khác", (5, "full_name"): ""},
    )  # fmt: skip
    loans = files["credit_loan", CREDIT]
    _of_september(loans, credit / "vay_2018-Q3.xlsx")
    # Without its greatest loan the total is less than half of the quarter before, and so it is of the next file.
    edited(loans, credit / "vay_2018-Q4.xlsx", "credit_loan", {(1, "principal"): "abc"})
    edited(loans, credit / "vay_sửa_2018-Q4.xlsx", "credit_loan", {(1, "outstanding"): 1000})
    edited(loans, credit / "vay_chờ_2018-Q4.xlsx", "credit_loan", {(1, "outstanding"): 2000})
    (credit / "hỏng.xlsx").write_bytes(b"no workbook at all" * 20)
    # Taken before, and written into since.
    watched = credit / ".taken" / f"{'0' * 32}.5.0.{'0' * 64}"
    watched.mkdir(parents=True)
    (watched / "hỏng nốt.txt").write_bytes(b"no table either")
    # Told of a file that could not be taken, and can be no more.
    notices = inbox.parent / "outbox" / "register"
    notices.mkdir(parents=True)
    (notices / f"hộ_085__{'0' * 12}{SUFFIX}").write_text("CHƯA NHẬN", encoding="utf-8")
    _choice_in_an_answer(credit / "vay_2018-Q3.xlsx", credit / "chọn.xlsx")
    # What is no file of its own.
    (credit / "lối tắt.xlsx").symlink_to(credit / "không có")
    # The same list without its first household under that number: its members are nobody's any more.
    edited(households, register / "sửa_hộ_085_2018-Q4.xlsx", "register_household", {(1, "household_code"): "999999"})
    # The same content once more, under another name.
    (register / "thành viên gửi lại.xlsx").write_bytes(members.read_bytes())
    order = (
        "hai biểu",
        "thành viên_",
        "vay_2018-Q3",
        "chọn",
        "hỏng",
        "vay_2018-Q4",
        "vay_sửa",
        "vay_chờ",
        "thành viên gửi",
        "sửa_hộ",
    )
    for path in (p for p in inbox.rglob("*") if p.is_file()):
        minute = next(at for at, start in enumerate(order) if path.name.startswith(start))
        os.utime(path, (_FIRST + 60 * minute,) * 2)


def _choice_in_an_answer(answered: Path, target: Path) -> None:
    """An answer without data in which the sender has chosen what a word means, so that the file is read again."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A2"], page["A4"] = NOTICE, asked.ANSWERED
    page.cell(4, asked.TEXT_COLUMN).value = f"credit-{hashlib.sha256(answered.read_bytes()).hexdigest()[:12]}-1"
    for column, value in (
        (asked.TEXT_COLUMN, "Chữ lạ"), (asked.CHOICE_COLUMN, "HN"), (asked.MARK_COLUMN, asked.MARK),
        (asked.KIND_COLUMN, "label"), (asked.DATASET_COLUMN, "credit_loan"), (asked.NAME_COLUMN, "programme"),
        (asked.UNIT_COLUMN, CREDIT),
    ):  # fmt: skip
        page.cell(6, column).value = value
    book.save(target)


def _of_september(source: Path, target: Path) -> None:
    """A form of December as one of September."""
    book = openpyxl.load_workbook(source)
    (title,) = [cell for row in book.active.iter_rows() for cell in row if cell.value == "Tháng 12 năm 2018"]
    title.value = "Tháng 9 năm 2018"
    book.save(target)
