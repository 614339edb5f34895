"""Examine one file: read, conform, check. Nothing is stored, so a dry run and a submission take the same way."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from etl.checking import (
    NamedRows,
    Reviewed,
    check,
    chosen_aliases,
    correct,
    in_force,
    load_reviewed,
    use_cell_aliases,
    use_table_aliases,
    waive,
    waiving,
)
from etl.conforming import (
    ColumnMap,
    check_totals,
    conform,
    contradicting_sheets,
    faulty_cells,
    find_summaries,
    from_above,
    is_called_a_summary,
    left_out,
    match_columns,
    raw_cells,
    read_heading,
    read_named_periods,
    repeating_sheets,
    saying,
    set_aside,
    unused,
    with_sections,
)  # fmt: skip
from etl.contracts import Contract, contract, contracts, sector_datasets
from etl.contracts.form import is_outdated
from etl.model import asked
from etl.model.answer_sheet import is_answer_sheet, sent_name
from etl.model.examined import Counts, Examined, Heading, Verdict
from etl.model.finding import Effect, Finding, Severity, findings_frame, join_findings
from etl.model.grid import Grid, Table
from etl.model.period import Period
from etl.model.refused import Refused
from etl.model.text import fold
from etl.opening import open_file
from etl.reading import find_any_table
from etl.recognition import recognize
from etl.reference.rules import rules
from etl.settings import Settings

SUMMARY = "summary"
"""Why the rows of a sheet that sums up other sheets are ignored."""

ASIDE = "aside"
"""Why the rows of a sheet of another period, or of a hidden draft, are ignored."""

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")
"""A drop belongs to the day of the province."""

_TITLE_ROWS = 40
"""A title stands in the first rows of a sheet."""

OWN_ANSWER = "answer"
"""Why the rows of a sheet that an answer of ours has added are ignored."""

NO_TABLE = "no_table"
"""Why the rows of a sheet without a table are ignored: a cover, an instruction page, a chart's data."""


def examine(
    settings: Settings, path: Path, *, file_name: str, folder: str, sector: str | None, today: date
) -> Examined:
    """One file as what it is: rows, findings and a verdict.

    file_name and folder are the sender's (they may carry period and unit); sector is the folder's owner, None in a
    dry run outside of any folder; today: no period may begin after it. Raises OSError and ReviewedError (of the
    reviewed waivers and corrections) only: whatever is wrong with the file's content is a finding.
    """
    reviewed = load_reviewed(settings.reviewed)
    try:
        opened = open_file(path, file_name, settings)
    except Refused as fault:
        named = read_named_periods((), sent_name(file_name), folder)
        return _refused(Heading(periods_named=named), fault)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest() if reviewed.names_a_file else ""
    examined = _examine_grids(
        opened.grids, reviewed, sha256, file_name=file_name, folder=folder, sector=sector, today=today
    )
    macros = [Finding("file_has_macros", Severity.INFO, value=opened.macros)] if opened.macros else []
    chosen = tuple(choice for grid in opened.grids if is_answer_sheet(grid) for choice in asked.chosen(grid))
    return replace(examined, findings=join_findings([examined.findings, findings_frame(macros)]), chosen=chosen)


def _without_data(grids: list[Grid], named: tuple[Period, ...]) -> Examined:
    """An answer of ours that came back without any sheet of the sender's."""
    fault = findings_frame([Finding("answer_without_data", Severity.CRITICAL)])
    rejected = _rejected(Heading(periods_named=named), fault, [], _ignored(grids, []))
    return replace(rejected, answers=next(filter(None, map(asked.answered, grids)), None))


def _examine_grids(
    grids: list[Grid], reviewed: Reviewed, sha256: str, *, file_name: str, folder: str, sector: str | None, today: date
) -> Examined:
    sent = [grid for grid in grids if not is_answer_sheet(grid)]
    recognized = recognize(sent, contracts())
    found = recognized.tables
    tables = _of_one_form([table for table in found if table is not None and table.dataset is not None])
    datasets = sorted({table.dataset for table in tables if table.dataset})

    def named_anywhere() -> tuple[Period, ...]:
        return read_named_periods(_titled(sent, found), sent_name(file_name), folder)

    if grids and not sent:
        return _without_data(grids, named_anywhere())
    if fault := _wrong_form(datasets, sent, found, sector):
        dataset = datasets[0] if len(datasets) == 1 else None
        heading = Heading(dataset=dataset, periods_named=named_anywhere())
        return _rejected(heading, findings_frame([fault]), tables, _ignored(grids, tables))

    form = recognized.forms[datasets[0]]
    hidden = frozenset(grid.sheet for grid in sent if grid.hidden)
    aside = set_aside(tables, hidden, form, sent_name(file_name), folder)
    tables = [table for table in tables if table.sheet not in aside.sheets]
    chosen = tuple(choice for grid in grids if is_answer_sheet(grid) for choice in asked.chosen(grid))
    aliases = in_force(reviewed.aliases, chosen_aliases(chosen, form.sector, sent_name(file_name), today))
    aliased = use_table_aliases(
        tables, aliases, form, lambda some: read_heading(some, form, sent_name(file_name), folder, today)
    )
    tables, heading, heading_findings = aliased.tables, aliased.heading, aliased.heading_findings
    heading, doubts = contradicting_sheets(
        tables, heading, heading_findings, lambda some: read_heading(some, form, sent_name(file_name), folder, today)
    )
    if heading.period is None:
        heading = replace(heading, periods_named=named_anywhere())
    readable = form.readable_on(heading.period.last_day) if heading.period else form
    tables = with_sections(tables, readable)
    matched = {table.sheet: match_columns(table, readable) for table in tables}
    summaries = find_summaries(tables, [matched[table.sheet][0] for table in tables], form)
    tables = [table for table in tables if table.sheet not in summaries.sheets]
    ignored = _ignored(grids, tables, aside.sheets)
    maps = [matched[table.sheet][0] for table in tables]
    layout = {table.sheet: columns.places(form) for table, columns in zip(tables, maps, strict=True)}
    of_headers = [matched[table.sheet][1] for table in tables]
    of_sheets = findings_frame([*aside.findings, *summaries.findings, *doubts])
    findings = join_findings([heading_findings, *of_headers, aliased.findings, of_sheets])
    if not sum(len(table.body) for table in tables):
        findings = join_findings([findings, findings_frame([Finding("no_data_rows", Severity.CRITICAL)])])
    if len(_of_whole_file(findings)):
        if "header_missing" in set(findings["rule"]):
            of_unused = [f for t, m in zip(tables, maps, strict=True) for f in unused(t, m, form)]
            findings = join_findings([findings, findings_frame(of_unused)])
        return _rejected(heading, findings, tables, ignored, layout)
    findings = join_findings([findings, _version(grids, form), _legacy(grids, layout), _of_reading(tables, maps, form)])

    cells = raw_cells(tables, maps, form)
    own = reviewed.of(heading)
    rows = NamedRows(cells, saying(form, heading), sha256)
    known, of_aliases = use_cell_aliases(rows, aliases, form, heading)
    rows = replace(rows, cells=known)
    corrected, of_corrections = correct(rows, own.corrections)
    shifted = {(table.sheet, row) for table in tables for row in table.ragged}
    total = len(corrected)
    if shifted:
        # Every value of a shifted row is in doubt: the row has one finding, and no rule looks at it.
        is_whole = [place not in shifted for place in zip(corrected["sheet"], corrected["row"], strict=True)]
        corrected = corrected[np.array(is_whole, dtype=bool)]
    conformed = conform(corrected, tables, maps, form, heading)
    repeating = findings_frame(repeating_sheets(conformed.rows, form))
    findings = join_findings([findings, of_aliases, of_corrections, conformed.findings, repeating])
    if len(fatal := _of_whole_file(findings)):
        return _rejected(heading, fatal, tables, ignored, layout)
    waivers = waiving(own.waivers, rows)
    checked = check(conformed.rows, findings, form, heading, waivers)
    of_totals = waive(check_totals(tables, maps, form, checked.findings), waivers)
    findings = join_findings([checked.findings, of_totals])
    accepted = len(checked.rows)
    counts = Counts(total + sum(ignored.values()), accepted, total - accepted, sum(ignored.values()))
    verdict = Verdict.ACCEPTED if accepted == total else Verdict.PARTLY if accepted else Verdict.REJECTED
    return Examined(verdict, heading, counts, checked.rows, findings, ignored, checked.check_run, layout)


def _of_one_form(tables: list[Table]) -> list[Table]:
    """The tables without those of another form in a sheet called a summary: counts beside the lists they count."""
    lists = [table for table in tables if not is_called_a_summary(table.sheet)]
    datasets = {table.dataset for table in lists}
    return (
        [table for table in tables if table.sheet in {one.sheet for one in lists} or table.dataset in datasets]
        if lists
        else tables
    )


def _of_reading(tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract) -> pd.DataFrame:
    """What was not used, was left out, was read from above, or cannot be read for what the file is."""
    return findings_frame(
        finding
        for table, columns in zip(tables, maps, strict=True)
        for finding in (
            *unused(table, columns, form), *left_out(table, columns, form), *from_above(table, columns),
            *faulty_cells(table, columns, form),
        )
    )  # fmt: skip


def _version(grids: list[Grid], form: Contract) -> pd.DataFrame:
    """Told when the file was made from a template of an earlier form."""
    cells = [c for g in grids for c in g.cells.iloc[:_TITLE_ROWS].to_numpy(dtype=object).ravel() if isinstance(c, str)]
    marks = [cell for cell in cells if is_outdated(cell, form)]
    return findings_frame(Finding("template_outdated", Severity.INFO, value=mark) for mark in marks[:1])


def _legacy(grids: list[Grid], layout: dict[str, dict[str, int]]) -> pd.DataFrame:
    """Told once a column whose texts were in an encoding from before Unicode."""
    return findings_frame(
        Finding("legacy_encoding", Severity.INFO, grid.sheet, column=column, value=grid.legacy[place])
        for grid in grids
        for column, place in layout.get(grid.sheet, {}).items()
        if place in grid.legacy
    )


def _wrong_form(
    datasets: list[str], grids: list[Grid], found: list[Table | None], sector: str | None
) -> Finding | None:
    """Why the file is no form of this sector's, or None."""
    if not datasets:
        nearest, missing = _nearest_form(grids, found, sector)
        fullest = max(grids, key=lambda grid: grid.cells.notna().to_numpy().sum(), default=None)
        params = {"nearest": nearest, "missing": missing}
        return Finding("dataset_unknown", Severity.CRITICAL, fullest.sheet if fullest else None, params=params)
    titles = ", ".join(contract(d).title for d in datasets)
    if len(datasets) > 1:
        return Finding("dataset_mixed", Severity.CRITICAL, params={"found": titles})
    owner = contract(datasets[0]).sector
    if sector is not None and owner != sector:
        return Finding("dataset_wrong_sector", Severity.CRITICAL, params={"found": titles, "owner": owner})
    return None


def _nearest_form(grids: list[Grid], found: list[Table | None], sector: str | None) -> tuple[str, str]:
    """Title of the form that a file comes nearest to, and its required headers that are not there.

    The form whose title stands in a sheet, else the one that the headers found fit best; without any header at all,
    the first form of the sector.
    """
    forms = [contract(d) for d in sector_datasets(sector)] if sector else list(contracts().values())
    cells = [cell for grid in grids for cell in grid.cells.iloc[:_TITLE_ROWS].to_numpy(dtype=object).ravel()]
    top = {fold(cell) for cell in cells if isinstance(cell, str)}
    forms = [form for form in forms if any(fold(form.title) in text for text in top)] or forms
    paths = [path for table in found if table for path in table.headers.values()]

    def lacking(form: Contract) -> list[str]:
        seen = {name for path in paths for name in form.named(path)}
        return [form[name].header for name in form.required if name not in seen]

    best = min(forms, key=lambda form: len(lacking(form)) / len(form.required))
    return best.title, ", ".join(lacking(best))


def _ignored(grids: list[Grid], tables: list[Table], aside: frozenset[str] = frozenset()) -> dict[str, int]:
    """Reason → number of rows that are no data, over all sheets. A sheet without a table is ignored whole."""
    reasons = Counter(reason for table in tables for reason in table.ignored.values())
    with_table = {table.sheet for table in tables}
    for grid in grids:
        if grid.sheet not in with_table:
            called = ASIDE if grid.sheet in aside else SUMMARY if is_called_a_summary(grid.sheet) else NO_TABLE
            reasons[OWN_ANSWER if is_answer_sheet(grid) else called] += _last_row(grid)
    return {reason: count for reason, count in sorted(reasons.items()) if count}


def _last_row(grid: Grid) -> int:
    return int(grid.cells.index.max()) if len(grid.cells) else 0


def _titled(grids: list[Grid], found: list[Table | None]) -> list[Table]:
    """Return a file's tables for the sake of their titles, of sheets without any form's table too."""
    pairs = zip(grids, found, strict=True)
    return [table or _any_titled(grid) for grid, table in pairs if not is_answer_sheet(grid)]


def _any_titled(grid: Grid) -> Table:
    """Return a table of no form with its title; a sheet of single lines, such as a cover sheet, is title alone."""
    table = find_any_table(grid)
    if table is not None and int(table.body.notna().any().sum()) > 1:
        return table
    title = tuple(
        (int(row), text)
        for row, values in zip(grid.cells.index[:_TITLE_ROWS], grid.cells.to_numpy(dtype=object), strict=False)
        for text in values
        if isinstance(text, str)
    )
    return Table(grid.sheet, {}, 0, grid.cells.iloc[:0], {}, title=title)


def _refused(heading: Heading, fault: Refused) -> Examined:
    """A file of which no cell was read."""
    finding = Finding(fault.rule, Severity.CRITICAL, params=dict(fault.params))
    return _rejected(heading, findings_frame([finding]), [], {})


def _rejected(
    heading: Heading, findings: pd.DataFrame, tables: list[Table], ignored: dict[str, int],
    layout: dict[str, dict[str, int]] | None = None,
) -> Examined:  # fmt: skip
    """A file rejected as a whole: each of its data rows counts as rejected."""
    data = sum(len(table.body) for table in tables)
    away = sum(ignored.values())
    counts = Counts(read=data + away, accepted=0, rejected=data, ignored=away)
    return Examined(Verdict.REJECTED, heading, counts, pd.DataFrame(), findings, ignored, {}, layout or {})


def _of_whole_file(findings: pd.DataFrame) -> pd.DataFrame:
    """Those findings whose rule rejects the file."""
    return findings[[rules()[rule].effect is Effect.FILE for rule in findings["rule"]]]
