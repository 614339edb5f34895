"""Text as it was written before Unicode, by the tables of ``legacy_encodings.csv``."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from etl.reference.data_files import rows

_TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


@lru_cache(maxsize=8)
def _table(encoding: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for row in rows("legacy_encodings.csv"):
        if row["encoding"] == encoding:
            found.setdefault(row["unicode_nfc"], bytes.fromhex(row["bytes_hex"]))
    return found


def can_encode(text: str, encoding: str) -> bool:
    """Whether every letter of a text has its bytes; TCVN3 borrows the small letters for capitals with tones."""
    table = _table(encoding)
    return all(c.isascii() or c in table or (encoding == "TCVN3" and c.lower() in table) for c in text)


def encode(text: str, encoding: str) -> bytes:
    """A text's bytes in TCVN3, VNI or VISCII; what these cannot write becomes a question mark."""
    table = _table(encoding)
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        small = letter.lower() if encoding == "TCVN3" and letter not in table else letter
        if small in table:
            out += table[small]
        else:
            out += letter.encode("ascii", "replace")
    return bytes(out)


def cp1258(text: str) -> bytes:
    """A text's bytes in windows-1258, which writes tones after their vowels."""
    out = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next((c for c in parts if c in _TONES), "")
            base = unicodedata.normalize("NFC", parts.replace(tone, "", 1) if tone else parts)
            out += (base + tone).encode("cp1258", "replace")
    return bytes(out)


def as_western(raw: bytes) -> str:
    """What a Western program shows for some bytes: windows-1252, and its five holes as they are."""
    return "".join(bytes([byte]).decode("cp1252", errors="replace").replace("\ufffd", chr(byte)) for byte in raw)


def mistaken(text: str, encoding: str) -> str:
    """A text as it looks after its bytes in an encoding were taken for Western ones."""
    if encoding == "UTF-8":
        return as_western(unicodedata.normalize("NFC", text).encode())
    return as_western(encode(text, encoding))
