"""The database that Splink works in is set up so that it answers rightly."""

from __future__ import annotations

from etl.linking.scoring import database


def test_the_optimizer_that_answers_wrongly_is_off() -> None:
    """See docs/known-faults.md. The name is one of this DuckDB's optimizers: another would be no guard."""
    with database() as conn:
        known = {name for (name,) in conn.execute("SELECT name FROM duckdb_optimizers()").fetchall()}
        (off,) = conn.execute("SELECT current_setting('disabled_optimizers')").fetchone() or ("",)
    assert "common_subplan" in known
    assert off == "common_subplan"
