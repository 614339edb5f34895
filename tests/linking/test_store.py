"""Links in the warehouse: what a run keeps, what running again and a correction change, what a past moment shows."""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from etl import pipeline


def rows(settings, query, **keys):
    engine = create_engine(settings.warehouse_url, poolclass=NullPool)
    with engine.connect() as conn:
        return conn.execute(text(query), keys).all()


def test_a_run_is_kept_and_repeated_changes_nothing(province):
    first = pipeline.link(province.settings, "2018-Q4")
    assert first.kept.added > 1000
    before = rows(province.settings, "SELECT * FROM core.link ORDER BY link_id")
    assert len(before) == first.kept.added
    again = pipeline.link(province.settings, "2018-Q4")
    assert (again.kept.added, again.kept.ended) == (0, 0)
    anew = pipeline.link(province.settings, "2018-Q4", anew=True)
    assert (anew.kept.added, anew.kept.ended) == (0, 0)
    assert rows(province.settings, "SELECT * FROM core.link ORDER BY link_id") == before
    assert rows(province.settings, "SELECT count(*) FROM history.link_run") == [(1,)]
