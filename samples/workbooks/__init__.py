"""Writers of every file format that a sector sends, by small code of our own. The same content gives the same bytes."""

from __future__ import annotations

from samples.workbooks.markup import html_bytes, spreadsheetml_bytes
from samples.workbooks.ods import ods_bytes
from samples.workbooks.page import EMPTY, Book, Cell, Page
from samples.workbooks.parts import zipped
from samples.workbooks.text import text_bytes
from samples.workbooks.xls import xls_bytes
from samples.workbooks.xlsb import xlsb_bytes
from samples.workbooks.xlsx import xlsm_bytes, xlsx_bytes

__all__ = ["BINARY", "EMPTY", "Book", "Cell", "Page", "text_bytes", "zipped"]

BINARY = {
    "xlsx": xlsx_bytes, "xlsm": xlsm_bytes, "xls": xls_bytes, "xlsb": xlsb_bytes, "ods": ods_bytes,
    "html": html_bytes, "spreadsheetml": spreadsheetml_bytes,
}  # fmt: skip
"""Format → what makes a workbook's bytes of it; text has arguments of its own."""
