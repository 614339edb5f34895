"""The tables of a file: the header of each, its data rows, and why every other row is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from etl.contracts import Contract
from etl.model.grid import Grid, Table
from etl.reading.blocks import Filled, fill_blocks, fill_merged
from etl.reading.continued import Title, going_on, side_columns, without_side_titles
from etl.reading.headers import Header, find_header
from etl.reading.joined_columns import bring_together
from etl.reading.row_kinds import RowKinds


def find_tables(grids: Sequence[Grid], contracts: Mapping[str, Contract]) -> list[Table | None]:
    """The table of each sheet, in their order; None for a sheet that has no header of any form and continues no list.

    A sheet without a header whose cells are like those of a sheet before continues its list: its ``header_row`` is 0.
    A list that can be seen is rather continued than one in a hidden sheet, the last rather than one before it.
    """
    tables: list[Table | None] = []
    before: list[tuple[Table, Header]] = []
    hidden = {grid.sheet for grid in grids if grid.hidden}
    for grid in grids:
        shown, header, title = _header_of(grid, contracts)
        again = next((one for one, above in reversed(before) if header and _is_repeated(header, above, shown)), None)
        table = _below(shown, header, title, contracts, again) if header else None
        for earlier, above in _nearest_first(before, hidden):
            if earlier.dataset is None or (table is not None and table.dataset is not None):
                continue
            if (goes_on := going_on(grid, earlier, above, contracts[earlier.dataset])) is not None:
                table, header = _below(grid, goes_on, (), contracts, earlier), goes_on
        if table is not None and header is not None:
            before.append((table, header))
        tables.append(table)
    return tables


def _nearest_first(before: list[tuple[Table, Header]], hidden: set[str]) -> list[tuple[Table, Header]]:
    nearest = before[::-1]
    seen = [one for one in nearest if one[0].sheet not in hidden]
    return [*seen, *(one for one in nearest if one[0].sheet in hidden)]


def _is_repeated(header: Header, above: Header, grid: Grid) -> bool:
    """Whether a sheet begins with the header of a sheet before, without a title: then it goes on with its list."""
    same = header.dataset is not None and header.dataset == above.dataset and header.cells == above.cells
    return same and not bool(grid.cells.loc[: header.first_row - 1].notna().to_numpy().any())


def find_table(grid: Grid, contracts: Mapping[str, Contract]) -> Table | None:
    """The table of a sheet, its dataset told by the headers; None where no header of any form is found.

    What a row below the header is: ``row_kinds``. Every physical row up to the last used one is in ``body`` or in
    ``ignored``.
    """
    shown, header, title = _header_of(grid, contracts)
    return _below(shown, header, title, contracts) if header else None


def _header_of(grid: Grid, contracts: Mapping[str, Contract]) -> tuple[Grid, Header | None, Title]:
    """The sheet without a title at the side of its table, the table's header, and that title."""
    if not len(grid.cells):
        return grid, None, ()
    cells, title = without_side_titles(grid.cells, contracts.values())
    # The fields of a title at the side are more than the table's, and shift nothing.
    ragged = grid.ragged - {row for row, _ in title}
    return replace(grid, cells=cells, ragged=ragged), find_header(cells, contracts.values()), title


def _below(
    grid: Grid, header: Header, side_title: Title, contracts: Mapping[str, Contract], continued: Table | None = None
) -> Table:
    cells = grid.cells
    if absent := sorted(set(header.cells) - set(map(int, cells.columns))):
        # A sheet that continues a list may leave its last columns empty.
        cells = cells.reindex(columns=sorted([*map(int, cells.columns), *absent])).astype("str")
    form = contracts[header.dataset] if header.dataset else None
    filled: Filled = {}
    if form is not None:
        cells, header = bring_together(cells, header, form)
        cells, filled = fill_merged(cells, header, form, grid.merged)
    ignored: dict[int, str] = {}
    rows = cells.index.to_numpy()
    for row, has_text in zip(rows, np.any(cells.notna().to_numpy(), axis=1).tolist(), strict=True):
        if row > header.last_row:
            break
        ignored[int(row)] = "header" if row >= header.first_row else "title" if has_text else "blank"
    below = cells.loc[header.last_row + 1 :]
    aside = side_columns(below, header, form) if form is not None else []
    at_the_side = {place: header.cells.get(place, ()) for place in aside}
    header = replace(header, cells={place: path for place, path in header.cells.items() if place not in aside})
    reasons = RowKinds(below.drop(columns=aside), header, form).reasons()
    reasons[(reasons == "blank") & below[aside].notna().any(axis=1)] = "note"
    ignored |= {int(row): str(reasons[row]) for row in reasons.index[reasons != ""].to_numpy()}
    ignored |= {row: "title" for row, _ in side_title if ignored.get(row) == "blank"}
    body = below[reasons == ""]
    if form is not None:
        body, blocks = fill_blocks(body, ignored, header, form, continued, merged=filled)
        filled = {place: (*filled.get(place, ()), *blocks.get(place, ())) for place in {*filled, *blocks}}
    above = tuple(
        (int(row), text)
        for row, values in zip(cells.index, cells.loc[: header.first_row - 1].to_numpy(dtype=object), strict=False)
        for text in values
        if isinstance(text, str)
    )
    sums = below[reasons.isin(["total", "group"])].drop(columns=aside)
    there = set(body.index)
    return Table(
        grid.sheet, header.cells, header.last_row, body, ignored, header.dataset, header.score,
        tuple(sorted((*above, *side_title))), sums, grid.numbers, grid.from_1904,
        grid.typed, {place: tuple(row for row in rows if row in there) for place, rows in filled.items()},
        header.sources, below[reasons != ""], frozenset(grid.ragged & there), grid.uncached,
        continued.sheet if continued else None, at_the_side,
    )  # fmt: skip
