"""Which rows are about one person or household, as docs/link.md has it: worked out apart from the views, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

Address = tuple[str, int]
Pairs = dict[tuple[Address, Address], str]
"""(sector's row, register's row) → the kind of link."""

BEST = ("insurance_number", "id_number", "household_code", "household_name_birth", "probable", "confirmed")
"""Of several links the first of these kinds counts."""

HOME = ["commune", "household_code"]
DATASETS = {"card": "health_card", "pupil": "education_pupil", "loan": "credit_loan"}
REGISTERS = {"card": "register_member", "pupil": "register_member", "loan": "register_household"}
_KINDS = {
    "card": ("id_number", "household_name_birth", "probable"), "pupil": ("household_name_birth", "probable"),
    "loan": ("id_number", "household_code", "probable"),
}  # fmt: skip
"""What linking finds beside the exact joins: numbers and codes in another spelling, relatives, likeness."""


class Link(NamedTuple):
    """A link as it is stored. has_ended: it counts no more."""

    pair: str
    method: str
    left: Address
    right: Address
    has_ended: bool = False


def exact(frames: dict[str, pd.DataFrame], pair: str) -> Pairs:
    """Return the pairs of rows that state the same identifier; one that is missing on either side is none."""
    members = _records(frames["register_member"].merge(frames["register_household"][HOME], on=HOME))
    found: list[tuple[Address, Address, str]] = []
    if pair == "card":
        for card in _records(frames["health_card"]):
            for member in members:
                kinds = [k for k in BEST[:2] if card[k] is not None and card[k] == member[k]]
                found += [(card["address"], member["address"], kind) for kind in kinds]
    elif pair == "pupil":
        for pupil in _records(frames["education_pupil"]):
            key = [pupil[n] for n in (*HOME, "full_name_key")] + [pupil["birth"].year]
            for member in members:
                if None not in key and key == [member[n] for n in (*HOME, "full_name_key", "birth_year")]:
                    found.append((pupil["address"], member["address"], "household_name_birth"))
    else:
        for loan in _records(frames["credit_loan"]):
            number, code = loan["borrower_id_number"], loan["household_code"]
            for house in _records(frames["register_household"]):
                at = [house[n] for n in HOME]
                numbers = {house["head_id_number"], *(m["id_number"] for m in members if [m[n] for n in HOME] == at)}
                if number is not None and number in numbers:
                    found.append((loan["address"], house["address"], "id_number"))
                if code is not None and [loan["commune"], code] == at:
                    found.append((loan["address"], house["address"], "household_code"))
    pairs: Pairs = {}
    for left, right, kind in sorted(found, key=lambda one: BEST.index(one[2]), reverse=True):
        pairs[left, right] = kind
    return pairs


def counted(frames: dict[str, pd.DataFrame], pair: str, links: Sequence[Link]) -> Pairs:
    """Return the links that count: what officers decided wins, then exact identifiers, then what linking has found."""
    here = {side: set(frames[name]["address"]) for side, name in (("left", DATASETS[pair]), ("right", REGISTERS[pair]))}
    own = [
        one for one in links
        if one.pair == pair and not one.has_ended and one.left in here["left"] and one.right in here["right"]
    ]  # fmt: skip
    joined = exact(frames, pair)
    confirmed = {(one.left, one.right) for one in own if one.method == "confirmed"}
    refused = {(one.left, one.right) for one in own if one.method == "refused"}
    lefts = {left for left, _ in confirmed}
    # A household may have several loans, a person is one card's holder and one pupil.
    rights = {right for _, right in confirmed} if pair != "loan" else set()
    pairs = {
        (left, right): kind for (left, right), kind in joined.items()
        if (left, right) not in refused and left not in lefts and right not in rights
    }  # fmt: skip
    found = {(one.left, one.right): one.method for one in own if one.method not in ("confirmed", "refused")}
    return {**pairs, **found, **dict.fromkeys(confirmed, "confirmed")}


def best_of(pairs: Pairs, side: int, rows: Iterable[Address], among: Iterable[Address]) -> list[str | None]:
    """Return for each row the best kind of its links to some rows of the other side, None where it has none.

    side: 0 for rows of the sector, 1 for rows of the register.
    """
    others = set(among)
    kinds: dict[Address, list[str]] = {}
    for ends, kind in pairs.items():
        if ends[1 - side] in others:
            kinds.setdefault(ends[side], []).append(kind)
    return [min(kinds[row], key=BEST.index) if row in kinds else None for row in rows]


def random_links(
    frames: dict[str, pd.DataFrame], stale: dict[str, list[Address]], rng: np.random.Generator
) -> list[Link]:  # fmt: skip
    """Return links as linking and officers make them, between random rows.

    stale: dataset → rows that count no more. Rows that an identifier joins get no other link but an officer's.
    """
    links: list[Link] = []
    for pair, dataset in DATASETS.items():
        joined = exact(frames, pair)
        lefts, rights = (_shuffled(frames[name]["address"], rng) for name in (dataset, REGISTERS[pair]))
        decided = list(zip(lefts[: rng.integers(4)], rights, strict=False))
        links += [Link(pair, "confirmed", *ends) for ends in decided]
        lefts, rights = lefts[len(decided) :], rights[len(decided) :]
        decided_rows = {end for ends in decided for end in ends}
        undecided = [ends for ends in joined if decided_rows.isdisjoint(ends)]
        links += [Link(pair, "refused", *undecided[at]) for at in rng.permutation(len(undecided))[: rng.integers(4)]]
        taken = {end for ends in joined for end in ends}
        free = [[row for row in side if row not in taken] for side in (lefts, rights)]
        ended = [[row for row in side if row not in taken] for side in (lefts[::-1], rights[::-1])]
        kinds = _KINDS[pair]
        for sides, has_ended in ((free, False), (ended, True)):
            for left, right in zip(*sides, strict=False):
                links.append(Link(pair, kinds[int(rng.integers(len(kinds)))], left, right, has_ended))
        links += [Link(pair, "probable", left, right) for left, right in zip(stale[dataset], rights, strict=False)]
    return links


def _shuffled(rows: pd.Series[Any], rng: np.random.Generator) -> list[Address]:
    return [rows.iloc[int(at)] for at in rng.permutation(len(rows))]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype("object")
    return [dict(row) for row in plain.where(plain.notna(), None).to_dict("records")]
