"""What the commands of the command line share: kinds of values, options, what stands around a command."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from rich.console import Console

from etl.model.obstacle import Failure
from etl.model.period import Period
from etl.settings import Settings


@dataclass(frozen=True)
class Around:
    """What a command in a module of its own works with: the settings when they are needed, where to print, a progress
    bar of so many pieces of work (0: nobody knows how many) under a label."""

    settings: Callable[[], Settings]
    out: Console
    progress: Callable[[int, str], AbstractContextManager[Callable[[str], None]]]


LEVELS = ("commune", "district", "province", "group")


EXIT_FAILED = 70


def end_with(failures: Sequence[Failure], done: int) -> None:
    """Say what failed, and end with the code of a failure, where anything did. done: how many did not fail."""
    if failures:
        click.secho(f"giamngheo: {len(failures)} of {len(failures) + done} failed:", fg="red", err=True)
        for one in failures:
            click.secho(f"  {one}", fg="red", err=True)
        sys.exit(EXIT_FAILED)


def exit_code(verdicts: Iterable[str | None]) -> int:
    """What a command that examines files ends with: 0 accepted, 1 with rejected rows, 2 rejected; the worst counts."""
    return max(({"accepted": 0, "partly": 1}.get(verdict or "", 2) for verdict in verdicts), default=0)


class PeriodType(click.ParamType[Period]):
    """A quarter on the command line: 2018-Q4."""

    name = "PERIOD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


class MomentType(click.ParamType[datetime]):
    """A moment on the command line: 2019-01-31 or 2019-01-31T17:00; without an offset it is Viet Nam's time."""

    name = "MOMENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        from etl.examine import LOCAL_TIME

        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a moment such as 2019-01-31 or 2019-01-31T17:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL_TIME)


PERIOD, MOMENT = PeriodType(), MomentType()
period_option = click.option("--period", type=PERIOD, required=True, help="the quarter, such as 2018-Q4")
units_on_option = click.option(
    "--units-on", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="on the units of a later day: 2025-07-01"
)
json_option = click.option("--json", "as_json", is_flag=True, help="machine-readable output")
