"""The overall report: what stands in it, and what does not."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, text

from etl import pipeline
from etl.indicators import editions, measure
from etl.model.period import Period
from etl.reporting import write_report
from etl.reporting.words import GROUPS, INCOMPLETE, SUPPRESSED

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)


def test_small_cells_are_not_in_the_workbook(measured: Connection, tmp_path: Path) -> None:
    frame = measure.measure(measured, PERIOD)
    measure.store(measured, PERIOD, frame)
    small = frame[frame["people"].map(lambda n: n is not None and 0 < n < 5)]
    assert len(small) > 20
    assert frame["suppressed"].to_numpy()[small.index].all()
    content = pipeline.report_content(measured, PERIOD, None)
    by_name = {d.name_vi: d for d in content.definitions}
    shown = {(r.indicator, r.unit_code): r for r in frame.itertuples()}
    book = openpyxl.load_workbook(write_report(measured, PERIOD, tmp_path, None, content))
    seen = hidden = 0
    for title in GROUPS.values():
        if title not in book.sheetnames:
            continue
        sheet = book[title]
        heads = {cell.column: by_name[cell.value.rsplit(" (", 1)[0]].code for cell in sheet[4] if cell.column > 2}
        for line in sheet.iter_rows(min_row=5):
            for cell in line[2:]:
                row = shown.get((heads[cell.column], line[0].value))
                if row is not None and row.complete and row.value is not None:
                    assert cell.value == (SUPPRESSED if row.suppressed else pytest.approx(row.value)), cell
                    hidden, seen = hidden + row.suppressed, seen + 1
                else:
                    assert cell.value in ("–", INCOMPLETE)
    # Where nobody is counted there is no rate to hide.
    assert hidden == (frame["suppressed"] & frame["value"].notna()).sum()
    assert seen > 1000


def test_what_is_handed_on_of_an_edition_has_no_small_cell(measured: Connection) -> None:
    editions.publish(measured, PERIOD, "0")
    rows = measured.execute(text("SELECT * FROM mart.published WHERE period = '2018-Q4'")).all()
    hidden = [r for r in rows if r.suppressed]
    assert hidden
    assert all(r.numerator is None and r.denominator is None and r.value is None and r.met is None for r in hidden)
    assert all(r.value is not None or not r.complete or r.denominator == 0 for r in rows if not r.suppressed)
