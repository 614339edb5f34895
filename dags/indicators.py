"""indicators: provisional figures, whenever the data of a sector change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from _shared import DEFAULTS, PERIOD_PATTERN, WAREHOUSE
from airflow.sdk import Param, dag, get_current_context, task

PATIENCE = timedelta(minutes=5)
"""How long figures may wait for files that are on their way."""


@dag(
    schedule=[WAREHOUSE],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={"period": Param(None, type=["null", "string"], pattern=PERIOD_PATTERN, description="by hand: 2018-Q4")},
    tags=["giamngheo", "indicators"],
    doc_md="""
    Links persons and households across sectors and measures every indicator of each period whose data have changed (by
    hand: of the param `period`); its figures in `mart.indicator_value` are replaced in one transaction. Waits until the
    files under way are through, five minutes at
    most, so that many files make one measuring. Safe to clear and re-run: what is up to date is left alone.
    """,
)
def indicators() -> None:
    """Measure provisional figures."""

    @task.sensor(poke_interval=5, timeout=2 * PATIENCE.total_seconds(), mode="reschedule")
    def settle() -> bool:
        """Whether all files under way are through, or have been waited for long enough."""
        from etl import pipeline
        from etl.settings import settings

        began = get_current_context()["dag_run"].start_date
        return datetime.now(UTC) - began > PATIENCE or pipeline.is_settled(settings())

    @task
    def link() -> list[str]:
        """Find out who is who across sectors in the periods that are out of date; the periods."""
        from etl import pipeline
        from etl.settings import settings

        named = get_current_context()["params"]["period"]
        periods = [named] if named else pipeline.outdated(settings())
        for period in periods:
            pipeline.link(settings(), period)
        return periods

    @task
    def cross_check() -> list[str]:
        """Hold the sectors' rows of the periods that are out of date against one another; the periods."""
        from etl import pipeline
        from etl.settings import settings

        named = get_current_context()["params"]["period"]
        periods = [named] if named else pipeline.outdated(settings())
        for period in periods:
            pipeline.cross_check(settings(), period)
        return periods

    @task
    def measure() -> list[str]:
        """Measure what is out of date; the periods."""
        from etl import pipeline
        from etl.settings import settings

        if period := get_current_context()["params"]["period"]:
            pipeline.measure(settings(), period)
            return [period]
        return pipeline.measure_outdated(settings())

    @task
    def document() -> list[str]:
        """Bring the Data Docs in step; the folders built anew."""
        from etl import pipeline
        from etl.settings import settings

        return [str(folder) for folder in pipeline.document(settings())]

    settle() >> link() >> cross_check() >> [measure(), document()]  # type: ignore[operator]


indicators()
