"""Where a table's header is, and which form it is the header of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from etl.contracts import Contract
from etl.contracts.naming import BY_WORDS, Path, is_serial
from etl.model.text import fold

_SEARCHED_ROWS = 80
_LONGEST = 200
"""Characters of a header at most; longer texts are notes."""

_HIGHEST = 4
"""Header rows of one table at most: groups over groups over headers."""

_LEAST_REQUIRED = 0.5
"""Share of a form's required columns that a header must have to be taken for that form."""

_TITLE_BONUS = 0.25
_OF_A_STRANGER = 0.3
"""A column that the form does not know counts against it, by less than one that it knows counts for it."""

_BETTER = 0.002
"""A higher block must fit better by this much: its rows are no titles then."""

_GOOD = 0.6
"""A header this good is not looked for further below: what follows is its table."""


@dataclass(frozen=True)
class Header:
    """A header found: its rows, physical column → its texts from the top down, the form and how sure (0–1).

    above: the texts of the rows right above it, folded, which come back where a header is repeated. sources: a column
    beyond the sheet, of facts parted from another → that other.
    """

    first_row: int
    last_row: int
    cells: Mapping[int, Path]
    dataset: str | None
    score: float
    above: frozenset[str] = frozenset()
    sources: Mapping[int, int] = field(default_factory=dict)


def find_header(cells: pd.DataFrame, forms: Iterable[Contract]) -> Header | None:
    """The block of rows that fits a form's headers best; None where no row has even two known headers.

    The score of a block for a form is Dice's coefficient of the headers there and the form's columns, weighed by how
    sure each header is, plus a bonus where the form's title stands above, over the most that there can be: forms share
    columns, and what tells them apart is the whole.
    """
    top = cells.iloc[:_SEARCHED_ROWS]
    columns = [int(c) for c in top.columns.to_numpy()]
    texts: dict[int, dict[int, str]] = {
        row: {c: t for c, t in zip(columns, values, strict=True) if isinstance(t, str) and len(t) <= _LONGEST}
        for row, values in zip(map(int, top.index.to_numpy()), top.to_numpy(dtype=object), strict=True)
    }
    forms = list(forms)
    best: Header | None = None
    above = ""
    naming: dict[int, Counter[str]] = {}
    for row, line in texts.items():
        if best is not None and best.score >= _GOOD and row > best.last_row + _HIGHEST:
            break
        naming[row] = Counter(
            form.dataset for text in line.values() for form in forms if form.knows(text) or form.named_by_parts((text,))
        )
        # Only a row that names something, or stands below one that does, can be the last of a header.
        near = sum((naming.get(r, Counter()) for r in range(row - _HIGHEST + 1, row + 1)), Counter[str]())
        able = [form for form in forms if near[form.dataset] >= 2]
        for height in range(1, _HIGHEST + 1) if able else ():
            first = row - height + 1
            # A line alone above a header is a title or the unit of the amounts; groups stand side by side.
            if first not in texts or (height > 1 and len(texts[first]) < 2):
                break
            block = _block([texts[r] for r in range(first, row + 1)])
            for form in able:
                if height > 1 and _begins_a_section(texts[row], [texts[r] for r in range(first, row)], form):
                    continue
                score, enough = _fit(block, form, above)
                if score > (best.score + _BETTER if best else 0):
                    best = Header(first, row, block, form.dataset if enough else None, score)
        above += " " + " ".join(map(fold, line.values()))
    if best is None:
        return None
    best = _with_lower_row(_with_serial(best, texts), texts)
    rows = range(best.first_row - _HIGHEST, best.first_row)
    return replace(best, above=frozenset(fold(text) for row in rows for text in texts.get(row, {}).values()))


def _begins_a_section(line: dict[int, str], above: list[dict[int, str]], form: Contract) -> bool:
    """Whether the last row of a header is rather a label of the rows below: "Lớp 4A" under «Họ và tên».

    Few columns have a text there and none of them divides a group; the first has a header without it, and both
    together are none.
    """
    block = _block(above)
    first = min(line, default=0)
    if 2 * len(line) >= len(block) or first not in sorted(block)[:2]:
        return False
    if not all(any(place in row for row in above) for place in line):
        return False
    path = block[first]
    is_headed = is_serial(path) or bool(form.named(path))
    return is_headed and line[first] != path[-1] and not form.named((" ".join((*path, line[first])),))


def _with_serial(header: Header, texts: Mapping[int, dict[int, str]]) -> Header:
    """The header from the row on in which the serial numbers have theirs: groups above columns may name no column."""
    for first in range(header.first_row, header.last_row - _HIGHEST, -1):
        if first not in texts:
            break
        if any(is_serial((text,)) for text in texts[first].values()):
            rows = [texts[row] for row in range(first, header.last_row + 1)]
            return replace(header, first_row=first, cells=_block(rows))
    return header


def _with_lower_row(header: Header, texts: Mapping[int, dict[int, str]]) -> Header:
    """The header with the row below it, where that row only divides its columns: Ngày | Tháng | Năm below a birth.

    Its texts are words, one at least stands where the header has none, and no column of the serial number is among
    them; a row of data has its number, a group's label stands below the first headers.
    """
    below = texts.get(header.last_row + 1, {})
    first = texts.get(header.first_row, {})
    if header.last_row - header.first_row + 1 >= _HIGHEST or len(below) < 2 or 2 * len(below) > len(header.cells):
        return header
    serials = {c for c, path in header.cells.items() if is_serial(path)}
    divides = [c for c in below if c not in header.cells and any(left < c for left in header.cells)]
    words = all(re.search(r"[^\W\d]", text) and len(text) < _LONGEST / 4 for text in below.values())
    if not divides or not words or serials & below.keys() or min(below) == min(header.cells):
        return header
    rows = [texts[row] for row in range(header.first_row, header.last_row + 2) if row in texts]
    return replace(header, last_row=header.last_row + 1, cells=_block(rows)) if first else header


_WORDLESS = re.compile(r"^[\s\d.,()%+/:-]+$")
_LOOKED_BELOW = 5
_GOES_ON = 0.5
"""Share of a header's columns that the rows below it fill, at least."""


def likeliest_header(cells: pd.DataFrame) -> Header | None:
    """The rows of words that head most columns and under which these go on; None where there are none. Of no form."""
    there = cells.notna()
    columns = list(map(int, cells.columns.to_numpy()))
    lines = [
        {c: t for c, t in zip(columns, line, strict=True) if isinstance(t, str)}
        for line in cells.iloc[:_SEARCHED_ROWS].to_numpy(dtype=object).tolist()
    ]
    best: Header | None = None
    for at, last in enumerate(map(int, cells.index[:_SEARCHED_ROWS])):
        for height in range(1, min(_HIGHEST, at + 1) + 1):
            rows = lines[at - height + 1 : at + 1]
            if not _of_words(rows[0]):
                break
            block = _block(rows)
            if len(block) <= (best.score if best else 1):
                continue
            below = there.iloc[at + 1 : at + 1 + _LOOKED_BELOW][list(block)]
            if len(below) and below.to_numpy().mean() >= _GOES_ON:
                best = Header(last - height + 1, last, block, None, float(len(block)))
    return best


def _of_words(line: dict[int, str]) -> bool:
    """Whether a row may be part of a header: two cells at least, nearly all of them words."""
    return len(line) > 1 and sum(not _WORDLESS.match(text) for text in line.values()) >= 0.8 * len(line)


def _block(rows: list[dict[int, str]]) -> dict[int, Path]:
    """Column → its texts from the top down.

    A text above spreads over the columns to its right, as merged cells do, up to where a text still higher begins.
    """
    cells: dict[int, Path] = {}
    for column in sorted({c for row in rows for c in row}):
        lowest = max(level for level, row in enumerate(rows) if column in row)
        path: list[str] = []
        begins = 0
        for row in rows[:lowest]:
            left = max((c for c in row if begins <= c <= column), default=None)
            if left is not None:
                begins = left
                if row[left] not in path:
                    path.append(row[left])
        own = rows[lowest][column]
        cells[column] = (*(text for text in path if text != own), own)
    return cells


def _fit(block: Mapping[int, Path], form: Contract, above: str) -> tuple[float, bool]:
    named = [form.understood(path) for path in block.values()]
    parts = [form.named_by_parts(path) for path in block.values()]
    found = set().union(*named, *parts)
    if len(found) < 2:
        return 0.0, False
    required = set(form.required)
    share = len(found & required) / len(required)
    strange = sum(
        not columns and not both and not is_serial(path)
        for path, columns, both in zip(block.values(), named, parts, strict=True)
    )
    sureness = [
        max(columns.values(), default=BY_WORDS) for columns, both in zip(named, parts, strict=True) if columns or both
    ]
    sure = sum(sureness) / len(sureness)
    matched = min(len(found), sum(max(len(both), bool(columns)) for columns, both in zip(named, parts, strict=True)))
    # Of the forms over time the one that the headers fit: no file has the columns of all of them.
    wanted = min(len(columns | found) for columns in form.columns_over_time)
    dice = 2 * matched * sure / (matched + _OF_A_STRANGER * strange + wanted)
    title = fold(form.title)
    if any(title in fold(text) for path in block.values() for text in path):
        return 0.0, False
    titled = title in above
    return min(1.0, (dice + _TITLE_BONUS * titled) / (1 + _TITLE_BONUS)), share >= _LEAST_REQUIRED
