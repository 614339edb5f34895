"""What a rule holds back until a person decides, and what was decided. In the caller's transaction.

Whoever reads what was decided and then asks, withdraws or decides takes the subject's turn first: of two at once the
second would ask anew what the first had decided meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, text

from etl.warehouse import locks

Choice = Literal["approve", "refuse"]
Kind = Literal["submission", "quarter"]


@dataclass(frozen=True)
class Decision:
    """One question and, once it is decided, the answer to it."""

    subject: str
    kind: Kind
    reason: str
    asked_at: datetime
    choice: Choice | None
    decided_by: str | None
    decided_at: datetime | None
    why: str | None
    shown: str | None = None
    below_minimum: bool = False


_SELECT = (
    "SELECT subject, kind, reason, asked_at, choice, decided_by, decided_at, why, shown, below_minimum"
    " FROM quality.decision"
)


def take_turn(conn: Connection, subject: str) -> None:
    """Nobody else asks or decides about a subject until the transaction ends; waits until that is so."""
    locks.until_commit(conn, f"decision/{subject}")


def ask(conn: Connection, subject: str, kind: Kind, reason: str) -> None:
    """Put a question before a person; one that is open already says the newer reason."""
    conn.execute(
        text(
            "INSERT INTO quality.decision (subject, kind, reason) VALUES (:subject, :kind, :reason)"
            " ON CONFLICT (subject) WHERE choice IS NULL DO UPDATE SET reason = excluded.reason"
            " WHERE decision.reason <> excluded.reason"
        ),
        {"subject": subject, "kind": kind, "reason": reason},
    )


def withdraw(conn: Connection, subject: str) -> None:
    """Forget a question that nobody has decided: nothing is held back any more."""
    conn.execute(text("DELETE FROM quality.decision WHERE subject = :s AND choice IS NULL"), {"s": subject})


def decide(
    conn: Connection, subject: str, choice: Choice, by: str, why: str, *, shown: str = "", below_minimum: bool = False
) -> None:
    """Answer the open question of a subject. Raises LookupError when nothing waits.

    shown: what is approved or refused, line by line; below_minimum: approved although the quarter has too few sources.
    """
    done = conn.execute(
        text(
            "UPDATE quality.decision SET choice = :choice, decided_by = :by, why = :why, shown = :shown,"
            " below_minimum = :below, decided_at = clock_timestamp() WHERE subject = :subject AND choice IS NULL"
        ),
        {"subject": subject, "choice": choice, "by": by, "why": why, "shown": shown, "below": below_minimum},
    )
    if done.rowcount != 1:
        raise LookupError(f"nothing about {subject!r} waits for a decision; «giamngheo status» says what does")


def newest(conn: Connection, subject: str) -> Decision | None:
    """The newest question of a subject, decided or not."""
    row = conn.execute(text(f"{_SELECT} WHERE subject = :subject ORDER BY id DESC LIMIT 1"), {"subject": subject})
    found = row.one_or_none()
    return Decision(**found._mapping) if found else None
