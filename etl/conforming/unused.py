"""What a file holds and reading left out or took from elsewhere: columns of no contract, rows that are no data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from openpyxl.utils import get_column_letter

from etl.conforming.assignment import may_hold
from etl.conforming.columns import ColumnMap
from etl.contracts import Contract
from etl.contracts.naming import is_serial
from etl.model.finding import NO_HEADER, Finding, Severity
from etl.model.grid import Table
from etl.model.text import clean
from etl.reference.rules import rules

_REASONS = {
    "group": "dòng nhóm", "note": "ghi chú, chữ ký", "title": "tiêu đề", "prefilled": "dòng kéo sẵn, chưa nhập",
    "other_table": "bảng khác ở phía dưới",
}  # fmt: skip
"""Why a row is no data → in words. A total is not among them: it is held against the rows that it sums up."""

_LIKELY = 0.6
"""Likeness of a header's words to a lacking column's from which on the sender is warned."""

_DIGIT = re.compile(r"\d")
_SOME_ROWS = 0.2
_EXAMPLES = 3


def unused_columns(table: Table, columns: ColumnMap) -> list[tuple[int, str]]:
    """The columns with data that stand for none of the form's: (physical column, its header; "" where it has none)."""
    used = {*columns.columns.values(), *columns.births.values(), *columns.near.values(), *table.sources.values()}
    unused = []
    for place in map(int, table.body.columns):
        path = table.headers.get(place) or table.aside.get(place, ())
        share = float(table.body[place].notna().mean()) if len(table.body) else 0.0
        if place in used or share == 0 or (path and is_serial(path)) or (not path and share < _SOME_ROWS):
            continue
        unused.append((place, clean(" / ".join(path))))
    return unused


def unused(table: Table, columns: ColumnMap, form: Contract) -> Iterator[Finding]:
    """column_unused for each column that is not used: a warning where it may be one that the form lacks here.

    A column that may be a required one that is lacking is a warning whatever its header says.
    """
    lacking = [c for c in form.columns if c.name not in columns.columns and c.name not in columns.near]
    if columns.births and form.split_sex:
        lacking = [c for c in lacking if c.name not in (form.split_sex.sex, form.split_sex.birth)]
    for place, header in unused_columns(table, columns):
        path = table.headers.get(place) or table.aside.get(place, ())
        likely = [
            c for c in lacking
            if path and form.names.likeness(path, c.name) >= _LIKELY and may_hold(table, place, c)
        ]  # fmt: skip
        params = {"letter": get_column_letter(place), "like": ""}
        if likely:
            best = max(likely, key=lambda column: form.names.likeness(path, column.name))
            params["like"] = f" Có phải là cột «{best.header}»?"
        may_be_needed = any(c.name in form.required and may_hold(table, place, c) for c in lacking)
        severity = Severity.WARNING if likely or may_be_needed else Severity.INFO
        value = header or f"cột {params['letter']}{NO_HEADER}"
        yield Finding("column_unused", severity, table.sheet, table.header_row or None, value=value, params=params)


def left_out(table: Table, columns: ColumnMap, form: Contract) -> Iterator[Finding]:
    """Rows that are no data and have values in columns of the form: once a reason, with examples.

    ignored_row_like_data for rows that have most of the required columns of words, ignored_row_with_values for others.
    """
    places = [place for place in columns.columns.values() if place in table.ignored_cells.columns]
    named = [name for name in form.required if columns.columns.get(name) in places]
    words = [columns.columns[name] for name in named if form[name].type not in ("int", "money", "number")]
    rows: dict[tuple[bool, str], list[int]] = defaultdict(list)
    there = table.ignored_cells[places].notna()
    for row, filled, needed in zip(table.ignored_cells.index, there.sum(axis=1), there[words].sum(axis=1), strict=True):
        reason = table.ignored.get(int(row), "")
        if reason == "prefilled" and filled:
            rows[False, reason].append(int(row))
        elif reason in _REASONS and filled > 1 and _has_a_digit(table, row):
            # Names below one another are signatures or labels: a value has a digit.
            is_like_data = needed > 1 and needed * 2 > len(words) and reason != "other_table"
            rows[is_like_data, reason].append(int(row))
    for (is_like_data, reason), which in rows.items():
        rule = "ignored_row_like_data" if is_like_data else "ignored_row_with_values"
        severity = Severity.WARNING if is_like_data else Severity.INFO
        examples = ", ".join(map(str, which[:_EXAMPLES])) + ("…" if len(which) > _EXAMPLES else "")
        params = {"rows": str(len(which)), "examples": examples, "reason": _REASONS[reason]}
        yield Finding(rule, severity, table.sheet, which[0], value=_text(table, which[0]), params=params)


def from_above(table: Table, columns: ColumnMap) -> Iterator[Finding]:
    """value_from_above, once for each column of which cells were read as what is written above them."""
    for name, place in columns.columns.items():
        rows = table.filled.get(place, ())
        if rows:
            first = min(rows)
            value = table.body[place].get(first)
            params = {"rows": str(len(rows))}
            yield Finding("value_from_above", Severity.INFO, table.sheet, first, name, value, params)


def _has_a_digit(table: Table, row: int) -> bool:
    return any(isinstance(text, str) and _DIGIT.search(text) for text in table.ignored_cells.loc[row])


def _text(table: Table, row: int) -> str:
    texts = [clean(text) for text in table.ignored_cells.loc[row] if isinstance(text, str)]
    return " | ".join(texts)[:120]


def faulty_cells(table: Table, columns: ColumnMap, form: Contract) -> Iterator[Finding]:
    """fields_shifted for rows of a text file with more or fewer fields; formula_without_value for such cells."""
    rows = set(table.body.index)
    for row in sorted(table.ragged):
        text = " | ".join(clean(value) for value in table.body.loc[row] if isinstance(value, str))[:120]
        yield Finding("fields_shifted", Severity.CRITICAL, table.sheet, row, next(iter(columns.columns), None), text)
    names = {place: name for name, place in columns.columns.items()}
    for row, place in sorted(table.uncached):
        if row in rows and place in names and not isinstance(table.body[place].get(row), str):
            severity = rules()["formula_without_value"].severity_for(required=form[names[place]].required)
            yield Finding("formula_without_value", severity, table.sheet, row, names[place])
