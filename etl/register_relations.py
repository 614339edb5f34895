"""Rules between the two lists of the register, kept true whatever the order in which the lists arrive.

A member whose household is not among the accepted ones is rejected with it (INDICATORS.md, "Readings"). The lists come
in files of their own, at times of their own, and each may be corrected alone; so these findings belong to the pair
that counts now and are found anew whenever one of the two changes. The rows themselves stay in ``history``; the view
``core.register_member`` shows those whose household is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, text

from etl.checking import NOTHING, Reviewed, relations
from etl.contracts import contract
from etl.model.examined import Counts, Examined, Verdict
from etl.model.finding import join_findings
from etl.model.period import Period
from etl.reference.rules import tell_all
from etl.reference.units import units_on
from etl.waived import heading_of, let_lie
from etl.warehouse import ledger

HOUSEHOLDS, MEMBERS = "register_household", "register_member"
_ADDRESS = ["submission_id", "sheet", "row", "commune", "household_code"]


def refresh(
    conn: Connection, submission: ledger.Submission, moment: datetime | None = None, reviewed: Reviewed = NOTHING
) -> None:
    """Find the relations of the districts that a submission speaks for anew, and write what changed.

    reviewed: whose waivers let findings lie. moment: of the submission's publishing, where that is what changed them.
    Replaces the findings of the pair and the row counts of each list that counts there now. Other datasets: nothing.
    """
    if submission.dataset not in (HOUSEHOLDS, MEMBERS) or submission.period is None:
        return
    districts = _districts_together(conn, submission.id, submission.period)
    lists = _lists(conn, submission.period, districts)
    both = sorted(_listed(lists, HOUSEHOLDS) & _listed(lists, MEMBERS))
    households = _rows(conn, HOUSEHOLDS, "members", submission.period, both)
    members = _rows(conn, MEMBERS, "member_no", submission.period, both)
    found = relations.relate(households, members, Period.parse(submission.period))
    for submission_id, dataset in sorted({(one, dataset) for one, dataset, _ in lists}):
        own = found[found["submission_id"] == submission_id].drop(columns="submission_id")
        if len(own) and reviewed.waivers:
            of = ledger.get(conn, submission_id)
            rows = {HOUSEHOLDS: households, MEMBERS: members}[dataset]
            own = let_lie(own, heading_of(of), rows[rows["submission_id"] == submission_id], of.sha256, reviewed)
        _rewrite(conn, submission_id, dataset, own, moment)


def _districts_together(conn: Connection, submission_id: str, period: str) -> list[str]:
    """The districts of a submission, and of every list that shares one of them, and so on (a province's list)."""
    grown: set[str] = set()
    districts = set(
        conn.scalars(text("SELECT district_code FROM intake.coverage WHERE submission_id = :id"), {"id": submission_id})
    )
    while districts != grown:
        grown = districts
        sharing = text(
            "SELECT DISTINCT wide.district_code FROM core.current_coverage AS wide"
            " WHERE wide.period = :period AND wide.dataset = ANY(:lists) AND wide.submission_id IN ("
            "   SELECT near.submission_id FROM core.current_coverage AS near"
            "   WHERE near.period = :period AND near.dataset = ANY(:lists) AND near.district_code = ANY(:districts))"
        )
        values = {"period": period, "lists": [HOUSEHOLDS, MEMBERS], "districts": sorted(grown)}
        districts = grown | set(conn.scalars(sharing, values))
    return sorted(districts)


def _lists(conn: Connection, period: str, districts: list[str]) -> Sequence[tuple[str, str, str]]:
    """(submission, dataset, district) of the lists that count in the districts."""
    query = text(
        "SELECT submission_id, dataset, district_code FROM core.current_coverage"
        " WHERE period = :period AND dataset = ANY(:lists) AND district_code = ANY(:districts)"
    )
    rows = conn.execute(query, {"period": period, "lists": [HOUSEHOLDS, MEMBERS], "districts": districts})
    return [(row.submission_id, row.dataset, row.district_code) for row in rows]


def _listed(lists: Sequence[tuple[str, str, str]], dataset: str) -> set[str]:
    """The districts that have a list of the dataset; only where both lists are there can they disagree."""
    return {district for _, of, district in lists if of == dataset}


_QUERIES = {
    HOUSEHOLDS: "SELECT f.submission_id, f.sheet, f.row, f.commune, f.household_code, f.members"
    " FROM history.register_household AS f",
    MEMBERS: "SELECT f.submission_id, f.sheet, f.row, f.commune, f.household_code, f.member_no"
    " FROM history.register_member AS f",
}


def _rows(conn: Connection, dataset: str, number: str, period: str, districts: list[str]) -> pd.DataFrame:
    """Address, household and one number of the rows that count, orphans among them."""
    query = text(
        f"{_QUERIES[dataset]} JOIN core.current_coverage AS c ON c.submission_id = f.submission_id"
        " AND c.district_code = f.district_code AND c.period = f.period AND c.dataset = :dataset"
        " WHERE f.period = :period AND f.district_code = ANY(:districts)"
    )
    rows = conn.execute(query, {"dataset": dataset, "period": period, "districts": districts}).all()
    columns = [*_ADDRESS, number]
    frame = pd.DataFrame([tuple(r) for r in rows], columns=columns)
    return frame.astype({c: "str" for c in columns if c not in ("row", number)} | {"row": "int64", number: "Int64"})


def _rewrite(conn: Connection, submission_id: str, dataset: str, found: pd.DataFrame, moment: datetime | None) -> None:
    """Put the relations' findings in place of the earlier ones, and bring the counts of rows in step."""
    told = tell_all(found, contract(dataset).official_headers)
    ledger.replace_findings(conn, submission_id, told, origin="register")
    if dataset == MEMBERS:
        submission = ledger.get(conn, submission_id)
        loaded = conn.scalar(
            text("SELECT count(*) FROM history.register_member WHERE submission_id = :id AND period = :period"),
            {"id": submission_id, "period": submission.period},
        )
        orphans = int((found["rule"] == "household_not_listed").sum())
        ledger.set_accepted_rows(conn, submission_id, (loaded or 0) - orphans, moment)


def relate_examined(examined: Mapping[str, Examined], reviewed: Reviewed = NOTHING) -> dict[str, Examined]:
    """A dry run's files with the relations between them, by the same rules and waivers.

    Only lists of one period that are both among the files are related; what the warehouse holds is not asked.
    """
    related = dict(examined)
    periods = {
        e.heading.period for e in examined.values() if e.heading.dataset in (HOUSEHOLDS, MEMBERS) and len(e.rows)
    }
    for period in filter(None, periods):
        households = _frame(examined, HOUSEHOLDS, "members", period)
        members = _frame(examined, MEMBERS, "member_no", period)
        both = _communes(examined, HOUSEHOLDS, period) & _communes(examined, MEMBERS, period)
        found = relations.relate(
            households[households["commune"].isin(both)], members[members["commune"].isin(both)], period
        )
        for name in set(found["submission_id"]):
            own = found[found["submission_id"] == name].drop(columns="submission_id")
            of = related[name]
            related[name] = _with(of, let_lie(own, of.heading, of.rows, "", reviewed))
    return related


def _communes(examined: Mapping[str, Examined], dataset: str, period: Period) -> set[str]:
    """The communes of the units that the lists of a dataset speak for."""
    headings = [e.heading for e in examined.values() if len(e.rows) and e.heading.dataset == dataset]
    units = units_on(period.last_day)
    return {c.code for h in headings if h.period == period and h.unit_code for c in units.communes_in(h.unit_code)}


def _frame(examined: Mapping[str, Examined], dataset: str, number: str, period: Period) -> pd.DataFrame:
    columns = [*_ADDRESS, number]
    frames = [
        e.rows.assign(submission_id=name)[columns]
        for name, e in examined.items()
        if e.heading.dataset == dataset and e.heading.period == period and len(e.rows)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _with(examined: Examined, found: pd.DataFrame) -> Examined:
    gone = found.loc[found["rule"] == "household_not_listed", ["sheet", "row"]]
    rows = examined.rows
    left = rows[~pd.MultiIndex.from_frame(rows[["sheet", "row"]]).isin(pd.MultiIndex.from_frame(gone))]
    counts = Counts(
        examined.counts.read, len(left), examined.counts.rejected + len(rows) - len(left), examined.counts.ignored
    )
    verdict = examined.verdict if len(left) == len(rows) else Verdict.PARTLY
    return replace(
        examined, verdict=verdict, counts=counts, rows=left, findings=join_findings([examined.findings, found])
    )
