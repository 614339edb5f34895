"""The sample quarter through the whole file journey: every number is the true one, and traces to its rows."""

from __future__ import annotations

import json
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from etl import questions
from etl.indicators import indicators, measure, trace
from etl.model.examined import Verdict
from etl.reference.standards import standard_on
from tests.conftest import Ingested
from tests.support import PERIOD, UNITS

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]

CODES = sorted(i.code for i in indicators().values() if i.told_under(standard_on(PERIOD.last_day)))
PLACES = [u.code for u in (*UNITS.communes, *UNITS.districts, UNITS.province)] + ["30a", "urban", "rural"]


def test_every_file_is_accepted_and_its_rows_foot(ingested: Ingested) -> None:
    said = {r["file"]: r for r in json.loads((ingested.sample.truth.parent / "submissions.json").read_text())}
    assert len(ingested.done) == len(said) == 57
    for one in ingested.done:
        submission, expected = one.submission, said[one.submission.file_name]
        assert submission.verdict == Verdict.ACCEPTED, submission.file_name
        for name in ("dataset", "period", "unit_code", "rows_read", "rows_accepted", "rows_rejected", "rows_ignored"):
            assert getattr(submission, name) == expected[name], (submission.file_name, name)


def test_every_indicator_equals_the_truth_at_every_level(ingested: Ingested, measured: Connection) -> None:
    truth = pd.read_csv(ingested.sample.truth, dtype=str, keep_default_na=False)
    found = measure.measure(measured, PERIOD)
    expected = {
        (r.indicator, r.unit_code): (
            r.unit_level, *(Decimal(v) if v else None for v in (r.numerator, r.denominator)),
            float(r.value) if r.value else None, r.complete == "true",
        )
        for r in truth.itertuples()
    }  # fmt: skip
    got = {
        (r.indicator, r.unit_code): (r.unit_level, r.numerator, r.denominator, r.value, r.complete)
        for r in found.itertuples()
    }
    assert set(got) == set(expected)
    different = {key: (got[key], expected[key]) for key in got if got[key] != expected[key]}
    assert not different, list(different.items())[:5]
    assert {c for c, _ in got} == set(CODES)
    # The comparison would be worth little if nearly all were nothing.
    assert sum(v[3] not in (None, 0.0) for v in expected.values()) > 1300


@pytest.fixture(scope="module")
def figures(ingested: Ingested) -> pd.DataFrame:
    return questions.indicators(ingested.settings, PERIOD, None, None, None)


@settings(max_examples=80)
@given(st.sampled_from(CODES), st.sampled_from(PLACES))
def test_the_rows_behind_a_number_add_up_to_it(
    figures: pd.DataFrame, measured: Connection, code: str, place: str
) -> None:
    own = figures[(figures["indicator"] == code) & (figures["unit_code"] == place)]
    if not len(own):
        query = indicators()[code].query
        assert query.rural_only or query.awaits
        return
    number = own.iloc[0]
    rows = trace.trace(measured, code, PERIOD, place)
    assert sum(rows["numerator"], Decimal(0)) == number["numerator"]
    if number["denominator"] is not None:
        assert sum((d for d in rows["denominator"] if d is not None), Decimal(0)) == number["denominator"]
    # Every row has its address; only a figure of the plan comes from no submission.
    assert rows["row"].notna().sum() == rows["submission_id"].notna().sum()


def test_a_traced_row_is_the_row_in_the_senders_workbook(ingested: Ingested, measured: Connection) -> None:
    rows = trace.trace(measured, "POV_SPLIT.N1", PERIOD, "082")
    rows = rows[rows["numerator"] != 0]
    assert len(rows)
    files = {path.name: path for path in ingested.sample.files}
    for file, part in rows.groupby("file"):
        book = openpyxl.load_workbook(files[str(file)])
        for row in part.itertuples():
            cells = [cell.value for cell in book[row.sheet][row.row]]
            assert "Hộ nghèo N1" in cells
