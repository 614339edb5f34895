"""A table in a sheet: its header, its data rows, and why every other row is none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from etl.contracts import Contract, contract
from etl.model.grid import Grid, Table
from etl.reading.headers import Header, find_any_header, find_header
from etl.reading.joined_columns import bring_together
from etl.reading.row_kinds import RowKinds


def find_table(grid: Grid, contracts: Mapping[str, Contract]) -> Table | None:
    """The table of a sheet, its dataset told by the headers; None where no header of any form is found.

    What a row below the header is: ``row_kinds``. Every physical row up to the last used one is in ``body`` or in
    ``ignored``.
    """
    header = find_header(grid.cells, contracts.values()) if len(grid.cells) else None
    return _below(grid, header) if header else None


def find_any_table(grid: Grid) -> Table | None:
    """The table of a sheet that belongs to no form: below the fullest row of words under which the columns go on."""
    header = find_any_header(grid.cells) if len(grid.cells) else None
    return _below(grid, header) if header else None


def _below(grid: Grid, header: Header) -> Table:
    cells = grid.cells
    form = contract(header.dataset) if header.dataset else None
    if form is not None:
        cells, header = bring_together(cells, header, form)
    ignored: dict[int, str] = {}
    rows = cells.index.to_numpy()
    for row, filled in zip(rows, np.any(cells.notna().to_numpy(), axis=1).tolist(), strict=True):
        if row > header.last_row:
            break
        ignored[int(row)] = "header" if row >= header.first_row else "title" if filled else "blank"
    below = cells.loc[header.last_row + 1 :]
    reasons = RowKinds(below, header, form).reasons()
    ignored |= {int(row): str(reasons[row]) for row in reasons.index[reasons != ""].to_numpy()}
    title = tuple(
        (int(row), text)
        for row, values in zip(cells.index, cells.loc[: header.first_row - 1].to_numpy(dtype=object), strict=False)
        for text in values
        if isinstance(text, str)
    )
    sums = below[reasons.isin(["total", "group"])]
    return Table(
        grid.sheet, header.cells, header.last_row, below[reasons == ""], ignored, header.dataset, header.score, title,
        sums, grid.numbers, grid.from_1904, grid.typed,
    )  # fmt: skip
