"""The data rows of a file as one typed frame. Work is done on a column's distinct texts, then spread over its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.conforming.vocabulary import Reader, reader_of
from etl.contracts import Column, Contract
from etl.model.examined import Heading
from etl.model.finding import Finding, Severity, findings_frame, join_findings
from etl.model.grid import Table
from etl.model.text import clean, fold, spelling_key
from etl.reference.rules import rules

DTYPES = {
    "text": "str", "bigint": "Int64", "integer": "Int64", "smallint": "Int64", "double precision": "Float64",
    "boolean": "boolean", "date": "datetime64[s]",
}  # fmt: skip
"""PostgreSQL type of a stored column → dtype of the frame's."""

_MONEY_UNITS = (
    (re.compile(r"\btrieu(?: dong)?\b"), 1_000_000),
    (re.compile(r"\b(?:nghin|ngan|1000)(?: dong)?\b"), 1_000),
    (re.compile(r"\bdong\b"), 1),
)
_MONEY_LINE = re.compile(r"(don vi(?: tinh)?|dvt)\b(?P<unit>.*)$")
_LEAST_PLAUSIBLE_PRINCIPAL = 100_000
"""In đồng. Loans of the bank are of millions; a smaller median means that the amounts are in thousands or millions."""


@dataclass(frozen=True)
class Conformed:
    """rows: RangeIndex; sheet, row, then the contract's stored columns, every data row of the file; their findings."""

    rows: pd.DataFrame
    findings: pd.DataFrame


def conform(tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract, heading: Heading) -> Conformed:
    """Type and code the data rows of a file's tables.

    heading: complete (period and unit are known). A cell that cannot be read for certain becomes missing and makes a
    finding, critical where its column is required. Findings of the whole file: money_unit_missing, money_unit_conflict.
    """
    raw = pd.concat([_raw(t, m, form) for t, m in zip(tables, maps, strict=True)], ignore_index=True)
    factor, faults = _money_factor(tables, form, raw)
    rows = raw[["sheet", "row"]].copy()
    found = [findings_frame(faults)]
    stored: dict[str, pd.Series[Any]] = {}
    for column in form.columns:
        cells, findings = _column(raw, column, reader_of(column, heading, factor))
        stored |= cells
        found.append(findings)
    rows = rows.assign(**stored)
    if form.dataset == "health_card":
        rows["object_code"] = rows["object_code"].fillna(rows["card_number"].str[:2])
    return Conformed(rows, join_findings(found))


def _raw(table: Table, columns: ColumnMap, form: Contract) -> pd.DataFrame:
    """The table's data rows by contract column, still text; births split by sex are brought together."""
    body = table.body
    data = {name: body[physical] for name, physical in columns.columns.items()}
    if columns.births and form.split_sex:
        male, female = body[columns.births["male"]], body[columns.births["female"]]
        both = male.notna() & female.notna()
        data[form.split_sex.birth] = male.where(male.notna(), female).mask(both, "? " + male + " / " + female)
        sex = pd.Series(np.nan, index=body.index, dtype="str")
        data[form.split_sex.sex] = sex.mask(male.notna() & ~both, "Nam").mask(female.notna() & ~both, "Nữ")
    frame = pd.DataFrame(data, index=body.index)
    frame = frame.reindex(columns=[c.name for c in form.columns]).astype("str")
    frame.insert(0, "sheet", pd.Series(table.sheet, index=body.index, dtype="str"))
    frame.insert(1, "row", body.index.to_numpy(dtype="int64"))
    return frame


def _column(raw: pd.DataFrame, column: Column, read: Reader) -> tuple[dict[str, pd.Series[Any]], pd.DataFrame]:
    """The stored columns of one contract column, and findings for the cells that could not be read."""
    texts = raw[column.name]
    codes, distinct = pd.factorize(texts, use_na_sentinel=True)
    good: list[Any] = []
    faults: dict[int, Finding] = {}
    required = column.required
    for at, text in enumerate(distinct):
        try:
            values.refuse_error(text)
            good.append(read(text))
        except values.Unreadable as fault:
            good.append(None)
            severity = rules()[fault.rule].severity_for(required=required)
            params: Mapping[str, str] = getattr(read, "params", lambda _: {})(text)
            faults[at] = Finding(fault.rule, severity, column=column.name, value=clean(text), params=params)
    stored = {
        name: _taken([_part(v, column, name) for v in good], codes, kind, raw.index) for name, kind in column.stored
    }
    return stored, _spread(raw, codes, faults)


def _part(value: Any, column: Column, name: str) -> Any:
    """What one stored column keeps of a value: of a date its day or its year, of a name itself or its spelling key."""
    if value is None:
        return None
    if isinstance(value, values.When):
        return value.year if name.endswith("_year") else value.day
    return spelling_key(value) if column.type == "name" and name != column.name else value


def _taken(parts: list[Any], codes: np.ndarray, kind: str, index: pd.Index) -> pd.Series[Any]:
    """Distinct values spread over the rows; code -1 is a blank cell."""
    dtype = DTYPES[kind]
    missing = pd.NaT if kind == "date" else np.nan if kind == "text" else pd.NA
    filled = [missing if p is None else p for p in parts] + [missing]
    return pd.Series(filled, dtype=dtype).take(codes).set_axis(index)


def _spread(raw: pd.DataFrame, codes: np.ndarray, faults: dict[int, Finding]) -> pd.DataFrame:
    if not faults:
        return findings_frame()
    at = np.flatnonzero(np.isin(codes, list(faults)))
    which: Iterable[Finding] = [faults[int(codes[i])] for i in at]
    frame = findings_frame(which)
    return frame.assign(sheet=raw["sheet"].to_numpy()[at], row=pd.array(raw["row"].to_numpy()[at], dtype="Int64"))


def _money_factor(tables: Sequence[Table], form: Contract, raw: pd.DataFrame) -> tuple[int, list[Finding]]:
    """How many đồng one unit of the amounts is, from the titles. Nothing said means đồng where that is plausible."""
    if not any(c.type == "money" for c in form.columns):
        return 1, []
    said = {unit for table in tables if (unit := _said_unit(table)) is not None}
    if len(said) > 1:
        names = {1: "đồng", 1_000: "nghìn đồng", 1_000_000: "triệu đồng"}
        first, second, *_ = sorted(said)
        params = {"first": names[first], "second": names[second]}
        return 1, [Finding("money_unit_conflict", Severity.CRITICAL, params=params)]
    if said:
        return said.pop(), []
    if form.dataset != "credit_loan":
        return 1, []
    amounts = [v for v in map(_number_or_none, raw["principal"].dropna()) if v is not None]
    median = float(np.median(amounts)) if amounts else 0.0
    if amounts and median < _LEAST_PLAUSIBLE_PRINCIPAL:
        params = {"median": f"{median:g}"}
        return 1, [Finding("money_unit_missing", Severity.CRITICAL, column="principal", params=params)]
    return 1, []


def _said_unit(table: Table) -> int | None:
    for _, text in table.title:
        if match := _MONEY_LINE.search(fold(text)):
            for form, factor in _MONEY_UNITS:
                if form.search(match["unit"]):
                    return factor
    return None


def _number_or_none(text: str) -> float | None:
    try:
        return float(values.number(text, grouped=True))
    except values.Unreadable:
        return None
