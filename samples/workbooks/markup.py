"""What programs call .xls and is none: a page of HTML with a table, and the XML of Excel 2003."""

from __future__ import annotations

from datetime import date
from html import escape

from samples.workbooks.page import EMPTY, Book, Cell, Page
from samples.workbooks.text import shown


def html_bytes(book: Book) -> bytes:
    """The first sheet as a table of HTML in UTF-8, as reporting programs export it."""
    page = book.pages[0]
    spans = {(r1, c1): (r2 - r1 + 1, c2 - c1 + 1) for r1, c1, r2, c2 in page.merges}
    covered = {(r, c) for r1, c1, r2, c2 in page.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    lines = []
    for number in range(1, len(page.rows) + 1):
        row = page.rows[number - 1]
        cells = ""
        for column in range(1, page.width + 1):
            if (number, column) in covered:
                continue
            down, right = spans.get((number, column), (1, 1))
            about = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{right}"' if right > 1 else "")
            text = escape(shown(row[column - 1], ",")) if column <= len(row) else ""
            cells += f"<td{about}>{text.replace(chr(10), '<br>') or '&nbsp;'}</td>"
        lines.append(f"<tr>{cells}</tr>")
    head = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>'
    return f'{head}<table border="1">\n{chr(10).join(lines)}\n</table></body></html>\n'.encode()


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
    'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">\n'
    '<Styles><Style ss:ID="d"><NumberFormat ss:Format="dd/mm/yyyy"/></Style></Styles>\n'
)


def spreadsheetml_bytes(book: Book) -> bytes:
    """The workbook as the XML of Excel 2003; blank rows are left out and the next says its number."""
    return (_HEAD + "".join(map(_worksheet, book.pages)) + "</Workbook>\n").encode()


_HIDDEN = (
    '<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>'
)


def _worksheet(page: Page) -> str:
    spans = {(r1, c1): (r2 - r1, c2 - c1) for r1, c1, r2, c2 in page.merges}
    covered = {(r, c) for r1, c1, r2, c2 in page.merges for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)} - set(
        spans
    )
    out = [f'<Worksheet ss:Name="{escape(page.name)}"><Table>\n']
    expected = 1
    for number, row in enumerate(page.rows, start=1):
        cells = _cells(number, row, spans, covered)
        if not cells:
            continue
        index = f' ss:Index="{number}"' if number != expected else ""
        hidden = ' ss:Hidden="1"' if number in page.hidden_rows else ""
        out.append(f"<Row{index}{hidden}>{cells}</Row>\n")
        expected = number + 1
    state = _HIDDEN if page.is_hidden else ""
    return "".join([*out, f"</Table>{state}</Worksheet>\n"])


def _cells(
    number: int, row: list[Cell], spans: dict[tuple[int, int], tuple[int, int]], covered: set[tuple[int, int]]
) -> str:
    out, expected = "", 1
    for column, cell in enumerate(row, start=1):
        if cell == EMPTY or cell.value is None or (number, column) in covered:
            continue
        down, right = spans.get((number, column), (0, 0))
        about = (f' ss:MergeAcross="{right}"' if right else "") + (f' ss:MergeDown="{down}"' if down else "")
        index = f' ss:Index="{column}"' if column != expected else ""
        style = ' ss:StyleID="d"' if isinstance(cell.value, date) else ""
        out += f"<Cell{index}{style}{about}>{_data(cell)}</Cell>"
        expected = column + 1 + right
    return out


def _data(cell: Cell) -> str:
    value = cell.value
    if cell.is_error:
        return f'<Data ss:Type="Error">{escape(str(value))}</Data>'
    if isinstance(value, bool):
        return f'<Data ss:Type="Boolean">{int(value)}</Data>'
    if isinstance(value, date):
        return f'<Data ss:Type="DateTime">{value.isoformat()}T00:00:00.000</Data>'
    if isinstance(value, int | float):
        return f'<Data ss:Type="Number">{value!r}</Data>'
    return f'<Data ss:Type="String">{escape(str(value)).replace(chr(10), "&#10;")}</Data>'
