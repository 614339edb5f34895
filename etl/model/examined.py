"""What examining one file gives: the same for a dry run (`check`) and for a submission (`prepare`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from etl.model.asked import Question
from etl.model.finding import LEFT_OUT
from etl.model.period import Period


class Verdict(StrEnum):
    """accepted: every data row; partly: accepted with rejected rows; rejected: the file as a whole."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Counts:
    """Rows of a file. Always read = accepted + rejected + ignored (titles, headers, totals, blanks, notes)."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    ignored: int = 0

    def __post_init__(self) -> None:
        if self.read != self.accepted + self.rejected + self.ignored:
            raise ValueError(f"rows do not foot: {self}")


@dataclass(frozen=True)
class Heading:
    """What a file says of itself: dataset, period, day, submitting unit.

    as_of is the last day of what the title names (a month, a day, a quarter). unit_code is a district's or the
    province's. Each is None where it could not be told; then there is a finding that says so. periods_named holds every
    period that title, file name or folder names, in order, also where they disagree.
    """

    dataset: str | None = None
    period: Period | None = None
    as_of: date | None = None
    unit_code: str | None = None
    periods_named: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Examined:
    """One file, examined.

    rows: the accepted rows, typed: ``sheet`` str, ``row`` int64 (physical), then the contract's stored columns
    (see ``Contract.stored_columns``). findings: a findings frame. ignored: reason → number of rows. layout: sheet →
    contract column → physical column, where the columns of a table were told. chosen: questions of an earlier answer
    that the sender has answered in this file, with what was chosen. answers: the submission whose answer the file is,
    where it has no table of the sender's.
    """

    verdict: Verdict
    heading: Heading
    counts: Counts
    rows: pd.DataFrame
    findings: pd.DataFrame
    ignored: dict[str, int] = field(default_factory=dict)
    check_run: dict[str, Any] = field(default_factory=dict)
    layout: dict[str, dict[str, int]] = field(default_factory=dict)
    chosen: tuple[tuple[Question, str], ...] = ()
    answers: str | None = None

    @property
    def ignored_with_values(self) -> int:
        """How many ignored rows have values in columns of the contract."""
        named = self.findings[self.findings["rule"].isin(LEFT_OUT)] if len(self.findings) else self.findings
        return sum(int(params["rows"]) for params in named["params"]) if len(named) else 0
