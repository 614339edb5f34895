"""`make up`: Airflow's UI with everything live, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

from rich.console import Console

from etl import pipeline
from etl.intake.inbox import find_drops
from etl.intake.watch import has_news
from etl.settings import SECTORS, settings
from etl.warehouse import WarehouseError
from local.run import DAGS
from local.stack import USER, Stack, StackError, running

OUT = Console(highlight=False)
PORT = 8080
_LOOK_EVERY = 5


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 0, or 1 with what is wrong."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, interrupt)
    own = settings()
    for folder in (own.inbox, own.outbox):
        for sector in SECTORS:
            (folder / sector).mkdir(parents=True, exist_ok=True)
    try:
        with running(own, port=PORT, triggerer=True) as stack:
            stack.wait_ready(DAGS)
            OUT.print(f"Airflow: {stack.url} — user {USER}, password in {own.airflow}/passwords.json", soft_wrap=True)
            OUT.print(f"Drop files into {own.inbox}/<sector>/; answers appear in {own.outbox}/.", soft_wrap=True)
            OUT.print("Ctrl-C stops everything.")
            _watch(stack)
    except KeyboardInterrupt:
        OUT.print("Stopped; no process is left.")
    except (StackError, WarehouseError) as fault:
        OUT.print(f"✘ {fault}", style="red", markup=False, soft_wrap=True)
        return 1
    return 0


def _watch(stack: Stack) -> None:
    """Start «collect» within seconds of a drop or of content for a file taken, unless a run of it is under way."""
    while True:
        stack.check_alive()
        inbox = stack.settings.inbox
        if find_drops(inbox, SECTORS) or has_news(inbox, SECTORS) or pipeline.has_follow_ups(stack.settings):
            under_way = [r for r in stack.runs("collect") if r["state"] in ("queued", "running")]
            if not under_way:
                stack.trigger("collect")
        time.sleep(_LOOK_EVERY)


if __name__ == "__main__":
    sys.exit(main())
