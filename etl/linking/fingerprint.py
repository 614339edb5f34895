"""What a part of linking rests on, as a short text: facts never change, so a row's address stands for what it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

_PRIME = np.uint64(0x9E3779B97F4A7C15)


def of_rows(frame: pd.DataFrame) -> np.ndarray:
    """A number of 64 bits for each row, from its address alone."""
    sheets = frame["submission_id"].astype("str") + "\n" + frame["sheet"].astype("str")
    codes, distinct = pd.factorize(sheets)
    seeds = np.array([_number(str(one)) for one in distinct], dtype="uint64")
    if not len(frame):
        return np.zeros(0, dtype="uint64")
    return _mixed(seeds[codes] + frame["row"].to_numpy(dtype="uint64") * _PRIME)


def of_units(rows: np.ndarray, unit: pd.Series[int], count: int) -> np.ndarray:
    """A number for each person from those of the person's rows."""
    out = np.zeros(count, dtype="uint64")
    np.add.at(out, unit.to_numpy(dtype="int64"), rows)
    return out


def of_texts(values: pd.Series[str]) -> np.ndarray:
    """A number for each text; 0 for none."""
    codes, distinct = pd.factorize(values)
    seeds = np.array([*(_number(str(one)) for one in distinct), 0], dtype="uint64")
    return np.asarray(seeds[codes], dtype="uint64")


def of_pairs(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """A number for each pair of rows."""
    return _mixed(left * np.uint64(3) + right * np.uint64(5))


def by_district(parts: Iterable[tuple[pd.Series[str], np.ndarray]], also: str) -> dict[str, str]:
    """District → fingerprint of all the rows of it, in whatever order, and of ``also``."""
    sums: dict[str, list[int]] = {}
    parts = list(parts)
    for at, (districts, numbers) in enumerate(parts):
        codes, distinct = pd.factorize(districts)
        known = codes >= 0
        totals = np.zeros(len(distinct), dtype="uint64")
        np.add.at(totals, codes[known], numbers[known])
        for district, total, count in zip(
            distinct, totals, np.bincount(codes[known], minlength=len(distinct)), strict=True
        ):
            own = sums.setdefault(str(district), [0] * 2 * len(parts))
            own[2 * at : 2 * at + 2] = [int(total), int(count)]
    return {d: hashlib.sha256(f"{own}{also}".encode()).hexdigest()[:16] for d, own in sorted(sums.items())}


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _mixed(numbers: np.ndarray) -> np.ndarray:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(numbers ^ (numbers >> np.uint64(31)), dtype="uint64")
