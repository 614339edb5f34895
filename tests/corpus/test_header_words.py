"""Columns under words that no form knows, between columns that belong to none: each is its own, or is asked."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.conforming import match_columns
from etl.contracts import DATASETS, contract
from etl.contracts.naming import sex_in
from etl.model.grid import Table
from etl.model.period import Period
from etl.reference.units import units_on
from samples.foreign.columns import table_of
from samples.foreign.strangers import STRANGERS
from samples.messy.cells import Setting
from samples.messy.draw import Draw
from samples.messy.rows import rows_for

PERIOD = Period(2018, 4)
SEEDS = range(8)
LEAST_KNOWN = 0.95
"""Share of columns under foreign words that are known, at least; what is not is asked."""


def drawn_table(dataset: str, seed: int) -> tuple[Table, dict[int, str]]:
    """A table of a dataset under foreign headers, a fifth of its optional columns left out, strangers put between.

    Returns the table, and physical column → the column of the form ("" for a stranger).
    """
    draw = Draw([seed, DATASETS.index(dataset), 11], "realistic")
    form, units = contract(dataset).on(PERIOD.last_day), units_on(PERIOD.last_day)
    unit = units.province if form.sent_by == "province" else draw.pick(units.districts)
    rows = rows_for(draw, form, unit, PERIOD, 30)
    made = table_of(draw, form, Setting(False, False, 1, PERIOD.year, units, unit.code), {"header-words"})
    kept = [slot for slot in made.slots if form[slot.name].required or not draw.chance(0.2)]
    columns = [((slot.group, slot.header), slot.name, [slot.write(row).value for row in rows]) for slot in kept]
    for header in {draw.pick(list(STRANGERS)) for _ in range(draw.number(2, 6))}:
        write = STRANGERS[header]
        columns.insert(draw.number(0, len(columns)), (("", header), "", [write(draw) for _ in rows]))
    paths = {place: tuple(filter(None, path)) for place, (path, _, _) in enumerate(columns, 1)}
    body = pd.DataFrame(
        {place: [None if value in (None, "") else str(value) for value in cells]
         for place, (_, _, cells) in enumerate(columns, 1)}, index=range(10, 10 + len(rows)), dtype="str",
    )  # fmt: skip
    return Table("DS", paths, 9, body, {}, dataset, 1.0), {place: name for place, (_, name, _) in enumerate(columns, 1)}


@pytest.mark.parametrize("dataset", DATASETS)
def test_foreign_headers_are_known_and_strangers_are_not_taken(dataset: str) -> None:
    known = total = 0
    wrong, asked = [], []
    for seed in SEEDS:
        table, truth = drawn_table(dataset, seed)
        columns, _ = match_columns(table, contract(dataset).on(PERIOD.last_day))
        places = {place: name for name, place in columns.columns.items()}
        for place, path in table.headers.items():
            if sex_in(path[-1]):
                continue
            found = places.get(place, "")
            total += bool(truth[place])
            known += bool(truth[place]) and found == truth[place]
            if found != truth[place]:
                (wrong if found else asked).append((path, truth[place], found))
    assert not wrong
    assert known >= LEAST_KNOWN * total, asked
