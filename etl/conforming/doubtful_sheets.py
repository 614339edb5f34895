"""Sheets of which a person has to say whether they count: they contradict the others, or repeat them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from etl.contracts import Contract
from etl.model.examined import Heading
from etl.model.finding import Finding, Severity
from etl.model.grid import Table

SHEET_IN_DOUBT = "sheet_in_doubt"
_CONFLICTS = ("period_conflict", "unit_conflict")
_MOSTLY = 0.5
_LEAST_ROWS = 2
_MOST_SHEETS = 40

ReadHeading = Callable[[Sequence[Table]], tuple[Heading, pd.DataFrame]]


def contradicting_sheets(
    tables: Sequence[Table], heading: Heading, findings: pd.DataFrame, read: ReadHeading
) -> tuple[Heading, list[Finding]]:
    """Find the sheets without which the others agree on period and unit; one finding each.

    findings: of the heading of all tables; read: gives the heading of some. Return also the heading, with the unit on
    which the others agree where one sheet alone contradicts them.
    """
    lists = [table for table in tables if table.continues is None]
    if not findings["rule"].isin(_CONFLICTS).any() or not 1 < len(lists) <= _MOST_SHEETS:
        return heading, []
    found: list[tuple[Table, Heading]] = []
    for table in lists:
        inner, faults = read([other for other in tables if table.sheet not in (other.sheet, other.continues)])
        if not (faults["severity"] == Severity.CRITICAL.value).any():
            found.append((table, inner))
    if heading.unit_code is None and len(found) == 1:
        heading = Heading(
            heading.dataset, heading.period, heading.as_of, found[0][1].unit_code, heading.periods_named
        )  # fmt: skip
    why = "kỳ báo cáo hoặc đơn vị ở tiêu đề khác với phần còn lại của tệp"
    return heading, [_doubt(table.sheet, why) for table, _ in found]


def repeating_sheets(rows: pd.DataFrame, form: Contract) -> list[Finding]:
    """Find the sheets of which most rows are rows of another sheet too: the same key, or else the same in all columns.

    rows: typed, with ``sheet``.
    """
    if rows["sheet"].nunique() < 2:
        return []
    names = [name for name in form.key if name in rows] or [str(name) for name in rows.columns.drop(["sheet", "row"])]
    keyed = pd.DataFrame({"sheet": rows["sheet"], "key": pd.util.hash_pandas_object(rows[names], index=False)})
    keyed = keyed[rows[names].notna().any(axis=1)].drop_duplicates()
    shared = keyed[keyed["key"].duplicated(keep=False)]
    doubts = []
    for sheet, own in shared.groupby("sheet", sort=False):
        number = int((keyed["sheet"] == sheet).sum())
        if len(own) < max(_LEAST_ROWS, _MOSTLY * number):
            continue
        elsewhere = shared[shared["key"].isin(own["key"]) & (shared["sheet"] != sheet)]
        other = elsewhere["sheet"].mode().iloc[0]
        doubts.append(_doubt(str(sheet), f"{len(own)} dòng trùng với trang «{other}»"))
    return doubts


def _doubt(sheet: str, why: str) -> Finding:
    return Finding(SHEET_IN_DOUBT, Severity.WARNING, sheet, value=sheet, params={"why": why})
