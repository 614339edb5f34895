"""The cells of the day: every fault point struck in one way and in one place, every kind equally often."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from etl.faults import KINDS
from tests.kills.matrix import places, struck
from tests.kills.points import points
from tests.kills.running import Stage, Undisturbed
from tests.selection import chance, pairs_of_the_day

CELLS = pairs_of_the_day("kills", points(), tuple(KINDS))


@pytest.mark.kills
@pytest.mark.parametrize(("point", "kind"), CELLS)
def test_running_again_gives_the_undisturbed_state(
    stage: Stage, run: Undisturbed, point: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    place = chance(f"kills {point}").choice(places(run, point, kind))
    struck(stage, run, point, kind, [place], record_property)
