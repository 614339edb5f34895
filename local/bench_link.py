"""`make bench-link`: the whole sample province linked, 30 % of its pairs without a common identifier.

The rows are made straight in memory, as the warehouse stores them, and linked by a process of their own: what counts is
its time and greatest memory, and its links against the truth. Growth is told at 10, 30 and 100 % of the communes.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from etl.linking import engine, prepare
from etl.linking.shapes import DATASETS, PAIRS, REGISTER_KEYS, Before
from etl.model.period import Period
from samples.apart import linked_truth, take_apart, true_links
from samples.province import build
from samples.stored import stored

PERIOD = Period(2018, 4)
COMMUNES = 164
PERSONS, HOUSEHOLDS = ("card", "pupil"), ("loan", "housing")
SECONDS, MEMORY, PERSON_F1, HOUSEHOLD_F1, POINTS, AGAIN = 240, 4 * 1024**3, 0.99, 0.995, 0.3, 10
"""The bars: seconds, bytes, F1 of persons, of households, points of an indicator, seconds of a correction."""


@dataclass(frozen=True)
class Measured:
    """One share of the province: rows of both sides, time, processor time, memory, links against the truth."""

    rows: int
    seconds: float
    processor: float
    again: float
    memory: int
    f1: dict[str, float]
    points: float


def prepared(folder: Path, share: float, without: float, seed: int) -> pd.DataFrame:
    """Write a share of the province into a folder: rows and truth; the true indicators."""
    province = take_apart(build(PERIOD, share, max(9, round(COMMUNES * share)), seed), without, seed)
    for name in DATASETS:
        stored(province, name).to_parquet(folder / f"{name}.parquet")
    true_links(province).to_parquet(folder / "truth.parquet")
    return linked_truth(province)


def link(folder: Path) -> None:
    """In a process of its own: link what lies in a folder, write the links and what it took."""
    frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in DATASETS}
    began, spent = time.perf_counter(), time.process_time()
    frames = engine.sorted_frames(frames)
    outcome = engine.link(frames)
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    # A commune sends its list once more, with its district: the rows are as before and have other addresses.
    district = frames["register_member"]["district_code"].iloc[0]
    changed = dict(frames)
    probable = outcome.links[outcome.links["method"] == "probable"]
    for name in REGISTER_KEYS:
        own = frames[name]["district_code"] == district
        changed[name] = frames[name].assign(submission_id=frames[name]["submission_id"].where(~own, "again"))
    began = time.perf_counter()
    engine.link(engine.sorted_frames(changed), outcome.trained, before=Before(outcome.parts, probable))
    again = time.perf_counter() - began
    told = []
    for name, pair in PAIRS.items():
        own_links = outcome.links[outcome.links["pair"] == name]
        lefts = prepare.row_keys(frames[pair.dataset], pair.key).to_numpy()[own_links["left_at"].to_numpy()]
        rights = prepare.row_keys(frames[pair.register], REGISTER_KEYS[pair.register]).to_numpy()
        told.append(pd.DataFrame({"pair": name, "left": lefts, "right": rights[own_links["right_at"].to_numpy()]}))
    pd.concat(told).to_parquet(folder / "links.parquet")
    # Linux tells kilobytes.
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    said = {"seconds": seconds, "processor": processor, "again": again, "memory": memory}
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


def f1_of(links: pd.DataFrame, truth: pd.DataFrame, pairs: tuple[str, ...]) -> float:
    """F1 of the links of some pairs."""
    sides = [set(f[f["pair"].isin(pairs)].itertuples(index=False, name=None)) for f in (links, truth)]
    return 2 * len(sides[0] & sides[1]) / max(len(sides[0]) + len(sides[1]), 1)


def points_off(folder: Path, links: pd.DataFrame, truth: pd.DataFrame) -> float:
    """By how many percentage points HI_POOR or EDU_ATTENDANCE is off in the worst district."""
    frames = engine.sorted_frames({name: pd.read_parquet(folder / f"{name}.parquet") for name in DATASETS})
    day, members, households = pd.Timestamp(PERIOD.last_day), frames["register_member"], frames["register_household"]
    keys = prepare.row_keys(members, REGISTER_KEYS["register_member"])
    house = members["commune"] + "|" + members["household_code"]
    poor_rows = households[households["classification"].isin(["poor_income", "poor_deprivation"])]
    poor = house.isin(poor_rows["commune"] + "|" + poor_rows["household_code"])
    ages = day.year - members["birth_year"].astype("int64")
    cards, pupils = frames["health_card"], frames["education_pupil"]
    spans = (cards["valid_from"] <= day) & (day <= cards["valid_to"])
    valid = set(prepare.row_keys(cards, PAIRS["card"].key)[spans])
    enrolled = set(prepare.row_keys(pupils, PAIRS["pupil"].key)[pupils["status"] == "enrolled"])
    worst = 0.0
    for code, pair, counts, rows in (
        ("HI_POOR", "card", poor, valid), ("EDU_ATTENDANCE", "pupil", poor & ages.between(6, 14), enrolled),
    ):  # fmt: skip
        own = links[(links["pair"] == pair) & links["left"].isin(rows)]
        found = keys.isin(own["right"])
        own_truth = truth[truth["indicator"] == code]
        for unit, has, of in zip(
            own_truth["unit_code"], own_truth["numerator"], own_truth["denominator"], strict=True
        ):  # fmt: skip
            there = counts if unit == "10" else counts & (members["district_code"] == unit)
            worst = max(worst, abs(100 * float(found[there].mean()) - 100 * has / of))
    return worst


def measured(share: float, without: float, seed: int) -> Measured:
    """Make a share of the province, link it, hold the links against the truth."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        indicators = prepared(folder, share, without, seed)
        subprocess.run([sys.executable, "-m", "local.bench_link", "--folder", place], check=True)
        said: dict[str, Any] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
        links = pd.read_parquet(folder / "links.parquet")[["pair", "left", "right"]]
        truth = pd.read_parquet(folder / "truth.parquet")[["pair", "left", "right"]]
        f1 = {name: f1_of(links, truth, pairs) for name, pairs in
              (*((n, (n,)) for n in PAIRS), ("person", PERSONS), ("household", HOUSEHOLDS))}  # fmt: skip
        rows = sum(len(pd.read_parquet(folder / f"{name}.parquet", columns=["row"])) for name in DATASETS)
        return Measured(rows, said["seconds"], said["processor"], said["again"], said["memory"], f1,
                        points_off(folder, links, indicators))  # fmt: skip


def main() -> int:
    """Measure the shares, print them; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.3, 1.0])
    parser.add_argument("--without-numbers", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.folder:
        link(chosen.folder)
        return 0
    told = []
    for share in chosen.shares:
        one = measured(share, chosen.without_numbers, chosen.seed)
        told.append(one)
        f1 = ", ".join(f"{name} {value:.4f}" for name, value in one.f1.items())
        print(
            f"{share:4.0%} {one.rows:>9,} rows  {one.seconds:6.1f} s (processor {one.processor:.1f} s)  "
            f"{one.memory / 1024**3:.2f} GiB  a corrected list {one.again:.1f} s\n"
            f"     F1: {f1}\n     indicators at most {one.points:.3f} points off",
            flush=True,
        )
    return 0 if _good(told) else 1


def _good(told: list[Measured]) -> bool:
    """Whether the largest share keeps the bars, and time grows no faster than n log n."""
    first, last = told[0], told[-1]
    grown = last.processor / first.processor
    allowed = last.rows * math.log(last.rows) / (first.rows * math.log(first.rows))
    print(f"processor time grows {grown:.1f} times, n log n {allowed:.1f} times")
    return (
        last.seconds <= SECONDS and last.memory <= MEMORY and last.again <= AGAIN and grown <= allowed
        and last.f1["person"] >= PERSON_F1 and last.f1["household"] >= HOUSEHOLD_F1 and last.points <= POINTS
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
