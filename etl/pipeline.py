"""The two journeys, step by step. DAGs and the command line both call this module; it holds the order, not the work.

    drop ──receive──▶ submission ──prepare──▶ rows + findings ──load──▶ warehouse ──answer──▶ outbox
    quarter: link ──▶ cross-check ──▶ measure ──▶ publish edition ──▶ report

Bad data never raises: a hopeless file ends as a rejected submission with an answer. Whatever raises here means the
system, and every function can be called again any number of times with the same end state.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from etl import completeness, linking, past_periods, register_relations
from etl import cross_check as between_sectors
from etl.checking import ReviewedError, alias_file, chosen_aliases, data_docs, load_reviewed
from etl.contracts import contract
from etl.examine import LOCAL_TIME, examine
from etl.faults import point
from etl.indicators import compare, editions
from etl.indicators import measure as measuring
from etl.indicators.published import beside_ours
from etl.intake import archive, inbox, watch
from etl.model.answer_sheet import sent_name
from etl.model.examined import Examined, Verdict
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.obstacle import Failure, Hindrance, Obstacle
from etl.model.period import Period
from etl.opening import may_be_copied, open_file, taken_apart
from etl.reference.rules import tell_all
from etl.reference.units import units_on
from etl.reporting import Content, Definition, answer_files, write_answer, write_notices, write_report
from etl.settings import SECTORS, Settings
from etl.warehouse import WarehouseError, connect, decisions, drops, ledger, locks, moments, staging
from etl.warehouse import load as loading
from etl.warehouse import publish as publishing

LOG = logging.getLogger(__name__)

# --- the file's journey ------------------------------------------------------------------------------------------


def receive(settings: Settings) -> list[str]:
    """Take what lies settled in the inbox. Ids of all submissions that are not finished yet, oldest drop first.

    A drop is claimed by a rename, archived by its sha256, entered into the ledger, and only then moved to where it is
    watched; a worker that dies between two of these leaves a claim that the next call takes up. Content that arrives
    for a file that was taken makes a drop of its own. What cannot be taken is named, in the log and to its sender, and
    keeps no other from being taken. Raises OSError, WarehouseError.
    """
    obstacles: list[Obstacle] = []
    with connect(settings) as engine, locks.alone(engine, locks.INBOX):
        for drop in inbox.settled(
            inbox.find_drops(settings.inbox, SECTORS, obstacles), settings.settle_seconds, settings.incomplete_seconds,
            settings.endless_seconds,
        ):  # fmt: skip
            try:
                inbox.claim(drop, settings.inbox)
            except OSError as fault:
                if not inbox.is_hindered(fault):
                    raise
                obstacles.append(_obstacle(drop, "immovable"))
        watch.reclaim(settings.inbox, SECTORS, settings.endless_seconds)
        for drop in inbox.claims(settings.inbox, SECTORS, obstacles):
            try:
                state, sha256 = watch.look(drop)
            except OSError:
                obstacles.append(_obstacle(drop, "unreadable"))
                continue
            _enter(engine, settings, drop)
            watch.keep(drop, settings.inbox, state, sha256)
        watch.end(settings.inbox, SECTORS, settings.watch_seconds)
        inbox.clear_claims(settings.inbox, SECTORS)
        write_notices(settings.outbox, SECTORS, obstacles)
        with engine.begin() as conn:
            return [submission.id for submission in ledger.unfinished(conn)]


def _obstacle(drop: inbox.Drop, why: Hindrance) -> Obstacle:
    return Obstacle(drop.path, drop.sector, drop.folder, drop.name, why)


def _enter(engine: Engine, settings: Settings, drop: inbox.Drop) -> list[tuple[ledger.Submission, bool]]:
    """Archive a drop's content and enter it into the ledger; the submission, and whether it is new.

    A zip of several files gives one for each. A worker that dies in between enters the rest when it is run again.
    """
    entered = []
    with taken_apart(drop, settings) as drops:
        for one in drops:
            kept = archive.keep(one.path, settings.archive, inbox.identity(one))
            point("receive.archived")
            with engine.begin() as conn:
                submission = ledger.register(
                    conn,
                    sector=one.sector,
                    file_name=inbox.as_text(one.name),
                    folder=inbox.as_text(one.folder),
                    sha256=kept.sha256,
                    size_bytes=kept.size,
                    modified_at=one.modified_at,
                    drop_id=one.claim,
                )
            point("receive.entered")
            entered.append(submission)
    return entered


def prepare(settings: Settings, submission_id: str) -> str:
    """Examine a submission's file and keep the outcome: rows staged, findings, counts, verdict. Returns the verdict.

    An accepted submission is frozen, and so is one that changed nothing: its verdict is returned as it stands. Raises
    OSError, WarehouseError, ReviewedError.
    """
    with connect(settings) as engine, _turn(engine, submission_id) as (before, submission):
        is_frozen = submission.accepted_at is not None or submission.state == "unchanged"
        if submission.verdict is not None and (is_frozen or before.verdict is None):
            # Frozen, or prepared by another worker just now.
            return submission.verdict
        with engine.begin() as conn:
            decided = decisions.newest(conn, submission_id)
        if submission.verdict == Verdict.REJECTED and decided is not None and decided.choice == "refuse":
            return submission.verdict
        examined = examine(
            settings,
            archive.place(settings.archive, submission.sha256),
            file_name=submission.file_name,
            folder=submission.folder,
            sector=submission.sector,
            today=submission.received_at.astimezone(LOCAL_TIME).date(),
        )
        point("prepare.examined")
        with engine.begin() as conn:
            answered = _answered(conn, submission, examined)
        examined = _accept_choices(settings, submission, examined, answered)
        staging.write(settings.archive, submission_id, examined.rows)
        with engine.begin() as conn:
            if answered is not None and CHOICES_TAKEN in set(examined.findings["rule"]):
                _read_again(conn, submission, answered)
                point("prepare.read_again")
            ledger.set_prepared(conn, submission_id, examined)
            point("prepare.entered")
            ledger.replace_findings(
                conn, submission_id, tell_all(examined.findings, _headers(examined.heading.dataset))
            )
            point("prepare.found")
            same = drops.find_unchanged(conn, ledger.get(conn, submission_id))
            reviewed = load_reviewed(settings.reviewed)
            past_periods.compare(conn, submission, examined, reviewed, is_known=same is not None)
            point("prepare.compared")
            ledger.replace_check_run(conn, submission_id, examined.check_run)
            point("prepare.checked")
        point("prepare.committed")
    return examined.verdict.value


CHOICES_TAKEN = "answer_choices_taken"


def _answered(conn: Connection, submission: ledger.Submission, examined: Examined) -> ledger.Submission | None:
    """The submission of the sector to which an answer without data belongs; None for any other file."""
    if examined.answers is None:
        return None
    try:
        answered = ledger.get(conn, examined.answers)
    except LookupError:
        return None
    return answered if answered.sector == submission.sector else None


def _accept_choices(
    settings: Settings, submission: ledger.Submission, examined: Examined, answered: ledger.Submission | None
) -> Examined:
    """Keep what a sender has chosen on the first sheet of an answer as aliases of that sender.

    A choice counts for the sender of the file, or, in an answer without data, of the file that was answered. Return
    what was examined; where such an answer has choices, that is what its sender is told.
    """
    day = submission.received_at.astimezone(LOCAL_TIME).date()
    heading = examined.heading if answered is None else answered
    aliases = [
        alias for alias in chosen_aliases(examined.chosen, submission.sector, sent_name(submission.file_name), day)
        if (alias.dataset, alias.unit) == (heading.dataset, heading.unit_code)
    ]  # fmt: skip
    if not aliases:
        return examined
    alias_file.accept(settings.reviewed, aliases)
    if answered is None:
        return examined
    params = {"count": str(len(aliases)), "file": sent_name(answered.file_name)}
    return replace(examined, findings=findings_frame([Finding(CHOICES_TAKEN, Severity.CRITICAL, params=params)]))


def _read_again(conn: Connection, submission: ledger.Submission, answered: ledger.Submission) -> None:
    """Enter the file that was answered, or the one that counts in its place, once more under the choices."""
    newest = answered
    while newest.superseded_by is not None:
        newest = ledger.get(conn, newest.superseded_by)
    if (newest.dataset, newest.unit_code) == (answered.dataset, answered.unit_code):
        ledger.register_again(conn, newest.id, because_of=submission.id)


@contextmanager
def _turn(engine: Engine, submission_id: str) -> Iterator[tuple[ledger.Submission, ledger.Submission]]:
    """The submission as it stood when it was asked for, and as it stands now that no other worker is at it.

    Raises LookupError when there is none of that id.
    """
    with engine.begin() as conn:
        before = ledger.get(conn, submission_id)
    with locks.alone(engine, submission_id):
        with engine.begin() as conn:
            now = ledger.get(conn, submission_id)
        yield before, now


def _headers(dataset: str | None) -> dict[str, str]:
    return contract(dataset).official_headers if dataset else {}


def load(settings: Settings, submission_id: str) -> str | None:
    """Bring a prepared submission's rows into the warehouse and publish them in one transaction.

    Returns the period that it touched; None for one that is rejected, changes nothing or is held back until a person
    decides, which leaves the warehouse as it was. Whether a total has fallen too far is looked at again: another file
    may have been published since ``prepare``. Raises WarehouseError, ReviewedError, LookupError when the submission was
    never prepared.
    """
    with connect(settings) as engine, _turn(engine, submission_id) as (_, submission):
        if submission.verdict is None:
            raise LookupError(f"submission {submission_id} is not prepared: run its step «prepare» first")
        with engine.begin() as conn:
            decided = decisions.newest(conn, submission_id) if submission.state == "held" else None
            if decided is not None and decided.choice is None:
                return None
            counts = False
            if decided is not None and decided.choice == "refuse":
                past_periods.refuse(conn, submission_id, decided)
            elif submission.accepted_at is None and submission.verdict == Verdict.REJECTED:
                ledger.set_rejected(conn, submission_id)
            elif submission.accepted_at is not None or not _is_unchanged(conn, submission):
                if not _bring_in(conn, settings, submission):
                    return None
                counts = True
        point("load.committed")
        if counts:
            with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
                loading.vacuum(conn, submission)
            point("load.vacuumed")
        staging.remove(settings.archive, submission_id)
        point("load.unstaged")
    return submission.period if counts else None


def _is_unchanged(conn: Connection, submission: ledger.Submission) -> bool:
    """Finish a prepared submission whose content counts already; return whether it is one."""
    if submission.state == "unchanged":
        return True
    if submission.state != "prepared" or drops.find_unchanged(conn, submission) is None:
        return False
    with conn.begin_nested() as turn:
        moments.take_turn(conn)
        same = drops.find_unchanged(conn, submission)
        if same is None:
            # Something else was published meanwhile. Loading does not keep others from publishing.
            turn.rollback()
            return False
        ledger.set_unchanged(conn, submission.id, same.id)
        return True


def _bring_in(conn: Connection, settings: Settings, submission: ledger.Submission) -> bool:
    """Load and publish a submission unless it is; then what its lists and those of others say of one another.

    Return False for one that has to wait for a person: nothing is loaded.
    """
    moment = None
    reviewed = load_reviewed(settings.reviewed)
    if submission.accepted_at is None:
        rows = staging.read(settings.archive, submission.id)
        with conn.begin_nested() as loaded:
            loading.load_rows(conn, submission, rows)
            point("load.loaded")
            moments.take_turn(conn)
            too_little = past_periods.look_again(conn, submission, rows, reviewed)
            if too_little is not None:
                loaded.rollback()
        if too_little is not None:
            past_periods.hold(conn, submission, too_little)
            return False
        moment = publishing.publish(conn, submission.id)
        point("load.published")
    register_relations.refresh(conn, submission, moment, reviewed)
    point("load.related")
    return True


def answer(settings: Settings, submission_id: str) -> Path:
    """Write the submission's answer into the outbox, and anew those of others whose findings it has changed.

    One that lies there and shows what was found stays as it is. Returns the workbook's path. Raises OSError,
    WarehouseError.
    """
    with connect(settings) as engine:
        with engine.begin() as conn:
            others = [other for other in ledger.stale_answers(conn) if other != submission_id]
        for other in others:
            _answer_one(engine, settings, other)
        return _answer_one(engine, settings, submission_id)


def _answer_one(engine: Engine, settings: Settings, submission_id: str) -> Path:
    with _turn(engine, submission_id) as (_, submission):
        folder = settings.outbox / submission.sector
        there = answer_files(submission, folder)
        if submission.answered_version == submission.findings_version and all(place.exists() for place in there):
            return there[0]
        with engine.begin() as conn:
            same = ledger.get(conn, submission.same_as) if submission.same_as else None
            counting = drops.find_counting(conn, submission)
            of = submission_id if same is None else same.id
            findings = ledger.findings(conn, submission=of, origins=ledger.ANSWERED)
        title = contract(submission.dataset).title if submission.dataset else ""
        source = archive.place(settings.archive, submission.sha256)
        # openpyxl loads the copy into this process: only what the screen has found to be small.
        copied = source if len(findings) and may_be_copied(source, settings) else None
        path = write_answer(
            submission, findings, folder, title, copied,
            lambda: open_file(source, submission.file_name, settings).grids, same, counting,
        )  # fmt: skip
        with engine.begin() as conn:
            ledger.mark_answered(conn, submission_id, submission.findings_version)
        point("answer.marked")
    return path


@dataclass(frozen=True)
class Ingested:
    """What became of one file: the submission, whether it was new, where its answer lies."""

    submission: ledger.Submission
    new: bool
    answer: Path

    def as_record(self) -> dict[str, Any]:
        """The outcome as plain data."""
        one = self.submission
        return {
            "file": one.file_name, "submission_id": one.id, "new": self.new, "verdict": one.verdict,
            "dataset": one.dataset, "period": one.period, "unit_code": one.unit_code, "rows_read": one.rows_read,
            "rows_accepted": one.rows_accepted, "rows_rejected": one.rows_rejected, "rows_ignored": one.rows_ignored,
            "same_as": one.same_as, "answer": str(self.answer),
        }  # fmt: skip


def ingest(
    settings: Settings, drops: Iterable[inbox.Drop], progress: Callable[[inbox.Drop], None] = lambda _: None,
    failures: list[Failure] | None = None,
) -> list[Ingested]:  # fmt: skip
    """The file journey here and now, without a scheduler, for files that stay where they are.

    Files are taken by modification time, then name. failures: takes the files at which the system failed, and the
    others go on; what concerns them all (the warehouse, the reviewed decisions, a full disk) raises all the same.
    Without it whatever fails raises. Raises OSError, WarehouseError, ReviewedError.
    """
    done = []
    with connect(settings) as engine:
        for drop in sorted(drops, key=lambda d: (d.modified_at, d.name)):
            progress(drop)
            try:
                entered = _enter(engine, settings, drop)
            except Exception as fault:
                _let_pass(fault, drop.name, failures)
                continue
            for submission, new in entered:
                try:
                    done += _all_through(engine, settings, submission, new)
                except Exception as fault:
                    _let_pass(fault, submission.file_name, failures)
    for period in sorted({d.submission.period for d in done if d.submission.period}):
        cross_check(settings, period)
    document(settings)
    return done


def _let_pass(fault: Exception, name: str, failures: list[Failure] | None) -> None:
    """Note a fault that concerns one file alone; raise any other."""
    concerns_all = isinstance(fault, WarehouseError | ReviewedError | OperationalError | InterfaceError) or (
        isinstance(fault, OSError) and not (inbox.is_hindered(fault) or isinstance(fault, FileNotFoundError))
    )
    if failures is None or concerns_all:
        raise fault
    LOG.error("%s: failed", inbox.as_text(name), exc_info=fault)
    why = str(fault).strip() or type(fault).__name__
    failures.append(Failure(inbox.as_text(name), why.splitlines()[0]))


def take_again(settings: Settings, submission_id: str) -> Ingested:
    """The file journey of what a submission was made of once more: reviewed waivers and corrections have changed.

    A new submission of the same content, as of the same drop; accepted, it takes the former one's place in the same
    transaction. Raises OSError, WarehouseError, ReviewedError, LookupError, and ValueError for a superseded one.
    """
    with connect(settings) as engine:
        with engine.begin() as conn:
            entered = ledger.register_again(conn, submission_id)
        done = _through(engine, settings, *entered)
    if done.submission.period:
        cross_check(settings, done.submission.period)
    document(settings)
    return done


def _all_through(engine: Engine, settings: Settings, submission: ledger.Submission, new: bool) -> list[Ingested]:
    """An entered submission through prepare, load and answer, then what has to be read again because of it."""
    done = [_through(engine, settings, submission, new)]
    with engine.begin() as conn:
        again = ledger.follow_up(conn, submission.id)
    if again is not None and again.verdict is None:
        done.append(_through(engine, settings, again, new))
    return done


def has_follow_ups(settings: Settings) -> bool:
    """Return whether a file waits to be read again because of choices that its sender has dropped."""
    with connect(settings) as engine, engine.begin() as conn:
        return ledger.has_follow_ups(conn)


def _through(engine: Engine, settings: Settings, submission: ledger.Submission, new: bool) -> Ingested:
    """An entered submission through prepare, load and answer."""
    prepare(settings, submission.id)
    load(settings, submission.id)
    path = answer(settings, submission.id)
    with engine.begin() as conn:
        return Ingested(ledger.get(conn, submission.id), new, path)


def document(settings: Settings) -> list[Path]:
    """Bring the Data Docs of every sector and period in step with what the checks said; the folders built anew."""
    with connect(settings) as engine, locks.alone(engine, locks.DATA_DOCS), engine.begin() as conn:
        return data_docs.build(conn, settings.data_docs, settings.data_docs_periods)


# --- the quarter's journey ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Linked:
    """What linking has changed, and how good all links of the period are, by pair of datasets.

    quality: ``etl.linking.quality``; idle: ids of decisions that name no single pair of rows; outcome and frames: the
    links by position, for who asks on.
    """

    kept: linking.Kept
    idle: list[str]
    outcome: linking.Outcome
    frames: dict[str, pd.DataFrame]


def link(
    settings: Settings, period: str, *, anew: bool = False, progress: Callable[[str], None] = lambda _: None
) -> Linked:  # fmt: skip
    """Find out which rows of a period's sectors are about the same person or household; keeps what has changed.

    Districts whose lists are those of the run before keep their links, unless a change elsewhere reaches them (anew:
    all are looked through).
    One transaction makes a run visible; nothing new, nothing is written. Raises WarehouseError, LinksError.
    """
    of = Period.parse(period)
    with connect(settings) as engine, locks.alone(engine, f"{locks.LINKS}/{of}"):
        decisions = linking.load_decisions(settings.reviewed, of)
        also: frozenset[str] = frozenset()
        while True:
            progress("reading")
            with engine.begin() as conn:
                given = linking.read(conn, of, decisions, anew=anew, also=also)
            point("link.read")
            outcome = linking.link(given, decisions, progress=progress)
            point("link.found")
            progress("keeping")
            links = linking.found_of(of, given.frames, outcome)
            with engine.begin() as conn:
                stood = linking.standing(conn, of, given.within)
                if wider := linking.touched_elsewhere(conn, of, given, links, stood):
                    also |= wider
                    continue
                kept = linking.keep(conn, of, given, outcome, links, stood)
                point("link.kept")
            break
    point("link.committed")
    return Linked(kept, outcome.idle, outcome, given.frames)


def cross_check(settings: Settings, period: str) -> int:
    """Hold the sectors' rows of a period against one another; how many findings. Replaces the earlier ones."""
    with connect(settings) as engine, engine.begin() as conn:
        found = between_sectors.cross_check(conn, Period.parse(period), load_reviewed(settings.reviewed))
    point("cross.committed")
    return found


def measure(settings: Settings, period: str) -> int:
    """Measure every indicator of a period as provisional figures; how many numbers. Replaces the earlier ones."""
    with connect(settings) as engine, engine.begin() as conn:
        locks.until_commit(conn, locks.MEASURE)
        moments.stand_at(conn, None)
        frame = measuring.measure(conn, Period.parse(period), keep=True)
        point("measure.measured")
        measuring.store(conn, Period.parse(period), frame)
        point("measure.stored")
    point("measure.committed")
    return len(frame)


def outdated(settings: Settings) -> list[str]:
    """The periods whose provisional figures rest on something else than what counts now."""
    with connect(settings) as engine, engine.begin() as conn:
        moments.stand_at(conn, None)
        return [str(period) for period in measuring.outdated(conn)]


def measure_outdated(settings: Settings) -> list[str]:
    """Measure the periods whose provisional figures rest on something else than what counts now; those periods."""
    with connect(settings) as engine, engine.begin() as conn:
        locks.until_commit(conn, locks.MEASURE)
        moments.stand_at(conn, None)
        periods = measuring.outdated(conn)
        for period in periods:
            measuring.store(conn, period, measuring.measure(conn, period, keep=True))
    return [str(period) for period in periods]


def is_settled(settings: Settings, within: timedelta = timedelta(minutes=2)) -> bool:
    """Whether no submission is on its way; one without an event for ``within`` waits for a person, not for a moment."""
    with connect(settings) as engine, engine.connect() as conn:
        return not ledger.moving(conn, within)


def close_quarter_missing(settings: Settings, period: str) -> list[str]:
    """What a period still lacks, one line in Vietnamese each. Nothing missing: an empty list."""
    with connect(settings) as engine, engine.begin() as conn:
        lacking = completeness.missing_submissions(conn, Period.parse(period))
    units = units_on(Period.parse(period).last_day)
    return [f"{contract(dataset).title}: {units[code].name}" for dataset, code in lacking]


def publish_edition(settings: Settings, period: str) -> tuple[int, bool]:
    """Freeze the period's figures as a numbered edition; its number, and whether it is new.

    Where nothing has changed since the newest edition, that one stands. Raises TooIncompleteError with fewer sources
    than ``settings.least_completeness``, unless a person has approved just that; PublishingRefusedError where a person
    has refused to publish it as it is.
    """
    with connect(settings) as engine, engine.begin() as conn:
        completeness.require_publishable(conn, Period.parse(period), settings.least_completeness)
        edition = editions.publish(conn, Period.parse(period), version("giamngheo"))
    point("edition.committed")
    return edition.number, edition.new


def report(settings: Settings, period: str, edition: int | None, folder: Path | None = None) -> Path:
    """Write the report workbook of an edition (None: the provisional figures); its path."""
    with connect(settings) as engine, engine.execution_options(isolation_level="REPEATABLE READ").begin() as conn:
        content = report_content(conn, Period.parse(period), edition)
        path = write_report(conn, Period.parse(period), folder or settings.reports, edition, content)
    point("report.written")
    return path


def report_content(conn: Connection, period: Period, edition: int | None) -> Content:
    """What the report of an edition tells: all of it as it was when that was published (None: as it is now)."""
    values = editions.values(conn, period, edition)
    if edition is not None:
        compared = compare.kept(conn, period, edition)
    else:
        compared = [c.as_record() for c in compare.compare(conn, period)] if len(values) else []
    official = beside_ours(period, editions.official(conn, period, edition), values)
    return Content(
        values, [Definition(**one) for one in editions.shown(conn, period, edition)],
        editions.forms(conn, period, edition), compared, [p.as_record() for p in official],
    )  # fmt: skip
