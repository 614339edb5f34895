"""Which physical column holds which column of the contract."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from openpyxl.utils import get_column_letter

from etl.contracts import Column, Contract
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.grid import Table
from etl.model.text import fold


@dataclass(frozen=True)
class ColumnMap:
    """Contract column → physical column. births: sex → physical column, where the form splits birth by sex."""

    columns: Mapping[str, int]
    births: Mapping[str, int] = field(default_factory=dict)

    def places(self, form: Contract) -> dict[str, int]:
        """Contract column → physical column; of a birth that stands in the column of the sex, the first of the two."""
        split = {}
        if self.births and form.split_sex:
            split = dict.fromkeys((form.split_sex.sex, form.split_sex.birth), min(self.births.values()))
        return {**split, **self.columns}


def match_columns(table: Table, form: Contract) -> tuple[ColumnMap, pd.DataFrame]:
    """The columns of a table, matched by their folded headers; no column twice.

    A header with the group above it is stronger than the header alone. Findings: header_missing for each required
    column that is not there, naming the nearest header; header_repeated for one that stands twice.
    """
    births = _births(table, form)
    ranked: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for physical, (above, text) in table.headers.items():
        if physical in births.values():
            continue
        for column in form.columns:
            if (strength := _strength(column, above, text)) > 0:
                ranked[column.name].append((strength, physical))
    taken: dict[str, int] = {}
    repeated: dict[str, list[int]] = {}
    # The strongest claims first, so that a column does not take by a loose variant what another names exactly.
    claims = sorted((-s, p, name) for name, options in ranked.items() for s, p in options)
    for strength, physical, name in claims:
        if name not in taken and physical not in taken.values():
            taken[name] = physical
        elif name in taken and physical not in taken.values() and -strength == _best(ranked[name]):
            repeated.setdefault(name, [taken[name]]).append(physical)
    findings = [
        _missing(form[n], table, taken) for n in form.required if n not in taken and not _by_sex(form, n, births)
    ]
    findings += [_repeated(form[name], places) for name, places in repeated.items()]
    return ColumnMap(taken, births), findings_frame(findings)


def _best(options: list[tuple[int, int]]) -> int:
    return max(strength for strength, _ in options)


def _strength(column: Column, above: str, text: str) -> int:
    """4: official header under its group, 3: official header, 2: a variant under the group, 1: a variant."""
    group = fold(column.header_above or "")
    grouped = bool(group) and (group in fold(above) or fold(text).startswith(group))
    bare = fold(text).removeprefix(group).strip() if group else fold(text)
    together = fold(f"{above} {text}")
    for rank, known in ((3, [column.header]), (1, list(column.variants))):
        keys = {fold(k) for k in known}
        if fold(text) in keys or bare in keys or together in keys:
            return rank + grouped
    return 0


def _births(table: Table, form: Contract) -> dict[str, int]:
    """Columns Nam and Nữ that hold the birth, if both are there."""
    if form.split_sex is None:
        return {}
    by_text = {fold(text): physical for physical, (_, text) in table.headers.items()}
    male = next((by_text[fold(h)] for h in form.split_sex.male if fold(h) in by_text), None)
    female = next((by_text[fold(h)] for h in form.split_sex.female if fold(h) in by_text), None)
    return {"male": male, "female": female} if male is not None and female is not None else {}


def _by_sex(form: Contract, name: str, births: Mapping[str, int]) -> bool:
    return bool(births) and form.split_sex is not None and name in (form.split_sex.sex, form.split_sex.birth)


def _missing(column: Column, table: Table, taken: Mapping[str, int]) -> Finding:
    free = [text for physical, (_, text) in table.headers.items() if physical not in taken.values()]
    near = difflib.get_close_matches(fold(column.header), [fold(t) for t in free], n=1, cutoff=0.6)
    shown = next((t for t in free if near and fold(t) == near[0]), None)
    hint = f" Có phải là cột «{shown}»?" if shown else ""
    params = {"header": column.header, "nearest": hint}
    return Finding("header_missing", Severity.CRITICAL, sheet=table.sheet, column=column.name, params=params)


def _repeated(column: Column, places: list[int]) -> Finding:
    where = ", ".join(get_column_letter(p) for p in places)
    params = {"header": column.header, "where": where}
    return Finding("header_repeated", Severity.CRITICAL, column=column.name, params=params)
