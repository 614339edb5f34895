"""A workbook as its cells, whatever the file format that it is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | bool | date | None


@dataclass(frozen=True)
class Cell:
    """One cell.

    format: Excel's number format; formula: what computes the value, which is then the cached result; font: None for
    the workbook's own; is_error: the value is an error's text (#N/A).
    """

    value: Value = None
    format: str = "General"
    formula: str | None = None
    font: str | None = None
    bold: bool = False
    is_error: bool = False


EMPTY = Cell()
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, all physical, from 1."""


@dataclass
class Page:
    """One sheet; ``rows[0]`` is row 1. Hidden rows and columns are physical numbers; trailing: empty formatted rows."""

    name: str
    rows: list[list[Cell]]
    merges: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: Range | None = None
    frozen_rows: int = 0
    trailing: int = 0
    is_hidden: bool = False

    @property
    def width(self) -> int:
        """The number of the last column."""
        return max((len(row) for row in self.rows), default=0)


@dataclass
class Book:
    """A workbook. from_1904: its serial numbers count from 1904, as old Macs did."""

    pages: list[Page]
    from_1904: bool = False


def serial(day: date, *, from_1904: bool) -> int:
    """Excel's number of a day."""
    return (day - (date(1904, 1, 1) if from_1904 else date(1899, 12, 30))).days


def is_date(cell: Cell) -> bool:
    """Whether a cell holds a day (a bool is no number and no day)."""
    return isinstance(cell.value, date)


def as_number(cell: Cell, *, from_1904: bool) -> int | float | None:
    """The number that the cell stores; None for text, a truth value, nothing."""
    match cell.value:
        case bool() | str() | None:
            return None
        case date() as day:
            return serial(day, from_1904=from_1904)
        case number:
            return number
