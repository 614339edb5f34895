"""What waits for a person: a submission whose total has halved, a quarter that is not complete.

A question says what is wrong and what happens on each choice, in Vietnamese, whether it is asked by Airflow's
human-in-the-loop task or answered by ``giamngheo approve``; who decided, when and why stays in ``quality.decision``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from etl import pipeline
from etl.completeness import Gaps, TooIncompleteError, find_gaps
from etl.contracts import contract
from etl.examine import LOCAL_TIME
from etl.faults import point
from etl.model.period import Period
from etl.reference.units import units_on
from etl.settings import Settings
from etl.warehouse import connect, decisions, ledger

APPROVE, APPROVE_BELOW, REFUSE = "Duyệt", "Duyệt dù dưới mức tối thiểu", "Từ chối"
"""What a person may choose."""


@dataclass(frozen=True)
class Gate:
    """Whether something may go on. choice: what was decided, None where nothing was held back or nobody has yet.

    subject, body: the question as long as it waits, "" otherwise; shown: what would be approved, line by line;
    is_below_minimum: whether a quarter has too few sources to be published.
    """

    choice: decisions.Choice | None = None
    subject: str = ""
    body: str = ""
    shown: str = ""
    is_below_minimum: bool = False

    @property
    def waits(self) -> bool:
        """Whether a person has to decide first."""
        return bool(self.subject)


@dataclass(frozen=True)
class Outcome:
    """What came of a person's decision.

    counts: whether it is the one that counts; decision: the one that does, by whom, when and why.
    """

    counts: bool
    decision: decisions.Decision

    def __bool__(self) -> bool:
        return self.counts

    def contradicts(self, choice: decisions.Choice) -> bool:
        """Return whether it was decided before, and the other way."""
        return not self.counts and self.decision.choice != choice

    @property
    def told(self) -> str:
        """Who has decided what, and when, in English."""
        one = self.decision
        moment = one.decided_at.astimezone(LOCAL_TIME) if one.decided_at else None
        what = {"approve": "approved", "refuse": "refused"}[one.choice or "refuse"]
        return f"was decided before, and stays so: {what} by {one.decided_by} on {moment:%Y-%m-%d at %H:%M} ({one.why})"

    @property
    def told_vi(self) -> str:
        """Who has decided what, when and why, in Vietnamese."""
        one = self.decision
        moment = one.decided_at.astimezone(LOCAL_TIME) if one.decided_at else None
        what = {"approve": "Duyệt", "refuse": "Từ chối"}[one.choice or "refuse"]
        return f"đã được quyết định trước: {what}, bởi {one.decided_by}, lúc {moment:%H:%M ngày %d/%m/%Y} ({one.why})"


def gate(settings: Settings, subject: str) -> Gate:
    """Whether a submission (its id) or a quarter (2018-Q4) may go on; a quarter that is held back is asked about.

    Raises LookupError when there is no such submission.
    """
    with connect(settings) as engine, engine.begin() as conn:
        decisions.take_turn(conn, subject)
        found = _ask(conn, settings, subject)
    point("approval.asked")
    return found


def announce(settings: Settings, subject: str) -> Path | None:
    """Tell the sender of a held submission that it waits and why: its answer's path. A quarter has no sender: None."""
    return None if _period(subject) else pipeline.answer(settings, subject)


def decide(
    settings: Settings, subject: str, choice: decisions.Choice, by: str, why: str, *, shown: str | None = None,
    below_minimum: bool = False, anew: bool = False,
) -> Outcome:  # fmt: skip
    """Keep a person's decision, unless it is decided already: the outcome says by whom, when and why.

    shown: what the person has seen; where something else is to be decided by now, the decision does not count.
    below_minimum: approve a quarter although it has too few sources; that needs a reason. anew: decide once more about
    a quarter. Raises LookupError when nothing about the subject waits, TooIncompleteError for a quarter with too few
    sources, ValueError without a reason or where something else was shown.
    """
    with connect(settings) as engine, engine.begin() as conn:
        decisions.take_turn(conn, subject)
        asked = _ask(conn, settings, subject)
        if not asked.waits and anew and asked.choice is not None and (period := _period(subject)):
            gaps = find_gaps(conn, period)
            decisions.ask(conn, subject, "quarter", gaps.reason)
            asked = _question(settings, period, gaps)
        newest = decisions.newest(conn, subject)
        if newest is not None and newest.choice is not None and not asked.waits:
            return Outcome(False, newest)
        if shown is not None and shown != asked.shown:
            raise ValueError(f"{subject}: what is to be decided has changed meanwhile:\n{asked.shown}")
        if choice == "approve" and asked.is_below_minimum:
            if not below_minimum:
                raise TooIncompleteError(
                    f"{subject} has too few sources to be published; to approve it all the same: --below-minimum\n"
                    f"{asked.shown}"
                )
            if not why.strip():
                raise ValueError(f"{subject}: an approval below the minimum needs a reason")
        is_override = choice == "approve" and asked.is_below_minimum
        decisions.decide(conn, subject, choice, by, why, shown=asked.shown, below_minimum=is_override)
        kept = decisions.newest(conn, subject)
    point("approval.decided")
    if kept is None:
        raise RuntimeError(f"the decision about {subject} was written and cannot be read")
    return Outcome(True, kept)


def carry_on(settings: Settings, subject: str) -> str | None:
    """Take a decided submission to its end, without Airflow: load, answer, hold against the others; its period.

    None for a quarter, and for a submission that is rejected.
    """
    if _period(subject):
        return None
    period = pipeline.load(settings, subject)
    pipeline.answer(settings, subject)
    if period is not None:
        pipeline.cross_check(settings, period)
    return period


def _period(subject: str) -> Period | None:
    try:
        return Period.parse(subject)
    except ValueError:
        return None


def _ask(conn: Connection, settings: Settings, subject: str) -> Gate:
    period = _period(subject)
    return _quarter(conn, settings, period) if period else _submission(conn, ledger.get(conn, subject))


def _submission(conn: Connection, submission: ledger.Submission) -> Gate:
    decided = decisions.newest(conn, submission.id)
    if submission.state != "held" or decided is None:
        return Gate(decided.choice if decided else None)
    if decided.choice is not None:
        return Gate(decided.choice)
    units = units_on(Period.parse(submission.period or "").last_day)
    unit = units[submission.unit_code or ""].name
    title = contract(submission.dataset or "").title
    body = (
        f"**Vì sao bị giữ lại:** {decided.reason}\n\n"
        f"Tệp: `{submission.file_name}`, {submission.rows_accepted} dòng.\n\n"
        "- **Duyệt**: số liệu được công bố trong kho, thay thế lần gửi trước của kỳ này; chỉ tiêu được tính lại.\n"
        "- **Từ chối**: số liệu không được dùng; đơn vị nhận trả lời kèm lý do và phải gửi lại.\n\n"
        "Ghi lý do vào ô «Lý do»: lý do được lưu cùng tên người quyết định."
    )
    shown = f"{submission.file_name}, {submission.rows_accepted} dòng: {decided.reason}"
    return Gate(None, f"Duyệt số liệu: {title} – {unit} – {submission.period}", body, shown)


def _quarter(conn: Connection, settings: Settings, period: Period) -> Gate:
    """A decision counts for what was shown: when the quarter lacks something else, it is asked about again."""
    gaps = find_gaps(conn, period)
    if not gaps.lines:
        decisions.withdraw(conn, str(period))
        return Gate()
    decided = decisions.newest(conn, str(period))
    if decided is not None and decided.choice is not None and decided.reason == gaps.reason:
        is_enough = gaps.share >= settings.least_completeness or decided.below_minimum
        if decided.choice == "refuse" or is_enough:
            return Gate(decided.choice)
    decisions.ask(conn, str(period), "quarter", gaps.reason)
    return _question(settings, period, gaps)


def _question(settings: Settings, period: Period, gaps: Gaps) -> Gate:
    """The question about a quarter: it names what is missing and which figures have no value."""
    shown = gaps.shown(settings.least_completeness)
    is_below = gaps.share < settings.least_completeness
    listed = "\n".join(f"- {line}" for line in shown.splitlines())
    approve = (
        f"- **{APPROVE_BELOW}**: công bố dù thiếu quá nhiều nguồn; bắt buộc ghi lý do.\n" if is_below
        else f"- **{APPROVE}**: công bố với số liệu hiện có; chỉ tiêu thiếu nguồn để trống và ghi «thiếu số liệu».\n"
    )  # fmt: skip
    body = (
        f"**{period.title_vi} chưa đủ số liệu:**\n\n{listed}\n\n{approve}"
        f"- **{REFUSE}**: không công bố và không lập báo cáo; khi đủ số liệu thì chạy lại.\n\n"
        "Ghi lý do vào ô «Lý do»: lý do được lưu cùng tên người quyết định."
    )
    subject = f"Chốt số liệu {period.title_vi}: còn thiếu {len(gaps.lines)} nguồn"
    return Gate(None, subject, body, shown, is_below)
