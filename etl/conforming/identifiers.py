"""Identifiers as they were before a spreadsheet took them for numbers: zeros in front, without blanks, without ".0"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from etl.conforming import values
from etl.conforming.columns import ColumnMap
from etl.contracts import Column, Contract
from etl.model.finding import Finding, Severity
from etl.model.grid import Table
from etl.model.text import clean, compatible

_AS_FLOAT = re.compile(r"^\d+[.,]0+$")
_GROUPED = re.compile(r"^[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})+$")
"""A code that a format of numbers shows in groups of thousands: 63,000,008."""

_SPACED_DIGITS = re.compile(r"^\d[\d .-]*\d$")
_CCCD = 12
_SHORT_CODES = 0.2
"""Share of codes in a text file that are too short, from which on their zeros were lost and not mistyped."""
_MANY_SHORT = 5
_LEAST_ROWS = 20
_LEAST_LENGTH = 8
_USUAL = 0.6
"""A column of codes without a stated length has the length of most of them: of so large a share of so many rows."""


@dataclass(frozen=True)
class _Codes:
    """A column of codes: its texts tidied up, its lengths, which of its cells hold numbers, which begin with a zero."""

    texts: pd.Series[str]
    lengths: tuple[int, ...]
    as_number: pd.Series[bool]

    @property
    def short(self) -> pd.Series[bool]:
        digits = self.texts.str.isdigit().fillna(value=False).astype(bool)
        return digits & ~self.texts.str.len().isin(self.lengths)

    @property
    def begins_with_zero(self) -> bool:
        return bool(self.texts.str.startswith("0").fillna(value=False).any())

    @property
    def proves_loss(self) -> bool:
        """Whether the zeros of a text file's column were lost: no code begins with one, and many are short."""
        short = int(self.short.sum())
        return bool(short) and not self.begins_with_zero and short >= _SHORT_CODES * self.texts.notna().sum()


def identifier_texts(table: Table, columns: ColumnMap, form: Contract) -> dict[str, pd.Series[str]]:
    """Return column → its texts with the zeros that were lost, for each column of codes whose length is known.

    In a workbook a cell that holds a number has lost its zeros. A text file has no types: there a column has lost them
    where no code begins with one and many are short; what one column proves holds for the others. A CCCD begins with a
    zero always (its province, NĐ 137/2015). The last ten digits of a card are the insurance number.
    """
    codes = {name: _codes(table, form[name], place) for name, place in columns.columns.items() if _is_code(form[name])}
    known = {name: column for name, column in codes.items() if column is not None}
    is_lost = not table.typed and any(column.proves_loss for column in known.values())
    return {name: _restored(column, name, table, columns, is_lost=is_lost) for name, column in known.items()}


def zeros_restored(tables: Sequence[Table], maps: Sequence[ColumnMap], form: Contract) -> Iterator[Finding]:
    """Yield an info for each column of a sheet in which zeros were restored, with how many and an example."""
    for table, columns in zip(tables, maps, strict=True):
        for name, texts in identifier_texts(table, columns, form).items():
            before = _tidied(table.body[columns.columns[name]])
            changed = before[(texts != before) & before.notna()]
            if len(changed):
                params = {"count": str(len(changed)), "restored": str(texts[changed.index[0]])}
                value = str(changed.iloc[0])
                yield Finding("zeros_restored", Severity.INFO, table.sheet, column=name, value=value, params=params)


def _is_code(column: Column) -> bool:
    return column.type == "code" and (column.pattern is None or bool(column.digit_lengths))


def _codes(table: Table, column: Column, place: int) -> _Codes | None:
    written = table.body[place]
    texts = _tidied(written)
    lengths = column.digit_lengths or _usual_length(texts)
    if not lengths:
        return None
    as_number = written.str.match(_AS_FLOAT.pattern).fillna(value=False).astype(bool)
    if table.typed and table.numbers is not None and place in table.numbers:
        as_number |= table.numbers.loc[texts.index, place].astype(bool)
    is_grouped = texts.str.match(_GROUPED.pattern).fillna(value=False).astype(bool) & bool(column.digits)
    if is_grouped.any():
        texts = texts.where(~is_grouped, texts.str.replace("[.,]", "", regex=True)).astype("str")
        as_number |= is_grouped
    if not column.digits:
        return _Codes(texts, lengths, as_number)
    joined = {text: re.sub("[ .-]", "", text) for text in texts.dropna().unique() if _SPACED_DIGITS.match(text)}
    fitting = {text: code for text, code in joined.items() if len(code) in lengths}
    return _Codes(texts.map(lambda text: fitting.get(text, text), na_action="ignore").astype("str"), lengths, as_number)


def _tidied(texts: pd.Series[str]) -> pd.Series[str]:
    plain: Mapping[str, str] = {text: _plain(text) for text in texts.dropna().unique()}
    # A column without any text would become one of floats.
    return texts.map(plain).astype("str")


def _plain(text: str) -> str:
    written = compatible(clean(text)).removeprefix("'").strip()
    return re.split("[.,]", written)[0] if _AS_FLOAT.match(written) and len(written) > _LEAST_LENGTH else written


def _usual_length(texts: pd.Series[str]) -> tuple[int, ...]:
    """The length of most codes of a column of digits alone, where there are enough of them to say so."""
    filled = texts.dropna()
    if len(filled) < _LEAST_ROWS or not filled.str.isdigit().all():
        return ()
    lengths = filled.str.len().value_counts(normalize=True)
    usual = int(lengths.index[0])
    return (usual,) if usual >= _LEAST_LENGTH and lengths.iloc[0] >= _USUAL and usual == lengths.index.max() else ()


def _restored(column: _Codes, name: str, table: Table, columns: ColumnMap, *, is_lost: bool) -> pd.Series[str]:
    able = column.as_number.copy()
    if not table.typed and not column.begins_with_zero and (is_lost or column.short.sum() >= _MANY_SHORT):
        able |= column.short
    if _CCCD in column.lengths:
        able |= column.texts.str.match(r"^[1-9]\d{9,10}$").fillna(value=False).astype(bool)
    if name == "insurance_number" and "card_number" in columns.columns:
        cards = table.body[columns.columns["card_number"]].str.strip()
        able |= (cards.str[-10:] == column.texts.str.zfill(10)).fillna(value=False).astype(bool)
    filled = {text: values.with_its_zeros(text, column.lengths) for text in column.texts[able].dropna().unique()}
    return column.texts.where(~able, column.texts.map(filled).astype("str"))
