"""What officers have decided about single pairs of rows: ``links.yml`` in the folder of the setting ``reviewed``.

A list of entries, each with its reason; a file that is not there says nothing. How to write them: docs/link.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from etl.linking.shapes import COLUMNS, PAIRS, Decision
from etl.model.period import Period
from etl.model.text import spelling_key

FILE = "links.yml"

Words = Annotated[str, Field(min_length=1, strict=True)]
Cell = Annotated[str, Field(min_length=1, strict=True)]
"""A cell's text. Strict, since YAML takes 0012 for the number 10: codes stand in quotes."""


class LinksError(ValueError):
    """A file of decisions that cannot be used; says which entry and why, in plain words."""


class LinkEntry(BaseModel):
    """Two rows that do, or do not, belong together.

    row: columns of the sector's row → their texts; register: of the register's row. Both must name one person, loan,
    house or household of a period whose last day lies between valid_from and valid_to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]*$", strict=True)]
    pair: Literal["card", "pupil", "loan", "housing"]
    row: Annotated[dict[str, Cell], Field(min_length=1)]
    register_row: Annotated[dict[str, Cell], Field(min_length=1, alias="register")]
    verdict: Literal["same", "different"]
    reason: Words
    by: Words
    valid_from: date
    valid_to: date

    @model_validator(mode="after")
    def _consistent(self) -> LinkEntry:
        if self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to")
        pair = PAIRS[self.pair]
        for dataset, columns in ((pair.dataset, self.row), (pair.register, self.register_row)):
            if unknown := sorted(set(columns) - set(COLUMNS[dataset])):
                raise ValueError(f"{dataset}: rows are not named by {', '.join(unknown)}")
        return self

    def decision(self) -> Decision:
        """The entry as linking takes it: names by their spelling."""
        return Decision(self.id, self.pair, _compared(self.row), _compared(self.register_row), self.verdict == "same")


def _compared(columns: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = {f"{n}_key" if n.endswith("_name") else n: spelling_key(v) if n.endswith("_name") else v
             for n, v in columns.items()}  # fmt: skip
    return tuple(sorted(named.items()))


def load_decisions(folder: Path, period: Period) -> tuple[Decision, ...]:
    """The decisions of a folder that hold in a period, in their order. Raises LinksError naming file and entry."""
    entries = [e for e in read_entries(folder / FILE) if e.valid_from <= period.last_day <= e.valid_to]
    seen: dict[tuple[Any, ...], LinkEntry] = {}
    for entry in entries:
        one = entry.decision()
        other = seen.setdefault((one.pair, one.row, one.register), entry)
        if other.verdict != entry.verdict:
            raise LinksError(
                f"{folder / FILE}: {other.id!r} and {entry.id!r} say the opposite of one pair: end one of them"
            )
    return tuple(entry.decision() for entry in entries)


def read_entries(path: Path) -> list[LinkEntry]:
    """The entries of a file; of one that is not there, none. Raises LinksError."""
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise LinksError(f"{path}: not readable as YAML: {fault}") from None
    if not isinstance(loaded, list | None):
        raise LinksError(f"{path}: a list of entries is expected, each beginning with «- id: …»")
    entries: dict[str, LinkEntry] = {}
    for number, raw in enumerate(loaded or [], start=1):
        named = raw.get("id") if isinstance(raw, dict) else None
        try:
            entry = LinkEntry.model_validate(raw)
        except ValidationError as fault:
            told = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'entry'}: {e['msg']}" for e in fault.errors())
            raise LinksError(f"{path}: entry {number} ({named or 'without id'}): {told}") from None
        if entry.id in entries:
            raise LinksError(f"{path}: entry {number}: the id {entry.id!r} stands twice")
        entries[entry.id] = entry
    return list(entries.values())
