"""After any number of corrections every past moment is told as it was told then: numbers, status, editions, reports."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from etl import pipeline, questions
from etl.contracts import DATASETS, contract
from etl.indicators import editions as editions_module
from etl.indicators.difference import Difference
from etl.intake import inbox
from etl.reporting.edition_changes import SHEET
from etl.settings import SECTORS, Settings
from etl.warehouse import moments
from samples import forms
from samples.province import build
from tests.support import PERIOD, UNITS, lines_of

pytestmark = pytest.mark.warehouse

FIELDS = ("numerator", "denominator", "value", "met", "complete")
BY_PROVINCE = ("health_card", "housing_support", "water_works")
FIRST_DROP = 1_546_300_800
CORRECTIONS = (
    *["restate"] * 7, *["resend"] * 2, *["whole_province"] * 2, *["other_month"] * 2, *["late"] * 2, *["broken"] * 2,
    *["again"] * 3,
)  # fmt: skip
"""Twenty, in an order that the seed draws."""

Row = dict[str, Any]


def flip(rng: np.random.Generator, row: Row) -> None:
    row["classification"] = "near_poor" if row["classification"] == "poor_income" else "poor_income"
    row["lacks_toilet"], row["needs_loan"] = not row["lacks_toilet"], not row["needs_loan"]


EDITS: dict[str, Callable[[np.random.Generator, Row], None]] = {
    "register_commune": lambda rng, row: row.update(households=row["households"] + int(rng.integers(1, 5))),
    "register_household": flip,
    "register_member": lambda rng, row: row.update(insurance_number=None, id_number=None),
    "credit_loan": lambda rng, row: row.update(outstanding=row["outstanding"] // 2),
    "health_card": lambda rng, row: row.update(full_name="Nguyễn Văn Sửa"),
    "education_pupil": lambda rng, row: row.update(status="dropped_out"),
    "housing_support": lambda rng, row: row.update(own_funds=row["own_funds"] + 1_000_000),
    "water_village": lambda rng, row: row.update(persons_hygienic_water=row["persons_hygienic_water"] // 2),
    "water_works": lambda rng, row: row.update(households_served=1),
}


@dataclass
class Moment:
    """What was told at a moment, when it was now."""

    at: datetime
    status: list[Row]
    numbers: dict[tuple[str, str], tuple[Any, ...]]


@dataclass
class Office:
    """A province whose agencies correct what they have sent."""

    own: Settings
    folder: Path
    rng: np.random.Generator
    frames: dict[str, pd.DataFrame]
    drops: int = 0
    sent: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def send(self, dataset: str, unit: str, rows: pd.DataFrame, minute: int, month: int = 12) -> None:
        self.take(self.write(dataset, unit, rows, minute, month))

    def write(self, dataset: str, unit: str, rows: pd.DataFrame, minute: int, month: int = 12) -> Path:
        self.drops += 1
        path = self.folder / contract(dataset).sector / f"{dataset}_{unit}_{self.drops:02d}.xlsx"
        sheets = lines_of(dataset, unit, rows)
        words = (f"Tháng {PERIOD.last_day.month} năm", f"Tháng {month} năm")
        sheets = [(n, [[v.replace(*words) if isinstance(v, str) else v for v in li] for li in ls]) for n, ls in sheets]
        forms.write_xlsx(path, sheets)
        return aged(path, minute)

    def take(self, *paths: Path) -> None:
        drops, _ = inbox.given(list(paths), SECTORS, None)
        for done in pipeline.ingest(self.own, drops):
            self.sent.append(done.submission.id)
            self.said.append(f"{done.submission.file_name}: {done.submission.verdict}")

    def own_rows(self, dataset: str, unit: str) -> pd.DataFrame:
        frame = self.frames[dataset]
        return frame[frame["commune"].isin({c.code for c in UNITS.communes_in(unit)})]

    def any_sender(self) -> tuple[str, str]:
        dataset = DATASETS[int(self.rng.integers(len(DATASETS)))]
        if dataset in BY_PROVINCE:
            return dataset, UNITS.province.code
        there = [d.code for d in UNITS.districts if len(self.own_rows(dataset, d.code))]
        return dataset, there[int(self.rng.integers(len(there)))]

    def edited(self, dataset: str, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows in another order, a few of them changed and some left out."""
        listed = rows.sample(frac=1, random_state=int(self.rng.integers(2**31))).to_dict("records")
        for row in listed[:3]:
            EDITS[dataset](self.rng, row)
        if len(listed) > 4 and dataset != "register_commune":
            listed = listed[: -int(self.rng.integers(1, 3))]
        return pd.DataFrame(listed, columns=rows.columns, dtype="object")

    def restate(self, minute: int) -> None:
        dataset, unit = self.any_sender()
        rows = self.edited(dataset, self.own_rows(dataset, unit))
        inside = {c.code for c in UNITS.communes_in(unit)}
        others = self.frames[dataset][~self.frames[dataset]["commune"].isin(inside)]
        self.frames[dataset] = pd.concat([others, rows], ignore_index=True)
        self.send(dataset, unit, rows, minute)

    def resend(self, minute: int) -> None:
        dataset, unit = self.any_sender()
        self.send(dataset, unit, self.own_rows(dataset, unit).iloc[::-1], minute)

    def whole_province(self, minute: int) -> None:
        dataset = ("register_household", "register_member", "credit_loan")[int(self.rng.integers(3))]
        self.frames[dataset] = self.edited(dataset, self.frames[dataset])
        self.send(dataset, UNITS.province.code, self.frames[dataset], minute)

    def other_month(self, minute: int) -> None:
        unit = next(d.code for d in UNITS.districts if len(self.own_rows("credit_loan", d.code)))
        rows = self.edited("credit_loan", self.own_rows("credit_loan", unit))
        self.send("credit_loan", unit, rows, minute, month=int(self.rng.integers(10, 13)))

    def late(self, minute: int) -> None:
        dataset, unit = self.any_sender()
        self.send(dataset, unit, self.edited(dataset, self.own_rows(dataset, unit)), -minute)

    def broken(self, minute: int) -> None:
        self.drops += 1
        path = self.folder / "register" / f"register_household_082_{self.drops:02d}.xlsx"
        path.write_bytes(b"no workbook " * self.drops)
        self.take(aged(path, minute))

    def again(self, minute: int) -> None:
        one = self.sent[int(self.rng.integers(len(self.sent)))]
        before = questions.status(self.own, PERIOD)
        for step in (pipeline.prepare, pipeline.load, pipeline.answer):
            step(self.own, one)
        assert questions.status(self.own, PERIOD) == before
        self.said.append(f"{one} again")

    def told(self) -> Moment:
        status = questions.status(self.own, PERIOD)
        numbers = figures(questions.indicators(self.own, PERIOD, None, None, None))
        engine = create_engine(self.own.warehouse_url or "", poolclass=NullPool)
        with engine.begin() as conn:
            return Moment(moments.stand_at(conn, None), status, numbers)


def aged(path: Path, minute: int) -> Path:
    os.utime(path, (FIRST_DROP + 60 * minute,) * 2)
    return path


def figures(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[Any, ...]]:
    plain = frame.astype("object").where(frame.notna(), None)
    return {(r.indicator, r.unit_code): tuple(getattr(r, f) for f in FIELDS) for r in plain.itertuples()}


def stored(own: Settings, number: int) -> dict[tuple[str, str], tuple[Any, ...]]:
    engine = create_engine(own.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        rows = conn.execute(
            text(f"SELECT indicator, unit_code, {', '.join(FIELDS)} FROM mart.edition_value WHERE number = :n"),
            {"n": number},
        ).all()
    return {(r[0], r[1]): tuple(r[2:]) for r in rows}


def assert_adds_up(found: Difference, before: Moment, after: Moment) -> None:
    """A difference is that of the recorded numbers, and each figure's that of its rows."""
    moved = {k for k in after.numbers if after.numbers[k][:3] != before.numbers[k][:3]}
    assert {(c.indicator, c.area.code) for c in found.changes} == moved
    for change in found.changes:
        key = change.indicator, change.area.code
        assert (tuple(change.before), tuple(change.after)) == (before.numbers[key][:3], after.numbers[key][:3])
        rows = found.rows_of(change)
        for part in ("numerator", "denominator"):
            was, now = getattr(change.before, part), getattr(change.after, part)
            if change.before.numerator is not None and change.after.numerator is not None:
                sums = [sum(v for v in rows[f"{part}_{side}"] if v is not None) for side in ("before", "after")]
                assert sums[1] - sums[0] == (now or 0) - (was or 0), change
        same = [
            rows[f"{name}_before"].to_numpy() == rows[f"{name}_after"].to_numpy()
            for name in ("numerator", "denominator")
        ]
        assert not (same[0] & same[1]).any()
        assert change.submissions


@pytest.mark.parametrize("seed", [20181231])
def test_what_was_told_is_told_again_after_any_corrections(
    home: Settings, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    print("seed", seed)
    office = Office(home, tmp_path, rng, dict(build(PERIOD, 0.0006, 9, 3).frames))
    for sector in SECTORS:
        (tmp_path / sector).mkdir()
    order = [str(dataset) for dataset in rng.permutation(DATASETS)]
    office.take(*(office.write(d, UNITS.province.code, office.frames[d], at) for at, d in enumerate(order, start=1)))
    told = [office.told()]
    # Of training nobody sends anything.
    assert all(n[-1] for (code, _), n in told[0].numbers.items() if code != "TRAINING_MET")
    assert pipeline.publish_edition(home, str(PERIOD)) == (1, True)
    first = pipeline.report(home, str(PERIOD), 1).read_bytes()
    for minute, name in enumerate(rng.permutation(CORRECTIONS), start=20):
        getattr(office, str(name))(minute)
        if rng.random() < 0.2:
            pipeline.publish_edition(home, str(PERIOD))
        if rng.random() < 0.2:
            told.append(office.told())
    pipeline.publish_edition(home, str(PERIOD))
    told.append(office.told())
    print("\n".join(office.said))

    engine = create_engine(home.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        editions = dict(conn.execute(text("SELECT number, as_of FROM mart.edition ORDER BY number")).all())
        assert len(editions) > 2
        noted = conn.execute(
            text("SELECT indicator, unit_code FROM mart.edition_change WHERE number = :n AND unit_level <> 'commune'"),
            {"n": len(editions)},
        ).all()
    for number, moment in editions.items():
        assert figures(questions.indicators(home, PERIOD, None, None, moment)) == stored(home, number), number
    for one in told:
        assert figures(questions.indicators(home, PERIOD, None, None, one.at)) == one.numbers
        assert comparable(questions.status(home, PERIOD, one.at)) == comparable(one.status)
    for at in range(len(told) - 1):
        assert_adds_up(questions.diff(home, PERIOD, told[at].at, told[at + 1].at), told[at], told[at + 1])
    assert_adds_up(questions.diff(home, PERIOD, editions[1], None), told[0], told[-1])
    assert_adds_up(questions.diff(home, PERIOD, told[-1].at, told[0].at), told[-1], told[0])
    last = {k: v[:3] for k, v in stored(home, len(editions)).items()}
    before = {k: v[:3] for k, v in stored(home, len(editions) - 1).items()}
    communes = {c.code for c in UNITS.communes}
    assert {tuple(r) for r in noted} == {k for k in last if last[k] != before[k] and k[1] not in communes}
    with monkeypatch.context() as later:
        # What is defined otherwise years later is none of the first edition's business.
        later.setattr(editions_module, "definitions", lambda period: {"indicators": [], "forms": []})
        assert pipeline.report(home, str(PERIOD), 1, tmp_path / "out").read_bytes() == first
    sheet = openpyxl.load_workbook(pipeline.report(home, str(PERIOD), len(editions)))[SHEET]
    assert sheet.max_row == 4 + max(1, len(noted))
    assert all(sheet.cell(row, 6).value for row in range(5, 5 + len(noted)))


def comparable(status: list[Row]) -> list[Row]:
    """Without what is told of findings: they are told as they are now."""
    return [{k: v for k, v in row.items() if k not in ("reason", "quality")} for row in status]
