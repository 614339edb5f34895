"""Moments: each change of what counts has one of its own, and what counted at a past one stays as it was.

A submission's moment is set before its transaction ends. Until then readers see the past without it and afterwards
with it, so a moment may be asked for, or frozen as an edition's, only once nobody is publishing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from etl.warehouse import locks
from etl.warehouse.engine import at

_FINDS_NOW = (
    "SELECT greatest(clock_timestamp(), (SELECT max(accepted_at) FROM intake.submission),"
    " (SELECT max(at) FROM history.link_run))"
)

# Later than every moment given before, also where the clock was set back.
_FINDS_NEXT = (
    "SELECT greatest(clock_timestamp(),"
    " (SELECT max(accepted_at) FROM intake.submission) + interval '1 microsecond',"
    " (SELECT max(as_of) FROM mart.edition) + interval '1 microsecond',"
    " (SELECT max(at) FROM history.link_run) + interval '1 microsecond')"
)


def take_turn(conn: Connection) -> datetime:
    """A moment for the transaction alone, later than all before; until it ends nobody else gets one."""
    locks.until_commit(conn, locks.PUBLISH)
    moment: datetime = conn.execute(text(_FINDS_NEXT)).scalar_one()
    return moment


def stand_at(conn: Connection, as_of: datetime | None) -> datetime:
    """Let the ``core`` views show what counted at a moment (None: now) for the rest of the transaction; that moment.

    Waits for whoever is publishing, so that every statement afterwards, and every question about that moment later,
    sees the same.
    """
    with locks.aside(conn, locks.PUBLISH):
        now: datetime = conn.execute(text(_FINDS_NOW)).scalar_one()
    moment = as_of or now
    at(conn, moment)
    return moment
