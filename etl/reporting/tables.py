"""Rendering for the command line: tables for people, JSON and csv for scripts, under fixed field names."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.markup import escape
from rich.table import Table

from etl.model.frames import records
from etl.reporting.safe import safe_csv
from etl.reporting.words import incomplete_vi, number_vi

FINDING_COLUMNS = ("file", "sheet", "row", "column", "rule", "severity", "value", "message")
_FINDING_FIELDS = (
    *FINDING_COLUMNS, "header", "suggestion", "submission_id", "origin", "unit_code",
    "other_file", "other_sheet", "other_row", "difference", "waived", "waiver",
)  # fmt: skip
_INDICATOR_FIELDS = (
    "indicator", "unit_code", "unit_level", "numerator", "denominator", "value", "target", "met", "complete",
    "unit_name", "target_op", "missing", "covered", "approximate", "by_link",
)  # fmt: skip
_TRACE_FIELDS = ("file", "sheet", "row", "numerator", "denominator", "unit_code", "submission_id", "link")


def plain(value: Any) -> Any:
    """A value for JSON: whole numbers as integers, others as numbers, missing as null."""
    if isinstance(value, (list, dict)):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.item() if hasattr(value, "item") else value


def _records(frame: pd.DataFrame, fields: Sequence[str]) -> list[dict[str, Any]]:
    present = [f for f in fields if f in frame]
    return [
        {name: plain(v) for name, v in zip(present, row, strict=True)}
        for row in frame[present].astype("object").itertuples(index=False, name=None)
    ]


def indicator_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Measured values as plain records."""
    return _records(frame, _INDICATOR_FIELDS)


def finding_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Findings as plain records; column is our column's name, header the one on the form."""
    return _records(frame.rename(columns={"column_name": "column"}), _FINDING_FIELDS)


def trace_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Contributing rows as plain records."""
    return _records(frame, _TRACE_FIELDS)


def print_json(content: list[dict[str, Any]]) -> None:
    """Print records as JSON, with findings frames inside of them as records too."""
    plain = [
        {k: finding_records(v) if isinstance(v, pd.DataFrame) else v for k, v in record.items()} for record in content
    ]
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=1) + "\n")


def csv_text(records: list[dict[str, Any]]) -> str:
    """Records as csv; nothing in it runs when a spreadsheet opens it."""
    out = io.StringIO()
    if records:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(records[0])
        for record in records:
            cells = (_one_cell(v) for v in record.values())
            writer.writerow(["" if v is None else safe_csv(v) for v in cells])
    return out.getvalue()


def _one_cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(f"{k}: {v}" for k, v in value.items())
    return "; ".join(value) if isinstance(value, list) else value


def csv_rows(rows: Sequence[Sequence[str]]) -> str:
    """Plain rows as csv; nothing in it runs when a spreadsheet opens it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[safe_csv(v) for v in row] for row in rows])
    return out.getvalue()


def facts_table(record: dict[str, Any], title: Sequence[str]) -> Table:
    """One record for reading, a line a field; lists one below the other, what is empty left out."""
    table = Table(title=escape(" ".join(str(record[n]) for n in title)), title_justify="left", box=SIMPLE_HEAD,
                  show_header=False)  # fmt: skip
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold")
    for name, value in record.items():
        if name in title or value in (None, [], {}):
            continue
        if isinstance(value, dict):
            value = [f"{k}: {v}" for k, v in value.items()]
        shown = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
        table.add_row(name.replace("_", " "), escape(shown))
    return table


def indicator_table(frame: pd.DataFrame) -> Table:
    """Measured values for reading, in Vietnamese numbers; of one unit alone, its name stands in the title."""
    units = list(dict.fromkeys(frame["unit_name"]))
    alone = len(units) == 1
    table = Table(title=escape(units[0]) if alone else "Indicators", title_justify="left", box=SIMPLE_HEAD)
    # Where it gets narrow a name is folded, never a number.
    table.add_column("indicator", overflow="fold")
    if not alone:
        table.add_column("unit")
    for name in ("value", "N / D", "target", "met"):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    for row in records(frame):
        target = f"{row.target_op} {number_vi(row.target, 1)}" if row.target is not None else ""
        is_rate = row.denominator is not None
        value = number_vi(row.value, 2 if is_rate else 0) if row.complete else incomplete_vi(row.covered)
        if row.complete and getattr(row, "approximate", False):
            value = f"≈ {value}"
        parts = [number_vi(n, _decimals(n)) for n in (row.numerator, row.denominator)] if is_rate else []
        sign = {True: "✔", False: "✘", None: ""}[row.met]
        table.add_row(row.indicator, *_unit(row, alone), value, " / ".join(parts), target, sign)
    return table


def _unit(row: Any, alone: bool) -> list[str]:
    """The cell of the unit's name, unless it stands in the title."""
    return [] if alone else [escape(row.unit_name)]


def _decimals(value: Decimal | None) -> int:
    return 0 if value is None or value == value.to_integral_value() else 1


def records_table(records: list[dict[str, Any]], title: str, columns: Sequence[str] | None = None) -> Table:
    """Records for reading; at most 200, with a line that says how many more there are."""
    names = list(columns or (records[0] if records else ["nothing"]))
    more = f" (first 200 of {len(records)})" if len(records) > 200 else f" ({len(records)})"
    # Escaped: what a sender wrote may look like the markup of the terminal's colours.
    table = Table(title=escape(title + more), title_justify="left", box=SIMPLE_HEAD)
    for name in names:
        numbers = any(isinstance(record.get(name), int | float) for record in records[:200])
        justify: JustifyMethod = "right" if numbers else "left"
        table.add_column(_HEADS.get(name, name), overflow="fold", justify=justify, no_wrap=name in _SHORT)
    for record in records[:200]:
        table.add_row(*("" if record.get(n) is None else escape(str(record[n])) for n in names))
    return table


SUBMISSION_COLUMNS = ("verdict", "rows_accepted", "rows_rejected", "file")
STATUS_COLUMNS = ("dataset", "unit", "state", "rows", "quality", "reason")
QUALITY_COLUMNS = ("sector", "unit", "data_rows", "rows_doubted", "quality")
QUALITY = "Quality: of 100 data rows (accepted and rejected) those without an unwaived critical or warning finding."
ALIAS_COLUMNS = ("id", "sender", "text", "means", "accepted")
LINK_COLUMNS = ("pair", "rows", "links", "by_method", "unlinked", "expected_precision", "expected_recall", "seconds")
TRACE_COLUMNS = ("file", "sheet", "row", "numerator", "denominator")
FOUND_COLUMNS = ("where", "severity", "header", "value", "message")
"""What fits on a terminal of 80 columns; ``--json`` has it all."""

_SHORT = (
    "verdict",
    "rows_accepted",
    "rows_rejected",
    "dataset",
    "state",
    "severity",
    "row",
    "numerator",
    "denominator",
)
_HEADS = {"rows_accepted": "accepted", "rows_rejected": "rejected", "header": "column", "numerator": "N",
          "denominator": "D"}  # fmt: skip


def for_reading(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records as tables show them: ``where`` a finding stands, ``rows`` taken and refused, what is waived."""
    return [
        {
            **record,
            "where": " ".join(str(record[n]) for n in ("file", "sheet", "row") if record.get(n) is not None),
            "rows": _rows(*(record.get(n) for n in ("rows_accepted", "rows_rejected", "ignored_with_values"))),
            "severity": f"{record.get('severity')} (waived)" if record.get("waived") else record.get("severity"),
            "reason": _reason(record),
        }
        for record in records
    ]


def _reason(record: dict[str, Any]) -> str | None:
    """Why a submission is not in force; of one that waits for a person its id, of one of no unit its file."""
    reason = record.get("reason")
    if record.get("state") == "held":
        return f"{reason} ({record['submission_id']})"
    is_nobodys = record.get("file") is not None and record.get("unit") is None
    return f"{record['file']}: {reason}" if reason and is_nobodys else reason


def alias_records(aliases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Aliases as a table shows them: whose word it is, what it means, who accepted it when and from which file."""
    return [
        {
            **one,
            "sender": " ".join(filter(None, (one["unit"], one["dataset"], one["column"] or one["kind"]))),
            "accepted": ", ".join(filter(None, (one["day"], one["by"], one["file"], _revoked(one["revoked"])))),
        }
        for one in aliases
    ]


def _revoked(why: str | None) -> str:
    return f"taken back {why}" if why else ""


def _rows(accepted: int | None, rejected: int | None, left_out: int | None = None) -> str:
    """Rows taken, refused, and in brackets those left out as no data although they have values: 12, ✘ 3 (5)."""
    if accepted is None:
        return ""
    taken = f"{accepted}, ✘ {rejected}" if rejected else str(accepted)
    return f"{taken} ({left_out})" if left_out else taken


def examined_table(record: dict[str, Any]) -> Table:
    """One examined file for reading: verdict and counts in the title, then its findings."""
    counts = f"{record['rows_accepted']} accepted, {record['rows_rejected']} rejected, {record['rows_ignored']} ignored"
    heading = f"{record['dataset'] or '?'} {record['period'] or '?'} {record['unit_code'] or '?'}"
    title = f"{record['file']}: {record['verdict'].upper()} — {heading} — {counts}"
    rows = for_reading(finding_records(record["findings"]))
    names = ("sheet", "row", "header", "severity", "value", "message")
    return records_table(rows, title, names)
