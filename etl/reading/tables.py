"""A table in a sheet: its header, its data rows, and why every other row is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from etl.contracts import Contract, contract
from etl.model.grid import Grid, Table
from etl.model.text import fold
from etl.reading.headers import Header, find_any_header, find_header

_NUMBERING = re.compile(r"^\(?([A-Z]{1,2}|\d{1,2})\)?\s*(=.*)?$")
_TOTAL = re.compile(
    r"^(tong cong|tong so|tong|cong)( (huyen|xa|phuong|thi tran|thanh pho|tinh|thon|ban|to|toan|chung|so)\b.*)?$"
)
_NUMBER = re.compile(r"^[\s\d.,()%+-]+$")
_CLOSING = re.compile(
    r"(nguoi lap|lap bieu|thu truong|giam doc|truong phong|pho phong|ke toan|chu tich|ky ten|ky ghi ro|dong dau"
    r"|noi nhan|^ghi chu|ngay \d{0,2} ?thang \d{0,2} ?nam|cong hoa xa hoi)"
)
_CLOSING_CELLS = 4
"""A signature or date line has this many cells at most."""


def find_table(grid: Grid, contracts: Mapping[str, Contract]) -> Table | None:
    """The table of a sheet, its dataset told by the headers; None where no header of any form is found.

    A row below the header is data when at least two of the form's columns are filled and it is no numbering, total,
    repeated header or closing line. Every physical row up to the last used one is in ``body`` or in ``ignored``.
    """
    header = find_header(grid.cells, contracts.values()) if len(grid.cells) else None
    return _below(grid, header) if header else None


def find_any_table(grid: Grid) -> Table | None:
    """The table of a sheet that belongs to no form: below the fullest row of words under which the columns go on."""
    header = find_any_header(grid.cells) if len(grid.cells) else None
    return _below(grid, header) if header else None


def _below(grid: Grid, header: Header) -> Table:
    cells = grid.cells
    ignored: dict[int, str] = {}
    rows = cells.index.to_numpy()
    for row, filled in zip(rows, np.any(cells.notna().to_numpy(), axis=1).tolist(), strict=True):
        if row > header.last_row:
            break
        ignored[int(row)] = "header" if row >= header.first_row else "title" if filled else "blank"
    below = cells.loc[header.last_row + 1 :]
    reasons = _reasons(below, header)
    ignored |= {int(row): str(reasons[row]) for row in reasons.index[reasons != ""].to_numpy()}
    title = tuple(
        (int(row), text)
        for row, values in zip(cells.index, cells.loc[: header.first_row - 1].to_numpy(dtype=object), strict=False)
        for text in values
        if isinstance(text, str)
    )
    return Table(grid.sheet, header.cells, below[reasons == ""], ignored, header.dataset, header.score, title)


def _reasons(below: pd.DataFrame, header: Header) -> pd.Series[str]:
    """Why each row below the header is no data; "" for data."""
    reasons = pd.Series("", index=below.index, dtype="object")
    if not len(below):
        return reasons
    form = contract(header.dataset) if header.dataset else None
    mapped = [c for c, (a, t) in header.cells.items() if form is None or form.columns_named(t, a)]
    there = below.notna().to_numpy()
    filled = there.sum(axis=1)
    of_form = below[mapped].notna().to_numpy().sum(axis=1)
    reasons[of_form < 2] = "group"
    first = int(np.argmax(filled > 0))
    if _is_numbering(below.iloc[first]):
        reasons.iloc[first] = "numbering"
    # Only short texts can be labels; looking at the few rows that begin with one keeps a large table fast.
    lead = _leading_text(below)
    for at in np.flatnonzero(lead.str.match(_TOTAL).to_numpy(dtype=bool, na_value=False)):
        if _is_total(below.iloc[at]):
            reasons.iloc[int(at)] = "total"
    texts = {c: fold(t) for c, (_, t) in header.cells.items()}
    for at in np.flatnonzero(lead.isin(set(texts.values())).to_numpy()):
        row = below.iloc[at].dropna()
        if sum(fold(v) == texts.get(int(str(c))) for c, v in row.items()) * 2 > len(row):
            reasons.iloc[int(at)] = "header"
    _close(below, filled, of_form, form, reasons)
    reasons[filled == 0] = "blank"
    return reasons


def _is_numbering(row: pd.Series[str]) -> bool:
    """A row A B C 1 2 3 under the header: the numbers count up one by one."""
    texts = [str(v).strip() for v in row.dropna()]
    matches = [_NUMBERING.match(t) for t in texts]
    if len(texts) < 3 or not all(matches):
        return False
    numbers = [int(m[1]) for m in matches if m and m[1].isdigit()]
    return len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers))


def _leading_text(below: pd.DataFrame) -> pd.Series[str]:
    """The first cell of each row that is no number, folded; long texts are left out."""
    lead = pd.Series(np.nan, index=below.index, dtype="str")
    for column in reversed(below.columns[:6]):
        texts = below[column]
        label = texts.notna() & ~texts.str.match(_NUMBER).fillna(False).astype(bool) & (texts.str.len() < 60)
        lead = texts.where(label, lead)
    distinct = {text: fold(text) for text in lead.dropna().unique()}
    return lead.map(distinct).astype("str")


def _is_total(row: pd.Series[str]) -> bool:
    """Besides its label, a total row holds numbers alone."""
    texts = [t for t in row.dropna() if not _NUMBER.match(t)]
    return len(texts) == 1


def _close(
    below: pd.DataFrame, filled: np.ndarray, of_form: np.ndarray, form: Contract | None, reasons: pd.Series[str]
) -> None:
    """Mark what follows the table: from the first line of a signature, date or note on, short rows are no data."""
    few = np.flatnonzero((filled > 0) & (filled <= _CLOSING_CELLS))
    least = max(2, len(form.required) // 2 + 1) if form else 2
    closing = [at for at in few if any(_CLOSING.search(fold(t)) for t in below.iloc[at].dropna())]
    if closing:
        after = np.arange(len(below)) >= closing[0]
        reasons[after & (filled > 0) & (filled <= _CLOSING_CELLS) & (of_form < least)] = "note"
        reasons.iloc[np.array(closing)] = "note"
    data = np.flatnonzero((reasons == "").to_numpy())
    last = data[-1] if len(data) else -1
    tail = (np.arange(len(below)) > last) & (reasons == "group").to_numpy()
    reasons[tail] = "note"
