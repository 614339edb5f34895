"""How submissions stood at a moment, told from what the ledger keeps of each change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from etl.model.period import Period


@dataclass(frozen=True)
class Standing:
    """A submission as it stood: state (received, prepared, held, accepted, rejected, superseded, unchanged), heading
    and counts.

    ignored_with_values: rows left out as no data that have values, None of a file read before they were counted;
    reason: the message of its first critical finding, of a held one why it waits; quality: its score
    (``quality.submission_score``); both as they are told now.
    """

    submission_id: str
    sector: str
    dataset: str | None
    unit_code: str | None
    state: str
    file_name: str
    rows_accepted: int | None
    rows_rejected: int | None
    ignored_with_values: int | None
    received_at: datetime
    reason: str | None
    quality: float | None


# Heading, counts and state of what was not published yet may change with each «prepare»; the counts of a list of the
# register also afterwards. So they are read from the events, which stay; a published heading is frozen.
_STANDING = text(
    """
    WITH standing AS (
        SELECT
            s.id AS submission_id, s.sector, s.file_name, s.received_at, s.modified_at,
            CASE WHEN s.accepted_at <= :moment THEN s.dataset ELSE p.detail ->> 'dataset' END AS dataset,
            CASE WHEN s.accepted_at <= :moment THEN s.unit_code ELSE p.detail ->> 'unit_code' END AS unit_code,
            CASE
                WHEN s.accepted_at <= :moment THEN ARRAY[s.period]
                -- An event of before periods were kept that a file names has its period alone.
                WHEN p.detail -> 'periods_named' IS NULL THEN array_remove(ARRAY[p.detail ->> 'period'], NULL)
                ELSE ARRAY(SELECT n FROM jsonb_array_elements_text(p.detail -> 'periods_named') AS n)
            END AS periods,
            CASE
                WHEN s.superseded_at <= :moment THEN 'superseded'
                WHEN s.accepted_at <= :moment THEN 'accepted'
                ELSE coalesce(k.kind, 'received')
            END AS state,
            CAST(c.detail ->> 'rows_accepted' AS integer) AS rows_accepted,
            CAST(c.detail ->> 'rows_rejected' AS integer) AS rows_rejected,
            CAST(p.detail ->> 'ignored_with_values' AS integer) AS ignored_with_values
        FROM intake.submission AS s
        LEFT JOIN LATERAL (
            SELECT e.detail FROM intake.event AS e
            WHERE e.submission_id = s.id AND e.at <= :moment AND e.kind = 'prepared'
            ORDER BY e.id DESC LIMIT 1
        ) AS p ON TRUE
        LEFT JOIN LATERAL (
            SELECT e.detail FROM intake.event AS e
            WHERE e.submission_id = s.id AND e.at <= :moment AND e.kind IN ('prepared', 'recounted')
            ORDER BY e.id DESC LIMIT 1
        ) AS c ON TRUE
        LEFT JOIN LATERAL (
            SELECT e.kind FROM intake.event AS e
            WHERE
                e.submission_id = s.id AND e.at <= :moment
                AND e.kind IN ('received', 'prepared', 'held', 'rejected', 'unchanged')
            ORDER BY e.id DESC LIMIT 1
        ) AS k ON TRUE
        WHERE s.received_at <= :moment
    )
    SELECT
        t.submission_id, t.sector, t.dataset, t.unit_code, t.state, t.file_name, t.rows_accepted, t.rows_rejected,
        t.ignored_with_values, t.received_at,
        CASE
            WHEN t.state = 'held' THEN (
                SELECT d.reason FROM quality.decision AS d
                WHERE d.subject = t.submission_id AND d.asked_at <= :moment
                ORDER BY d.id DESC LIMIT 1
            )
            ELSE (
                SELECT f.message FROM quality.finding AS f
                WHERE f.submission_id = t.submission_id AND f.severity = 'critical' AND f.waived IS NULL
                ORDER BY f.number LIMIT 1
            )
        END AS reason,
        (
            SELECT CAST(q.quality AS double precision) FROM quality.submission_score AS q
            WHERE q.submission_id = t.submission_id
        ) AS quality
    FROM standing AS t
    WHERE :period = ANY(t.periods) OR t.periods = '{}'
    ORDER BY t.sector, t.dataset, t.unit_code, t.modified_at, t.submission_id
    """
)


def standing(conn: Connection, period: Period, moment: datetime) -> list[Standing]:
    """The submissions that name a period, and those that name none, as they stood at a moment."""
    rows = conn.execute(_STANDING, {"period": str(period), "moment": moment})
    return [Standing(**row._mapping) for row in rows]
