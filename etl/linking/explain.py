"""Why two rows are, or are not, taken for one person or household: the weights, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.linking import prepare, scoring
from etl.linking.model import COMPARISONS, LABELS, RELATIVES
from etl.linking.shapes import Pair, Trained
from etl.linking.sides import register_of, sides_of
from etl.linking.words import LEVEL_LABELS


@dataclass(frozen=True)
class Step:
    """One weight: what was compared, what was found, both values, how many bits it adds."""

    label: str
    found: str
    row: str
    register: str
    bits: float


@dataclass(frozen=True)
class Explanation:
    """Two rows, how they stand (``method`` of their link, refused, or none), and the weights from the prior on.

    total: bits of all steps; probability: that of the kept link among its rivals, else of the two rows alone.
    """

    pair: Pair
    method: str | None
    steps: list[Step]
    total: float
    probability: float
    kept: bool

    def as_record(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "pair": self.pair.name, "method": self.method, "weight": self.total, "probability": self.probability,
            "steps": [vars(step) for step in self.steps],
        }  # fmt: skip


_COLUMNS = {
    "birth": "birth_day", "household": "code", "numbers": "id_number", "insurance": "insurance_number",
    "programme": "poor", "class": "poor", "need": "wants",
}  # fmt: skip
"""The column that a comparison reads, where it has another name."""


def explain(
    pair: Pair, frames: Mapping[str, pd.DataFrame], left_at: int, right_at: int, trained: Trained,
    kept: Mapping[str, Any] | None,
) -> Explanation:  # fmt: skip
    """Explain the row at ``left_at`` of a pair's dataset and the one at ``right_at`` of its register.

    kept: the link or refusal that stands (method, weight, probability, agreed), if any: its own weights are told.
    Other pairs are weighed now, by the period's model, whatever the blocks; relatives and rivals are not heard then.
    """
    sides = sides_of(pair, frames, register_of(frames), None)
    left = sides.left[sides.left["unique_id"] == sides.unit.iloc[left_at]]
    right = sides.right[sides.right_at == right_at]
    agreed = kept["agreed"] if kept else None
    if agreed is None:
        found = scoring.weigh(pair.name, prepare.with_names(left), prepare.with_names(right), trained, everything=True)
        best = found.sort_values("weight", ascending=False, kind="stable").iloc[0]
        agreed = {c.name: [best[f"level_{c.name}"], best[f"weight_{c.name}"]] for c in COMPARISONS[pair.name]}
        agreed = {name: told for name, told in agreed.items() if isinstance(told[0], str) and told[0]}
        right = right[right["unique_id"] == best["right"]]
    opening = float(scoring.openings(left, trained).iloc[0])
    steps = [Step("Trước khi so sánh", "hai dòng bất kỳ", "", "", round(opening, 4))]
    order = [*(c.name for c in COMPARISONS[pair.name]), RELATIVES]
    for name in (n for n in order if n in agreed):
        level, bits = agreed[name]
        one, other = (_value(side.iloc[0], name) if name != RELATIVES else "" for side in (left, right))
        steps.append(Step(LABELS[name], LEVEL_LABELS[name, level], one, other, round(float(bits), 4)))
    total = round(sum(step.bits for step in steps), 4)
    alone = 1 / (1 + 2**-total)
    told = kept["probability"] if kept and kept["probability"] is not None else alone
    return Explanation(pair, kept["method"] if kept else None, steps, total, round(float(told), 6), kept is not None)


def _value(row: pd.Series[Any], comparison: str) -> str:
    if comparison == "place":
        return ", ".join(str(row[c]) for c in ("commune", "village") if not pd.isna(row[c]))
    value = row[_COLUMNS.get(comparison, comparison)]
    if comparison == "birth" and pd.isna(value):
        value = row["birth_year"]
    return "" if pd.isna(value) else str(value)
