"""Raw cells → typed, coded, canonical rows, and a finding wherever a cell cannot be read for certain."""

from etl.conforming.columns import ColumnMap, match_columns
from etl.conforming.heading import read_heading, read_named_periods
from etl.conforming.money import stated_units
from etl.conforming.rows import Conformed, conform, raw_cells
from etl.conforming.summaries import find_summaries, is_called_a_summary
from etl.conforming.totals import check_totals
from etl.conforming.vocabulary import saying

__all__ = [
    "ColumnMap", "Conformed", "check_totals", "conform", "find_summaries", "is_called_a_summary", "match_columns",
    "raw_cells", "read_heading", "read_named_periods", "saying", "stated_units",
]  # fmt: skip
