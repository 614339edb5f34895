"""Tables in markup that are saved under a workbook's name: an HTML page, the XML of Excel 2003 (SpreadsheetML)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.parsers import expat

from etl.model.grid import Merged
from etl.model.refused import Refused, too_large
from etl.reading.textfile import decoded

_MOST_COLUMNS = 16_384
_LONGEST_SPAN = 1_000
"""HTML's own limit of colspan (and a sane one of rowspan): what is beyond is no table's layout."""

_GROUPS = {"table", "thead", "tbody", "tfoot"}
_DEEPEST = 200
_SPACES = re.compile(r"[ \t\r\n\f]+")

Places = set[tuple[int, int]]
"""(Row, column) of cells, from 1."""


@dataclass
class Sheet:
    """One sheet as its file lays it out. numbers: cells that hold a number; the others: as in ``Grid``."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    numbers: Places = field(default_factory=set)
    merged: list[Merged] = field(default_factory=list)
    hidden: bool = False
    uncached: Places = field(default_factory=set)

    def merge(self, row: int, column: int, down: int, across: int) -> None:
        """Take note of a cell that goes over more rows and columns than its own (0: none)."""
        if down or across:
            self.merged.append(Merged(row, column, row + down, column + across))


def read_html(path: Path) -> list[Sheet]:
    """The page's tables, one below the other as Excel lays them out, as one sheet. Nothing is loaded or run.

    Raises Refused, OSError.
    """
    page = _Page()
    page.feed(decoded(path.read_bytes()))
    page.close()
    page.end_row()
    return [page.sheet]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet = Sheet("HTML")
        self._row: list[str] | None = None
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._silent = ""
        # Column → (rows below that are covered by a cell of above).
        self._covered: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "title"):
            self._silent = tag
        elif tag == "tr":
            self.end_row()
            self._row = []
        elif tag in ("td", "th"):
            self._end_cell()
            self._row = [] if self._row is None else self._row
            self._cell = []
            about = dict(attrs)
            self._span = _span(about.get("colspan")), _span(about.get("rowspan"))
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self.end_row()
        elif tag in _GROUPS:
            self.end_row()
            self._end_group()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(_SPACES.sub(" ", data))
        elif data.strip() and self._row is None:
            # What stands outside of the table: a title above it.
            self.sheet.rows.append([_SPACES.sub(" ", data).strip()])

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._skip_covered()
        across, down = self._span
        if len(self._row) + across > _MOST_COLUMNS:
            raise too_large(len(self._row) + across, _MOST_COLUMNS, "cột")
        if down > 1:
            self._covered |= {len(self._row) + right: down for right in range(across)}
        self.sheet.merge(len(self.sheet.rows) + 1, len(self._row) + 1, down - 1, across - 1)
        # A blank that does not break may be half of a letter that was read in the wrong encoding: «Ã » is à.
        text = re.sub(r" *\n *", "\n", "".join(self._cell)).strip(" \t\r\n\f")
        self._row += [text if text.strip() else "", *[""] * (across - 1)]
        self._cell = None

    def _skip_covered(self) -> None:
        while self._row is not None and self._covered.get(len(self._row), 0):
            self._row.append("")

    def end_row(self) -> None:
        """The row that is open is complete."""
        self._end_cell()
        if self._row is None:
            return
        self.sheet.rows.append(self._row)
        self._row = None
        self._covered = {column: left - 1 for column, left in self._covered.items() if left > 1}

    def _end_group(self) -> None:
        """Cut off what covers rows below the last one of a table or of a group of its rows (HTML, 4.9.12)."""
        last = len(self.sheet.rows)
        self._covered = {}
        self.sheet.merged = [
            cut
            for span in self.sheet.merged
            if (cut := span._replace(last_row=min(span.last_row, last)))[:2] != cut[2:]
        ]


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _LONGEST_SPAN) if value and value.isdecimal() and len(value) < 9 else 1


# --- SpreadsheetML 2003 ------------------------------------------------------------------------------------------

_SS, _EXCEL = "urn:schemas-microsoft-com:office:spreadsheet", "urn:schemas-microsoft-com:office:excel"
_ROW, _CELL, _DATA, _SHEET = (f"{_SS} {tag}" for tag in ("Row", "Cell", "Data", "Worksheet"))
_VISIBLE = f"{_EXCEL} Visible"
_MOST_ROWS = 1_048_576


def read_spreadsheetml(path: Path) -> list[Sheet]:
    """The sheets of a workbook in the XML of Excel 2003.

    Raises Refused: no well-formed XML, a declaration of types or entities; OSError.
    """
    book = _Book()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = book.start, book.end
    parser.CharacterDataHandler = book.text
    refuse: Any = _refuse
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as fault:
        raise Refused("file_unreadable", reason="tệp bị hỏng hoặc bị cắt cụt") from fault
    return book.sheets


def _refuse(*_: object) -> None:
    raise Refused("file_has_dtd", part="XML")


class _Book:
    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._text: list[str] | None = None
        self._kind = ""
        self._depth = self._across = self._more_rows = 0
        self._is_uncached = False

    def start(self, tag: str, about: dict[str, str]) -> None:
        """An element begins. ss:Index skips places, ss:MergeAcross covers them (Office 2003 XML reference)."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("file_unreadable", reason="cấu trúc XML lồng quá sâu")
        if tag == _SHEET:
            self.sheets.append(Sheet(about.get(f"{_SS} Name", f"Sheet{len(self.sheets) + 1}")))
            self._more_rows = 0
        elif tag in (_DATA, _VISIBLE):
            self._text, self._kind = [], about.get(f"{_SS} Type", "String")
        elif tag == _ROW and self.sheets:
            self._start_row(about)
        elif tag == _CELL and self.sheets and self.sheets[-1].rows:
            self._start_cell(self.sheets[-1], about)

    def _start_row(self, about: dict[str, str]) -> None:
        rows, index = self.sheets[-1].rows, _index(about.get(f"{_SS} Index"))
        _fill(rows, index - 1 if index else len(rows) + self._more_rows, _MOST_ROWS, "dòng", list)
        rows.append([])
        self._more_rows = _index(about.get(f"{_SS} Span"))

    def _start_cell(self, sheet: Sheet, about: dict[str, str]) -> None:
        row, index = sheet.rows[-1], _index(about.get(f"{_SS} Index"))
        _fill(row, index - 1 if index else len(row), _MOST_COLUMNS, "cột", str)
        row.append("")
        self._across = _index(about.get(f"{_SS} MergeAcross"))
        sheet.merge(len(sheet.rows), len(row), _index(about.get(f"{_SS} MergeDown")), self._across)
        self._is_uncached = bool(about.get(f"{_SS} Formula"))

    def text(self, text: str) -> None:
        """Characters of a cell."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        if tag in (_DATA, _VISIBLE) and self._text is not None:
            text, self._text = "".join(self._text), None
            if tag == _VISIBLE:
                self.sheets[-1].hidden |= text.strip() in ("SheetHidden", "SheetVeryHidden")
            elif self.sheets and self.sheets[-1].rows and self.sheets[-1].rows[-1]:
                self._end_data(self.sheets[-1], text)
        elif tag == _CELL and self.sheets and self.sheets[-1].rows:
            sheet = self.sheets[-1]
            row = sheet.rows[-1]
            if self._is_uncached:
                sheet.uncached.add((len(sheet.rows), len(row)))
            _fill(row, len(row) + self._across, _MOST_COLUMNS, "cột", str)

    def _end_data(self, sheet: Sheet, text: str) -> None:
        row = sheet.rows[-1]
        row[-1] = _value(text, self._kind)
        if self._kind == "Number":
            sheet.numbers.add((len(sheet.rows), len(row)))
        self._is_uncached &= not text and self._kind != "String"


def _fill(places: list[Any], upto: int, limit: int, unit: str, empty: Callable[[], Any]) -> None:
    if upto >= limit:
        raise too_large(upto + 1, limit, unit)
    places += [empty() for _ in range(upto - len(places))]


def _index(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else 0


def _value(text: str, kind: str) -> str:
    """A value as other readers give it: 2018-09-18 00:00:00, true, 9."""
    if kind == "DateTime":
        return text.replace("T", " ").removesuffix(".000")
    if kind == "Boolean":
        return "true" if text.strip() == "1" else "false"
    if kind == "Number" and text.endswith(".0"):
        return text[:-2]
    return text
