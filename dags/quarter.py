"""quarter: close a quarter after the deadline: link → cross-check → measure → approve → publish → report."""

from __future__ import annotations

from typing import Any

from _shared import DEFAULTS, LOCAL_TIMEZONE, PERIOD_PATTERN
from airflow.sdk import Param, dag, get_current_context, task
from hold_operator import HoldOperator
from quarter_timetable import QuarterCloseTimetable

from etl.settings import settings


def period_of(context: Any) -> str:
    """The quarter that a run closes: its param, else the one of its data interval."""
    if named := context["params"]["period"]:
        return str(named)
    start = context["data_interval_start"].in_timezone(LOCAL_TIMEZONE)
    return f"{start.year}-Q{(start.month + 2) // 3}"


def period_of_run() -> str:
    """The quarter that the run closes whose task this is."""
    return period_of(get_current_context())


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
    hand with the param `period`: says what is missing, links persons and households, holds the sectors against one
    another, measures, freezes a
    numbered edition, writes the report. A quarter that lacks submissions, or has some that wait for approval, waits in
    `approve` for a person ("Required Actions", or `giamngheo approve 2018-Q4`); refused, nothing is published. Safe to
    clear and re-run: while nothing has changed the newest edition stands. Where to look: `reports/<period>/`.
    """,
)
def quarter() -> None:
    """Close a quarter."""

    @task
    def completeness() -> list[str]:
        """What the quarter lacks, one line each; «approve» asks whether it is closed without."""
        from etl import pipeline

        missing = pipeline.close_quarter_missing(settings(), period_of_run())
        for line in missing:
            print("Thiếu:", line)
        return missing

    @task
    def link() -> int:
        """Find out who is who across sectors; how many links are new."""
        from etl import pipeline

        return pipeline.link(settings(), period_of_run()).kept.added

    @task
    def cross_check() -> int:
        """Hold the sectors' rows against one another; how many findings."""
        from etl import pipeline

        return pipeline.cross_check(settings(), period_of_run())

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
    approve = HoldOperator(task_id="approve", of=period_of, skip_refused=True)
    completeness() >> link() >> cross_check() >> measure() >> approve >> published  # type: ignore[operator]
    report(published)  # type: ignore[arg-type]


quarter()
