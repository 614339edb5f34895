"""What stays unknown is asked once: chosen in the answer and dropped back, it holds for the sender's later files."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from rich.console import Console

from etl import pipeline
from etl.checking.reviewed import load_aliases
from etl.cli import progress
from etl.cli_alias import alias
from etl.cli_options import Around
from etl.intake import inbox
from etl.model.asked import CHOICE_COLUMN, MARK, MARK_COLUMN, TEXT_COLUMN, UNIT_COLUMN
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger
from samples import Sample
from tests.support import column_of, edited, header_row, look

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]

HEAD = "register_household"
WORDS = {(1, "classification"): "Hộ khá dần", (4, "commune"): "Xã Hy Lạp"}


def ingest(own: Settings, path: Path) -> pipeline.Ingested:
    drops, _ = inbox.given([path], SECTORS, "register")
    (done,) = pipeline.ingest(own, drops)
    return done


def rules_in(path: Path) -> str:
    page = openpyxl.load_workbook(path).worksheets[0]
    return "\n".join(str(cell.value) for line in page.iter_rows(max_col=8) for cell in line if cell.value)


def run(own: Settings, *arguments: str) -> str:
    done = CliRunner().invoke(alias, arguments, obj=Around(lambda: own, Console(width=200), progress))
    assert done.exit_code == 0, done.output
    return done.output


def test_a_choice_in_the_answer_holds_for_the_sender_until_it_is_taken_back(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    origin = files[HEAD, "082"]
    first = ingest(home, edited(origin, tmp_path / "a" / origin.name, HEAD, WORDS))
    assert first.submission.rows_rejected == 2
    book = openpyxl.load_workbook(first.answer)
    page = book.worksheets[0]
    asked = {page.cell(r, TEXT_COLUMN).value: r for r in range(1, 60) if page.cell(r, MARK_COLUMN).value == MARK}
    assert set(asked) == set(WORDS.values())
    lists = {str(check.sqref): check.formula1 for check in page.data_validations.dataValidation}
    commune = openpyxl.load_workbook(origin).worksheets[0].title
    for text, meaning in (("Hộ khá dần", "Hộ cận nghèo"), ("Xã Hy Lạp", None)):
        cell = page.cell(asked[text], CHOICE_COLUMN)
        offered = [c.value for (c,) in page[lists[cell.coordinate].replace("$", "")]]
        meaning = meaning or next(name for name in offered if name.endswith(commune))
        assert meaning in offered
        cell.value = meaning
    back = tmp_path / "b" / first.answer.name
    back.parent.mkdir()
    book.save(back)

    second = ingest(home, back)
    assert (second.submission.verdict, second.submission.rows_rejected) == ("accepted", 0)
    kept = load_aliases(home.reviewed)
    assert {(a.kind, a.text, a.unit, a.by) for a in kept} == {
        ("label", "Hộ khá dần", "082", "đơn vị gửi"), ("unit", "Xã Hy Lạp", "082", "đơn vị gửi"),
    }  # fmt: skip
    assert {a.file for a in kept} == {origin.name}
    assert "«Hộ khá dần» được hiểu là «Hộ cận nghèo»" in rules_in(second.answer)

    # Another file of the sender, not an answer: not asked again.
    third = ingest(home, edited(origin, tmp_path / "c" / origin.name, HEAD, {**WORDS, (2, "cause"): "Khác"}))
    assert third.submission.rows_rejected == 0
    assert "«Hộ khá dần» được hiểu là" in rules_in(third.answer)

    label = next(a for a in json.loads(run(home, "list", "--json")) if a["kind"] == "label")
    run(home, "revoke", label["id"], "--by", "Trần Thị B", "--why", "Chọn nhầm")
    # An old answer that comes again does not bring it back; it is asked again.
    page.cell(1, 1).value = None
    again = tmp_path / "d" / first.answer.name
    again.parent.mkdir()
    book.save(again)
    fourth = ingest(home, again)
    assert fourth.submission.rows_rejected == 1
    assert "Hộ khá dần" in rules_in(fourth.answer)
    run(
        home, "accept", "label", "Hộ khá dần", "--means", "Hộ cận nghèo", "--dataset", HEAD, "--unit", "082",
        "--column", "classification", "--by", "Trần Thị B",
    )  # fmt: skip
    assert all(a.revoked is None for a in load_aliases(home.reviewed))
    fifth = ingest(home, edited(origin, tmp_path / "e" / origin.name, HEAD, {**WORDS, (3, "cause"): "Khác"}))
    assert fifth.submission.rows_rejected == 0


def drop_back(answer: Path, folder: Path, choices: dict[str, str]) -> Path:
    """The answer with a choice for each of these words, as it is dropped back; every word must have been asked."""
    book = openpyxl.load_workbook(answer)
    page = book.worksheets[0]
    asked = {page.cell(r, TEXT_COLUMN).value: r for r in range(1, 80) if page.cell(r, MARK_COLUMN).value == MARK}
    for text, meaning in choices.items():
        cell = page.cell(asked[text], CHOICE_COLUMN)
        (rule,) = [check for check in page.data_validations.dataValidation if cell.coordinate in check.sqref]
        assert meaning in [c.value for (c,) in page[rule.formula1.replace("$", "")]]
        cell.value = meaning
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / answer.name)
    return folder / answer.name


def all_of(own: Settings, path: Path, sector: str) -> list[pipeline.Ingested]:
    drops, _ = inbox.given([path], SECTORS, sector)
    return pipeline.ingest(own, drops)


def line_of(done: pipeline.Ingested) -> str:
    return done.answer.with_suffix(".txt").read_text("utf-8-sig")


@pytest.fixture
def text_file(small: Sample, tmp_path: Path) -> Path:
    """A text file with a loan programme that nobody knows: its answer holds the faulty rows alone."""
    source = next(p for p in small.files if p.name.startswith("credit_loan") and p.suffix == ".csv")
    rows = list(csv.reader(io.StringIO(source.read_text("utf-8-sig"))))
    place = next(row.index("Chương trình") for row in rows if "Chương trình" in row)
    for row in [row for row in rows if row and row[0].isdigit()][:2]:
        row[place] = "Kiểu lạ"
    target = tmp_path / "credit" / source.name
    target.parent.mkdir()
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return target


def found_in(home: Settings, done: pipeline.Ingested) -> set[str]:
    """Return the rules of a submission's findings."""
    with connect(home) as engine, engine.begin() as conn:
        return set(ledger.findings(conn, submission=done.submission.id)["rule"])


def test_choices_in_an_answer_without_data_are_taken_and_the_file_is_read_again(
    home: Settings, text_file: Path, tmp_path: Path
) -> None:
    (first,) = all_of(home, text_file, "credit")
    assert first.submission.rows_rejected == 2
    assert "chỉ có các dòng lỗi" in rules_in(first.answer)
    headers = [cell.value for cell in openpyxl.load_workbook(first.answer).worksheets[1][2]]
    assert "Mã khách hàng" in headers
    assert "customer_code" not in headers
    # Without any choice it is no file of the sector's.
    shutil.copy(first.answer, tmp_path / first.answer.name)
    (nothing,) = all_of(home, tmp_path / first.answer.name, "credit")
    assert line_of(nothing).startswith("TỪ CHỐI: Đây là tệp trả lời của hệ thống")
    assert found_in(home, nothing) == {"answer_without_data"}

    back = drop_back(first.answer, tmp_path / "back", {"Kiểu lạ": "HN"})
    taken, again = all_of(home, back, "credit")
    assert line_of(taken).startswith("ĐÃ GHI NHẬN LỰA CHỌN: 1 lựa chọn")
    assert found_in(home, taken) == {"answer_choices_taken"}
    assert (again.submission.sha256, again.submission.rows_rejected) == (first.submission.sha256, 0)
    assert again.submission.rows_accepted == (first.submission.rows_accepted or 0) + 2
    assert "«Kiểu lạ» được hiểu là «HN»" in rules_in(again.answer)
    # Dropped once more, and run again, it changes nothing.
    for step in (pipeline.prepare, pipeline.load, pipeline.answer):
        step(home, taken.submission.id)
    with connect(home) as engine, engine.begin() as conn:
        assert ledger.unfinished(conn) == []
        assert ledger.get(conn, again.submission.id).superseded_at is None


def test_the_watch_starts_what_has_to_be_read_again(home: Settings, text_file: Path, tmp_path: Path) -> None:
    """In Airflow the file is read again in a run of its own, which «collect» starts."""
    (first,) = all_of(home, text_file, "credit")
    back = drop_back(first.answer, home.inbox / "credit", {"Kiểu lạ": "HN"})
    (taken,) = pipeline.receive(home)
    assert not back.exists()
    assert not pipeline.has_follow_ups(home)
    for step in (pipeline.prepare, pipeline.load, pipeline.answer):
        step(home, taken)
    assert pipeline.has_follow_ups(home)
    (again,) = pipeline.receive(home)
    assert pipeline.prepare(home, again) == "accepted"
    assert pipeline.load(home, again) == first.submission.period
    assert not pipeline.has_follow_ups(home)


def test_a_file_sent_meanwhile_is_read_again_in_place_of_the_one_that_was_answered(
    home: Settings, text_file: Path, tmp_path: Path
) -> None:
    (first,) = all_of(home, text_file, "credit")
    text_file.write_text(text_file.read_text("utf-8") + "\n\n", encoding="utf-8")
    (newer,) = all_of(home, text_file, "credit")
    assert newer.submission.rows_rejected == 2
    taken, again = all_of(home, drop_back(first.answer, tmp_path / "back", {"Kiểu lạ": "HN"}), "credit")
    assert taken.submission.verdict == "rejected"
    assert (again.submission.sha256, again.submission.rows_rejected) == (newer.submission.sha256, 0)


def changed(source: Path, target: Path, change: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.load_workbook(source)
    change(book)
    target.parent.mkdir(parents=True, exist_ok=True)
    book.save(target)
    return target


def test_a_sheet_that_repeats_or_contradicts_the_others_is_asked(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    def copy(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book.worksheets[0]).title = "Bản sao"

    def other_quarter(book: openpyxl.Workbook) -> None:
        page = book.copy_worksheet(book.worksheets[0])
        page.title = "Gửi lần trước"
        for row in page.iter_rows(max_row=9):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.value = cell.value.replace("Quý IV", "Quý III")
        for row in range(header_row(page) + 1, page.max_row + 1):
            cell = page.cell(row, column_of(page, "Mã hộ"))
            cell.value = f"9{str(cell.value)[1:]}" if cell.value else None

    origin = files[HEAD, "082"]
    plain = len(look(origin, "register").rows)
    for name, change, sheet in (("a.xlsx", copy, "Bản sao"), ("b.xlsx", other_quarter, "Gửi lần trước")):
        (first,) = all_of(home, changed(origin, tmp_path / "register" / name, change), "register")
        assert first.submission.unit_code == "082"
        assert f"Trang «{sheet}»" in rules_in(first.answer)
        *_, last = all_of(home, drop_back(first.answer, tmp_path / "back", {sheet: "(bỏ qua)"}), "register")
        assert (last.submission.verdict, last.submission.rows_accepted) == ("accepted", plain), name
        assert f"«{sheet}» được hiểu là «(bỏ qua)»" in rules_in(last.answer)


def test_rows_of_a_list_without_a_key_that_stand_on_two_sheets_are_told(
    files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    def copy(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(book.worksheets[0]).title = "Bản sao"

    origin = files["register_member", "082"]
    found = look(changed(origin, tmp_path / "register" / "a.xlsx", copy), "register")
    assert list(found.findings.loc[found.findings["rule"] == "sheet_in_doubt", "value"])[1:] == ["Bản sao"]
    assert "sheet_in_doubt" not in set(look(origin, "register").findings["rule"])


def test_a_header_that_may_be_a_required_column_is_asked(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    def rename(book: openpyxl.Workbook) -> None:
        page = book.worksheets[0]
        page.cell(header_row(page), column_of(page, "Mã khách hàng")).value = "ZZQ"

    source = next(path for (dataset, _), path in files.items() if dataset == "credit_loan")
    path = changed(source, tmp_path / "credit" / "a.xlsx", rename)
    (first,) = all_of(home, path, "credit")
    assert line_of(first).startswith("TỪ CHỐI: Thiếu cột bắt buộc «Mã khách hàng»")
    *_, last = all_of(home, drop_back(first.answer, tmp_path / "back", {"ZZQ": "Mã khách hàng"}), "credit")
    assert last.submission.verdict == "accepted"
    assert "«ZZQ» được hiểu là «Mã khách hàng»" in rules_in(last.answer)


def test_a_choice_in_the_answer_of_another_sender_is_none(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    origin = files[HEAD, "082"]
    first = ingest(home, edited(origin, tmp_path / "a" / origin.name, HEAD, {(1, "classification"): "Hộ khá dần"}))
    back = drop_back(first.answer, tmp_path / "b", {"Hộ khá dần": "Hộ cận nghèo"})
    book = openpyxl.load_workbook(back)
    for row in range(1, 80):
        cell = book.worksheets[0].cell(row, UNIT_COLUMN)
        cell.value = "080" if cell.value == "082" else cell.value
    book.save(back)
    assert ingest(home, back).submission.rows_rejected == 1
    assert load_aliases(home.reviewed) == ()
