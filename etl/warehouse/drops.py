"""A drop among the drops before it: whether its content was dropped before, and whether it changes anything.

Content that was dropped before counts as dropped after all that was there when it came again. Only when it counts
already, and nothing else is on its way that would replace it, does it change nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, text

from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse.ledger import FINDING_FIELDS, Submission, findings, get

# Other submissions of the sector, received before this one, that may speak for the same unit: those of the same dataset
# and period whose units overlap, and those of which nobody knows yet what they are. What a content was when it was
# prepared before tells what it is now.
_RIVALS = """
    rival AS (
        SELECT r.id, r.sha256, r.state, r.as_of, r.modified_at, r.received_at
        FROM own
        JOIN intake.submission AS r ON r.sector = own.sector AND r.id <> own.id AND r.received_at < own.received_at
        LEFT JOIN LATERAL (
            SELECT k.dataset, k.unit_code, k.period FROM intake.submission AS k
            WHERE k.sector = r.sector AND k.sha256 = r.sha256 AND k.dataset IS NOT NULL AND k.period IS NOT NULL
            AND k.unit_code IS NOT NULL
            ORDER BY k.attempt DESC LIMIT 1
        ) AS known ON r.verdict IS NULL
        CROSS JOIN LATERAL (
            SELECT coalesce(r.dataset, known.dataset) AS dataset, coalesce(r.period, known.period) AS period,
                coalesce(r.unit_code, known.unit_code) AS unit_code
        ) AS heading
        WHERE r.state IN ('received', 'prepared', 'held', 'accepted') AND (
            (r.verdict IS NULL AND heading.dataset IS NULL)
            OR (
                coalesce(r.verdict, 'accepted') <> 'rejected' AND heading.dataset = own.dataset
                AND heading.period = own.period
                AND (heading.unit_code = own.unit_code OR :province IN (heading.unit_code, own.unit_code))
            )
        )
    )
"""

_LATEST = text(
    f"WITH own AS (SELECT * FROM intake.submission WHERE id = :id), {_RIVALS}"  # noqa: S608 - our own text
    " SELECT max(modified_at) FROM rival"
)

_UNCHANGED = text(
    f"""
    WITH own AS (SELECT * FROM intake.submission WHERE id = :id), {_RIVALS}
    SELECT f.id FROM own
    JOIN intake.submission AS f ON f.sector = own.sector AND f.sha256 = own.sha256 AND f.attempt < own.attempt
    WHERE (f.dataset, f.unit_code, f.period, f.as_of) = (own.dataset, own.unit_code, own.period, own.as_of)
    AND (
        (f.state = 'accepted' AND NOT EXISTS (
            SELECT FROM intake.coverage AS c
            LEFT JOIN core.current_coverage AS n ON n.dataset = c.dataset AND n.period = c.period
            AND n.district_code = c.district_code AND n.submission_id = c.submission_id
            WHERE c.submission_id = f.id AND n.submission_id IS NULL
        ))
        OR (f.state = 'held' AND EXISTS (SELECT FROM quality.decision WHERE subject = f.id AND choice IS NULL))
    )
    AND NOT EXISTS (
        SELECT FROM rival AS r
        WHERE r.sha256 <> own.sha256 AND r.modified_at >= f.modified_at AND coalesce(r.as_of, f.as_of) >= f.as_of
    )
    ORDER BY f.attempt DESC LIMIT 1
    """  # noqa: S608 - our own text
)


def is_dropped_again(conn: Connection, submission: Submission) -> bool:
    """Return whether the same content was dropped before. A submission that is taken again is no drop."""
    query = text(
        "SELECT EXISTS (SELECT FROM intake.submission AS own JOIN intake.submission AS f"
        " ON f.sector = own.sector AND f.sha256 = own.sha256 AND f.attempt < own.attempt WHERE own.id = :id)"
        " AND NOT EXISTS (SELECT FROM intake.event"
        " WHERE submission_id = :id AND kind = 'received' AND jsonb_exists(detail, 'again'))"
    )
    return bool(conn.scalar(query, {"id": submission.id}))


def place_in_order(conn: Connection, submission: Submission) -> datetime:
    """Return what orders a prepared submission among drops: its file's modification time, or later if dropped again."""
    if not is_dropped_again(conn, submission):
        return submission.modified_at
    latest = conn.scalar(_LATEST, _keys(submission))
    return submission.modified_at if latest is None else max(submission.modified_at, latest + timedelta(microseconds=1))


def find_unchanged(conn: Connection, submission: Submission) -> Submission | None:
    """Return what counts, or waits for a person, already with just this content; None where the drop changes something.

    The submission is prepared. A waiver, a correction or an alias that was decided since may make another thing of the
    same content: then counts or findings differ.
    """
    if submission.period is None or not is_dropped_again(conn, submission):
        return None
    found = conn.scalar(_UNCHANGED, _keys(submission))
    if found is None:
        return None
    same = get(conn, found)
    counts = [(one.rows_read, one.rows_ignored, list(one.layout.values())) for one in (same, submission)]
    shown = [_shown(conn, one) for one in (same, submission)]
    return same if counts[0] == counts[1] and shown[0].equals(shown[1]) else None


def _shown(conn: Connection, submission: Submission) -> pd.DataFrame:
    """What was found in a file, its sheets told by their numbers: the sheet of a text file is named as the file is."""
    found = findings(conn, submission=submission.id, origins=["file"])[list(FINDING_FIELDS)].astype("object")
    for number, sheet in enumerate(submission.layout):
        for name in ("sheet", "value", "message"):
            found[name] = [said.replace(sheet, f"#{number}") if isinstance(said, str) else said for said in found[name]]
    return found


def find_counting(conn: Connection, submission: Submission) -> Submission | None:
    """Return what counts in place of an accepted submission that has never counted, in the first of its districts.

    None where it counts, or has counted until something else was published.
    """
    if submission.accepted_at is None or submission.superseded_at not in (None, submission.accepted_at):
        return None
    found = conn.scalar(
        text(
            "SELECT n.submission_id FROM intake.coverage AS c"
            " JOIN core.current_coverage AS n ON n.dataset = c.dataset AND n.period = c.period"
            " AND n.district_code = c.district_code"
            " WHERE c.submission_id = :id AND NOT EXISTS (SELECT FROM core.current_coverage"
            " WHERE submission_id = :id) ORDER BY c.district_code LIMIT 1"
        ),
        {"id": submission.id},
    )
    counting = None if found is None else get(conn, found)
    is_earlier = (
        counting is not None and counting.accepted_at is not None and counting.accepted_at < submission.accepted_at
    )
    return counting if is_earlier else None


def _keys(submission: Submission) -> dict[str, str]:
    return {"id": submission.id, "province": units_on(Period.parse(submission.period or "").last_day).province.code}
