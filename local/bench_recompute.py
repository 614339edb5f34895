"""`make bench-recompute`: one commune corrects its lists, in a warehouse that holds the whole sample province.

The rows are put into a warehouse of its own, linked and measured; then the district of the commune sends its register
once more, with a few households told otherwise. What counts is the time from then until links and figures are new, and
that nothing has changed but what the correction changes: links and figures equal those of a run that starts anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import text

from etl import pipeline
from etl.settings import Settings
from etl.warehouse import connect
from etl.warehouse.migrate import upgrade
from local.load_province import PERIOD, put_all, submissions
from samples.apart import take_apart
from samples.province import build

COMMUNES = 164
AGAIN = 10.0
"""The bar: seconds from the correction until links and figures are new."""

CORRECTED = ("register_household", "register_member")
_HOUSEHOLDS = 5


def corrected(rows: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The lists of a district once more: in its first commune some households are no longer poor, and a member of each
    of some more is spelt otherwise."""
    households, members = (rows[name].copy() for name in CORRECTED)
    commune = households["commune"].min()
    poor = households[(households["commune"] == commune) & households["classification"].str.startswith("poor")]
    out, renamed = poor["household_code"][:_HOUSEHOLDS], poor["household_code"][_HOUSEHOLDS : 2 * _HOUSEHOLDS]
    at = (households["commune"] == commune) & households["household_code"].isin(out)
    households.loc[at, "classification"] = "near_poor"
    of = members[(members["commune"] == commune) & members["household_code"].isin(renamed)]
    first = of.drop_duplicates("household_code").index
    members.loc[first, "full_name"] = members.loc[first, "full_name"].str.replace("ă", "a")
    return dict(zip(CORRECTED, (households, members), strict=True))


def timed(what: str, work: Callable[[], Any]) -> float:
    """Do it, say how long it took."""
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    print(f"{seconds:7.1f} s  {what}", flush=True)
    return seconds


def state(settings: Settings) -> dict[str, list[Any]]:
    """Links and figures as they stand, without moments."""
    queries = {
        "links": "SELECT link_id, submission_id, sheet, row, register_submission_id, register_sheet, register_row,"
                 " method, weight, probability, agreed FROM core.link ORDER BY link_id",
        "figures": "SELECT indicator, unit_code, unit_level, numerator, denominator, value, by_link"
                   " FROM mart.indicator_value ORDER BY indicator, unit_level, unit_code",
    }  # fmt: skip
    with connect(settings) as engine, engine.begin() as conn:
        return {name: [tuple(map(str, row)) for row in conn.execute(text(query))] for name, query in queries.items()}


def forget_sums(settings: Settings) -> None:
    """Keep no sums any longer, so that all is added up when it is measured next."""
    with connect(settings) as engine, engine.begin() as conn:
        conn.execute(text("DELETE FROM memo.sums"))


def main() -> int:
    """Fill, correct, measure; 1 where the bar is missed or the outcome is not that of a run that starts anew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="of the province (default: all of it)")
    parser.add_argument("--without-numbers", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path, help="keep the warehouse here; one that lies here already is used again")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        return measured(Settings(home=chosen.home or Path(place)), chosen.share, chosen.without_numbers, chosen.seed)


def measured(settings: Settings, share: float, without: float, seed: int) -> int:
    """The benchmark in a home. Returns the exit code."""
    communes = max(9, round(COMMUNES * share))
    province = take_apart(build(PERIOD, share, communes, seed), without, seed)
    rows = list(submissions(province))
    print(f"{sum(len(own) for _, _, own in rows):,} rows in {len(rows)} submissions")
    with connect(settings, fresh=True) as engine:
        upgrade(engine)
        with engine.connect() as conn:
            there = conn.scalar(text("SELECT count(*) FROM intake.submission")) or 0
        if not there:
            timed("to put the province into the warehouse", lambda: put_all(settings, rows, 0))
        timed("to link it", lambda: pipeline.link(settings, str(PERIOD)))
        timed("to measure it", lambda: pipeline.measure(settings, str(PERIOD)))
        district = min(unit for dataset, unit, _ in rows if dataset == CORRECTED[0])
        lists = corrected({d: own for d, unit, own in rows if unit == district and d in CORRECTED})
        again = [(dataset, district, own) for dataset, own in lists.items()]
        timed("to load the corrected lists", lambda: put_all(settings, again, there + 1))
        took = timed("to link what the correction touches", lambda: pipeline.link(settings, str(PERIOD)))
        took += timed("to measure what it touches", lambda: pipeline.measure_outdated(settings))
        found = state(settings)
        timed("to link all anew", lambda: pipeline.link(settings, str(PERIOD), anew=True))
        forget_sums(settings)
        timed("to measure all anew", lambda: pipeline.measure(settings, str(PERIOD)))
        timed("to measure what has not changed", lambda: pipeline.measure(settings, str(PERIOD)))
        same = state(settings) == found
    print(f"a commune's correction: {took:.1f} s (at most {AGAIN:.0f}); equal to a run that starts anew: {same}")
    return 0 if took <= AGAIN and same else 1


if __name__ == "__main__":
    sys.exit(main())
