"""Whether a file has its end already: a workbook says so itself, text by its last line, a page by its last tag."""

from __future__ import annotations

import csv
from pathlib import Path

from etl.intake import container
from etl.intake.flat import markup_or_text
from etl.intake.screened import WIDE
from etl.model import compound
from etl.model.refused import Refused

_LOOKED_AT = 1 << 16
_FIRST_LINES = 60
_SEPARATORS = ",;\t|"


def has_end_mark(path: Path) -> bool:
    """Return whether the file is of a format whose last bytes say that nothing is missing: a zip, so a workbook.

    Raises OSError.
    """
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def is_whole(path: Path) -> bool:
    """Return whether nothing shows that the file breaks off.

    A zip has its directory, an .xls all sectors that it counts, a page or XML its closing tag, a text file a last line
    that ends or has as many fields as the others. An empty file is not whole. Raises OSError.
    """
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT)
        size = file.seek(0, 2)
        # An even place, so that no UTF-16 character is cut in two.
        file.seek(max(size - _LOOKED_AT, 0) & ~1)
        tail = file.read()
    if not head:
        return False
    if head.startswith(b"PK"):
        return container.is_complete(path)
    if head.startswith(compound.MAGIC):
        return compound.is_complete(path)
    return _ends(head, tail)


def _ends(head: bytes, tail: bytes) -> bool:
    codec = WIDE.get(head[:2], "utf-8")
    if codec == "utf-8" and tail.endswith(b"\0"):
        # Some programs make the file as long as it will be, and fill it then.
        return False
    begin, end = head.decode(codec, "replace").lstrip("\ufeff"), tail.decode(codec, "replace")
    try:
        kind, _ = markup_or_text(head)
    except Refused:
        return True
    if kind == "html":
        closing = "</html" if "<html" in begin.lower() else "</table"
        return closing in end.lower()
    if kind == "xml":
        return end.rstrip().lower().endswith("workbook>")
    return end.endswith(("\n", "\r")) or _fields(end.splitlines()[-1:]) >= _fields(begin.splitlines()[:_FIRST_LINES])


def _fields(lines: list[str]) -> int:
    """Return the most fields in a line, by the separator that gives the most."""
    try:
        return max((len(record) for s in _SEPARATORS for record in csv.reader(lines, delimiter=s)), default=0)
    except csv.Error:
        return 0
