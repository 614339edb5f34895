"""A small province whose people no number joins, as rows of the warehouse, linked once a session."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

from etl.linking import engine, prepare
from etl.linking.shapes import DATASETS, PAIRS, REGISTER_KEYS, Outcome
from etl.model.period import Period
from samples.apart import take_apart, true_links
from samples.province import Province, build
from samples.stored import stored


@dataclass(frozen=True)
class Apart:
    """The province, its rows in the order of linking, the truth, what linking makes of them."""

    province: Province
    frames: dict[str, pd.DataFrame]
    truth: pd.DataFrame
    outcome: Outcome


def keyed(links: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Links with the natural keys of their rows: left, right."""
    told = []
    for name, pair in PAIRS.items():
        own = links[links["pair"] == name]
        left = prepare.row_keys(frames[pair.dataset], pair.key).to_numpy()[own["left_at"].to_numpy()]
        right = prepare.row_keys(frames[pair.register], REGISTER_KEYS[pair.register]).to_numpy()
        told.append(own.assign(left=left, right=right[own["right_at"].to_numpy()]))
    return pd.concat(told, ignore_index=True)


@pytest.fixture(scope="session")
def apart() -> Apart:
    province = take_apart(build(Period(2018, 4), 0.06, 14, 5), 0.3, 5)
    frames = engine.sorted_frames({name: stored(province, name) for name in DATASETS})
    return Apart(province, frames, true_links(province), engine.link(frames))
