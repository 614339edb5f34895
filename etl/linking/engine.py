"""Frames in, links out: exact identifiers, then the model on what is left on both sides, then the household's evidence.

Nothing here knows a database, a file or the hour: the same rows, in whatever order, give the same links.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from etl.linking import choosing, exact, fingerprint, prepare, scoring, training
from etl.linking.shapes import (
    PAIRS,
    REGISTER_KEYS,
    VERSION,
    WORTH_A_LOOK,
    Before,
    Decision,
    Outcome,
    Pair,
    Part,
    Trained,
    no_links,
)
from etl.linking.sides import Cards, Register, Sides, register_of, sides_of
from etl.linking.told import decided, kept_of, rows_of

Frames = Mapping[str, pd.DataFrame]

_CHAINS = (("card", "loan"), ("pupil", "housing"))
"""Pairs that are linked side by side; within a chain a pair knows what the one before has found."""


@dataclass(frozen=True)
class _Known:
    """What a run starts from: what was trained and made before, what officers have decided, the districts asked for."""

    trained: dict[str, Trained]
    decisions: tuple[Decision, ...]
    before: Before
    within: frozenset[str] | None = None


@dataclass(frozen=True)
class _Linked:
    """One pair's links, uncertain and refused pairs (left, right: ids of the sides); by district what was weighed rests
    on and what it missed, and the districts left alone."""

    links: pd.DataFrame
    uncertain: pd.DataFrame
    refused: pd.DataFrame
    weighed: dict[str, tuple[str, float]]
    unchanged: set[str]
    idle: list[str]


@dataclass(frozen=True)
class _Told:
    """What was made of a pair: by links, uncertain and refused the rows, the parts, and how long it took."""

    pair: Pair
    linked: _Linked
    rows: dict[str, pd.DataFrame]
    parts: dict[tuple[str, str], Part]
    seconds: float


def sorted_frames(frames: Frames) -> dict[str, pd.DataFrame]:
    """The frames in the order of their natural keys; positions in links are positions in these."""
    keys = {pair.dataset: pair.key for pair in PAIRS.values()} | REGISTER_KEYS
    return {name: prepare.in_order(frame, keys[name]) for name, frame in frames.items()}


def link(
    frames: Frames, trained: Mapping[str, Trained] | None = None, decisions: tuple[Decision, ...] = (),
    before: Before | None = None, within: frozenset[str] | None = None, *,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    """Link the rows of ``sorted_frames`` (``shapes.DATASETS``: addresses, ``district_code``, stored columns).

    trained: by pair; what is not there is learned from the rows themselves and returned with the outcome.
    decisions: always win. before: an earlier run; a part that rests on the same rows as then is not weighed anew and
    keeps its probable links. within: districts whose rows are all there, with those of others that share a number with
    them; all other districts keep their parts. Links are ordered by pair, left and right.
    """
    register = register_of(frames)
    known = _Known(dict(trained or {}), decisions, before or Before({}, no_links()), within)

    def chain(names: tuple[str, ...]) -> list[_Told]:
        """Some pairs one after another; what cards have told is there for those that come after them."""
        made: list[_Told] = []
        cards: Cards | None = None
        for pair in (PAIRS[name] for name in names):
            progress(pair.title)
            began = time.perf_counter()
            sides = sides_of(pair, frames, register, cards)
            linked = _link_pair(sides, frames, register, known)
            if pair.name == "card":
                cards = Cards(sides.left, linked.links)
            rows = {kind: rows_of(getattr(linked, kind), sides) for kind in ("links", "uncertain", "refused")}
            parts = _parts(pair, frames, rows["links"], linked.weighed)
            made.append(_Told(pair, linked, rows, parts, time.perf_counter() - began))
        return made

    # pandas, Arrow and DuckDB let go of the interpreter where they work long.
    with ThreadPoolExecutor(len(_CHAINS)) as threads:
        done = {told.pair.name: told for made in threads.map(chain, _CHAINS) for told in made}
    outcome = Outcome(no_links(), no_links(), no_links(), known.trained)
    for name in PAIRS:
        told = done[name]
        outcome.parts |= told.parts
        if within is not None:
            outcome.parts |= {
                key: p for key, p in known.before.parts.items() if key[0] == name and key[1] not in within
            }
        outcome.unchanged |= {(name, district) for district in told.linked.unchanged}
        outcome.idle += told.linked.idle
        outcome.seconds[name] = told.seconds
    for kind in ("links", "uncertain", "refused"):
        frames_told = [done[name].rows[kind] for name in PAIRS]
        setattr(outcome, kind, pd.concat([no_links(), *frames_told], ignore_index=True))
    return outcome


def _link_pair(sides: Sides, frames: Frames, register: Register, known: _Known) -> _Linked:
    pair = sides.pair
    confirmed, refused, idle = decided(sides, frames, known.decisions)
    if pair.people:
        found = exact.persons(sides.left, sides.right, pair.joined)
        found = choosing.without(found, refused, confirmed, exclusive=True)
        sure, taken = exact.one_to_one(found, sides.left, sides.right), found[found["joined"]]
    else:
        found = exact.households(sides.left, register.heads, sides.right if pair.name == "loan" else None)
        found = choosing.without(found, refused, confirmed, exclusive=False)
        sure, taken = exact.first_of_each(found, sides.left, register.heads), found[:0]
    sure = pd.concat([confirmed.assign(method="confirmed"), sure], ignore_index=True)
    # Who shares an identifier with somebody, and lost to another, is nobody else's.
    lefts, rights = (pd.concat([sure[side], taken[side]]) for side in ("left", "right"))
    left = sides.left[~sides.left["unique_id"].isin(lefts) & ~sides.left["unique_id"].isin(sides.elsewhere)]
    right = sides.right[~sides.right["unique_id"].isin(rights)] if pair.exclusive else sides.right
    if pair.name not in known.trained:
        known.trained[pair.name] = training.train(pair.name, prepare.with_names(left), prepare.with_names(right))
    prints = _prints(sides, frames, left, right, sure, refused, known.trained[pair.name])
    if known.within is None:
        unchanged = {d for d, p in prints.items() if (b := known.before.parts.get((pair.name, d))) and b.rests_on == p}
    else:
        before = {d for of, d in known.before.parts if of == pair.name}
        unchanged = {
            str(d) for d in {*left["district"].unique(), *right["district"].unique(), *before} if d not in known.within
        }
        prints = {d: p for d, p in prints.items() if d in known.within}
    left, right = (side[~side["district"].isin(unchanged)] for side in (left, right))
    trained = known.trained[pair.name]
    weighed = scoring.weigh(pair.name, prepare.with_names(left), prepare.with_names(right), trained)
    scored, chosen = choosing.choose(sides, weighed, sure, refused)
    missed = scored["probability"][~chosen].groupby(_district(scored[~chosen], sides)).sum()
    told = {
        d: (p, known.before.parts[pair.name, d].missed if d in unchanged else round(float(missed.get(d, 0.0)), 3))
        for d, p in prints.items()
    }
    kept = kept_of(known.before.links, sides, unchanged)
    links = pd.concat([sure, scored[chosen], kept], ignore_index=True)
    uncertain = scored[scored["probability"] >= WORTH_A_LOOK]
    return _Linked(links, uncertain, refused.assign(method="refused"), told, unchanged, idle)


def _district(pairs: pd.DataFrame, sides: Sides) -> pd.Series[str]:
    """The district of each pair's left row, which is its right row's: blocks stay within one."""
    return pd.Series(
        sides.left["district"].to_numpy()[pairs["left"].to_numpy(dtype="int64")], index=pairs.index, dtype="str"
    )


def _prints(
    sides: Sides, frames: Frames, left: pd.DataFrame, right: pd.DataFrame, sure: pd.DataFrame, refused: pd.DataFrame,
    trained: Trained,
) -> dict[str, str]:  # fmt: skip
    """District → what its part rests on: the rows that are left, the links that are sure, the numbers that cards have
    told the register, what is refused, the model.

    What a row of another district is linked to speaks here by its household alone: that its list came anew, with the
    same people, changes nothing.
    """
    pair = sides.pair
    register = frames[pair.register]
    houses = fingerprint.of_texts(register["commune"].astype("str") + "/" + register["household_code"].astype("str"))
    lefts = fingerprint.of_units(fingerprint.of_rows(frames[pair.dataset]), sides.unit, len(sides.left))
    listed = fingerprint.of_rows(register)
    rights = fingerprint.of_rows(frames[sides.right_rows])[sides.right_at]
    parts = [
        (left["district"], lefts[left["unique_id"].to_numpy(dtype="int64")]),
        (right["district"], rights[right["unique_id"].to_numpy(dtype="int64")]),
    ]  # fmt: skip
    for pairs in (sure, refused):
        at, to = (pairs[side].to_numpy(dtype="int64") for side in ("left", "right"))
        how = fingerprint.of_texts(pairs["method"]) if "method" in pairs else np.uint64(0)
        parts += [
            (sides.left["district"].take(at), fingerprint.of_pairs(lefts[at], houses[to])),
            (register["district_code"].take(to), fingerprint.of_pairs(lefts[at], listed[to] + how)),
        ]
    # What a member's household says, whose list may come anew alone.
    said = sum(fingerprint.of_texts(right[name]) for name in ("village", "ethnicity", "poor"))
    parts.append((right["district"], said * rights[right["unique_id"].to_numpy(dtype="int64")]))
    if pair.name == "loan":
        ids = fingerprint.of_texts(right["id_number"])
        parts.append((right["district"], ids * rights[right["unique_id"].to_numpy(dtype="int64")]))
    return fingerprint.by_district(parts, json.dumps([VERSION, trained.as_data()], sort_keys=True))


def _parts(
    pair: Pair, frames: Frames, links: pd.DataFrame, weighed: dict[str, tuple[str, float]]
) -> dict[tuple[str, str], Part]:  # fmt: skip
    """The parts of a pair, with what all its links in them amount to. links: of rows."""
    district = frames[pair.dataset]["district_code"]
    rows, register_rows = district.value_counts(), frames[pair.register]["district_code"].value_counts()
    of = pd.DataFrame({
        "district": district.to_numpy()[links["left_at"].to_numpy(dtype="int64")], "method": links["method"].to_numpy(),
        "right": links["probability"].fillna(1.0).to_numpy(),
    })  # fmt: skip
    methods: dict[str, list[tuple[str, int]]] = {}
    counted = of.groupby(["district", "method"], as_index=False).size()
    for d, method, count in zip(counted["district"], counted["method"], counted["size"], strict=True):
        methods.setdefault(str(d), []).append((str(method), int(count)))
    right = of.groupby("district")["right"].sum()
    return {
        (pair.name, d): Part(
            rests_on, missed, int(rows.get(d, 0)), int(register_rows.get(d, 0)), tuple(sorted(methods.get(d, ()))),
            round(float(right.get(d, 0.0)), 3),
        )
        for d, (rests_on, missed) in weighed.items()
    }  # fmt: skip
