"""Tables in markup that are saved under a workbook's name: an HTML page, the XML of Excel 2003 (SpreadsheetML)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.parsers import expat

from etl.model.refused import Refused, too_large
from etl.reading.textfile import decoded

_MOST_COLUMNS = 16_384
_LONGEST_SPAN = 1_000
"""HTML's own limit of colspan (and a sane one of rowspan): what is beyond is no table's layout."""

_DEEPEST = 200
_SPACES = re.compile(r"[ \t\r\n\f]+")

Rows = list[list[str]]


def read_html(path: Path) -> list[tuple[str, Rows]]:
    """The page's outermost tables, one below the other as Excel lays them out, as one sheet. Nothing is loaded or run.

    Raises Refused, OSError.
    """
    page = _Page()
    page.feed(decoded(path.read_bytes()))
    page.close()
    page.end_row()
    return [("HTML", page.rows)]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: Rows = []
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
        elif tag in ("tr", "table"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cell is not None:
            self._cell.append(_SPACES.sub(" ", data))
        elif data.strip() and self._row is None:
            # What stands outside of the table: a title above it.
            self.rows.append([_SPACES.sub(" ", data).strip()])

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        self._skip_covered()
        across, down = self._span
        if len(self._row) + across > _MOST_COLUMNS:
            raise too_large(len(self._row) + across, _MOST_COLUMNS, "cột")
        if down > 1:
            self._covered |= {len(self._row) + at: down for at in range(across)}
        text = "".join(self._cell)
        self._row += [re.sub(r" *\n *", "\n", text).strip(), *[""] * (across - 1)]
        self._cell = None

    def _skip_covered(self) -> None:
        while self._row is not None and self._covered.get(len(self._row), 0):
            self._row.append("")

    def end_row(self) -> None:
        """The row that is open is complete."""
        self._end_cell()
        if self._row is None:
            return
        self.rows.append(self._row)
        self._row = None
        self._covered = {column: left - 1 for column, left in self._covered.items() if left > 1}


def _span(value: str | None) -> int:
    return min(max(int(value), 1), _LONGEST_SPAN) if value and value.isdecimal() and len(value) < 9 else 1


# --- SpreadsheetML 2003 ------------------------------------------------------------------------------------------

_SS = "urn:schemas-microsoft-com:office:spreadsheet"
_ROW, _CELL, _DATA, _SHEET = (f"{_SS} {tag}" for tag in ("Row", "Cell", "Data", "Worksheet"))
_MOST_ROWS = 1_048_576

Places = set[tuple[int, int]]
"""(Row, column) of cells, from 1."""


def read_spreadsheetml(path: Path) -> list[tuple[str, Rows, Places]]:
    """(Name, rows, where a cell holds a number) of each sheet.

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
        self.sheets: list[tuple[str, Rows, Places]] = []
        self._rows: Rows = []
        self._numbers: Places = set()
        self._text: list[str] | None = None
        self._kind = ""
        self._depth = 0

    def start(self, tag: str, about: dict[str, str]) -> None:
        """An element begins. ss:Index skips places, ss:MergeAcross covers them (Office 2003 XML reference)."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Refused("file_unreadable", reason="cấu trúc XML lồng quá sâu")
        index = _index(about.get(f"{_SS} Index"))
        if tag == _SHEET:
            self._rows, self._numbers = [], set()
            name = about.get(f"{_SS} Name", f"Sheet{len(self.sheets) + 1}")
            self.sheets.append((name, self._rows, self._numbers))
        elif tag == _ROW:
            self._fill(self._rows, index - 1 if index else len(self._rows), _MOST_ROWS, "dòng", list)
            self._rows.append([])
        elif tag == _CELL and self._rows:
            row = self._rows[-1]
            self._fill(row, index - 1 if index else len(row), _MOST_COLUMNS, "cột", str)
            row.append("")
            self._across = _index(about.get(f"{_SS} MergeAcross"))
        elif tag == _DATA:
            self._text, self._kind = [], about.get(f"{_SS} Type", "String")

    @staticmethod
    def _fill(places: list[Any], upto: int, limit: int, unit: str, empty: Callable[[], Any]) -> None:
        if upto >= limit:
            raise too_large(upto + 1, limit, unit)
        places += [empty() for _ in range(upto - len(places))]

    def text(self, text: str) -> None:
        """Characters of a cell."""
        if self._text is not None:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        self._depth -= 1
        if tag == _DATA and self._text is not None:
            if self._rows and self._rows[-1]:
                self._rows[-1][-1] = _value("".join(self._text), self._kind)
                if self._kind == "Number":
                    self._numbers.add((len(self._rows), len(self._rows[-1])))
            self._text = None
        elif tag == _CELL and self._rows:
            row = self._rows[-1]
            self._fill(row, len(row) + self._across, _MOST_COLUMNS, "cột", str)


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
