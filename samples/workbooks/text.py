"""Sheets as text with separators, in Unicode or in an encoding from before it."""

from __future__ import annotations

import codecs
import csv
import io
from datetime import date

from samples.legacy import cp1258, encode
from samples.workbooks.page import Book, Cell

ENCODINGS = ("utf-8-sig", "utf-8", "utf-16-le", "utf-16-be", "windows-1258", "TCVN3", "VNI", "VISCII")


def shown(cell: Cell, decimal: str) -> str:
    """A cell as a program shows it when it saves text. decimal: what stands before a fraction."""
    match cell.value:
        case None:
            return ""
        case bool() as truth:
            return str(truth).upper()
        case date() as day:
            return f"{day:%d/%m/%Y}"
        case float() as number:
            text = f"{number:.10f}".rstrip("0").rstrip(".")
            return text.replace(".", decimal)
        case other:
            return str(other)


def text_bytes(book: Book, *, separator: str, encoding: str, line_end: str = "\r\n") -> bytes:
    """The first sheet as text. A comma before fractions where the separator is none."""
    decimal = "." if separator == "," else ","
    page = book.pages[0]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    for row in page.rows:
        writer.writerow([shown(cell, decimal) for cell in row] + [""] * (page.width - len(row)))
    for _ in range(page.trailing):
        writer.writerow([""] * page.width)
    text = out.getvalue()
    match encoding:
        case "utf-16-le":
            return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
        case "utf-16-be":
            return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
        case "windows-1258":
            return cp1258(text)
        case "TCVN3" | "VNI" | "VISCII":
            return encode(text, encoding)
        case _:
            return text.encode(encoding)
