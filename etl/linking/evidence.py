"""The household's evidence: who is linked already speaks for the others of the same family.

A sector's list has families of its own: rows of one commune that share its household code, whatever that code is called
in the register. Where others of the family are linked into a household, its members come into question more; where they
are linked into another one, less. The second pass adds this to the weight, within bounds, once.
"""

from __future__ import annotations

import pandas as pd

FOR_ONE, FOR_MORE, AGAINST = 5.0, 8.0, -3.0
"""Bits for one relative who is linked into the household, for two or more, and where all are linked elsewhere.

Bounds, not estimates: of 30 families one may be mixed up (log2(29) ≈ 5), two relatives agree by chance in fewer than
one of 250 (8), somebody has moved out of one family in eight (−3).
"""

SURE_RELATIVE = 0.9
"""Only relatives who are linked as surely as this are heard, so that no household lifts itself by its bootstraps."""


def families(left: pd.DataFrame) -> pd.Series[str]:
    """Each left row's family: commune and the list's own household code; none where there is no code."""
    return left["household"]


def linked_relatives(
    family: pd.Series[str], links: pd.DataFrame, house_of_right: pd.Series[str]
) -> pd.DataFrame:  # fmt: skip
    """family, house, relatives: how many rows of each family are linked into each household.

    links: left, right (positions) of sure links; house_of_right: the household of each right row.
    """
    known = pd.DataFrame({
        "family": family.to_numpy()[links["left"].to_numpy(dtype="int64")],
        "house": house_of_right.to_numpy()[links["right"].to_numpy(dtype="int64")],
    }).dropna()  # fmt: skip
    return known.groupby(["family", "house"], as_index=False).size().rename(columns={"size": "relatives"})


def weights(
    pairs: pd.DataFrame, family: pd.Series[str], house_of_right: pd.Series[str], known: pd.DataFrame, own: pd.DataFrame
) -> pd.Series[float]:
    """The bits that each pair's relatives add. known: ``linked_relatives``; own: left, right of the sure links, since
    nobody is a relative of himself."""
    asked = pd.DataFrame({
        "family": family.to_numpy()[pairs["left"].to_numpy(dtype="int64")],
        "house": house_of_right.to_numpy()[pairs["right"].to_numpy(dtype="int64")],
    })  # fmt: skip
    here = asked.merge(known, on=["family", "house"], how="left")["relatives"].fillna(0).to_numpy()
    total = asked["family"].map(known.groupby("family")["relatives"].sum()).fillna(0).to_numpy()
    is_own = pd.MultiIndex.from_frame(pairs[["left", "right"]]).isin(pd.MultiIndex.from_frame(own[["left", "right"]]))
    linked = pairs["left"].isin(own["left"]).to_numpy()
    here, total = here - is_own, total - linked
    bits = pd.Series(0.0, index=pairs.index)
    bits[here == 1] = FOR_ONE
    bits[here >= 2] = FOR_MORE
    bits[(here == 0) & (total >= 1)] = AGAINST
    return bits
