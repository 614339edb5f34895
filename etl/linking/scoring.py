"""Splink on DuckDB: weighing the pairs that come into question."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import numpy as np
import pandas as pd
from splink import DuckDBAPI, Linker

from etl.linking import model
from etl.linking.prepare import COMPARED
from etl.linking.shapes import Trained

MEMORY = "1536MB"
THREADS = 2
FLOOR = -4.0
"""Pairs that weigh less than this many bits after the prior come into question with the household's evidence at most
as much as this; the rest is dropped inside of the database."""

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


def prior_bits(trained: Trained) -> float:
    """The odds of two rows drawn at random, in bits."""
    return math.log2(trained.prior / (1 - trained.prior))


def categories(left: pd.DataFrame) -> pd.Series[str]:
    """Which rows of a sector are alike in how many of them are of the register: the class of household that a row
    states, and whether it states a number."""
    return left["poor"].fillna("none") + np.where(left["id_number"].isna(), "", "+number")


def openings(left: pd.DataFrame, trained: Trained) -> pd.Series[float]:
    """The bits with which each row's pairs begin."""
    return categories(left).map(trained.openings).fillna(prior_bits(trained)).astype("float64")


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
    begin = openings(left, trained).set_axis(left["unique_id"])
    with database() as conn:
        linker = linker_of(conn, pair, left, right, trained, everything)
        floor = None if everything else FLOOR + prior_bits(trained) - float(begin.max())
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
    here = (left.set_index("unique_id")["commune"].map(trained.communes).fillna(0.0)).reindex(found["left"]).to_numpy()
    place = np.where(found["level_place"].isin(model.SAME_COMMUNE), here, 0.0)
    found["weight_place"] += place
    found["weight"] += place + begin.reindex(found["left"]).to_numpy() - prior_bits(trained)
    if floor is not None:
        found = found[found["weight"] >= FLOOR].reset_index(drop=True)
    rounded = {n: found[n].astype("float64").round(4) for n in found.columns if n.startswith("weight")}
    return found.assign(**rounded)


def _no_pairs(pair: str) -> pd.DataFrame:
    names = [c.name for c in model.COMPARISONS[pair]]
    kinds = {"left": "int64", "right": "int64", "weight": "float64"}
    kinds |= {f"weight_{n}": "float64" for n in names} | {f"level_{n}": "str" for n in names}
    return pd.DataFrame({n: pd.Series(dtype=k) for n, k in kinds.items()})


def linker_of(
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


def saved_shares(linker: Linker, which: str) -> dict[tuple[str, str], float]:
    saved = linker.misc.save_model_to_json()
    return {
        (c["output_column_name"], level["label_for_charts"]): float(level[which])
        for c in saved["comparisons"]
        for level in c["comparison_levels"]
        if isinstance(level.get(which), int | float)
    }
