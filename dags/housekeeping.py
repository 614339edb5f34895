"""housekeeping: retention and VACUUM, daily."""

from __future__ import annotations

from _shared import DEFAULTS, daily
from airflow.sdk import dag, task


@dag(
    schedule=daily(3),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULTS,
    tags=["giamngheo", "housekeeping"],
    doc_md="""
    Removes old answers, originals of files rejected long ago, Data Docs of old periods and what killed processes have
    left, then vacuums the tables; never facts, nor originals of accepted files. How long things are kept:
    `docs/deploy.md`, «Retention». Safe to clear and re-run. `giamngheo housekeeping --dry-run` says what would go.
    """,
)
def housekeeping() -> None:
    """Apply retention."""

    @task
    def tidy() -> dict[str, int]:
        """Remove what is outdated; how many things by kind."""
        from collections import Counter

        from etl.custody.housekeeping import housekeeping as apply_retention
        from etl.settings import settings

        removed = apply_retention(settings())
        for one in removed:
            print(f"{one.why}: {one.path} ({one.size} bytes)")
        return dict(Counter(one.why for one in removed))

    tidy()


housekeeping()
