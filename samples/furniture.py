"""How realistic files differ from the clean form: what stands around and inside of the table, how values are written.

Each variation keeps every value certain. Add one as a function and name it in ``VARIATIONS``; which of them a file
gets is drawn from its seed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from etl.contracts import Contract
from etl.contracts.form import Line
from samples.forms import Sheet

Variation = Callable[[np.random.Generator, Contract, list[Line], int], list[Line]]


def two_header_rows(_: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """The group's text above its columns, each other header on the upper row, as merged cells leave them."""
    if not any(c.header_above for c in form.columns):
        return lines
    upper: Line = ["STT"]
    lower: Line = [None]
    previous = None
    for column in form.columns:
        grouped = column.header_above
        upper.append(column.header if not grouped else grouped if grouped != previous else None)
        lower.append(column.header if grouped else None)
        previous = grouped
    return [*lines[:at], upper, lower, *lines[at + 1 :]]


def numbering_row(_: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """A row A 1 2 3 under the header."""
    last = _header_end(lines, at)
    return [*lines[: last + 1], ["A", *range(1, len(form.columns) + 1)], *lines[last + 1 :]]


def total_row(_: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """A row Tổng cộng with the sums of the counts and amounts at the end."""
    numeric = [i for i, c in enumerate(form.columns, start=1) if c.type in ("int", "money")]
    body = lines[_header_end(lines, at) + 1 :]
    total: Line = [None] * (len(form.columns) + 1)
    total[1] = "Tổng cộng"
    for i in numeric:
        total[i] = sum(v for line in body if line and isinstance(line[0], int) and isinstance(v := line[i], int))
    return [*lines, total] if len(numeric) > 0 and 1 not in numeric else lines


def closing_lines(_: np.random.Generator, form: Contract, lines: list[Line], __: int) -> list[Line]:
    """A note, place and date, signatures."""
    middle = max(3, len(form.columns) // 2)
    pad: Line = [None] * middle
    signed: Line = [None, "NGƯỜI LẬP BIỂU", *pad, "THỦ TRƯỞNG ĐƠN VỊ"]
    place: Line = [None, None, *pad, "Lào Cai, ngày 05 tháng 01 năm 2019"]
    return [*lines, [], [None, "Ghi chú: số liệu đã đối chiếu với xã."], place, signed, [], [None, "Nguyễn Thị Mẫu"]]


def blank_rows(rng: np.random.Generator, _: Contract, lines: list[Line], at: int) -> list[Line]:
    """Blank rows inside of the table."""
    last = _header_end(lines, at)
    for place in (
        sorted(rng.integers(last + 2, len(lines) + 1, 2).tolist(), reverse=True) if len(lines) > last + 3 else []
    ):
        lines = [*lines[:place], [], *lines[place:]]
    return lines


def shouted_headers(_: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """Headers in capitals with line breaks, or in a variant that the contract lists."""
    names = {c.header: c.variants[0] if c.variants else c.header.upper().replace(" ", "\n", 1) for c in form.columns}
    return [*lines[:at], [names.get(v, v) if isinstance(v, str) else v for v in lines[at]], *lines[at + 1 :]]


def other_marks(rng: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """Flags as X, v, 1 or Có; amounts with dots; dates as d/m/yyyy."""
    mark = ("X", "v", "1", "Có")[int(rng.integers(4))]
    writers: dict[int, Callable[[object], object]] = {}
    for i, column in enumerate(form.columns, start=1):
        if column.type == "flag":
            writers[i] = lambda v: mark if v == "x" else v
        elif column.type == "money":
            writers[i] = lambda v: f"{v:,}".replace(",", ".") if isinstance(v, int) else v
        elif column.type == "date":
            writers[i] = lambda v: f"{v.day}/{v.month}/{v.year}" if isinstance(v, date) else v
    last = _header_end(lines, at)
    body = [[writers[i](v) if i in writers else v for i, v in enumerate(line)] for line in lines[last + 1 :]]
    return [*lines[: last + 1], *body]


def extra_column(_: np.random.Generator, form: Contract, lines: list[Line], at: int) -> list[Line]:
    """A column Ghi chú that belongs to no form."""
    width = len(form.columns) + 1
    noted = [*lines[at], "Ghi chú thêm"]
    body = [
        [*line, *[None] * (width - len(line)), "đã rà soát"] if line and isinstance(line[0], int) else line
        for line in lines[at + 1 :]
    ]
    return [*lines[:at], noted, *body]


VARIATIONS: tuple[Variation, ...] = (
    shouted_headers, extra_column, total_row, other_marks, two_header_rows, numbering_row, blank_rows, closing_lines,
)  # fmt: skip


def roughen(form: Contract, content: list[Sheet], seed: list[int]) -> list[Sheet]:
    """A file's sheets with some variations, drawn once a file; shouted and two-row headers exclude each other."""
    rng = np.random.default_rng(seed)
    drawn = [v for v in VARIATIONS if rng.random() < 0.5]
    if two_header_rows in drawn:
        drawn = [v for v in drawn if v not in (shouted_headers, extra_column)]
    rough = []
    for name, lines in content:
        at = next(i for i, line in enumerate(lines) if line and line[0] == "STT")
        for vary in drawn:
            lines = vary(rng, form, lines, at)
        rough.append((name, lines))
    return rough


def _header_end(lines: list[Line], at: int) -> int:
    """The last row of the header that begins at ``at``."""
    following = lines[at + 1] if at + 1 < len(lines) else []
    return at + 1 if following and following[0] is None and any(isinstance(v, str) for v in following) else at
