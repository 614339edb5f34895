"""What stays unknown is asked once: chosen in the answer and dropped back, it holds for the sender's later files."""

from __future__ import annotations

import json
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
from etl.model.asked import CHOICE_COLUMN, MARK, MARK_COLUMN, TEXT_COLUMN
from etl.settings import SECTORS, Settings
from tests.support import edited

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
