"""Frames in, links out: exact identifiers, then the model on what is left on both sides, then the household's evidence.

Nothing here knows a database, a file or the hour: the same rows, in whatever order, give the same links.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from etl.linking import choosing, exact, fingerprint, prepare, scoring
from etl.linking.shapes import (
    PAIRS,
    REGISTER_KEYS,
    VERSION,
    WORTH_A_LOOK,
    Before,
    Decision,
    Outcome,
    Part,
    Trained,
    no_links,
)
from etl.linking.sides import Cards, Register, Sides, register_of, sides_of
from etl.linking.told import decided, kept_of, rows_of

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Known:
    """What a run starts from: what was trained and made before, and what officers have decided."""

    trained: dict[str, Trained]
    decisions: tuple[Decision, ...]
    before: Before


@dataclass(frozen=True)
class _Linked:
    """One pair's links, uncertain and refused pairs (left, right: ids of the sides), parts, and those left alone."""

    links: pd.DataFrame
    uncertain: pd.DataFrame
    refused: pd.DataFrame
    parts: dict[str, Part]
    unchanged: set[str]
    idle: list[str]


def sorted_frames(frames: Frames) -> dict[str, pd.DataFrame]:
    """The frames in the order of their natural keys; positions in links are positions in these."""
    keys = {pair.dataset: pair.key for pair in PAIRS.values()} | REGISTER_KEYS
    return {name: prepare.in_order(frame, keys[name]) for name, frame in frames.items()}


def link(
    frames: Frames, trained: Mapping[str, Trained] | None = None, decisions: tuple[Decision, ...] = (),
    before: Before | None = None, *, progress: Callable[[str], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    """Link the rows of ``sorted_frames`` (``shapes.DATASETS``: addresses, ``district_code``, stored columns).

    trained: by pair; what is not there is learned from the rows themselves and returned with the outcome.
    decisions: always win. before: an earlier run; a part that rests on the same rows as then is not weighed anew and
    keeps its probable links. Links are ordered by pair, left and right.
    """
    register = register_of(frames)
    known = _Known(dict(trained or {}), decisions, before or Before({}, no_links()))
    outcome = Outcome(no_links(), no_links(), no_links(), known.trained)
    told: dict[str, list[pd.DataFrame]] = {"links": [], "uncertain": [], "refused": []}
    cards: Cards | None = None
    for name, pair in PAIRS.items():
        progress(pair.title)
        began = time.perf_counter()
        sides = sides_of(pair, frames, register, cards)
        done = _link_pair(sides, frames, register, known)
        if name == "card":
            cards = Cards(sides.left, done.links)
        for kind, frames_told in told.items():
            frames_told.append(rows_of(getattr(done, kind), sides))
        outcome.parts |= {(name, district): part for district, part in done.parts.items()}
        outcome.unchanged |= {(name, district) for district in done.unchanged}
        outcome.idle += done.idle
        outcome.seconds[name] = time.perf_counter() - began
    for kind, frames_told in told.items():
        setattr(outcome, kind, pd.concat([no_links(), *frames_told], ignore_index=True))
    return outcome


def _link_pair(sides: Sides, frames: Frames, register: Register, known: _Known) -> _Linked:
    pair = sides.pair
    confirmed, refused, idle = decided(sides, frames, known.decisions)
    if pair.people:
        sure = exact.persons(sides.left, sides.right)
    else:
        sure = exact.households(sides.left, register.heads, sides.right if pair.name == "loan" else None)
    sure = choosing.without(sure, refused, confirmed, pair.people)
    sure = pd.concat([confirmed.assign(method="confirmed"), sure], ignore_index=True)
    left = sides.left[~sides.left["unique_id"].isin(sure["left"]) & ~sides.left["unique_id"].isin(sides.elsewhere)]
    right = sides.right[~sides.right["unique_id"].isin(sure["right"])] if pair.exclusive else sides.right
    if pair.name not in known.trained:
        known.trained[pair.name] = scoring.train(pair.name, prepare.with_names(left), prepare.with_names(right))
    prints = _prints(sides, frames, left, right, sure, refused, known.trained[pair.name])
    unchanged = {d for d, p in prints.items() if (b := known.before.parts.get((pair.name, d))) and b.rests_on == p}
    left, right = (side[~side["district"].isin(unchanged)] for side in (left, right))
    trained = known.trained[pair.name]
    weighed = scoring.weigh(pair.name, prepare.with_names(left), prepare.with_names(right), trained)
    scored, chosen = choosing.choose(sides, weighed, sure, refused, trained.nobody)
    missed = scored["probability"][~chosen].groupby(_district(scored[~chosen], sides)).sum()
    parts = {
        d: known.before.parts[pair.name, d] if d in unchanged else Part(p, round(float(missed.get(d, 0.0)), 3))
        for d, p in prints.items()
    }
    kept = kept_of(known.before.links, sides, unchanged)
    links = pd.concat([sure, scored[chosen], kept], ignore_index=True)
    uncertain = scored[scored["probability"] >= WORTH_A_LOOK]
    return _Linked(links, uncertain, refused.assign(method="refused"), parts, unchanged, idle)


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
    told the register, what is refused, the model."""
    pair = sides.pair
    lefts = fingerprint.of_units(fingerprint.of_rows(frames[pair.dataset]), sides.unit, len(sides.left))
    rights = fingerprint.of_rows(frames[sides.right_rows])[sides.right_at]
    links = fingerprint.of_pairs(
        lefts[sure["left"].to_numpy(dtype="int64")],
        fingerprint.of_rows(frames[pair.register])[sure["right"].to_numpy(dtype="int64")],
    )
    of_link = sides.left["district"].take(sure["left"].to_numpy(dtype="int64"))
    to_link = frames[pair.register]["district_code"].take(sure["right"].to_numpy(dtype="int64"))
    ids = (
        fingerprint.of_texts(right["id_number"])
        if pair.name == "loan"
        else fingerprint.of_texts(right["id_number"][:0])
    )
    also = json.dumps(
        [VERSION, trained.as_data(), sorted(refused[["left", "right"]].to_numpy().tolist())], sort_keys=True
    )
    parts = [
        (left["district"], lefts[left["unique_id"].to_numpy(dtype="int64")]),
        (right["district"], rights[right["unique_id"].to_numpy(dtype="int64")]),
        (of_link, links), (to_link, links),
        (right["district"].iloc[: len(ids)], ids * rights[right["unique_id"].to_numpy(dtype="int64")][: len(ids)]),
    ]  # fmt: skip
    return fingerprint.by_district(parts, also)
