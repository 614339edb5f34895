"""One sheet: heading, header, body and closing lines as rows of cells, with what is hidden, merged, filtered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.model.period import Period
from samples.messy.body import Edits, Line, Style, body_lines
from samples.messy.draw import Draw
from samples.messy.heading import Heading, TextLine, signed
from samples.messy.layout import Slot, header_rows
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell, Page


@dataclass(frozen=True)
class Frame:
    """Where the table stands on every sheet of a file. left, above: blank columns and rows."""

    left: int
    above: int
    merges_title: bool
    repeats_title: bool
    closing: tuple[str, ...]
    trailing: int
    frozen: bool
    filtered: bool
    hides_rows: bool
    hides_columns: bool


@dataclass
class Placed:
    """A sheet with the physical rows of the truth's rows and totals, and the physical columns of the slots."""

    page: Page
    rows: dict[int, int] = field(default_factory=dict)
    totals: list[int] = field(default_factory=list)
    header: tuple[int, int] = (0, 0)
    columns: dict[str, int] = field(default_factory=dict)


def frame_of(draw: Draw, *, is_typed: bool) -> Frame:
    """Draw a file's frame."""
    closing = []
    for name, odds in (("note", 0.3), ("count", 0.15), ("place", 0.5), ("signatures", 0.5), ("recipients", 0.15)):
        if draw.has(f"closing-{name}", odds):
            closing.append(name)
    return Frame(
        left=draw.one_of("left", (0, 0, 0, 1, 2)), above=draw.one_of("above", (0, 0, 0, 1, 3)),
        merges_title=is_typed and draw.has("title-merged", 0.5), repeats_title=draw.has("title-repeated", 0.3),
        closing=tuple(closing), trailing=draw.one_of("trailing", (0, 0, 5, 30)) if is_typed else 0,
        frozen=draw.has("frozen", 0.3), filtered=draw.has("filter", 0.25), hides_rows=draw.has("hidden-rows", 0.25),
        hides_columns=draw.has("hidden-columns", 0.15),
    )  # fmt: skip


def page_of(
    draw: Draw, name: str, heading: Heading, period: Period, slots: Sequence[Slot], style: Style, frame: Frame,
    rows: Sequence[tuple[int, Row]], edits: Edits, commune_line: str = "",
) -> Placed:  # fmt: skip
    """Compose a sheet."""
    title = [*heading.lines, *([[(1, commune_line)]] if commune_line else [])]
    made, merges = header_rows(list(slots))
    head = [Line(cells, "header") for cells in made]
    lines = body_lines(draw, style, slots, rows, edits, head)
    placed = Placed(Page(name, []))
    out = placed.page
    out.rows += [[] for _ in range(frame.above)]
    _put_title(out, title, slots, frame)
    first = len(out.rows)
    out.rows += [_shifted(line.cells, frame.left) for line in head]
    out.merges += [
        (first + r1 + 1, frame.left + c1 + 1, first + r2 + 1, frame.left + c2 + 1) for r1, c1, r2, c2 in merges
    ]
    placed.header = (first + 1, len(out.rows))
    for line in lines:
        if line.kind == "header" and frame.repeats_title and line.cells == head[0].cells:
            out.rows.append([])
            _put_title(out, title, slots, frame)
        out.rows.append(_shifted(line.cells, frame.left))
        at = len(out.rows)
        out.merges += [(at, frame.left + a + 1, at, frame.left + b + 1) for a, b in line.merges if b > a]
        if line.row is not None:
            placed.rows[line.row] = at
        if line.kind == "total":
            placed.totals.append(at)
    last = len(out.rows)
    _close(draw, out, frame, slots, heading, period, len(rows), style)
    placed.columns = {slot.name: frame.left + at for at, slot in enumerate(slots, start=1) if slot.name}
    _hide(draw, out, frame, placed, last)
    return placed


def _shifted(cells: Sequence[Cell], left: int) -> list[Cell]:
    return [*[EMPTY] * left, *cells]


def _put_title(out: Page, title: Sequence[TextLine], slots: Sequence[Slot], frame: Frame) -> None:
    width = len(slots)
    places = (frame.left, frame.left if frame.merges_title else frame.left + width // 3, frame.left + (width * 2) // 3)
    for line in title:
        cells = [EMPTY] * (frame.left + width)
        for place, text in line:
            cells[places[place]] = Cell(text, bold=True)
        out.rows.append(cells if line else [])
        if frame.merges_title and len(line) == 1 and line[0][0] == 1:
            out.merges.append((len(out.rows), frame.left + 1, len(out.rows), frame.left + width))


def _close(
    draw: Draw,
    out: Page,
    frame: Frame,
    slots: Sequence[Slot],
    heading: Heading,
    period: Period,
    count: int,
    style: Style,
) -> None:
    """Notes, place and date, signatures."""
    width = len(slots)
    right = frame.left + max(2, (width * 2) // 3)

    def line(*cells: tuple[int, str]) -> None:
        made = [EMPTY] * (frame.left + max(width, right + 1))
        for at, text in cells:
            made[at] = Cell(text)
        out.rows.append(made)

    if frame.closing and draw.chance(0.6):
        out.rows.append([])
    if style.has_closing_count:
        line(
            (
                frame.left + 1,
                draw.pick(
                    (
                        f"Danh sách này có {count} người./.",
                        f"Tổng số: {count} dòng",
                        f"(Ấn định danh sách có {count} người)",
                    )
                ),
            )
        )
    for kind in frame.closing:
        match kind:
            case "note":
                line((frame.left + 1, draw.pick(_NOTES)))
                if draw.chance(0.4):
                    line(
                        (
                            frame.left + 1,
                            draw.pick(
                                (
                                    "- Cột 5: ghi theo CMND hoặc CCCD",
                                    "* Số liệu đã đối chiếu với xã, ngày 28/12/2018",
                                    "1. Hộ mới tách ghi ở cuối",
                                )
                            ),
                        )
                    )
            case "count":
                line((frame.left + 1, "Số tiền bằng chữ: Ba trăm triệu đồng chẵn./."))
            case "place":
                line((right, signed(draw, heading, period)))
            case "recipients":
                line((frame.left, "Nơi nhận:"))
                line((frame.left, "- Như trên;"))
                line((frame.left, "- Lưu: VT."), (right, "(Đã ký)"))
            case "signatures":
                line(
                    (frame.left + 1, draw.pick(("NGƯỜI LẬP BIỂU", "Người lập", "Cán bộ lập biểu"))),
                    (right, draw.pick(_BOSSES)),
                )
                line((frame.left + 1, "(Ký, ghi rõ họ tên)"), (right, "(Ký tên, đóng dấu)"))
                out.rows.append([])
                line((frame.left + 1, "Nguyễn Thị Mẫu"), (right, "Trần Văn Hà"))


_NOTES = (
    "Ghi chú: số liệu đã đối chiếu với xã.",
    "Ghi chú:",
    "* Ghi chú: cột 7 đánh dấu x nếu thiếu hụt.",
    "Chú thích: DTTS là dân tộc thiểu số",
)
_BOSSES = (
    "THỦ TRƯỞNG ĐƠN VỊ",
    "GIÁM ĐỐC",
    "TM. UBND XÃ\nCHỦ TỊCH",
    "KT. TRƯỞNG PHÒNG\nPHÓ TRƯỞNG PHÒNG",
    "TRƯỞNG PHÒNG",
)


def _hide(draw: Draw, out: Page, frame: Frame, placed: Placed, last: int) -> None:
    """Hide some rows and columns, also of data; a filter hides what it does not show."""
    below = range(placed.header[1] + 1, last + 1)
    if frame.filtered and last > placed.header[1]:
        out.filtered = (placed.header[1], frame.left + 1, last, frame.left + max(1, len(placed.columns)))
        out.hidden_rows |= {at for at in below if draw.chance(0.3)}
    if frame.hides_rows:
        out.hidden_rows |= {at for at in range(1, last + 1) if draw.chance(0.12)}
    if frame.hides_columns:
        out.hidden_columns |= {at for at in range(1, out.width + 1) if draw.chance(0.12)}
    if frame.frozen:
        out.frozen_rows = placed.header[1]
    out.trailing = frame.trailing
