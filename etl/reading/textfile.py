"""Text files with separated values: which encoding, which separator, then records."""

from __future__ import annotations

import codecs
import contextlib
import csv
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from etl.model.refused import Refused

_SEPARATORS = ",;\t|"
_ROW_SEPARATORS = _SEPARATORS + " "
"""What a row pasted from another program may have between its fields."""

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 60
_LOOKED_AT, _MOST_STRANGE = 1 << 16, 0.02
"""Control characters among the first bytes, at most: VISCII has letters there, a binary file has more of them."""

_WESTERN = tuple(bytes([byte]).decode("cp1252", errors="replace").replace("\ufffd", chr(byte)) for byte in range(256))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_C1 = re.compile("[\x80-\x9f]")
_LINE_ENDS = re.compile("\r*\n")
_SAYS_SEPARATOR = re.compile(r'\s*"?sep=(.)"?;*,*\s*\n', re.IGNORECASE)
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
"""A value that a formula keeps as text: ="0123"."""

C1_CONTROLS = {number: _WESTERN[number] for number in range(0x80, 0xA0) if ord(_WESTERN[number]) > 0xFF}
"""Letters of Windows that were taken for Latin-1 when the text became Unicode: U+0096 was a dash."""

_LONGEST_CELL = 1 << 17
_MOST_PARTS = 200
"""A line with more separators is not tried with every way to close its quotes."""

_WIDTHS_OF, _FEW = 2_000, 3
_STEADY, _MOSTLY_FILLED = 0.9, 0.5
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*$")


class Records(NamedTuple):
    """The records of a text file. ragged: numbers (from 1) of those with more or fewer fields than the table's."""

    rows: list[list[str]]
    ragged: frozenset[int]


class _Shape(NamedTuple):
    """How many fields most records have, and the places of those that nearly always have a digit."""

    widths: list[int]
    numeric: list[int]


def read_records(path: Path) -> Records:
    """The records of a text file, in Unicode or from before it; , ; tab or | between fields. Raises Refused.

    A record is what Excel shows as a row: a line sep=; is none, a quoted field may hold line breaks.
    """
    text = decoded(path.read_bytes())
    if len(_CONTROLS.findall(text[:_LOOKED_AT])) > _MOST_STRANGE * min(len(text), _LOOKED_AT):
        raise Refused("file_type_unsupported", found="dữ liệu nhị phân")
    text = _plain(text)
    separator = ""
    if (says := _SAYS_SEPARATOR.match(text)) is not None:
        separator, text = says[1], text[says.end() :]
    separator = separator or _separator(text)
    quote = _quote(text, separator)
    is_padded = _is_padded(text, separator, quote)
    # Behind a blank the parser sees no quote.
    rows = split_records(
        text.replace(f"{separator} {quote}", separator + quote) if is_padded else text, separator, quote
    )
    if is_padded:
        rows = [[field.lstrip(" ") for field in row] for row in rows]
    return Records([list(map(_value, row)) for row in rows] if '="' in text or '=""' in text else rows, _ragged(rows))


def _quote(text: str, separator: str) -> str:
    """The sign around texts: an apostrophe where more fields begin and end with it than with a double quote."""
    sample = text[:_LOOKED_AT]
    before, after = rf"(?:^|\n|{re.escape(separator)}) ?", rf"(?={re.escape(separator)}|\n|$)"
    fields = {sign: len(re.findall(rf"{before}{sign}[^{sign}\n]+{sign}{after}", sample)) for sign in ('"', "'")}
    return "'" if fields["'"] > max(_FEW, fields['"']) else '"'


def _is_padded(text: str, separator: str, quote: str) -> bool:
    """Return whether a blank stands behind nearly every separator outside of quotes, and so belongs to it."""
    outside = re.sub(rf"{quote}[^{quote}\n]*{quote}", quote, text[:_LOOKED_AT])
    return outside.count(f"{separator} ") >= _STEADY * max(outside.count(separator), 1)


def _plain(text: str) -> str:
    """The text with one kind of line end, without byte order marks in the middle and control characters.

    A control character parts words; a carriage return alone ends a line only where the file has no other line ends.
    """
    text = text.replace("\ufeff", "") if "\ufeff" in text else text
    text = text.translate(C1_CONTROLS) if _C1.search(text) else text
    if "\r" in text:
        text = _LINE_ENDS.sub("\n", text)
        text = text.replace("\r", "\n" if text.count("\r") > text.count("\n") else " ")
    return _CONTROLS.sub(" ", text)


def _value(field: str) -> str:
    as_text = _AS_TEXT.fullmatch(field) if field.startswith('="') else None
    return as_text[1].replace('""', '"') if as_text is not None else field


def split_records(text: str, separator: str, quote: str = '"') -> list[list[str]]:
    """Divide lines (ended by a line feed each) into records; a quote that is never meant to close costs its own row.

    A quoted field that goes on over further lines is taken for what it is unless those lines are whole records.
    Raises Refused for a line without a separator that is longer than any cell.
    """
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if any(len(line) > _LONGEST_CELL and separator not in line for line in lines):
        raise Refused("file_type_unsupported", found="một dòng quá dài")
    csv.field_size_limit(_LONGEST_CELL)
    shape = _shape(lines, separator, quote)
    if quote not in text:
        plain = ((line, line.split(separator) if line else []) for line in lines)
        return [
            row if len(row) in (0, *shape.widths) else _settled(line, row, separator, quote, shape)
            for line, row in plain
        ]
    rows: list[list[str]] = []
    start = 0
    while start < len(lines):
        read, used = _read_on(lines, start, separator, quote, shape)
        rows += read
        start += used
        if start < len(lines):
            rows.append(_mended(lines[start], separator, quote, shape.widths) or lines[start].split(separator))
            start += 1
    return rows


def _settled(line: str, row: list[str], separator: str, quote: str, shape: _Shape) -> list[str]:
    """The fields of a line on its own: as read, or as the usual number of fields asks where quotes do not pair up."""
    if quote in line and not _is_strict(line, separator, quote):
        return _mended(line, separator, quote, shape.widths) or row
    if len(row) in shape.widths:
        return row
    if quote in line and (mended := _mended(line, separator, quote, shape.widths, most=1)) is not None:
        return mended
    return _of_another_separator(line, separator, quote, shape) or row


def _read_on(lines: list[str], start: int, separator: str, quote: str, shape: _Shape) -> tuple[list[list[str]], int]:
    """The records from one line on up to one that a stray quote opens, and how many lines they are."""
    reader = csv.reader(
        (f"{lines[number]}\n" for number in range(start, len(lines))), delimiter=separator, quotechar=quote
    )
    rows, used = [], 0
    try:
        for row in reader:
            first, last = start + used, start + reader.line_num
            may_be_open = last == len(lines) and row[-1:] != [] and row[-1].endswith("\n")
            if (last - first > 1 or may_be_open) and _is_stray(lines[first:last], row, separator, quote, shape.widths):
                break
            if last - first == 1 and row and (len(row) not in shape.widths or quote in lines[first]):
                row = _settled(lines[first], row, separator, quote, shape)
            rows.append(row)
            used = reader.line_num
    except csv.Error:
        pass
    return rows, used


def _shape(lines: list[str], separator: str, quote: str) -> _Shape:
    """What most of the records are like that have more than one field: line by line, and with line breaks in fields."""
    sample = [line for line in lines[:_WIDTHS_OF] if separator in line]
    by_line = [_fields([line], separator, quote) for line in sample]
    by_record: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        reader = csv.reader((f"{line}\n" for line in lines[:_WIDTHS_OF]), delimiter=separator, quotechar=quote)
        by_record.extend(row for row in reader if len(row) > 1)
    counts = [Counter(map(len, rows)) for rows in (by_line, by_record)]
    if len(counts[1]) == 1:
        counts[0] = counts[1]
    widths = [count.most_common(1)[0][0] if count else 1 for count in counts]
    rows = [row for row in by_line if len(row) == widths[0]]
    numeric = [n for n in range(widths[0]) if sum(_has_digits(row[n]) for row in rows) > _STEADY * len(rows)]
    return _Shape(widths, numeric)


def _fields(lines: list[str], separator: str, quote: str) -> list[str]:
    try:
        return next(csv.reader(["\n".join(lines)], delimiter=separator, quotechar=quote), [])
    except csv.Error:
        return lines[0].split(separator)


def _is_stray(lines: list[str], row: list[str], separator: str, quote: str, widths: list[int]) -> bool:
    """Return whether the quote that makes one record of these lines is not meant to: nothing closes it as it should,
    or the lines that it swallows are records themselves."""
    try:
        next(csv.reader([f"{line}\n" for line in lines], delimiter=separator, quotechar=quote, strict=True))
    except csv.Error:
        is_closed = False
    else:
        is_closed = True
    inner = lines[1:-1] if is_closed and len(row) in widths else lines[1:]
    whole = sum(_is_record(line, separator, quote, widths[0]) for line in inner)
    are_records = widths[0] > 1 and whole * 2 > len(inner)
    if widths[0] > 1 and len(lines) > 1 and _mended(lines[0], separator, quote, widths, most=1) is not None:
        # The first line is a record of its own, with a quote inside a text that lacks its second one.
        return True
    if not is_closed and not are_records and widths[0] > 1 and len(lines) > 1:
        # A second stray quote ends the text that the first begins: each line is a record without its quote.
        are_records = all(
            _is_record(line, separator, quote, widths[0]) or _mended(line, separator, quote, widths, most=2) is not None
            for line in lines
        )
    return are_records or (not is_closed and _fields(lines, separator, quote) != row)


def _is_record(line: str, separator: str, quote: str, width: int) -> bool:
    try:
        return len(next(csv.reader([line], delimiter=separator, quotechar=quote, strict=True), [])) == width
    except csv.Error:
        return False


def _mended(line: str, separator: str, quote: str, widths: list[int], most: int = _MOST_PARTS) -> list[str] | None:
    """Return the fields of a line whose quotes do not pair up: as many as usual, with the fewest quotes out of place.

    A quote inside a quoted text may lack its second quote; a quote that opens a field and is never closed is dropped,
    and counts twice. None where the usual number of fields cannot be had with at most so many quotes out of place.
    """
    parts = line.split(separator)
    if len(parts) > _MOST_PARTS:
        return None
    ways = [way for width in dict.fromkeys(widths) if (way := _cheapest(parts, width, separator, quote)) is not None]
    return min(ways)[1] if ways and min(ways)[0] <= most else None


def _cheapest(parts: list[str], width: int, separator: str, quote: str) -> tuple[int, list[str]] | None:
    """The fields that join these parts into so many, and how many quotes are then out of place."""
    reached: dict[int, tuple[int, list[str]]] = {0: (0, [])}
    for number in range(width):
        following: dict[int, tuple[int, list[str]]] = {}
        for start, (cost, fields) in reached.items():
            for end in range(start + 1, len(parts) - (width - number - 1) + 1):
                field = separator.join(parts[start:end])
                price, value = _price(field, separator if end - start > 1 else "", quote)
                if price is not None and (end not in following or cost + price < following[end][0]):
                    following[end] = (cost + price, [*fields, value])
                if not parts[start].startswith(quote):
                    break
        reached = following
    return reached.get(len(parts))


def _price(field: str, joined_by: str, quote: str) -> tuple[int | None, str]:
    """How many quotes of a field are out of place, and its value; None for what can be no field.

    joined_by: the separator where the field is of several parts. At an end of a text it belongs to two other fields.
    """
    if len(field) > 1 and field[0] == field[-1] == quote:
        inner = field[1:-1]
        price = sum(len(run) % 2 for run in re.findall(f"{quote}+", inner))
        price += 2 * (joined_by != "" and joined_by in (inner[:1], inner[-1:]))
        return price, inner.replace(quote * 2, quote).replace(f"\\{quote}", quote)
    if joined_by:
        return None, field
    return (2, field[1:]) if field.startswith(quote) else (field.count(quote) % 2, field)


def _is_strict(line: str, separator: str, quote: str) -> bool:
    try:
        list(csv.reader([line], delimiter=separator, quotechar=quote, strict=True))
    except csv.Error:
        return False
    return True


def _of_another_separator(line: str, separator: str, quote: str, shape: _Shape) -> list[str] | None:
    """The fields of a line that has them parted by another sign than its file: exactly as many as usual, or None.

    The sign of the file occurs in quoted fields alone. Blanks part words too: the row has numbers where the other rows
    have them, or is a header with quotes.
    """
    width = shape.widths[0]
    if width <= _FEW or len(line) > _LONGEST_CELL:
        return None
    bare = re.sub(rf"{quote}[^{quote}]*{quote}", "", line)
    if separator in bare:
        return None
    for other in _ROW_SEPARATORS.replace(separator, ""):
        if bare.count(other) < width - 1 or not _is_record(line, other, quote, width):
            continue
        row = _fields([line], other, quote)
        numbers = [_has_digits(row[place]) for place in shape.numeric]
        is_header = not any(numbers) and line.count(quote) >= 2 * _FEW - 2
        if other != " " or (numbers and all(numbers)) or is_header:
            return row
    return None


def _has_digits(field: str) -> bool:
    return any(letter.isdecimal() for letter in field)


def _ragged(rows: list[list[str]]) -> frozenset[int]:
    """The records with a value right of the table, or with fewer fields than it where that is no habit of the file.

    Title lines have fewer fields, and many programs leave out empty fields at the end: both are not ragged.
    """
    widths: Counter[int] = Counter()
    for row in rows[:_WIDTHS_OF]:
        if len(row) > 1:
            widths[len(row)] += _filled(row)
    if not widths:
        return frozenset()
    width = widths.most_common(1)[0][0]
    filled_rows = (number for number, row in enumerate(rows, start=1) if len(row) == width and _filled(row) > 1)
    first = next(filled_rows, len(rows))
    table = [(number, row) for number, row in enumerate(rows, start=1) if number > first]
    narrow = _narrow_header(rows[: first - 1], width)
    if narrow is not None:
        # Each row has more fields than the header: an amount 1,257,000 without quotes in every row.
        table, width = [(number, row) for number, row in enumerate(rows, start=1) if number >= first], narrow
    filled = [(number, row) for number, row in table if _filled(row) > _MOSTLY_FILLED * width]
    short = [(number, row) for number, row in filled if len(row) < width]
    whole = [row for _, row in filled if len(row) == width][:_WIDTHS_OF]
    if short and not _leaves_out_fields(rows[:_SAMPLE], filled, width):
        moved = [number for number, _ in short]
    else:
        moved = [number for number, row in short if _has_moved(row, whole, width)]
    headers = [row for row in rows[: first - 1] if len(row) > width and not any(map(_is_number, row))]
    wide = [
        number for number, row in table
        if any(v.strip() for v in row[width:]) and not _has_a_last_column(row, whole, headers)
    ]  # fmt: skip
    return frozenset(wide + moved)


def _filled(row: list[str]) -> int:
    return sum(bool(value.strip()) for value in row)


def _narrow_header(above: list[list[str]], width: int) -> int | None:
    """How many fields the header right above a table has, where they are fewer than the table's; it is of words."""
    header = next((row for row in reversed(above) if _filled(row)), [])
    is_header = _FEW <= len(header) < width and _filled(header) >= _STEADY * len(header)
    return len(header) if is_header and not any(map(_is_number, header)) else None


def _leaves_out_fields(top: list[list[str]], filled: list[tuple[int, list[str]]], width: int) -> bool:
    """Whether a file's program may leave out empty fields at the end: it does so often, and fills up no title line."""
    is_steady = sum(len(row) >= width for _, row in filled) >= _STEADY * len(filled)
    return not is_steady and not any(len(row) == width and _filled(row) <= 1 for row in top)


def _has_moved(row: list[str], whole: list[list[str]], width: int) -> bool:
    """Whether a short row has numbers where whole rows have words, or words for numbers, unless a field is put in."""
    kinds = [{_is_number(value) for each in whole if (value := each[place].strip())} for place in range(width)]

    def fits(fields: list[str]) -> bool:
        pairs = zip(fields, kinds, strict=False)
        return all(not value.strip() or not kind or _is_number(value) in kind for value, kind in pairs)

    gap = [""] * (width - len(row))
    return (
        len(whole) > 1 and not fits(row) and any(fits([*row[:place], *gap, *row[place:]]) for place in range(len(row)))
    )


def _has_a_last_column(row: list[str], whole: list[list[str]], headers: list[list[str]]) -> bool:
    """Whether the value right of most rows is that of a column of its own, which most rows leave out: a remark.

    A header stands above it. A row that has moved would have the last column's value there: this value is of another
    kind, or the last column has a value that others have too.
    """
    width = len(whole[0]) if whole else len(row)
    beyond = [place for place in range(width, len(row)) if row[place].strip()]
    headed = all(any(len(header) > place and header[place].strip() for header in headers) for place in beyond)
    if len(whole) <= 1 or not headed:
        return False
    kinds = [{_is_number(value) for each in whole if (value := each[place].strip())} for place in range(width)]
    if any(value.strip() and kind and _is_number(value) not in kind for value, kind in zip(row, kinds, strict=False)):
        return False
    last = {each[-1].strip() for each in whole}
    shapes, own, value = set(map(_kind_of, last)), row[width - 1].strip(), row[beyond[0]].strip()
    return _kind_of(own) in {*shapes, ""} and (_kind_of(value) not in shapes or (own in last and value not in last))


def _kind_of(value: str) -> str:
    """A number by how many digits it has, as flags, codes and amounts differ by them; "" for nothing."""
    return f"number of {sum(map(str.isdecimal, value))}" if _is_number(value) else "words" if value else ""


def _is_number(value: str) -> bool:
    return _NUMBER.match(value.strip()) is not None


def encoding_of(path: Path) -> str:
    """The Unicode encoding that a text file's first bytes say; UTF-8 where they say nothing. Raises OSError."""
    with path.open("rb") as file:
        return _encoding(file.read(4))


def _encoding(raw: bytes) -> str:
    return next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8")


def decoded(raw: bytes) -> str:
    """Bytes as text; what is from before Unicode as the letters of a Western program. Raises Refused."""
    try:
        return raw.decode(_encoding(raw))
    except UnicodeDecodeError as fault:
        strange = sum(byte < 0x20 and byte not in b"\t\r\n" for byte in raw[:_LOOKED_AT])
        if strange > _MOST_STRANGE * min(len(raw), _LOOKED_AT):
            raise Refused("file_type_unsupported", found="dữ liệu nhị phân") from fault
        # Of before Unicode: each byte as the letter that a Western program shows for it; ``legacy`` tells which it was.
        return "".join(_WESTERN[byte] for byte in raw)


def _separator(text: str) -> str:
    """The separator that divides most of the first lines into most fields."""
    lines = text[: 1 << 16].split("\n")[:_SAMPLE]

    def fields(separator: str) -> int:
        try:
            return sum(len(record) - 1 for record in csv.reader(lines, delimiter=separator))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=fields)
