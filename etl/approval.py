"""What waits for a person: a submission whose total has halved, a quarter that is not complete.

A question says what is wrong and what happens on each choice, in Vietnamese, whether it is asked by Airflow's
human-in-the-loop task or answered by ``giamngheo approve``; who decided, when and why stays in ``quality.decision``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from etl import pipeline
from etl.contracts import contract
from etl.faults import point
from etl.model.period import Period
from etl.reference.units import units_on
from etl.settings import Settings
from etl.warehouse import connect, decisions, ledger


@dataclass(frozen=True)
class Gate:
    """Whether something may go on. choice: what was decided, None where nothing was held back or nobody has yet.

    subject, body: the question as long as it waits, "" otherwise.
    """

    choice: decisions.Choice | None = None
    subject: str = ""
    body: str = ""

    @property
    def waits(self) -> bool:
        """Whether a person has to decide first."""
        return bool(self.subject)


def gate(settings: Settings, subject: str) -> Gate:
    """Whether a submission (its id) or a quarter (2018-Q4) may go on; a quarter that is held back is asked about.

    Raises LookupError when there is no such submission.
    """
    with connect(settings) as engine, engine.begin() as conn:
        decisions.take_turn(conn, subject)
        period = _period(subject)
        found = _quarter(conn, period) if period else _submission(conn, ledger.get(conn, subject))
    point("approval.asked")
    return found


def announce(settings: Settings, subject: str) -> Path | None:
    """Tell the sender of a held submission that it waits and why: its answer's path. A quarter has no sender: None."""
    return None if _period(subject) else pipeline.answer(settings, subject)


def decide(settings: Settings, subject: str, choice: decisions.Choice, by: str, why: str) -> bool:
    """Keep a person's decision; whether it is the one that counts: what is decided already stays decided.

    A refused quarter may be decided again. Raises LookupError when nothing about the subject waits.
    """
    with connect(settings) as engine, engine.begin() as conn:
        decisions.take_turn(conn, subject)
        newest = decisions.newest(conn, subject)
        if newest is None or newest.choice is not None:
            period = _period(subject)
            asked = _quarter(conn, period) if period else _submission(conn, ledger.get(conn, subject))
            if period and asked.choice == "refuse":
                decisions.ask(conn, subject, "quarter", "\n".join(_lacks(conn, period)))
            elif newest is not None and not asked.waits:
                return False
        decisions.decide(conn, subject, choice, by, why)
    point("approval.decided")
    return True


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
    return Gate(None, f"Duyệt số liệu: {title} – {unit} – {submission.period}", body)


def _quarter(conn: Connection, period: Period) -> Gate:
    """A decision counts for what was shown: when the quarter lacks something else, it is asked about again."""
    lacks = _lacks(conn, period)
    if not lacks:
        decisions.withdraw(conn, str(period))
        return Gate()
    reason = "\n".join(lacks)
    decided = decisions.newest(conn, str(period))
    if decided is not None and decided.choice is not None and decided.reason == reason:
        return Gate(decided.choice)
    decisions.ask(conn, str(period), "quarter", reason)
    listed = "\n".join(f"- {line}" for line in lacks)
    body = (
        f"**{period.title_vi} chưa đủ số liệu:**\n\n{listed}\n\n"
        "- **Duyệt**: công bố với số liệu hiện có; chỉ tiêu thiếu nguồn để trống và ghi «thiếu số liệu».\n"
        "- **Từ chối**: không công bố và không lập báo cáo; khi đủ số liệu thì chạy lại.\n\n"
        "Ghi lý do vào ô «Lý do»: lý do được lưu cùng tên người quyết định."
    )
    return Gate(None, f"Chốt số liệu {period.title_vi}: còn thiếu {len(lacks)} nguồn", body)


def _lacks(conn: Connection, period: Period) -> list[str]:
    """What is missing in a quarter, and what is held back and was not sent anew since, one line each."""
    units = units_on(period.last_day)
    missing = [
        f"Thiếu: {contract(dataset).title} ({units[code].name})"
        for dataset, code in pipeline.missing_submissions(conn, period)
    ]
    query = text(
        "SELECT s.dataset, s.unit_code, d.reason FROM intake.submission AS s"
        " JOIN quality.decision AS d ON d.subject = s.id AND d.choice IS NULL"
        " WHERE s.period = :period AND s.state = 'held' AND NOT EXISTS ("
        "   SELECT 1 FROM intake.submission AS n WHERE n.dataset = s.dataset AND n.period = s.period"
        "   AND n.unit_code = s.unit_code AND n.accepted_at IS NOT NULL"
        "   AND (n.as_of, n.modified_at) > (s.as_of, s.modified_at))"
        " ORDER BY s.dataset, s.unit_code, s.id"
    )
    held = [
        f"Chờ duyệt: {contract(row.dataset).title} ({units[row.unit_code].name}): {row.reason}"
        for row in conn.execute(query, {"period": str(period)})
    ]
    return missing + held
