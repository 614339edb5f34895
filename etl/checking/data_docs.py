"""Data Docs: what the checks said of each submission, as pages of Great Expectations, by sector and period.

The pages show counts and shares, never a value of a cell, and need no network: Great Expectations renders the sections,
the frame around them, which fetches style sheets, scripts and a logo from elsewhere, is ours.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from etl import durable
from etl.checking.suites import load_suite
from etl.contracts import contract
from etl.faults import point
from etl.model.period import Period
from etl.reference.rules import rules
from etl.reference.units import units_on

_BUILT = "built.json"
_STYLE = Path(__file__).with_suffix(".css")
_STATES = {
    "received": "đã nhận", "prepared": "đang xử lý", "held": "chờ phê duyệt", "accepted": "đã nhận vào kho",
    "rejected": "bị từ chối",
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A submission of a sector and period with what each expectation said of its rows."""

    submission: Any
    results: tuple[Any, ...]


def build(conn: Connection, folder: Path, periods: int | None = None) -> list[Path]:
    """Bring the pages of every sector and period in step with what the checks have said; the folders built anew.

    periods: of so many of the newest periods alone.
    """
    wanted = text(
        "SELECT DISTINCT sector, period FROM intake.submission"
        " WHERE period IS NOT NULL AND verdict IS NOT NULL ORDER BY 1, 2"
    )
    groups = [(row.sector, row.period) for row in conn.execute(wanted)]
    newest = sorted({period for _, period in groups})[-periods if periods else None :]
    groups = [(sector, period) for sector, period in groups if period in newest]
    built = [place for sector, period in groups if (place := _build_one(conn, folder, sector, period)) is not None]
    # Also where nothing was built just now: a worker may have died before it came to this.
    contents, index = _page("Kết quả kiểm tra số liệu", _contents(folder)), folder / "index.html"
    if not index.exists() or index.read_text(encoding="utf-8") != contents:
        _write(index, contents)
    return built


def _build_one(conn: Connection, folder: Path, sector: str, period: str) -> Path | None:
    """The folder of a sector and period, built anew; None where it is in step."""
    place = folder / sector / period
    checked = list(_checked(conn, sector, period))
    basis = _basis(checked)
    mark = place / _BUILT
    if mark.exists() and json.loads(mark.read_text())["basis"] == basis:
        return None
    mark.unlink(missing_ok=True)
    point("docs.unmarked")
    shutil.rmtree(place, ignore_errors=True)
    point("docs.cleared")
    for one in checked:
        if one.results:
            _write(place / f"{one.submission.id}.html", _page(one.submission.file_name, _validation_page(one)))
    title = f"{sector} – {Period.parse(period).title_vi}"
    _write(place / "index.html", _page(title, _overview(checked, Period.parse(period))))
    _write(mark, json.dumps({"basis": basis}))
    return place


def _checked(conn: Connection, sector: str, period: str) -> Iterator[Checked]:
    submissions = text(
        "SELECT s.id, s.dataset, s.unit_code, s.file_name, s.state, s.verdict, s.received_at, s.superseded_at,"
        " s.findings_version, s.rows_accepted, s.rows_rejected, q.quality"
        " FROM intake.submission AS s LEFT JOIN quality.submission_score AS q ON q.submission_id = s.id"
        " WHERE s.sector = :sector AND s.period = :period AND s.verdict IS NOT NULL"
        " AND s.state <> 'unchanged' ORDER BY s.received_at DESC, s.id"
    )
    results = text("SELECT * FROM quality.check_result WHERE submission_id = :id ORDER BY stage, column_name, rule")
    for row in conn.execute(submissions, {"sector": sector, "period": period}).all():
        yield Checked(row, tuple(conn.execute(results, {"id": row.id}).all()))


def _basis(checked: Sequence[Checked]) -> str:
    """A hash of all that the pages show, and of how they show it."""
    content = [[tuple(one.submission), [tuple(result) for result in one.results]] for one in checked]
    looks = _STYLE.read_text() + Path(__file__).read_text()
    return hashlib.sha256((json.dumps(content, default=str) + looks).encode()).hexdigest()


def _validation_page(one: Checked) -> str:
    """A submission's validation: a heading of ours, then the sections of Great Expectations' own page, one a column."""
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    by_id = {e["id"]: e for suite in {r.suite for r in one.results} for e in load_suite(suite)["expectations"]}
    told = [
        ExpectationValidationResult(
            success=result.failed == 0,
            expectation_config=ExpectationConfiguration(
                type=raw["type"], kwargs=raw["kwargs"], severity=raw["severity"],
                meta={"notes": {"format": "string", "content": [f"{result.rule}: {rules()[result.rule].en}"]}},
            ),
            result=_counts(result),
            exception_info={"raised_exception": False, "exception_message": None, "exception_traceback": None},
        )
        for result in one.results
        if (raw := by_id.get(result.expectation_id)) is not None
    ]  # fmt: skip
    passed = sum(bool(result.success) for result in told)
    whole = ExpectationSuiteValidationResult(
        success=passed == len(told), results=told, suite_name=one.results[0].suite,
        statistics={
            "evaluated_expectations": len(told), "successful_expectations": passed,
            "unsuccessful_expectations": len(told) - passed,
            "success_percent": 100 * passed / len(told) if told else None,
        },
        meta={"run_id": {"run_name": one.submission.id, "run_time": one.submission.received_at.isoformat()}},
    )  # fmt: skip
    # The first section is its heading, which links to pages that are not made.
    sections = ValidationResultsPageRenderer().render(whole).sections[1:]
    body = "".join(
        _section_view().render({"section": section.to_json_dict(), "section_loop": {"index": number}})
        for number, section in enumerate(sections, start=1)
    )
    sent = one.submission
    said = f"{passed} / {len(told)} quy tắc đạt"
    return (
        '<p><a href="index.html">← Các tệp của kỳ</a></p>'
        f"<p>{escape(contract(sent.dataset).title)} – {escape(sent.id)}</p>"
        f'<p class="{"passed" if passed == len(told) else "failed"}">{said}</p>{body}'
    )


@lru_cache(maxsize=1)
def _section_view() -> Any:
    """Return the view of Great Expectations that writes a section: one for all, as each compiles its templates."""
    from great_expectations.render.view import DefaultJinjaSectionView

    return DefaultJinjaSectionView()


def _counts(result: Any) -> dict[str, Any]:
    share = 100 * result.failed / result.evaluated if result.evaluated else 0.0
    return {
        "element_count": result.evaluated, "unexpected_count": result.failed, "unexpected_percent": share,
        "missing_count": 0, "missing_percent": 0.0, "partial_unexpected_list": [],
    }  # fmt: skip


def _overview(checked: Sequence[Checked], period: Period) -> str:
    """The submissions of a sector and period: what became of each, its quality, the rules that fail most."""
    units = units_on(period.last_day)
    lines = []
    for one in checked:
        sent = one.submission
        failed = sum(result.failed > 0 for result in one.results)
        name = escape(sent.file_name)
        link = f'<a href="{escape(sent.id)}.html">{name}</a>' if one.results else name
        state = "đã thay thế" if sent.superseded_at is not None else _STATES.get(sent.state, sent.state)
        quality = "–" if sent.quality is None else f"{sent.quality:.1f} %".replace(".", ",")
        unit = units[sent.unit_code].name if sent.unit_code in units else sent.unit_code or ""
        cells = (
            link, escape(contract(sent.dataset).title if sent.dataset else ""), escape(unit), state,
            _number(sent.rows_accepted), _number(sent.rows_rejected), _number(quality),
            f'<td class="number {"failed" if failed else "passed"}">{failed} / {len(one.results)}</td>',
        )  # fmt: skip
        lines.append("<tr>" + "".join(c if c.startswith("<td") else f"<td>{c}</td>" for c in cells) + "</tr>")
    heads = ("Tệp", "Biểu", "Đơn vị", "Tình trạng", "Dòng nhận", "Dòng loại", "Chất lượng", "Quy tắc không đạt")
    head = "".join(f"<th>{name}</th>" for name in heads)
    note = "Chất lượng: phần trăm dòng dữ liệu không có lỗi hay cảnh báo nào (trừ những gì đã được chấp nhận)."
    return (
        f'<p><a href="../../index.html">← Mọi ngành và kỳ</a></p><table><tr>{head}</tr>{"".join(lines)}</table>'
        f'<p class="soft">{note}</p>{_most_failed(checked)}'
    )


def _most_failed(checked: Sequence[Checked]) -> str:
    failures: dict[str, int] = {}
    for one in checked:
        if one.submission.superseded_at is None:
            for result in one.results:
                failures[result.rule] = failures.get(result.rule, 0) + result.failed
    most = sorted(((n, rule) for rule, n in failures.items() if n), reverse=True)
    if not most:
        return ""
    lines = "".join(f"<tr><td>{escape(rule)}</td>{_number(n)}</tr>" for n, rule in most)
    head = '<tr><th>Quy tắc</th><th class="number">Dòng</th></tr>'
    return f"<h2>Quy tắc hay không đạt nhất</h2><table>{head}{lines}</table>"


def _number(value: Any) -> str:
    return f'<td class="number">{"–" if value is None else value}</td>'


def _contents(folder: Path) -> str:
    """Every sector and period that has pages, newest period first."""
    found = sorted(folder.glob(f"*/*/{_BUILT}"), key=lambda p: (p.parent.name, p.parent.parent.name), reverse=True)
    lines = []
    for mark in found:
        period, sector = mark.parent.name, mark.parent.parent.name
        link = f'<a href="{sector}/{period}/index.html">{sector}</a>'
        lines.append(f"<tr><td>{Period.parse(period).title_vi}</td><td>{link}</td></tr>")
    return f"<table><tr><th>Kỳ</th><th>Ngành</th></tr>{''.join(lines)}</table>"


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE.read_text()}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def _write(place: Path, content: str) -> None:
    durable.write(place, content.encode())
