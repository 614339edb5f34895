"""The tasks of a few files and their quarter, one after another as Airflow would start them, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl import pipeline
from etl.settings import Settings

PERIOD = "2018-Q4"
OF_A_SUBMISSION = ("prepare", "load", "answer")
OF_THE_QUARTER = ("cross_check", "measure", "publish", "report", "document")


def task_ids(received: Iterable[str]) -> Iterator[str]:
    """``<step>`` or ``<step> <submission>`` for all that follows «receive».

    Pages and figures are made before the last submission too, as the DAG «indicators» does whenever data change.
    """
    *first, last = received
    for submission in first:
        yield from (f"{step} {submission}" for step in OF_A_SUBMISSION)
    yield from ("cross_check early", "measure early", "document early")
    yield from (f"{step} {last}" for step in OF_A_SUBMISSION)
    yield from OF_THE_QUARTER


def do(settings: Settings, task: str) -> list[str]:
    """Run one task; the submissions that «receive» has found, else nothing."""
    step, _, submission = task.partition(" ")
    if step == "receive":
        return pipeline.receive(settings)
    if step in OF_A_SUBMISSION:
        getattr(pipeline, step)(settings, submission)
    elif step == "publish":
        pipeline.publish_edition(settings, PERIOD)
    elif step == "report":
        pipeline.report(settings, PERIOD, 1)
    elif step == "document":
        pipeline.document(settings)
    else:
        getattr(pipeline, step)(settings, PERIOD)
    return []
