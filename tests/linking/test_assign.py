"""The assignment, and what pairs of one row do to one another's probability, against trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.linking import assign as assigning
from etl.linking.assign import assign
from etl.linking.competing import in_competition

EDGES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 40)), min_size=1, max_size=9,
    unique_by=lambda edge: edge[:2],
)  # fmt: skip


def matchings(edges):
    """Every choice of edges in which no row stands twice."""
    for chosen in product([False, True], repeat=len(edges)):
        kept = [edge for edge, on in zip(edges, chosen, strict=True) if on]
        if len({e[0] for e in kept}) == len(kept) == len({e[1] for e in kept}):
            yield chosen, kept


def frame(edges):
    return pd.DataFrame(edges, columns=["left", "right", "weight"]).astype({"weight": "float64"})


@pytest.mark.parametrize("dense", [2_000, 0])
@given(edges=EDGES)
def test_no_other_assignment_weighs_more(dense: int, edges) -> None:
    whole = frame(edges)
    before, assigning._DENSE = assigning._DENSE, dense
    try:
        kept = assign(whole["left"], whole["right"], whole["weight"])
    finally:
        assigning._DENSE = before
    own = whole[kept]
    assert own["left"].is_unique
    assert own["right"].is_unique
    assert own["weight"].sum() == max(sum(e[2] for e in kept) for _, kept in matchings(edges))


def test_a_greedy_choice_would_lose() -> None:
    edges = [(0, 0, 10), (0, 1, 9), (1, 0, 9)]
    whole = frame(edges)
    assert assign(whole["left"], whole["right"], whole["weight"]).tolist() == [False, True, True]


@given(
    rows=st.integers(1, 4).flatmap(lambda n: st.lists(st.floats(-8, 8), min_size=n, max_size=n)),
    shape=st.sampled_from(["star", "chain"]),
)
def test_probabilities_are_those_of_all_assignments(rows: list[float], shape: str) -> None:
    """On a tree the messages give the exact shares: of every matching, weighed by its odds, those with the pair."""
    edges = [(0, at, w) if shape == "star" else ((at + 1) // 2, at // 2, w) for at, w in enumerate(rows)]
    total, with_pair = 0.0, np.zeros(len(edges))
    for chosen, kept in matchings(edges):
        odds = float(np.prod([2.0 ** e[2] for e in kept]))
        total += odds
        with_pair += odds * np.array(chosen)
    told = in_competition(frame(edges), exclusive=True)["probability"]
    np.testing.assert_allclose(told, with_pair / total, atol=2e-6)


def test_who_is_somebody_else_for_sure_stands_in_nobodys_way() -> None:
    told = in_competition(frame([(0, 0, 6.0), (0, 1, 6.0), (1, 0, 25.0)]), exclusive=True)["probability"]
    assert told[1] > 0.95
    assert told[0] < 0.05
    assert told[2] > 0.99
