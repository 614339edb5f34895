"""Any workbook or text file → tables of raw cells with their addresses. What they mean is conforming's business."""

from etl.reading.tables import find_any_table, find_table
from etl.reading.workbook import Unreadable, kind_of, read_grids

__all__ = ["Unreadable", "find_any_table", "find_table", "kind_of", "read_grids"]
