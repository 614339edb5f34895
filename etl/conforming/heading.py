"""What a file says of itself: period, day and submitting unit, from its title, else its name, else its folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from etl.conforming.periods import InvalidPeriod, last_day_named, names_a_quarter, names_only_a_year, period_words
from etl.contracts import Contract
from etl.model.examined import Heading
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.grid import Table
from etl.model.period import Period
from etl.model.text import clean
from etl.reference.units import all_units, units_on

# "Lào Cai, ngày 05 tháng 01 năm 2019": where and when it was signed, not what it reports on.
_SIGNED = re.compile(
    r"^[^,]{2,40},\s*(?:ngày|ngay)\s*[\d.…]{0,4}\s*(?:tháng|thang)\s*[\d.…]{0,4}\s*(?:năm|nam)\s*[\d.…]{0,5}\s*$",
    re.IGNORECASE,
)
# "(Ban hành kèm theo Thông tư số 17/2016/TT-BLĐTBXH ngày 28/6/2016)": of the form, not of what it reports on.
_CITES = re.compile(
    r"\b(?:kem theo|ban hanh|thong tu|quyet dinh|nghi dinh|nghi quyet|cong van|theo mau|chi thi|to trinh"
    r"|(?:so|tt|qd|nd|kh|bc|cv) \d+)\b"
)


@dataclass(frozen=True)
class _Said:
    """A period or unit that was named: the value, its words, where, and for a period its last day."""

    value: str
    words: str
    where: str
    last_day: date | None = None
    level: str = ""


def read_heading(
    tables: Sequence[Table], form: Contract, file_name: str, folder: str, today: date
) -> tuple[Heading, pd.DataFrame]:
    """The heading of a file, and findings (period_*, unit_*) where it cannot be told for certain.

    Title, file name and folder are asked in this order, and all that name a period or unit must agree. A period may
    not begin after ``today``.
    """
    periods, faults = _all_periods(tables, file_name, folder)
    findings = [Finding("period_unreadable", Severity.CRITICAL, value=fault) for fault in faults]
    period, last_day = _period(periods, today, findings)
    units: list[_Said] = []
    for day in _days_of_units(last_day, today):
        places = list(_places(tables, file_name, folder))
        units = [said for where, lines in places for said in _units(lines, where, day)]
        units = _as_the_province(units, places, form, day)
        if units:
            break
    if form.sent_by == "district" and any(said.level == "district" for said in units):
        # The province's name above a district's form says where the district lies.
        units = [said for said in units if said.level == "district"]
    units = _without_upper(units, form)
    unit = _unit(units, findings)
    return Heading(form.dataset, period, last_day, unit, _in_order(periods)), findings_frame(findings)


def read_named_periods(tables: Sequence[Table], file_name: str, folder: str) -> tuple[Period, ...]:
    """Return every period that the titles, the file name or the folder name, in order, also where they disagree."""
    periods, _ = _all_periods(tables, file_name, folder)
    return _in_order(periods)


def _in_order(periods: list[_Said]) -> tuple[Period, ...]:
    return tuple(Period.parse(value) for value in sorted({period.value for period in periods}))


def _all_periods(tables: Sequence[Table], file_name: str, folder: str) -> tuple[list[_Said], list[str]]:
    """Return the periods that all places name, and the words that name one which cannot be, each once."""
    periods: list[_Said] = []
    faults: dict[str, None] = {}
    for where, lines in _places(tables, file_name, folder):
        named, faulty = _periods(lines, where)
        periods += named
        faults |= dict.fromkeys(faulty)
    return periods, list(faults)


def _days_of_units(last_day: date | None, today: date) -> Iterator[date]:
    """Days whose units a file may name: its period's last day; without one, or before it, days that have units.

    A period that cannot be told or has not begun is a finding already; that a unit is not of that day is no second.
    """
    if last_day is not None and last_day <= today:
        yield last_day
    else:
        yield from (today, *(unit.valid_to - timedelta(days=1) for unit in all_units() if unit.valid_to))


def _places(tables: Sequence[Table], file_name: str, folder: str) -> Iterator[tuple[str, list[str]]]:
    for table in tables:
        lines = [clean(text) for _, text in table.title]
        yield f"tiêu đề, trang {table.sheet}", [line for line in lines if not _SIGNED.match(line)]
    # What stands before the last dot, but for a name that ends in a date: «… 31.12.2018».
    stem = re.sub(r"\.(?!\d)[^.]*$", "", file_name.replace("/", " "))
    yield "tên tệp", [re.sub(r"[_\-.]+", " ", stem)]
    yield "thư mục", [re.sub(r"[_\-./]+", " ", folder)] if folder else []


def _periods(lines: list[str], where: str) -> tuple[list[_Said], list[str]]:
    """The period that each line names, and the words of those that cannot be.

    The most exact of one line counts (a day before a month before a year).
    """
    from_title = where.startswith("tiêu đề")
    found, faulty = [], []
    for line in lines:
        text = period_words(line)
        if from_title and _CITES.search(text) and not names_a_quarter(text):
            continue
        try:
            day = last_day_named(text, from_title=from_title)
        except InvalidPeriod as fault:
            faulty.append(str(fault))
            continue
        if day is not None:
            found.append(_Said(str(Period.of(day)), line, where, day))
    # A year alone ("Năm 2018") under a title that names the quarter adds nothing.
    exact = [s for s in found if not names_only_a_year(period_words(s.words))]
    return exact or found, faulty


def _period(said: list[_Said], today: date, findings: list[Finding]) -> tuple[Period | None, date | None]:
    if not said:
        if not findings:
            findings.append(Finding("period_missing", Severity.CRITICAL))
        return None, None
    first = said[0]
    if other := next((s for s in said if s.value != first.value), None):
        findings.append(_conflict("period_conflict", first, other))
        return None, None
    days = [s.last_day for s in said if s.where.startswith("tiêu đề") and s.last_day] or [
        s.last_day for s in said if s.last_day
    ]
    period = Period.parse(first.value)
    if period.first_day > today:
        findings.append(
            Finding("period_in_future", Severity.CRITICAL, value=first.words, params={"period": str(period)})
        )
    return period, min(days)


def _units(lines: list[str], where: str, day: date) -> list[_Said]:
    """The lowest unit that a place names: a district before the province."""
    try:
        units = units_on(day)
        named = [u for line in lines for u in units.submitting_in(line)]
        if not named and not where.startswith("tiêu đề"):
            named = [u for line in lines for u in units.submitting_by_code_or_name(line)]
    except LookupError:
        return []
    by_code = {u.code: u for u in named}
    districts = [u for u in by_code.values() if u.level == "district"]
    communes = [u for u in by_code.values() if u.level == "commune"]
    lowest = districts or [*communes, *(u for u in by_code.values() if u.level == "province")]
    return [_Said(u.code, u.name, where, level=u.level) for u in lowest]


def _as_the_province(
    said: list[_Said], places: Sequence[tuple[str, list[str]]], form: Contract, day: date
) -> list[_Said]:
    """The province alone, where its file has a sheet or a part for each district; else the units as they are.

    The province sends some forms alone. Others are its own only if the file or the folder names the province and the
    titles name several districts: what one district sent for several stays a conflict.
    """
    districts = {unit.value for unit in said if unit.level == "district"}
    outside = [unit for unit in said if not unit.where.startswith("tiêu đề")]
    if not districts or any(unit.level != "province" for unit in outside):
        return said
    province = [
        _Said(unit.code, unit.name, where, level=unit.level)
        for where, lines in places
        for line in lines
        for unit in units_on(day).submitting_in(line)
        if unit.level == "province"
    ]
    if form.sent_by == "province":
        return [*outside, *province][:1] or said
    return outside if outside and len(districts) > 1 else said


def _without_upper(said: list[_Said], form: Contract) -> list[_Said]:
    """The units without those that only say where the sender lies, or of what a sheet is, on a day without districts.

    A file's or folder's name that names the province alone, or sheets of several communes, make it the province's. Of
    the title alone, a form that districts sent is the commune's, one that the province sent is the province's.
    """
    communes = [unit for unit in said if unit.level == "commune"]
    province = [unit for unit in said if unit.level == "province"]
    if not communes or not province:
        return said
    outside = {unit.level for unit in said if not unit.where.startswith("tiêu đề")}
    if "commune" in outside or "province" in outside:
        return communes if "commune" in outside else province
    is_of_one_commune = form.sent_by == "district" and len({unit.value for unit in communes}) == 1
    return communes if is_of_one_commune else province


def _unit(said: list[_Said], findings: list[Finding]) -> str | None:
    if not said:
        findings.append(Finding("unit_missing", Severity.CRITICAL))
        return None
    first = said[0]
    if other := next((s for s in said if s.value != first.value), None):
        findings.append(_conflict("unit_conflict", first, other))
        return None
    return first.value


def _conflict(rule: str, first: _Said, second: _Said) -> Finding:
    params = {
        "first": first.words, "first_where": first.where, "second": second.words, "second_where": second.where,
    }  # fmt: skip
    return Finding(rule, Severity.CRITICAL, value=f"{first.words} / {second.words}", params=params)
