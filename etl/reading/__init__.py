"""Any workbook or text file → tables of raw cells with their addresses. What they mean is conforming's business."""

from etl.reading.any_table import find_any_table
from etl.reading.headers import likeliest_header
from etl.reading.tables import find_table, find_tables
from etl.reading.textfile import encoding_of
from etl.reading.workbook import read_grids

__all__ = ["encoding_of", "find_any_table", "find_table", "find_tables", "likeliest_header", "read_grids"]
