"""Sheets that repeat what other sheets of the same file say: a summary beside the communes' sheets is no data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.conforming.columns import ColumnMap
from etl.contracts import Contract
from etl.model.finding import Finding, Severity
from etl.model.grid import Table
from etl.model.text import fold

_NAMED = re.compile(
    r"^(?:th|tonghop|tong hop|tong|toan huyen|toan tinh|bieu th|bieu tong hop|tong the)\b|\b(?:th|tong hop)$"
)
_MOSTLY = 0.5

Row = tuple[str, ...]


@dataclass(frozen=True)
class Summaries:
    """Which sheets of a file are summaries, and summary_differs for those that say more than the other sheets."""

    sheets: frozenset[str]
    findings: tuple[Finding, ...]


def is_called_a_summary(sheet: str) -> bool:
    """Whether a sheet's name says that it sums up others: TH, Tổng hợp, TH huyện."""
    return _NAMED.search(fold(sheet)) is not None


def find_summaries(tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract) -> Summaries:
    """The sheets of one form that repeat the rows of the others.

    By its name and at least half of its rows, or by holding every row of two other sheets or more.
    """
    if len(tables) < 2:
        return Summaries(frozenset(), ())
    rows = {t.sheet: _rows(t, m, form) for t, m in zip(tables, maps, strict=True)}
    filled = [sheet for sheet, own in rows.items() if own]
    found: dict[str, list[int]] = {}
    for sheet in filled:
        others = [rows[name] for name in filled if name != sheet and name not in found]
        elsewhere = set().union(*others)
        own = rows[sheet]
        repeated = sum(row in elsewhere for row in own)
        named = is_called_a_summary(sheet) and repeated >= _MOSTLY * len(own) and repeated > 0
        if named or (len(others) > 1 and elsewhere <= own.keys()):
            found[sheet] = [at for row, at in own.items() if row not in elsewhere]
    findings = tuple(
        Finding(
            "summary_differs", Severity.WARNING, sheet, min(strange), value=sheet,
            params={"rows": str(len(strange)), "example": str(min(strange))},
        )
        for sheet, strange in found.items() if strange
    )  # fmt: skip
    return Summaries(frozenset(found), findings)


def _rows(table: Table, columns: ColumnMap, form: Contract) -> dict[Row, int]:
    """What tells a row apart, however it is written → its physical row.

    Codes and names where the form has them; else words and numbers, else the unit.
    """
    there = {name: columns.columns[name] for name in form.required if name in columns.columns}
    by_type = [
        [place for name, place in there.items() if form[name].type in types]
        for types in (("code", "name"), ("text", "int", "money", "number"), ("unit",))
    ]
    told = next(filter(None, by_type), [])
    body = table.body[told].fillna("").map(_bare)
    return {row: int(at) for at, row in zip(body.index, body.itertuples(index=False, name=None), strict=True)}


def _bare(text: str) -> str:
    """A cell without what its writing adds: accents, case, spaces, signs between digits, zeros in front."""
    return fold(text).replace(" ", "").removesuffix("00" if "," in text and text.endswith(",00") else "").lstrip("0")
