"""A contract says what the columns of a dataset are. One YAML file a dataset, beside this module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from etl.contracts.concepts import Meaning
from etl.contracts.naming import OFFICIAL, TRIMMED, Names, Path, sex_in

ColumnType = Literal["text", "code", "name", "int", "money", "number", "date", "flag", "enum", "unit", "ethnicity"]

DATASETS = (
    "register_commune",
    "register_household",
    "register_member",
    "credit_loan",
    "health_card",
    "education_pupil",
    "housing_support",
    "water_village",
    "water_works",
)
"""Every dataset, those first that others refer to."""


_Any = TypeVar("_Any")


_LONGEST_HEADER = 160


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Headed(_Strict):
    """The header of a column on the forms from some day on, and the header of the merged cell over it."""

    header: str
    header_above: str | None = None


class Column(_Strict):
    """One column of a dataset.

    header: on the official form; header_above: of the merged cell over it; variants: other headers seen, all
    compared by their folded text. headed_from: day → the header (and the one above it) of the form from that day
    on; all of them are read on every day. values: for an enum, code → labels seen (the first is the official one);
    values_from: day → the codes and labels from that day on, in place of those before; codes: name of a code table
    in ``etl/reference`` instead. open_from: from this day on a text that the list lacks keeps its row, with a
    warning. digits: allowed lengths of a code made of digits only. pattern: a regular expression that the whole
    cell must match; pattern_from: day → the one from that day on. minimum/maximum: inclusive bounds of a number.
    looks_like: a regular expression for the beginning of what the column mostly holds: it speaks for the column where
    a header does not name it, and refuses nothing. shared: whether a block of rows has one code, which may be written
    in its first row alone.
    valid_from/valid_to: the first and last day whose form has the column; nothing: always.
    """

    name: str
    header: str
    header_above: str | None = None
    variants: tuple[str, ...] = ()
    headed_from: dict[date, Headed] = {}
    type: ColumnType
    required: bool = False
    pii: bool = False
    year_ok: bool = False
    values: dict[str, tuple[str, ...]] | None = None
    values_from: dict[date, dict[str, tuple[str, ...]]] = {}
    codes: str | None = None
    open_from: date | None = None
    digits: tuple[int, ...] | None = None
    pattern: str | None = None
    pattern_from: dict[date, str] = {}
    minimum: float | None = None
    maximum: float | None = None
    shared: bool = False
    looks_like: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Column:
        if (self.type == "enum") != (self.values is not None or self.codes is not None):
            raise ValueError(f"{self.name}: an enum, and only an enum, has values or codes")
        if self.open_from and self.type != "enum":
            raise ValueError(f"{self.name}: only an enum may be open")
        if self.year_ok and self.type != "date":
            raise ValueError(f"{self.name}: only a date may be year_ok")
        if self.required and (self.valid_from or self.valid_to):
            raise ValueError(f"{self.name}: a column of some years cannot be required")
        return self

    def on(self, day: date) -> Column:
        """The column with the header and the labels of a day; the headers of other days are variants."""
        changes: dict[str, Any] = {}
        if headed := _in_force(self.headed_from, day):
            others = [h for h in self.headers if h != headed.header]
            changes |= {**headed.model_dump(), "variants": tuple(others), "headed_from": {}}
        if values := _in_force(self.values_from, day):
            changes |= {"values": values, "values_from": {}}
        if pattern := _in_force(self.pattern_from, day):
            changes |= {"pattern": pattern, "pattern_from": {}}
        return self.model_copy(update=changes) if changes else self

    def is_open_on(self, day: date) -> bool:
        """Whether a text that the column's list lacks keeps its row on a day."""
        return self.open_from is not None and self.open_from <= day

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that names this column on any day, the official one first."""
        return (self.header, *self.variants, *(headed.header for headed in self.headed_from.values()))

    @property
    def headers_above(self) -> tuple[str, ...]:
        """The headers of the merged cell over this column on any day."""
        later = (headed.header_above for headed in self.headed_from.values())
        return tuple(dict.fromkeys(filter(None, (self.header_above, *later))))

    @property
    def digit_lengths(self) -> tuple[int, ...]:
        """The lengths that a code made of digits only may have on any day; empty where the form does not say."""
        patterns = filter(None, (self.pattern, *self.pattern_from.values()))
        by_pattern = {n for pattern in patterns for n in range(1, 21) if re.fullmatch(pattern, "0" * n)}
        return self.digits or tuple(sorted(by_pattern))

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Code → labels of an enum's own list, of all days; empty where it has none of its own."""
        lists = (*self.values_from.values(), self.values or {})
        return {code: names for values in lists for code, names in values.items()}

    @property
    def stored(self) -> tuple[tuple[str, str], ...]:
        """(name, PostgreSQL type) of what is kept of this column.

        A ``year ok`` date keeps the day (null when only the year is known) and the year; a person's name keeps its
        spelling key beside it, by which the exact matches of INDICATORS.md are made.
        """
        base = {
            "text": "text", "code": "text", "name": "text", "unit": "text", "enum": "text", "ethnicity": "text",
            "int": "integer", "money": "bigint", "number": "double precision", "date": "date", "flag": "boolean",
        }[self.type]  # fmt: skip
        if self.year_ok:
            return ((self.name, base), (f"{self.name}_year", "smallint"))
        if self.type == "name":
            return ((self.name, base), (f"{self.name}_key", "text"))
        return ((self.name, base),)


def _in_force(from_days: Mapping[date, _Any], day: date) -> _Any | None:
    """What is in force on a day of what begins on some days; None before the first."""
    begun = [first for first in from_days if first <= day]
    return from_days[max(begun)] if begun else None


def _begun(column: Column, day: date) -> bool:
    return column.valid_from is None or column.valid_from <= day


class SplitSex(_Strict):
    """Two columns Nam / Nữ that hold the birth in the column of the sex, in place of one for each."""

    sex: str
    birth: str


class Contract(_Strict):
    """One dataset: who sends it, how its form is headed, its columns, its key.

    recognized_by: the stored columns by which a row of one file is found again in the next, where there is no key.
    """

    dataset: str
    sector: str
    title: str
    agency: str
    sent_by: Literal["district", "province"]
    cadence: Literal["monthly", "quarterly", "semester", "yearly"]
    sheet_per_commune: bool = False
    key: tuple[str, ...]
    recognized_by: tuple[str, ...] = ()
    columns: tuple[Column, ...]
    split_sex: SplitSex | None = None

    @model_validator(mode="after")
    def _names(self) -> Contract:
        names = [c.name for c in self.columns]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.dataset}: a column stands twice")
        if missing := set(self.key) - set(names):
            raise ValueError(f"{self.dataset}: key columns without a column: {sorted(missing)}")
        if unknown := set(self.recognized_by) - {name for name, _ in self.stored_columns}:
            raise ValueError(f"{self.dataset}: recognized by what is not stored: {sorted(unknown)}")
        if not (self.key or self.recognized_by):
            raise ValueError(f"{self.dataset}: neither a key nor recognized by anything")
        return self

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.dataset} has no column {name!r}")

    def on(self, day: date) -> Contract:
        """The form of a day: only the columns that it has, under the labels that it has."""
        if day not in self._of_days:
            lasting = (c for c in self.columns if c.valid_to is None or day <= c.valid_to)
            self._of_days[day] = self._with(tuple(c.on(day) for c in lasting if _begun(c, day)))
        return self._of_days[day]

    def readable_on(self, day: date) -> Contract:
        """Whose headers are read of a file for a day: also columns of earlier forms, which senders go on to use."""
        return self._with(tuple(c for c in self.columns if _begun(c, day)))

    @property
    def forms(self) -> tuple[Contract, ...]:
        """The form as it has been over time, the earliest first."""
        starts = {c.valid_from for c in self.columns} | {c.valid_to and c.valid_to + timedelta(1) for c in self.columns}
        return tuple(self.on(day) for day in sorted({date.min, *filter(None, starts)}))

    @cached_property
    def columns_over_time(self) -> tuple[frozenset[str], ...]:
        """The names of the columns of each of its forms."""
        return tuple(frozenset(c.name for c in form.columns) for form in self.forms)

    def _with(self, columns: tuple[Column, ...]) -> Contract:
        if columns == self.columns:
            return self
        same = {field: getattr(self, field) for field in type(self).model_fields}
        form = Contract(**{**same, "columns": columns})
        form._learned.update(self._learned)
        return form

    @cached_property
    def _of_days(self) -> dict[date, Contract]:
        return {}

    def named(self, path: Path) -> dict[str, float]:
        """Column → how sure a header names it; path: the texts from the top down, its own last (``contracts.naming``).

        A column Nam or Nữ of a form that splits birth by sex names both of them.
        """
        known = self._named.get(path)
        if known is None:
            known = self._named[path] = self.names.of(path)
            if self.split_sex and sex_in(path[-1]):
                known |= {self.split_sex.sex: OFFICIAL, self.split_sex.birth: OFFICIAL}
        return known

    def knows(self, text: str) -> bool:
        """Whether a text alone names a column, by its words or by what was learned of the file's headers."""
        return bool(self.named((text,))) or any(path[-1] == text for path in self._learned)

    def understood(self, path: Path) -> dict[str, float]:
        """As ``named``; a header that names nothing is understood by most of its words, if only one column has them.

        What was learned of a file's own headers (``with_learned``) comes first.
        """
        if path in self._learned:
            return self._learned[path]
        if found := self.named(path):
            return found
        if path not in self._understood:
            self._understood[path] = self.names.by_words(path) if sum(map(len, path)) <= _LONGEST_HEADER else {}
        return self._understood[path]

    def named_by_parts(self, path: Path) -> tuple[str, ...]:
        """The columns that a header names one after the other: "Họ và tên, năm sinh"; empty where it names one."""
        text = path[-1]
        if text not in self._parted:
            is_one = max(self.named(path).values(), default=0.0) >= TRIMMED or len(text) > _LONGEST_HEADER
            self._parted[text] = () if is_one else self.names.by_parts(text)
        return self._parted[text]

    @cached_property
    def _parted(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _understood(self) -> dict[Path, dict[str, float]]:
        return {}

    def with_learned(self, learned: Mapping[Path, str], sure: float) -> Contract:
        """The form for one file, some of whose headers are understood by more than their words: path → column."""
        same = {field: getattr(self, field) for field in type(self).model_fields}
        form = Contract(**same)
        form._learned.update({path: {column: sure} for path, column in learned.items()})
        return form

    @cached_property
    def _learned(self) -> dict[Path, dict[str, float]]:
        return {}

    @cached_property
    def meaning(self) -> Meaning:
        """The form's headers by what their words mean."""
        return Meaning({c.name: (c.headers, c.headers_above) for c in self.columns})

    @cached_property
    def names(self) -> Names:
        """The form's headers, ready to be asked."""
        return Names({c.name: (c.headers, c.headers_above) for c in self.columns})

    @cached_property
    def _named(self) -> dict[Path, dict[str, float]]:
        """What ``named`` has told already: the same headers come back in every file."""
        return {}

    @property
    def official_headers(self) -> dict[str, str]:
        """Column name → its header on the official form."""
        return {c.name: c.header for c in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that a row cannot do without."""
        return tuple(c.name for c in self.columns if c.required)

    @property
    def stored_columns(self) -> tuple[tuple[str, str], ...]:
        """(name, PostgreSQL type) of every column kept in ``history.<dataset>``, after the address columns."""
        return tuple(pair for column in self.columns for pair in column.stored)

    @property
    def pii(self) -> frozenset[str]:
        """Stored columns that only an officer may see."""
        return frozenset(name for c in self.columns if c.pii for name, _ in c.stored)


@lru_cache(maxsize=1)
def contracts() -> dict[str, Contract]:
    """Every contract by dataset, in the order of ``DATASETS``. Raises pydantic.ValidationError on a faulty YAML."""
    folder = resources.files("etl.contracts")
    loaded = (yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8")) for name in DATASETS)
    return {c.dataset: c for c in map(Contract.model_validate, loaded)}


def contract(dataset: str) -> Contract:
    """The contract of a dataset. Raises KeyError naming the datasets that exist."""
    try:
        return contracts()[dataset]
    except KeyError:
        raise KeyError(f"no dataset {dataset!r}; there are {', '.join(DATASETS)}") from None


def sector_datasets(sector: str) -> tuple[str, ...]:
    """The datasets that a sector sends."""
    return tuple(c.dataset for c in contracts().values() if c.sector == sector)
