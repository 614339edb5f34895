"""`make bench-check`: 700,000 health cards through their full suite, against one plain SQL pass of the same conditions.

Both look at the same typed rows in the same run, each after one run to warm up, and what counts is the ratio of their
times; that both find the same is checked besides. The SQL pass only counts; the suite also names every failing row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from sqlalchemy import Connection, create_engine, text

from etl.checking import check
from etl.checking.suites import load_suite
from etl.conforming.rows import DTYPES
from etl.contracts import contract
from etl.model.examined import Heading
from etl.model.finding import findings_frame
from etl.model.period import Period
from etl.reference.codes import benefit_levels
from etl.reference.standards import standard_on
from etl.reference.units import units_on
from etl.settings import Settings
from etl.warehouse.embedded import serving
from etl.warehouse.engine import driver
from etl.warehouse.load import as_csv
from samples import households, sectors
from samples.places import places

PERIOD = Period(2018, 4)
FORM = contract("health_card")
ROWS = 700_000
AT_MOST = 3.0
"""The bar: so many times the SQL pass."""

_STORED = dict(FORM.stored_columns)

# rule, column of a finding → the condition under which a row breaks it, in SQL on the rows with what they compare with.
CONDITIONS = {
    **{("required_empty", column.name): f"{column.stored[-1][0] if column.year_ok else column.name} IS NULL"
       for column in FORM.columns if column.required},
    ("code_format", "insurance_number"): "insurance_number !~ '^([0-9]{10})$'",
    ("code_format", "card_number"): "card_number !~ '^[A-Z]{2}[1-5][0-9]{12}$'",
    ("code_format", "id_number"): "id_number !~ '^([0-9]{9}|[0-9]{12})$'",
    ("valid_to_before_valid_from", "valid_to"): "valid_to < valid_from",
    ("object_code_disagrees", "object_code"): "object_code <> left(sound_card, 2)",
    ("card_number_disagrees", "card_number"): "right(sound_card, 10) <> sound_number",
    ("cards_overlap", "valid_to"): "valid_from <= reached AND valid_to >= valid_from",
    ("benefit_level_disagrees", "card_number"): "substr(sound_card, 3, 1) <> CAST(benefit_level AS text)",
}  # fmt: skip

# Cells that are not of their form take no part in the rules between cells, in SQL as in the suite.
_SQL = """
WITH sound AS (
    SELECT c.*, o.benefit_level,
        CASE WHEN c.card_number ~ '^[A-Z]{{2}}[1-5][0-9]{{12}}$' THEN c.card_number END AS sound_card,
        CASE WHEN c.insurance_number ~ '^([0-9]{{10}})$' THEN c.insurance_number END AS sound_number
    FROM card AS c LEFT JOIN object_code AS o ON o.code = c.object_code
),
reaching AS (
    SELECT s.*,
        CASE WHEN s.sound_number IS NOT NULL THEN max(s.valid_to) FILTER (WHERE s.valid_to >= s.valid_from) OVER (
            PARTITION BY s.sound_number ORDER BY s.valid_from, s.row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) END AS reached
    FROM sound AS s
)
SELECT {counts} FROM reaching
"""


def cards(rows: int, scale: float = 0.1) -> pd.DataFrame:
    """Typed rows of health cards: people of a sample province of a scale, repeated under numbers of their own."""
    rng, units, day = np.random.default_rng(1), units_on(PERIOD.last_day), PERIOD.last_day
    numbers, made = households.Numbers(), []
    for place in places(rng, units, scale, len(units.communes)):
        _, members = households.register(rng, place, day, standard_on(day), numbers)
        made += sectors.cards(rng, place, members, day, numbers)
    frame = pd.DataFrame(made)
    frame["birth_year"] = [b.year if hasattr(b, "year") else b for b in frame["birth"]]
    frame["full_name_key"] = frame["full_name"].str.casefold()
    types: dict[str, Any] = {name: DTYPES[kind] for name, kind in _STORED.items()}
    typed = frame[list(types)].astype(types)
    times = -(-rows // len(typed))
    whole = pd.concat([_renumbered(typed, turn) for turn in range(times)], ignore_index=True).head(rows)
    whole.insert(0, "sheet", pd.Series("Danh sách", index=whole.index, dtype="str"))
    whole.insert(1, "row", np.arange(9, 9 + len(whole)))
    return whole


def _renumbered(typed: pd.DataFrame, turn: int) -> pd.DataFrame:
    """The same people under other insurance numbers."""
    number = (typed["insurance_number"].astype("int64") + turn * 1_000_000).astype("str").str.zfill(10)
    return typed.assign(insurance_number=number, card_number=typed["card_number"].str[:5] + number)


def spoiled(rows: pd.DataFrame, share: float) -> pd.DataFrame:
    """The rows with a share of them at fault, as many for each rule of the suite."""
    rng = np.random.default_rng(2)
    kinds: list[tuple[str, Callable[[pd.Series], pd.Series | None]]] = [
        *((column.stored[-1][0] if column.year_ok else column.name, lambda _: None)
          for column in FORM.columns if column.required),
        ("insurance_number", lambda s: s.str[:9]),
        ("card_number", lambda s: s.str[:14]),
        ("id_number", lambda s: s.str[:8]),
        ("valid_to", lambda s: s - pd.Timedelta(days=3_650)),
        ("object_code", lambda s: s.map(lambda code: "DN" if code != "DN" else "HC")),
        ("insurance_number", lambda s: "9" + s.str[1:]),
        ("card_number", lambda s: s.str[:2] + s.str[2].map(lambda level: str(int(level) % 5 + 1)) + s.str[3:]),
    ]  # fmt: skip
    each = max(1, int(len(rows) * share / (len(kinds) + 1)))
    chosen = rng.permutation(len(rows))[: each * (len(kinds) + 1)].reshape(-1, each)
    rows = rows.copy()
    for (name, change), at in zip(kinds, chosen, strict=False):
        part = rows[name].iloc[at]
        new = change(part)
        rows.loc[part.index, name] = None if new is None else new.astype(part.dtype)
    # The last share: the person of another card, valid on the same days.
    twice = ["insurance_number", "card_number", "object_code", "valid_from", "valid_to"]
    rows.loc[chosen[-1], twice] = rows[twice].iloc[(chosen[-1] + 1) % len(rows)].to_numpy()
    return rows


def by_suite(rows: pd.DataFrame) -> dict[tuple[str, str], int]:
    """How many rows break each rule, as the suite says, after ``etl.checking.check`` has done all that it does."""
    heading = Heading(FORM.dataset, PERIOD, PERIOD.last_day, units_on(PERIOD.last_day).province.code)
    result = check(rows, findings_frame(), FORM, heading).check_run["result"]
    return {(one["rule"], one["column"]): one["failed"] for one in result}


def by_sql(conn: Connection) -> dict[tuple[str, str], int]:
    """How many rows break each rule, counted in one pass."""
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in CONDITIONS.values())
    row = conn.execute(text(_SQL.format(counts=counts).replace(":", "\\:"))).one()
    return dict(zip(CONDITIONS, map(int, row), strict=True))


def stored(conn: Connection, rows: pd.DataFrame) -> None:
    """The same rows as a table, its statistics fresh."""
    columns = ", ".join(f"{name} {kind}" for name, kind in (("sheet", "text"), ("row", "integer"), *_STORED.items()))
    conn.execute(text(f"CREATE TABLE card ({columns})"))
    conn.execute(text("CREATE TABLE object_code (code text PRIMARY KEY, benefit_level integer)"))
    connection: psycopg.Connection = driver(conn)
    with connection.cursor() as cursor:
        with cursor.copy("COPY card FROM STDIN (FORMAT csv)") as copy:
            copy.write(as_csv(rows))
        cursor.executemany("INSERT INTO object_code VALUES (%s, %s)", list(benefit_levels().items()))
        cursor.execute("ANALYZE card")


def timed(work: Callable[[], dict[tuple[str, str], int]], times: int) -> tuple[float, dict[tuple[str, str], int]]:
    """The median time of some runs after one to warm up, in seconds, and what was found."""
    found, seconds = work(), []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds)), found


def main() -> int:
    """Make the rows, take both times, print their ratio; 1 where it is above the bar or the two find differently."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--faulty", type=float, default=0.01, help="share of rows at fault")
    parser.add_argument("--times", type=int, default=3, help="runs of each, of which the median counts")
    chosen = parser.parse_args()
    rows = spoiled(cards(chosen.rows), chosen.faulty)
    suite = len(load_suite(FORM.dataset)["expectations"])
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Settings(home=Path(folder), warehouse_url=None), durable=False) as url,
        create_engine(url).connect() as conn,
    ):
        stored(conn, rows)
        # So that the sort of the window stays in memory: the bar is not to be met by a slow opponent.
        conn.execute(text("SET work_mem = '512MB'"))
        seconds, found = timed(lambda: by_suite(rows), chosen.times)
        plain, counted = timed(lambda: by_sql(conn), chosen.times)
    agree = found == counted
    print(
        f"{len(rows):,} health cards, {sum(found.values()):,} breaches, {suite} expectations, median of {chosen.times}"
    )
    print(f"suite {seconds:.2f} s, one SQL pass {plain:.2f} s: {seconds / plain:.2f} times (bar: {AT_MOST:g})")
    for key in [key for key in found if found[key] != counted.get(key)]:
        print(f"the two disagree on {key}: {found[key]:,} and {counted.get(key)}")
    return 0 if agree and seconds <= AT_MOST * plain else 1


if __name__ == "__main__":
    sys.exit(main())
