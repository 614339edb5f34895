"""Sheets around a foreign table: titles far from it, second tables, lists that go on, old sheets, one a district."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from samples.foreign.body import Built
from samples.messy.body import Line
from samples.messy.draw import Draw
from samples.messy.heading import Heading, TextLine
from samples.messy.layout import Slot, header_rows
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell, Page

Merge = tuple[int, int, int, int]


@dataclass
class Sheet:
    """A sheet with the physical rows of the truth's rows."""

    page: Page
    rows: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a table stands. title_at: above, far, beside or none; second: a second table above, below or beside."""

    left: int = 0
    above: int = 0
    title_at: str = "above"
    second: str = ""
    closing: bool = True
    has_header: bool = True


def header_lines(slots: Sequence[Slot]) -> tuple[list[Line], list[Merge]]:
    """Return the header's lines and its merged ranges; one header over two columns covers both."""
    rows, merges = header_rows(list(slots))
    for pos in range(1, len(slots)):
        if slots[pos].name.endswith("+1") and not slots[pos].header and not slots[pos].group:
            merges = [m for m in merges if m[1] != pos - 1 or m[3] != pos - 1]
            merges.append((0, pos - 1, len(rows) - 1, pos))
    return [Line(cells, "header") for cells in rows], merges


def compose(
    draw: Draw, name: str, heading: Heading, slots: Sequence[Slot], built: Built, place: Place,
    seconds: Sequence[list[Cell]],
) -> Sheet:  # fmt: skip
    """Compose one sheet: titles, header, lines, closing, at their places."""
    made = Sheet(Page(name, [[] for _ in range(place.above)]))
    out = made.page
    head, merges = header_lines(slots)
    if place.title_at == "above":
        put_title(out, heading.lines, len(slots), place.left)
    elif place.title_at == "far":
        put_title(out, heading.lines, len(slots), place.left)
        out.rows += [[] for _ in range(draw.number(4, 12))]
    if place.second == "above":
        out.rows += [[*[EMPTY] * place.left, *line] for line in seconds] + [[], []]
    top = len(out.rows)
    if place.has_header:
        out.rows += [[*[EMPTY] * place.left, *line.cells] for line in head]
        out.merges += [(top + a + 1, place.left + b + 1, top + c + 1, place.left + d + 1) for a, b, c, d in merges]
    first = len(out.rows)
    for line in built.lines:
        out.rows.append([*[EMPTY] * place.left, *line.cells] if line.cells else [])
        pos = len(out.rows)
        out.merges += [(pos, place.left + a + 1, pos, place.left + b + 1) for a, b in line.merges if b > a]
        if line.row is not None:
            made.rows[line.row] = pos
    out.merges += [(first + a + 1, place.left + s + 1, first + b + 1, place.left + s + 1) for a, b, s in built.spans]
    if place.title_at == "beside":
        put_beside(out, [[(0, text)] for line in heading.lines for _, text in line], top, place.left + len(slots) + 1)
    if place.second == "beside":
        put_beside(
            out, [[(pos, c) for pos, c in enumerate(line)] for line in seconds], top, place.left + len(slots) + 2
        )
    if place.second == "below":
        out.rows += [[], [], *[[*[EMPTY] * place.left, *line] for line in seconds]]
    if place.closing:
        close(draw, out, heading, len(slots), place.left)
    return made


def put_title(out: Page, lines: Sequence[TextLine], width: int, left: int) -> None:
    """Write the lines above a table."""
    places = (left, left + width // 3, left + (width * 2) // 3)
    for line in lines:
        cells = [EMPTY] * (left + width)
        for place, text in line:
            cells[places[place]] = Cell(text, bold=True)
        out.rows.append(cells if line else [])


def put_beside(out: Page, lines: Sequence[Sequence[tuple[int, str | Cell]]], top: int, column: int) -> None:
    """Write lines to the right of a table, from its header down."""
    for pos, line in enumerate(lines):
        while len(out.rows) <= top + pos:
            out.rows.append([])
        row = out.rows[top + pos]
        for shift, value in line:
            row += [EMPTY] * (column + shift + 1 - len(row))
            row[column + shift] = value if isinstance(value, Cell) else Cell(value, bold=True)


def close(draw: Draw, out: Page, heading: Heading, width: int, left: int) -> None:
    """Write place and date, signatures, as below any form."""
    right = left + max(2, (width * 2) // 3)

    def line(*cells: tuple[int, str]) -> None:
        made = [EMPTY] * (right + 1)
        for pos, text in cells:
            made[pos] = Cell(text)
        out.rows.append(made)

    out.rows.append([])
    if draw.chance(0.5):
        line((left, draw.pick(("Người tổng hợp: Lù Thị Mẩy", "Ghi chú: số liệu xã báo cáo", "Nơi nhận: như kính gửi"))))
    line(
        (
            right,
            f"{heading.closing_place}, ngày {draw.number(2, 28)} tháng {draw.number(1, 12)}"
            f" năm {heading.as_of.year + 1}",
        )
    )
    line(
        (left, draw.pick(("NGƯỜI TỔNG HỢP", "Cán bộ phụ trách", "KẾ TOÁN"))),
        (right, draw.pick(("LÃNH ĐẠO ĐƠN VỊ", "T.M UBND", "PHÓ PHÒNG"))),
    )
    out.rows.append([])
    line((left, "Lù Thị Mẩy"), (right, "Vàng Văn Chính"))


def second_table(draw: Draw, rows: Sequence[Row]) -> list[list[Cell]]:
    """Return a short table that is no list of the form: contacts, counts, a key of abbreviations."""
    way = draw.number(0, 2)
    if way == 0:
        return [
            [Cell(t) for t in line]
            for line in (
                ("Đầu mối", "Chức vụ", "Điện thoại"), ("Lù Thị Mẩy", "Cán bộ", "0214 3840 112"),
                ("Vàng Văn Chính", "Lãnh đạo", "0214 3840 113"),
            )
        ]  # fmt: skip
    if way == 1:
        counts = Counter(row["_commune_name"] for row in rows)
        return [[Cell("Đơn vị"), Cell("Số dòng")], *([Cell(name), Cell(n)] for name, n in counts.items())]
    return [
        [Cell(t) for t in line]
        for line in (("Chữ viết tắt", "Nghĩa là"), ("HN", "hộ nghèo"), ("HCN", "hộ cận nghèo"), ("nt", "như trên"))
    ]


def split_built(built: Built, parts: int) -> list[Built]:
    """Cut a table's lines after data rows into parts, for the sheets on which the list goes on."""
    ends = [pos for pos, line in enumerate(built.lines) if line.kind == "data"]
    cuts = [ends[len(ends) * n // parts - 1] + 1 for n in range(1, parts)]
    cuts = [c for c in cuts if not any(a < c <= b for a, b, _ in built.spans)]
    made, start = [], 0
    for cut in sorted({*cuts, len(built.lines)}):
        spans = [(a - start, b - start, s) for a, b, s in built.spans if start <= a and b < cut]
        made.append(Built(built.lines[start:cut], spans))
        start = cut
    return made


def title_line(line: TextLine, width: int) -> Line:
    """Return a title's line as one of the table's, for the pages on which it stands again."""
    cells = [EMPTY] * width
    for place, text in line:
        cells[(0, width // 3, (width * 2) // 3)[place]] = Cell(text, bold=True)
    return Line(cells if line else [], "title")
