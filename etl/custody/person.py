"""Everything that the facts hold of one person, found by the exact identifiers of INDICATORS.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from etl.contracts import Column, Contract, contracts

Key = tuple[str, str, str, int | None]
"""commune, household code, spelling key of the name, year of birth where it is known."""


@dataclass(frozen=True)
class Place:
    """The address of a fact."""

    dataset: str
    submission_id: str
    period: str
    sheet: str
    row: int


@dataclass
class Person:
    """What is known of a person. rows: where it stands → its personal columns."""

    rows: dict[Place, dict[str, Any]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    cards: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    keys: set[Key] = field(default_factory=set)
    births: set[date] = field(default_factory=set)

    @property
    def household_codes(self) -> set[str]:
        """The codes of the households that the person stands in."""
        return {code for _, code, _, _ in self.keys}

    def counts(self) -> dict[str, int]:
        """Rows by dataset."""
        found: dict[str, int] = {}
        for place in self.rows:
            found[place.dataset] = found.get(place.dataset, 0) + 1
        return found


def personal(form: Contract) -> list[Column]:
    """The columns of a form that hold personal data."""
    return [column for column in form.columns if column.pii]


def people_forms() -> list[Contract]:
    """The forms that list persons."""
    return [form for form in contracts().values() if personal(form)]


def find(conn: Connection, number: str) -> Person:
    """The person of an insurance number or CMND/CCCD.

    Rows that carry the number, rows that carry another number of these rows, rows of the same household, name and year
    of birth, and so on until nothing is added.
    """
    person, before = Person(numbers={number}), -1
    while before != len(person.rows):
        before = len(person.rows)
        for form in people_forms():
            for row in conn.execute(_query(form), _sought(person)).mappings():
                _note(person, form, dict(row))
    return person


def _sought(person: Person) -> dict[str, Any]:
    keys = sorted(person.keys, key=str)
    return {
        "numbers": sorted(person.numbers), "communes": [k[0] for k in keys], "households": [k[1] for k in keys],
        "names": [k[2] for k in keys], "years": [k[3] for k in keys],
    }  # fmt: skip


def _query(form: Contract) -> Any:
    columns = personal(form)
    stored = [name for column in columns for name, _ in column.stored]
    names = [c for c in columns if c.type == "name"]
    wanted = [
        f"right(f.{c.name}, 10) = ANY(:numbers)" if c.pattern else f"f.{c.name} = ANY(:numbers)"
        for c in columns
        if c.type == "code"
    ]
    year = _year_of(form)
    has_household = any(c.name == "household_code" for c in form.columns)
    same_year = f" AND (k.year IS NULL OR {year} IS NULL OR k.year = {year})" if year else ""
    if has_household:
        wanted += [
            "EXISTS (SELECT FROM unnest(CAST(:communes AS text[]), CAST(:households AS text[]), CAST(:names AS text[]),"
            " CAST(:years AS int[])) AS k (commune, household, name, year) WHERE k.commune = f.commune"
            f" AND k.household = f.household_code AND k.name = f.{c.name}_key{same_year})"
            for c in names
        ]
    shown = ["submission_id", "period", "sheet", "row", "commune", *stored]
    shown += ["household_code"] if has_household else []
    return text(
        f"SELECT {', '.join(f'f.{n}' for n in shown)}, {year or 'NULL'} AS year_of_birth"  # noqa: S608 - our own names
        f" FROM history.{form.dataset} AS f WHERE {' OR '.join(wanted)}"
    )


def _year_of(form: Contract) -> str | None:
    """How the year of birth is asked for, where a form has it."""
    for column in personal(form):
        if column.type == "date":
            return f"f.{column.name}_year" if column.year_ok else f"extract(YEAR FROM f.{column.name})::int"
    return None


def _note(person: Person, form: Contract, row: dict[str, Any]) -> None:
    place = Place(form.dataset, row["submission_id"], row["period"], row["sheet"], row["row"])
    columns = personal(form)
    person.rows[place] = {name: row[name] for column in columns for name, _ in column.stored}
    for column in columns:
        value = row[column.name]
        if value is None:
            continue
        if column.type == "code" and column.pattern:
            person.cards.add(value)
            person.numbers.add(value[-10:])
        elif column.type == "code":
            person.numbers.add(value)
        elif column.type == "date":
            person.births.add(value)
        elif column.type == "name":
            person.names.add(value)
            key = row[f"{column.name}_key"]
            if key and row.get("household_code"):
                person.keys.add((row["commune"], row["household_code"], key, row["year_of_birth"]))
