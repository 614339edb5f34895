"""The cells of the day: every fault point struck in one way and in one place, every kind equally often.

Points of the same task are struck one after another, each in the attempt that takes up what the strike before has left:
that takes half of the time of striking each alone, which the whole matrix does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from etl.faults import KINDS
from tests.kills.matrix import places, strike_and_record
from tests.kills.points import points
from tests.kills.running import Stage, Strike, Undisturbed
from tests.selection import chance, pairs_of_the_day

CELLS = dict(pairs_of_the_day("kills", points(), tuple(KINDS)))
GROUPS = sorted({point.split(".")[0] for point in CELLS})


def tasks_of_the_day(run: Undisturbed, group: str) -> Iterator[tuple[int, list[Strike]]]:
    """The strikes at the points of a group by task, in the order in which the task passes them.

    A point is struck in the first task, of all in the day's order, in which the matrix strikes it.
    """
    left = {point: places(run, point, kind) for point, kind in CELLS.items() if point.split(".")[0] == group}
    drawn = chance(f"kills {group}")
    tasks = sorted({at for found in left.values() for at, _ in found})
    for at in drawn.sample(tasks, len(tasks)):
        times = {
            point: drawn.choice(here) for point, found in left.items() if (here := [n for a, n in found if a == at])
        }
        left = {point: found for point, found in left.items() if point not in times}
        if times:
            yield (
                at,
                [
                    Strike(point, times[point], CELLS[point])
                    for point in sorted(times, key=lambda p: _when(run, at, p, times[p]))
                ],
            )
    assert not left, f"no task passes {', '.join(left)}"


def _when(run: Undisturbed, at: int, point: str, time: int) -> int:
    """The place of the n-th pass of a point among all points that a task passes."""
    return [number for number, passed in enumerate(run.points[at]) if passed == point][time - 1]


@pytest.mark.kills
@pytest.mark.parametrize("group", GROUPS)
def test_running_again_gives_the_undisturbed_state(
    stage: Stage, run: Undisturbed, group: str, record_property: Callable[[str, object], None]
) -> None:
    wrong = []
    for at, strikes in tasks_of_the_day(run, group):
        while strikes:
            outcome = strike_and_record(stage, run, at, strikes, record_property)
            wrong += outcome.wrong
            # What no attempt passed any more is struck from the beginning; the first is struck, or wrong.
            strikes = [one for one in strikes[1:] if one not in outcome.done]
    assert not wrong, "\n".join(wrong)
