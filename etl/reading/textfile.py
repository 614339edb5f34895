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
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 60
_LOOKED_AT, _MOST_STRANGE = 1 << 16, 0.02
"""Control characters among the first bytes, at most: VISCII has letters there, a binary file has more of them."""

_WESTERN = tuple(bytes([byte]).decode("cp1252", errors="replace").replace("\ufffd", chr(byte)) for byte in range(256))
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]+")
_LINE_ENDS = re.compile("\r*\n")
_SAYS_SEPARATOR = re.compile(r'\s*"?sep=(.)"?;*,*\s*\n', re.IGNORECASE)
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"', re.DOTALL)
"""A value that a formula keeps as text: ="0123"."""

_LONGEST_CELL = 1 << 17
_WIDTHS_OF, _FEW = 2_000, 3
_STEADY, _MOSTLY_FILLED = 0.9, 0.5


class Records(NamedTuple):
    """The records of a text file. ragged: numbers (from 1) of those with more or fewer fields than the table's."""

    rows: list[list[str]]
    ragged: frozenset[int]


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
    if quote not in text:
        return [line.split(separator) if line else [] for line in lines]
    csv.field_size_limit(_LONGEST_CELL)
    widths = _usual_widths(lines, separator, quote)
    rows: list[list[str]] = []
    start = 0
    while start < len(lines):
        read, used = _read_on(lines, start, separator, quote, widths)
        rows += read
        start += used
        if start < len(lines):
            rows.append(_mended(lines[start], separator, quote, widths))
            start += 1
    return rows


def _read_on(
    lines: list[str], start: int, separator: str, quote: str, widths: list[int]
) -> tuple[list[list[str]], int]:
    """The records from one line on up to one that a stray quote opens, and how many lines they are."""
    reader = csv.reader(
        (f"{lines[number]}\n" for number in range(start, len(lines))), delimiter=separator, quotechar=quote
    )
    rows, used = [], 0
    try:
        for row in reader:
            first, last = start + used, start + reader.line_num
            may_be_open = last == len(lines) and row[-1:] != [] and row[-1].endswith("\n")
            if (last - first > 1 or may_be_open) and _is_stray(lines[first:last], row, separator, quote, widths):
                break
            if last - first == 1 and row and len(row) not in widths and quote in lines[first]:
                row = _mended_within(lines[first], row, separator, quote, widths)
            rows.append(row)
            used = reader.line_num
    except csv.Error:
        pass
    return rows, used


def _usual_widths(lines: list[str], separator: str, quote: str) -> list[int]:
    """How many fields most records have that have more than one: line by line, and with line breaks in fields."""
    sample = lines[:_WIDTHS_OF]
    by_line = Counter(len(_fields([line], separator, quote)) for line in sample if separator in line)
    by_record: Counter[int] = Counter()
    with contextlib.suppress(csv.Error):
        reader = csv.reader((f"{line}\n" for line in sample), delimiter=separator, quotechar=quote)
        by_record.update(len(row) for row in reader if len(row) > 1)
    if len(by_record) == 1:
        by_line = by_record
    return [counts.most_common(1)[0][0] if counts else 1 for counts in (by_line, by_record)]


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
    return are_records or (not is_closed and _fields(lines, separator, quote) != row)


def _is_record(line: str, separator: str, quote: str, width: int) -> bool:
    try:
        return len(next(csv.reader([line], delimiter=separator, quotechar=quote, strict=True), [])) == width
    except csv.Error:
        return False


def _mended_within(line: str, row: list[str], separator: str, quote: str, widths: list[int]) -> list[str]:
    """The fields of a line in which a stray quote meets the quote of a later field: as many as usual, else as read."""
    if _is_strict(line, separator, quote):
        return row
    mended = _mended(line, separator, quote, widths)
    return mended if len(mended) in widths else row


def _is_strict(line: str, separator: str, quote: str) -> bool:
    try:
        list(csv.reader([line], delimiter=separator, quotechar=quote, strict=True))
    except csv.Error:
        return False
    return True


def _mended(line: str, separator: str, quote: str, widths: list[int]) -> list[str]:
    """The fields of a line in which one quote opens and nothing closes it: without that quote."""
    starts = [
        place for place, letter in enumerate(line) if letter == quote and line[:place].rstrip()[-1:] in ("", separator)
    ]
    for place in starts:
        try:
            row = next(
                csv.reader([line[:place] + line[place + 1 :]], delimiter=separator, quotechar=quote, strict=True)
            )
        except csv.Error:
            continue
        if len(row) in widths or place == starts[-1]:
            return row
    return line.split(separator)


def _ragged(rows: list[list[str]]) -> frozenset[int]:
    """The records with a value right of the table, or with fewer fields where nearly all have as many as the table.

    Title lines have fewer fields, and many programs leave out empty fields at the end: both are not ragged.
    """
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return frozenset()
    width = widths.most_common(1)[0][0]
    filled_rows = (number for number, row in enumerate(rows, start=1) if len(row) == width and sum(map(bool, row)) > 1)
    first = next(filled_rows, len(rows))
    table = [(number, row) for number, row in enumerate(rows, start=1) if number > first]
    filled = [(number, row) for number, row in table if sum(bool(v.strip()) for v in row) > _MOSTLY_FILLED * width]
    is_steady = sum(len(row) >= width for _, row in filled) >= _STEADY * len(filled)
    return frozenset(
        [number for number, row in table if any(v.strip() for v in row[width:])]
        + [number for number, row in filled if len(row) < width and is_steady]
    )


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
