"""Splink on DuckDB: learning what a period's rows are like, and weighing the pairs that come into question."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import SplinkException

from etl.linking import model
from etl.linking.competing import best_of_household, in_competition
from etl.linking.prepare import COMPARED
from etl.linking.shapes import PAIRS, Pair, Trained

MEMORY = "1536MB"
THREADS = 2
FLOOR = -4.0
"""Pairs that weigh less than this many bits after the prior come into question with the household's evidence at most
as much as this; the rest is dropped inside of the database."""

_SAMPLE = 1_200
"""Rows of each side that the u are estimated on: all their pairs, more than a million."""
_SEED = 20_181_231
_ROUNDS = 10
"""How often the prior is put right; it moves by less than a hundredth then."""
_PARTNERED = 0.98
"""Never more than this share of rows is taken to have a partner."""
_KNOWN = 5
"""A name is kept where so many rows bear it; also published cells hide fewer."""
_NEAR = 2.5
"""How many times more or less than its default an m may be."""
_ENOUGH = 300
"""Rows on each side from which on there is something to learn."""

for _name in ("splink", "splink.internals"):
    logging.getLogger(_name).setLevel(logging.ERROR)


@contextmanager
def database(memory: str = MEMORY, threads: int = THREADS) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of one's own in memory, within limits."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "threads": str(threads),
        "preserve_insertion_order": "false",
    }
    with duckdb.connect(":memory:", config=config) as conn:
        conn.execute("SET enable_progress_bar = false")
        # It takes parts of a UNION ALL for the same that are not; Splink joins its blocks so (docs/known-faults.md).
        conn.execute("SET disabled_optimizers = 'common_subplan'")
        yield conn


def train(pair: str, left: pd.DataFrame, right: pd.DataFrame) -> Trained:
    """Learn a pair's model from rows alone, without labels; what cannot be learned keeps its documented default.

    left, right: what no identifier has linked, ``COMPARED``. u come from pairs drawn at random with a fixed seed, m
    from expectation maximisation within the blocks of ``model.TRAINING``, the prior from the pairs that
    ``model.LIKELY`` finds. All are rounded, so that the order in which a machine adds up decides nothing.
    """
    names, rare = _name_shares(left, right)
    start = model.defaults(pair, _default_prior(left, right), names, rare)
    if min(len(left), len(right)) < _ENOUGH:
        return start
    with_u = _estimate_u(pair, left, right, start)
    with database() as conn:
        linker = _linker(conn, pair, left, right, with_u)
        prior = _prior(pair, linker, left, right)
        linker = _linker(conn, pair, left, right, _with(with_u, prior=prior))
        learned = _estimate_m(pair, linker)
    levels, estimated = _merged(pair, with_u, learned)
    trained = _settled(PAIRS[pair], left, right, Trained(prior, levels, names, rare, estimated))
    return replace(trained, prior=float(f"{trained.prior:.4g}"), nobody=float(f"{trained.nobody:.4g}"))


def _settled(pair: Pair, left: pd.DataFrame, right: pd.DataFrame, start: Trained) -> Trained:
    """The prior at which the model finds as many true pairs as the prior says there are: expectation maximisation."""
    pairs = best_of_household(weigh(pair.name, left, right, start), right, pair)
    total, trained = len(left) * len(right), start
    most = min(len(left), len(right) if pair.exclusive else len(left)) / total
    for _ in range(_ROUNDS):
        moved = pairs.assign(weight=pairs["weight"] + math.log2(trained.prior / start.prior))
        found = float(in_competition(moved, pair.exclusive, trained.nobody)["probability"].sum())
        prior = min(max(found / total, 1e-9), most)
        # A loan or house has one household: that it has none is what is left of the expected number of its partners.
        nobody = 1.0 if pair.people else max(1 - prior * len(right), 1 - _PARTNERED)
        trained = replace(trained, prior=prior, nobody=nobody)
    return trained


def prior_bits(trained: Trained) -> float:
    """The odds of two rows drawn at random, in bits: where every weight begins."""
    return math.log2(trained.prior / (1 - trained.prior))


def weigh(
    pair: str, left: pd.DataFrame, right: pd.DataFrame, trained: Trained, *, everything: bool = False
) -> pd.DataFrame:
    """The pairs that come into question: left, right (``unique_id``), weight (bits, the prior within), and for each
    comparison ``level_<name>`` (code; empty: nothing to compare) and ``weight_<name>`` (bits).

    everything: all pairs of few rows, whatever the blocks and however little they weigh.
    """
    comparisons = model.COMPARISONS[pair]
    if not everything and not left["district"].isin(right["district"]).any():
        return _no_pairs(pair)
    with database() as conn:
        linker = _linker(conn, pair, left, right, trained, everything)
        floor = None if everything else FLOOR
        predicted = linker.inference.predict(threshold_match_weight=floor, warning_mode="never")
        parts = ['unique_id_l AS "left"', 'unique_id_r AS "right"', "match_weight AS weight"]
        columns = {d[0] for d in conn.execute(f"SELECT * FROM {predicted.physical_name} LIMIT 0").description}  # noqa: S608
        for c in comparisons:
            adjusted = f" + coalesce(mw_tf_adj_{c.name}, 0)" if f"mw_tf_adj_{c.name}" in columns else ""
            parts += [f"gamma_{c.name}", f"mw_{c.name}{adjusted} AS weight_{c.name}"]
        query = f"SELECT {', '.join(parts)} FROM {predicted.physical_name} ORDER BY 1, 2"  # noqa: S608
        found = conn.execute(query).df()
    for c in comparisons:
        codes = {-1: ""} | {len(c.levels) - 1 - at: level.code for at, level in enumerate(c.levels)}
        found[f"level_{c.name}"] = found.pop(f"gamma_{c.name}").map(codes).astype("str")
    rounded = {n: found[n].astype("float64").round(4) for n in found.columns if n.startswith("weight")}
    return found.assign(**rounded)


def _no_pairs(pair: str) -> pd.DataFrame:
    names = [c.name for c in model.COMPARISONS[pair]]
    kinds = {"left": "int64", "right": "int64", "weight": "float64"}
    kinds |= {f"weight_{n}": "float64" for n in names} | {f"level_{n}": "str" for n in names}
    return pd.DataFrame({n: pd.Series(dtype=k) for n, k in kinds.items()})


def _linker(
    conn: duckdb.DuckDBPyConnection, pair: str, left: pd.DataFrame, right: pd.DataFrame, trained: Trained,
    everything: bool = False,
) -> Linker:  # fmt: skip
    api = DuckDBAPI(connection=conn)
    sides = []
    for name, side in (("a_sector", left), ("b_register", right)):
        conn.register(f"given_{name}", side[COMPARED])
        conn.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given_{name}")  # noqa: S608 - our own names
        conn.unregister(f"given_{name}")
        sides.append(api.register(name, dataset_display_name=name))
    linker = Linker(sides, model.splink_settings(pair, trained, everything), log_level=None, validate_settings=False)
    there = pd.concat([left["name"], right["name"]]).dropna().unique()
    shares = pd.DataFrame({"name": there, "tf_name": [trained.names.get(n, trained.rare) for n in there]})
    conn.register("given_names", shares)
    conn.execute("CREATE OR REPLACE TABLE name_shares AS SELECT * FROM given_names")
    conn.unregister("given_names")
    linker.table_management.register_term_frequency_lookup(api.register("name_shares"), "name")
    return linker


def _name_shares(left: pd.DataFrame, right: pd.DataFrame) -> tuple[dict[str, float], float]:
    """How often each folded name occurs; of those that few people have, one share for all: what is kept of a period's
    names points to nobody."""
    counts = pd.concat([left["name"], right["name"]]).value_counts()
    total = max(int(counts.sum()), 1)
    common, rest = counts[counts >= _KNOWN].sort_index(), counts[counts < _KNOWN]
    rare = float(rest.mean()) if len(rest) else 1.0
    return {str(n): float(f"{c / total:.4g}") for n, c in common.items()}, float(f"{rare / max(total, 100):.4g}")


def _default_prior(left: pd.DataFrame, right: pd.DataFrame) -> float:
    """Every second row of the smaller side has its partner."""
    pairs = max(len(left), 1) * max(len(right), 1)
    return min(0.5, max(0.5 * min(len(left), len(right)) / pairs, 1e-9))


def _with(trained: Trained, prior: float) -> Trained:
    return Trained(prior, trained.levels, trained.names, trained.rare, trained.estimated)


def _prior(pair: str, linker: Linker, left: pd.DataFrame, right: pd.DataFrame) -> float:
    """The prior by the pairs that are likely by rule alone: no row has more than one partner."""
    default = _default_prior(left, right)
    kind = model.kind_of(pair)
    try:
        linker.training.estimate_probability_two_random_records_match(
            list(model.LIKELY[kind]), recall=model.LIKELY_RECALL[kind]
        )
    except ValueError:
        return default
    found = float(linker._settings_obj._probability_two_random_records_match)
    return min(max(found, default / 20), min(len(left), len(right)) / (len(left) * len(right)))


def _estimate_u(pair: str, left: pd.DataFrame, right: pd.DataFrame, start: Trained) -> Trained:
    """The shares of random pairs on each level: of a sample drawn with a fixed seed, all its pairs."""
    rng = np.random.default_rng(_SEED)
    sample = [
        side.iloc[np.sort(rng.choice(len(side), size=min(_SAMPLE, len(side)), replace=False))] for side in (left, right)
    ]
    pairs = len(sample[0]) * len(sample[1])
    with database() as conn:
        linker = _linker(conn, pair, sample[0], sample[1], start)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e12, min_count_per_level=None, num_chunks=1)
        told = _told(linker, "u_probability")
    levels = {}
    for c in model.COMPARISONS[pair]:
        own = dict(start.levels[c.name])
        seen = {code: told[c.name, code] for code in own if (c.name, code) in told}
        if seen:
            # What the sample has not met is rarer than what it could have met, and not likelier than thought.
            shares = {k: max(seen[k], 1 / pairs) if k in seen else min(u, 1 / pairs) for k, (_, u) in own.items()}
            total = sum(shares.values())
            own = {k: (own[k][0], shares[k] / total) for k in own}
        levels[c.name] = own
    return Trained(start.prior, levels, start.names, start.rare)


def _estimate_m(pair: str, linker: Linker) -> dict[tuple[str, str], float]:
    """(comparison, level) → m, where expectation maximisation found any."""
    for rule in model.TRAINING[model.kind_of(pair)]:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, fix_u_probabilities=True
            )
        except (SplinkException, ValueError):
            # A block without pairs, without one kind of them, or whose shares run to nothing: it teaches nothing.
            continue
    trained = {
        (session_c.output_column_name)
        for session in linker._em_training_sessions
        for session_c in session.core_model_settings.comparisons
    }
    return {key: m for key, m in _told(linker, "m_probability").items() if key[0] in trained}


def _told(linker: Linker, which: str) -> dict[tuple[str, str], float]:
    saved = linker.misc.save_model_to_json()
    return {
        (c["output_column_name"], level["label_for_charts"]): float(level[which])
        for c in saved["comparisons"]
        for level in c["comparison_levels"]
        if isinstance(level.get(which), int | float)
    }


def _merged(
    pair: str, with_u: Trained, learned: dict[tuple[str, str], float]
) -> tuple[dict[str, dict[str, tuple[float, float]]], tuple[str, ...]]:
    """m and u of every level, and which comparisons were learned.

    An m is kept near its default, that of the last level below it: a block holds namesakes too, and they must not teach
    that a birth which differs is usual.
    """
    levels, estimated = {}, []
    for c in model.COMPARISONS[pair]:
        own = dict(with_u.levels[c.name])
        found = {code: learned[c.name, code] for code in own if (c.name, code) in learned}
        if c.learned and found:
            estimated.append(c.name)
            last = c.levels[-1].code
            shares = {
                k: min(max(found.get(k, m), m / _NEAR), m * (1 if k == last else _NEAR)) for k, (m, _) in own.items()
            }
            total = sum(shares.values())
            own = {k: (shares[k] / total, own[k][1]) for k in own}
        levels[c.name] = {k: (float(f"{m:.4g}"), float(f"{u:.4g}")) for k, (m, u) in own.items()}
    return levels, tuple(estimated)
