"""Exact links: identifiers that both sides carry, the strongest first (INDICATORS.md, "Exact identifiers")."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from etl.linking.assign import assign
from etl.linking.prepare import among, digits
from etl.linking.shapes import EXACT

CANDIDATES = ["left", "right", "method"]
_KNOWN = ["id_number", "house", "learned", "own"]
"""A number, the household, how sure that is, and whether the register states it itself."""


def persons(left: pd.DataFrame, right: pd.DataFrame, joined: tuple[str, ...]) -> pd.DataFrame:
    """Pairs of persons with one identifier: left, right (positions), method, joined.

    joined: whether it is one of ``Pair.joined``; rows of such a pair have no other.
    """
    found = [
        _joined(left, right, ["insurance_number"]).assign(method="insurance_number"),
        _joined(left, right, ["id_number"]).assign(method="id_number"),
        _named(left, right).assign(method="household_name_birth"),
    ]
    pairs = pd.concat(found, ignore_index=True).drop_duplicates(["left", "right"], ignore_index=True)
    pairs = pairs.assign(joined=pairs["method"].isin(joined))
    told = pairs[pairs["joined"]]
    pairs = pairs[pairs["joined"] | ~(pairs["left"].isin(told["left"]) | pairs["right"].isin(told["right"]))]
    return pairs.reset_index(drop=True)


def one_to_one(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Of ``persons`` the pairs in which everybody stands once: ``CANDIDATES``.

    Where an identifier stands with several persons, who also shares name and year of birth comes first.
    """
    strength = pairs["method"].map({method: len(EXACT) - at for at, method in enumerate(EXACT)}).astype("float64")
    alike = sum(_same(pairs, left, right, name).astype("float64") for name in ("name_key", "birth_year", "commune"))
    kept = assign(pairs["left"], pairs["right"], strength * 10 + alike)
    return pairs[kept].reset_index(drop=True)[CANDIDATES]


def households(left: pd.DataFrame, right: pd.DataFrame, people: pd.DataFrame | None) -> pd.DataFrame:
    """Pairs of a loan or house and a household: left, right, method, learned, own (the register states it).

    By commune and code; else by the borrower's number, which is a member's (people: ``prepare.borrowers``); else by
    the number of a borrower whose other loan states the household's code, or that a member's card told, or by the code
    as another system writes it, where that names one household.
    """
    stated = _joined(left, right, ["commune", "code"])
    found = [stated.assign(method="household_code", learned=1.0, own=True)]
    if people is not None:
        told = stated.assign(id_number=left["id_number"].reindex(stated["left"]).to_numpy(), learned=1.0, own=False)
        by_loan = told.rename(columns={"right": "house"})[_KNOWN]
        found.append(_numbered(left, pd.concat([people[_KNOWN], by_loan])).assign(method="id_number"))
    found.append(_respelt(left, right).assign(method="household_code", learned=1.0, own=False))
    return pd.concat(found, ignore_index=True)


def first_of_each(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Of ``households`` the strongest pair of each left row: ``CANDIDATES`` and probability.

    A number that the register learned from a card is as sure as the card's own link: ``learned`` below 1 makes the pair
    a probable one.
    """
    # A number that stands in several households names the one with the borrower's name, if any.
    order = pairs.assign(alike=_same(pairs, left, right, "name_key"), code=pairs["method"] == "household_code")
    order = order.sort_values(
        ["left", "own", "code", "learned", "alike"], ascending=[True, False, False, False, False], kind="stable"
    )
    once = order.drop_duplicates("left").reset_index(drop=True)
    # Where code and number name the same household, the number is the stronger of the two.
    numbers = pairs.loc[pairs["own"] & (pairs["method"] == "id_number"), ["left", "right"]].drop_duplicates()
    stronger = pd.MultiIndex.from_frame(once[["left", "right"]]).isin(pd.MultiIndex.from_frame(numbers))
    sure = once["learned"] == 1
    method = once["method"].mask(stronger, "id_number").where(sure, "probable")
    return once.assign(method=method, probability=once["learned"].where(~sure))[[*CANDIDATES, "probability"]]


def _numbered(left: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Loans and households that have the borrower's number. known: ``_KNOWN``."""
    numbers = left["id_number"].dropna().rename_axis("left").reset_index()
    joined = numbers.merge(known.dropna(subset=["id_number"]), on="id_number")
    best = joined.sort_values(["own", "learned"], ascending=False, kind="stable").drop_duplicates(["left", "house"])
    return best.rename(columns={"house": "right"})[["left", "right", "learned", "own"]]


def _joined(left: pd.DataFrame, right: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """Pairs of positions that agree in columns; an empty one agrees with nothing."""
    sides = [side[on].dropna().rename_axis(name).reset_index() for side, name in ((left, "left"), (right, "right"))]
    return sides[0].merge(sides[1], on=on)[["left", "right"]]


def _named(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Commune, household code (without its leading zeros, or with prefixes in front), name and year of birth."""
    own = ["commune", "name_key", "birth_year"]
    wanted = right[[*own, "household"]].dropna().rename_axis("right").reset_index()
    found = []
    for codes in _spellings(left, right):
        at = left.loc[codes.index, own].assign(household=codes).dropna().rename_axis("left").reset_index()
        found.append(at.merge(wanted, on=[*own, "household"])[["left", "right"]])
    return pd.concat(found).drop_duplicates()


def _respelt(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Codes without leading zeros or with prefixes of the unit, where they name one household of the commune."""
    listed = right["household"].dropna()
    unique = listed[~listed.duplicated(keep=False)].rename("household").rename_axis("right").reset_index()
    found = [
        codes.dropna().rename("household").rename_axis("left").reset_index().merge(unique, on="household")
        for codes in _spellings(left, right)
    ]
    pairs = pd.concat(found)[["left", "right"]].drop_duplicates()
    return pairs[~pairs["left"].duplicated(keep=False)]


def _spellings(left: pd.DataFrame, right: pd.DataFrame) -> Iterator[pd.Series[str]]:
    """``household`` of rows as stated; of those that name none of the register's so, with each prefix taken off that a
    system puts in front of a code."""
    stated = left["household"].dropna()
    yield stated
    strange = left.loc[stated.index[~among(stated, right["household"].dropna().unique())]]
    code = strange["code"].str.replace(r"[^0-9A-Za-z]", "", regex=True)
    codes = code.tolist()
    commune, district = strange["commune"], strange["district"]
    province = "10"
    for prefix in (commune, district, district + commune, province + commune, province + district,
                   province + district + commune):  # fmt: skip
        cut = [c.removeprefix(p) if c.startswith(p) else "" for c, p in zip(codes, prefix.tolist(), strict=True)]
        yield (commune + "/" + digits(pd.Series(cut, index=strange.index, dtype="str"))).dropna()


def _same(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, name: str) -> pd.Series[bool]:
    one = left[name].to_numpy()[pairs["left"].to_numpy(dtype="int64")]
    other = right[name].to_numpy()[pairs["right"].to_numpy(dtype="int64")]
    return pd.Series(one, index=pairs.index).eq(pd.Series(other, index=pairs.index)).fillna(False).astype("bool")
