"""How likely a weighed pair is, given what else its two rows might be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.linking.shapes import Pair

_ROUNDS = 40
_MOST = 30.0
"""Bits beyond which a weight makes nothing surer: a double holds the sums of such odds exactly enough."""


def in_competition(pairs: pd.DataFrame, exclusive: bool) -> pd.DataFrame:
    """The pairs with ``probability``: against being nobody, and the other pairs of its rows.

    Where a row of the register has one place (``exclusive``), rivals count as far as they are free themselves: who is
    somebody else for sure stands in nobody's way. The shares are those of all one-to-one assignments weighed by their
    odds, found by passing messages along the pairs (belief propagation on matchings, which settles on any graph of two
    sides): each side of a pair tells the other how free it is without it.
    """
    odds = np.exp2(np.minimum(pairs["weight"].to_numpy(dtype="float64"), _MOST))
    left = np.unique(pairs["left"].to_numpy(dtype="int64"), return_inverse=True)[1]
    if not exclusive:
        shares = odds / (1 + _sums(odds, left))
        return pairs.assign(probability=shares.round(6))
    right = np.unique(pairs["right"].to_numpy(dtype="int64"), return_inverse=True)[1]
    of_left, of_right = np.ones(len(odds)), np.ones(len(odds))
    for _ in range(_ROUNDS):
        of_left = _free(odds * of_right, left)
        before, of_right = of_right, _free(odds * of_left, right)
        if len(odds) and np.abs(of_right - before).max() < 1e-9:
            break
    strength = odds * of_left * of_right
    return pairs.assign(probability=(strength / (1 + strength)).round(6))


def _free(claims: np.ndarray, row: np.ndarray) -> np.ndarray:
    """How free each pair's row is of the claims of its other pairs."""
    others = np.maximum(_sums(claims, row) - claims, 0.0)
    return np.asarray(1 / (1 + others))


def _sums(values: np.ndarray, row: np.ndarray) -> np.ndarray:
    return np.bincount(row, weights=values)[row] if len(values) else values


def best_of_household(pairs: pd.DataFrame, right: pd.DataFrame, of: Pair) -> pd.DataFrame:
    """Pairs of a loan and a person as pairs of the loan and the person's household, by whoever fits best.

    right: indexed by ``unique_id``; without ``house``, its rows are households already.
    """
    if of.people or "house" not in right or not len(pairs):
        return pairs
    to = pairs.assign(right=right["house"].reindex(pairs["right"]).to_numpy(dtype="int64"))
    best = to.sort_values(["left", "right", "weight"], ascending=[True, True, False], kind="stable")
    return best.drop_duplicates(["left", "right"]).reset_index(drop=True)
