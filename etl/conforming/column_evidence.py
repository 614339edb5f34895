"""What each column of a table was taken for, how sure that is and by what evidence; for people, nothing is decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from etl.conforming import values
from etl.conforming.assignment import BY_CONTENT
from etl.conforming.columns import ColumnMap
from etl.conforming.unreadable import Unreadable
from etl.conforming.unused import unused_columns
from etl.contracts import Contract
from etl.contracts.naming import BY_WORDS, OFFICIAL, PART, is_serial
from etl.model.grid import Table
from etl.model.text import clean

_SAMPLE = 200
"""Distinct texts of a column that are looked at, at most."""

_SOME = 0.05
"""Share of a column's texts from which on a kind of content is named."""

_LATEST_YEAR = 2100


@dataclass(frozen=True)
class ColumnEvidence:
    """One column of a table. column: of the form, None where it is none; sure: 0–1, how sure that is, None without a
    column of a form.

    evidence: "header" (the form's own text), "header_nearly" (a variant, a part, in other words), "words" (most of its
    words, and the content fits), "content" (the content alone), "sex_in_header" (a birth below the sex), "near" (nearly
    a header of the form: asked, not used), "section" (told by section rows), "serial" (the number of the row),
    "unused", "empty", "no_form". filled, distinct: how many rows have a value, and how many different ones; holds: what
    the values can be read as, with the share of the different values. like: of a table of no form, the columns of forms
    that the header names, with how sure.
    """

    letter: str
    header: str
    column: str | None
    sure: float | None
    evidence: str
    filled: int
    distinct: int
    holds: dict[str, float]
    like: dict[str, float]


def evidence_of(table: Table, form: Contract | None, columns: ColumnMap | None, forms: Iterable[Contract]) -> (
    list[ColumnEvidence]
):  # fmt: skip
    """Each column of a table that has a header or data, from the left.

    form, columns: what the table belongs to and how its columns are assigned; None for a table of no form, whose
    headers are looked for in ``forms``.
    """
    taken = _taken(columns) if columns is not None else {}
    unused = {place for place, _ in unused_columns(table, columns)} if columns is not None else set()
    known = list(forms)
    found = []
    for place in sorted({*map(int, table.body.columns), *table.headers}):
        path = table.headers.get(place) or table.aside.get(place, ())
        texts = table.body[place].dropna() if place in table.body.columns else None
        filled = len(texts) if texts is not None else 0
        if not filled and not path:
            continue
        distinct = [clean(text) for text in texts.unique()] if texts is not None else []
        name, sure, evidence = taken.get(place, (None, None, ""))
        if form is None:
            evidence = "serial" if path and is_serial(path) else "no_form"
        elif name is None:
            evidence = "serial" if path and is_serial(path) else "unused" if place in unused else "empty"
        if place in table.sources and name is not None:
            evidence = "section" if table.sources[place] != place and place not in table.aside else evidence
        like = _like(path, known) if form is None and path else {}
        letter = get_column_letter(table.sources.get(place, place))
        header = clean(" / ".join(path))
        shares = _holds(distinct[:_SAMPLE])
        sure = round(min(sure, 1.0), 2) if sure is not None else None
        found.append(ColumnEvidence(letter, header, name, sure, evidence, filled, len(distinct), shares, like))
    return found


def _taken(columns: ColumnMap) -> dict[int, tuple[str, float | None, str]]:
    """Place → (column of the form, how sure, by what evidence)."""
    taken: dict[int, tuple[str, float | None, str]] = {
        place: (name, None, "near") for name, place in columns.near.items()
    }
    taken |= {place: (sex, 1.0, "sex_in_header") for sex, place in columns.births.items()}
    for name, place in columns.columns.items():
        sure = columns.sure.get(name, 1.0)
        taken[place] = name, sure, _by(sure)
    return taken


def _by(sure: float) -> str:
    if sure >= OFFICIAL:
        return "header"
    if sure >= PART:
        return "header_nearly"
    return "content" if sure == BY_CONTENT else "words"


def _like(path: tuple[str, ...], forms: Iterable[Contract]) -> dict[str, float]:
    """The columns of forms that a header names, dataset.column → how sure."""
    found = {
        f"{form.dataset}.{name}": round(min(sure, 1.0), 2)
        for form in forms for name, sure in form.named(path).items() if sure >= BY_WORDS
    }  # fmt: skip
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _holds(texts: list[str]) -> dict[str, float]:
    """Kind of content → share of the texts that can be read so; a text of none of the kinds is just a text."""
    readers: dict[str, Callable[[str], object]] = {
        "number": lambda text: values.number(text, grouped=True),
        "date": lambda text: values.when(text, year_ok=False, latest_year=_LATEST_YEAR, two_digits_past=True),
        "flag": values.flag,
    }
    shares = {}
    for kind, read in readers.items():
        share = sum(_reads(read, text) for text in texts) / len(texts) if texts else 0.0
        if share >= _SOME:
            shares[kind] = round(share, 2)
    return shares


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Unreadable:
        return False
    return True
