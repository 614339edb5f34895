"""Raw cells → typed, coded, canonical rows, and a finding wherever a cell cannot be read for certain."""

from etl.conforming.columns import ColumnMap, match_columns
from etl.conforming.heading import read_heading
from etl.conforming.money import stated_units
from etl.conforming.rows import Conformed, conform
from etl.conforming.summaries import find_summaries, is_called_a_summary
from etl.conforming.totals import check_totals

__all__ = [
    "ColumnMap", "Conformed", "check_totals", "conform", "find_summaries", "is_called_a_summary", "match_columns",
    "read_heading", "stated_units",
]  # fmt: skip
