"""What the model compares, in Vietnamese."""

from __future__ import annotations

from typing import Any

from etl.linking.model import COMPARISONS, LABELS, RELATIVES

LEVEL_LABELS = {
    (c.name, level.code): level.label for own in COMPARISONS.values() for c in own for level in c.levels
} | {(RELATIVES, "linked"): "người cùng danh sách đã khớp vào hộ này, hoặc vào hộ khác"}


def agreed_in_words(agreed: Any) -> str:
    """«Họ và tên: giống hệt (+11,2); …» of a link's comparisons; empty where nothing was weighed."""
    if not isinstance(agreed, dict):
        return ""
    told = [f"{LABELS[name]}: {LEVEL_LABELS[name, level]} ({bits_vi(bits)})" for name, (level, bits) in agreed.items()]
    return "; ".join(told)


def bits_vi(bits: float) -> str:
    """A weight with its sign and one decimal: «+11,2»."""
    return f"{bits:+.1f}".replace(".", ",")
