"""Templates: what they offer is what the reader takes; filled in, they read back without a finding."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from etl import questions
from etl.contracts import DATASETS, contract
from etl.contracts.form import is_outdated, version_mark
from etl.model.examined import Verdict
from etl.model.period import Period
from samples import Sample
from samples.forms import cell_writer
from tests.support import PERIOD, UNITS, header_row, look, told


def sender(dataset: str) -> str:
    return "082" if contract(dataset).sent_by == "district" else "10"


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_filled_template_reads_back_without_a_finding(dataset: str, small: Sample, tmp_path: Path) -> None:
    form, unit = contract(dataset).on(PERIOD.last_day), sender(dataset)
    path = questions.template(dataset, unit, PERIOD, tmp_path / "mau.xlsx")
    book = openpyxl.load_workbook(path)
    page = book["Danh sách"]
    top = header_row(page)
    frame = small.province.frames[dataset]
    own = frame[frame["commune"].isin({c.code for c in UNITS.communes_in(unit)})]
    writers = [cell_writer(column, UNITS, dates_as_text=False) for column in form.columns]
    for number, (_, row) in enumerate(own.iterrows(), start=1):
        for place, (column, write) in enumerate(zip(form.columns, writers, strict=True), start=2):
            page.cell(top + number, place).value = write(row[column.name])
    book.save(path)
    examined = look(path, form.sector)
    assert (examined.verdict, told(examined)) == (Verdict.ACCEPTED, [])
    assert examined.counts.accepted == len(own)
    assert (examined.heading.unit_code, examined.heading.period) == (unit, PERIOD)


@pytest.mark.parametrize("dataset", DATASETS)
def test_lists_offer_only_what_is_taken(dataset: str, tmp_path: Path) -> None:
    form = contract(dataset).on(PERIOD.last_day)
    book = openpyxl.load_workbook(questions.template(dataset, sender(dataset), PERIOD, tmp_path / "mau.xlsx"))
    assert book.sheetnames == ["Danh sách", "Danh mục", "Hướng dẫn"]
    assert book["Danh mục"].sheet_state == "hidden"
    page = book["Danh sách"]
    top = header_row(page)
    by_column = {next(iter(rule.sqref.ranges)).min_col: rule for rule in page.data_validations.dataValidation}
    for place, column in enumerate(form.columns, start=2):
        assert page.cell(top, place).value == column.header
        if column.type in ("enum", "unit", "ethnicity", "flag"):
            assert by_column[place].type == "list"
            assert by_column[place].showErrorMessage
    said = [cell.value for cell in book["Hướng dẫn"]["A"]]
    assert all(column.header in said for column in form.columns)


def test_an_empty_template_is_told_that_it_is_empty(tmp_path: Path) -> None:
    path = questions.template("credit_loan", "082", PERIOD, tmp_path / "mau.xlsx")
    assert [f[0] for f in told(look(path))] == ["no_data_rows"]


def test_an_earlier_template_is_told(small: Sample, tmp_path: Path) -> None:
    path = questions.template("water_village", "082", PERIOD, tmp_path / "mau.xlsx")
    book = openpyxl.load_workbook(path)
    mark = book["Hướng dẫn"]["A2"].value
    assert mark == version_mark(contract("water_village"))
    assert not is_outdated(mark, contract("water_village"))
    book["Hướng dẫn"]["A2"].value = mark[:-8] + "00000000"
    page = book["Danh sách"]
    for place, value in enumerate((1, "Xã A Lù", "Thôn 1", 10, 40, 30), start=1):
        page.cell(header_row(page) + 1, place).value = value
    book.save(path)
    examined = look(path)
    assert (examined.verdict, told(examined)) == (Verdict.ACCEPTED, [("template_outdated", "info", None, None)])


def test_units_and_periods(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="there is no unit '999'"):
        questions.template("credit_loan", "999", PERIOD, tmp_path / "a.xlsx")
    with pytest.raises(LookupError, match=r"--unit 082 \(Huyện Bát Xát\)"):
        questions.template("credit_loan", "02692", PERIOD, tmp_path / "a.xlsx")
    with pytest.raises(LookupError, match="no dataset 'loans'"):
        questions.template("loans", None, PERIOD, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(questions.template("housing_support", None, None, tmp_path / "a.xlsx")).worksheets[0]
    said = {cell.value for row in page.iter_rows(max_row=8) for cell in row}
    assert Period.of(datetime.now(UTC).date()).previous().title_vi in said
    assert "Tỉnh Lào Cai" in said
