"""The rows below a header: sections in place of columns, values once a block, ditto marks, sums, notes, pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from samples.foreign import labels
from samples.foreign.sections import Section
from samples.messy.body import Line, _sum
from samples.messy.draw import Draw
from samples.messy.layout import Slot
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell

Rows = Sequence[tuple[int, Row]]

TOTALS = ("Tổng cộng", "CỘNG TOÀN BIỂU", "Tổng số:", "T.cộng", "Cộng chung", "Tổng toàn huyện", "TỔNG")
NOTES = (
    "(Hộ trên mới chuyển đến từ tháng 10)", "Ghi chú: dòng trên đã được xã xác nhận", "* Đã đối chiếu với thôn",
    "(còn chờ xã bổ sung giấy tờ)", "Lưu ý: các dòng dưới do cán bộ mới nhập", "Kiểm tra lại sau",
)  # fmt: skip


@dataclass
class Body:
    """How the rows of a file stand.

    sections: what a row above tells of those below; fills: slot → the columns that make its block; is_merged: blank
    cells of a block are merged with its first; dittos: slots in which a mark stands for the value above.
    """

    sections: list[Section] = field(default_factory=list)
    section_form: str = "alone"
    has_section_sums: bool = False
    sub_total: str = ""
    fills: dict[str, tuple[str, ...]] = field(default_factory=dict)
    is_merged: bool = False
    dittos: frozenset[str] = frozenset()
    ditto_mark: str = ""
    stt: str = "plain"
    total_at: tuple[str, ...] = ()
    total_label: str = "Tổng cộng"
    numbering: Callable[[int], list[Cell]] | None = None
    has_notes: bool = False
    page_size: int = 0
    blank_odds: float = 0.0


@dataclass
class Built:
    """The lines of a table and what is merged down: (first line, last line, slot)."""

    lines: list[Line] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)


def build_lines(draw: Draw, body: Body, slots: Sequence[Slot], rows: Rows, repeated: Sequence[Line]) -> Built:
    """Build the lines below a header. repeated: what stands again on top of each printed page."""
    builder = _Builder(draw, body, slots, repeated)
    if body.numbering:
        builder.add(Line(body.numbering(len(slots)), "numbering"))
    if "top" in body.total_at:
        builder.add(builder.total(rows, body.total_label))
    builder.part(rows, 0)
    if "end" in body.total_at:
        builder.add(builder.total(rows, body.total_label))
    builder.close_spans()
    return builder.built


class _Builder:
    def __init__(self, draw: Draw, body: Body, slots: Sequence[Slot], repeated: Sequence[Line]) -> None:
        self.draw, self.body, self.slots, self.repeated = draw, body, slots, repeated
        self.built = Built()
        self.number = self.in_part = self.on_page = self.section_number = self.page = 0
        self.page_rows: list[tuple[int, Row]] = []
        self.all_rows: list[tuple[int, Row]] = []
        self.above: dict[str, Cell] = {}
        self.blocks: dict[str, tuple[tuple[Any, ...], int]] = {}

    def add(self, line: Line) -> None:
        """Add a line that interrupts the data."""
        self.close_spans()
        self.above = {}
        self.built.lines.append(line)

    def part(self, rows: Rows, level: int) -> None:
        """Add rows below their sections."""
        if level == len(self.body.sections):
            for index, row in rows:
                self.data(index, row)
            return
        section = self.body.sections[level]
        for number, (key, group) in enumerate(groupby(rows, key=lambda pair: section.key(pair[1]))):
            part = list(group)
            self.in_part = 0
            self.add(self.section(section.label(part[0][1], key), number, part, level))
            self.part(part, level + 1)
            if self.body.sub_total and any(s.is_summed for s in self.slots):
                self.add(self.total(part, self.body.sub_total))

    def data(self, index: int, row: Row) -> None:
        """Add one data row, with what stands before it: a page's end, a note, a blank line."""
        self.interrupt()
        self.number += 1
        self.in_part += 1
        is_first = True
        cells = []
        for pos, slot in enumerate(self.slots):
            cell = slot.write(row)
            if slot.name in self.body.fills:
                cell, starts = self.filled(pos, slot, row, cell)
                is_first = is_first and starts
            elif slot.name in self.body.dittos:
                same = cell == self.above.get(slot.name) and cell.value is not None
                self.above[slot.name] = cell
                cell = Cell(self.body.ditto_mark) if same else cell
            cells.append(cell)
        if self.slots[0].name == "stt":
            cells[0] = self.serial(is_block_start=is_first)
        self.built.lines.append(Line(cells, "data", index))
        self.page_rows.append((index, row))
        self.all_rows.append((index, row))
        self.on_page += 1

    def interrupt(self) -> None:
        """Break the rows where the file does so."""
        body = self.body
        if body.page_size and self.on_page == body.page_size:
            self.turn_page()
        if body.has_notes and self.number and self.draw.chance(0.12):
            self.add(self.note())
        if body.blank_odds and self.draw.chance(body.blank_odds):
            self.add(Line([], "blank"))

    def turn_page(self) -> None:
        """End a printed page with its sums and begin the next with title and header."""
        self.page += 1
        sums = any(s.is_summed for s in self.slots)
        carried = self.draw.pick(
            ("Mang sang trang sau", f"Cộng trang {self.page}", "Cộng đến hết trang này", "Chuyển sang trang")
        )
        if sums:
            self.add(self.total(self.page_rows if "Cộng trang" in carried else self.all_rows, carried))
        self.add(
            Line(
                [
                    Cell(
                        self.draw.pick(
                            (f"Trang {self.page}", f"- {self.page} -", f"Trang số {self.page}", f"tr. {self.page}")
                        )
                    )
                ],
                "page",
            )
        )
        for line in self.repeated:
            self.add(replace(line, cells=list(line.cells), merges=list(line.merges)))
        if self.body.numbering and self.draw.chance(0.7):
            self.add(Line(self.body.numbering(len(self.slots)), "numbering"))
        if sums and self.draw.chance(0.6):
            self.add(
                self.total(
                    self.all_rows,
                    self.draw.pick(("Trang trước mang sang", "Số mang sang", "Lũy kế trang trước chuyển sang")),
                )
            )
        self.on_page, self.page_rows = 0, []

    def filled(self, pos: int, slot: Slot, row: Row, cell: Cell) -> tuple[Cell, bool]:
        """Return the cell of a value written once a block, and whether its block begins here."""
        key = tuple(row[name] for name in self.body.fills[slot.name])
        known, line = self.blocks.get(slot.name, ((), -1))
        if known == key and line >= 0:
            return EMPTY, False
        self.close_span(slot.name, pos)
        self.blocks[slot.name] = (key, len(self.built.lines))
        return cell, True

    def close_span(self, name: str, pos: int) -> None:
        """Merge the block of a slot that ends above the next line."""
        _, first = self.blocks.pop(name, ((), -1))
        last = len(self.built.lines) - 1
        if self.body.is_merged and 0 <= first < last:
            self.built.spans.append((first, last, pos))

    def close_spans(self) -> None:
        """End every block."""
        for pos, slot in enumerate(self.slots):
            if slot.name in self.blocks:
                self.close_span(slot.name, pos)

    def serial(self, *, is_block_start: bool) -> Cell:
        """Return the cell of a row's number, marked as the file marks it."""
        number = self.in_part if self.body.stt == "restart" and self.body.sections else self.number
        match self.body.stt:
            case "once a block":
                return Cell(number) if is_block_start else EMPTY
            case "plain" | "restart":
                return Cell(number)
        return Cell(self.body.stt.format(number))

    def section(self, label: str, number: int, part: Rows, level: int) -> Line:
        """Return the row that tells what holds for the rows below it."""
        slots, form = self.slots, self.body.section_form
        cells = [EMPTY] * len(slots)
        merges: list[tuple[int, int]] = []
        has_stt = slots[0].name == "stt"
        first = next((i for i, s in enumerate(slots) if s.header and s.name != "stt" and not s.is_summed), 0)
        sign = (_ROMAN[number % len(_ROMAN)], str(number + 1))[level] if level < 2 else "-"
        if form == "count":
            label = f"{label} ({len(part)} {self.draw.pick(('hộ', 'người', 'dòng'))})"
        if form == "numbered" and has_stt and first == 1:
            cells[0], cells[1] = Cell(sign, bold=True), Cell(label, bold=True)
        elif form == "merged":
            cells[0] = Cell(f"{sign}. {label}" if self.draw.chance(0.5) else label, bold=True)
            last = 0
            while last + 1 < len(slots) and last < 5 and not slots[last + 1].is_summed:
                last += 1
            merges = [(0, last)]
        elif form == "serial column" and has_stt:
            cells[0] = Cell(label, bold=True)
        else:
            cells[first] = Cell(label, bold=True)
        if self.body.has_section_sums:
            self.put_sums(cells, part)
        return Line(cells, "group", None, merges)

    def total(self, rows: Rows, label: str) -> Line:
        """Return a row of sums, or of the number of rows where nothing is summed."""
        cells = [EMPTY] * len(self.slots)
        first = next((i for i, s in enumerate(self.slots) if s.header and s.name != "stt" and not s.is_summed), 0)
        if any(s.is_summed for s in self.slots):
            cells[first] = Cell(label, bold=True)
            self.put_sums(cells, rows)
        else:
            cells[first] = Cell(
                f"{label.rstrip(':')}: {len(rows)} {self.draw.pick(('người', 'dòng', 'trường hợp'))}", bold=True
            )
        return Line(cells, "total")

    def put_sums(self, cells: list[Cell], rows: Rows) -> None:
        """Write the sums of the columns that are summed."""
        for pos, slot in enumerate(self.slots):
            if slot.is_summed and cells[pos] == EMPTY:
                values = [row[slot.name] for _, row in rows if row[slot.name] is not None]
                if values:
                    cells[pos] = slot.write_value(_sum(values))

    def note(self) -> Line:
        """Return a note in the width of the table."""
        cells = [EMPTY] * len(self.slots)
        pos = 1 if self.slots[0].name == "stt" and self.draw.chance(0.5) else 0
        cells[pos] = Cell(self.draw.pick(NOTES))
        return Line(cells, "note", None, [(pos, min(len(self.slots) - 1, pos + 4))] if self.draw.chance(0.5) else [])


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

SERIALS = ("{}/", "({})", "{:02d}", "H{:03d}", "{}-", "{})", "TT{}", "{}.", "số {}", "{:03d}")

DITTO_SAFE = (
    "commune",
    "village",
    "ethnicity",
    "entrusted_by",
    "programme",
    "school_name",
    "grade",
    "relation",
    "clinic",
    "managed_by",
)
"""Columns in which a clerk repeats the value above by a mark."""


def numberings() -> tuple[Callable[[int], list[Cell]], ...]:
    """Return the ways in which columns are numbered below the header."""
    return (
        lambda w: [Cell(f"({pos + 1})") for pos in range(w)],
        lambda w: [Cell("AB"[pos]) if pos < 2 else Cell(pos - 1) for pos in range(w)],
        lambda w: [Cell(f"[{pos + 1}]") for pos in range(w)],
        lambda w: [Cell(f"c{pos + 1}") for pos in range(w)],
        lambda w: [Cell(f"Cột {pos + 1}") for pos in range(w)],
        lambda w: [Cell(chr(97 + pos % 26)) for pos in range(w)],
        lambda w: [Cell(f"({pos + 1})" if pos != w - 1 else f"({w})=(3)+(4)") for pos in range(w)],
        lambda w: [Cell(str(pos + 1) if pos % 4 != 3 else f"{pos + 1}={pos}-{pos - 1}") for pos in range(w)],
        lambda w: [Cell((pos * 7) % w + 1) for pos in range(w)],
        lambda w: [Cell(f"{pos + 1}.") for pos in range(w)],
    )


def ditto_mark(draw: Draw) -> str:
    """Draw a mark that stands for the value above."""
    return draw.pick((*labels.DITTO, "nt", "-nt-", '"', "như trên"))
