"""From weighed pairs to links: the household's evidence, what a pair competes with, one place for one person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.linking import evidence
from etl.linking.assign import assign
from etl.linking.model import RELATIVES
from etl.linking.shapes import SURE
from etl.linking.sides import Sides


def choose(sides: Sides, weighed: pd.DataFrame, sure: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """The weighed pairs with ``method`` and ``probability``, and which of them are linked.

    sure: links of this pair that need no model (left, right).
    """
    exclusive = sides.pair.exclusive
    pairs = weighed if exclusive else _best_of_household(weighed, sides.right)
    scored = _in_competition(pairs, exclusive)
    if exclusive and len(pairs):
        likely = scored[_chosen(scored, exclusive) & (scored["probability"] >= evidence.SURE_RELATIVE)]
        own = pd.concat([sure[["left", "right"]], likely[["left", "right"]]], ignore_index=True)
        family, house = evidence.families(sides.left), sides.right["house"]
        bits = evidence.weights(pairs, family, house, evidence.linked_relatives(family, own, house), own)
        pairs = pairs.assign(**{"weight": pairs["weight"] + bits, f"weight_{RELATIVES}": bits})
        scored = _in_competition(pairs, exclusive)
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


def _in_competition(pairs: pd.DataFrame, exclusive: bool) -> pd.DataFrame:
    """The pairs with ``probability``: of all that a row might be, and of being none of them.

    Odds of a pair stand against 1 (nobody) and against the odds of the pairs that it would rule out.
    """
    odds = pd.Series(np.exp2(pairs["weight"].to_numpy(dtype="float64").clip(max=60)), index=pairs.index)
    rivals = odds.groupby(pairs["left"]).transform("sum")
    if exclusive:
        rivals = rivals + odds.groupby(pairs["right"]).transform("sum") - odds
    return pairs.assign(probability=(odds / (1 + rivals)).round(6))


def _chosen(scored: pd.DataFrame, exclusive: bool) -> pd.Series[bool]:
    """The pairs that are linked: likelier than not, and one to one where the world is."""
    likely = scored["probability"] > SURE
    if exclusive:
        part = scored[likely]
        kept = assign(part["left"], part["right"], part["probability"])
        likely = likely & kept.reindex(scored.index, fill_value=False)
    return likely


def _best_of_household(pairs: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Pairs of a loan and a person as pairs of the loan and the person's household, by whoever fits best."""
    if "house" not in right or not len(pairs):
        return pairs
    to = pairs.assign(right=right["house"].to_numpy()[pairs["right"].to_numpy(dtype="int64")])
    best = to.sort_values(["left", "right", "weight"], ascending=[True, True, False], kind="stable")
    return best.drop_duplicates(["left", "right"]).reset_index(drop=True)
