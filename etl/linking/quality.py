"""How good the links are, told without labels: by method, and by what the probabilities promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from etl.linking.shapes import METHODS, PAIRS, Outcome


def quality_of(
    standing: pd.DataFrame, frames: Mapping[str, pd.DataFrame], outcome: Outcome
) -> dict[str, dict[str, Any]]:
    """Pair → rows of both sides, links by method, rows of the sector without one, expected precision and recall.

    standing: pair, method, probability of all links. Exact and confirmed links count as right. Expected recall leaves
    out true pairs that no block has brought together; nothing is known of those.
    """
    told = {}
    for name, pair in PAIRS.items():
        own = standing[standing["pair"] == name]
        sure = own["probability"].fillna(1.0)
        missed = sum(part.missed for (of, _), part in outcome.parts.items() if of == name)
        links, right = len(own), float(sure.sum())
        counts = own["method"].value_counts()
        told[name] = {
            "rows": len(frames[pair.dataset]), "register_rows": len(frames[pair.register]), "links": links,
            "by_method": {m: int(counts[m]) for m in METHODS if counts.get(m, 0)},
            "unlinked": len(frames[pair.dataset]) - links,
            "expected_precision": round(right / links, 4) if links else None,
            "expected_recall": round(right / (right + missed), 4) if right + missed else None,
        }  # fmt: skip
    return told
