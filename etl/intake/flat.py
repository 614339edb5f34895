"""Files of text: separated values, an HTML page, the XML of Excel 2003; told apart and counted, never parsed."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from etl.intake import container
from etl.intake.screened import DECLARES, WIDE, Kind, Screened
from etl.model.refused import Refused, too_large
from etl.settings import Limits

_HTML = re.compile(r"<\s*(?:html|table|body|head|meta|tr|div)(?![\w:-])", re.IGNORECASE)
_SPREADSHEETML = "urn:schemas-microsoft-com:office:spreadsheet"
_SEPARATORS = ",;\t|\n"


def markup_or_text(head: bytes) -> tuple[Kind, str]:
    """What a file of text is by its first bytes, and how its characters are laid out: utf-8, utf-16-le or utf-16-be."""
    codec = WIDE.get(head[:2], "utf-8")
    text = head.decode(codec, "replace").lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return "text", codec
    if text.startswith("<?xml") and _SPREADSHEETML in text and "<html" not in text[:512].lower():
        return "xml", codec
    if _HTML.search(text):
        return "html", codec
    if text.startswith(("<?xml", "<!DOCTYPE", "<!ENTITY")):
        raise Refused("file_type_unsupported", found="tệp XML")
    return "text", codec


_OPENS_A_CELL = {"html": ("<td", "<th"), "xml": ("<cell", ":cell")}
_SUBSET = re.compile(r"<!\s*(?:ENTITY|DOCTYPE[^>]{0,400}\[)", re.IGNORECASE)
"""What an HTML page declares beyond its own DOCTYPE, which says nothing more than that it is HTML."""


def screen_text(file: BinaryIO, kind: Kind, codec: str, size: int, limits: Limits) -> Screened:
    """Cells are separators and lines, or the tags that open a cell."""
    file.seek(0)
    decode = codecs.getincrementaldecoder(codec)("replace").decode
    counts: Counter[str] = Counter()
    tail = ""
    while block := file.read(container.BLOCK):
        if kind == "text":
            # ASCII has its own bytes in UTF-16 too.
            counts.update({word: block.count(word.encode()) for word in _SEPARATORS})
            continue
        text = tail + decode(block).lower()
        if "<!" in text and (DECLARES.search(text.encode()) if kind == "xml" else _SUBSET.search(text)):
            raise Refused("file_has_dtd", part=kind.upper())
        counts.update({word: text.count(word, len(tail)) for word in _OPENS_A_CELL[kind]})
        tail = text[-512:]
    lines = counts.pop("\n", 0)
    cells = 1 + (lines + max(counts.values()) if kind == "text" else counts.total())
    if cells > limits.cells:
        raise too_large(cells, limits.cells, "ô")
    if kind == "text":
        file.seek(0)
        columns = 1 + _widest(iter(lambda: file.read(container.BLOCK), b""), limits)
        if columns > limits.columns:
            raise too_large(columns, limits.columns, "cột")
    return Screened(kind, cells=cells, area=cells, streamed=size)


def _widest(blocks: Iterator[bytes], limits: Limits) -> int:
    """The most separators of one kind in a line; only lines long enough to have too many are looked at."""
    marks = [word.encode() for word in _SEPARATORS[:-1]]
    widest, begun = 0, [0] * len(marks)
    for block in blocks:
        first, *more = block.split(b"\n")
        begun = [count + first.count(mark) for count, mark in zip(begun, marks, strict=True)]
        widest = max(widest, *begun)
        for line in more:
            if len(line) > limits.columns:
                widest = max(widest, *map(line.count, marks))
        if more:
            begun = list(map(more[-1].count, marks))
    return widest
