"""Text files with separated values: which encoding, which separator, then records."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

_SEPARATORS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BINARY = (
    (b"%PDF", "tệp PDF"), (b"\x89PNG", "tệp ảnh"), (b"\xff\xd8\xff", "tệp ảnh"), (b"GIF8", "tệp ảnh"),
    (b"Rar!", "tệp nén khác"), (b"7z\xbc\xaf", "tệp nén khác"), (b"\x1f\x8b", "tệp nén khác"),
)  # fmt: skip
_SAMPLE = 60


class NotText(Exception):
    """The file is no text with separated values; the message says what it looks like, in Vietnamese."""


def read_records(path: Path) -> list[list[str]]:
    """The records of a text file: UTF-8 with or without BOM, or UTF-16; , ; tab or | between fields. Raises NotText."""
    raw = path.read_bytes()
    for magic, what in _BINARY:
        if raw.startswith(magic):
            raise NotText(what)
    text = _decode(raw)
    if "\x00" in text:
        raise NotText("dữ liệu nhị phân")
    csv.field_size_limit(1 << 24)
    separator = _separator(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise NotText("văn bản không chia được thành cột") from fault


def encoding_of(raw: bytes) -> str:
    """The Unicode encoding that a text's first bytes say; UTF-8 where they say nothing."""
    return next((name for bom, name in _BOMS if raw.startswith(bom)), "utf-8")


def _decode(raw: bytes) -> str:
    try:
        return raw.decode(encoding_of(raw))
    except UnicodeDecodeError as fault:
        raise NotText("bảng mã không phải Unicode, hoặc dữ liệu nhị phân") from fault


def _separator(text: str) -> str:
    """The separator that divides most of the first lines into most fields."""
    lines = text[: 1 << 16].splitlines()[:_SAMPLE]

    def fields(separator: str) -> int:
        try:
            return sum(len(record) - 1 for record in csv.reader(lines, delimiter=separator))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=fields)
