"""Find the tables of a file, also those whose headers are in words that no form knows.

What headers leave open, the content of the columns answers (``conforming.assignment``); the file is then read again,
as if the form had these headers: so that blocks, sections and joined columns are known by them too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.conforming import BY_CONTENT, sample_of, understand
from etl.contracts import Contract
from etl.contracts.naming import Path
from etl.model.grid import Grid, Table
from etl.reading import find_tables, likeliest_header

_CERTAIN = 0.8
"""Score of a header whose form is not in doubt."""

_ENOUGH = 0.7
"""Share of a form's required columns that a table known by its content has, at least."""

_SAMPLE_ROWS = 60


@dataclass(frozen=True)
class Found:
    """The table of each sheet, None where there is none, and the forms under which they were read."""

    tables: list[Table | None]
    forms: Mapping[str, Contract]


def recognize(grids: Sequence[Grid], forms: Mapping[str, Contract]) -> Found:
    """The tables of a file, each header known by its words or by what stands below it."""
    tables = find_tables(grids, forms)
    doubtful = [_candidate(grid, table) for grid, table in zip(grids, tables, strict=True)]
    if any(table is not None and table.dataset is not None and table.score >= _CERTAIN for table in tables):
        of_file = {table.dataset: forms[table.dataset] for table in tables if table is not None and table.dataset}
    else:
        of_file = dict(forms)
    learned = {}
    for dataset, form in of_file.items():
        paths: dict[Path, str] = {}
        for headers, texts in filter(None, doubtful):
            paths |= _learned(headers, texts, form)
        if paths:
            learned[dataset] = form.with_learned(paths, BY_CONTENT)
    if not learned:
        return Found(tables, forms)
    again = {**of_file, **learned}
    return Found(find_tables(grids, again), {**forms, **again})


def _candidate(grid: Grid, table: Table | None) -> tuple[Mapping[int, Path], Mapping[int, Mapping[str, int]]] | None:
    """The headers of a sheet's table and samples of its columns; of the likeliest header where no form's is found."""
    if table is not None:
        headers, body = table.headers, table.body
    else:
        header = likeliest_header(grid.cells)
        if header is None:
            return None
        headers, body = header.cells, grid.cells.loc[header.last_row + 1 :].head(_SAMPLE_ROWS)
    return headers, {place: sample_of(body[place]) if place in body.columns else {} for place in headers}


def _learned(headers: Mapping[int, Path], texts: Mapping[int, Mapping[str, int]], form: Contract) -> dict[Path, str]:
    """Header → the column that it stands for, where its words alone do not say so; none where too few are known."""
    placed = understand(headers, texts, form)
    known = sum(name in placed for name in form.required)
    if known < _ENOUGH * len(form.required):
        return {}
    return {headers[place]: name for name, place in placed.items() if name not in form.understood(headers[place])}
