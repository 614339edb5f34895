"""Bytes of foreign files: a portal's page saved as .xls, text with the quirks of programs, workbooks."""

from __future__ import annotations

import csv
import io
from html import escape
from typing import Literal

from samples.messy.draw import Draw
from samples.workbooks import Book, Page
from samples.workbooks.page import Cell
from samples.workbooks.text import shown


def portal_bytes(draw: Draw, page: Page) -> bytes:
    """Return a sheet as the page that a portal exports: styles, scripts around, header cells, entities, open tags."""
    spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in page.merges}
    covered = {(r, c) for r1, c1, r2, c2 in page.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    closes, has_body = draw.chance(0.7), draw.chance(0.5)
    lines = []
    for number, row in enumerate(page.rows, start=1):
        cells = ""
        for column in range(1, page.width + 1):
            if (number, column) in covered:
                continue
            down, right = spans.get((number, column), (1, 1))
            about = (f" rowspan={down}" if down > 1 else "") + (f" colspan='{right}'" if right > 1 else "")
            cell = row[column - 1] if column <= len(row) else Cell()
            tag = "th" if cell.bold else "td"
            text = escape(shown(cell, ",")).replace("\n", "<br/>") or "&nbsp;"
            text = f"<span class='x'>{text}</span>" if draw.chance(0.2) else text
            cells += f"<{tag}{about} style=\"mso-number-format:'\\@'\">{text}" + (f"</{tag}>" if closes else "")
        lines.append(f"<tr>{cells}" + ("</tr>" if closes else ""))
    head = "<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta charset='utf-8'><style>td{}</style>"
    body = "\n".join(lines)
    body = f"<tbody>{body}</tbody>" if has_body else body
    return f"{head}<script>var a=1;</script></head><body><table border=1>{body}</table></body></html>".encode()


def quirky_text(draw: Draw, page: Page, quirks: list[str]) -> bytes:
    """Return a sheet as text with quirks, whose names are added to ``quirks``."""
    separator = draw.pick((",", ";", ";", "\t"))
    decimal = "." if separator == "," else ","
    records = [[shown(cell, decimal) for cell in row] for row in page.rows]
    width = max(map(len, records), default=0)
    drawn = [name for name in ("sep", "formula", "short", "long", "cr", "quoted", "bom", "breaks") if draw.chance(0.35)]
    quirks += drawn
    if "short" not in drawn:
        records = [[*r, *[""] * (width - len(r))] for r in records]
    if "long" in drawn:
        records = [[*r, *[""] * (width - len(r)), "", ""] if any(r) else r for r in records]
    if "formula" in drawn:
        records = [[f'="{v}"' if v.isdigit() and len(v) > 5 else v for v in r] for r in records]
    if "breaks" in drawn:
        records = [[v.replace(" ", "\n", 1) if v[:5] in ("Ghi c", "Nơi n") else v for v in r] for r in records]
    out = io.StringIO(newline="")
    line_end = "\r" if "cr" in drawn else "\r\n"
    is_quoted = "quoted" in drawn
    quoting: Literal[0, 1] = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(records)
    text = out.getvalue()
    if "sep" in drawn:
        text = f"sep={separator}\r\n{text}" if "cr" not in drawn else f"sep={separator}\r{text}"
    data = text.encode("utf-8-sig")
    if "bom" in drawn and "cr" not in drawn:
        lines = data.split(b"\r\n")
        middle = len(lines) // 2
        data = (
            b"\r\n".join([*lines[:middle], b"\xef\xbb\xbf" + lines[middle], *lines[middle + 1 :]])
            if '"' not in text
            else data
        )
    return data


def book_of(pages: list[Page]) -> Book:
    """Return the pages as a workbook."""
    return Book(pages)
