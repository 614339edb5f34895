"""Workbooks as LibreOffice keeps them: repeated cells and rows told once, dates and amounts by their own types."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from samples.workbooks.page import EMPTY, Book, Cell, Page
from samples.workbooks.parts import zipped

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.2">'
    '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
_ALL_ROWS = 1_048_576


def ods_bytes(book: Book) -> bytes:
    """The workbook as bytes."""
    content = _HEAD + "".join(map(_table, book.pages)) + _TAIL
    parts = {"mimetype": _MIME.encode(), "META-INF/manifest.xml": _MANIFEST.encode(), "content.xml": content.encode()}
    return zipped(parts, stored=frozenset({"mimetype"}))


def _table(page: Page) -> str:
    spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in page.merges}
    covered = {(r, c) for r1, c1, r2, c2 in page.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    width = page.width
    rows = []
    for number, row in enumerate(page.rows, start=1):
        cells = [
            _cell(row[c - 1] if c <= len(row) else EMPTY, spans.get((number, c)), is_covered=(number, c) in covered)
            for c in range(1, width + 1)
        ]
        shown = "".join(_repeated(xml, len(list(same))) for xml, same in groupby(cells))
        state = ' table:visibility="collapse"' if number in page.hidden_rows else ""
        rows.append((state, shown))
    style = ' table:style-name="hidden"' if page.is_hidden else ""
    out = [f"<table:table table:name={quoteattr(page.name)}{style}>"]
    for column in range(1, width + 1):
        hidden = ' table:visibility="collapse"' if column in page.hidden_columns else ""
        out.append(f"<table:table-column{hidden}/>")
    for (state, shown), same in groupby(rows):
        count = len(list(same))
        repeat = f' table:number-rows-repeated="{count}"' if count > 1 else ""
        out.append(f"<table:table-row{state}{repeat}>{shown or '<table:table-cell/>'}</table:table-row>")
    # LibreOffice tells the rest of the sheet as one empty row, repeated a million times.
    rest = _ALL_ROWS - len(page.rows)
    blank = f'<table:table-cell table:number-columns-repeated="{max(width, 1)}"/>'
    out.append(f'<table:table-row table:number-rows-repeated="{rest}">{blank}</table:table-row></table:table>')
    return "".join(out)


def _repeated(xml: str, count: int) -> str:
    if count == 1:
        return xml
    name, rest = xml[: xml.index("cell") + 4], xml[xml.index("cell") + 4 :]
    return f'{name} table:number-columns-repeated="{count}"{rest}'


def _cell(cell: Cell, span: tuple[int, int] | None, *, is_covered: bool) -> str:
    if is_covered:
        return "<table:covered-table-cell/>"
    about = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if cell.formula:
        about += f" table:formula={quoteattr('of:=' + cell.formula)}"
    value = cell.value
    if value is None:
        return f"<table:table-cell{about}/>"
    if isinstance(value, bool):
        typed = f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        return f"<table:table-cell{about}{typed}><text:p>{str(value).upper()}</text:p></table:table-cell>"
    if isinstance(value, date):
        typed = f' office:value-type="date" office:date-value="{value.isoformat()}"'
        return f"<table:table-cell{about}{typed}><text:p>{value:%d/%m/%Y}</text:p></table:table-cell>"
    if isinstance(value, int | float):
        kind = 'currency" office:currency="VND' if cell.format == "#,##0" else "float"
        typed = f' office:value-type="{kind}" office:value="{value!r}"'
        return f"<table:table-cell{about}{typed}><text:p>{value}</text:p></table:table-cell>"
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell{about} office:value-type="string">{lines}</table:table-cell>'


def _spaced(text: str) -> str:
    """Text with its runs of spaces told, which XML would fold."""
    return escape(text).replace("  ", ' <text:s text:c="1"/>')
