"""What people have decided about findings, cells and words: ``waivers.yml``, ``corrections.yml``, ``aliases.yml``.

The files are reviewed before they are put into the folder of the setting ``reviewed``; a file that is not there says
nothing. How to write them: docs/waive-and-correct.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from etl.checking.aliases import Alias
from etl.contracts import contract
from etl.model.examined import Heading
from etl.model.period import Period
from etl.reference.rules import rules
from etl.reference.units import all_units

EVERY_UNIT = "all"


class ReviewedError(ValueError):
    """A reviewed file that cannot be used; says which entry and why, in plain words."""


def _period(value: Any) -> Any:
    return Period.parse(value) if isinstance(value, str) else value


Words = Annotated[str, Field(min_length=1, strict=True)]
Cell = Annotated[str, Field(strict=True)]
"""A cell's text; "" is an empty cell. Strict, since YAML takes 0012 for the number 10: codes stand in quotes."""


class Place(BaseModel):
    """One row of one file, told by the content of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$", strict=True)]
    sheet: Words
    row: Annotated[int, Field(ge=1)]


class Entry(BaseModel):
    """What waivers and corrections have in common: where they hold, who is in charge, why, and how long.

    unit: code of the submitting unit, or ``all``. where: columns of the row → their texts, as in the cell; place: a row
    of one file instead. valid_from, valid_to: the last day of a period must lie between them, both included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$", strict=True)]
    dataset: Words
    unit: Words
    period: Annotated[Period | None, BeforeValidator(_period)] = None
    where: Annotated[dict[str, Cell], Field(min_length=1)] | None = None
    place: Place | None = None
    reason: Words
    by: Words
    valid_from: date
    valid_to: date

    @field_validator("dataset")
    @classmethod
    def _known_dataset(cls, value: str) -> str:
        try:
            contract(value)
        except KeyError as fault:
            raise ValueError(fault.args[0]) from None
        return value

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str) -> str:
        if value != EVERY_UNIT and value not in {unit.code for unit in all_units()}:
            raise ValueError(f"there is no unit {value!r}: give its code, or {EVERY_UNIT!r}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Entry:
        if self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        if self.where and self.place:
            raise ValueError("give where or place, not both")
        for name in self.where or ():
            self._column(name)
        return self

    def _column(self, name: str) -> None:
        """Raise ValueError where the dataset has no column of that name."""
        try:
            contract(self.dataset)[name]
        except KeyError as fault:
            raise ValueError(fault.args[0]) from None

    @property
    def row_named(self) -> str:
        """The row that the entry names, for people."""
        if self.place:
            return f"{self.place.sheet}, {self.place.row}"
        return ", ".join(f"{name} = {text}" for name, text in (self.where or {}).items())

    def holds(self, heading: Heading) -> bool:
        """Whether the entry speaks of a file with this heading."""
        return (
            heading.period is not None
            and self.dataset == heading.dataset
            and self.unit in (EVERY_UNIT, heading.unit_code)
            and self.valid_from <= heading.period.last_day <= self.valid_to
            and self.period in (None, heading.period)
        )


ALIASES = "aliases.yml"


class Waiver(Entry):
    """A finding of ``rule`` (at ``column``, in the rows of ``where``, at a cell that says ``expect``) may lie."""

    rule: Words
    column: Words | None = None
    expect: Cell | None = None

    @model_validator(mode="after")
    def _of_a_rule(self) -> Waiver:
        if self.rule not in rules():
            raise ValueError(f"there is no rule {self.rule!r}; docs/rules.md lists them")
        if not rules()[self.rule].waivable:
            raise ValueError(f"the rule {self.rule!r} cannot be waived; docs/rules.md says which can")
        if self.column is not None:
            self._column(self.column)
        return self


class Correction(Entry):
    """The cell of ``column`` in the rows of ``where`` says ``expect`` and is to be read as ``value``."""

    column: Words
    expect: Cell
    value: Cell

    @model_validator(mode="after")
    def _of_a_cell(self) -> Correction:
        self._column(self.column)
        if not self.where and not self.place:
            raise ValueError("a correction names its row: give where or place")
        if self.expect == self.value:
            raise ValueError("expect and value are the same")
        return self


@dataclass(frozen=True)
class Reviewed:
    """The entries of the files, in their order."""

    waivers: tuple[Waiver, ...] = ()
    corrections: tuple[Correction, ...] = ()
    aliases: tuple[Alias, ...] = ()

    @property
    def names_a_file(self) -> bool:
        """Whether an entry names a row of one file, which is told by its content."""
        return any(entry.place for entry in (*self.waivers, *self.corrections))

    def of(self, heading: Heading) -> Reviewed:
        """The entries that speak of a file with this heading."""
        return Reviewed(
            tuple(w for w in self.waivers if w.holds(heading)),
            tuple(c for c in self.corrections if c.holds(heading)),
            tuple(a for a in self.aliases if (a.dataset, a.unit) == (heading.dataset, heading.unit_code)),
        )


NOTHING = Reviewed()


E = TypeVar("E", Waiver, Correction, Alias)


def load_reviewed(folder: Path) -> Reviewed:
    """The entries of a folder's files; without files: none. Raises ReviewedError naming file and entry."""
    waivers = tuple(_entries(folder / "waivers.yml", Waiver))
    corrections = tuple(_entries(folder / "corrections.yml", Correction))
    return Reviewed(waivers, corrections, load_aliases(folder))


def load_aliases(folder: Path) -> tuple[Alias, ...]:
    """The aliases of a folder, those taken back among them. Raises ReviewedError naming file and entry."""
    return tuple(_entries(folder / ALIASES, Alias))


def _entries(path: Path, kind: type[E]) -> Iterable[E]:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ReviewedError(f"{path}: not readable as YAML: {fault}") from None
    if loaded is None:
        return []
    if not isinstance(loaded, list):
        raise ReviewedError(f"{path}: a list of entries is expected, each beginning with «- id: …»")
    entries: dict[str, E] = {}
    for number, raw in enumerate(loaded, start=1):
        named = raw.get("id") if isinstance(raw, dict) else None
        try:
            entry = kind.model_validate(raw)
        except ValidationError as fault:
            told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in fault.errors())
            raise ReviewedError(f"{path}: entry {number} ({named or 'without id'}): {told}") from None
        if entry.id in entries:
            raise ReviewedError(f"{path}: entry {number}: the id {entry.id!r} stands twice")
        entries[entry.id] = entry
    return list(entries.values())
