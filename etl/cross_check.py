"""Rules between sectors, decided by the suite ``cross`` on what the warehouse shows of a period.

Each rule has a query of its name in ``warehouse_sql/cross``. It yields the rows that can fail, never a whole list:

    submission_id, sheet, row, unit_code, value         where the finding stands, in which commune, what it says there
    other_submission_id, other_sheet, other_row         the row of the other side; none where there is no such row
    other_value, difference                             what the other side says, and by how much the two differ
    certain                                             false: the rows cannot be told for sure to belong together
    … and the columns that the expectation judges

A rule is silent in a district that lacks one of the datasets it needs; what is not certain is a lead, told as «info».
The findings name people of other sectors, so they stand in no sector's answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from etl.checking import NOTHING, Reviewed
from etl.checking.show import shown
from etl.checking.suites import load_suite, run_suite
from etl.contracts import contract
from etl.faults import point
from etl.indicators import discrepancies
from etl.model.finding import FINDING_COLUMNS, Severity
from etl.model.period import Period
from etl.reference.rules import tell_all
from etl.settings import ROOT
from etl.waived import heading_of, let_lie
from etl.warehouse import ledger, locks, moments

SUITE = "cross"
_FOLDER = ROOT / "warehouse_sql" / "cross"

NOT_THERE = "không có"
"""What a message says of the other side where it has no such row."""

_OTHER_SIDE = ["unit_code", "other_submission_id", "other_sheet", "other_row", "difference"]


def cross_check(conn: Connection, period: Period, reviewed: Reviewed = NOTHING) -> int:
    """Put what the rules find in a period now in place of what they found before; how many findings.

    reviewed: whose waivers let findings lie; they name a row by its commune or by the file's place. Works in the
    caller's transaction, so that readers see all of a period's findings or those of before.
    """
    locks.until_commit(conn, locks.CROSS_CHECK)
    moments.stand_at(conn, None)
    there = _districts(conn, period)
    found = [
        _find(conn, period, expectation["meta"], there, reviewed) for expectation in load_suite(SUITE)["expectations"]
    ]
    told = pd.concat([_no_findings(), *(frame for frame in found if len(frame))], ignore_index=True)
    point("cross.found")
    before = ledger.findings(conn, period=str(period), origins=["cross"])
    for submission_id in sorted({*before["submission_id"], *told["submission_id"]}):
        own = told[told["submission_id"] == submission_id]
        ledger.replace_findings(conn, submission_id, own, origin="cross")
    metas = [expectation["meta"] for expectation in load_suite(SUITE)["expectations"]]
    discrepancies.store(conn, period, told, {meta["rule"]: meta["title"] for meta in metas})
    return len(told)


def _districts(conn: Connection, period: Period) -> dict[str, set[str]]:
    """Dataset → the districts that have it in a period."""
    query = text("SELECT dataset, district_code FROM core.current_coverage WHERE period = :period")
    there: dict[str, set[str]] = {}
    for row in conn.execute(query, {"period": str(period)}):
        there.setdefault(row.dataset, set()).add(row.district_code)
    return there


def _find(
    conn: Connection, period: Period, meta: Mapping[str, Any], there: Mapping[str, set[str]], reviewed: Reviewed
) -> pd.DataFrame:  # fmt: skip
    """The findings of one rule, told, with where each stands and the other side."""
    districts = set.intersection(*(there.get(dataset, set()) for dataset in meta["needs"]))
    if not districts:
        return _no_findings()
    rows = _rows(conn, meta["rule"], period, sorted(districts))
    return pd.concat(
        [
            _no_findings(),
            *(_told(conn, rows, o, period, reviewed) for o in run_suite(SUITE, rows, {}, rule=meta["rule"])),
        ]
    )


@lru_cache
def query_of(rule: str) -> str:
    """The SQL of a rule. Raises FileNotFoundError."""
    return (_FOLDER / f"{rule}.sql").read_text(encoding="utf-8")


def _rows(conn: Connection, rule: str, period: Period, districts: list[str]) -> pd.DataFrame:
    """What a rule's query yields, typed: texts str, numbers Int64 or float, flags boolean."""
    keys = {"period": str(period), "day": period.last_day, "districts": districts}
    result = conn.execute(text(query_of(rule)), keys)
    frame = pd.DataFrame(result.all(), columns=list(result.keys())).convert_dtypes()
    texts = ["submission_id", "sheet", "unit_code", "value", "other_submission_id", "other_sheet", "other_value"]
    whole = ["row", "other_row", "difference"]
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(whole, "Int64") | {"certain": "bool"})


def _told(conn: Connection, rows: pd.DataFrame, outcome: Any, period: Period, reviewed: Reviewed) -> pd.DataFrame:
    part, meta = rows.loc[list(outcome.failed)], outcome.meta
    other = meta.get("other")
    said = _as_written(part["other_value"], **other) if other else part["other_value"]
    facts = {"period": str(period), "day": f"{period.last_day:%d/%m/%Y}"}
    params = [
        facts
        | ({"other": o} if isinstance(o, str) else {"other": "không có"})
        | ({} if pd.isna(d) else {"difference": f"{d:+d}"})
        for o, d in zip(said, part["difference"], strict=True)
    ]
    found = pd.DataFrame(
        {
            "submission_id": part["submission_id"], "rule": meta["rule"],
            "severity": pd.Series(outcome.severity, index=part.index).where(part["certain"], Severity.INFO.value),
            "sheet": part["sheet"], "row": part["row"], "column": meta["column"],
            "value": _as_written(part["value"], meta["dataset"], meta["column"]),
            "params": pd.Series(params, index=part.index, dtype="object"),
            "waived": pd.Series(index=part.index, dtype="str"), **{name: part[name] for name in _OTHER_SIDE},
        }
    )  # fmt: skip
    found = _let_lie(conn, found.sort_values(["submission_id", "sheet", "row"], kind="stable"), reviewed)
    return tell_all(found, contract(meta["dataset"]).official_headers)


def _let_lie(conn: Connection, found: pd.DataFrame, reviewed: Reviewed) -> pd.DataFrame:
    """The findings of a rule with those marked that a waiver names."""
    if not reviewed.waivers:
        return found
    parts = [found.iloc[:0]]
    for submission_id, own in found.groupby("submission_id", sort=False):
        of = ledger.get(conn, str(submission_id))
        rows = own[["sheet", "row"]].assign(commune=own["unit_code"])
        parts.append(let_lie(own, heading_of(of), rows, of.sha256, reviewed))
    return pd.concat(parts, ignore_index=True)


def _as_written(values: pd.Series[Any], dataset: str, column: str) -> pd.Series[Any]:
    """Codes as their labels on a dataset's form."""
    return shown(values.to_frame(column), contract(dataset), column)


def _no_findings() -> pd.DataFrame:
    columns = ["submission_id", *FINDING_COLUMNS, "header", "message", "message_en", "suggestion", *_OTHER_SIDE]
    return pd.DataFrame(columns=columns)
