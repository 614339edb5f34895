"""The two sides of each pair: a sector's rows as persons, loans or houses, and the register's rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.linking import prepare
from etl.linking.shapes import Pair

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Register:
    """The register's rows as linking compares them. members: ``house`` is each one's household, as commune/code."""

    members: pd.DataFrame
    heads: pd.DataFrame


@dataclass(frozen=True)
class Sides:
    """One pair's two sides. unit: the person (or loan, house) of each left row; right_rows, right_at: the dataset and
    position in it of each right row; elsewhere: left rows that are known to belong to nobody of the register."""

    pair: Pair
    left: pd.DataFrame
    unit: pd.Series[int]
    right: pd.DataFrame
    right_rows: str
    right_at: np.ndarray
    elsewhere: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Cards:
    """What cards tell of numbers: the persons, and which member each of them is (left, right, probability)."""

    persons: pd.DataFrame
    links: pd.DataFrame


def register_of(frames: Frames) -> Register:
    """The register's rows as linking compares them."""
    members = prepare.members(frames["register_member"], frames["register_household"])
    members = members.assign(house=members["commune"] + "/" + members["code"].fillna(""))
    return Register(members, prepare.heads(frames["register_household"]))


def sides_of(pair: Pair, frames: Frames, register: Register, cards: Cards | None) -> Sides:
    """The two sides of a pair. cards: what they tell, once they are linked."""
    rows = frames[pair.dataset]
    if pair.name in ("card", "pupil"):
        left, unit = prepare.cards(rows) if pair.name == "card" else prepare.pupils(rows)
        return Sides(pair, left, unit, register.members, "register_member", np.arange(len(register.members)))
    if pair.name == "housing":
        left, unit = prepare.houses(rows)
        return Sides(pair, left, unit, register.heads, "register_household", np.arange(len(register.heads)))
    left, unit = prepare.loans(rows)
    members, outsiders = _with_numbers(register.members, cards)
    right = prepare.borrowers(members, register.heads, frames["register_household"])
    elsewhere = frozenset(left.index[prepare.among(left["id_number"], outsiders)].tolist())
    return Sides(pair, left, unit, right, "register_household", right["house"].to_numpy(dtype="int64"), elsewhere)


def _with_numbers(members: pd.DataFrame, cards: Cards | None) -> tuple[pd.DataFrame, set[str]]:
    """Members with the numbers that their cards know (``learned``: how sure; ``own``: the register states it), and the
    numbers of the cards of persons who are in no household of the register: what they borrowed was for none."""
    if cards is None:
        return members.assign(learned=1.0, own=True), set()
    numbers = cards.persons["id_number"]
    linked = cards.links.assign(
        number=numbers.to_numpy()[cards.links["left"].to_numpy(dtype="int64")],
        sure=cards.links["probability"].fillna(1.0),
    )
    of_member = linked.dropna(subset=["number"]).set_index("right")
    number = of_member["number"].reindex(members["unique_id"]).set_axis(members.index).astype("str")
    sure = of_member["sure"].reindex(members["unique_id"]).set_axis(members.index)
    lacking = members["id_number"].isna() & number.notna()
    known = members["id_number"].where(~lacking, number)
    outsiders = set(numbers[~numbers.index.isin(linked["left"])].dropna()) - set(known.dropna())
    return members.assign(id_number=known, learned=sure.where(lacking, 1.0), own=~lacking), outsiders
