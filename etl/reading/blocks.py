"""Write out what a list writes once for a block of rows: merged cells, ditto marks, blanks below a value.

A person reads such a cell as the one above. Here each data row gets that value, and ``Filled`` says which cells did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from etl.contracts import Column, Contract
from etl.contracts.naming import is_serial
from etl.model.grid import Merged, Table
from etl.model.text import fold
from etl.reading.headers import Header

Filled = dict[int, tuple[int, ...]]
"""Physical column → the rows whose cell holds what is written above it."""

_DITTO = re.compile(
    r"^[\s(]*(?:[\"'“”„‟″〃＂]{1,2}|,,|´´|``|[-–—]*\s*(?:[\"“”″〃]{1,2}|''|//|[\"“”]?n[./]?t[\"“”]?)\s*[-–—.]*)[\s)]*$",
    re.IGNORECASE,
)
_DITTO_WORDS = re.compile(
    r"^(?:(?:nhu|giong|cung)(?: nhu)?(?: o| dong| hang| muc)? (?:ben )?tren|tuong tu|ibid|idem|ditto)$"
)
_IN_DITTO_WORDS = ("tr", "tu", "tư", "ibid", "idem", "ditto")
_NUMERIC = ("int", "money", "number")
_SHARED = ("unit", "text", "enum", "ethnicity")
"""Types of columns that rows of a block may share; a person, a day and a number are each row's, most codes too."""

_LEAST_BLANK = 0.3
"""Share of blank cells from which on a column may be written once a block."""


def names_of(header: Header, form: Contract) -> dict[int, str]:
    """Physical column → the column of the form that its header names best."""
    named = {place: form.understood(path) for place, path in header.cells.items()}
    return {place: max(columns, key=columns.__getitem__) for place, columns in named.items() if columns}


def fill_merged(
    cells: pd.DataFrame, header: Header, form: Contract, merged: Iterable[Merged]
) -> tuple[pd.DataFrame, Filled]:
    """Give each row below the header the text of the merged range over its cell; numbers stay as they are."""
    names = names_of(header, form)
    serials = {place for place, path in header.cells.items() if is_serial(path)}
    places = serials | {place for place, name in names.items() if form[name].type not in _NUMERIC}
    whole = cells
    filled: Filled = {}
    for area in merged:
        place = area.first_column
        if area.first_row <= header.last_row or place not in places or area.first_row not in cells.index:
            continue
        below = cells.loc[area.first_row + 1 : area.last_row, place]
        rows = below.index[below.isna()]
        text = cells.at[area.first_row, place]
        if len(rows) and isinstance(text, str):
            whole = cells.copy() if whole is cells else whole
            whole.loc[rows, place] = text
            if place not in serials:
                filled[place] = (*filled.get(place, ()), *map(int, rows))
    return whole, filled


def fill_blocks(
    body: pd.DataFrame,
    ignored: Mapping[int, str],
    header: Header,
    form: Contract,
    before: Table | None = None,
    once_a_block: Collection[int] = (),
    merged: Filled | None = None,
) -> tuple[pd.DataFrame, Filled]:
    """Give data rows the value above, where a ditto mark refers to it or where a column is written once a block.

    body: the data rows; ignored: physical row → why it is no data; before: the table of the sheet that the list comes
    from, where it goes on here; once_a_block: columns that are known to be written once a block;
    merged: what ``fill_merged`` gave.
    """
    if before is not None and len(before.body):
        last = before.body.iloc[[-1]].set_axis([-1]).reindex(columns=body.columns)
        longer = pd.concat([last, body]).astype("str")
        whole, filled = fill_blocks(longer, {**ignored, 0: "title"}, header, form, None, before.filled.keys(), merged)
        return whole.iloc[1:], {place: tuple(row for row in rows if row > 0) for place, rows in filled.items()}
    names = {place: name for place, name in names_of(header, form).items() if place in body.columns}
    body, filled = _without_dittos(body, list(names))
    if not len(body):
        return body, filled
    rows = body.index.to_numpy()
    follows_a_break = np.array([int(row) - 1 in ignored for row in rows])
    starts_of_groups = np.array([ignored.get(int(row) - 1) == "group" for row in rows])
    starts = starts_of_groups.copy()
    for place in sorted(names, key=lambda place: (not form[names[place]].required, place)):
        column, texts = form[names[place]], body[place]
        blank = texts.isna().to_numpy()
        if not (column.type in _SHARED or column.shared) or not blank.any():
            continue
        below = texts.ffill()
        within = _is_a_place(column) and _is_once_a_commune(
            body, place, names, form, {**filled, **(merged or {})}, starts_of_groups
        )
        if place not in once_a_block and not within and not _is_once_a_block(texts, follows_a_break):
            continue
        if column.required and _keeps_keys_apart(body, place, below, names, form):
            starts |= ~blank
        elif not within and (column.required or not _is_a_place(column) or not starts.any() or blank[starts].any()):
            # An optional column may be blank in truth; only a place that each block begins with goes on below.
            continue
        body = body.copy()
        body[place] = below
        filled[place] = (*filled.get(place, ()), *map(int, rows[blank]))
    return body, filled


def is_ditto(text: str) -> bool:
    """Whether a cell says that it holds what is written above: ``"``, ``-nt-``, ``//``, ``như trên``."""
    # Most cells of a large list are distinct: only a text that can be such words is folded.
    lowered = text.lower()
    return bool(_DITTO.match(text)) or (
        any(part in lowered for part in _IN_DITTO_WORDS) and bool(_DITTO_WORDS.match(fold(text)))
    )


def _without_dittos(body: pd.DataFrame, places: Iterable[int]) -> tuple[pd.DataFrame, Filled]:
    """The rows with the value above in place of each ditto mark; a mark without a value above it stays."""
    whole, filled = body, {}
    for place in places:
        texts = body[place]
        marks = texts.isin([text for text in texts.dropna().unique() if is_ditto(text)])
        if not marks.any():
            continue
        # A blank cell between a mark and the value above it is a value too: nothing.
        above = texts.fillna("").mask(marks).ffill()
        known = marks & above.notna() & (above != "")
        whole = body.copy() if whole is body else whole
        whole.loc[known, place] = above[known]
        filled[place] = tuple(map(int, body.index[known]))
    return whole, filled


def _is_once_a_block(texts: pd.Series[str], follows_a_break: np.ndarray) -> bool:
    """Whether a column looks as if it names each value once and leaves the rows below blank.

    Then the first row has a value, many have none, and hardly ever two values in a row are the same. After a line that
    is no data, such as the top of a printed page, a value may be repeated.
    """
    blank = texts.isna().to_numpy()
    if blank[0] or blank.sum() < 2 or blank.mean() < _LEAST_BLANK:
        return False
    same = (texts == texts.shift()).fillna(value=False).to_numpy() & ~follows_a_break
    return not same.any()


def _is_once_a_commune(
    body: pd.DataFrame, place: int, names: Mapping[int, str], form: Contract, filled: Filled, starts: np.ndarray
) -> bool:
    """Whether each village is written once within its commune, in the first row of its block.

    Each commune begins with one and none comes back; many rows have none, or the commune is written once a block too.
    """
    unit = next((other for other, name in names.items() if form[name].type == "unit"), None)
    blank = body[place].isna().to_numpy()
    if unit is None or unit == place or blank.sum() < 2 or body[unit].isna().any():
        return False
    begins = (body[unit] != body[unit].shift()).to_numpy() | starts
    named = body.loc[~blank, [unit, place]]
    is_usual = unit in filled or float(blank.mean()) >= _LEAST_BLANK
    return is_usual and not blank[begins].any() and len(named) > int(begins.sum()) and not named.duplicated().any()


def _keeps_keys_apart(
    body: pd.DataFrame, place: int, below: pd.Series[str], names: Mapping[int, str], form: Contract
) -> bool:
    """Whether no two rows would have one key if a column went on below its values."""
    keys = [p for p, name in names.items() if name in form.key]
    if place not in keys:
        return True
    filled = body[keys].assign(**{str(place): below}).drop(columns=place)
    return len(keys) == len(form.key) and not bool(filled.dropna().duplicated().any())


def _is_a_place(column: Column) -> bool:
    return column.type == "unit" or column.name == "village"
