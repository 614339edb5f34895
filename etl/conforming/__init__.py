"""Raw cells → typed, coded, canonical rows, and a finding wherever a cell cannot be read for certain."""

from etl.conforming.assignment import BY_CONTENT, sample_of
from etl.conforming.columns import ColumnMap, match_columns, understand
from etl.conforming.doubtful_sheets import contradicting_sheets, repeating_sheets
from etl.conforming.heading import read_heading, read_named_periods
from etl.conforming.money import stated_units
from etl.conforming.other_sheets import set_aside
from etl.conforming.rows import Conformed, conform, raw_cells
from etl.conforming.sections import with_sections
from etl.conforming.summaries import find_summaries, is_called_a_summary
from etl.conforming.totals import check_totals
from etl.conforming.unused import faulty_cells, from_above, left_out, unused, unused_columns
from etl.conforming.vocabulary import saying

__all__ = [
    "BY_CONTENT", "ColumnMap", "Conformed", "check_totals", "conform", "contradicting_sheets", "faulty_cells",
    "find_summaries", "from_above", "is_called_a_summary", "left_out", "match_columns", "raw_cells", "read_heading",
    "read_named_periods", "repeating_sheets", "sample_of", "saying", "set_aside", "stated_units", "understand",
    "unused", "unused_columns", "with_sections",
]  # fmt: skip
