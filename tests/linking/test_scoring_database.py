"""The database that Splink works in is set up so that it answers rightly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pandas as pd
import pytest

from etl.linking import prepare, scoring
from etl.linking.scoring import database
from tests.linking.conftest import Apart


def test_the_optimizer_that_answers_wrongly_is_off() -> None:
    """See docs/known-faults.md. The name is one of this DuckDB's optimizers: another would be no guard."""
    with database() as conn:
        known = {name for (name,) in conn.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        (off,) = conn.execute("SELECT current_setting('disabled_optimizers')").fetchone() or ("",)
    assert "common_subplan" in known
    assert off == "common_subplan"


def test_the_optimizer_would_change_nothing_of_what_is_weighed(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of Splink are arms of a UNION ALL over joins. Where this fails, the guard is what keeps links right."""
    left = prepare.with_names(prepare.pupils(apart.frames["education_pupil"])[0])
    right = prepare.with_names(prepare.members(apart.frames["register_member"], apart.frames["register_household"]))
    district = str(left["district"].iloc[0])
    sides = [side[side["district"] == district] for side in (left, right)]
    trained = apart.outcome.trained["pupil"]
    guarded = scoring.weigh("pupil", *sides, trained)

    @contextmanager
    def unguarded() -> Iterator[duckdb.DuckDBPyConnection]:
        with database() as conn:
            conn.execute("SET disabled_optimizers = ''")
            yield conn

    monkeypatch.setattr(scoring, "database", unguarded)
    assert len(guarded) > 500
    pd.testing.assert_frame_equal(scoring.weigh("pupil", *sides, trained), guarded)
