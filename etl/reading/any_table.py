"""The table of a sheet that belongs to no contract, told by its shape alone: no words, no serial numbers are asked for.

Rows that are filled as most are, are the table; its header says other kinds of things than the rows below it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from etl.model.grid import Grid, Table

_NUMBER = re.compile(
    r"^[^\w\s]{0,3}\s?(?:\d[\d.,\u00a0 ]*|[.,]\d+)(?:[eE][+-]?\d+)?\s?[%°đ₫$€£)]?$"
    r"|^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$|^\d{1,2}:\d{2}(?::\d{2})?$"
)
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_ROMAN = re.compile(r"^(?:[IVX]{1,6}|[A-Z])[.)]?$")
_TOTAL = re.compile(r"^\W*(?:tổng|cộng|total|sum)\b", re.IGNORECASE)
_LEAST_SHARE = 0.6
"""A header has this share of the cells that the rows of its table have as a rule."""

_LOOKED_AT, _MOST_HEADER_ROWS = 2_000, 4
_TELLING, _SERIAL, _SPARSE = 0.6, 0.6, 0.1

_LEAST_WIDTH, _LEAST_ROWS, _LEAST_ABOVE = 3, 4, 0.2
"""A table above the widest has so many columns and rows, and this share of the rows that follow: pairs of a name and a
value above a table are none."""

Line = Sequence[str]


def find_any_table(grid: Grid) -> Table | None:
    """Return a sheet's first table; None where no row has more than one cell, nor several rows have one.

    ``headers`` has an empty path for the columns of a table without a header. A table ends where the next begins.
    """
    cells = grid.cells
    if not cells.size:
        return None
    columns = [int(column) for column in cells.columns]
    lines = [
        [text if isinstance(text, str) and text.strip() else "" for text in row]
        for row in cells.to_numpy(dtype=object).tolist()
    ]
    filled = [sum(map(bool, line)) for line in lines]
    usual = _usual(filled[:_LOOKED_AT])
    if max(filled) < 2 and sum(filled) < 3:
        return None
    least = max(min(2, max(filled)), round(_LEAST_SHARE * usual))
    first = next(number for number, count in enumerate(filled) if count >= least)
    below = len(lines)
    if (earlier := _earlier_table(filled, first)) is not None:
        first, below = earlier, first
        usual = _usual(filled[first:below])
        least = round(_LEAST_SHARE * usual)
    numeric = _numeric_columns(lines[first + 1 : min(below, first + _LOOKED_AT)])
    if (
        first + 1 < len(lines)
        and filled[first] > usual == filled[first + 1]
        and _says_header(lines[first + 1], numeric)
    ):
        # A line about the file above the header, divided by chance.
        first += 1
    header_rows = _header_rows(lines, filled, first, numeric, least)
    start = header_rows[-1] + 1 if header_rows else first
    end = _end(lines[:below], filled, start, header_rows, numeric, least)
    reasons = _reasons(lines, filled, start, end)
    ignored = {row + 1: "title" if filled[row] else "blank" for row in range(first)}
    ignored |= {row + 1: "header" for row in header_rows} | {row + 1: why for row, why in reasons.items()}
    ignored |= {row + 1: "note" if filled[row] else "blank" for row in range(end, len(lines))}
    data = [row for row in range(start, end) if row not in reasons]
    paths = _paths([lines[row] for row in header_rows])
    headers = {
        column: paths[place] if paths else ()
        for place, column in enumerate(columns)
        if not (header_rows or grid.typed) or any(lines[row][place] for row in (*header_rows, *data))
    }
    body = cells.iloc[data]
    title = tuple((row + 1, text) for row in range(first) for text in lines[row] if text)
    header_row = header_rows[-1] + 1 if header_rows else first
    return Table(grid.sheet, headers, header_row, body, dict(sorted(ignored.items())), title=title, typed=grid.typed)


def _usual(filled: list[int]) -> int:
    """How many cells rows have as a rule, more than one where any has."""
    counts = Counter(count for count in filled if count > 1) or Counter(filled)
    return max(counts, key=lambda count: (counts[count] * count, count))


def _is_number(text: str) -> bool:
    return _NUMBER.match(text) is not None


def _earlier_table(filled: list[int], first: int) -> int | None:
    """The first row of a narrower table above the widest: rows of one width, not far fewer than those below it."""
    counts = Counter(count for count in filled[:first] if count >= _LEAST_WIDTH)
    if not counts:
        return None
    width, times = counts.most_common(1)[0]
    if times < max(_LEAST_ROWS, _LEAST_ABOVE * (len(filled) - first)):
        return None
    return next(row for row in range(first) if filled[row] >= _LEAST_SHARE * width)


def _numeric_columns(lines: Sequence[Line]) -> set[int]:
    """The places whose texts are nearly all numbers, days or times; a column with next to no texts is none."""
    found = set()
    rows = sum(any(line) for line in lines)
    for place in range(len(lines[0]) if lines else 0):
        texts = [line[place] for line in lines if line[place]]
        if len(texts) > _SPARSE * rows and sum(map(_is_number, texts)) >= _TELLING * len(texts):
            found.add(place)
    return found


def _says_header(line: Line, numeric: set[int]) -> bool:
    """Return whether a row has words, or the years of a series, above columns of numbers."""
    above = [line[place] for place in numeric if line[place]]
    years = [text for text in above if _YEAR.match(text)]
    words = [text for text in above if not _is_number(text)]
    is_series = len(years) > 1 and len(set(years)) == len(years) and any(t and not _is_number(t) for t in line)
    return len(words) * 2 > len(above) or (is_series and len(years) + len(words) == len(above))


def _header_rows(lines: Sequence[Line], filled: list[int], first: int, numeric: set[int], least: int) -> list[int]:
    """The rows of the header; none where the first row is like those below it."""
    if numeric and not _says_header(lines[first], numeric):
        return []
    if not numeric and any(map(_is_number, lines[first])):
        return []
    rows = [first]
    # Rows above that span groups of columns; a title stands in one cell, a name and its value in the first two.
    for above in range(first - 1, max(first - _MOST_HEADER_ROWS, -1), -1):
        if not (2 <= filled[above] < least and numeric and _says_header(lines[above], numeric)):
            break
        if filled[first] > _LEAST_WIDTH and lines[rows[0]][0] and not any(lines[above][2:]):
            break
        rows.insert(0, above)
    for row in range(first + 1, min(first + _MOST_HEADER_ROWS, len(lines))):
        if not filled[row] and numeric:
            continue
        has_words = any(lines[row][place] and not _is_number(lines[row][place]) for place in numeric)
        if not numeric or not has_words or filled[row] < 2 or any(_is_number(text) for text in lines[row]):
            break
        rows.append(row)
    return rows


def _paths(rows: list[Line]) -> list[tuple[str, ...]]:
    """The texts of each column's header from the top down.

    A text with a further text right below it and nothing to its right spans those columns on the right, too, that have
    a text below.
    """
    spread = []
    for number, row in enumerate(rows):
        below = [any(line[place] for line in rows[number + 1 :]) for place in range(len(row))]
        texts, spanning = list(row), ""
        for place, text in enumerate(row):
            if text or not below[place]:
                spanning = text if below[place] else ""
            else:
                texts[place] = spanning
        spread.append(texts)
    return [tuple(filter(None, column)) for column in zip(*spread, strict=True)]


def _end(
    lines: Sequence[Line], filled: list[int], start: int, header_rows: list[int], numeric: set[int], least: int
) -> int:
    """The row after the last one of the table: before another table's header, before notes and blank rows."""
    end = len(lines)
    for row in range(start + 1, len(lines)):
        repeats = bool(header_rows) and list(filter(None, lines[row])) == list(filter(None, lines[header_rows[-1]]))
        starts_anew = filled[row] >= least and len(numeric) > 1 and not any(map(_is_number, lines[row]))
        if header_rows and (repeats or (starts_anew and _says_whole_header(lines[row], numeric))):
            end = row
            break
    while end > start and filled[end - 1] < min(2, least):
        end -= 1
    return end


def _says_whole_header(line: Line, numeric: set[int]) -> bool:
    return all(line[place] for place in numeric)


def _reasons(lines: Sequence[Line], filled: list[int], start: int, end: int) -> dict[int, str]:
    """The rows among the data that are none: blank, a label of a group, a total that has no key."""
    found: dict[int, str] = {}
    usual = _usual(filled[start:end]) if end > start else 1
    firsts = [line[0] for line in lines[start:end] if line[0]]
    has_serials = sum(text.isdecimal() for text in firsts) >= _SERIAL * max(len(firsts), 1)
    for row in range(start, end):
        line, texts = lines[row], [text for text in lines[row] if text]
        if not texts:
            found[row] = "blank"
        elif has_serials and _ROMAN.match(line[0]) and filled[row] < usual:
            found[row] = "group"
        elif usual > 2 and filled[row] <= (usual + 1) // 2 and _TOTAL.match(texts[0]):
            found[row] = "total"
        elif usual > 2 and filled[row] == 1 and line[0] and not _is_number(line[0]):
            found[row] = "group"
    return found
