"""The part of the day: every row and every column in it, and over the days every pair; what is left out is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import selection
from tests.selection import marked, pairs_of_the_day

POINTS, KINDS = [f"point {n}" for n in range(83)], ["exception", "worker", "server", "disk", "connection"]


def test_each_point_comes_once_and_each_kind_equally_often() -> None:
    pairs = pairs_of_the_day("kills", POINTS, KINDS)
    assert sorted(point for point, _ in pairs) == sorted(POINTS)
    assert set(Counter(kind for _, kind in pairs).values()) == {16, 17}
    assert pairs == pairs_of_the_day("kills", POINTS, KINDS)


def test_over_the_days_every_pair_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = set()
    for day in range(60):
        monkeypatch.setattr(selection, "SEED", day)
        seen |= set(pairs_of_the_day("kills", POINTS, KINDS))
    assert len(seen) == len(POINTS) * len(KINDS)


def test_what_is_not_chosen_is_marked() -> None:
    cases = marked(["a", ("b", 1), "c"], {"a", ("b", 1)})
    assert [(case.values, [mark.name for mark in case.marks]) for case in cases] == [
        (("a",), []), (("b", 1), []), (("c",), ["whole"]),
    ]  # fmt: skip
