"""Whether the sums that a sender has written agree with the rows that they sum up.

A total may stand above its rows or below them, for the whole table, for a part of it, or for parts of parts. It is held
against every span of rows that it can mean; only one that fits none of them disagrees. Sums are never data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.contracts import Contract
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.grid import Table

_NUMERIC = ("int", "money", "number")
_TOLERANCE = Decimal("0.01")
"""Of the unit that the file is written in: sums of fractions carry their rounding."""

_LEAST_FITTING = 0.5
"""Share of a total's numbers that a span must explain before the others can be said to be wrong."""


def check_totals(
    tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract, findings: pd.DataFrame
) -> pd.DataFrame:
    """total_disagrees for each number of a total row that its rows do not add up to, at the total's own cell.

    findings: of the rows. Where a row of the span has one in a column of numbers, nothing is said of the total: the
    fault is told already, at its cause.
    """
    sums = [
        _Sums(table, columns, form, _doubted(findings, table, form))
        for table, columns in zip(tables, maps, strict=True)
    ]
    asked = [one for one in sums if (one.table.sums.index.map(one.table.ignored) == "total").any()]
    return findings_frame(finding for one in asked for finding in one.disagreeing(sums))


def _doubted(findings: pd.DataFrame, table: Table, form: Contract) -> set[int]:
    """Rows of a table that have a finding in a column of numbers, or are rejected for a cell that is empty."""
    numeric = {column.name for column in form.columns if column.type in _NUMERIC}
    own = findings[(findings["sheet"] == table.sheet) & findings["row"].notna() & findings["column"].isin(numeric)]
    return {int(row) for row in own["row"]}


@dataclass(frozen=True)
class _Sums:
    table: Table
    columns: ColumnMap
    form: Contract
    doubted: set[int]

    @cached_property
    def _numeric(self) -> dict[str, int]:
        return {n: p for n, p in self.columns.columns.items() if self.form[n].type in _NUMERIC}

    @cached_property
    def _numbers(self) -> Mapping[str, dict[int, Decimal]]:
        """Column → physical row → number of the data rows; a cell that cannot be read has none."""
        return {name: _readable(self._texts(self.table.body, place)) for name, place in self._numeric.items()}

    def _texts(self, cells: pd.DataFrame, place: int) -> pd.Series[str]:
        """A column's texts, those of cells that hold numbers marked as such."""
        texts = cells[place]
        if self.table.numbers is None or place not in self.table.numbers:
            return texts
        marked = texts.map(values.marked_as_number, na_action="ignore")
        return texts.where(~self.table.numbers.loc[texts.index, place], marked)

    @cached_property
    def _data(self) -> np.ndarray:
        return self.table.body.index.to_numpy()

    def disagreeing(self, all_sheets: Sequence[_Sums]) -> Iterator[Finding]:
        """The numbers of total rows that nothing adds up to; the rows of every sheet together are one such span."""
        totals = [row for row in map(int, self.table.sums.index.to_numpy()) if self.table.ignored[row] == "total"]
        for row in totals:
            said = {
                name: number
                for name, place in self._numeric.items()
                if (number := _number(self._texts(self.table.sums, place).loc[row])) is not None
            }
            if not said:
                continue
            spans = list(self._spans(row))
            best = max(spans, key=lambda span: sum(self._fits(name, n, span) for name, n in said.items()))
            fitting = sum(self._fits(name, number, best) for name, number in said.items())
            if fitting == len(said) or self.doubted & set(map(int, best)):
                continue
            # With one number alone, or none that fits, the whole table is what a total means.
            if fitting < len(said) * _LEAST_FITTING:
                best = spans[0]
                if self.doubted & set(map(int, best)):
                    continue
            for name, number in said.items():
                together = sum((one.sum(name, one._data) for one in all_sheets), Decimal(0))
                if together != number and not any(self._fits(name, number, span) for span in spans):
                    yield self._finding(row, name, number, self.sum(name, best))

    def _spans(self, row: int) -> Iterator[np.ndarray]:
        """The rows that a total at a row can mean: what stands above, all, then parts between sums and group rows."""
        data = self._data
        above, below = data[data < row], data[data > row]
        borders = self.table.sums.index.to_numpy()
        if len(above):
            yield above
        yield data
        if len(below):
            yield below
        for border in borders[borders < row][::-1]:
            if len(part := above[above > border]):
                yield part
        for border in borders[borders > row]:
            if len(part := below[below < border]):
                yield part

    def sum(self, name: str, span: np.ndarray) -> Decimal:
        """What a column adds up to over some physical rows."""
        numbers = self._numbers.get(name, {})
        return sum((numbers.get(int(row), Decimal(0)) for row in span), Decimal(0))

    def _fits(self, name: str, number: Decimal, span: np.ndarray) -> bool:
        return abs(self.sum(name, span) - number) <= _TOLERANCE * max(1, len(span) // 100)

    def _finding(self, row: int, name: str, said: Decimal, expected: Decimal) -> Finding:
        params = {"expected": _shown(expected), "difference": _shown(said - expected)}
        return Finding("total_disagrees", Severity.WARNING, self.table.sheet, row, name, _shown(said), params)


def _readable(texts: pd.Series[str]) -> dict[int, Decimal]:
    distinct = {text: _number(text) for text in texts.dropna().unique()}
    rows = zip(map(int, texts.index.to_numpy()), texts, strict=True)
    return {row: number for row, text in rows if isinstance(text, str) and (number := distinct[text]) is not None}


def _number(text: object) -> Decimal | None:
    if not isinstance(text, str):
        return None
    try:
        return values.number(text, grouped=True)
    except values.Unreadable:
        return None


def _shown(number: Decimal) -> str:
    return f"{number.normalize():f}"
