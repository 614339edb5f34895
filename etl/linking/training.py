"""Learn what a period's rows are like, without labels: what the model of ``scoring`` rests on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd

from etl.linking import model
from etl.linking.competing import best_of_household, in_competition
from etl.linking.scoring import categories, database, linker_of, prior_bits, saved_shares, weigh
from etl.linking.shapes import PAIRS, Trained

_SAMPLE = 1_200
"""Rows of each side that the u are estimated on: all their pairs, more than a million."""
_SEED = 20_181_231
_ROUNDS, _STILL = 60, 0.01
"""Rounds of expectation maximisation at most; one that moves no opening by as many bits is the last."""
_PARTNERED, _LEAST = 0.98, 0.0005
"""Never more, and never fewer, than this share of rows is taken to have a partner."""
_FEW, _SEVERAL = 2, 50
"""So many rows of a category weigh as much as all others for how many of it have a partner; so many true pairs as the
defaults for an m."""
_KNOWN = 5
"""A name is kept where so many rows bear it; also published cells hide fewer."""
_NEAR = 2.5
"""How many times more or less than its default an m may be."""
_FAR = 4.0
"""The most bits that the size of a commune tells."""
_ENOUGH = 50_000
"""Pairs from which on their shares say more than the defaults."""


def train(name: str, left: pd.DataFrame, right: pd.DataFrame) -> Trained:
    """Learn a pair's model from rows alone, without labels; what cannot be learned keeps its documented default.

    left, right: what no identifier has linked, ``COMPARED``. u come from pairs drawn at random with a fixed seed; m and
    openings from expectation maximisation over the pairs that come into question. All are rounded, so that the order in
    which a machine adds up decides nothing.
    """
    names, rare = _name_shares(left, right)
    start = model.defaults(name, _default_prior(left, right), names, rare)
    start = replace(start, communes=_commune_bits(left, right))
    if not left["district"].isin(right["district"]).any():
        return start
    enough = len(left) * len(right) >= _ENOUGH
    return _maximised(name, left, right, _estimate_u(name, left, right, start) if enough else start)


def _maximised(name: str, left: pd.DataFrame, right: pd.DataFrame, start: Trained) -> Trained:
    """The m and openings by which the model expects what it finds: expectation maximisation.

    Who is whom is expected of all one-to-one assignments, so that namesakes teach little.
    """
    pair = PAIRS[name]
    pairs = best_of_household(weigh(name, left, right, start), right, pair)
    category, of_row = np.unique(categories(left).to_numpy(dtype="object"), return_inverse=True)
    rows = np.bincount(of_row).astype("float64")
    of_pair = pd.Series(of_row, index=left["unique_id"]).reindex(pairs["left"]).to_numpy()
    learned = [c for c in model.COMPARISONS[name] if c.learned]
    seen = {c.name: _places(pairs[f"level_{c.name}"], c) for c in learned}
    compared = (pairs["weight"] - prior_bits(start)).to_numpy()
    levels = dict(start.levels)
    partners = np.minimum(rows * start.prior * len(right), _PARTNERED * rows)
    for _ in range(_ROUNDS):
        begin = _opening_bits(partners, rows, len(right), pair.exclusive)
        weight = compared + begin[of_pair]
        for c in learned:
            weight = weight + _moved(start.levels[c.name], levels[c.name])[seen[c.name]]
        share = in_competition(pairs.assign(weight=weight), pair.exclusive)["probability"].to_numpy()
        for c in learned:
            found = np.bincount(seen[c.name] + 1, weights=share, minlength=len(c.levels) + 1)[1:]
            levels[c.name] = _bounded(c, dict(zip(start.levels[c.name], found.tolist(), strict=True)), start)
        # A small category is taken for one like all others, in part.
        own = np.bincount(of_pair, weights=share, minlength=len(rows))
        shares = (own + _FEW * own.sum() / rows.sum()) / (rows + _FEW)
        partners = rows * shares.clip(_LEAST, _PARTNERED)
        if np.abs(_opening_bits(partners, rows, len(right), pair.exclusive) - begin).max() < _STILL:
            break
    rounded = {
        c: {code: (float(f"{m:.4g}"), float(f"{u:.4g}")) for code, (m, u) in own.items()} for c, own in levels.items()
    }
    return replace(
        start, prior=float(f"{partners.sum() / len(left) / len(right):.4g}"), levels=rounded,
        estimated=tuple(c.name for c in learned),
        openings=dict(zip(category.tolist(), begin.round(3).tolist(), strict=True)),
    )  # fmt: skip


def _opening_bits(partners: np.ndarray, rows: np.ndarray, register: int, exclusive: bool) -> np.ndarray:
    """The odds of a pair of each category before anything is compared, in bits: how many rows have a partner
    (``partners``) for one that has none, shared by the rows of the register that are free."""
    free = register - (min(float(partners.sum()), _PARTNERED * register) if exclusive else 0.0)
    return np.asarray(np.log2(partners / (rows - partners) / free))


def _places(levels: pd.Series[str], comparison: model.Comparison) -> np.ndarray:
    """Each level's place among those of its comparison; -1: nothing to compare."""
    known = {level.code: place for place, level in enumerate(comparison.levels)}
    return levels.map(known).fillna(-1).to_numpy(dtype="int64")


def _moved(before: dict[str, tuple[float, float]], now: dict[str, tuple[float, float]]) -> np.ndarray:
    """By how many bits each level of a comparison weighs more than before; the last is «nothing to compare»."""
    return np.array([*(math.log2(now[code][0] / before[code][0]) for code in before), 0.0])


def _bounded(comparison: model.Comparison, found: dict[str, float], start: Trained) -> dict[str, tuple[float, float]]:
    """m and u of a comparison, of the true pairs that were found on each level.

    An m is kept near its default, that of the last level below it: namesakes must not teach that what differs is usual.
    """
    defaults = {level.code: level.m for level in comparison.levels}
    total, last = sum(found.values()), comparison.levels[-1].code
    counted = {code: (found[code] + _SEVERAL * m) / (total + _SEVERAL) for code, m in defaults.items()}
    shares = {k: min(max(counted[k], m / _NEAR), m * (1 if k == last else _NEAR)) for k, m in defaults.items()}
    whole = sum(shares.values())
    u = {code: told for code, (_, told) in start.levels[comparison.name].items()}
    return _apart(comparison, {code: (share / whole, u[code]) for code, share in shares.items()})


def _apart(comparison: model.Comparison, shares: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """The shares of a comparison whose levels tell apart whether the sector's row states anything: such a level weighs
    only against those of rows alike in that, for how many of these have a partner is their opening."""
    out = dict(shares)
    for stated in (True, False):
        alike = [level.code for level in comparison.levels if level.stated is stated]
        if not alike:
            continue
        m, u = (sum(shares[code][which] for code in alike) for which in (0, 1))
        out |= {code: (shares[code][0] * u / m, shares[code][1]) for code in alike}
    return out


def _name_shares(left: pd.DataFrame, right: pd.DataFrame) -> tuple[dict[str, float], float]:
    """How often each folded name occurs; of those that few people have, one share for all: what is kept of a period's
    names points to nobody."""
    counts = pd.concat([left["name"], right["name"]]).value_counts()
    total = max(int(counts.sum()), 1)
    common, rest = counts[counts >= _KNOWN].sort_index(), counts[counts < _KNOWN]
    rare = float(rest.mean()) if len(rest) else 1.0
    return {str(n): float(f"{c / total:.4g}") for n, c in common.items()}, float(f"{rare / max(total, 100):.4g}")


def _commune_bits(left: pd.DataFrame, right: pd.DataFrame) -> dict[str, float]:
    """Commune → the bits by which two rows of it are further from chance than two rows of one commune are usually: the
    smaller the commune, the less often they meet by chance."""
    ours, theirs = (side["commune"].value_counts(normalize=True) for side in (left, right))
    usual = float((ours * theirs).sum())
    bits = pd.Series(np.log2(usual / theirs.to_numpy()), index=theirs.index) if usual else theirs[:0]
    return {str(commune): round(float(bit), 3) for commune, bit in bits.clip(-_FAR, _FAR).sort_index().items()}


def _default_prior(left: pd.DataFrame, right: pd.DataFrame) -> float:
    """Every second row of the smaller side has its partner."""
    pairs = max(len(left), 1) * max(len(right), 1)
    return min(0.5, max(0.5 * min(len(left), len(right)) / pairs, 1e-9))


def _estimate_u(name: str, left: pd.DataFrame, right: pd.DataFrame, start: Trained) -> Trained:
    """The shares of random pairs on each level: of a sample drawn with a fixed seed, all its pairs."""
    rng = np.random.default_rng(_SEED)
    sample = [
        side.iloc[np.sort(rng.choice(len(side), size=min(_SAMPLE, len(side)), replace=False))] for side in (left, right)
    ]
    pairs = len(sample[0]) * len(sample[1])
    with database() as conn:
        linker = linker_of(conn, name, sample[0], sample[1], start)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e12, min_count_per_level=None, num_chunks=1)
        told = saved_shares(linker, "u_probability")
    levels = {}
    for c in model.COMPARISONS[name]:
        own = dict(start.levels[c.name])
        seen = {code: told[c.name, code] for code in own if (c.name, code) in told}
        if seen:
            # What the sample has not met is rarer than what it could have met, and not likelier than thought.
            shares = {k: max(seen[k], 1 / pairs) if k in seen else min(u, 1 / pairs) for k, (_, u) in own.items()}
            total = sum(shares.values())
            own = {k: (own[k][0], shares[k] / total) for k in own}
        levels[c.name] = _apart(c, own)
    return replace(start, levels=levels)
