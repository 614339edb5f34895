"""Exact links: identifiers that both sides carry, the strongest first (INDICATORS.md, "Exact identifiers")."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from etl.linking.assign import assign
from etl.linking.prepare import digits
from etl.linking.shapes import EXACT

CANDIDATES = ["left", "right", "method"]


def persons(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Pairs of persons with one identifier: left, right (positions), method; each person once.

    Where an identifier stands with several persons, who also shares name and year of birth comes first.
    """
    found = [
        _joined(left, right, ["insurance_number"]).assign(method="insurance_number"),
        _joined(left, right, ["id_number"]).assign(method="id_number"),
        _named(left, right).assign(method="household_name_birth"),
    ]
    pairs = pd.concat(found, ignore_index=True).drop_duplicates(["left", "right"], ignore_index=True)
    strength = pairs["method"].map({method: len(EXACT) - at for at, method in enumerate(EXACT)}).astype("float64")
    alike = sum(_same(pairs, left, right, name).astype("float64") for name in ("name_key", "birth_year", "commune"))
    kept = assign(pairs["left"], pairs["right"], strength * 10 + alike)
    return pairs[kept].reset_index(drop=True)[CANDIDATES]


def households(left: pd.DataFrame, right: pd.DataFrame, people: pd.DataFrame | None) -> pd.DataFrame:
    """Pairs of a loan or house and its household, each left row once: left, right, method, probability.

    By commune and code; else by the borrower's number, which is a member's (people: ``prepare.borrowers``) or that of a
    borrower whose other loan states the household's code; else by the code as another system writes it, where that
    names one household. A number that the register learned from a card is as sure as the card's own link: ``learned``
    below 1 makes the pair a probable one.
    """
    found = [_joined(left, right, ["commune", "code"]).assign(method="household_code", learned=1.0)]
    if people is not None:
        told = found[0].assign(id_number=left["id_number"].reindex(found[0]["left"]).to_numpy(), learned=1.0)
        by_loan = told.rename(columns={"right": "house"})[["id_number", "house", "learned"]]
        known = pd.concat([people[["id_number", "house", "learned"]], by_loan])
        found.append(_numbered(left, known).assign(method="id_number"))
    found.append(_respelt(left, right).assign(method="household_code", learned=1.0))
    pairs = pd.concat(found, ignore_index=True)
    # A number that stands in several households names the one with the borrower's name, if any.
    order = pairs.assign(alike=_same(pairs, left, right, "name_key"), first=pairs["method"] == "household_code")
    order = order.sort_values(
        ["left", "first", "learned", "alike"], ascending=[True, False, False, False], kind="stable"
    )
    once = order.drop_duplicates("left").reset_index(drop=True)
    sure = once["learned"] == 1
    return once.assign(method=once["method"].where(sure, "probable"), probability=once["learned"].where(~sure))[
        [*CANDIDATES, "probability"]
    ]


def _numbered(left: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Loans and households that have the borrower's number. known: id_number, house, learned."""
    numbers = left["id_number"].dropna().rename_axis("left").reset_index()
    joined = numbers.merge(known.dropna(subset=["id_number"]), on="id_number")
    best = joined.sort_values("learned", ascending=False, kind="stable").drop_duplicates(["left", "house"])
    return best.rename(columns={"house": "right"})[["left", "right", "learned"]]


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
    strange = left.loc[stated.index[~stated.isin(right["household"])]]
    code = strange["code"].str.replace(r"[^0-9A-Za-z]", "", regex=True)
    commune, district = strange["commune"], strange["district"]
    province = "10"
    for prefix in (commune, district, district + commune, province + commune, province + district,
                   province + district + commune):  # fmt: skip
        cut = [c.removeprefix(p) if c.startswith(p) else "" for c, p in zip(code, prefix, strict=True)]
        yield (commune + "/" + digits(pd.Series(cut, index=strange.index, dtype="str"))).dropna()


def _same(pairs: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame, name: str) -> pd.Series[bool]:
    one = left[name].to_numpy()[pairs["left"].to_numpy(dtype="int64")]
    other = right[name].to_numpy()[pairs["right"].to_numpy(dtype="int64")]
    return pd.Series(one, index=pairs.index).eq(pd.Series(other, index=pairs.index)).fillna(False).astype("bool")
