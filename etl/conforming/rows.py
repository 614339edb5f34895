"""The data rows of a file as one typed frame. Work is done on a column's distinct texts, then spread over its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.conforming.identifiers import identifier_texts, zeros_restored
from etl.conforming.money import money_factors
from etl.conforming.number_style import NumberStyle, number_styles
from etl.conforming.vocabulary import Manner, Reader, reader_of
from etl.contracts import Column, Contract
from etl.contracts.model import SplitSex
from etl.model.examined import Heading
from etl.model.finding import Finding, Severity, findings_frame, join_findings
from etl.model.grid import Table
from etl.model.text import clean, spelling_key
from etl.reference.rules import rules

DTYPES = {
    "text": "str", "bigint": "Int64", "integer": "Int64", "smallint": "Int64", "double precision": "Float64",
    "boolean": "boolean", "date": "datetime64[s]",
}  # fmt: skip
"""PostgreSQL type of a stored column → dtype of the frame's."""


_NO_MARK = ("0", "-", "–", "Không", "không")
"""In the column of a sex: not of this sex."""


@dataclass(frozen=True)
class Conformed:
    """rows: RangeIndex; sheet, row, then the contract's stored columns, every data row of the file; their findings."""

    rows: pd.DataFrame
    findings: pd.DataFrame


def raw_cells(tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract) -> pd.DataFrame:
    """The data rows of a file's tables: sheet, row, and each column of the form as text, missing where it is blank."""
    return pd.concat([_raw(t, m, form) for t, m in zip(tables, maps, strict=True)], ignore_index=True)


def conform(
    raw: pd.DataFrame, tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract, heading: Heading
) -> Conformed:
    """Type and code the raw cells of a file's tables.

    heading: complete (period and unit are known). A cell that cannot be read for certain becomes missing and makes a
    finding, critical where its column is required. Findings of the whole file: money_unit_missing, money_unit_conflict.
    """
    factors, faults = money_factors(tables, maps, form, raw.get("principal"))
    styles = number_styles(tables, maps, form, factors)
    from_1904 = any(table.from_1904 for table in tables)
    rows = raw[["sheet", "row"]].copy()
    found = [findings_frame([*faults, *zeros_restored(tables, maps, form)])]
    stored: dict[str, pd.Series[Any]] = {}
    for column in form.columns:
        style = styles.get(column.name, NumberStyle(grouped=False))
        manner = Manner(factors.get(column.name, 1), style.grouped, style.decimal, from_1904)
        cells, findings = _column(raw, column, reader_of(column, heading, manner))
        stored |= cells
        found.append(findings)
    rows = rows.assign(**stored)
    if form.dataset == "health_card":
        rows["object_code"] = rows["object_code"].fillna(rows["card_number"].str.extract("^([A-Z]{2})", expand=False))
    return Conformed(rows, join_findings(found))


def _raw(table: Table, columns: ColumnMap, form: Contract) -> pd.DataFrame:
    """The table's data rows by contract column, still text; births split by sex are brought together."""
    body = table.body
    data = {name: _as_typed(table, form[name], physical) for name, physical in columns.columns.items()}
    data |= identifier_texts(table, columns, form)
    if columns.births and form.split_sex:
        data = _of_the_sexes(body, columns.births, form.split_sex) | data
    frame = pd.DataFrame(data, index=body.index)
    frame = frame.reindex(columns=[c.name for c in form.columns]).astype("str")
    frame.insert(0, "sheet", pd.Series(table.sheet, index=body.index, dtype="str"))
    frame.insert(1, "row", body.index.to_numpy(dtype="int64"))
    return frame


def _of_the_sexes(body: pd.DataFrame, births: Mapping[str, int], split: SplitSex) -> dict[str, pd.Series[Any]]:
    """Sex and birth of rows that hold a birth, or a mark, in the column of the sex."""
    male, female = (body[births[sex]].mask(body[births[sex]].isin(_NO_MARK)) for sex in ("male", "female"))
    both = male.notna() & female.notna()
    sex = pd.Series(np.nan, index=body.index, dtype="str")
    return {
        split.birth: male.where(male.notna(), female).mask(both, "? " + male + " / " + female),
        split.sex: sex.mask(male.notna() & ~both, "Nam").mask(female.notna() & ~both, "Nữ"),
    }


def _as_typed(table: Table, column: Column, physical: int) -> pd.Series[str]:
    """A column's cells as texts that say by themselves what only the type of the cell tells."""
    texts = table.body[physical]
    if column.type in ("int", "money", "number") and table.numbers is not None and physical in table.numbers:
        marked = {text: values.marked_as_number(text) for text in texts.dropna().unique()}
        return texts.where(~table.numbers.loc[texts.index, physical], texts.map(marked))
    return texts


def _column(raw: pd.DataFrame, column: Column, read: Reader) -> tuple[dict[str, pd.Series[Any]], pd.DataFrame]:
    """The stored columns of one contract column, and findings for the cells that could not be read."""
    texts = raw[column.name]
    codes, distinct = pd.factorize(texts, use_na_sentinel=True)
    good: list[Any] = []
    faults: dict[int, Finding] = {}
    notes: dict[int, Finding] = {}
    required = column.required
    for at, text in enumerate(distinct):
        try:
            values.refuse_error(text)
            # The apostrophe with which a person makes Excel keep a text is no part of it, where a program has left it.
            good.append(read(text.removeprefix("'")))
            note: tuple[str, Mapping[str, str]] | None = getattr(read, "note", lambda _: None)(text)
            if note:
                severity = rules()[note[0]].severity_for(required=required)
                notes[at] = Finding(note[0], severity, column=column.name, value=clean(text), params=note[1])
        except values.Unreadable as fault:
            good.append(None)
            severity = rules()[fault.rule].severity_for(required=required)
            params: Mapping[str, str] = getattr(read, "params", lambda _: {})(text)
            faults[at] = Finding(fault.rule, severity, column=column.name, value=clean(text), params=params)
    stored = {
        name: _taken([_part(v, column, name) for v in good], codes, kind, raw.index) for name, kind in column.stored
    }
    faults |= {at: note for at, note in notes.items() if note.severity != Severity.INFO}
    once = {at: note for at, note in notes.items() if note.severity == Severity.INFO}
    return stored, join_findings([_spread(raw, codes, faults), _first_cells(raw, codes, once)])


def _first_cells(raw: pd.DataFrame, codes: np.ndarray, notes: dict[int, Finding]) -> pd.DataFrame:
    """What is worth saying of a distinct text, once: at the first of its cells."""
    placed = []
    for code, note in notes.items():
        first = int(np.flatnonzero(codes == code)[0])
        placed.append(replace(note, sheet=str(raw["sheet"].iloc[first]), row=int(raw["row"].iloc[first])))
    return findings_frame(placed)


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
