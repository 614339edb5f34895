"""What `make bench-check` measures: the suite and the plain SQL pass ask the same of the same rows."""

from __future__ import annotations

from sqlalchemy import Engine

from etl.checking.suites import load_suite
from local import bench_check


def test_the_sql_pass_has_the_conditions_of_the_suite_and_finds_the_same(warehouse: Engine) -> None:
    rows = bench_check.spoiled(bench_check.cards(3_000, scale=0.005), 0.1)
    found = bench_check.by_suite(rows)
    assert set(found) == {(e["meta"]["rule"], e["meta"]["column"]) for e in load_suite("health_card")["expectations"]}
    # Every rule is broken somewhere, else nothing would be compared.
    assert all(found.values())
    with warehouse.begin() as conn:
        bench_check.stored(conn, rows)
        assert bench_check.by_sql(conn) == found
