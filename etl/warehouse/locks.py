"""Who works on what. The locks are PostgreSQL's, so that those of a worker who dies are free at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

INBOX = "inbox"
"""Scanning the inbox, by one worker at a time."""

DATA_DOCS = "data docs"
"""Building the Data Docs, by one worker at a time."""

LINKS = "links"
"""Linking a period, ``links/2018-Q4``, by one worker at a time."""


@contextmanager
def alone(engine: Engine, what: str) -> Iterator[None]:
    """Nobody else works on ``what`` during the block; waits until that is so.

    what: a submission's id, ``decision/<subject>``, ``INBOX``, ``DATA_DOCS``, ``links/<period>``.
    The lock is held by a connection of its own, which no transaction of the block ends.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(hashtextextended(:what, 0))"), {"what": f"alone/{what}"})
        yield
