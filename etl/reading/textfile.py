"""Text files with separated values: which encoding, which separator, then records."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from etl.model.refused import Refused

_SEPARATORS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 60
_LOOKED_AT, _MOST_STRANGE = 1 << 16, 0.02
"""Control characters among the first bytes, at most: VISCII has letters there, a binary file has more of them."""

_WESTERN = tuple(bytes([byte]).decode("cp1252", errors="replace").replace("\ufffd", chr(byte)) for byte in range(256))


def read_records(path: Path) -> list[list[str]]:
    """The records of a text file, in Unicode or from before it; , ; tab or | between fields. Raises Refused."""
    raw = path.read_bytes()
    text = decoded(raw)
    if "\x00" in text:
        raise Refused("file_type_unsupported", found="dữ liệu nhị phân")
    csv.field_size_limit(1 << 24)
    separator = _separator(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise Refused("file_type_unsupported", found="văn bản không chia được thành cột") from fault


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
    lines = text[: 1 << 16].splitlines()[:_SAMPLE]

    def fields(separator: str) -> int:
        try:
            return sum(len(record) - 1 for record in csv.reader(lines, delimiter=separator))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=fields)
