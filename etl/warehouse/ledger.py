"""The ledger: submissions, their events, findings and counts. Every function works in the caller's transaction."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, text

from etl.faults import point
from etl.model.examined import Examined, Verdict
from etl.warehouse import locks

FINDING_FIELDS = (
    "rule", "severity", "sheet", "row", "column_name", "header", "value", "message", "suggestion", "waived", "waiver",
    "unit_code", "other_submission_id", "other_sheet", "other_row", "difference",
)  # fmt: skip

Origin = Literal["file", "register", "drift", "cross"]
"""What finds: the file's own check, the register's two lists together, past periods, the other sectors."""

_ORIGINS: tuple[Origin, ...] = ("file", "register", "drift", "cross")
_BLOCK = 20_000
_NUMBERS = 100_000_000
"""Findings are numbered by origin, each from a start of its own: numbers stay whatever is found anew, in any order."""

ANSWERED: tuple[Origin, ...] = ("file", "register", "drift")
"""What a sender is told of: findings of the other sectors name people of theirs."""


@dataclass(frozen=True)
class Submission:
    """One row of ``intake.submission``."""

    id: str
    sector: str
    dataset: str | None
    unit_code: str | None
    period: str | None
    as_of: date | None
    file_name: str
    folder: str
    sha256: str
    size_bytes: int
    modified_at: datetime
    received_at: datetime
    state: str
    verdict: str | None
    rows_read: int | None
    rows_accepted: int | None
    rows_rejected: int | None
    rows_ignored: int | None
    ignored: dict[str, int]
    layout: dict[str, dict[str, int]]
    accepted_at: datetime | None
    superseded_at: datetime | None
    superseded_by: str | None
    findings_version: int
    answered_version: int
    file_modified_at: datetime | None = None
    same_as: str | None = None


_COLUMNS = ", ".join(f.name for f in fields(Submission))
_SELECT = f"SELECT {_COLUMNS} FROM intake.submission"  # noqa: S608 - names of our own dataclass


def register(
    conn: Connection,
    *,
    sector: str,
    file_name: str,
    folder: str,
    sha256: str,
    size_bytes: int,
    modified_at: datetime,
    drop_id: str | None = None,
) -> tuple[Submission, bool]:
    """Enter a drop; the submission, and whether it is new.

    Each drop is a submission of its own, whether its content is new or not. drop_id: the claim by which it was taken; a
    worker that takes it up after another has died finds what that one entered. None for a file that a person names: it
    is the same drop as long as name, folder, modification time and content are those of the last one there.
    """
    locks.until_commit(conn, f"{sector}/{sha256}")
    drop = {
        "sector": sector, "file_name": file_name, "folder": folder, "sha256": sha256, "size_bytes": size_bytes,
        "modified_at": modified_at, "drop_id": drop_id,
    }  # fmt: skip
    entered = _entered(conn, drop)
    if entered is not None:
        return entered, False
    return _next_attempt(conn, drop, {"file_name": file_name, "folder": folder}), True


def _entered(conn: Connection, drop: Mapping[str, Any]) -> Submission | None:
    """Return the submission that a drop was entered as; None for a drop that nobody has entered."""
    place = "sector = :sector AND folder = :folder AND file_name = :file_name"
    if drop["drop_id"] is not None:
        query = f"{_SELECT} WHERE {place} AND sha256 = :sha256 AND drop_id = :drop_id"
    else:
        query = (
            f"SELECT * FROM ({_SELECT} WHERE {place} ORDER BY received_at DESC, attempt DESC LIMIT 1) AS last"  # noqa: S608
            " WHERE sha256 = :sha256 AND coalesce(file_modified_at, modified_at) = :modified_at"
        )
    row = conn.execute(text(query), dict(drop)).one_or_none()
    return None if row is None else Submission(**row._mapping)


def follow_up(conn: Connection, submission_id: str) -> Submission | None:
    """Return the submission that was entered again because of what a submission says; None where there is none."""
    row = conn.execute(
        text(
            f"{_SELECT} WHERE id IN (SELECT submission_id FROM intake.event"  # noqa: S608
            " WHERE kind = 'received' AND detail ->> 'because_of' = :id)"
        ),
        {"id": submission_id},
    ).one_or_none()
    return None if row is None else Submission(**row._mapping)


def has_follow_ups(conn: Connection) -> bool:
    """Return whether a submission that was entered because of another waits to be prepared."""
    query = text(
        "SELECT EXISTS (SELECT FROM intake.submission AS s JOIN intake.event AS e ON e.submission_id = s.id"
        " WHERE s.state = 'received' AND e.kind = 'received' AND jsonb_exists(e.detail, 'because_of'))"
    )
    return bool(conn.scalar(query))


def register_again(conn: Connection, submission_id: str, because_of: str | None = None) -> tuple[Submission, bool]:
    """Enter what a submission was made of once more, and whether that is new: one under way already is that one.

    because_of: the submission that says so; it says so once.

    So is one that was made of it before and has no answer yet: its worker has died on the way. Raises LookupError when
    there is none of that id, ValueError when it counts no more: its successor is meant.
    """
    before = get(conn, submission_id)
    if because_of is not None and (same := follow_up(conn, because_of)) is not None:
        return same, False
    unanswered = conn.execute(
        text(
            f"{_SELECT} WHERE answered_version < 0 AND id IN (SELECT submission_id FROM intake.event"  # noqa: S608
            " WHERE kind = 'received' AND detail ->> 'again' = :id) ORDER BY attempt DESC LIMIT 1"
        ),
        {"id": submission_id},
    ).one_or_none()
    if unanswered is not None:
        return Submission(**unanswered._mapping), False
    if before.superseded_at is not None:
        raise ValueError(f"submission {submission_id} was superseded by {before.superseded_by}: take that one again")
    locks.until_commit(conn, f"{before.sector}/{before.sha256}")
    newest = conn.execute(
        text(f"{_SELECT} WHERE sector = :sector AND sha256 = :sha256 ORDER BY attempt DESC LIMIT 1"),
        {"sector": before.sector, "sha256": before.sha256},
    ).one()
    if newest.state in ("received", "prepared"):
        return Submission(**newest._mapping), False
    names = ("sector", "file_name", "folder", "sha256", "size_bytes", "modified_at", "file_modified_at")
    drop = {"drop_id": None, **{name: getattr(before, name) for name in names}}
    detail = {"file_name": before.file_name, "folder": before.folder, "again": before.id}
    if because_of is not None:
        detail["because_of"] = because_of
    return _next_attempt(conn, drop, detail), True


def _next_attempt(conn: Connection, drop: Mapping[str, Any], detail: dict[str, Any]) -> Submission:
    """A new submission of a drop's content. The caller keeps others from doing the same."""
    sector, sha256 = drop["sector"], drop["sha256"]
    attempt = 1 + (conn.scalar(
        text("SELECT max(attempt) FROM intake.submission WHERE sector = :sector AND sha256 = :sha256"),
        {"sector": sector, "sha256": sha256},
    ) or 0)  # fmt: skip
    submission_id = f"{sector}-{sha256[:12]}-{attempt}"
    conn.execute(
        text(
            "INSERT INTO intake.submission"
            " (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at, file_modified_at, drop_id)"
            " VALUES (:id, :sector, :file_name, :folder, :sha256, :attempt, :size_bytes, :modified_at,"
            " :file_modified_at, :drop_id)"
        ),
        {"file_modified_at": None, **drop, **_no_time_to_come(conn, drop), "id": submission_id, "attempt": attempt},
    )
    point("receive.inserted")
    record(conn, submission_id, "received", detail)
    return get(conn, submission_id)


def _no_time_to_come(conn: Connection, drop: Mapping[str, Any]) -> dict[str, Any]:
    """Let a file that is newer than now be of now: the clock of a computer was wrong, and later files count."""
    now = conn.scalar(text("SELECT clock_timestamp()"))
    if now is None or drop["modified_at"] <= now:
        return {}
    return {"modified_at": now, "file_modified_at": drop.get("file_modified_at") or drop["modified_at"]}


def get(conn: Connection, submission_id: str) -> Submission:
    """One submission. Raises LookupError when there is none of that id."""
    row = conn.execute(text(f"{_SELECT} WHERE id = :id"), {"id": submission_id}).one_or_none()
    if row is None:
        raise LookupError(f"there is no submission {submission_id!r}; «giamngheo status» lists them")
    return Submission(**row._mapping)


def unfinished(conn: Connection) -> list[Submission]:
    """Submissions that are received or prepared, or held although it is decided about them; oldest drop first."""
    decided = "SELECT d.subject FROM quality.decision AS d WHERE d.choice IS NOT NULL"
    which = f"state IN ('received', 'prepared') OR (state = 'held' AND id IN ({decided}))"
    query = text(f"{_SELECT} WHERE {which} ORDER BY modified_at, file_name, id")
    return [Submission(**row._mapping) for row in conn.execute(query)]


def moving(conn: Connection, within: timedelta) -> list[str]:
    """Ids of unfinished submissions to which something has happened within a time."""
    query = text(
        "SELECT s.id FROM intake.submission AS s WHERE s.state IN ('received', 'prepared') AND EXISTS ("
        "SELECT 1 FROM intake.event AS e WHERE e.submission_id = s.id AND e.at > clock_timestamp() - :within)"
        " ORDER BY s.id"
    )
    return list(conn.scalars(query, {"within": within}))


def record(
    conn: Connection, submission_id: str, kind: str, detail: dict[str, Any], moment: datetime | None = None
) -> None:
    """Add an event to a submission's history; moment: when readers see it, where that is not just now."""
    conn.execute(
        text(
            "INSERT INTO intake.event (submission_id, kind, detail, at)"
            " VALUES (:id, :kind, :detail, coalesce(CAST(:moment AS timestamptz), clock_timestamp()))"
        ),
        {
            "id": submission_id, "kind": kind, "detail": json.dumps(detail, ensure_ascii=False), "moment": moment,
        },
    )  # fmt: skip


def set_prepared(conn: Connection, submission_id: str, examined: Examined) -> None:
    """Keep heading, counts and verdict of an examined file. Raises ValueError for a published one: it is frozen."""
    heading, counts = examined.heading, examined.counts
    periods_named = sorted({str(period) for period in (heading.period, *heading.periods_named) if period})
    done = conn.execute(
        text(
            "UPDATE intake.submission SET dataset = :dataset, unit_code = :unit, period = :period,"
            " periods_named = :periods_named, as_of = :as_of, state = 'prepared', verdict = :verdict,"
            " rows_read = :read, rows_accepted = :accepted, rows_rejected = :rejected,"
            " rows_ignored = :ignored_rows, ignored = :ignored, layout = :layout"
            " WHERE id = :id AND accepted_at IS NULL"
        ),
        {
            "id": submission_id, "dataset": heading.dataset, "unit": heading.unit_code,
            "period": str(heading.period) if heading.period else None, "periods_named": periods_named,
            "as_of": heading.as_of, "verdict": examined.verdict.value, "read": counts.read, "accepted": counts.accepted,
            "rejected": counts.rejected, "ignored_rows": counts.ignored, "ignored": json.dumps(examined.ignored),
            "layout": json.dumps(examined.layout, ensure_ascii=False),
        },
    )  # fmt: skip
    if done.rowcount != 1:
        raise ValueError(f"submission {submission_id} is published and cannot be prepared again")
    told = {
        "verdict": examined.verdict.value, "dataset": heading.dataset, "unit_code": heading.unit_code,
        "period": str(heading.period) if heading.period else None, "periods_named": periods_named,
        "rows_read": counts.read, "rows_accepted": counts.accepted, "rows_rejected": counts.rejected,
        "ignored_with_values": examined.ignored_with_values,
    }  # fmt: skip
    point("prepare.updated")
    if _last_event(conn, submission_id, ("prepared",)) != ("prepared", told):
        record(conn, submission_id, "prepared", told)


def set_rejected(conn: Connection, submission_id: str) -> None:
    """A prepared submission of verdict «rejected» is finished."""
    query = text("UPDATE intake.submission SET state = 'rejected' WHERE id = :id AND state = 'prepared'")
    if conn.execute(query, {"id": submission_id}).rowcount:
        point("load.rejected")
        if _last_event(conn, submission_id, ("prepared", "rejected")) != ("rejected", {}):
            record(conn, submission_id, "rejected", {})


def _last_event(conn: Connection, submission_id: str, kinds: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    """(kind, detail) of the newest event of some kinds: a step that is run again says nothing twice."""
    query = text(
        "SELECT kind, detail FROM intake.event WHERE submission_id = :id AND kind = ANY(:kinds)"
        " ORDER BY id DESC LIMIT 1"
    )
    row = conn.execute(query, {"id": submission_id, "kinds": list(kinds)}).one_or_none()
    return None if row is None else (row.kind, row.detail)


def hold(conn: Connection, submission_id: str, reason: str) -> None:
    """A prepared submission waits for a person's decision before it is published."""
    query = text("UPDATE intake.submission SET state = 'held' WHERE id = :id AND state = 'prepared'")
    if conn.execute(query, {"id": submission_id}).rowcount:
        point("prepare.held")
        if _last_event(conn, submission_id, ("prepared", "held")) != ("held", {"reason": reason}):
            record(conn, submission_id, "held", {"reason": reason})


def set_unchanged(conn: Connection, submission_id: str, same_as: str) -> None:
    """Finish a prepared submission whose content counts, or waits, already: the findings are those of ``same_as``."""
    query = text(
        "UPDATE intake.submission AS s SET state = 'unchanged', same_as = f.id, verdict = f.verdict,"
        " rows_accepted = f.rows_accepted, rows_rejected = f.rows_rejected"
        " FROM intake.submission AS f WHERE s.id = :id AND f.id = :same AND s.state = 'prepared'"
    )
    if conn.execute(query, {"id": submission_id, "same": same_as}).rowcount:
        point("load.unchanged")
        tables = ("finding", "check_result", "check_run", "profile")
        gone = ", ".join(f"{t} AS (DELETE FROM quality.{t} WHERE submission_id = :id)" for t in tables)  # noqa: S608
        conn.execute(text(f"WITH {gone} SELECT"), {"id": submission_id})
        point("load.cleared")
        record(conn, submission_id, "unchanged", {"same_as": same_as})


def refuse(conn: Connection, submission_id: str) -> None:
    """A held submission that a person has refused is rejected, every row of it; others are left as they are."""
    query = text(
        "UPDATE intake.submission SET state = 'rejected', verdict = :verdict, rows_accepted = 0,"
        " rows_rejected = rows_read - rows_ignored WHERE id = :id AND state = 'held'"
    )
    if conn.execute(query, {"id": submission_id, "verdict": Verdict.REJECTED.value}).rowcount:
        point("load.refused")
        record(conn, submission_id, "rejected", {})


def set_accepted_rows(conn: Connection, submission_id: str, accepted: int, moment: datetime | None = None) -> None:
    """Bring accepted and rejected rows, and the verdict that follows, in step with what was found after publishing.

    moment: of the publishing that brought it about. What was told before stays in the events.
    """
    changed = conn.execute(
        text(
            "UPDATE intake.submission SET rows_accepted = :accepted,"
            " rows_rejected = rows_read - rows_ignored - :accepted,"
            " verdict = CASE WHEN rows_read - rows_ignored = :accepted THEN :whole ELSE :partly END"
            " WHERE id = :id AND rows_accepted <> :accepted RETURNING rows_accepted, rows_rejected, verdict"
        ),
        {"id": submission_id, "accepted": accepted, "whole": Verdict.ACCEPTED.value, "partly": Verdict.PARTLY.value},
    ).one_or_none()
    if changed is not None:
        point("load.recounted")
        record(conn, submission_id, "recounted", dict(changed._mapping), moment)


def replace_findings(conn: Connection, submission_id: str, told: pd.DataFrame, origin: Origin = "file") -> None:
    """Put findings (a frame of ``tell_all``) in place of the earlier ones of their origin.

    Also with the other side's row and the difference, where a finding has them. ``findings_version`` grows only when
    what the answer shows differs, so that a re-run writes no new answer.
    """
    told = told.rename(columns={"column": "column_name"}).reset_index(drop=True)
    new = _comparable(told.reindex(columns=list(FINDING_FIELDS)))
    old = _comparable(findings(conn, submission=submission_id, origins=[origin])[list(FINDING_FIELDS)])
    if len(new) == len(old) and new.equals(old):
        return
    key = {"id": submission_id, "origin": origin}
    conn.execute(text("DELETE FROM quality.finding WHERE submission_id = :id AND origin = :origin"), key)
    point("findings.deleted")
    columns = ("submission_id", "origin", "number", *FINDING_FIELDS)
    rows = new.itertuples(index=False, name=None)
    numbered = enumerate(rows, start=1 + _NUMBERS * _ORIGINS.index(origin))
    while block := list(itertools.islice(numbered, _BLOCK)):
        _insert_findings(conn, [dict(zip(columns, (submission_id, origin, n, *row), strict=True)) for n, row in block])
        point("findings.block")
    if origin in ANSWERED:
        grown = "UPDATE intake.submission SET findings_version = findings_version + 1 WHERE id = :id"
        conn.execute(text(grown), {"id": submission_id})


def _insert_findings(conn: Connection, records: list[dict[str, Any]]) -> None:
    # Not COPY: PostgreSQL allows none into a table with row-level security, even to those who see every row.
    names = ", ".join(records[0])
    conn.execute(
        text(
            f"INSERT INTO quality.finding ({names}) SELECT {names}"  # noqa: S608 - our own column names
            " FROM json_populate_recordset(CAST(NULL AS quality.finding), CAST(:records AS json))"
        ),
        {"records": json.dumps(records, ensure_ascii=False, default=str)},
    )


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as plain objects with None for what is missing; NUL, which PostgreSQL cannot keep, as a sign for it."""
    plain = frame.astype("object").where(frame.notna(), None)
    for name in ("sheet", "value", "message", "suggestion", "waiver", "other_sheet"):
        shown = [v.replace("\x00", "␀") if isinstance(v, str) else v for v in plain[name]]
        plain[name] = pd.Series(shown, index=plain.index, dtype="object")
    return plain


def replace_check_run(conn: Connection, submission_id: str, check_run: dict[str, Any]) -> None:
    """Put the outcome of a suite in place of the submission's earlier one; an empty one (never checked) removes it.

    Kept twice: as one row a submission, and as one row an expectation (``quality.check_result``) for questions.
    """
    conn.execute(text("DELETE FROM quality.check_result WHERE submission_id = :id"), {"id": submission_id})
    conn.execute(text("DELETE FROM quality.check_run WHERE submission_id = :id"), {"id": submission_id})
    point("prepare.unchecked")
    if not check_run:
        return
    values = {**check_run, "id": submission_id, "result": json.dumps(check_run["result"])}
    conn.execute(
        text(
            "INSERT INTO quality.check_run (submission_id, suite, success, evaluated, unsuccessful, result)"
            " VALUES (:id, :suite, :success, :evaluated, :unsuccessful, :result)"
        ),
        values,
    )
    point("prepare.run_kept")
    if check_run["result"]:
        conn.execute(
            text(
                "INSERT INTO quality.check_result (submission_id, suite, expectation_id, rule, column_name, stage,"
                " severity, evaluated, failed)"
                " VALUES (:id, :suite, :expectation, :rule, :column, :stage, :severity, :evaluated, :failed)"
            ),
            [{"id": submission_id, "suite": check_run["suite"], **one} for one in check_run["result"]],
        )


def findings(
    conn: Connection, *, submission: str | None = None, period: str | None = None, origins: Sequence[Origin] = _ORIGINS
) -> pd.DataFrame:
    """Findings of one submission, of the submissions that name a period, or all; of some origins where they are named.

    Columns: submission_id, sector, file, origin, number, other_file and ``FINDING_FIELDS``; rows Int64, difference
    Decimal or None (object), the others str.
    """
    query = text(
        "SELECT f.submission_id, s.sector, s.file_name AS file, f.origin, f.number, f.rule, f.severity, f.sheet, f.row,"
        " f.column_name, f.header, f.value, f.message, f.suggestion, f.waived, f.waiver, f.unit_code,"
        " f.other_submission_id, other.file_name AS other_file, f.other_sheet, f.other_row, f.difference"
        " FROM quality.finding AS f JOIN intake.submission AS s ON s.id = f.submission_id"
        " LEFT JOIN intake.submission AS other ON other.id = f.other_submission_id"
        " WHERE (CAST(:submission AS text) IS NULL OR f.submission_id = :submission)"
        " AND (CAST(:period AS text) IS NULL OR s.period = :period OR :period = ANY(s.periods_named))"
        " AND f.origin = ANY(:origins)"
        " ORDER BY s.sector, s.file_name, f.submission_id, f.number"
    )
    result = conn.execute(query, {"submission": submission, "period": period, "origins": list(origins)})
    frame = pd.DataFrame(result.all(), columns=list(result.keys()))
    numbers = {"row": "Int64", "other_row": "Int64", "number": "int64", "difference": "object"}
    return frame.astype({name: "str" for name in frame.columns if name not in numbers} | numbers)


def mark_answered(conn: Connection, submission_id: str, version: int) -> None:
    """The answer in the outbox shows the findings of this version."""
    conn.execute(
        text("UPDATE intake.submission SET answered_version = :version WHERE id = :id"),
        {"id": submission_id, "version": version},
    )


def finished(conn: Connection) -> set[str]:
    """Ids of accepted, rejected and unchanged submissions: no step of theirs is still to come."""
    query = "SELECT id FROM intake.submission WHERE state IN ('accepted', 'rejected', 'unchanged')"
    return set(conn.scalars(text(query)))


def answer_anew(conn: Connection, submissions: Sequence[str]) -> None:
    """Let the answers of some submissions, where they were answered, count as not showing their findings any more."""
    conn.execute(
        text(
            "UPDATE intake.submission SET findings_version = findings_version + 1"
            " WHERE id = ANY(:ids) AND answered_version >= 0"
        ),
        {"ids": list(submissions)},
    )


def stale_answers(conn: Connection) -> list[str]:
    """Submissions, finished or held, whose answer was written once and does not show their findings any more."""
    query = text(
        "SELECT id FROM intake.submission WHERE state IN ('accepted', 'rejected', 'held', 'unchanged')"
        " AND answered_version BETWEEN 0 AND findings_version - 1 ORDER BY id"
    )
    return list(conn.scalars(query))
