"""What the screen tells of a file, and the signs that all of its parts know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["xlsx", "xlsb", "ods", "xls", "text", "html", "xml", "zip"]

WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
"""First bytes by which a reader knows UTF-16, with or without a mark (XML 1.0, appendix F)."""

DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
"""What declares a document type or an entity (XML 1.0, 2.8 and 4.2)."""


@dataclass(frozen=True)
class Screened:
    """A file that may be read. kind: what it is; macros: the parts that carry them, which are never run.

    cells: with a value; area: of the rectangles that they span; streamed: bytes that it unpacks to; copyable: whether
    openpyxl can take the whole of it into memory, formats and all.
    """

    kind: Kind
    macros: str = ""
    cells: int = 0
    area: int = 0
    streamed: int = 0
    copyable: bool = False
