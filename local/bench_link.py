"""`make bench-link`: the whole sample province linked, 30 % of its pairs without a common identifier.

The rows are put into a warehouse of its own. Then it is asked what a person asks: `giamngheo link`, in a process of its
own, of which time and greatest memory count, and `giamngheo indicators`, whose figures are held against the truth.
Growth is told at 10, 30 and 100 % of the communes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import text

from etl.linking import engine, prepare
from etl.linking.shapes import DATASETS, PAIRS, REGISTER_KEYS
from etl.reference.units import units_on
from etl.settings import Settings
from etl.warehouse import connect
from etl.warehouse.migrate import upgrade
from local.load_province import PERIOD, put_all, submissions
from samples.apart import linked_truth, take_apart, true_links
from samples.province import Province, build
from samples.stored import stored

COMMUNES = 164
PROVINCE = units_on(PERIOD.last_day).province.code
PERSONS, HOUSEHOLDS = ("card", "pupil"), ("loan", "housing")
SECONDS, MEMORY, PERSON_F1, HOUSEHOLD_F1, POINTS, AGAIN = 240, 4 * 1024**3, 0.99, 0.995, 0.3, 10
"""The bars: seconds, bytes, F1 of persons, of households, points of an indicator, seconds of a correction."""


@dataclass(frozen=True)
class Run:
    """One run of a command: what it printed, its time, its processor time, its greatest memory in bytes."""

    printed: Any
    seconds: float
    processor: float
    memory: int


@dataclass(frozen=True)
class Measured:
    """One share of the province: its rows, the run of «link», the seconds of one after a correction, F1 of the links,
    how far the printed figures are from the truth (``distances``)."""

    rows: int
    run: Run
    again: float
    f1: dict[str, float]
    figures: pd.DataFrame

    @property
    def points(self) -> float:
        """By how many points the worst printed rate is off, of all districts and the province."""
        return float(self.figures["points"].max())


def ask(settings: Settings, *arguments: str) -> Run:
    """Run ``giamngheo`` on a warehouse, in a process of its own, with --json. Raises CalledProcessError."""
    environment = {
        **os.environ, "GIAMNGHEO_HOME": str(settings.home), "GIAMNGHEO_WAREHOUSE_URL": settings.warehouse_url or "",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "giamngheo"), *arguments, "--json"]
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        out.seek(0)
        # Linux tells kilobytes.
        return Run(json.load(out), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def distances(printed: list[dict[str, Any]], truth: pd.DataFrame) -> pd.DataFrame:
    """Return indicator, unit_code, printed, true and points: how far each figure that was printed is from the truth.

    Of rates, in percentage points; points is missing of counts, and of a rate of nothing. Raises KeyError where a
    figure of the truth was not printed.
    """
    values = {(r["indicator"], r["unit_code"]): r["value"] for r in printed}
    rows: list[tuple[str, str, float | None, float | None, float | None]] = []
    columns = (truth[name].astype("object").where(truth[name].notna(), None) for name in truth.columns)
    for code, unit, has, of in zip(*columns, strict=True):
        true = float(has) if of is None else 100 * has / of if of else None
        value = values[code, unit]
        if (value is None) != (true is None):
            raise KeyError(f"{code} of {unit}: printed {value}, true {true}")
        points = None if of is None or value is None or true is None else abs(value - true)
        rows.append((code, unit, value, true, points))
    names = ["indicator", "unit_code", "printed", "true", "points"]
    return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[2:], "float64"))


def links_of(settings: Settings, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the links that stand in the warehouse: pair, and the natural keys of both rows (left, right).

    frames: the rows that were put in; a row's number is its number in its dataset.
    """
    with connect(settings) as warehouse, warehouse.connect() as conn:
        links = pd.DataFrame(conn.execute(text("SELECT pair, row, register_row FROM core.link")).mappings().all())
    found = []
    for name, pair in PAIRS.items():
        own = links[links["pair"] == name]
        ends = {}
        for side, dataset, key, column in (
            ("left", pair.dataset, pair.key, "row"),
            ("right", pair.register, REGISTER_KEYS[pair.register], "register_row"),
        ):
            keys = prepare.row_keys(frames[dataset], key).set_axis(frames[dataset]["row"])
            ends[side] = keys.loc[own[column]].to_numpy()
        found.append(pd.DataFrame({"pair": name, **ends}))
    return pd.concat(found, ignore_index=True)


def f1_of(links: pd.DataFrame, truth: pd.DataFrame, pairs: tuple[str, ...]) -> float:
    """F1 of the links of some pairs."""
    sides = [set(f[f["pair"].isin(pairs)].itertuples(index=False, name=None)) for f in (links, truth)]
    return 2 * len(sides[0] & sides[1]) / max(len(sides[0]) + len(sides[1]), 1)


def measured(share: float, without: float, seed: int) -> Measured:
    """Make a share of the province, link it, hold links and printed figures against the truth."""
    province = take_apart(build(PERIOD, share, max(9, round(COMMUNES * share)), seed), without, seed)
    with tempfile.TemporaryDirectory() as place, connect(Settings(home=Path(place)), fresh=True) as warehouse:
        upgrade(warehouse)
        url = warehouse.url.render_as_string(hide_password=False)
        return _measured_in(Settings(home=Path(place), warehouse_url=url), province)


def _measured_in(settings: Settings, province: Province) -> Measured:
    lists = list(submissions(province))
    put_all(settings, lists, 1)
    run = ask(settings, "link", "--period", str(PERIOD))
    printed = ask(settings, "indicators", "--period", str(PERIOD)).printed
    frames = engine.sorted_frames({name: stored(province, name) for name in DATASETS})
    links = links_of(settings, frames)[["pair", "left", "right"]]
    truth = true_links(province)[["pair", "left", "right"]]
    f1 = {
        name: f1_of(links, truth, pairs)
        for name, pairs in (*((n, (n,)) for n in PAIRS), ("person", PERSONS), ("household", HOUSEHOLDS))
    }
    # A district sends its register once more: the rows are as before and have other addresses.
    district = next(unit for dataset, unit, _ in lists if dataset == "register_member")
    put_all(settings, [one for one in lists if one[0] in REGISTER_KEYS and one[1] == district], 2)
    again = ask(settings, "link", "--period", str(PERIOD)).seconds
    rows = sum(len(frame) for frame in frames.values())
    return Measured(rows, run, again, f1, distances(printed, linked_truth(province)))


def main() -> int:
    """Measure the shares, print them; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.3, 1.0])
    parser.add_argument("--without-numbers", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    told = []
    for share in chosen.shares:
        one = measured(share, chosen.without_numbers, chosen.seed)
        told.append(one)
        f1 = ", ".join(f"{name} {value:.4f}" for name, value in one.f1.items())
        print(
            f"{share:4.0%} {one.rows:>9,} rows  {one.run.seconds:6.1f} s (processor {one.run.processor:.1f} s)  "
            f"{one.run.memory / 1024**3:.2f} GiB  a corrected list {one.again:.1f} s\n"
            f"     F1: {f1}\n     printed rates at most {one.points:.3f} points off",
            flush=True,
        )
        whole = one.figures[one.figures["unit_code"] == PROVINCE]
        for code, value, true in zip(whole["indicator"], whole["printed"], whole["true"], strict=True):
            print(f"     {code:16} printed {value:.2f}, true {true:.2f}", flush=True)
    return 0 if _good(told) else 1


def _good(told: list[Measured]) -> bool:
    """Whether the largest share keeps the bars, and time grows no faster than n log n."""
    first, last = told[0], told[-1]
    grown = last.run.processor / first.run.processor
    allowed = last.rows * math.log(last.rows) / (first.rows * math.log(first.rows))
    print(f"processor time grows {grown:.1f} times, n log n {allowed:.1f} times")
    return (
        last.run.seconds <= SECONDS and last.run.memory <= MEMORY and last.again <= AGAIN and grown <= allowed
        and last.f1["person"] >= PERSON_F1 and last.f1["household"] >= HOUSEHOLD_F1 and last.points <= POINTS
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
