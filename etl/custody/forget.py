"""Taking a person out of everything that is kept, so that every count and link stays as it was.

The files come first, then the database in one transaction, then what follows from it. Until that transaction the
database still knows who is meant, so an attempt that was killed is simply run again; after it, what is left to do does
not need to know. What was found, and the salt that makes names and numbers, lie beside the archive until everything is
done (``begun``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from etl import durable, pipeline
from etl.custody import archived, begun, erase
from etl.custody.archived import Found
from etl.custody.begun import Begun, is_under_way
from etl.custody.manifest import Progress
from etl.custody.person import Person, find, people_forms
from etl.custody.pseudonym import Pseudonym, replaced
from etl.custody.redact import Traces
from etl.faults import point
from etl.intake import watch
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger, locks, moments

__all__ = ["Plan", "carry_out", "is_under_way", "plan"]


@dataclass(frozen=True)
class Plan:
    """What a forgetting will do. unlike: names and years that differ: the number may be shared by several persons."""

    begun: Begun
    person: Person
    traces: Traces
    submissions: tuple[str, ...]
    files: tuple[Found, ...]
    answers: tuple[Path, ...]
    reviewed: tuple[Path, ...]

    @property
    def unlike(self) -> set[tuple[str, int | None]]:
        return {(key, year) for _, _, key, year in self.person.keys}

    @property
    def rows(self) -> dict[str, int]:
        return self.person.counts()

    @property
    def nothing(self) -> bool:
        return not (self.person.rows or self.files or self.reviewed)

    @property
    def token(self) -> str:
        """What the ledger calls the person; that of the first attempt, also after the database has forgotten them."""
        return self.begun.token or self.traces.pseudonym.token


def plan(settings: Settings, number: str, progress: Progress = lambda _: None) -> Plan:
    """Find a person everywhere. number: of insurance (10 digits) or CMND/CCCD (9, 12).

    Raises ValueError for any other, and while another person's forgetting is under way; WarehouseError, OSError.
    """
    if not (number.isascii() and number.isdigit() and len(number) in (9, 10, 12)):
        raise ValueError("a person is named by an insurance number (10 digits) or a CMND/CCCD (9 or 12 digits)")
    under_way = begun.begun(settings, number)
    with connect(settings) as engine, engine.begin() as conn:
        person = find(conn, number)
        traces = Traces(person, Pseudonym(under_way.salt, min(person.numbers), erase.taken(conn)))
        sent = archived.submissions(conn)
        named = erase.named(conn, traces)
    files = under_way.with_files(archived.survey(settings, sent, person, traces, progress))
    touched = {one.id for found in files for one in found.sent} | {p.submission_id for p in person.rows} | named
    answers = tuple(sorted(p for p in settings.outbox.rglob("*__*") if _id_of(p) in touched))
    reviewed = tuple(p for p in sorted(settings.reviewed.glob("*.yml")) if _told(p.read_text("utf-8"), traces))
    return Plan(under_way, person, traces, tuple(sorted(touched)), files, answers, reviewed)


def carry_out(settings: Settings, wanted: Plan, *, by: str, reason: str, progress: Progress = lambda _: None) -> None:
    """Do what a plan says. Run again after any failure it completes the work. Raises WarehouseError, OSError."""
    with connect(settings) as engine, locks.alone(engine, locks.FORGET):
        begun.keep(settings, replace(wanted.begun, files=wanted.files, token=wanted.token))
        point("forget.begun")
        # What an earlier attempt has brought into the database is done in the files too, and its answers may be new.
        if not _is_entered(engine, wanted.token):
            _take_out(settings, engine, wanted, by, reason, progress)
            point("forget.committed")
        _finish(settings, engine, progress)
        begun.finish(settings)
    point("forget.done")


def _take_out(settings: Settings, engine: Engine, wanted: Plan, by: str, reason: str, progress: Progress) -> None:
    """The person goes from the files, the last answers and the database, in this order."""
    for found in wanted.files:
        progress(found.sha256)
        archived.rewrite(settings, found, wanted.person, wanted.traces)
        point("forget.rewritten")
    for place in wanted.reviewed:
        durable.write(place, (_told(place.read_text("utf-8"), wanted.traces) or "").encode())
    # What was taken an hour ago still lies in the inbox as it was sent.
    watch.end(settings.inbox, SECTORS, 0)
    _mask_log(settings.postgres / "log", wanted.traces)
    for answer in wanted.answers:
        answer.unlink(missing_ok=True)
        point("forget.unanswered")
    with engine.begin() as conn:
        moments.take_turn(conn)
        erase.erase(conn, wanted.person, wanted.traces, wanted.files)
        point("forget.erased")
        ledger.answer_anew(conn, wanted.submissions)
        _enter(conn, wanted, by, reason)
        point("forget.entered")


def _finish(settings: Settings, engine: Engine, progress: Progress) -> None:
    """What follows from the database: answers, prepared rows, the space that the old rows took."""
    with engine.begin() as conn:
        stale = ledger.stale_answers(conn)
        finished = ledger.finished(conn)
    for submission in stale:
        progress(submission)
        pipeline.answer(settings, submission)
    for rows in sorted((settings.archive / "prepared").glob("*.parquet")):
        if rows.stem in finished:
            rows.unlink()
            point("forget.unprepared")
        else:
            pipeline.prepare(settings, rows.stem)
    # They show files' names.
    pipeline.document(settings)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
        for table in erase.tables(conn, [form.dataset for form in people_forms()]):
            progress(table)
            # Not merely VACUUM: it leaves the bytes of dead rows where they are.
            conn.execute(text(f"VACUUM (FULL, ANALYZE) {table}"))
            point("forget.vacuumed")


def _enter(conn: Connection, wanted: Plan, by: str, reason: str) -> None:
    files = Counter("unreadable" if found.unreadable else "rewritten" for found in wanted.files)
    conn.execute(
        text(
            "INSERT INTO intake.forgetting (by, reason, pseudonym, rows, files) VALUES (:by, :reason, :pseudonym,"
            " to_jsonb(CAST(:rows AS json)), to_jsonb(CAST(:files AS json)))"
        ),
        {
            "by": by, "reason": replaced(reason, wanted.traces.words), "pseudonym": wanted.token,
            "rows": erase.as_json(wanted.rows), "files": erase.as_json(dict(files)),
        },
    )  # fmt: skip


def _is_entered(engine: Engine, token: str) -> bool:
    query = text("SELECT EXISTS (SELECT FROM intake.forgetting WHERE pseudonym = :token)")
    with engine.connect() as conn:
        return bool(conn.scalar(query, {"token": token}))


def _id_of(answer: Path) -> str:
    """The submission that a file of the outbox answers: its name ends «__<id>.…»."""
    return answer.name.rsplit("__", 1)[-1].split(".", 1)[0]


def _told(content: str, traces: Traces) -> str | None:
    """A reviewed file without the person; None where it does not name them."""
    told = replaced(content, {**traces.words, **traces.names})
    return told if told != content else None


def _mask_log(log: Path, traces: Traces) -> None:
    """Overwrite names and numbers in the embedded server's log, in place: the server goes on writing at its end."""
    if not log.exists():
        return
    content = log.read_bytes()
    with log.open("r+b") as file:
        for word in (w.encode() for w in (*traces.words, *traces.names)):
            at = content.find(word)
            while at >= 0:
                file.seek(at)
                file.write(b"x" * len(word))
                at = content.find(word, at + len(word))
