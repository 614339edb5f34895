"""Cells that a person in charge has corrected: put right before they are read, so that what follows sees them so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from etl.checking.reviewed import Correction
from etl.checking.rows_named import NamedRows
from etl.model.finding import Finding, Severity, findings_frame


def correct(rows: NamedRows, corrections: Iterable[Correction]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The raw cells with the corrections in them, and what became of each correction, as findings at its cell.

    correction_applied: the cell says ``expect``; correction_outdated: it says ``value`` already;
    correction_guard_failed: it says neither, and stays; correction_without_row: no such row. Addresses stay.
    """
    changed: dict[str, pd.Series[Any]] = {}
    findings: list[Finding] = []
    for correction in corrections:
        if correction.place and correction.place.sha256 != rows.sha256:
            continue
        column = changed.setdefault(correction.column, rows.cells[correction.column].copy())
        findings += _one(rows, correction, column)
    return rows.cells.assign(**changed) if changed else rows.cells, findings_frame(findings)


def _one(rows: NamedRows, correction: Correction, cells: pd.Series[Any]) -> Iterator[Finding]:
    """Put a correction into a column's cells and say what became of it."""

    def said(text: object) -> object:
        return rows.said(correction.column, text) if isinstance(text, str) and text else None

    params = {
        "id": correction.id, "expect": correction.expect, "new": correction.value, "reason": correction.reason,
        "by": correction.by,
    }  # fmt: skip
    named = rows.of(correction)
    if not len(named):
        yield Finding("correction_without_row", Severity.WARNING, value=correction.row_named, params=params)
    for at in named:
        text = cells[at]
        if said(text) == said(correction.expect):
            rule, severity = "correction_applied", Severity.INFO
            cells[at] = correction.value or None
        elif said(text) == said(correction.value):
            rule, severity = "correction_outdated", Severity.INFO
        else:
            rule, severity = "correction_guard_failed", Severity.WARNING
        where = rows.cells.loc[at]
        value = text if isinstance(text, str) else ""
        yield Finding(rule, severity, str(where["sheet"]), int(where["row"]), correction.column, value, params)
