"""collect: take what sectors have dropped, start one run of sector_<name> for each submission."""

from __future__ import annotations

from _shared import DEFAULTS, daily
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task


@dag(
    schedule=daily(1),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["giamngheo", "intake"],
    doc_md="""
    Scans `inbox/<sector>/` daily at 01:00 (or when triggered), archives each drop, enters it into the ledger, and
    starts one run of `sector_<name>` for every submission that is not finished. Safe to clear and re-run: a drop is
    taken once, a submission's run is started once. Where to look: `giamngheo status`, table `intake.submission`.
    """,
)
def collect() -> None:
    """Scan the inbox and start the submissions' runs."""

    @task
    def receive() -> list[dict[str, str]]:
        """Take settled drops; the runs to start, one a submission that is not finished."""
        from etl import pipeline
        from etl.settings import settings

        return [
            {"trigger_dag_id": f"sector_{submission_id.rsplit('-', 2)[0]}", "trigger_run_id": submission_id}
            for submission_id in pipeline.receive(settings())
        ]

    TriggerDagRunOperator.partial(
        task_id="start_runs",
        map_index_template="{{ task.trigger_run_id }}",
        skip_when_already_exists=True,
        wait_for_completion=False,
    ).expand_kwargs(receive())


collect()
