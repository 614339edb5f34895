"""Check a file's rows in two stages; a fault is reported once, at one cell.

Stage «cell»: is a required cell there, is a value in range and of its form. What fails in an optional column becomes
empty. Stage «row»: rules between columns, rows, the whole table, on what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.checking.derived import DERIVED, earlier
from etl.checking.show import shown
from etl.checking.suites import Outcome, run_suite
from etl.checking.waivers import Waiving, waive
from etl.contracts import Contract
from etl.model.examined import Heading
from etl.model.finding import Effect, Finding, Severity, as_findings, findings_frame, join_findings
from etl.model.period import Period
from etl.reference.rules import rules
from etl.reference.units import units_on


@dataclass(frozen=True)
class Checked:
    """rows: the accepted ones, same columns and index as given. findings: all of the file, in the order of its rows."""

    rows: pd.DataFrame
    findings: pd.DataFrame
    check_run: dict[str, Any]


def check(
    rows: pd.DataFrame, findings: pd.DataFrame, form: Contract, heading: Heading, waivers: Sequence[Waiving] = ()
) -> Checked:
    """Run a dataset's suite on its typed rows.

    findings: what was found before; cells that could not be read are not reported again. A finding that a waiver names
    is told and marked, and rejects nothing.
    """
    if heading.period is None or heading.unit_code is None:
        raise ValueError("rows are checked only under a complete heading")
    period = heading.period
    communes = [c.code for c in units_on(period.last_day).communes_in(heading.unit_code)]
    parameters = suite_parameters(form, period, communes)
    at = _positions(rows, findings)
    unread = [rules()[rule].effect in (Effect.CELL, Effect.ROW) for rule in findings["rule"]]
    told = {(i, c) for i, c, off in zip(at, findings["column"], unread, strict=True) if i is not None and off}
    rejected = {i for i, s in zip(at, findings["severity"], strict=True) if i is not None and s == Severity.CRITICAL}

    by_cell = run_suite(form.dataset, rows, parameters, stage="cell")
    cell_findings = join_findings(_told(rows, o, form, told) for o in by_cell)
    # One fault is told once: a cell that is none takes no part in the rules between cells, required or not.
    judged = emptied(rows, by_cell, [c.name for c in form.columns], form)
    rows = emptied(rows, by_cell, [c.name for c in form.columns if not c.required], form)
    rejected |= {i for o in by_cell if o.severity == Severity.CRITICAL for i in o.failed}

    wide = widened(judged, form, period, rejected)
    by_row = run_suite(form.dataset, wide, parameters, stage="row")
    row_findings = [
        _absent(o, rows, communes, heading) if o.meta["rule"] == "commune_missing" else _told(wide, o, form, told)
        for o in by_row
    ]
    everything = waive(join_findings([findings, cell_findings, *row_findings]), waivers)
    waived = everything[everything["waived"].notna()]
    spared = set(zip(waived["rule"], waived["column"], _positions(rows, waived), strict=True))
    rejected |= {
        i
        for o in by_row
        if o.severity == Severity.CRITICAL
        for i in o.failed
        if (o.meta["rule"], o.meta["column"], i) not in spared
    }
    accepted = rows[~rows.index.isin(list(rejected))]
    return Checked(accepted, _ordered(everything, rows, form), _check_run(form.dataset, [*by_cell, *by_row]))


def suite_parameters(form: Contract, period: Period, communes: list[str]) -> dict[str, Any]:
    """Return what the suites ask for: the communes of the submitting unit, the period's end, patterns of its day."""
    patterns = {f"{c.name}_pattern": f"^({c.pattern})$" for c in form.on(period.last_day).columns if c.pattern}
    return {"communes": communes, "period_end": pd.Timestamp(period.last_day), **patterns}


def widened(rows: pd.DataFrame, form: Contract, period: Period, rejected: Collection[Any] = ()) -> pd.DataFrame:
    """Typed rows with the columns that the rules of stage «row» compare with; rejected rows repeat no key."""
    if form.key:
        take_part = ~rows.index.to_series().isin(rejected)
        if form.dataset == "education_pupil":
            take_part &= rows["status"] == "enrolled"
        rows = earlier(rows, list(form.key), take_part)
    return DERIVED[form.dataset](rows, period) if form.dataset in DERIVED else rows


def _positions(rows: pd.DataFrame, findings: pd.DataFrame) -> list[Any]:
    """The row index of each finding, None where it names no row."""
    if not len(findings):
        return []
    where = dict(zip(zip(rows["sheet"], rows["row"], strict=True), rows.index, strict=True))
    return [where.get((s, r)) if pd.notna(r) else None for s, r in zip(findings["sheet"], findings["row"], strict=True)]


def _told(rows: pd.DataFrame, outcome: Outcome, form: Contract, told: set[tuple[Any, str]]) -> pd.DataFrame:
    """The findings of one expectation, without cells that conforming has reported."""
    column, meta = outcome.meta["column"], outcome.meta
    failed = [i for i in outcome.failed if (i, column) not in told]
    if not failed:
        return findings_frame()
    part = rows.loc[failed]
    value = shown(part, form, column) if meta["rule"] != "required_empty" else pd.Series(index=part.index, dtype="str")
    named = {name: shown(part, form, source) for name, source in meta.get("params", {}).items()}
    words = meta.get("words", {})
    params = [
        {**words, **{k: v for k, v in zip(named, texts, strict=True) if isinstance(v, str)}}
        for texts in (zip(*named.values(), strict=True) if named else ((),) * len(part))
    ]
    return as_findings(
        pd.DataFrame(
            {
                "rule": meta["rule"], "severity": outcome.severity, "sheet": part["sheet"], "row": part["row"],
                "column": column, "value": value, "params": pd.Series(params, index=part.index, dtype="object"),
            }
        )
    )  # fmt: skip


def emptied(rows: pd.DataFrame, outcomes: Iterable[Outcome], names: Collection[str], form: Contract) -> pd.DataFrame:
    """The rows with the failing cells of some of the form's columns made empty, companions with them."""
    copies: dict[str, pd.Series[Any]] = {}
    for outcome in outcomes:
        column = form[outcome.meta["column"]]
        if len(outcome.failed) and column.name in names:
            for name, _ in column.stored:
                series = copies.get(name, rows[name])
                copies[name] = series.mask(series.index.isin(outcome.failed))
    return rows.assign(**copies) if copies else rows


def _absent(outcome: Outcome, rows: pd.DataFrame, communes: list[str], heading: Heading) -> pd.DataFrame:
    """One finding a commune of the submitting unit that has no row; a row that is there but rejected is there."""
    if outcome.success or heading.period is None:
        return findings_frame()
    units = units_on(heading.period.last_day)
    there = set(rows["commune"].dropna())
    absent = [code for code in communes if code not in there]
    # Rows without a readable commune have findings of their own, and may be those that seem to be absent.
    if len(absent) <= int(rows["commune"].isna().sum()):
        return findings_frame()
    return findings_frame(
        Finding("commune_missing", Severity(outcome.severity), column="commune", value=units[code].name)
        for code in absent
    )


def _ordered(findings: pd.DataFrame, rows: pd.DataFrame, form: Contract) -> pd.DataFrame:
    """Findings in the order in which a person meets them: sheet, row, column."""
    sheets = {name: at for at, name in enumerate(rows["sheet"].unique())}
    columns = {column.name: at for at, column in enumerate(form.columns)}
    keyed = findings.assign(
        _sheet=findings["sheet"].map(sheets).fillna(-1), _column=findings["column"].map(columns).fillna(-1)
    )
    ordered = keyed.sort_values(["_sheet", "row", "_column"], kind="stable", na_position="first")
    return as_findings(ordered)


def _check_run(suite: str, outcomes: list[Outcome]) -> dict[str, Any]:
    result = [
        {
            "expectation": o.id,
            "rule": o.meta["rule"],
            "column": o.meta["column"],
            "stage": o.meta["stage"],
            "severity": o.severity,
            "evaluated": o.evaluated,
            "failed": o.unsuccessful,
        }
        for o in outcomes
    ]
    failed = sum(not o.success for o in outcomes)
    return {
        "suite": suite, "success": failed == 0, "evaluated": len(outcomes), "unsuccessful": failed, "result": result,
    }  # fmt: skip
