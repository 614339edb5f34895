"""An xls by its records ([MS-XLS]; of Excel 2 to 5 the same records in older forms): cells, merged ranges, fonts.

Excel 2 to 4 keep the records without a container around them, as many programs that write an xls by hand still do.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from etl.model.compound import MAGIC, Compound, workbook_stream
from etl.model.grid import Merged
from etl.reading.biff_records import BOF, EOF, Record, TextReader, parts, records
from etl.reading.cell_text import ERRORS, date_text, number_text
from etl.reading.textfile import C1_CONTROLS

_VERSIONS = {0x009: 2, 0x209: 3, 0x409: 4, 0x809: 5}
_BIFF8 = 0x0600
_GLOBALS, _WORKSPACE, _WORKSHEET = 0x05, 0x100, 0x10
_CODEPAGE, _DATEMODE, _SST, _BOUNDSHEET, _BUNDLE_HEADER, _IXFE, _MERGED = 0x42, 0x22, 0xFC, 0x85, 0x8F, 0x44, 0xE5
_FONTS, _FORMATS, _XFS = {0x31, 0x231}, {0x1E, 0x41E}, {0x43, 0x243, 0x443, 0xE0}
_LABELSST, _RK, _MULRK, _STRING = 0xFD, 0x27E, 0xBD, {0x07, 0x207}
_INTEGER_2, _NUMBER_2, _LABEL_2, _BOOLERR_2, _FORMULA_2 = 0x02, 0x03, 0x04, 0x05, 0x06
_NUMBER, _LABELS, _BOOLERR, _FORMULAS = 0x203, {0x204, 0xD6}, 0x205, {0x06, 0x206, 0x406}
_BETWEEN = {0x4BC, 0x221, 0x21, 0x236, 0x36, 0x37}
"""What may lie between a formula and the text that it gave: shared formulas, arrays, tables."""

_CODECS = {367: "ascii", 1200: "cp1252", 10000: "mac-roman", 10029: "mac-latin2", 32768: "mac-roman", 32769: "cp1252"}
_DATES = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
"""Numbers of the formats of days and times that no record spells out (2.5.165 and ECMA-376-1, 18.8.30)."""

_NO_LETTERS = re.compile(r'"[^"]*"?|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
"""What a format shows as it stands: quoted and escaped letters, blanks as wide as a letter, colours and conditions."""

_BUILT_IN_NAMES = ("general", "standard", "@")


@dataclass
class Page:
    """One worksheet. cells: as ``Grid.cells``; numbers: which of them hold a number; fonts: (row, column) → name of
    the font of a cell that holds text."""

    name: str
    hidden: bool
    cells: pd.DataFrame
    numbers: pd.DataFrame
    merged: list[Merged]
    fonts: dict[tuple[int, int], str]


@dataclass
class Book:
    """An xls by its records: its worksheets in order; charts and macros are none."""

    pages: list[Page]
    from_1904: bool


@dataclass
class _Globals:
    """What cells refer to. looks: (font, format) of each XF; formats: number → pattern; sheets: place, name, hidden."""

    version: int
    codec: str = "cp1252"
    from_1904: bool = False
    fonts: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    looks: list[tuple[int, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    sheets: list[tuple[int, str, bool]] = field(default_factory=list)

    def font(self, look: int) -> str:
        """The name of an XF's font. There is no font number 4 (2.5.129)."""
        number = self.looks[look][0] if look < len(self.looks) else -1
        number -= number > 4
        return self.fonts[number] if 0 <= number < len(self.fonts) else ""


def read_xls(path: Path) -> Book:
    """Raises Refused where the compound file is damaged, ValueError where there is no workbook in it, OSError."""
    content = path.read_bytes()
    if not content.startswith(MAGIC):
        return read_book(content)
    inside = Compound(content)
    name = workbook_stream(inside)
    if name is None:
        raise ValueError("no workbook stream")
    return read_book(inside.stream(name))


def read_book(stream: bytes) -> Book:
    """The worksheets of a workbook stream. Raises ValueError where it begins with no BOF record."""
    first = next(records(stream), None)
    if first is None or first.kind not in BOF or first.size < 4:
        raise ValueError("no BOF record")
    version, content = struct.unpack_from("<2H", stream, first.start)
    about = _Globals(8 if first.kind == 0x809 and version >= _BIFF8 else _VERSIONS[first.kind])
    if content in (_GLOBALS, _WORKSPACE):
        _read_globals(stream, first, about)
    sheets = [sheet for sheet in about.sheets if _begins_sheet(stream, sheet[0])]
    if not sheets:
        sheets = _sheets_in_order(stream, about)
    # Of two sheets in one place the first is read, as programs do.
    places = {place: (name, hidden) for place, name, hidden in reversed(sheets)}
    pages = [_read_page(stream, place, *places[place], about) for place in dict.fromkeys(place for place, *_ in sheets)]
    return Book(pages, about.from_1904)


def _begins_sheet(stream: bytes, place: int) -> bool:
    first = next(records(stream, place), None)
    return first is not None and first.kind in BOF


def _sheets_in_order(stream: bytes, about: _Globals) -> list[tuple[int, str, bool]]:
    """The worksheets by their beginnings, for streams in which no record says where they are."""
    names = [(name, hidden) for _, name, hidden in about.sheets]
    found: list[tuple[int, str, bool]] = []
    bundled, depth = "", 0
    for record in records(stream):
        if record.kind == _BUNDLE_HEADER and record.size > 4:
            bundled = _bytes_text(stream, record.start + 4, record.end, about.codec)
        if record.kind in BOF:
            content = struct.unpack_from("<H", stream, record.start + 2)[0] if record.size >= 4 else 0
            is_container = content in (_GLOBALS, _WORKSPACE)
            if not depth and content in (_WORKSHEET, 0):
                number = len(found)
                name, hidden = names[number] if number < len(names) else (bundled or f"Sheet{number + 1}", False)
                found.append((record.place, name, hidden))
            depth += not is_container
        elif record.kind == EOF:
            depth = max(depth - 1, 0)
    return found


def _read_globals(stream: bytes, first: Record, about: _Globals) -> None:
    for record in records(stream, first.end):
        if record.kind == EOF or record.kind in BOF:
            break
        if record.kind == _BOUNDSHEET and record.size >= 8:
            place, state, kind = struct.unpack_from("<IBB", stream, record.start)
            if not kind:
                name = _short_text(stream, record.start + 6, record.end, about)
                about.sheets.append((place, name, bool(state & 3)))
        else:
            _note_global(stream, record, about)


def _note_global(stream: bytes, record: Record, about: _Globals) -> None:
    """Note a record that cells refer to; in Excel 2 to 4 these lie in the sheet itself."""
    kind, start, size = record.kind, record.start, record.size
    if kind == _CODEPAGE and size >= 2:
        about.codec = _codec(struct.unpack_from("<H", stream, start)[0])
    elif kind == _DATEMODE and size >= 2:
        about.from_1904 = struct.unpack_from("<H", stream, start)[0] == 1
    elif kind == _SST and size >= 8:
        about.texts = _shared_texts(stream, record)
    elif kind in _FONTS and size > (14 if about.version >= 5 else 6 if about.version > 2 else 4):
        offset = 14 if about.version >= 5 else 6 if about.version > 2 else 4
        about.fonts.append(_short_text(stream, start + offset, record.end, about))
    elif kind in _FORMATS and size > 3:
        _note_format(stream, record, about)
    elif kind in _XFS and size >= 4:
        if about.version >= 5:
            about.looks.append(struct.unpack_from("<2H", stream, start))
        else:
            about.looks.append((stream[start], stream[start + (2 if kind == 0x43 else 1)] & 0x3F))


def _note_format(stream: bytes, record: Record, about: _Globals) -> None:
    start = record.start
    if about.version < 5:
        offset = 2 if record.kind == 0x41E else 0
        about.formats[len(about.formats)] = _bytes_text(stream, start + offset, record.end, about.codec)
        return
    (number,) = struct.unpack_from("<H", stream, start)
    if about.version == 8 and record.size > 5:
        count = struct.unpack_from("<H", stream, start + 2)[0]
        about.formats[number] = _long_text(stream, Record(record.kind, 0, start + 4, record.end), count, about)
    else:
        about.formats[number] = _bytes_text(stream, start + 2, record.end, about.codec)


def _codec(number: int) -> str:
    name = _CODECS.get(number, f"cp{number}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def _shared_texts(stream: bytes, record: Record) -> list[str]:
    (count,) = struct.unpack_from("<I", stream, record.start + 4)
    reader = TextReader(stream, parts(stream, record))
    reader.skip(8)
    found: list[str] = []
    try:
        while len(found) < count and not reader.is_at_end:
            found.append(_clean(reader.text(reader.whole(2))))
    except EOFError:
        pass
    return found


def _clean(text: str) -> str:
    return text.replace("\x00", "").translate(C1_CONTROLS)


def _bytes_text(stream: bytes, place: int, end: int, codec: str, width: int = 1) -> str:
    """A text of bytes behind their count."""
    count = int.from_bytes(stream[place : place + width], "little")
    return _clean(stream[place + width : min(end, place + width + count)].decode(codec, "replace"))


def _short_text(stream: bytes, place: int, end: int, about: _Globals) -> str:
    """A name behind the count of its letters in one byte."""
    if about.version < 8 or stream[place + 1 : place + 2] not in (b"\0", b"\1"):
        return _bytes_text(stream, place, end, about.codec)
    return _clean(TextReader(stream, [(place + 1, end)]).text(stream[place]))


def _long_text(stream: bytes, data: Record, count: int, about: _Globals) -> str:
    """A text whose letters begin at ``data.start``, behind their count; some programs leave its flags out."""
    if about.version < 8 or data.size == count:
        return _clean(stream[data.start : min(data.end, data.start + count)].decode(about.codec, "replace"))
    spans = [(data.start, data.end), *parts(stream, data)[1:]]
    try:
        return _clean(TextReader(stream, spans).text(count))
    except EOFError:
        return ""


class _Cells:
    """The cells of one worksheet as they are read, column by column."""

    def __init__(self) -> None:
        self.height = 0
        self.texts: dict[int, list[str | None]] = {}
        self.numbers: dict[int, bytearray] = {}

    def put(self, row: int, column: int, text: str, *, is_number: bool = False) -> None:
        """Put a text into a cell; row and column from 0. The last record of a cell counts."""
        texts, numbers = self.texts.setdefault(column, []), self.numbers.setdefault(column, bytearray())
        if row >= len(texts):
            missing = row + 1 - len(texts)
            texts += [None] * missing
            numbers += bytes(missing)
        texts[row], numbers[row] = text, is_number
        self.height = max(self.height, row + 1)

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Texts, and which of them are numbers; of every column from the first to the last that has a cell."""
        index = pd.RangeIndex(1, self.height + 1)
        texts, numbers = {}, {}
        for column in range(min(self.texts, default=0), max(self.texts, default=-1) + 1):
            here, flags = self.texts.pop(column, []), self.numbers.pop(column, bytearray())
            missing = self.height - len(here)
            texts[column + 1] = pd.Series(here + [None] * missing, index=index, dtype="str")
            numbers[column + 1] = pd.Series(list(flags + bytes(missing)), index=index, dtype=bool)
        return pd.DataFrame(texts, index=index), pd.DataFrame(numbers, index=index)


class _PageReader:
    """Reads the records of one worksheet."""

    def __init__(self, stream: bytes, about: _Globals) -> None:
        self.cells = _Cells()
        self.merged: list[Merged] = []
        self.fonts: dict[tuple[int, int], str] = {}
        self._stream, self._about = stream, about
        self._dates: dict[int, bool] = {}
        self._look = 0
        """The XF that a record IXFE gives the next cell in Excel 2."""
        self._formula: tuple[int, int, int] | None = None
        """(row, column, XF) of a formula whose text follows."""
        self._kinds: dict[int, Callable[[Record], None]] = {
            _LABELSST: self._shared, _RK: self._rk, _MULRK: self._rks, _NUMBER: self._number, _BOOLERR: self._boolean,
            _MERGED: self._merge, _IXFE: self._ixfe,
            **dict.fromkeys(_LABELS, self._label), **dict.fromkeys(_FORMULAS, self._note_formula),
            **dict.fromkeys(_STRING, self._formula_text),
        }  # fmt: skip
        if about.version < 8:
            # Programs that write an xls by hand mix the cells of Excel 2 with those of Excel 3 to 5.
            self._kinds |= dict.fromkeys((_INTEGER_2, _NUMBER_2, _LABEL_2, _BOOLERR_2), self._old)
        if about.version == 2:
            self._kinds[_FORMULA_2] = self._old

    def read(self, record: Record) -> None:
        """Take in one record of the worksheet; one that is too short for what it is, is passed over."""
        if record.kind in self._kinds:
            try:
                self._kinds[record.kind](record)
            except (struct.error, IndexError, EOFError):
                return
        elif self._about.version < 5 or not self._about.looks:
            # Before Excel 5 a sheet is a file of its own, with its fonts and formats.
            _note_global(self._stream, record, self._about)
        if self._formula and record.kind not in {*_FORMULAS, *_BETWEEN}:
            self._formula = None

    def _put_number(self, row: int, column: int, look: int, value: float) -> None:
        text = date_text(value, from_1904=self._about.from_1904) if self._is_date(look) else None
        self.cells.put(row, column, text or number_text(value), is_number=text is None)

    def _put_text(self, row: int, column: int, look: int, text: str) -> None:
        self.cells.put(row, column, text)
        if font := self._about.font(look):
            self.fonts[row + 1, column + 1] = font

    def _is_date(self, look: int) -> bool:
        if look not in self._dates:
            number = self._about.looks[look][1] if look < len(self._about.looks) else 0
            pattern = self._about.formats.get(number)
            self._dates[look] = is_date_format(pattern) if pattern is not None else number in _DATES
        return self._dates[look]

    def _shared(self, record: Record) -> None:
        row, column, look, number = struct.unpack_from("<3HI", self._stream, record.start)
        self._put_text(row, column, look, self._about.texts[number])

    def _label(self, record: Record) -> None:
        row, column, look, count = struct.unpack_from("<4H", self._stream, record.start)
        data = Record(record.kind, record.place, record.start + 8, record.end)
        self._put_text(row, column, look, _long_text(self._stream, data, count, self._about))

    def _number(self, record: Record) -> None:
        row, column, look, value = struct.unpack_from("<3Hd", self._stream, record.start)
        self._put_number(row, column, look, value)

    def _rk(self, record: Record) -> None:
        row, column, look, packed = struct.unpack_from("<3HI", self._stream, record.start)
        self._put_number(row, column, look, _unpacked(packed))

    def _rks(self, record: Record) -> None:
        row, first = struct.unpack_from("<2H", self._stream, record.start)
        for number in range((record.size - 6) // 6):
            look, packed = struct.unpack_from("<HI", self._stream, record.start + 4 + 6 * number)
            self._put_number(row, first + number, look, _unpacked(packed))

    def _boolean(self, record: Record) -> None:
        row, column, _, value, is_error = struct.unpack_from("<3H2B", self._stream, record.start)
        self.cells.put(row, column, _flag(value, is_error=bool(is_error)))

    def _note_formula(self, record: Record) -> None:
        row, column, look = struct.unpack_from("<3H", self._stream, record.start)
        self._put_result(row, column, look, self._stream[record.start + 6 : record.start + 14])

    def _put_result(self, row: int, column: int, look: int, result: bytes) -> None:
        """The value that a formula gave (2.5.133)."""
        self._formula = None
        if result[6:8] != b"\xff\xff":
            self._put_number(row, column, look, struct.unpack("<d", result)[0])
        elif result[0] == 0:
            self._formula = row, column, look
        elif result[0] in (1, 2):
            self.cells.put(row, column, _flag(result[2], is_error=result[0] == 2))

    def _formula_text(self, record: Record) -> None:
        if self._formula is None:
            return
        if self._about.version == 2:
            text = _bytes_text(self._stream, record.start, record.end, self._about.codec)
        else:
            (count,) = struct.unpack_from("<H", self._stream, record.start)
            data = Record(record.kind, record.place, record.start + 2, record.end)
            text = _long_text(self._stream, data, count, self._about)
        self._put_text(*self._formula, text)

    def _merge(self, record: Record) -> None:
        (count,) = struct.unpack_from("<H", self._stream, record.start)
        for number in range(min(count, (record.size - 2) // 8)):
            top, bottom, left, right = struct.unpack_from("<4H", self._stream, record.start + 2 + 8 * number)
            self.merged.append(Merged(top + 1, left + 1, bottom + 1, right + 1))

    def _ixfe(self, record: Record) -> None:
        (self._look,) = struct.unpack_from("<H", self._stream, record.start)

    def _old(self, record: Record) -> None:
        """A cell of Excel 2: behind row and column three bytes of its look, of which six bits number the XF."""
        stream, start = self._stream, record.start
        row, column, look = struct.unpack_from("<2HB", stream, start)
        look &= 0x3F
        look = self._look if look == 0x3F else look
        value = start + 7
        if record.kind == _INTEGER_2:
            self._put_number(row, column, look, struct.unpack_from("<H", stream, value)[0])
        elif record.kind == _NUMBER_2:
            self._put_number(row, column, look, struct.unpack_from("<d", stream, value)[0])
        elif record.kind == _LABEL_2:
            self._put_text(row, column, look, _bytes_text(stream, value, record.end, self._about.codec))
        elif record.kind == _BOOLERR_2:
            self.cells.put(row, column, _flag(stream[value], is_error=bool(stream[value + 1])))
        else:
            self._put_result(row, column, look, stream[value : value + 8])


def _read_page(stream: bytes, place: int, name: str, hidden: bool, about: _Globals) -> Page:
    """Read one sheet's records up to its end; what lies between a further beginning and its end is a chart's."""
    reader = _PageReader(stream, about)
    others = {other for other, *_ in about.sheets if other != place}
    depth = 0
    for record in records(stream, place):
        if depth and record.place in others:
            break
        if record.kind in BOF:
            depth += 1
        elif record.kind == EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1:
            reader.read(record)
    return Page(name, hidden, *reader.cells.frames(), reader.merged, reader.fonts)


def _unpacked(packed: int) -> float:
    """A number of an RK record (2.5.217): a whole number or the upper half of one with decimals, perhaps × 100."""
    if packed & 2:
        value: float = (packed >> 2) - ((packed & 0x80000000) >> 1)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _flag(value: int, *, is_error: bool) -> str:
    if is_error:
        return ERRORS.get(value, "#N/A")
    return "true" if value else "false"


def is_date_format(pattern: str) -> bool:
    """Return whether a number format shows a number as a day or a time."""
    shown = _NO_LETTERS.sub("", pattern.split(";")[0]).lower()
    return shown.strip() not in _BUILT_IN_NAMES and re.search("[dmyhs]", shown) is not None
