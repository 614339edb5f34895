"""sector_<name>: one run = one submission, run id = submission id: prepare → approve → load → answer."""

from __future__ import annotations

from _shared import DEFAULTS, SECTORS, WAREHOUSE, sector_asset
from airflow.sdk import PartitionedAtRuntime, dag, get_current_context, task
from hold_operator import HoldOperator


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
        has fallen to half or less waits in `approve` for a person ("Required Actions", or `giamngheo approve`). Where
        to look: `giamngheo findings --submission <run id>`, `outbox/{sector}/`.
        """,
    )
    def journey() -> None:
        @task
        def prepare() -> str:
            """Read, conform and check the file; keep rows, findings and verdict."""
            from etl import pipeline
            from etl.settings import settings

            return pipeline.prepare(settings(), _submission())

        @task(outlets=[asset, WAREHOUSE])
        def load(*, outlet_events: dict) -> str:  # type: ignore[type-arg]
            """Load the accepted rows and publish the submission in one transaction."""
            from airflow.sdk.exceptions import AirflowSkipException

            from etl import pipeline
            from etl.settings import settings

            period = pipeline.load(settings(), _submission())
            if period is None:
                raise AirflowSkipException("the submission is rejected, or waits: the warehouse stays as it was")
            outlet_events[asset].add_partitions(period)
            return period

        @task(trigger_rule="none_failed")
        def answer() -> str:
            """Write the answer into the outbox, and anew those of others whose findings have changed."""
            from etl import pipeline
            from etl.settings import settings

            return str(pipeline.answer(settings(), _submission()))

        approve = HoldOperator(task_id="approve", of=lambda context: str(context["dag_run"].run_id))
        prepare() >> approve >> load() >> answer()  # type: ignore[operator]

    journey()


def _submission() -> str:
    return str(get_current_context()["dag_run"].run_id)


for name in SECTORS:
    build(name)
