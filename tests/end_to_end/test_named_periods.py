"""A rejected file is shown in each quarter that it names: in its title, its name or its folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.settings import Settings
from tests.commands import run_command
from tests.support import header_row

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]

Spoil = Callable[[openpyxl.Workbook], None]
Command = Callable[..., tuple[int, str, str]]

TITLE = "Quý IV năm 2018"
QUARTERS = ("2018-Q2", "2018-Q3", "2018-Q4", "2019-Q1")


def titled(title: str) -> Spoil:
    """Return what puts another line in place of the quarter in each title, "" for none."""

    def spoil(book: openpyxl.Workbook) -> None:
        cells = [cell for page in book for row in page.iter_rows(max_row=8) for cell in row if cell.value == TITLE]
        assert cells
        for cell in cells:
            cell.value = title or None

    return spoil


def without_header(title: str) -> Spoil:
    """Return what takes the header away, so that no form is recognised, and sets the title."""

    def spoil(book: openpyxl.Workbook) -> None:
        titled(title)(book)
        for page in book.worksheets:
            page.delete_rows(header_row(page))

    return spoil


def with_other_unit(title: str) -> Spoil:
    """Return what lets the title name no unit, and sets its quarter."""

    def spoil(book: openpyxl.Workbook) -> None:
        titled(title)(book)
        for page in book.worksheets:
            for row in page.iter_rows(max_row=8):
                for cell in row:
                    if isinstance(cell.value, str) and "BÁT XÁT" in cell.value.upper():
                        cell.value = "UBND"

    return spoil


def with_second_line(first: str, second: str) -> Spoil:
    """Return what lets the title say two things about the quarter."""

    def spoil(book: openpyxl.Workbook) -> None:
        titled(first)(book)
        for page in book.worksheets:
            page.insert_rows(header_row(page))
            page.cell(header_row(page) - 1, 1).value = second

    return spoil


def with_cover(title: str) -> Spoil:
    """Return what moves the quarter from the titles of the lists to a cover sheet."""

    def spoil(book: openpyxl.Workbook) -> None:
        titled("")(book)
        cover = book.create_sheet("Bìa", 0)
        for line in ("UBND HUYỆN BÁT XÁT", "BÁO CÁO", title):
            cover.append([line])

    return spoil


@dataclass(frozen=True)
class Case:
    """A rejected file: what was done to it, its name and folder, the rule that rejects it, the quarters it names."""

    spoil: Spoil | None
    name: str
    folder: str
    rule: str
    quarters: tuple[str, ...]
    sector: str = "register"


CASES = {
    "title only": Case(with_other_unit(TITLE), "ho_ngheo.xlsx", "", "unit_missing", ("2018-Q4",)),
    "title of an unknown form": Case(without_header(TITLE), "ho_ngheo.xlsx", "", "dataset_unknown", ("2018-Q4",)),
    "title in the folder of another sector": Case(
        titled(TITLE), "ho_ngheo.xlsx", "", "dataset_wrong_sector", ("2018-Q4",), "credit"
    ),
    "name only": Case(without_header(""), "ho_ngheo_2018-Q3.xlsx", "", "dataset_unknown", ("2018-Q3",)),
    "name of a file that cannot be opened": Case(
        None, "ho_ngheo_quy_3_2018.xlsx", "", "file_unreadable", ("2018-Q3",)
    ),
    "folder only": Case(with_other_unit(""), "ho_ngheo.xlsx", "2018-Q2", "unit_missing", ("2018-Q2",)),
    "folder of a file that cannot be opened": Case(None, "ho_ngheo.xlsx", "2018-Q2", "file_unreadable", ("2018-Q2",)),
    "title and name disagree": Case(
        titled(TITLE), "ho_ngheo_2018-Q3.xlsx", "", "period_conflict", ("2018-Q3", "2018-Q4")
    ),
    "name and folder disagree": Case(
        None, "ho_ngheo_2018-Q3.xlsx", "2018-Q2", "file_unreadable", ("2018-Q2", "2018-Q3")
    ),
    "all three disagree": Case(
        titled("Quý I năm 2019"), "ho_ngheo_2018-Q3.xlsx", "2018-Q2", "period_conflict",
        ("2018-Q2", "2018-Q3", "2019-Q1"),
    ),
    "faulty title, right name": Case(
        titled("Quý V năm 2018"), "ho_ngheo_2018-Q4.xlsx", "", "period_unreadable", ("2018-Q4",)
    ),
    "one faulty line of the title": Case(
        with_second_line("Quý V năm 2018", TITLE), "ho_ngheo.xlsx", "", "period_unreadable", ("2018-Q4",)
    ),
    "cover sheet": Case(with_cover(TITLE), "ho_ngheo.xlsx", "", "period_missing", ("2018-Q4",)),
}  # fmt: skip


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Settings) -> Command:
    """Run the command line on an installation without data."""
    return lambda *arguments: run_command(monkeypatch, capsys, home, *arguments)


def drop(case: Case, source: Path, inbox: Path) -> Path:
    """Put the spoiled file into the inbox, old enough to be no copy that is still under way."""
    target = inbox / case.sector / case.folder / case.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if case.spoil is None:
        target.write_bytes(source.read_bytes()[:4000])
    else:
        book = openpyxl.load_workbook(source)
        case.spoil(book)
        book.save(target)
    os.utime(target, (1_546_300_800, 1_546_300_800))
    return target


def shown(command: Command, name: str, quarter: str) -> list[dict[str, Any]]:
    code, out, err = command(name, "--period", quarter, "--json")
    assert code == 0, err
    return [record for record in json.loads(out) if record.get("file") is not None]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_rejected_file_is_shown_in_each_quarter_that_it_names(
    case: Case, files: dict[tuple[str, str], Path], command: Command, home: Settings
) -> None:
    code, _, err = command("ingest", str(drop(case, files["register_household", "082"], home.inbox)))
    assert code == 2, err
    for quarter in QUARTERS:
        status, findings = shown(command, "status", quarter), shown(command, "findings", quarter)
        if quarter in case.quarters:
            assert [(record["file"], record["state"]) for record in status] == [(case.name, "rejected")], quarter
            assert case.rule in {record["rule"] for record in findings}, quarter
            assert {record["file"] for record in findings} == {case.name}
        else:
            assert (status, findings) == ([], []), quarter


def test_a_file_that_names_no_quarter_is_shown_in_the_status_of_each(
    files: dict[tuple[str, str], Path], command: Command, home: Settings
) -> None:
    case = Case(None, "ho_ngheo.xlsx", "", "file_unreadable", ())
    command("ingest", str(drop(case, files["register_household", "082"], home.inbox)))
    for quarter in QUARTERS:
        assert [record["file"] for record in shown(command, "status", quarter)] == [case.name]
        assert shown(command, "findings", quarter) == []


def test_an_accepted_file_is_shown_in_its_own_quarter_alone(
    files: dict[tuple[str, str], Path], command: Command, home: Settings
) -> None:
    case = Case(titled(TITLE), "ho_ngheo.xlsx", "2018-Q4", "", ("2018-Q4",))
    command("ingest", str(drop(case, files["register_household", "082"], home.inbox)))
    for quarter in QUARTERS:
        states = [record["state"] for record in shown(command, "status", quarter)]
        assert states == (["accepted"] if quarter == "2018-Q4" else [])
