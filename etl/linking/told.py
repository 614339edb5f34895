"""Links in the terms of rows, and officers' decisions in the terms of persons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from etl.linking.model import COMPARISONS, RELATIVES
from etl.linking.shapes import LINK_COLUMNS, Decision
from etl.linking.sides import Sides


def rows_of(links: pd.DataFrame, sides: Sides) -> pd.DataFrame:
    """Links of persons as links of rows (``LINK_COLUMNS``): each card of a person is linked."""
    told = pd.DataFrame({
        "left": links["left"].astype("int64"), "right_at": links["right"].astype("int64"),
        "method": links["method"].astype("str"),
        "weight": links.get("weight", np.nan),
        "probability": links.get("probability", np.nan),
        "agreed": pd.Series(_agreed(links, sides.pair.name), index=links.index, dtype="object"),
    })  # fmt: skip
    rows = pd.DataFrame({"left": sides.unit.to_numpy(), "left_at": range(len(sides.unit))})
    whole = told.merge(rows, on="left").assign(pair=sides.pair.name)
    return whole.sort_values(["left_at", "right_at"], kind="stable")[LINK_COLUMNS].reset_index(drop=True)


def kept_of(before: pd.DataFrame, sides: Sides, unchanged: set[str]) -> pd.DataFrame:
    """The probable links of an earlier run that the unchanged districts of a pair keep, as links of persons.

    ``kept`` is what agreed.
    """
    # Probable ones without a weight rest on a number that a card has told, and are found anew each time.
    own = before[(before["pair"] == sides.pair.name) & before["weight"].notna()]
    links = pd.DataFrame({
        "left": sides.unit.to_numpy()[own["left_at"].to_numpy(dtype="int64")], "right": own["right_at"].to_numpy(),
        "method": own["method"].to_numpy(), "weight": own["weight"].to_numpy(),
        "probability": own["probability"].to_numpy(), "kept": own["agreed"].to_numpy(),
    })  # fmt: skip
    here = sides.left["district"].take(links["left"].to_numpy(dtype="int64")).isin(unchanged).to_numpy()
    return links[here].drop_duplicates(["left", "right"])


def decided(
    sides: Sides, frames: Mapping[str, pd.DataFrame], decisions: Iterable[Decision]
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """What officers have confirmed and refused of a pair, as left, right; and the ids of decisions that do not name one
    pair of rows, or give a person two places."""
    pair, found = sides.pair, _Finder()
    told: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    taken: tuple[set[int], set[int]] = (set(), set())
    idle = []
    for one in decisions:
        if one.pair != pair.name:
            continue
        lefts = {int(sides.unit.iloc[at]) for at in found.rows(frames[pair.dataset], one.row)}
        rights = set(found.rows(frames[pair.register], one.register))
        twice = one.same and (not lefts.isdisjoint(taken[0]) or (pair.people and not rights.isdisjoint(taken[1])))
        if len(lefts) != 1 or len(rights) != 1 or twice:
            idle.append(one.id)
            continue
        told[one.same].append((lefts.pop(), rights.pop()))
        if one.same:
            taken[0].add(told[True][-1][0])
            taken[1].add(told[True][-1][1])
    frames_told = [pd.DataFrame(told[same], columns=["left", "right"], dtype="int64") for same in (True, False)]
    return frames_told[0], frames_told[1].drop_duplicates(ignore_index=True), idle


class _Finder:
    """Positions of rows by the texts of some columns; each set of columns is looked through once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, tuple[str, ...]], dict[tuple[str, ...], list[int]]] = {}

    def rows(self, frame: pd.DataFrame, wanted: tuple[tuple[str, str], ...]) -> list[int]:
        """Positions of the rows that say what is wanted."""
        columns = tuple(name for name, _ in wanted)
        key = (id(frame), columns)
        if key not in self._known:
            texts = [frame[name].astype("str").fillna("") for name in columns]
            self._known[key] = {}
            for at, row in enumerate(zip(*texts, strict=True)):
                self._known[key].setdefault(row, []).append(at)
        return self._known[key].get(tuple(value for _, value in wanted), [])


def _agreed(links: pd.DataFrame, pair: str) -> list[dict[str, list[object]] | None]:
    """Comparison → [level, bits] of each link that the model has weighed; None of others."""
    told: list[dict[str, list[object]] | None] = [None] * len(links)
    if "weight" not in links:
        return told
    if "kept" in links:
        told = [one if isinstance(one, dict) else None for one in links["kept"]]
    anew = links["weight"].notna() & pd.Series([one is None for one in told], index=links.index)
    weighed = np.flatnonzero(anew.to_numpy())
    agreed: list[dict[str, list[object]]] = [{} for _ in weighed]
    for name in (*(c.name for c in COMPARISONS[pair]), RELATIVES):
        if f"weight_{name}" not in links:
            continue
        bits = links[f"weight_{name}"].to_numpy(dtype="float64")[weighed].round(4)
        levels = links[f"level_{name}"].to_numpy()[weighed] if name != RELATIVES else np.full(len(weighed), "linked")
        for one, level, bit in zip(agreed, levels.tolist(), bits.tolist(), strict=True):
            if isinstance(level, str) and level and (name != RELATIVES or bit):
                one[name] = [level, bit]
    for at, one in zip(weighed.tolist(), agreed, strict=True):
        told[at] = one or None
    return told
