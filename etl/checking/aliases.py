"""What a person has said that a word of a sender means: reviewed aliases, and their use in a file of that sender.

A header alias stands for a header, a label or unit alias for a cell's text, a sheet alias leaves a sheet out. How they
come to be: docs/waive-and-correct.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from etl.checking.rows_named import NamedRows
from etl.contracts import Contract, contract
from etl.model.asked import Question
from etl.model.examined import Heading
from etl.model.finding import Finding, Severity, findings_frame
from etl.model.grid import Table
from etl.model.text import Unread, fold
from etl.reference.units import all_units

AliasKind = Literal["header", "label", "unit", "sheet"]
LEAVE_OUT = "(bỏ qua)"
"""What a sheet, or a header that is no column of the form, is said to mean."""

_Words = Annotated[str, Field(min_length=1, strict=True)]
_MOSTLY_UNREAD = 0.5
_READABLE = ("int", "money", "number", "date", "flag", "enum", "ethnicity", "unit")
"""Types of which a text can be wrong; a name may be anything."""


class Alias(BaseModel):
    """One alias of a sender: a dataset and a submitting unit.

    text: as the sender writes it; means: the official header, label or unit name; column: of the contract. by, day,
    file: who accepted it, when, and from which file. revoked: why it holds no longer, None while it does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Words
    kind: AliasKind
    dataset: _Words
    unit: _Words
    column: str = ""
    text: _Words
    means: _Words
    by: _Words
    day: date
    file: str = ""
    reason: str = ""
    revoked: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Alias:
        try:
            form = contract(self.dataset)
            if self.kind != "sheet" and self.means != LEAVE_OUT:
                form[self.column]
        except KeyError as fault:
            raise ValueError(fault.args[0]) from None
        if self.unit not in {unit.code for unit in all_units()}:
            raise ValueError(f"there is no unit {self.unit!r}: give its code")
        return self

    @property
    def key(self) -> str:
        """The text as it is compared."""
        return fold(self.text)

    @property
    def subject(self) -> tuple[str, ...]:
        """What the alias speaks of: a sender's word has one meaning."""
        return self.kind, self.dataset, self.unit, "" if self.kind == "header" else self.column, self.key

    def params(self) -> dict[str, str]:
        """What a message about the alias names."""
        return {
            "id": self.id, "text": self.text, "means": self.means, "by": self.by, "day": f"{self.day:%d/%m/%Y}",
        }  # fmt: skip


def alias_id(kind: str, dataset: str, unit: str, column: str, text: str, means: str) -> str:
    """The id of an alias, from what it says: the same choice made again is the same alias."""
    said = "\x1f".join((kind, dataset, unit, column, fold(text), fold(means)))
    return f"A-{hashlib.sha256(said.encode()).hexdigest()[:10]}"


@dataclass(frozen=True)
class AliasedTables:
    """Tables under the aliases of their sender, their heading with its findings, and findings on the aliases used."""

    tables: list[Table]
    heading: Heading
    heading_findings: pd.DataFrame
    findings: pd.DataFrame


ReadHeading = Callable[[list[Table]], tuple[Heading, pd.DataFrame]]


def use_table_aliases(
    tables: list[Table], aliases: Iterable[Alias], form: Contract, read: ReadHeading
) -> AliasedTables:
    """Leave sheets out and replace headers as the sender's aliases say. read: gives the heading of some tables."""
    possible = [alias for alias in aliases if alias.dataset == form.dataset and alias.revoked is None]
    heading, heading_findings = read(tables)
    findings: list[Finding] = []
    ignored = {alias.key: alias for alias in possible if alias.kind == "sheet"}
    kept = [table for table in tables if fold(table.sheet) not in ignored]
    if 0 < len(kept) < len(tables):
        # A sheet that is to be left out may be what makes the heading contradict itself.
        inner, inner_findings = read(kept)
        gone = [t for t in tables if fold(t.sheet) in ignored and ignored[fold(t.sheet)].unit == inner.unit_code]
        if gone:
            sheets = {table.sheet for table in gone}
            tables = [table for table in tables if table.sheet not in sheets]
            heading, heading_findings = (inner, inner_findings) if len(tables) == len(kept) else read(tables)
            findings += [_used(ignored[fold(table.sheet)], table.sheet) for table in gone]
    headers = {a.key: a for a in possible if a.kind == "header" and a.unit == heading.unit_code}
    replaced = [_with_headers(table, headers, form, findings) for table in tables]
    return AliasedTables(replaced, heading, heading_findings, findings_frame(findings))


def _with_headers(table: Table, aliases: dict[str, Alias], form: Contract, findings: list[Finding]) -> Table:
    """The table with the official header in place of each alias; not where another header has that name already.

    A column that is said to be none of the form loses its header and its cells.
    """
    headers, body = dict(table.headers), table.body
    named = {name for path in headers.values() for name in form.named(path)}
    for place, path in table.headers.items():
        alias = aliases.get(fold(" / ".join(path))) or aliases.get(fold(path[-1]))
        if alias is None:
            continue
        if alias.means == LEAVE_OUT and form.named(path):
            findings.append(_contradicted(alias, table.sheet))
        elif alias.means == LEAVE_OUT:
            del headers[place]
            body = _without(body, place)
            findings.append(_used(alias, table.sheet))
        elif alias.column in named:
            if alias.column not in form.named(path):
                findings.append(_contradicted(alias, table.sheet))
        else:
            headers[place] = (form[alias.column].header,)
            findings.append(_used(alias, table.sheet, alias.column))
    return replace(table, headers=headers, body=body) if headers != table.headers else table


def _without(body: pd.DataFrame, place: int) -> pd.DataFrame:
    """The cells with those of a column empty."""
    emptied = body.copy()
    emptied[place] = pd.Series(pd.NA, index=body.index, dtype=body[place].dtype)
    return emptied


def use_cell_aliases(
    rows: NamedRows, aliases: Iterable[Alias], form: Contract, heading: Heading
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The raw cells with the official label or unit in place of each alias, and what is to be said of the aliases.

    A text that can be read by itself is no alias: where it means something else than the alias says, that is a finding.
    """
    cells, findings = rows.cells, []
    for alias in aliases:
        if alias.dataset != form.dataset or alias.unit != heading.unit_code or alias.revoked is not None:
            continue
        if alias.column not in cells:
            continue
        texts = cells[alias.column]
        if alias.kind == "header":
            if form[alias.column].type in _READABLE and _mostly_unread(rows, alias.column, texts):
                findings.append(_contradicted(alias, None))
            continue
        fits = pd.Series([isinstance(t, str) and fold(t) == alias.key for t in texts], index=texts.index)
        if alias.kind == "sheet" or not fits.any():
            continue
        written = str(texts[fits].iloc[0])
        plain = rows.said(alias.column, written)
        means = rows.said(alias.column, alias.means)
        if isinstance(means, Unread):
            # The list of this day does not have what the alias means.
            findings.append(_contradicted(alias, None))
        elif isinstance(plain, Unread):
            cells = cells.assign(**{alias.column: texts.mask(fits, alias.means)})
            findings.append(_used(alias, None, alias.column, int(fits.sum())))
        elif plain != means:
            findings.append(_contradicted(alias, None))
    return cells, findings_frame(findings)


def _mostly_unread(rows: NamedRows, column: str, texts: pd.Series[Any]) -> bool:
    distinct = [str(text) for text in texts.dropna().unique()]
    unread = sum(isinstance(rows.said(column, text), Unread) for text in distinct)
    return bool(distinct) and unread > _MOSTLY_UNREAD * len(distinct)


def _used(alias: Alias, sheet: str | None, column: str | None = None, count: int = 1) -> Finding:
    params = {**alias.params(), "count": str(count)}
    return Finding("alias_used", Severity.INFO, sheet, None, column, alias.text, params)


def _contradicted(alias: Alias, sheet: str | None) -> Finding:
    return Finding(
        "alias_contradicted", Severity.WARNING, sheet, None, alias.column or None, alias.text, alias.params()
    )


def in_force(aliases: Sequence[Alias], chosen: Iterable[Alias]) -> tuple[Alias, ...]:
    """The reviewed aliases and those chosen in the file itself, without one that is known or was revoked."""
    known = {alias.id for alias in aliases}
    fresh = {alias.id: alias for alias in chosen if alias.id not in known}
    # A newer choice for the same text takes the place of an older one.
    subjects = {alias.subject for alias in fresh.values()}
    return (*(alias for alias in aliases if alias.subject not in subjects), *fresh.values())


def meaning(kind: str, dataset: str, means: str) -> tuple[str, str]:
    """The contract column and the official words of what a header is said to mean. Raises LookupError."""
    form = contract(dataset)
    if fold(means) in (fold(LEAVE_OUT), "bo qua"):
        return "", LEAVE_OUT
    if kind == "sheet":
        raise LookupError(f"a sheet can only be left out: {LEAVE_OUT!r}, not {means!r}")
    for column in form.columns:
        if fold(means) in (fold(column.header), column.name):
            return column.name, column.header
    raise LookupError(f"{dataset} has no column {means!r}")


CHOSEN_BY = "đơn vị gửi"
"""Who has accepted an alias that was chosen in an answer sent back."""


def chosen_aliases(choices: Iterable[tuple[Question, str]], sector: str, file_name: str, day: date) -> list[Alias]:
    """The aliases that choices in an answer make; not of another sector's forms, and none that cannot be."""
    aliases = []
    for question, choice in choices:
        try:
            if contract(question.dataset).sector != sector:
                continue
            column, means = question.column, choice
            if question.kind in ("header", "sheet"):
                column, means = meaning(question.kind, question.dataset, choice)
            said = (question.kind, question.dataset, question.unit, column, question.text, means)
            aliases.append(
                Alias.model_validate(
                    {
                        "id": alias_id(*said), "kind": question.kind, "dataset": question.dataset, "column": column,
                        "unit": question.unit, "text": question.text, "means": means, "by": CHOSEN_BY, "day": day,
                        "file": file_name,
                    }
                )
            )  # fmt: skip
        except (LookupError, ValidationError):
            # Somebody has written something else than the list offers: asked again.
            continue
    return aliases
