"""Any workbook or text file → tables of raw cells with their addresses. What they mean is conforming's business."""

from etl.reading.tables import find_table
from etl.reading.workbook import Unreadable, read_grids

__all__ = ["Unreadable", "find_table", "read_grids"]
