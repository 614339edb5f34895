"""Which physical column holds which column of the contract."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from openpyxl.utils import get_column_letter

from etl.conforming.assignment import BY_CONTENT, assign, sample_of
from etl.contracts import Column, Contract
from etl.contracts.naming import IN_ITS_GROUP, NEAR, TRIMMED, Path, is_serial, sex_in
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.grid import Table
from etl.model.text import clean, fold

_LOOSELY = TRIMMED + IN_ITS_GROUP
"""How sure a header is, at most, that gives way to what the whole table says."""


@dataclass(frozen=True)
class ColumnMap:
    """Contract column → physical column, and how sure its header names it (0–1+).

    births: sex → physical column, where the form splits birth by sex. near: column that is not there → the header that
    nearly names it.
    """

    columns: Mapping[str, int]
    births: Mapping[str, int] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    near: Mapping[str, int] = field(default_factory=dict)

    def places(self, form: Contract) -> dict[str, int]:
        """Contract column → where its findings stand; of a birth in the column of the sex, the first of the two."""
        split = {}
        if self.births and form.split_sex:
            split = dict.fromkeys((form.split_sex.sex, form.split_sex.birth), min(self.births.values()))
        return {**split, **self.near, **self.columns}


def match_columns(table: Table, form: Contract) -> tuple[ColumnMap, pd.DataFrame]:
    """The columns of a table, matched by how sure each header names them (``contracts.naming``); no column twice.

    Findings, at the header's last row: header_missing for each required column that is not there, naming the nearest
    header; header_near for an optional column that a header nearly names; header_understood for a column that is read
    by its content or most of its header's words; header_repeated for one that is there twice.
    """
    texts = {place: sample_of(table.body[place]) if place in table.body.columns else {} for place in table.headers}
    placed = _place(table.headers, texts, form)
    taken, births, sureness = placed.columns, placed.births, placed.sure
    understood = {n: p for n, p in taken.items() if n not in form.named(table.headers[p])}
    findings = [_understood(form[name], table, place) for name, place in understood.items()]
    free = {physical: path for physical, path in table.headers.items() if _is_free(physical, path, form, taken, births)}
    unmatched = [c for c in form.columns if c.name not in taken and not _by_sex(form, c.name, births)]
    findings += [_missing(column, table, free) for column in unmatched if column.required]
    near = _nearly(form, free, [c.name for c in unmatched if not c.required])
    findings += [_near(form[name], table, place, likeness) for name, (place, likeness) in near.items()]
    findings += [_repeated(form[name], table, places) for name, places in placed.repeated.items()]
    columns = ColumnMap(taken, births, sureness, {name: place for name, (place, _) in near.items()})
    return columns, findings_frame(findings)


def understand(
    headers: Mapping[int, Path], texts: Mapping[int, Mapping[str, int]], form: Contract
) -> Mapping[str, int]:
    """Column of the form → its place, by the words of headers and by samples of what stands below them."""
    return _place(headers, texts, form).columns


@dataclass(frozen=True)
class _Placed:
    """Where columns of the form are, births by sex, how sure, and which are there twice."""

    columns: dict[str, int]
    births: dict[str, int]
    sure: dict[str, float]
    repeated: dict[str, list[int]]


def _place(headers: Mapping[int, Path], texts: Mapping[int, Mapping[str, int]], form: Contract) -> _Placed:
    births = _births(headers, form)
    claims: list[tuple[float, int, str]] = []
    for physical, path in headers.items():
        if physical not in births.values():
            claims += [(-sure, physical, name) for name, sure in form.named(path).items()]
    taken: dict[str, int] = {}
    sureness: dict[str, float] = {}
    repeated: dict[str, list[int]] = {}
    # The strongest claims first, so that a column does not take by a loose variant what another names exactly.
    for weakness, physical, name in sorted(claims):
        if physical in taken.values():
            continue
        if name not in taken:
            taken[name], sureness[name] = physical, -weakness
        elif sureness.get(name) == -weakness:
            repeated.setdefault(name, [taken[name]]).append(physical)
    firm = {name: place for name, place in taken.items() if sureness[name] > _LOOSELY}
    free = {
        physical: path for physical, path in headers.items()
        if physical not in {*firm.values(), *births.values()} and not is_serial(path)
    }  # fmt: skip
    lacking = [c.name for c in form.columns if c.name not in firm and not _by_sex(form, c.name, births)]
    assigned = assign(free, texts, lacking, firm, form)
    # What a header names loosely gives way where the whole of the table says otherwise.
    elsewhere = {place: name for name, place in assigned.likely.items()}
    taken = {
        name: place for name, place in taken.items()
        if name in firm or (assigned.likely.get(name, place) == place and elsewhere.get(place, name) == name)
    }  # fmt: skip
    taken |= assigned.clear
    for name, place in assigned.clear.items():
        sureness[name] = form.named(headers[place]).get(name, BY_CONTENT)
    return _Placed(taken, births, sureness, repeated)


def _is_free(
    physical: int, path: tuple[str, ...], form: Contract, taken: Mapping[str, int], births: Mapping[str, int]
) -> bool:
    """Whether a header stands for no column of the form and is not that of the serial numbers."""
    return (
        physical not in taken.values()
        and physical not in births.values()
        and not form.named(path)
        and not is_serial(path)
    )


def _nearly(form: Contract, free: Mapping[int, tuple[str, ...]], names: list[str]) -> dict[str, tuple[int, float]]:
    """Column that is not there → the header that nearly names it, and how nearly; not assigned: nothing is guessed."""
    found: dict[str, tuple[int, float]] = {}
    for place, path in free.items():
        nearest = form.names.near(path, [name for name in names if name not in found])
        if nearest is not None and nearest[1] >= NEAR:
            found[nearest[0]] = place, nearest[1]
    return found


def _near(column: Column, table: Table, place: int, likeness: float) -> Finding:
    params = {"likeness": f"{likeness:.2f}"}
    said = table.headers[place][-1]
    return Finding("header_near", Severity.WARNING, table.sheet, table.header_row, column.name, said, params)


def _understood(column: Column, table: Table, place: int) -> Finding:
    """header_understood: the column is read, and the sender may correct its header."""
    header = clean(" / ".join(table.headers[place]))
    params = {"likeness": f"{BY_CONTENT:.2f}"}
    row = table.header_row or None
    return Finding("header_understood", Severity.INFO, table.sheet, row, column.name, header, params)


def _births(headers: Mapping[int, Path], form: Contract) -> dict[str, int]:
    """Columns that hold the birth of each sex, told by their headers, if there is one of each."""
    if form.split_sex is None:
        return {}
    by_sex: dict[str, int] = {}
    for physical, path in headers.items():
        if sex := sex_in(path[-1]):
            by_sex.setdefault(sex, physical)
    return by_sex if len(by_sex) == 2 else {}


def _by_sex(form: Contract, name: str, births: Mapping[str, int]) -> bool:
    """Whether the columns of the sexes hold a column: a birth that has its own leaves them the sex alone."""
    return bool(births) and form.split_sex is not None and name in (form.split_sex.sex, form.split_sex.birth)


def _missing(column: Column, table: Table, free: Mapping[int, tuple[str, ...]]) -> Finding:
    texts = {fold(path[-1]): path[-1] for path in free.values()}
    near = difflib.get_close_matches(fold(column.header), texts, n=1, cutoff=0.6)
    hint = f" Có phải là cột «{texts[near[0]]}»?" if near else ""
    params = {"header": column.header, "nearest": hint}
    return Finding("header_missing", Severity.CRITICAL, table.sheet, table.header_row, column.name, params=params)


def _repeated(column: Column, table: Table, places: list[int]) -> Finding:
    where = ", ".join(get_column_letter(p) for p in places)
    params = {"header": column.header, "where": where}
    return Finding("header_repeated", Severity.CRITICAL, table.sheet, table.header_row, column.name, params=params)
