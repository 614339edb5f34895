"""Great Expectations decides: suites in ``expectations/``, run on a file's rows, give findings and accepted rows.

What people in charge have decided about single findings and cells (waivers, corrections) belongs here too.
"""

from etl.checking.aliases import Alias, alias_id, chosen_aliases, in_force, use_cell_aliases, use_table_aliases
from etl.checking.check import Checked, check
from etl.checking.corrections import correct
from etl.checking.reviewed import NOTHING, Reviewed, ReviewedError, load_reviewed
from etl.checking.rows_named import NamedRows
from etl.checking.waivers import waive, waiving

__all__ = [
    "NOTHING", "Alias", "Checked", "NamedRows", "Reviewed", "ReviewedError", "alias_id", "check", "chosen_aliases",
    "correct", "in_force", "load_reviewed", "use_cell_aliases", "use_table_aliases", "waive", "waiving",
]  # fmt: skip
