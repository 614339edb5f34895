"""Section rows in place of a column: "I. Xã Bản Phiệt", "B. HỘ CẬN NGHÈO", "Khối THCS" hold for the rows below them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import pandas as pd

from etl.conforming.content import begins_as_a_commune, labels_of, names_a_commune
from etl.contracts import Column, Contract
from etl.contracts.naming import sex_in
from etl.model.grid import Table
from etl.model.text import clean, fold

_MARK = re.compile(
    r"^(?:[*+•▪■►✓–—-]+\s*|(?:[IVXLC]{1,6}|[A-HĐ]|\d{1,3}(?:\.\d{1,3})*)\s*[.):/–-]+\s*"
    r"|(?:phần|mục|nhóm|loại|đối tượng|diện|địa bàn|đơn vị|khu vực)\s*(?:thứ\s*)?"
    r"(?:[IVXLC]{1,6}|[A-HĐ]|\d{1,2})?\s*[.:–-]+\s*)",
    re.IGNORECASE,
)
_COUNTED = r"(?:hộ|người|khẩu|nhân khẩu|thôn|bản|tổ|món|món vay|thẻ|em|học sinh|hs|công trình|nhà|xã|khách hàng|dòng)"
_COUNT_BEHIND = re.compile(
    rf"(?:\s*[:;,(\[–—-]+\s*(?:gồm|có|tổng(?: số)?|cộng)?\s*:?\s*\d[\d.,]*\s*{_COUNTED}?|\s+\d[\d.,]*\s+{_COUNTED})"
    rf"(?:\s*[,;/]\s*\d[\d.,]*\s*{_COUNTED})*\s*[)\]]*\s*[:.]?$",
    re.IGNORECASE,
)
_IS_COMMUNE = re.compile(r"^X[.] ", re.IGNORECASE)
_VILLAGE = re.compile(r"^(?:thon|ban|to dan pho|tdp|to|khu pho|khu|xom|ap|tieu khu|khoi pho|pho)\b")
_NO_VILLAGE = re.compile(
    r"^(?:huyen|thanh pho|tp|tinh|khu vuc|vung|nhom|phan|muc|danh sach|ho|cac|xa|phuong|thi tran|truong)\b"
    r"|\b(?:chua|khong) (?:ro|xac dinh|biet)\b"
)
_CODE_CALLED = re.compile(
    r"^(?P<called>[^\d\W][^\d:]*?)[\s:.]+(?P<value>(?=\S*\d)[\w./-]{2,})(?:\s+[–—-]\s.*|\s*[,;(].*)?$"
)
"""A section that says what code it tells, the code, and whatever is told of it behind: "Mã hộ: 0012 - Giàng A Páo"."""

_TEXT_CALLED = re.compile(r"^(?P<called>[^\W\d]+(?: [^\W\d:]+)*?)(?P<colon>\s*:)?\s+(?P<value>\S.*)$")
_NO_CODES = ({"to"}, {"ma"}, {"so"})
_NUMBER = re.compile(r"^[\s\d.,()%+–x-]+$")


def with_sections(tables: Sequence[Table], form: Contract) -> list[Table]:
    """The tables with a column for each fact that only their section rows tell.

    Such a fact is a unit, a village or a label of a list, for which the form has a column and the table has none, or
    an empty one. It holds for the rows below until a section tells another, or one further out begins; in a list that
    goes on in another sheet also there.
    """
    done: dict[str, Table] = {}
    for table in tables:
        before = done.get(table.continues or "")
        done[table.sheet] = _with_sections(table, form, before)
    return list(done.values())


def _with_sections(table: Table, form: Contract, before: Table | None) -> Table:
    sections = _Sections(table, form)
    inherited = _last_values(before, form)
    columns = [*sections.columns, *(form[name] for name in inherited if name not in {c.name for c in sections.columns})]
    columns = [column for column in columns if column.name in {c.name for c in sections.lacking}]
    if not columns:
        return table
    body, headers, sources = table.body, dict(table.headers), dict(table.sources)
    beyond = max([*map(int, body.columns), *headers, *sources]) + 1
    for column in columns:
        values = sections.values(column, inherited.get(column.name))
        body = pd.concat([body, values.astype("str").rename(beyond)], axis=1)
        headers[beyond] = (column.header,)
        sources[beyond] = sections.place
        for place in sections.empty.get(column.name, ()):
            headers.pop(place, None)
        beyond += 1
    return replace(table, body=body, headers=headers, sources=sources)


def _last_values(before: Table | None, form: Contract) -> dict[str, str]:
    """What the sections of the sheet before tell its last row: column → text."""
    values: dict[str, str] = {}
    for place in before.sources if before is not None and len(before.body) else ():
        text = before.body[place].iloc[-1] if before is not None else None
        names = form.understood(before.headers[place]) if before is not None else {}
        if isinstance(text, str) and names:
            values[max(names, key=names.__getitem__)] = text
    return values


class _Sections:
    """The section rows of a table, and which columns of the form they stand for."""

    def __init__(self, table: Table, form: Contract) -> None:
        self._table, self._form = table, form
        self.texts: dict[int, str] = {}
        self.whole: dict[int, str] = {}
        self.styles: dict[int, tuple[bool, bool, bool]] = {}
        self.place = min(table.headers, default=1)
        for row in table.sums.index[[table.ignored.get(int(row)) == "group" for row in table.sums.index]]:
            words = [
                (int(place), text) for place, text in table.sums.loc[row].items()
                if isinstance(text, str) and not _NUMBER.match(text) and bare_section(text)
            ]  # fmt: skip
            if words:
                self.place, text = max(words, key=lambda word: len(word[1]))
                self.texts[int(row)] = bare_section(text)
                self.whole[int(row)] = _MARK.sub("", clean(text), count=1)
                has_mark = len(words) < sum(isinstance(t, str) for t in table.sums.loc[row]) or bool(_MARK.match(text))
                self.styles[int(row)] = (has_mark, text.isupper(), bool(_COUNT_BEHIND.search(text)))

    @cached_property
    def empty(self) -> Mapping[str, tuple[int, ...]]:
        """Column of the form → the places that its header names and that hold nothing."""
        empty: dict[str, tuple[int, ...]] = {}
        for place, path in self._table.headers.items():
            if place not in self._table.body.columns or self._table.body[place].isna().all():
                for name in self._form.understood(path):
                    empty[name] = (*empty.get(name, ()), place)
        return empty

    @cached_property
    def lacking(self) -> list[Column]:
        """The columns of the form that the table has not, or only empty."""
        named = {name for path in self._table.headers.values() for name in self._form.understood(path)}
        lacking = [c for c in self._form.columns if c.name not in named or c.name in self.empty]
        if self._form.split_sex and any(sex_in(path[-1]) for path in self._table.headers.values()):
            lacking = [c for c in lacking if c.name != self._form.split_sex.sex]
        return lacking

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that sections stand for, those first whose sections begin first: these lie further out."""
        firsts = {c.name: min(self._values[c.name]) for c in self.lacking if self._values[c.name]}
        return sorted((c for c in self.lacking if c.name in firsts), key=lambda c: firsts[c.name])

    @cached_property
    def _values(self) -> Mapping[str, dict[int, str]]:
        """Column → section row → what it tells. What nothing else explains are villages, if the form has them."""
        values: dict[str, dict[int, str]] = {c.name: {} for c in self.lacking}
        explained = self._explained
        communes = next((c for c in self.lacking if c.type == "unit"), None)
        if communes is not None:
            marked = {row: text for row, text in self.texts.items() if begins_as_a_commune(text)}
            bare = any(map(names_a_commune, self.texts.values()))
            # A name that no commune has is for the sender too: it ends the section before it.
            rest = {row: text for row, text in self.texts.items() if bare and row not in explained}
            values[communes.name] = marked or rest
        for column in self.lacking:
            if column.type in ("code", "text") and column.name != "village":
                values[column.name] = {
                    row: value for row, text in self.whole.items() if (value := _under_its_header(text, column))
                }  # fmt: skip
        known = set().union(explained, *values.values())
        for column in self.lacking:
            if column.type == "enum":
                labels = labels_of(column)
                read = {row: labels.part_that_names(text) for row, text in self.texts.items()}
                if any(text and (column.required or row not in explained) for row, text in read.items()):
                    # A section that no other column explains ends the one before it: its text is for the sender.
                    styles = {self.styles[row] for row, text in read.items() if text}
                    unknown = {
                        row for row, text in self.texts.items()
                        if row not in known and not _is_a_place(text) and self.styles[row] in styles
                    }  # fmt: skip
                    values[column.name] = {r: t or self.texts[r] for r, t in read.items() if t or r in unknown}
        if "village" in values:
            known = explained.union(*values.values())
            rest = {row: text for row, text in self.texts.items() if row not in known}
            if any(_VILLAGE.match(fold(text)) for text in rest.values()):
                # Another section ends the village before it, and names none.
                values["village"] = {
                    row: "" if _NO_VILLAGE.search(fold(text)) else text for row, text in rest.items()
                    if _NO_VILLAGE.search(fold(text)) or _VILLAGE.match(fold(text)) or _is_a_name(text)
                }  # fmt: skip
        return values

    @cached_property
    def _explained(self) -> set[int]:
        """The section rows whose label is one of a column that the table has: they repeat what the rows say."""
        names = {name for path in self._table.headers.values() for name in self._form.understood(path)}
        there = [c for c in self._form.columns if c.type == "enum" and c.name in names and c.name not in self.empty]
        return {row for row, text in self.texts.items() if any(labels_of(c).may_name(text) for c in there)}

    def values(self, column: Column, at_first: str | None) -> pd.Series[str]:
        """What the sections tell each data row; missing above the first and where only one further out has begun.

        at_first: what holds from the sheet before.
        """
        names = [c.name for c in self.columns]
        outer = names[: names.index(column.name)] if column.name in names else []
        ends = {row for name in outer for row in self._values[name]}
        marks = pd.Series({0: at_first or "", **dict.fromkeys(ends, ""), **self._values[column.name]}, dtype="object")
        index = marks.index.union(self._table.body.index).sort_values()
        values = marks.reindex(index).ffill().reindex(self._table.body.index)
        return values.where(values != "").astype("str")


def _under_its_header(text: str, column: Column) -> str | None:
    """What a section says of a column of codes or texts that it calls by its header: "Mã hộ: 0012", "Lớp 4A".

    A text keeps its header's word in front, as a school or a class is called by it, unless a colon follows.
    """
    if column.type == "code":
        match = _CODE_CALLED.match(text)
        words = set(fold(match["called"]).split()) if match else set()
        is_called = words not in _NO_CODES and any(words <= set(fold(header).split()) for header in column.headers)
        return match["value"] if match and words and is_called else None
    match = _TEXT_CALLED.match(text)
    if match is None or not any(fold(match["called"]) == fold(header) for header in column.headers):
        return None
    return match["value"] if match["colon"] else text


def _is_a_name(text: str) -> bool:
    """Whether each word of a text begins as those of a name do: «Séo Pa Cheo», not «Đã đối chiếu với thôn»."""
    return all(not word[0].islower() for word in text.split()) and not text.startswith(("(", "["))


def _is_a_place(text: str) -> bool:
    return _VILLAGE.match(fold(text)) is not None or names_a_commune(text)


def bare_section(text: str) -> str:
    """A section's text without its number in front and what it counts behind: "I. Xã A Mú Sung (12 hộ)"."""
    bare = clean(text)
    if _IS_COMMUNE.match(bare) and names_a_commune(bare[2:].strip()):
        # X. Bản Qua is a commune, not a tenth section on a village.
        return bare
    while (shorter := _COUNT_BEHIND.sub("", _MARK.sub("", bare, count=1)).strip(" .:;")) != bare and shorter:
        bare = shorter
    return bare
