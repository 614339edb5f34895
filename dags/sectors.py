"""sector_<name>: one run = one submission, run id = submission id: prepare → approve → load → answer."""

from __future__ import annotations

from typing import Any

from _shared import DEFAULTS, SECTORS, WAREHOUSE, sector_asset
from airflow.sdk import PartitionedAtRuntime, dag, get_current_context, task
from hold_operator import HoldOperator, LoadOperator


def build(sector: str) -> None:
    """The DAG of one sector."""
    asset = sector_asset(sector)

    @dag(
        dag_id=f"sector_{sector}",
        schedule=PartitionedAtRuntime(),
        catchup=False,
        # A run that waits for a person takes no worker, and others go by.
        max_active_runs=32,
        max_active_tasks=4,
        default_args=DEFAULTS,
        tags=["giamngheo", "sector", sector],
        doc_md=f"""
        The journey of one file of sector `{sector}`. The run id is the submission id; only it passes between tasks.
        Every task can be cleared and re-run alone, any number of times, with the same end state. A file that is
        hopeless ends as a rejected submission with an answer: then `load` is skipped and nothing fails. One whose total
        has fallen to half or less of the period before, or of what it would replace, waits in `approve` for a person
        ("Required Actions", or `giamngheo approve`); in `load`, where that was published meanwhile. Where to look:
        `giamngheo findings --submission <run id>`, `outbox/{sector}/`.
        """,
    )
    def journey() -> None:
        @task
        def prepare() -> str:
            """Read, conform and check the file; keep rows, findings and verdict."""
            from etl import pipeline
            from etl.settings import settings

            return pipeline.prepare(settings(), _submission())

        @task(trigger_rule="none_failed")
        def answer() -> str:
            """Write the answer into the outbox, and anew those of others whose findings have changed."""
            from etl import pipeline
            from etl.settings import settings

            return str(pipeline.answer(settings(), _submission()))

        def submission_of(context: Any) -> str:
            return str(context["dag_run"].run_id)

        approve = HoldOperator(task_id="approve", of=submission_of)
        load = LoadOperator(task_id="load", of=submission_of, asset=asset, outlets=[asset, WAREHOUSE])
        prepare() >> approve >> load >> answer()  # type: ignore[operator]

    journey()


def _submission() -> str:
    return str(get_current_context()["dag_run"].run_id)


for name in SECTORS:
    build(name)
