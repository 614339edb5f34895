"""indicators: provisional figures of a period, whenever a sector's data of that period change."""

from __future__ import annotations

from _shared import DEFAULTS, PERIOD_PATTERN, SECTORS, sector_asset
from airflow.sdk import AssetAny, Param, PartitionedAssetTimetable, dag, get_current_context, task


@dag(
    schedule=PartitionedAssetTimetable(assets=AssetAny(*(sector_asset(sector) for sector in SECTORS))),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={"period": Param(None, type=["null", "string"], pattern=PERIOD_PATTERN, description="by hand: 2018-Q4")},
    tags=["giamngheo", "indicators"],
    doc_md="""
    Measures every indicator of the period whose data changed (the run's partition key; by hand the param `period`) and
    replaces `mart.indicator_value` of that period in one transaction. Safe to clear and re-run.
    """,
)
def indicators() -> None:
    """Measure provisional figures."""

    @task
    def measure() -> int:
        """Measure the period; how many numbers."""
        from etl import pipeline
        from etl.settings import settings

        context = get_current_context()
        period = context["params"]["period"] or context["dag_run"].partition_key
        if not period:
            raise ValueError("name the period to measure, such as 2018-Q4, in the run's param «period»")
        return pipeline.measure(settings(), period)

    measure()


indicators()
