"""Who works on what. The locks are PostgreSQL's, so that those of a worker who dies are free at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

INBOX = "inbox"
"""Scanning the inbox, by one worker at a time."""

DATA_DOCS = "data docs"
"""Building the Data Docs, by one worker at a time."""

LINKS = "links"
"""Linking a period, ``links/2018-Q4``, by one worker at a time."""

FORGET = "forget"
"""Taking somebody out of everything, by one person at a time."""

CROSS_CHECK = "cross-check"
"""Replacing the findings between sectors, by one worker at a time."""

MEASURE = "measure"
"""Measuring provisional figures, by one worker at a time."""

PUBLISH = "publish"
"""Changing what counts, or freezing it, by one transaction at a time."""

MIGRATE = "migrate"
"""Bringing the schema up to date, by one process at a time."""


@contextmanager
def alone(engine: Engine, what: str) -> Iterator[None]:
    """Nobody else works on ``what`` during the block; waits until that is so.

    what: a submission's id, ``INBOX``, ``DATA_DOCS``, ``FORGET``, ``links/<period>``.
    The lock is held by a connection of its own, which no transaction of the block ends.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(hashtextextended(:what, 0))"), {"what": f"alone/{what}"})
        yield


def until_commit(conn: Connection, what: str) -> None:
    """Nobody else works on ``what`` until the transaction ends; waits until that is so.

    what: ``<sector>/<sha256>`` of a content, ``decision/<subject>``, ``CROSS_CHECK``, ``MEASURE``, ``PUBLISH``,
    ``MIGRATE``.
    What was committed before is seen by the statements that follow.
    """
    conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"alone/{what}"})


@contextmanager
def aside(conn: Connection, what: str) -> Iterator[None]:
    """Nobody works on ``what`` until their transaction ends during the block; others may stand aside alike."""
    key = {"what": f"alone/{what}"}
    conn.execute(text("SELECT pg_advisory_lock_shared(hashtextextended(:what, 0))"), key)
    yield
    conn.execute(text("SELECT pg_advisory_unlock_shared(hashtextextended(:what, 0))"), key)
