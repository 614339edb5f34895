"""What the reader sees in any file: its sheets, where each table stands, what it is taken for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from etl.conforming import match_columns, read_heading, stated_units
from etl.contracts import contract, contracts
from etl.model.answer_sheet import sent_name
from etl.model.grid import Grid, Table
from etl.model.refused import Refused
from etl.opening import Opened, open_file
from etl.reading import find_any_table, find_table
from etl.reference.rules import rules
from etl.settings import Settings

_TITLE_LINES = 12


@dataclass(frozen=True)
class Seen:
    """One sheet as the reader sees it; what there is none of is None.

    score: how well the headers fit the dataset's form. named: column of the form → the header taken for it, and how
    sure (1: the form's own text; ``contracts.naming``).
    """

    file: str
    kind: str
    encoding: str | None
    sheet: str
    rows: int
    columns: int
    dataset: str | None
    score: float | None
    period: str | None
    unit_code: str | None
    money_unit: str | None
    title: list[str]
    header_rows: list[int]
    headers: list[str]
    named: dict[str, str]
    first_data_row: int | None
    last_data_row: int | None
    data_rows: int
    ignored: dict[str, int]

    def as_record(self) -> dict[str, Any]:
        """Plain data, in the order of the fields."""
        return asdict(self)


def peek(settings: Settings, path: Path, today: date) -> list[Seen]:
    """Every sheet of a file, also of one that belongs to no contract. Raises ValueError (unreadable), OSError."""
    opened = _open(settings, path)
    return [_seen(path, opened.kind, opened.encoding, grid, _table(grid), today) for grid in opened.grids]


def _table(grid: Grid) -> Table | None:
    """The table of a form, else any."""
    found = find_table(grid, contracts())
    return found if found is not None and found.dataset else find_any_table(grid)


def _open(settings: Settings, path: Path) -> Opened:
    try:
        return open_file(path, path.name, settings)
    except Refused as fault:
        raise ValueError(f"{path.name}: {rules()[fault.rule].en.format(**fault.params)}") from fault


def _seen(path: Path, kind: str, encoding: str | None, grid: Grid, table: Table | None, today: date) -> Seen:
    cells = grid.cells
    encoding = ", ".join(sorted(set(grid.legacy.values()))) or encoding
    sized = (int(cells.index.max()), int(cells.columns.max())) if len(cells) else (0, 0)
    if table is None:
        lines = [t for line in cells.head(_TITLE_LINES).to_numpy(dtype=object) for t in line if isinstance(t, str)]
        return Seen(
            path.name,
            kind,
            encoding,
            grid.sheet,
            *sized,
            None,
            None,
            None,
            None,
            None,
            lines,
            [],
            [],
            {},
            None,
            None,
            0,
            {},
        )
    heading, named = None, {}
    if table.dataset:
        form = contract(table.dataset)
        heading, _ = read_heading([table], form, sent_name(path.name), "", today)
        columns, _ = match_columns(table, form)
        named = {n: f"{' / '.join(table.headers[p])} ({columns.sure[n]:.2f})" for n, p in columns.columns.items()}
    reasons = pd.Series(list(table.ignored.values()), dtype="str").value_counts(sort=False)
    data = table.body.index
    return Seen(
        path.name, kind, encoding, grid.sheet, *sized, table.dataset, round(table.score, 3) if table.dataset else None,
        str(heading.period) if heading and heading.period else None, heading.unit_code if heading else None,
        ", ".join(stated_units(table)) or None,
        [text for _, text in table.title], sorted(r for r, why in table.ignored.items() if why == "header"),
        [" ".join(path) for path in table.headers.values() if path], named,
        int(data.min()) if len(data) else None, int(data.max()) if len(data) else None, len(data),
        {str(why): int(n) for why, n in reasons.items()},
    )  # fmt: skip


def as_table(settings: Settings, path: Path) -> list[list[str]]:
    """The file's largest table as plain records: its header, then its data rows; col_0 … where it has no header.

    Raises ValueError, OSError.
    """
    found = [t for t in map(_table, _open(settings, path).grids) if t is not None and (len(t.body) or t.headers)]
    if not found:
        raise ValueError(f"{path.name}: no table with a header and a data row was found; see peek without --csv")
    table = max(found, key=lambda t: len(t.body))
    columns = [c for c in map(int, table.body.columns) if c in table.headers]
    header = [" ".join(table.headers[c]) if table.dataset is None else table.headers[c][-1] for c in columns]
    width = max((number for number, text in enumerate(header, start=1) if text), default=len(header))
    body = table.body[columns].astype("object").where(table.body[columns].notna(), "")
    if not any(header):
        # The table has no header: its columns get numbers for names.
        header = [f"col_{number}" for number in range(len(columns))]
    return [header[:width], *(_cut(row, width) for row in body.to_numpy().tolist())]


def _cut(row: list[str], width: int) -> list[str]:
    """A row as wide as the header, or wider where it has values further right."""
    last = max((number for number, text in enumerate(row, start=1) if text), default=0)
    return row[: max(width, last)]
