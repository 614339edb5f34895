"""How a file writes thousands and fractions: decided for the file from all its columns, then for the column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.contracts import Contract
from etl.model.grid import Table

_NUMERIC = frozenset({"int", "money", "number"})
_THOUSAND = 1_000


@dataclass(frozen=True)
class NumberStyle:
    """grouped: 12.345 is twelve thousand, whatever the sign; decimal: the sign in front of fractions, where known."""

    grouped: bool
    decimal: str | None = None


def number_styles(
    tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract, factors: Mapping[str, int]
) -> dict[str, NumberStyle]:
    """Return how each numeric column of a file writes its numbers. factors: column → đồng in one unit of its amounts.

    Cells that hold numbers say nothing about how texts are written. Total rows count as well. Whole numbers and amounts
    in đồng have no fractions, so that a sign there is one of thousands. The column's own texts go before the file's.
    """
    numeric = [column for column in form.columns if column.type in _NUMERIC]
    texts = {column.name: _texts(tables, maps, column.name) for column in numeric}
    of_file = values.fraction_sign(text for column in texts.values() for text in column)
    in_thousands = [text for name, column in texts.items() if factors.get(name) == _THOUSAND for text in column]
    by_groups = values.sign_by_groups(in_thousands)
    styles = {}
    for column in numeric:
        factor = factors.get(column.name, 1)
        grouped = column.type == "int" or (column.type == "money" and factor == 1)
        sign = values.fraction_sign(texts[column.name]) or of_file or (by_groups if factor == _THOUSAND else None)
        styles[column.name] = NumberStyle(grouped, sign)
    return styles


def _texts(tables: Sequence[Table], maps: Sequence[ColumnMap], name: str) -> list[str]:
    """The distinct texts of a column's cells in the rows of data and of totals, without cells that hold numbers."""
    distinct: set[str] = set()
    for table, columns in zip(tables, maps, strict=True):
        place = columns.columns.get(name)
        for cells in (table.body, table.sums):
            if place is not None and place in cells:
                distinct |= set(_without_numbers(table, cells[place], place).dropna())
    return sorted(distinct)


def _without_numbers(table: Table, cells: pd.Series[str], place: int) -> pd.Series[str]:
    if table.numbers is None or place not in table.numbers:
        return cells
    return cells[~table.numbers.loc[cells.index, place].astype(bool)]
