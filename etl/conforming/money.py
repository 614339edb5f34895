"""How many đồng one unit of a file's amounts is: said above the table, or in a column's header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.contracts import Contract
from etl.model.finding import Finding, Severity
from etl.model.grid import Table
from etl.model.text import fold

NAMES = {1: "đồng", 1_000: "nghìn đồng", 1_000_000: "triệu đồng", 1_000_000_000: "tỷ đồng"}

_DONG = r"(?:dong|vnd|d|viet nam dong|dong viet nam|vn dong)"
_WORDS = (
    (1_000_000_000, re.compile(rf"\b(?:ty|ti)(?: {_DONG})?\b")),
    (1_000_000, re.compile(rf"\b(?:trieu(?: {_DONG})?|tr {_DONG}|trd|1 000 000 ?{_DONG}|1000000 ?{_DONG})\b")),
    (1_000, re.compile(rf"\b(?:(?:nghin|ngan|ngin)(?: {_DONG})?|n {_DONG}|1 ?000 ?{_DONG}|10 3 {_DONG})\b")),
    (1, re.compile(rf"\b{_DONG}\b")),
)
_LINE = re.compile(r"\b(?:don vi(?: tinh| tien| do)?|dvt|dv tinh|dvi tinh)\b(?: la)? ?(?P<unit>.{1,60})$")
_ALONE = re.compile(rf"^(?:trieu|nghin|ngan|ngin|ty|ti|1 000|1000|1 000 000|trd) ?(?:{_DONG})?$")
_OTHER_WORDS = re.compile(
    r"\b(?:ho|nguoi|khau|thon|xa|mon|nha|em|hoc sinh|the|m2|m3|kg|thang|phan tram|so|luong|tien|va|trieu|trd|tr|nghin"
    rf"|ngan|ngin|ty|ti|don vi|dvt|tinh|viet nam|n|1|000|1000|{_DONG})\b"
)
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]|[,;:–-]([^,;:–()-]*)$")
_LEAST_PLAUSIBLE_PRINCIPAL = 100_000
"""In đồng. Loans of the bank are of millions; a smaller median means that the amounts are in thousands or millions."""


def money_factors(
    tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract, principal: pd.Series[str] | None
) -> tuple[dict[str, int], list[Finding]]:
    """Column → đồng in one unit of its amounts, and money_unit_missing or money_unit_conflict of the whole file.

    What the lines above the table say holds for every column, what a header says for its own; two that disagree are
    a conflict. Nothing said means đồng, where the loans' principals (texts) are plausible in đồng.
    """
    amounts = [column.name for column in form.columns if column.type == "money"]
    if not amounts:
        return {}, []
    said = sorted({unit for table in tables for unit in _above(table)})
    by_header: dict[str, set[int]] = {name: set(_in_headers(tables, maps, name)) for name in amounts}
    factors: dict[str, int] = {}
    for name in amounts:
        units = sorted({*said, *by_header[name]})
        if len(units) > 1:
            params = {"first": NAMES[units[0]], "second": NAMES[units[1]]}
            return {}, [Finding("money_unit_conflict", Severity.CRITICAL, params=params)]
        factors[name] = units[0] if units else 1
    if form.dataset == "credit_loan" and not said and not by_header["principal"] and principal is not None:
        numbers = [v for v in map(_number_or_none, principal.dropna()) if v is not None]
        median = float(np.median(numbers)) if numbers else 0.0
        if numbers and median < _LEAST_PLAUSIBLE_PRINCIPAL:
            params = {"median": f"{median:g}"}
            return {}, [Finding("money_unit_missing", Severity.CRITICAL, column="principal", params=params)]
    return factors, []


def stated_units(table: Table) -> list[str]:
    """The units of amounts that stand above a table, in words."""
    return [NAMES[factor] for factor in sorted(set(_above(table)))]


def unit_in(text: str) -> int | None:
    """Đồng in the unit that some words name (``"triệu đồng"``, ``"1.000 đ"``); None where they name none."""
    folded = _apart(text)
    return next((factor for factor, words in _WORDS if words.search(folded)), None)


def _apart(text: str) -> str:
    """Folded, with what follows a number apart from it: ``"1000đ"`` → ``"1000 d"``."""
    return re.sub(r"(?<=\d)(?=[a-z])", " ", fold(text))


def _above(table: Table) -> Iterator[int]:
    for _, text in table.title:
        folded = _apart(text)
        match = _LINE.search(folded)
        # «Đơn vị: UBND xã Đồng Tuyển» names a sender, no unit of amounts; «(triệu đồng)» alone names nothing else.
        words = match["unit"] if match else folded if _ALONE.match(folded) else ""
        if words and not _OTHER_WORDS.sub("", words).strip() and (unit := unit_in(words)):
            yield unit


def _in_headers(tables: Sequence[Table], maps: Sequence[ColumnMap], name: str) -> Iterator[int]:
    for table, columns in zip(tables, maps, strict=True):
        path: Mapping[int, tuple[str, ...]] = table.headers
        for text in path.get(columns.columns.get(name, -1), ()):
            for bracket in _BRACKETS.finditer(text):
                words = bracket[1] or bracket[2] or ""
                if not _OTHER_WORDS.sub("", _apart(words)).strip() and (unit := unit_in(words)):
                    yield unit


def _number_or_none(text: str) -> float | None:
    try:
        return float(values.amount(text) or 0)
    except values.Unreadable:
        return None
