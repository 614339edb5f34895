"""Rendering what changed between two moments: tables for people, records for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from etl.model.frames import records
from etl.reporting.tables import plain
from etl.reporting.words import number_vi, signed_vi

_ROW_FIELDS = tuple(
    f"{name}_{side}"
    for side in ("before", "after")
    for name in ("file", "submission_id", "sheet", "row", "numerator", "denominator")
)
SHOWN_ROWS = 40
"""How many rows a table shows; ``--json`` has all."""


def change_record(change: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """A change with its rows, as plain data."""
    own = rows[["unit_code", *_ROW_FIELDS]].itertuples(index=False, name=None)
    listed = [dict(zip(("unit_code", *_ROW_FIELDS), map(plain, row), strict=True)) for row in own]
    return {**{k: plain(v) for k, v in change.items()}, "rows": listed}


def flat_records(changes: Iterable[tuple[dict[str, Any], int]]) -> list[dict[str, Any]]:
    """Changes for csv: submissions in words, rows as their number."""
    return [
        {
            **{k: plain(v) for k, v in change.items()},
            "submissions": [f"{s['way']}: {s['file']}" for s in change["submissions"]],
            "rows": rows,
        }
        for change, rows in changes
    ]


def changes_table(changes: Sequence[dict[str, Any]], title: str) -> Table:
    """The figures that changed, in Vietnamese numbers: before, after, by how much."""
    table = Table(title=escape(f"{title} ({len(changes)})"), title_justify="left", box=SIMPLE_HEAD)
    table.add_column("indicator", overflow="fold")
    table.add_column("unit")
    for name in ("before", "after", "change", "N", "D"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in changes:
        rate = one["denominator_after"] is not None or one["denominator_before"] is not None
        values = (number_vi(one[name], 2 if rate else 0) for name in ("value_before", "value_after"))
        parts = (_step(one["numerator_before"], one["numerator_after"]),
                 _step(one["denominator_before"], one["denominator_after"]))  # fmt: skip
        table.add_row(
            one["indicator"], escape(one["unit_name"]), *values, signed_vi(one["change"], 2 if rate else 0), *parts
        )
    return table


def _step(before: Any, after: Any) -> str:
    if before is None and after is None:
        return ""
    return number_vi(before) if before == after else f"{number_vi(before)} → {number_vi(after)}"


def causes_table(submissions: Iterable[dict[str, Any]]) -> Table:
    """The submissions that came or left: dataset, districts, file."""
    table = Table(title="Submissions", title_justify="left", box=SIMPLE_HEAD)
    for name in ("", "dataset", "districts", "file"):
        table.add_column(name, overflow="fold")
    for one in submissions:
        table.add_row(one["way"], one["dataset"], ", ".join(one["districts"]), escape(one["file"]))
    return table


def rows_table(rows: pd.DataFrame) -> Table:
    """Rows of one or several indicators: where each stood and stands, and what it changes; cut with a count."""
    places = [f"{name}_{side}" for side in ("before", "after") for name in ("file", "sheet", "row")]
    grouped = list(rows.groupby(places, dropna=False, sort=False))
    cut = f"first {SHOWN_ROWS} of {len(grouped)}, --json has all" if len(grouped) > SHOWN_ROWS else str(len(grouped))
    table = Table(title=f"Rows ({cut})", title_justify="left", box=SIMPLE_HEAD)
    for name in ("before", "after", "what"):
        table.add_column(name, overflow="fold")
    for place, own in grouped[:SHOWN_ROWS]:
        steps = list(dict.fromkeys(_steps(own)))
        said = ", ".join(steps[:4]) + (f" and {len(steps) - 4} more" if len(steps) > 4 else "")
        table.add_row(*(escape(_place(*place[at : at + 3])) for at in (0, 3)), escape(said))
    return table


def _place(file: Any, sheet: Any, row: Any) -> str:
    if pd.isna(file):
        return "–"
    return str(file) if pd.isna(row) else f"{file} {sheet} {int(row)}"


def _steps(rows: pd.DataFrame) -> Iterator[str]:
    for one in records(rows):
        numerator = (one.numerator_after or 0) - (one.numerator_before or 0)
        denominator = (one.denominator_after or 0) - (one.denominator_before or 0)
        parts = [f"{name} {_signed(value)}" for name, value in (("N", numerator), ("D", denominator)) if value]
        yield f"{one.code} {' '.join(parts)}"


def _signed(value: Any) -> str:
    return signed_vi(value, 0 if value == int(value) else 1)
