"""A finding is one fault or doubt, with where it stands. Findings travel as one frame; this is its shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import pandas as pd


class Severity(StrEnum):
    """critical: the row or file is rejected; warning: kept and marked; info: told, nothing more."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


class Effect(StrEnum):
    """What a finding does: to the file, to the row, to the one cell (it becomes empty), or nothing."""

    FILE = "file"
    ROW = "row"
    CELL = "cell"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt.

    rule: id in ``etl/reference/rules.yml``; severity: of this finding (a rule of one cell is critical where the column
    is required, a warning where it is not); sheet, row: physical address (row 1 is Excel's first), None where the
    fault is the file's; column: our column name; value: what stood there, as text; params: what the rule's message
    names besides (each a string); waived: id of the waiver under which it lies: told, and no more.
    """

    rule: str
    severity: Severity
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    waived: str | None = None


NO_HEADER = ", không có tiêu đề"
"""How the value of a finding ends that is about a column without a header."""

HOLDING = ("drift_less_than_replaced", "drift_total_halved")
"""Rules whose findings hold a submission back until a person decides."""

LEFT_OUT = ("ignored_row_with_values", "ignored_row_like_data")
"""Rules whose findings say that rows which were left out as no data have values: once a reason, of ``rows`` rows."""

FINDING_COLUMNS = ("rule", "severity", "sheet", "row", "column", "value", "params", "waived")
"""Columns of a findings frame: rule, severity str; sheet str?, row Int64?, column, value str?; params dict (object);
waived str?, which a frame that knows of no waiver may lack until ``as_findings``."""


def findings_frame(findings: Iterable[Finding] = ()) -> pd.DataFrame:
    """A findings frame (``FINDING_COLUMNS``) of single findings; without any, an empty one of the same types."""
    rows = [(f.rule, f.severity.value, f.sheet, f.row, f.column, f.value, dict(f.params), f.waived) for f in findings]
    return as_findings(pd.DataFrame(rows, columns=list(FINDING_COLUMNS))) if rows else _none().copy()


@lru_cache(maxsize=1)
def _none() -> pd.DataFrame:
    return as_findings(pd.DataFrame(columns=list(FINDING_COLUMNS)))


def as_findings(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with exactly the columns and types of a findings frame, in that order."""
    return pd.DataFrame(
        {
            "rule": frame["rule"].astype("str"),
            "severity": frame["severity"].astype("str"),
            "sheet": frame["sheet"].astype("str"),
            "row": frame["row"].astype("Int64"),
            "column": frame["column"].astype("str"),
            "value": frame["value"].astype("str"),
            "params": frame["params"].astype("object"),
            "waived": frame["waived"].astype("str") if "waived" in frame else pd.Series(index=frame.index, dtype="str"),
        }
    ).reset_index(drop=True)


def join_findings(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Several findings frames as one, in the order given."""
    full = [f for f in frames if len(f)]
    return as_findings(pd.concat(full, ignore_index=True)) if full else findings_frame()
