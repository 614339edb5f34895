"""How good the links are, told without labels: by method, and by what the probabilities promise."""

from __future__ import annotations

from collections import Counter
from typing import Any

from etl.linking.shapes import METHODS, PAIRS, Part


def quality_of(parts: dict[tuple[str, str], Part]) -> dict[str, dict[str, Any]]:
    """Pair → rows of both sides, links by method, rows of the sector without one, expected precision and recall.

    Exact and confirmed links count as right. Expected recall leaves out true pairs that no block has brought together;
    nothing is known of those.
    """
    told = {}
    for name in PAIRS:
        own = [part for (of, _), part in parts.items() if of == name]
        counts: Counter[str] = Counter()
        for part in own:
            counts.update(dict(part.links))
        rows, links = sum(part.rows for part in own), counts.total()
        right, missed = sum(part.right for part in own), sum(part.missed for part in own)
        told[name] = {
            "rows": rows, "register_rows": sum(part.register_rows for part in own), "links": links,
            "by_method": {m: counts[m] for m in METHODS if counts[m]},
            "unlinked": rows - links,
            "expected_precision": round(right / links, 4) if links else None,
            "expected_recall": round(right / (right + missed), 4) if right + missed else None,
        }  # fmt: skip
    return told
