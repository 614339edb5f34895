"""Raw cells → typed, coded, canonical rows, and a finding wherever a cell cannot be read for certain."""

from etl.conforming.columns import ColumnMap, match_columns
from etl.conforming.heading import read_heading
from etl.conforming.rows import Conformed, conform

__all__ = ["ColumnMap", "Conformed", "conform", "match_columns", "read_heading"]
