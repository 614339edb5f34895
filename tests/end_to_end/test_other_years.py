"""Quarters under other units and another poverty standard: from the sample to the true numbers, by data alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from etl import pipeline, questions
from etl.intake import inbox
from etl.model.period import Period
from etl.reference.standards import standard_on
from etl.reference.units import units_on
from etl.settings import SECTORS, Settings
from samples import write_sample

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]


def number(text: str) -> Decimal | None:
    """A number of the truth; where a standard does not count in tenths, to the places that a double keeps."""
    return round(Decimal(text), 9) if text else None


@pytest.mark.parametrize(
    ("period", "communes"),
    [
        (Period(2020, 1), 2),  # units of NQ 767 and NQ 896
        (Period(2021, 2), 2),  # the first standard goes on through 2021
        (Period(2022, 4), 3),  # NĐ 07/2021: poor by income and deprivation, 12 indicators
        (Period(2025, 4), 2),  # no districts, province 15
    ],
    ids=str,
)
def test_the_sample_of_another_year_gives_the_true_numbers(
    home: Settings, tmp_path: Path, period: Period, communes: int
) -> None:
    sample = write_sample(tmp_path / "sample", period, scale=0.0006, communes=communes, seed=5)
    drops, _ = inbox.given([tmp_path / "sample"], SECTORS, None)
    done = pipeline.ingest(home, drops)
    said = {r["file"]: r for r in json.loads((sample.truth.parent / "submissions.json").read_text())}
    assert len(done) == len(said)
    for one in done:
        expected = said[one.submission.file_name]
        for name in ("dataset", "period", "unit_code", "rows_accepted", "rows_rejected"):
            assert getattr(one.submission, name) == expected[name], (one.submission.file_name, name)
    found = questions.findings(home, None, period)
    assert [(f.rule, f.file, f.value) for f in found.itertuples() if not f.rule.startswith(("cross_", "drift_"))] == []

    truth = pd.read_csv(sample.truth, dtype=str, keep_default_na=False)
    expected = {
        (r.indicator, r.unit_code): (
            r.unit_level, number(r.numerator), number(r.denominator),
            float(r.value) if r.value else None, r.complete == "true",
        )
        for r in truth.itertuples()
    }  # fmt: skip
    got = {
        (r.indicator, r.unit_code): (
            r.unit_level, *(None if n is None else round(n, 9) for n in (r.numerator, r.denominator)),
            r.value, r.complete,
        )
        for r in questions.indicators(home, period, None, None, None).itertuples()
    }  # fmt: skip
    assert set(got) == set(expected)
    different = {key: (got[key], expected[key]) for key in got if got[key] != expected[key]}
    assert not different, list(different.items())[:5]
    told = {code for code, _ in got}
    assert {code for code in told if code.startswith("DEP_")} == {
        f"DEP_{n}" for n in standard_on(period.last_day).lacks
    }
    province = units_on(period.last_day).province.code
    complete = {code for code, unit in got if unit == province and got[code, unit][4]}
    assert {"POV_RATE", "MPI_M0.person", "HI_COVERAGE"} <= complete or communes < len(
        units_on(period.last_day).districts
    )
