"""How a column's texts are read: by its type, its labels, its code table, the units of the submitting unit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol

from etl.conforming import values
from etl.conforming.labels import Labels
from etl.contracts import Column, Contract
from etl.model.examined import Heading
from etl.model.text import Unread, clean, fold, spelling_key
from etl.reference.codes import code_labels, ethnic_labels
from etl.reference.former_units import successors_of
from etl.reference.units import Match, Unit, Units, units_on


class Reader(Protocol):
    """Reads one cell's text; raises values.Unreadable. ``params(text)`` may name what a finding says besides.

    ``note(text)`` may give the rule and params of a finding on a text that could be read.
    """

    def __call__(self, text: str) -> Any: ...


@dataclass(frozen=True)
class Manner:
    """How a column's cells are written.

    factor: đồng in one unit of its amounts; grouped: 12.345 is a group of thousands; decimal: the sign in front of
    fractions, where the file or the column says it; from_1904: serial numbers of days count from 1904.
    """

    factor: int = 1
    grouped: bool = True
    decimal: str | None = None
    from_1904: bool = False


def reader_of(column: Column, heading: Heading, manner: Manner) -> Reader:
    """The reader of a column's cells, written in a manner. heading: complete."""
    if heading.period is None or heading.unit_code is None:
        raise ValueError("cells are read only under a complete heading")
    year = heading.period.year
    match column.type:
        case "text" | "name":
            return clean
        case "code":
            return values.code
        case "int":
            return partial(values.count, header=" ".join(column.headers), is_zero=column.minimum == 0)
        case "money":
            return partial(
                values.amount, factor=manner.factor, grouped=manner.grouped, decimal=manner.decimal,
                is_zero=column.minimum == 0,
            )  # fmt: skip
        case "number":
            header = " ".join(column.headers)
            return partial(values.measure, header=header, grouped=manner.grouped, decimal=manner.decimal)
        case "flag":
            return partial(values.flag, header=_subject(column))
        case "date":
            past = column.year_ok or column.name.endswith("birth")
            when = partial(
                values.when, year_ok=column.year_ok, latest_year=year, two_digits_past=past, from_1904=manner.from_1904
            )
            return when if column.year_ok else lambda text: when(text).day
        case "enum":
            day = heading.period.last_day
            labels = Labels(enum_labels(column.on(day)), "code_unknown")
            return OpenList(labels) if column.is_open_on(day) else labels
        case "ethnicity":
            return Labels(ethnic_labels(), "ethnicity_unknown")
        case "unit":
            return Communes(units_on(heading.period.last_day), heading.unit_code, heading.period.last_day)


def saying(form: Contract, heading: Heading) -> Callable[[str, str], Hashable]:
    """What a text says in a column, as (column, text) → value: equal for two ways of writing one thing.

    heading: complete. A text that cannot be read, or that an open list lacks, is ``Unread``.
    """
    readers: dict[str, Reader] = {}

    def said(column: str, text: str) -> Hashable:
        read = readers.setdefault(column, reader_of(form[column], heading, Manner()))
        bare = text.removeprefix("'")
        try:
            value: Hashable = read(bare)
        except values.Unreadable:
            return Unread(spelling_key(text))
        if isinstance(read, OpenList) and read.note(bare) is not None:
            return Unread(spelling_key(text))
        return spelling_key(value) if isinstance(value, str) else value

    return said


def enum_labels(column: Column) -> Mapping[str, tuple[str, ...]]:
    if column.codes:
        # Forms carry the code itself; its long name is as good.
        return {code: (code, *labels) for code, labels in code_labels(column.codes).items()}
    return {code: (*names, code.replace("_", " ")) for code, names in (column.values or {}).items()}


class OpenList:
    """Texts that name a code by one of its labels; one that names none stays as it is written, with a warning."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    def __call__(self, text: str) -> str:
        return clean(text) if self._labels.names_none(text) else self._labels(text)

    def params(self, text: str) -> dict[str, str]:
        """The labels that a text may mean."""
        return self._labels.params(text)

    def note(self, text: str) -> tuple[str, dict[str, str]] | None:
        """Return that the list lacks a text, None where it names a code."""
        return ("code_unlisted", self.params(text)) if self._labels.names_none(text) else None


class Communes:
    """Texts that name a commune of the submitting unit on the period's last day; gives its code."""

    def __init__(self, units: Units, within: str, day: date) -> None:
        self._units, self._within, self._day = units, within, day

    def __call__(self, text: str) -> str:
        match = self._match(text)
        if match.code is None:
            raise values.Unreadable("unit_ambiguous" if match.ambiguous else "unit_unknown")
        return match.code

    def params(self, text: str) -> dict[str, str]:
        """Where and when the name was looked for, and what comes near."""
        shown = ", ".join(self._shown(unit) for unit in self._match(text).candidates)
        return {"within": self._units[self._within].name, "day": f"{self._day:%d/%m/%Y}", "candidates": shown}

    def note(self, text: str) -> tuple[str, dict[str, str]] | None:
        """Return the successor as which a former commune was read, None for a commune of the day."""
        former = successors_of(text, self._day)
        if former is None or former.whole is None or former.whole.code != self._match(text).code:
            return None
        return "unit_succeeded", {"successor": former.whole.name}

    def _match(self, text: str) -> Match:
        former = successors_of(text, self._day)
        if former is None:
            return self._units.match_commune(text, self._within)
        pool = self._units.communes_in(self._within)
        if former.whole is not None and former.whole in pool:
            return Match(former.whole.code)
        return Match(None, former.units, ambiguous=len(former.units) > 1)

    def _shown(self, unit: Unit) -> str:
        upper = self._units.district_of(unit.code)
        return unit.name if upper.code == self._within else f"{unit.name} ({upper.name})"


def _subject(column: Column) -> str:
    """Words that say yes in a column of marks: of its header, or of the header above it that says what a mark means."""
    above = column.header_above or ""
    # Under "Thiếu hụt", "Nhà tiêu hợp vệ sinh" would say the opposite of a mark.
    return above if fold(above).startswith("thieu") else column.header
