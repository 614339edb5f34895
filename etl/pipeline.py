"""The two journeys, step by step. DAGs and the command line both call this module; it holds the order, not the work.

    drop ──receive──▶ submission ──prepare──▶ rows + findings ──load──▶ warehouse ──answer──▶ outbox
    quarter: measure ──▶ publish edition ──▶ report

Bad data never raises: a hopeless file ends as a rejected submission with an answer. Whatever raises here means the
system, and every function can be called again any number of times with the same end state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from etl import register_relations
from etl.contracts import contract, contracts
from etl.examine import LOCAL_TIME, examine
from etl.indicators import editions
from etl.indicators import measure as measuring
from etl.intake import archive, inbox
from etl.model.examined import Verdict
from etl.model.period import Period
from etl.opening import may_be_copied, open_file, taken_apart
from etl.reference.rules import tell_all
from etl.reference.units import units_on
from etl.reporting import Definition, write_answer, write_report
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger, moments, staging
from etl.warehouse import load as loading
from etl.warehouse import publish as publishing

_ONE_RECEIVER = 4_009_001
"""Advisory lock: one worker scans the inbox at a time."""

_ONE_MEASURER = 4_009_006
"""Advisory lock: one worker measures at a time."""


# --- the file's journey ------------------------------------------------------------------------------------------


def receive(settings: Settings) -> list[str]:
    """Take what lies settled in the inbox. Ids of all submissions that are not finished yet, oldest drop first.

    A drop is claimed by a rename, archived by its sha256, entered into the ledger, and only then removed; a worker
    that dies between two of these leaves a claim that the next call takes up. Raises OSError, WarehouseError.
    """
    with connect(settings) as engine, engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_RECEIVER})
        for drop in inbox.settled(
            inbox.find_drops(settings.inbox, SECTORS), settings.settle_seconds, settings.incomplete_seconds
        ):
            inbox.claim(drop, settings.inbox)
        for drop in inbox.claims(settings.inbox, SECTORS):
            _enter(engine, settings, drop)
            inbox.forget_claim(drop, settings.inbox)
        with engine.begin() as conn:
            return [submission.id for submission in ledger.unfinished(conn)]


def _enter(engine: Engine, settings: Settings, drop: inbox.Drop) -> list[tuple[ledger.Submission, bool]]:
    """Archive a drop's content and enter it into the ledger; the submission, and whether it is new.

    A zip of several files gives one for each. A worker that dies in between enters the rest when it is run again.
    """
    entered = []
    with taken_apart(drop, settings) as drops:
        for one in drops:
            kept = archive.keep(one.path, settings.archive, inbox.identity(one))
            with engine.begin() as conn:
                submission = ledger.register(
                    conn,
                    sector=one.sector,
                    file_name=inbox.as_text(one.name),
                    folder=inbox.as_text(one.folder),
                    sha256=kept.sha256,
                    size_bytes=kept.size,
                    modified_at=one.modified_at,
                )
            entered.append(submission)
    return entered


def prepare(settings: Settings, submission_id: str) -> str:
    """Examine a submission's file and keep the outcome: rows staged, findings, counts, verdict. Returns the verdict.

    An accepted submission is frozen: its verdict is returned as it stands. Raises OSError, WarehouseError.
    """
    with connect(settings) as engine:
        with engine.begin() as conn:
            submission = ledger.get(conn, submission_id)
        if submission.accepted_at is not None and submission.verdict is not None:
            return submission.verdict
        examined = examine(
            settings,
            archive.place(settings.archive, submission.sha256),
            file_name=submission.file_name,
            folder=submission.folder,
            sector=submission.sector,
            today=submission.received_at.astimezone(LOCAL_TIME).date(),
        )
        staging.write(settings.archive, submission_id, examined.rows)
        with engine.begin() as conn:
            ledger.set_prepared(conn, submission_id, examined)
            ledger.replace_findings(
                conn, submission_id, tell_all(examined.findings, _headers(examined.heading.dataset))
            )
            ledger.replace_check_run(conn, submission_id, examined.check_run)
    return examined.verdict.value


def _headers(dataset: str | None) -> dict[str, str]:
    return contract(dataset).official_headers if dataset else {}


def load(settings: Settings, submission_id: str) -> str | None:
    """Bring a prepared submission's rows into the warehouse and publish them in one transaction.

    Returns the period that it touched; None for a rejected one, which leaves the warehouse as it was.
    Raises WarehouseError, LookupError when the submission was never prepared.
    """
    with connect(settings) as engine:
        with engine.begin() as conn:
            submission = ledger.get(conn, submission_id)
            moment = None
            if submission.accepted_at is None:
                if submission.verdict is None:
                    raise LookupError(f"submission {submission_id} is not prepared: run its step «prepare» first")
                if submission.verdict == Verdict.REJECTED:
                    ledger.set_rejected(conn, submission_id)
                    return None
                loading.load_rows(conn, submission, staging.read(settings.archive, submission_id))
                moment = publishing.publish(conn, submission_id)
            register_relations.refresh(conn, submission, moment)
        with engine.begin() as conn:
            loading.analyze(conn, submission)
    staging.remove(settings.archive, submission_id)
    return submission.period


def answer(settings: Settings, submission_id: str) -> Path:
    """Write the submission's answer into the outbox, and anew those of others whose findings it has changed.

    Returns the workbook's path. Raises OSError, WarehouseError.
    """
    with connect(settings) as engine, engine.begin() as conn:
        for other in ledger.stale_answers(conn):
            if other != submission_id:
                _answer_one(conn, settings, other)
        return _answer_one(conn, settings, submission_id)


def _answer_one(conn: Connection, settings: Settings, submission_id: str) -> Path:
    submission = ledger.get(conn, submission_id)
    title = contract(submission.dataset).title if submission.dataset else ""
    findings = ledger.findings(conn, submission=submission_id, origins=ledger.ANSWERED)
    source = archive.place(settings.archive, submission.sha256)
    # openpyxl loads the copy into this process: only what the screen has found to be small.
    copied = source if len(findings) and may_be_copied(source, settings) else None
    path = write_answer(
        submission, findings, settings.outbox / submission.sector, title, copied,
        lambda: open_file(source, submission.file_name, settings).grids,
    )  # fmt: skip
    ledger.mark_answered(conn, submission_id, submission.findings_version)
    return path


@dataclass(frozen=True)
class Ingested:
    """What became of one file: the submission, whether it was new, where its answer lies."""

    submission: ledger.Submission
    new: bool
    answer: Path


def ingest(
    settings: Settings, drops: Iterable[inbox.Drop], progress: Callable[[inbox.Drop], None] = lambda _: None
) -> list[Ingested]:
    """The file journey here and now, without a scheduler, for files that stay where they are.

    Files are taken by modification time, then name. Raises OSError, WarehouseError.
    """
    done = []
    with connect(settings) as engine:
        for drop in sorted(drops, key=lambda d: (d.modified_at, d.name)):
            progress(drop)
            for submission, new in _enter(engine, settings, drop):
                prepare(settings, submission.id)
                load(settings, submission.id)
                path = answer(settings, submission.id)
                with engine.begin() as conn:
                    done.append(Ingested(ledger.get(conn, submission.id), new, path))
    return done


# --- the quarter's journey ---------------------------------------------------------------------------------------


def measure(settings: Settings, period: str) -> int:
    """Measure every indicator of a period as provisional figures; how many numbers. Replaces the earlier ones."""
    with connect(settings) as engine, engine.begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_MEASURER})
        moments.stand_at(conn, None)
        frame = measuring.measure(conn, Period.parse(period))
        measuring.store(conn, Period.parse(period), frame)
    return len(frame)


def measure_outdated(settings: Settings) -> list[str]:
    """Measure the periods whose provisional figures rest on something else than what counts now; those periods."""
    with connect(settings) as engine, engine.begin() as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_MEASURER})
        moments.stand_at(conn, None)
        periods = measuring.outdated(conn)
        for period in periods:
            measuring.store(conn, period, measuring.measure(conn, period))
    return [str(period) for period in periods]


def is_settled(settings: Settings, within: timedelta = timedelta(minutes=2)) -> bool:
    """Whether no submission is on its way; one without an event for ``within`` waits for a person, not for a moment."""
    with connect(settings) as engine, engine.connect() as conn:
        return not ledger.moving(conn, within)


def missing_submissions(conn: Connection, period: Period) -> list[tuple[str, str]]:
    """(dataset, unit code) of every submission that the period still lacks; those of the province name the province."""
    units = units_on(period.last_day)
    there = {
        (row.dataset, row.district_code)
        for row in conn.execute(
            text("SELECT dataset, district_code FROM core.current_coverage WHERE period = :period"),
            {"period": str(period)},
        )
    }
    lacking = []
    for form in contracts().values():
        without = [d.code for d in units.districts or (units.province,) if (form.dataset, d.code) not in there]
        whole = form.sent_by == "province" and len(without) == max(len(units.districts), 1)
        lacking += [(form.dataset, code) for code in ([units.province.code] if whole else without)]
    return lacking


def close_quarter_missing(settings: Settings, period: str) -> list[str]:
    """What a period still lacks, one line in Vietnamese each. Nothing missing: an empty list."""
    with connect(settings) as engine, engine.begin() as conn:
        lacking = missing_submissions(conn, Period.parse(period))
    units = units_on(Period.parse(period).last_day)
    return [f"{contract(dataset).title}: {units[code].name}" for dataset, code in lacking]


def publish_edition(settings: Settings, period: str) -> tuple[int, bool]:
    """Freeze the period's figures as a numbered edition; its number, and whether it is new.

    Where nothing has changed since the newest edition, that one stands.
    """
    with connect(settings) as engine, engine.begin() as conn:
        edition = editions.publish(conn, Period.parse(period), version("giamngheo"))
    return edition.number, edition.new


def report(settings: Settings, period: str, edition: int | None, folder: Path | None = None) -> Path:
    """Write the report workbook of an edition (None: the provisional figures); its path."""
    with connect(settings) as engine, engine.execution_options(isolation_level="REPEATABLE READ").begin() as conn:
        shown = [Definition(**one) for one in editions.shown(conn, Period.parse(period), edition)]
        return write_report(conn, Period.parse(period), folder or settings.reports, edition, shown)
