"""A prepared submission against past periods and against what it would replace: what is unusual is told, a total that
fell to half or less holds it back."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, text

from etl.checking import Reviewed, drift
from etl.contracts import contract
from etl.faults import point
from etl.model.examined import Examined, Heading, Verdict
from etl.model.finding import HOLDING, Finding, Severity, findings_frame
from etl.reference.rules import tell_all
from etl.reference.units import units_on
from etl.waived import heading_of, let_lie
from etl.warehouse import decisions, drops, ledger
from etl.warehouse.publish import districts_covered
from etl.warehouse.replaced import Order, find_replaced, loaded_totals

REFUSED = "drift_refused"


def compare(
    conn: Connection, submission: ledger.Submission, examined: Examined, reviewed: Reviewed, *, is_known: bool = False
) -> None:
    """Keep what a submission looks like, tell what is unusual about it, and hold it back where its total fell.

    One that a person has let pass is not held again, nor one whose finding lies under a waiver. is_known: the same
    content counts, or waits, already, so nothing is compared. Works in the caller's transaction.
    """
    heading = examined.heading
    now: dict[drift.Key, float] = {}
    found = findings_frame()
    if not is_known and examined.verdict is not Verdict.REJECTED and heading.dataset is not None:
        now = drift.profile(examined.rows, heading.dataset)
        found = _findings(conn, submission, heading, examined.rows, now)
        found = let_lie(found, heading, examined.rows[["sheet", "row"]], submission.sha256, reviewed)
    _keep(conn, submission.id, now)
    point("prepare.profiled")
    decisions.take_turn(conn, submission.id)
    if not _hold(conn, submission.id, heading, found):
        decisions.withdraw(conn, submission.id)


def look_again(
    conn: Connection, submission: ledger.Submission, rows: pd.DataFrame, reviewed: Reviewed
) -> pd.DataFrame | None:
    """Compare a submission once more with what counts, just before it is published; None where it need not wait.

    Another file may have been published since ``prepare``. rows: the accepted ones. Return the findings to hold it back
    with. One that a person has let pass need not wait. The caller lets nobody else publish meanwhile.
    """
    decisions.take_turn(conn, submission.id)
    decided = decisions.newest(conn, submission.id)
    heading = heading_of(submission)
    if decided is not None and decided.choice == "approve":
        return None
    if not _less_than_replaced(conn, submission, heading, rows):
        return None
    found = _findings(conn, submission, heading, rows, drift.profile(rows, heading.dataset or ""))
    found = let_lie(found, heading, rows[["sheet", "row"]], submission.sha256, reviewed)
    return found if any(found["rule"].isin(HOLDING) & found["waived"].isna()) else None


def hold(conn: Connection, submission: ledger.Submission, found: pd.DataFrame) -> None:
    """Hold a submission back with the findings of ``look_again``."""
    _hold(conn, submission.id, heading_of(submission), found)


def _hold(conn: Connection, submission_id: str, heading: Heading, found: pd.DataFrame) -> bool:
    """Keep what was found; ask a person where a finding holds the submission back. Return whether one does."""
    told = tell_all(found, contract(heading.dataset).official_headers if heading.dataset else {})
    ledger.replace_findings(conn, submission_id, told, origin="drift")
    reasons = told.loc[told["rule"].isin(HOLDING) & told["waived"].isna(), "message"].to_list()
    if not reasons:
        return False
    decided = decisions.newest(conn, submission_id)
    if decided is None or decided.choice is None:
        decisions.ask(conn, submission_id, "submission", " ".join(reasons))
        point("prepare.asked")
    ledger.hold(conn, submission_id, " ".join(reasons))
    return True


def refuse(conn: Connection, submission_id: str, decided: decisions.Decision) -> None:
    """Reject a held submission that a person has refused, and tell its sender who did and why."""
    kept = ledger.findings(conn, submission=submission_id, origins=["drift"]).rename(columns={"column_name": "column"})
    params = {"by": decided.decided_by or "", "why": (decided.why or "").rstrip(". ")}
    told = tell_all(findings_frame([Finding(REFUSED, Severity.CRITICAL, params=params)]), {})
    ledger.replace_findings(conn, submission_id, pd.concat([kept, told], ignore_index=True), origin="drift")
    ledger.refuse(conn, submission_id)


def _findings(
    conn: Connection, submission: ledger.Submission, heading: Heading, rows: pd.DataFrame, now: drift.Profile
) -> pd.DataFrame:
    form = contract(heading.dataset or "")
    before = _before(conn, heading)
    found = list(drift.unusual(now, list(before.values()), form))
    if before:
        period, latest = next(iter(before.items()))
        fallen = drift.halved(now, latest, period, form)
        found = [fallen, *found] if fallen else found
    return findings_frame([*_less_than_replaced(conn, submission, heading, rows), *found])


def _less_than_replaced(
    conn: Connection, submission: ledger.Submission, heading: Heading, rows: pd.DataFrame
) -> list[Finding]:
    """Return one finding for each district in which a total falls to half or less of what counts there now."""
    if heading.dataset is None or heading.period is None or heading.unit_code is None or heading.as_of is None:
        return []
    form, units = contract(heading.dataset), units_on(heading.period.last_day)
    place = drops.place_in_order(conn, ledger.get(conn, submission.id))
    order = Order(heading.as_of, place, submission.file_name)
    districts = districts_covered(heading.period, heading.unit_code)
    replaced = find_replaced(conn, submission.id, form.dataset, str(heading.period), districts, order)
    if not replaced:
        return []
    districts_of = {code: units.district_of(code).code for code in rows["commune"].unique()}
    now = drift.totals(rows, form.dataset, rows["commune"].map(districts_of))
    keys = drift.plan().datasets[form.dataset].totals
    columns = [column for _, column, _ in keys if column]
    found = []
    for one in replaced:
        loaded = loaded_totals(conn, form.dataset, str(heading.period), one.submission_id, columns)
        number, *sums = loaded.get(one.district_code, [0.0] * (1 + len(columns)))
        before = dict(zip([drift.ROWS, *(("sum", column, "") for column in columns)], [number, *sums], strict=True))
        less = drift.less_than_replaced(
            now.get(one.district_code, {}), before, form, file=one.file_name, same_day=one.as_of == heading.as_of,
            place=units[one.district_code].name if one.district_code != heading.unit_code else "",
        )  # fmt: skip
        found += [less] if less else []
    return found


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
