"""A prepared submission against past periods: what is unusual is told, a total that halved holds it back."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, text

from etl.checking import Reviewed, drift
from etl.contracts import contract
from etl.faults import point
from etl.model.examined import Examined, Heading, Verdict
from etl.model.finding import Finding, Severity, findings_frame
from etl.reference.rules import tell_all
from etl.waived import let_lie
from etl.warehouse import decisions, ledger

HALVED, REFUSED = "drift_total_halved", "drift_refused"


def compare(conn: Connection, submission: ledger.Submission, examined: Examined, reviewed: Reviewed) -> None:
    """Keep what a submission looks like, tell what is unusual about it, and hold it back where its total halved.

    One that a person has let pass is not held again, nor one whose finding lies under a waiver. Works in the caller's
    transaction.
    """
    heading = examined.heading
    now: dict[drift.Key, float] = {}
    found = findings_frame()
    if examined.verdict is not Verdict.REJECTED and heading.dataset is not None:
        now = drift.profile(examined.rows, heading.dataset)
        found = _findings(conn, heading, now)
        found = let_lie(found, heading, examined.rows[["sheet", "row"]], submission.sha256, reviewed)
    _keep(conn, submission.id, now)
    point("prepare.profiled")
    told = tell_all(found, contract(heading.dataset).official_headers if heading.dataset else {})
    ledger.replace_findings(conn, submission.id, told, origin="drift")
    reasons = told.loc[(told["rule"] == HALVED) & told["waived"].isna(), "message"].to_list()
    decisions.take_turn(conn, submission.id)
    if not reasons:
        decisions.withdraw(conn, submission.id)
        return
    decided = decisions.newest(conn, submission.id)
    if decided is None or decided.choice is None:
        decisions.ask(conn, submission.id, "submission", reasons[0])
        point("prepare.asked")
    ledger.hold(conn, submission.id, reasons[0])


def refuse(conn: Connection, submission_id: str, decided: decisions.Decision) -> None:
    """Reject a held submission that a person has refused, and tell its sender who did and why."""
    kept = ledger.findings(conn, submission=submission_id, origins=["drift"]).rename(columns={"column_name": "column"})
    params = {"by": decided.decided_by or "", "why": (decided.why or "").rstrip(". ")}
    told = tell_all(findings_frame([Finding(REFUSED, Severity.CRITICAL, params=params)]), {})
    ledger.replace_findings(conn, submission_id, pd.concat([kept, told], ignore_index=True), origin="drift")
    ledger.refuse(conn, submission_id)


def _findings(conn: Connection, heading: Heading, now: drift.Profile) -> pd.DataFrame:
    form = contract(heading.dataset or "")
    before = _before(conn, heading)
    found = list(drift.unusual(now, list(before.values()), form))
    if before:
        period, latest = next(iter(before.items()))
        fallen = drift.halved(now, latest, period, form)
        found = [fallen, *found] if fallen else found
    return findings_frame(found)


def _before(conn: Connection, heading: Heading) -> dict[str, drift.Profile]:
    """Past periods of a dataset and unit, the newest first, with what the submission that counts there looks like."""
    query = text(
        "SELECT s.period, p.kind, p.column_name, p.part, p.value"
        " FROM quality.profile AS p JOIN intake.submission AS s ON s.id = p.submission_id"
        " WHERE s.unit_code = :unit AND s.id IN ("
        "   SELECT c.submission_id FROM core.current_coverage AS c"
        "   WHERE c.dataset = :dataset AND c.period < :period)"
        " ORDER BY s.period DESC"
    )
    found: dict[str, dict[drift.Key, float]] = {}
    keys = {"unit": heading.unit_code, "dataset": heading.dataset, "period": str(heading.period)}
    for row in conn.execute(query, keys):
        found.setdefault(row.period, {})[row.kind, row.column_name, row.part] = row.value
    return dict(list(found.items())[: drift.plan().history])


def _keep(conn: Connection, submission_id: str, now: drift.Profile) -> None:
    conn.execute(text("DELETE FROM quality.profile WHERE submission_id = :id"), {"id": submission_id})
    if now:
        conn.execute(
            text("INSERT INTO quality.profile VALUES (:id, :kind, :column, :part, :value)"),
            [
                {"id": submission_id, "kind": kind, "column": column, "part": part, "value": value}
                for (kind, column, part), value in now.items()
            ],
        )
