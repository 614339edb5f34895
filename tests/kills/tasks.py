"""The tasks of a few files and their quarter, one after another as Airflow would start them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from etl import approval, pipeline
from etl.custody import begun
from etl.custody import forget as forgetting
from etl.settings import Settings
from etl.warehouse import connect, ledger
from tests.kills import scenario

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
    steps = ("link", "cross_check", "gate", "approve", "measure", "publish_edition", "report", "document")
    yield from (f"{step} {PERIOD}" for step in steps)
    yield f"leave {last}"
    yield f"forget {scenario.FORGOTTEN}"


def after_holding(submission: str, nth: int) -> list[str]:
    """What goes before the load of a held submission: the first is approved, the next refused, others wait on."""
    return [f"announce {submission}", *(f"{choice} {submission}" for choice in ("approve", "refuse")[nth : nth + 1])]


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
        case "answer":
            pipeline.answer(settings, subject)
            with connect(settings) as engine, engine.begin() as conn:
                again = ledger.follow_up(conn, subject)
            for step in (pipeline.prepare, pipeline.load, pipeline.answer) if again else ():
                step(settings, again.id)
        case "leave":
            # Rows of a finished submission, as a worker leaves them that died and was not run again.
            (settings.archive / "prepared" / f"{subject}.parquet").touch()
        case "forget":
            # The same made-up names in every run.
            begun.secrets = SimpleNamespace(token_bytes=bytes)  # type: ignore[assignment]
            plan = forgetting.plan(settings, subject)
            if not plan.nothing or forgetting.is_under_way(settings):
                forgetting.carry_out(settings, plan, by="Lan", reason="đơn đề nghị")
        case "document":
            pipeline.document(settings)
        case "report":
            pipeline.report(settings, subject, 1)
        case _:
            getattr(pipeline, step)(settings, subject)
    return []
