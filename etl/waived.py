"""Reviewed waivers on findings that are made after loading, from what the warehouse holds of a file's rows."""

from __future__ import annotations

import pandas as pd

from etl.checking import NamedRows, Reviewed, waive, waiving
from etl.conforming import saying
from etl.contracts import contract
from etl.model.examined import Heading
from etl.model.period import Period
from etl.warehouse.ledger import Submission


def heading_of(submission: Submission) -> Heading:
    """What a prepared submission says of itself."""
    period = Period.parse(submission.period) if submission.period else None
    return Heading(submission.dataset, period, submission.as_of, submission.unit_code)


def let_lie(
    found: pd.DataFrame, heading: Heading, rows: pd.DataFrame, sha256: str, reviewed: Reviewed
) -> pd.DataFrame:  # fmt: skip
    """The findings of one file, those marked that a waiver names.

    rows: sheet, row and those of the form's columns by which a waiver can name a row, as they were read.
    """
    own = reviewed.of(heading).waivers
    if not own or heading.dataset is None or not len(found):
        return found
    return waive(found, waiving(own, NamedRows(rows, saying(contract(heading.dataset), heading), sha256)))
