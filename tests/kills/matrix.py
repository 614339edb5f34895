"""The cells of the matrix: which points are struck how, and where in the undisturbed run."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from etl.faults import KINDS
from tests.kills.points import of
from tests.kills.running import Stage, Undisturbed, strike


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
        outcome = strike(stage, run, at, f"{point}#{time}", kind)
        record("kill_cells", f"{point} {kind} {run.order[at]} {outcome.looks}")
        wrong += [f"{kind} at {point}#{time} in {run.order[at]}: {line}" for line in outcome.wrong]
    assert not wrong, "\n".join(wrong)
