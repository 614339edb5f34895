"""Who is whom when each may be somebody once: the assignment of the greatest total weight, component by component."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

_DENSE = 2_000
"""Rows or columns up to which a component is solved as a dense matrix."""


def assign(left: pd.Series[int], right: pd.Series[int], weight: pd.Series[float]) -> pd.Series[bool]:
    """Which of the pairs make the one-to-one assignment of the greatest total weight; pairs of weight ≤ 0 never do.

    left, right: ids of the rows of each side; a pair stands once. Rows of equal claim are settled by the order of their
    ids, so the order of the pairs decides nothing.
    """
    kept = np.zeros(len(weight), dtype=bool)
    worth = np.flatnonzero(weight.to_numpy(dtype="float64") > 0)
    if not len(worth):
        return pd.Series(kept, index=weight.index, dtype="bool")
    _, lefts = np.unique(left.to_numpy(dtype="int64")[worth], return_inverse=True)
    _, rights = np.unique(right.to_numpy(dtype="int64")[worth], return_inverse=True)
    gains = weight.to_numpy(dtype="float64")[worth]
    count = int(lefts.max()) + 1
    size = count + int(rights.max()) + 1
    graph = coo_matrix((np.ones(len(worth)), (lefts, rights + count)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    of_pair = component[lefts]
    order = np.lexsort((rights, lefts, of_pair))
    edges = np.bincount(of_pair)
    alone = edges[of_pair] == 1
    kept[worth[alone]] = True
    crowded = order[~alone[order]]
    for part in np.split(crowded, np.flatnonzero(np.diff(of_pair[crowded])) + 1):
        if len(part):
            kept[worth[part[_best(lefts[part], rights[part], gains[part])]]] = True
    return pd.Series(kept, index=weight.index, dtype="bool")


def _best(lefts: np.ndarray, rights: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Positions of the pairs of one component that are chosen."""
    _, rows = np.unique(lefts, return_inverse=True)
    _, columns = np.unique(rights, return_inverse=True)
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    if max(height, width) > _DENSE:
        return _best_sparse(rows, columns, gains, height, width)
    # A pair that is none gains nothing, which stands for being left alone.
    matrix = np.zeros((height, width))
    matrix[rows, columns] = gains
    chosen = np.zeros((height, width), dtype=bool)
    chosen[linear_sum_assignment(matrix, maximize=True)] = True
    return np.flatnonzero(chosen[rows, columns])


def _best_sparse(
    rows: np.ndarray, columns: np.ndarray, gains: np.ndarray, height: int, width: int
) -> np.ndarray:  # fmt: skip
    """The same where a matrix would not fit: each row has a column of its own for being left alone."""
    # Weights of 0 are no edges in a sparse matrix, so that all are moved by the same amount.
    base = float(gains.max()) + 1
    own = np.arange(height)
    costs = csr_matrix(
        (
            np.concatenate([base - gains, np.full(height, base)]),
            (np.concatenate([rows, own]), np.concatenate([columns, own + width])),
        ),
        shape=(height, width + height),
    )
    at, to = min_weight_full_bipartite_matching(costs)
    pairs = dict(zip(at.tolist(), to.tolist(), strict=True))
    return np.flatnonzero([pairs[r] == c for r, c in zip(rows.tolist(), columns.tolist(), strict=True)])
