"""How a column's texts are read: by its type, its labels, its code table, the units of the submitting unit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Protocol

from etl.conforming import values
from etl.contracts import Column, Contract
from etl.model.examined import Heading
from etl.model.text import clean, fold, spelling_key
from etl.reference.codes import code_labels, ethnic_labels
from etl.reference.units import Match, Unit, Units, units_on


class Reader(Protocol):
    """Reads one cell's text; raises values.Unreadable. ``params(text)`` may name what a finding says besides."""

    def __call__(self, text: str) -> Any: ...


@dataclass(frozen=True)
class Manner:
    """How a column's cells are written.

    factor: đồng in one unit of its amounts; grouped: 12.345 is a group of thousands; from_1904: serial numbers of days
    count from 1904.
    """

    factor: int = 1
    grouped: bool = True
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
            return values.whole
        case "money":
            return lambda text: values.whole(text, manner.factor, grouped=manner.grouped)
        case "number":
            return lambda text: float(values.number(text, grouped=manner.grouped))
        case "flag":
            return values.flag
        case "date":
            past = column.year_ok or column.name.endswith("birth")
            day = partial(
                values.when, year_ok=column.year_ok, latest_year=year, two_digits_past=past, from_1904=manner.from_1904
            )
            return day if column.year_ok else lambda text: day(text).day
        case "enum":
            return Labels(_enum_labels(column.on(heading.period.last_day)), "code_unknown")
        case "ethnicity":
            return Labels(ethnic_labels(), "ethnicity_unknown")
        case "unit":
            return Communes(units_on(heading.period.last_day), heading.unit_code, f"{heading.period.last_day:%d/%m/%Y}")


def saying(form: Contract, heading: Heading) -> Callable[[str, str], Hashable]:
    """What a text says in a column, as (column, text) → value: equal for two ways of writing one thing.

    heading: complete. A text that cannot be read says how it is spelled.
    """
    readers: dict[str, Reader] = {}

    def said(column: str, text: str) -> Hashable:
        read = readers.setdefault(column, reader_of(form[column], heading, Manner()))
        try:
            value: Hashable = read(text.removeprefix("'"))
        except values.Unreadable:
            return spelling_key(text)
        return spelling_key(value) if isinstance(value, str) else value

    return said


def _enum_labels(column: Column) -> Mapping[str, tuple[str, ...]]:
    if column.codes:
        # Forms carry the code itself; its long name is as good.
        return {code: (code, *labels) for code, labels in code_labels(column.codes).items()}
    return column.values or {}


class Labels:
    """Texts that name a code by one of its labels, whatever the case and accents."""

    def __init__(self, labels: Mapping[str, tuple[str, ...]], rule: str) -> None:
        self._rule = rule
        self._official = {code: names[0] for code, names in labels.items()}
        self._exact = {spelling_key(n): code for code, names in labels.items() for n in names}
        folded: dict[str, set[str]] = {}
        for code, names in labels.items():
            for name in names:
                folded.setdefault(_letters(name), set()).add(code)
        # Two labels that differ by accents alone (Thổ, Tho) are not told apart without them.
        self._folded = {key: codes.pop() for key, codes in folded.items() if len(codes) == 1}

    def __call__(self, text: str) -> str:
        found = self._exact.get(spelling_key(text)) or self._folded.get(_letters(text))
        if found is None:
            raise values.Unreadable(self._rule)
        return found

    def params(self, text: str) -> dict[str, str]:
        """The labels nearest to a text; all of a short list."""
        shown = list(self._official.values())
        if len(shown) > 8:
            keys = {_letters(s): s for s in shown}
            near = difflib.get_close_matches(_letters(text), keys, n=3, cutoff=0.4)
            shown = [keys[k] for k in near]
        return {"candidates": ", ".join(shown)}


@lru_cache(maxsize=10_000)
def _letters(text: str) -> str:
    """Folded and without spaces: "H'Mông", "H Mông" and "HMông" are one."""
    return fold(text).replace(" ", "")


class Communes:
    """Texts that name a commune of the submitting unit on the period's last day; gives its code."""

    def __init__(self, units: Units, within: str, day: str) -> None:
        self._units, self._within, self._day = units, within, day

    def __call__(self, text: str) -> str:
        match = self._match(text)
        if match.code is None:
            raise values.Unreadable("unit_ambiguous" if match.ambiguous else "unit_unknown")
        return match.code

    def params(self, text: str) -> dict[str, str]:
        """Where and when the name was looked for, and what comes near."""
        shown = ", ".join(self._shown(unit) for unit in self._match(text).candidates)
        return {"within": self._units[self._within].name, "day": self._day, "candidates": shown}

    def _match(self, text: str) -> Match:
        return self._units.match_commune(text, self._within)

    def _shown(self, unit: Unit) -> str:
        upper = self._units.district_of(unit.code)
        return unit.name if upper.code == self._within else f"{unit.name} ({upper.name})"
