"""Publishing: the one transaction after which readers see a submission, and see no more what it supersedes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from etl.faults import point
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse import drops
from etl.warehouse.ledger import get, record
from etl.warehouse.moments import take_turn

# Who counts in each district among the submissions of one dataset, period and day: the latest drop. A submission that
# counts in none of its districts any more is superseded by the one that took the last of them.
_SUPERSEDE = text(
    """
    WITH same AS (
        SELECT s.id, s.modified_at, s.file_name, s.accepted_at, c.district_code
        FROM intake.submission AS s JOIN intake.coverage AS c ON c.submission_id = s.id
        WHERE s.dataset = :dataset AND s.period = :period AND s.as_of = :as_of AND s.accepted_at IS NOT NULL
    ),
    counting AS (
        SELECT DISTINCT ON (district_code) district_code, id
        FROM same
        ORDER BY district_code, modified_at DESC, file_name COLLATE "C" DESC, accepted_at DESC
    ),
    gone AS (
        SELECT s.id, max(c.id) FILTER (WHERE c.id = :id) AS by_new, max(c.id) AS by_any
        FROM same AS s JOIN counting AS c ON c.district_code = s.district_code
        GROUP BY s.id HAVING bool_and(c.id <> s.id)
    )
    UPDATE intake.submission AS s
    SET superseded_at = :moment, superseded_by = coalesce(gone.by_new, gone.by_any)
    FROM gone
    WHERE s.id = gone.id AND s.superseded_at IS NULL
    RETURNING s.id, s.superseded_by
    """
)


def publish(conn: Connection, submission_id: str) -> datetime | None:
    """Let readers see a loaded submission; the moment from which they do.

    A published one is left as it is: None. Raises ValueError without a heading.
    """
    moment = take_turn(conn)
    submission = get(conn, submission_id)
    if submission.accepted_at is not None:
        return None
    if submission.period is None or submission.unit_code is None:
        raise ValueError(f"submission {submission.id} has no period or unit")
    districts = districts_covered(Period.parse(submission.period), submission.unit_code)
    conn.execute(
        # The answer of a held one says that it waits.
        text(
            "UPDATE intake.submission SET state = 'accepted', accepted_at = :moment,"
            " findings_version = findings_version + CAST(state = 'held' AS integer), modified_at = :place,"
            " file_modified_at = CASE WHEN modified_at <> :place THEN coalesce(file_modified_at, modified_at)"
            " ELSE file_modified_at END"
            " WHERE id = :id"
        ),
        {"id": submission_id, "moment": moment, "place": drops.place_in_order(conn, submission)},
    )
    point("load.accepted")
    conn.execute(
        text(
            "INSERT INTO intake.coverage (submission_id, dataset, period, district_code)"
            " SELECT :id, :dataset, :period, unnest(CAST(:districts AS text[]))"
        ),
        {"id": submission_id, "dataset": submission.dataset, "period": submission.period, "districts": districts},
    )
    point("load.covered")
    record(conn, submission_id, "published", {}, moment)
    key = {"dataset": submission.dataset, "period": submission.period, "as_of": submission.as_of}
    for row in conn.execute(_SUPERSEDE, {**key, "id": submission_id, "moment": moment}).all():
        point("load.superseded")
        record(conn, row.id, "superseded", {"by": row.superseded_by}, moment)
    return moment


def districts_covered(period: Period, unit_code: str) -> list[str]:
    """Return the districts that a unit's submission speaks for; the province itself where there are no districts."""
    units = units_on(period.last_day)
    if unit_code != units.province.code:
        return [unit_code]
    return [d.code for d in units.districts] or [units.province.code]
