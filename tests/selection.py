"""What `make test` runs each day, and what it leaves to `make test-all` (the marker ``whole``).

A large set of like cases is run whole by `make test-all`. `make test` takes a part of it that has every kind, and draws
the rest of that part by a seed. The seed changes daily, so that over the days every case is run; it is printed, and
``GIAMNGHEO_TEST_SEED`` sets it.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

SEED_VARIABLE = "GIAMNGHEO_TEST_SEED"
MARKER = "whole"

# All workers of a run inherit it, also those that start after midnight.
SEED = int(os.environ.setdefault(SEED_VARIABLE, time.strftime("%Y%m%d")))

CaseT = TypeVar("CaseT", bound=Hashable)


def chance(name: str) -> random.Random:
    """Return the day's random choice for one set of cases."""
    return random.Random(f"{SEED} {name}")


def pairs_of_the_day(name: str, rows: Sequence[str], columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return one (row, column) for each row, in which all columns come equally often."""
    drawn = chance(name)
    shuffled = drawn.sample(rows, len(rows))
    order = drawn.sample(columns, len(columns))
    return [(row, order[number % len(order)]) for number, row in enumerate(shuffled)]


def marked(cases: Iterable[CaseT], chosen: Collection[CaseT]) -> list[ParameterSet]:
    """Return all cases as parameters; those that are not chosen bear the marker ``whole``."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=() if case in chosen else pytest.mark.whole)
        for case in cases
    ]


def one_of_the_day(name: str, cases: Sequence[CaseT]) -> list[ParameterSet]:
    """Return all cases as parameters, of which one bears no marker ``whole``."""
    return marked(cases, (chance(name).choice(cases),))


def left_out(items: Iterable[pytest.Item]) -> Counter[str]:
    """Count the tests marked ``whole`` by their file."""
    return Counter(item.nodeid.split("::")[0] for item in items if item.get_closest_marker(MARKER))


class LeftOut:
    """The plugin that says what a run left out: each worker counts, the controller prints."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Count what the marker expression takes away."""
        self.counts |= left_out(items)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand the counts of a worker to its controller."""
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["left_out"] = dict(self.counts)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the counts of a worker. All workers collect the same, so the largest count is the count."""
        self.counts |= Counter(getattr(node, "workeroutput", {}).get("left_out", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the seed and what was left out."""
        terminalreporter.write_line(f"seed of the day: {SEED_VARIABLE}={SEED}")
        if self.counts:
            files = ", ".join(f"{path} {count}" for path, count in sorted(self.counts.items()))
            terminalreporter.write_line(
                f"left out, for `make test-all`: {self.counts.total()} tests marked «{MARKER}» ({files})"
            )
