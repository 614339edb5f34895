"""The cells of the matrix: which points are struck how, and where in the undisturbed run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pytest

from etl.faults import KINDS
from tests.kills.points import of
from tests.kills.running import Stage, Strike, Struck, Undisturbed, strike


def over(*groups: str) -> Callable[..., None]:
    """The test of every point of some groups, struck in every way.

    A file for each few groups, because files are what pytest-xdist shares out among its workers.
    """

    @pytest.mark.kills
    @pytest.mark.whole
    @pytest.mark.parametrize(("point", "kind"), [(p, k) for p in of(*groups) for k in KINDS])
    def running_again_gives_the_undisturbed_state(
        stage: Stage, run: Undisturbed, point: str, kind: str, record_property: Callable[[str, object], None]
    ) -> None:
        struck(stage, run, point, kind, places(run, point, kind), record_property)

    return running_again_gives_the_undisturbed_state


def places(run: Undisturbed, point: str, kind: str) -> list[tuple[int, int]]:
    """(task, how manieth time in it) where a point is struck: the last of each step that passes it.

    There the warehouse holds most. A worker is killed at the first too, where it holds nothing.
    """
    found = []
    for times in run.passes(point).values():
        found += sorted({times[0], times[-1]}) if kind == "worker" else [times[-1]]
    return found


def struck(
    stage: Stage,
    run: Undisturbed,
    point: str,
    kind: str,
    where: Iterable[tuple[int, int]],
    record: Callable[[str, object], None],
) -> None:
    """Strike at a point in some places, and compare the state that is reached with the undisturbed one."""
    wrong = []
    for at, time in where:
        wrong += strike_and_record(stage, run, at, [Strike(point, time, kind)], record).wrong
    assert not wrong, "\n".join(wrong)


def strike_and_record(
    stage: Stage, run: Undisturbed, at: int, strikes: Sequence[Strike], record: Callable[[str, object], None]
) -> Struck:
    """Strike at points of a task; tell the report of the run which."""
    outcome = strike(stage, run, at, strikes)
    for hit in outcome.done:
        record("kill_cells", f"{hit.point} {hit.kind} {run.order[at]} {outcome.looks}")
    chain = ", then ".join(map(str, outcome.done))
    return replace(outcome, wrong=[f"{chain} in {run.order[at]}: {line}" for line in outcome.wrong])
