"""quarter: close a quarter after the deadline: completeness → measure → publish → report."""

from __future__ import annotations

from _shared import DEFAULTS, LOCAL_TIMEZONE, PERIOD_PATTERN
from airflow.sdk import Param, dag, get_current_context, task
from quarter_timetable import QuarterCloseTimetable

from etl.settings import settings


@dag(
    schedule=QuarterCloseTimetable(
        settings().quarter_deadline_working_days, [day.isoformat() for day in settings().holidays]
    ),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    params={"period": Param(None, type=["null", "string"], pattern=PERIOD_PATTERN, description="by hand: 2018-Q4")},
    tags=["giamngheo", "quarter"],
    doc_md="""
    Closes a quarter a set number of working days after its end (`GIAMNGHEO_QUARTER_DEADLINE_WORKING_DAYS`, 15), or by
    hand with the param `period`: says what is missing, measures, freezes a numbered edition, writes the report. Safe to
    clear and re-run: while nothing has changed the newest edition stands. Where to look: `reports/<period>/`.
    """,
)
def quarter() -> None:
    """Close a quarter."""

    def period_of_run() -> str:
        context = get_current_context()
        if named := context["params"]["period"]:
            return str(named)
        start = context["data_interval_start"].in_timezone(LOCAL_TIMEZONE)
        return f"{start.year}-Q{(start.month + 2) // 3}"

    @task
    def completeness() -> list[str]:
        """What the quarter lacks, one line each; a quarter is closed with what is there, and says what is not."""
        from etl import pipeline

        missing = pipeline.close_quarter_missing(settings(), period_of_run())
        for line in missing:
            print("Thiếu:", line)
        return missing

    @task
    def measure() -> int:
        """Measure every indicator."""
        from etl import pipeline

        return pipeline.measure(settings(), period_of_run())

    @task
    def publish() -> int:
        """Freeze the figures as an edition; its number."""
        from etl import pipeline

        number, _ = pipeline.publish_edition(settings(), period_of_run())
        return number

    @task
    def report(edition: int) -> str:
        """Write the edition's report; its path."""
        from etl import pipeline

        return str(pipeline.report(settings(), period_of_run(), edition))

    published = publish()
    completeness() >> measure() >> published  # type: ignore[operator]
    report(published)  # type: ignore[arg-type]


quarter()
