"""The fault points: every one is passed, and no two effects follow one another without one in between."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.kills.points import points
from tests.kills.running import Undisturbed

pytestmark = pytest.mark.kills


def test_every_point_is_named_once_and_passed(run: Undisturbed) -> None:
    known = points()
    assert len(known) == len(set(known))
    passed = {what for _, kind, what in run.told if kind == "point"}
    assert passed == set(known)


def test_a_point_stands_between_every_two_effects(run: Undisturbed) -> None:
    # What a worker of the past has left is put there by the scenario, not by a step.
    told = [one for one in run.told if not one[0].startswith("leave ")]
    unguarded = [(before, after) for before, after in pairwise(told) if before[1] == after[1] == "effect"]
    assert unguarded == []
    assert sum(kind == "effect" for _, kind, _ in run.told) > 60
