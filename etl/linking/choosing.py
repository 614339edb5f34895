"""From weighed pairs to links: the household's evidence, what a pair competes with, one place for one person."""

from __future__ import annotations

import pandas as pd

from etl.linking import evidence
from etl.linking.assign import assign
from etl.linking.competing import best_of_household, in_competition
from etl.linking.model import RELATIVES
from etl.linking.shapes import SURE
from etl.linking.sides import Sides


def choose(
    sides: Sides, weighed: pd.DataFrame, sure: pd.DataFrame, refused: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """The weighed pairs with ``method`` and ``probability``, and which of them are linked.

    sure: links that need no model; refused: pairs that an officer has refused (left, right).
    """
    exclusive = sides.pair.exclusive
    pairs = without(best_of_household(weighed, sides.right, sides.pair), refused, refused.iloc[:0], exclusive)
    scored = in_competition(pairs, exclusive)
    if sides.pair.people and len(pairs):
        likely = scored[_chosen(scored, exclusive) & (scored["probability"] >= evidence.SURE_RELATIVE)]
        own = pd.concat([sure[["left", "right"]], likely[["left", "right"]]], ignore_index=True)
        family, house = evidence.families(sides.left), sides.right["house"]
        bits = evidence.weights(pairs, family, house, evidence.linked_relatives(family, own, house), own)
        pairs = pairs.assign(**{"weight": pairs["weight"] + bits, f"weight_{RELATIVES}": bits})
        scored = in_competition(pairs, exclusive)
    return scored.assign(method="probable"), _chosen(scored, exclusive)


def without(
    pairs: pd.DataFrame, refused: pd.DataFrame, confirmed: pd.DataFrame, exclusive: bool
) -> pd.DataFrame:  # fmt: skip
    """The pairs without those that an officer has refused, and without what is taken by those confirmed."""
    if len(refused):
        no = pd.MultiIndex.from_frame(refused[["left", "right"]])
        pairs = pairs[~pd.MultiIndex.from_frame(pairs[["left", "right"]]).isin(no)]
    pairs = pairs[~pairs["left"].isin(confirmed["left"])]
    if exclusive:
        pairs = pairs[~pairs["right"].isin(confirmed["right"])]
    return pairs.reset_index(drop=True)


def _chosen(scored: pd.DataFrame, exclusive: bool) -> pd.Series[bool]:
    """The pairs that are linked: the assignment that expects most true links, and of it what is likelier than not."""
    likely = scored["probability"] > SURE
    if not exclusive:
        return likely
    part = scored[scored["probability"] > 0]
    kept = assign(part["left"], part["right"], part["probability"])
    return likely & kept.reindex(scored.index, fill_value=False)
