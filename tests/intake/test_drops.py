"""Drops of content that was dropped before: each has an answer, what was dropped last counts, nothing is taken twice."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl import pipeline, questions
from etl.model.period import Period
from etl.reporting.answer import answer_files
from etl.settings import Settings
from etl.warehouse import connect, ledger
from tests.support import PERIOD
from tests.test_approval import as_csv, ask, headline, take, villages

pytestmark = pytest.mark.warehouse

EARLIER, LATER = 1_546_300_800, 1_546_387_200


def version(home: Settings, persons: int, name: str, moment: float = EARLIER, period: Period = PERIOD) -> Path:
    """A file of ten villages with so many people each, of a time."""
    path = villages(home, period, 10, persons, name)
    os.utime(path, (moment, moment))
    return path


def drop(home: Settings, source: Path, name: str | None = None, folder: str = "") -> None:
    """Copy a file with its time into the inbox."""
    target = home.inbox / "water" / folder / (name or source.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def through(home: Settings) -> list[ledger.Submission]:
    """What is in the inbox through the whole file journey; the submissions in their order."""
    ids = pipeline.receive(home)
    for step in (pipeline.prepare, pipeline.load, pipeline.answer):
        for submission in ids:
            step(home, submission)
    with connect(home) as engine, engine.begin() as conn:
        return [ledger.get(conn, submission) for submission in ids]


def line(home: Settings, submission: ledger.Submission) -> str:
    """The answer in one line; the workbook says the same on top."""
    book, said = answer_files(submission, home.outbox / "water")
    text = said.read_text("utf-8-sig").strip()
    assert text.startswith(str(openpyxl.load_workbook(book).worksheets[0]["A1"].value))
    return text


def counting(home: Settings) -> Sequence[Any]:
    """The submissions whose rows count, and how many people they say a village has."""
    return ask(home, "SELECT DISTINCT submission_id, persons FROM core.water_village ORDER BY 1")


def everything(home: Settings) -> tuple[Any, ...]:
    """All that a step could change: rows, ledger, findings, answers."""
    queries = ("SELECT * FROM intake.submission ORDER BY id", "SELECT * FROM intake.event ORDER BY id",
               "SELECT * FROM quality.finding ORDER BY submission_id, number", "SELECT * FROM quality.decision",
               "SELECT * FROM history.water_village ORDER BY submission_id, row")  # fmt: skip
    files = {p: p.read_bytes() for p in sorted(home.outbox.rglob("*")) if p.is_file()}
    return *(ask(home, query) for query in queries), files


def test_a_former_file_dropped_again_under_its_name_and_time_counts(home: Settings) -> None:
    first, second = version(home, 100, "nước"), version(home, 90, "nước sửa", LATER)
    drop(home, first)
    (one,) = through(home)
    drop(home, second)
    (two,) = through(home)
    assert counting(home) == [(two.id, 90)]
    drop(home, first)
    (again,) = through(home)
    assert (again.state, again.file_name, again.file_modified_at) == ("accepted", one.file_name, one.modified_at)
    assert counting(home) == [(again.id, 100)]
    assert line(home, again) == "ĐÃ NHẬN"
    assert ask(home, f"SELECT superseded_by FROM intake.submission WHERE id = '{two.id}'") == [(again.id,)]
    # And so does the other, as often as they come; a newer file counts by its own time.
    drop(home, second)
    (back,) = through(home)
    assert counting(home) == [(back.id, 90)]
    drop(home, version(home, 95, "mới", LATER + 60))
    (new,) = through(home)
    assert counting(home) == [(new.id, 95)]
    assert ask(home, "SELECT count(*) FROM intake.event WHERE kind = 'received'") == [(5,)]


def test_the_same_content_is_answered_and_changes_nothing(home: Settings) -> None:
    source = version(home, 100, "nước")
    drop(home, source)
    (one,) = through(home)
    rows = ask(home, "SELECT * FROM history.water_village ORDER BY row")
    shown = questions.findings(home, one.id, None)
    for number, (name, folder) in enumerate(((source.name, ""), ("tên khác.xlsx", ""), (source.name, "2018-Q4")), 2):
        drop(home, source, name, folder)
        (again,) = through(home)
        assert (again.state, again.same_as, again.id) == ("unchanged", one.id, f"{one.id[:-1]}{number}")
        assert line(home, again).startswith(f"ĐÃ CÓ, KHÔNG THAY ĐỔI: nội dung giống hệt tệp «{one.file_name}» đã nhận")
        assert counting(home) == [(one.id, 100)]
        assert (again.rows_read, again.rows_accepted) == (one.rows_read, one.rows_accepted)
        before = everything(home)
        for step in (pipeline.prepare, pipeline.load, pipeline.answer):
            step(home, again.id)
        assert everything(home) == before
    assert ask(home, "SELECT * FROM history.water_village ORDER BY row") == rows
    assert questions.findings(home, one.id, None).equals(shown)
    states = [(r["state"], r["file"]) for r in questions.status(home, PERIOD) if r["submission_id"]]
    assert states == [
        ("accepted", one.file_name),
        *[("unchanged", n) for n in (one.file_name, "tên khác.xlsx", one.file_name)],
    ]
    assert [p for p in (home.archive / "prepared").rglob("*") if p.is_file()] == []


def test_a_text_file_under_another_name_is_the_same(home: Settings) -> None:
    """Its one sheet is named as the file is; what was found there is the same."""
    source = as_csv(version(home, 100, "nước"))
    text = source.read_text("utf-8")
    source.write_text(text.replace(",20,100,", ",20,5,", 1), encoding="utf-8")
    drop(home, source)
    (one,) = through(home)
    assert one.layout
    assert len(questions.findings(home, one.id, None)) > 0
    drop(home, source, "tên khác.csv")
    (again,) = through(home)
    assert (again.state, again.same_as) == ("unchanged", one.id)
    assert counting(home)[0][0] == one.id


def test_many_files_dropped_again_together_change_nothing(home: Settings) -> None:
    sent = [version(home, 100, "nước", EARLIER + 60 * q, Period(2018, q)) for q in (1, 2, 3, 4)]
    for path in sent:
        drop(home, path)
    first = through(home)
    assert [one.state for one in first] == ["accepted"] * 4
    for path in sent:
        drop(home, path)
    again = through(home)
    assert [(one.state, one.same_as) for one in again] == [("unchanged", one.id) for one in first]


def test_it_counts_before_what_came_between_and_is_still_on_its_way(home: Settings) -> None:
    first, second = version(home, 100, "nước"), version(home, 90, "nước sửa", LATER)
    drop(home, first)
    (one,) = through(home)
    drop(home, second)
    (late,) = pipeline.receive(home)
    drop(home, first)
    ids = pipeline.receive(home)
    (again,) = set(ids) - {late}
    for submission in (again, late):
        pipeline.prepare(home, submission)
        pipeline.load(home, submission)
        pipeline.answer(home, submission)
    assert counting(home) == [(again, 100)]
    assert ask(home, f"SELECT superseded_by FROM intake.submission WHERE id = '{one.id}'") == [(again,)]


def test_what_waits_for_a_person_is_asked_once(home: Settings) -> None:
    drop(home, version(home, 100, "nước"))
    through(home)
    half = version(home, 50, "nửa", LATER)
    drop(home, half)
    (held,) = through(home)
    assert held.state == "held"
    drop(home, half, "nửa, lần nữa.xlsx")
    (again,) = through(home)
    assert (again.state, again.same_as) == ("unchanged", held.id)
    assert line(home, again).endswith("tệp đó đang chờ phê duyệt")
    assert ask(home, "SELECT subject FROM quality.decision") == [(held.id,)]


def test_rejected_content_is_looked_at_again(home: Settings) -> None:
    """What was unknown then may be known by now."""
    home.home.mkdir()
    bad = home.home / "bad.csv"
    bad.write_text("a;b\n1;2\n", encoding="utf-8")
    for number in (1, 2):
        drop(home, bad)
        (one,) = through(home)
        assert (one.state, one.id[-2:]) == ("rejected", f"-{number}")
        assert line(home, one).startswith("TỪ CHỐI")


def test_a_named_file_is_one_drop_until_another_lay_in_its_place(home: Settings) -> None:
    path = version(home, 100, "nước")
    one = take(home, path)
    before = everything(home)
    assert (take(home, path).new, everything(home)) == (False, before)
    former = path.rename(path.with_name("kept.xlsx"))
    two = take(home, version(home, 90, "nước", LATER))
    assert (two.new, two.submission.superseded_by) == (True, None)
    shutil.copy2(former, path)
    again = take(home, path)
    assert (again.new, again.submission.state, headline(again)) == (True, "accepted", "ĐÃ NHẬN")
    assert counting(home) == [(again.submission.id, 100)]
    assert again.submission.id != one.submission.id
    assert not take(home, path).new


def test_a_file_that_is_older_than_what_counts_is_told_so_and_counts_when_it_is_dropped_again(home: Settings) -> None:
    newer, older = version(home, 100, "mới", LATER), version(home, 90, "cũ")
    drop(home, newer)
    (one,) = through(home)
    drop(home, older)
    (two,) = through(home)
    assert counting(home) == [(one.id, 100)]
    assert line(home, two).startswith(
        "ĐÃ NHẬN, CHƯA DÙNG: tệp «mới_2018-Q4.xlsx», sửa lần cuối sau tệp này (07:00 ngày 02/01/2019)"
    )
    drop(home, older)
    (again,) = through(home)
    assert counting(home) == [(again.id, 90)]
    assert line(home, again) == "ĐÃ NHẬN"
    # Written anew later, the answer of what was in use once does not say so.
    with connect(home) as engine, engine.begin() as conn:
        ledger.answer_anew(conn, [one.id])
        former = ledger.get(conn, one.id)
    pipeline.answer(home, one.id)
    assert line(home, former) == "ĐÃ NHẬN"


def test_a_file_of_an_earlier_day_is_told_what_is_used(home: Settings) -> None:
    def of_month(persons: int, month: int, moment: float) -> Path:
        path = version(home, persons, f"tháng {month}", moment)
        book = openpyxl.load_workbook(path)
        for row in book.worksheets[0].iter_rows(max_row=9):
            for cell in row:
                if cell.value == PERIOD.title_vi:
                    cell.value = f"Tháng {month} năm 2018"
        book.save(path)
        os.utime(path, (moment, moment))
        return path

    drop(home, of_month(100, 11, EARLIER))
    (one,) = through(home)
    drop(home, of_month(90, 10, LATER))
    (two,) = through(home)
    assert counting(home) == [(one.id, 100)]
    said = "ĐÃ NHẬN, CHƯA DÙNG: tệp «tháng 11_2018-Q4.xlsx» có số liệu đến ngày mới hơn (30/11/2018) đang được dùng"
    assert line(home, two) == said


def test_a_file_of_a_computer_whose_clock_is_ahead_does_not_count_for_ever(home: Settings) -> None:
    ahead = version(home, 100, "giờ sai", time.time() + 1e8)
    drop(home, ahead)
    (one,) = through(home)
    assert one.modified_at <= one.received_at + timedelta(seconds=1)
    assert one.file_modified_at is not None
    assert one.file_modified_at.year > one.received_at.year
    drop(home, version(home, 90, "sửa lại", time.time()))
    (two,) = through(home)
    assert counting(home) == [(two.id, 90)]
    drop(home, ahead)
    (again,) = through(home)
    assert counting(home) == [(again.id, 100)]


def test_a_named_file_of_a_time_to_come_is_one_drop(home: Settings) -> None:
    path = version(home, 100, "giờ sai", time.time() + 1e8)
    assert take(home, path).new
    assert not take(home, path).new
