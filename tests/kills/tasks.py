"""The tasks of a few files and their quarter, one after another as Airflow would start them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from etl import approval, pipeline
from etl.settings import Settings

PERIOD = "2018-Q4"
_DECIDED = ("Trần Thị B", "đã đối chiếu với ngân hàng")


def after_receiving(received: Iterable[str]) -> Iterator[str]:
    """``<step> <submission>``, or ``<step> <period>``, for all that follows «receive».

    Figures and pages are made before the last submission too, as the DAG «indicators» does whenever data change.
    """
    *first, last = received
    yield from (f"{step} {one}" for one in first for step in ("prepare", "load", "answer"))
    yield from (f"{step} {PERIOD}" for step in ("cross_check", "measure", "document"))
    yield from (f"{step} {last}" for step in ("prepare", "load", "answer"))
    steps = ("cross_check", "gate", "approve", "measure", "publish_edition", "report", "document")
    yield from (f"{step} {PERIOD}" for step in steps)


def after_holding(submission: str, nth: int) -> list[str]:
    """What goes before the load of a held submission; the first is approved, the others are refused."""
    return [f"announce {submission}", f"{'refuse' if nth else 'approve'} {submission}"]


def do(settings: Settings, task: str) -> list[str]:
    """Run one task; the submissions that «receive» has found, else nothing."""
    step, _, subject = task.partition(" ")
    match step:
        case "receive":
            return pipeline.receive(settings)
        case "gate":
            approval.gate(settings, subject)
        case "announce":
            approval.announce(settings, subject)
        case "approve" | "refuse":
            approval.decide(settings, subject, step, *_DECIDED)  # type: ignore[arg-type]
        case "document":
            pipeline.document(settings)
        case "report":
            pipeline.report(settings, subject, 1)
        case _:
            getattr(pipeline, step)(settings, subject)
    return []
