"""Every indicator equals the oracle on random provinces with random links, and the rows behind each add up to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection

from etl.indicators import indicators, measure, trace
from etl.indicators.areas import areas
from etl.model.period import Period
from etl.reference.standards import standard_on
from tests.indicators import oracle, oracle_links, provinces
from tests.selection import chance

pytestmark = pytest.mark.warehouse

PROVINCES = 30
TODAY = (*chance("oracle").sample([seed for seed in range(PROVINCES) if seed % 6 != 5], 5), 5)
"""Five provinces under the standard of ten deprivations and one under that of twelve."""
DIGITS = Fraction(1, 10**15)
"""Twelfths are no decimals: what is shared by twelve is exact to so much, and its value all the same."""


def period_of(seed: int) -> Period:
    """Most under the standard of ten deprivations, some under that of twelve."""
    return Period(2022, 4) if seed % 6 == 5 else Period(2018, 4)


@pytest.fixture
def conn(warehouse) -> Iterator[Connection]:
    with warehouse.connect() as one:
        yield one


@pytest.mark.parametrize(
    "seeds", [TODAY, pytest.param(range(PROVINCES), marks=pytest.mark.whole)], ids=["today", "all"]
)
def test_every_indicator_equals_the_oracle(conn: Connection, seeds: Sequence[int]) -> None:
    told: Counter[str] = Counter()
    for seed in seeds:
        period = period_of(seed)
        submissions = provinces.province(seed, period)
        provinces.put_all(conn, submissions)
        links = links_between(submissions, period, seed)
        provinces.put_links(conn, links, submissions, period)
        frame = measure.measure(conn, period)
        compare(frame, oracle.figures(submissions, period, links), period, seed, told)
        trace_all(conn, frame, period, seed)
        conn.rollback()
    # The comparison would be worth little of figures that are all nothing.
    never = {code for code in indicators() if not told[code]} - {"TRAINING_MET"}
    assert len(never) <= (0 if len(seeds) == PROVINCES else len(indicators()) // 5), never


def links_between(submissions: list[provinces.Submission], period: Period, seed: int) -> list[oracle_links.Link]:
    """Return random links of a province, of every third one none."""
    if seed % 3 == 0:
        return []
    frames, _ = oracle.current(submissions, period)
    counting = {address for frame in frames.values() for address in frame["address"]}
    stale: dict[str, list[oracle_links.Address]] = {name: [] for name in frames}
    for one in submissions:
        if one.period == period:
            addresses = [(one.id, number) for number in range(10, 10 + len(one.rows))]
            stale[one.dataset] += [address for address in addresses if address not in counting]
    return oracle_links.random_links(frames, stale, np.random.default_rng([seed, 7]))


def compare(
    frame: pd.DataFrame, expected: dict[tuple[str, str], oracle.Figure], period: Period, seed: int, told: Counter[str]
) -> None:
    got = {(r.indicator, r.unit_code): r for r in frame.itertuples()}
    assert got.keys() == expected.keys(), seed
    for key, one in expected.items():
        row = got[key]
        found = (exact(row.numerator), exact(row.denominator), row.value, row.complete, row.by_link)
        if standard_on(period.last_day).indicators == 12 and key[0].startswith("MPI") and one.complete:
            assert all(abs(a - b) < DIGITS for a, b in zip(found[:2], one[:2], strict=True)), (seed, key, found, one)
            found = (*one[:2], *found[2:])
        assert found == tuple(one), (seed, key, found, one)
        told[key[0]] += one.numerator not in (None, 0)


def exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def trace_all(conn: Connection, frame: pd.DataFrame, period: Period, seed: int) -> None:
    """The rows behind the province, cut by commune, are those behind every unit; some units are asked for themselves."""
    places = {area.code: [*area.communes, *(["10"] if area.code == "10" else [])] for area in areas(period)}
    rng = np.random.default_rng(seed)
    for code, figures in frame[frame["complete"]].groupby("indicator"):
        whole = trace.trace(conn, str(code), period, "10")
        shares = {unit: added(rows) for unit, rows in whole.groupby("unit_code")}
        for row in figures.itertuples():
            own = [shares[key] for key in places[row.unit_code] if key in shares]
            assert total(own) == worth(row), (seed, code, row.unit_code)
        asked = figures.iloc[[int(rng.integers(len(figures)))]]
        row = next(asked.itertuples())
        rows = trace.trace(conn, str(code), period, row.unit_code)
        assert total([added(rows)]) == worth(row), (seed, code, row.unit_code)


def worth(row: Any) -> tuple[Decimal, Decimal, Counter[str]]:
    return row.numerator, row.denominator or Decimal(0), Counter(row.by_link or {})


def added(rows: pd.DataFrame) -> tuple[Decimal, Decimal, Counter[str]]:
    """Numerators, denominators, and the kinds of links of the numerator."""
    denominators = (d for d in rows["denominator"] if d is not None)
    counted = (k for k, n in zip(rows["link"], rows["numerator"], strict=True) if n and isinstance(k, str))
    return sum(rows["numerator"], Decimal(0)), sum(denominators, Decimal(0)), Counter(counted)


def total(parts: list[tuple[Decimal, Decimal, Counter[str]]]) -> tuple[Decimal, Decimal, Counter[str]]:
    nothing = (Decimal(0), Decimal(0), Counter[str]())
    return reduce(lambda a, b: (a[0] + b[0], a[1] + b[1], a[2] + b[2]), parts, nothing)
