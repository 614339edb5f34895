"""The rows of a worksheet's part: cells get formats, formulas that reach out leave their value; the rest stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from openpyxl.utils import column_index_from_string, get_column_letter

from etl.reporting import xml_splice
from etl.reporting.book_styles import Styles
from etl.reporting.reaching_out import reaches_out
from etl.reporting.xml_splice import Splice

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WRAP = b"<rows>"

Place = tuple[int, int]
"""Physical row and column, from 1."""


@dataclass
class _Cell:
    start: int
    head_end: int
    row: int
    column: int
    attributes: dict[str, str]
    formula: tuple[int, int] | None = None
    formula_attributes: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=lambda: {"f": "", "v": "", "t": ""})


class RowEditor:
    """One pass over the rows of a sheet.

    prefix: of the part's tags; marks: place → kind of mark; unmarked: places whose fill an earlier answer has set;
    risky: numbers of shared texts that begin as a formula does; column_style: the format of a column.
    """

    def __init__(
        self, rows: bytes, prefix: str, styles: Styles, marks: Mapping[Place, str], unmarked: Collection[Place],
        risky: Collection[int], column_style: Callable[[int], int],
    ) -> None:  # fmt: skip
        """Nothing is read yet."""
        self._data, self._prefix, self._styles = _WRAP + rows + b"</rows>", prefix, styles
        self._marks, self._unmarked, self._risky = marks, unmarked, risky
        self._column_style = column_style
        self._by_row: dict[int, list[int]] = {}
        for row, column in sorted(marks):
            self._by_row.setdefault(row, []).append(column)
        self._waiting_rows = sorted(self._by_row)
        self._splices: list[Splice] = []
        self._row, self._column, self._row_head = 0, 0, (0, 0)
        self._row_attributes: dict[str, str] = {}
        self._cell: _Cell | None = None
        self._inside: list[str] = []
        self._shared_gone: set[str] = set()
        self.formulas_gone = 0

    def edited(self) -> bytes:
        """The rows with all changes. Raises NotSpliceable."""
        self._parser = parser = xml_splice.checked_parser(b"<rows/>")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        xml_splice.run(parser, self._data)
        data = xml_splice.apply(self._data, self._splices)
        return data[len(_WRAP) : -len(b"</rows>")]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name, offset = tag.rpartition(":")[2], self._parser.CurrentByteIndex
        self._inside.append(name)
        if name == "row" and len(self._inside) == 2:
            self._start_row(offset, attributes)
        elif name == "c" and len(self._inside) == 3:
            self._start_cell(offset, attributes)
        elif name == "f" and self._cell is not None:
            self._cell.formula, self._cell.formula_attributes = (offset, 0), attributes

    def _start_row(self, offset: int, attributes: dict[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        self._row_attributes = attributes
        self._insert_rows(offset, self._row)
        if self._waiting_rows and self._waiting_rows[0] == self._row:
            self._waiting_rows.pop(0)
        self._row_head = (offset, xml_splice.head_end(self._data, offset))
        if self._row in self._by_row and "spans" in attributes:
            start, end = self._row_head
            if self._data[end - 2 : end] != b"/>":
                head = xml_splice.with_attributes(self._data, start, end, {"spans": None})
                self._splices.append((start, end, head))

    def _start_cell(self, offset: int, attributes: dict[str, str]) -> None:
        letters = re.match("[A-Z]+", attributes.get("r", ""))
        self._column = column_index_from_string(letters[0]) if letters else self._column + 1
        self._insert_cells(offset, self._column)
        waiting = self._by_row.get(self._row)
        if waiting and waiting[0] == self._column:
            waiting.pop(0)
        head_end = xml_splice.head_end(self._data, offset)
        self._cell = _Cell(offset, head_end, self._row, self._column, attributes)

    def _characters(self, text: str) -> None:
        if self._cell is not None and self._inside[-1] in self._cell.texts and "rPh" not in self._inside:
            self._cell.texts[self._inside[-1]] += text

    def _end(self, _: str) -> None:
        name, offset = self._inside.pop(), self._parser.CurrentByteIndex
        if name == "f" and self._cell is not None and self._cell.formula:
            start = self._cell.formula[0]
            head = xml_splice.head_end(self._data, start)
            closed = self._data[head - 2 : head] == b"/>"
            self._cell.formula = (start, head if closed else xml_splice.head_end(self._data, offset))
        elif name == "c" and self._cell is not None and len(self._inside) == 2:
            self._end_cell(self._cell, offset)
            self._cell = None
        elif name == "row" and len(self._inside) == 1:
            self._end_row(offset)
        elif name == "rows":
            self._insert_rows(offset, 1 << 30)

    def _end_row(self, offset: int) -> None:
        start, head_end = self._row_head
        if self._data[head_end - 2 : head_end] != b"/>":
            self._insert_cells(offset, 1 << 30)
        elif self._by_row.get(self._row):
            head = xml_splice.with_attributes(self._data, start, head_end, {"spans": None})
            cells = self._new_cells(self._row, self._by_row.pop(self._row))
            close = f"</{self._prefix}row>".encode()
            self._splices.append((start, head_end, head[:-2] + b">" + cells + close))

    def _end_cell(self, cell: _Cell, offset: int) -> None:
        style = former = int(cell.attributes.get("s", 0))
        place = (cell.row, cell.column)
        if place in self._unmarked:
            style = self._styles.unmarked(style)
        has_formula = cell.formula is not None
        if cell.formula is not None and self._is_harmful(cell):
            has_formula = False
            self.formulas_gone += 1
            if not cell.texts["v"]:
                self._as_text(cell, offset, self._styles.quoted(style))
                return
            self._splices.append((*cell.formula, b""))
        if not has_formula and self._looks_like_a_formula(cell):
            style = self._styles.quoted(style)
        if place in self._marks:
            style = self._styles.marked(style, self._marks[place])
        if style != former:
            head = xml_splice.with_attributes(self._data, cell.start, cell.head_end, {"s": str(style)})
            self._splices.append((cell.start, cell.head_end, head))

    def _is_harmful(self, cell: _Cell) -> bool:
        shared = cell.formula_attributes.get("si", "") if cell.formula_attributes.get("t") == "shared" else ""
        harmful = reaches_out(cell.texts["f"]) or bool(shared and shared in self._shared_gone)
        if harmful and shared:
            self._shared_gone.add(shared)
        return harmful or "dt2D" in cell.formula_attributes

    def _looks_like_a_formula(self, cell: _Cell) -> bool:
        kind = cell.attributes.get("t")
        if kind == "s":
            return cell.texts["v"].strip().isdigit() and int(cell.texts["v"]) in self._risky
        text = cell.texts["t" if kind == "inlineStr" else "v"]
        return kind in ("inlineStr", "str") and text.startswith(STARTS_A_FORMULA)

    def _as_text(self, cell: _Cell, offset: int, style: int) -> None:
        """A formula that has no value: what it says, as text."""
        place = (cell.row, cell.column)
        if place in self._marks:
            style = self._styles.marked(style, self._marks[place])
        p, text = self._prefix, escape(f"={cell.texts['f']}")
        whole = (
            f'<{p}c r="{get_column_letter(cell.column)}{cell.row}" s="{style}" t="inlineStr">'
            f'<{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'
        )
        self._splices.append((cell.start, xml_splice.head_end(self._data, offset), whole.encode()))

    def _insert_rows(self, offset: int, before: int) -> None:
        while self._waiting_rows and self._waiting_rows[0] < before:
            row = self._waiting_rows.pop(0)
            cells = self._new_cells(row, self._by_row.pop(row))
            line = f'<{self._prefix}row r="{row}">'.encode() + cells + f"</{self._prefix}row>".encode()
            self._splices.append((offset, offset, line))

    def _insert_cells(self, offset: int, before: int) -> None:
        waiting = self._by_row.get(self._row, [])
        fresh = [column for column in waiting if column < before]
        if fresh:
            del waiting[: len(fresh)]
            self._splices.append((offset, offset, self._new_cells(self._row, fresh)))

    def _new_cells(self, row: int, columns: list[int]) -> bytes:
        cells = []
        for column in columns:
            has_style = row == self._row and "customFormat" in self._row_attributes
            base = int(self._row_attributes.get("s", 0)) if has_style else self._column_style(column)
            style = self._styles.marked(base, self._marks[row, column])
            cells.append(f'<{self._prefix}c r="{get_column_letter(column)}{row}" s="{style}"/>')
        return "".join(cells).encode()
