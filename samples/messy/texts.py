"""The letters of a whole workbook: how they are composed, spaced, and of which encoding from before Unicode."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from etl.model.text import one_tone_placement
from samples.legacy import can_encode, mistaken
from samples.messy.draw import Draw
from samples.workbooks import Book, Cell

Change = Callable[[str], str]
_NEW_STYLE = {"hòa": "hoà", "hóa": "hoá", "thủy": "thuỷ", "thúy": "thuý", "lòe": "loè"}
_SIMPLER = str.maketrans(
    {"–": "-", "…": "...", "’": "'", "ʼ": "'", "‘": "'", "“": '"', "”": '"', "²": "2", "³": "3", "✓": "x"}
)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _old_tones(text: str) -> str:
    return " ".join(one_tone_placement(word) for word in text.split(" "))


def _icelandic(text: str) -> str:
    return text.replace("Đ", "Ð")


def _hard_spaces(text: str) -> str:
    return text.replace(" ", "\u00a0", 1)


def _zero_width(text: str) -> str:
    return f"{text}\u200b" if len(text) > 3 else text


def _trailing(text: str) -> str:
    return f"{text}  "


def _double(text: str) -> str:
    return text.replace(" ", "  ", 1)


PLAIN_CHANGES: tuple[tuple[str, float, Change], ...] = (
    ("text-nfd", 0.12, _nfd), ("text-old-tones", 0.15, _old_tones), ("text-icelandic-d", 0.08, _icelandic),
    ("text-hard-spaces", 0.12, _hard_spaces), ("text-zero-width", 0.06, _zero_width),
    ("text-trailing", 0.12, _trailing), ("text-double", 0.08, _double),
)  # fmt: skip
LEGACY = ("TCVN3", "TCVN3", "VNI", "VISCII", "UTF-8")


def changed(draw: Draw, book: Book) -> tuple[Book, str]:
    """The workbook with its letters as drawn, and the encoding from before Unicode that it got ("": none)."""
    if draw.has("legacy", 0.16):
        encoding = draw.one_of("legacy-encoding", LEGACY)
        whole = draw.has("legacy-whole", 0.75)
        return _in(
            book, encoding, has_fonts=draw.has("legacy-fonts", 0.6), columns=None if whole else _name_columns(book)
        ), encoding
    changes = [change for name, odds, change in PLAIN_CHANGES if draw.has(name, odds)]
    some = draw.has("text-somewhere", 0.3)

    def apply(text: str) -> str:
        for change in changes:
            if not some or draw.chance(0.4):
                text = change(text)
        return text

    return _mapped(book, lambda cell, _: replace(cell, value=apply(str(cell.value)))), ""


def simpler(book: Book) -> Book:
    """The workbook without the signs that no encoding from before Unicode has."""
    return _mapped(book, lambda cell, _: replace(cell, value=str(cell.value).translate(_SIMPLER)))


def all_encodable(book: Book, encoding: str) -> bool:
    """Whether every text has its bytes in an encoding."""
    return all(
        can_encode(str(c.value), encoding)
        for p in book.pages
        for row in p.rows
        for c in row
        if isinstance(c.value, str)
    )


def _in(book: Book, encoding: str, *, has_fonts: bool, columns: set[int] | None) -> Book:
    """Texts as they look after their bytes were taken for Western ones, in the fonts that show them right."""

    def change(cell: Cell, column: int) -> Cell:
        text = str(cell.value).translate(_SIMPLER)
        if (columns is not None and column not in columns) or (encoding != "UTF-8" and not can_encode(text, encoding)):
            return replace(cell, value=text)
        written = mistaken(text, encoding)
        if any(ord(c) < 32 and c not in "\t\n\r" for c in written):
            return replace(cell, value=text)
        font = None
        if has_fonts and encoding == "TCVN3":
            font = ".VnTimeH" if text.isupper() and len(text) > 1 and not text.isascii() else ".VnTime"
        if has_fonts and encoding == "VNI":
            font = "VNI-Times"
        return replace(cell, value=written, font=font)

    return _mapped(book, change)


def _name_columns(book: Book) -> set[int]:
    """The columns of some longer words: where somebody has pasted from an old file."""
    page = max(book.pages, key=lambda p: len(p.rows))
    widths: dict[int, int] = {}
    for row in page.rows[-12:]:
        for column, cell in enumerate(row, start=1):
            if isinstance(cell.value, str) and not cell.value.isascii():
                widths[column] = widths.get(column, 0) + len(cell.value)
    return set(sorted(widths, key=lambda c: -widths[c])[:2])


def _mapped(book: Book, change: Callable[[Cell, int], Cell]) -> Book:
    """The workbook with each text changed; what looks like a formula's error stays."""
    pages = []
    for page in book.pages:
        rows = [
            [
                change(cell, column) if isinstance(cell.value, str) and not cell.is_error else cell
                for column, cell in enumerate(row, start=1)
            ]
            for row in page.rows
        ]
        pages.append(replace(page, rows=rows))
    return Book(pages, book.from_1904)
