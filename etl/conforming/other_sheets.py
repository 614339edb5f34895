"""Sheets that are no part of what a file reports: one of an earlier period, a hidden draft of the same list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.conforming.columns import match_columns
from etl.conforming.heading import read_named_periods
from etl.contracts import Contract
from etl.model.finding import Finding, Severity
from etl.model.grid import Table
from etl.model.text import fold

_OLD = re.compile(r"\b(?:cu|old|luu|nhap|draft|backup|ban nhap|ky truoc|quy truoc|thang truoc)\b")
_PERIOD = re.compile(r"\b(?:q|quy|t|thang|nam|ky)? ?(?:[1-4]|i{1,3}|iv|0?[1-9]|1[0-2]|20\d\d)(?: 20\d\d)?\b")
_MOSTLY = 0.5


@dataclass(frozen=True)
class SetAside:
    """sheets: those that are set aside; findings: sheet_set_aside, one each, with why."""

    sheets: frozenset[str]
    findings: tuple[Finding, ...]


def set_aside(tables: Sequence[Table], hidden: frozenset[str], form: Contract, file_name: str, folder: str) -> SetAside:
    """Which sheets of one form are set aside. hidden: the names of the hidden sheets.

    A sheet whose own title names an earlier period than the file reports on, and that is hidden, bears the name of an
    old one or of a period, or mostly repeats rows of the others, is of that period. A hidden sheet that mostly repeats
    rows of the others is a draft. What is left in doubt stays: then two periods are a conflict, and repeated keys are
    findings.
    """
    lists = [table for table in tables if table.continues is None]
    if len(lists) < 2:
        return SetAside(frozenset(), ())
    periods = {table.sheet: set(map(str, read_named_periods([table], "", ""))) for table in lists}
    outside = set(map(str, read_named_periods([], file_name, folder)))
    wanted = _reported(lists, hidden, periods, outside)
    reasons: dict[str, str] = {}
    for table in lists:
        earlier = {period for period in periods[table.sheet] if wanted and period < wanted}
        others = [other for other in lists if other is not table and other.sheet not in reasons]
        # The title of an old sheet may have kept its period beside the new day.
        is_of_another = earlier and (wanted not in periods[table.sheet] or _OLD.search(fold(table.sheet)))
        if is_of_another and others and _looks_old(table, hidden, others, form):
            reasons[table.sheet] = f"tiêu đề ghi kỳ {', '.join(sorted(earlier))}"
    kept = [table for table in lists if table.sheet not in reasons]
    seen = [table for table in kept if table.sheet not in hidden]
    for table in kept if seen else ():
        if table.sheet in hidden and _repeats(table, seen, form):
            reasons[table.sheet] = "trang ẩn, lặp lại danh sách của trang khác"
    reasons |= {table.sheet: reasons[table.continues] for table in tables if table.continues in reasons}
    findings = tuple(
        Finding("sheet_set_aside", Severity.INFO, sheet, value=sheet, params={"why": why})
        for sheet, why in reasons.items()
    )
    return SetAside(frozenset(reasons), findings)


def _reported(
    tables: Sequence[Table], hidden: frozenset[str], periods: dict[str, set[str]], outside: set[str]
) -> str | None:
    """The period that a file reports on: its name's or folder's, else the latest that a sheet's title names."""
    if len(outside) == 1 and any(outside & named for named in periods.values()):
        return next(iter(outside))
    seen = [t for t in tables if t.sheet not in hidden and not _OLD.search(fold(t.sheet))]
    shown = set().union(*(periods[table.sheet] for table in seen)) if seen else set()
    return max(shown, default=None) if not outside else None


def _looks_old(table: Table, hidden: frozenset[str], others: Sequence[Table], form: Contract) -> bool:
    name = fold(table.sheet)
    return table.sheet in hidden or bool(_OLD.search(name) or _PERIOD.search(name)) or _repeats(table, others, form)


def _repeats(table: Table, others: Sequence[Table], form: Contract) -> bool:
    """Whether most rows of a sheet are about the same as rows of the others, whatever they say of it."""
    rows = _identities(table, form)
    elsewhere = set().union(*(_identities(other, form) for other in others))
    return bool(rows) and sum(row in elsewhere for row in rows) >= _MOSTLY * len(rows)


def _identities(table: Table, form: Contract) -> set[tuple[str, ...]]:
    """What each row of a sheet is about: its key, else what it is recognized by."""
    names = [name.removesuffix("_key").removesuffix("_year") for name in form.key or form.recognized_by]
    columns = match_columns(table, form)[0].columns
    places = [columns[name] for name in names if name in columns]
    return {tuple(map(fold, map(str, row))) for row in table.body[places].itertuples(index=False)} if places else set()
