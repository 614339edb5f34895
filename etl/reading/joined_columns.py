"""Bring facts that a sheet splits over columns, or joins in one, into one column each.

A name in two columns, a date in three, a commune beside its village in one cell: ``bring_together`` gives the cells
and the header that the form would have. A joined column keeps its first physical place; of a column that holds two
facts the second goes to a place beyond the sheet, and ``Header.sources`` says from where.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from etl.contracts import Column, Contract
from etl.contracts.naming import Path, is_serial
from etl.model.text import clean, fold
from etl.reading.headers import Header
from etl.reading.row_kinds import numbers_the_columns

_MOSTLY = 0.8
_FAMILY = re.compile(
    r"^(?:ho(?: va)?(?: ten)? (?:dem|lot|chu dem|chu lot)(?: va (?:dem|lot))?|ho(?: va)?(?: dem| lot| chu dem)?|ho va"
    r"|(?:ten|chu) (?:dem|lot)|(?:family|last|middle|sur)(?: (?:and|va) (?:middle|family))? ?names?|surname"
    r"|ho lot|dem)$"
)
_GIVEN = re.compile(
    r"^(?:ten(?: (?:rieng|goi|chinh))?|(?:ten )?(?:chu )?(?:dem|lot)(?: va)? ten|(?:given|first) ?name)$"
)
_OF_WHOM = re.compile(
    r"\b(?:cua|chu ho|hoc sinh|hs|thanh vien|tv|nguoi vay|khach hang|nguoi|kh|cac em|em|chu the|nguoi tham gia)\b"
)
_PARTS = {
    "day": re.compile(r"^(?:ngay|ng|day|d|dd)$"),
    "month": re.compile(r"^(?:thang|th|t|month|m|mm)$"),
    "year": re.compile(r"^(?:nam|n|year|y|yyyy|yy)$"),
}
_BEHIND = re.compile(r"\s*(?:[(\[]\s*(?P<in_brackets>[^()\[\]]+?)\s*[)\]]|[-–—:/]\s*(?P<after>\w+))\s*$")
_OF_A_BIRTH = re.compile(r"\b(?:sinh|birth|of birth)\b")
_VILLAGE = re.compile(
    r"^(?:thon|ban|to|tdp|khu|khu pho|xom|ap|lang|cum|doi|to dan pho|khoi|pho|tieu khu)\b", re.IGNORECASE
)
_COMMUNE = re.compile(r"^(?:xa|phuong|thi tran|tt|x|p)\b")
_DISTRICT = re.compile(r"^(?:huyen|h|thi xa|tx|thanh pho|tp|tinh|t)\b")
_BETWEEN = re.compile(r"\s*[,;/(|\n]\s*|\s+[-–—]\s*|\s*[-–—]\s+")
_DAY = r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}(?: 00:00:00)?|\d{4})"
_SEX_AND_BIRTH = re.compile(rf"^(?P<first>nam|nữ|nu)\W+(?P<second>{_DAY})\W*$", re.IGNORECASE)
_BIRTH_AND_SEX = re.compile(rf"^(?P<second>{_DAY})\W+(?P<first>nam|nữ|nu)\W*$", re.IGNORECASE)
_NAME_AND_BIRTH = re.compile(
    rf"^(?P<first>[^\d]+?)\W*\(?\s*(?:(?:sn|ns|sinh)\W*)?(?P<second>{_DAY})\)?$", re.IGNORECASE
)
_WORDS, _ONE_WORD = re.compile(r"^[^\d]*[^\W\d][^\d]*$"), re.compile(r"^[^\s]+$")
_ONE_DAY, _DIGITS, _ANYTHING = re.compile(rf"^{_DAY}$"), re.compile(r"^[\d.,]+$"), re.compile(r"^.", re.DOTALL)
_NAME_AND_SEX = re.compile(r"^(?P<first>[^\d(]+?)\s*[,;(/–—-]+\s*(?P<second>nam|nữ|nu)\W*$", re.IGNORECASE)
_SPAN = re.compile(rf"^(?:từ\s*)?(?P<first>{_DAY})\s*(?:[-–—]+|đến|>|~)+\s*(?P<second>{_DAY})$", re.IGNORECASE)

Pair = tuple[str, str]


def bring_together(cells: pd.DataFrame, header: Header, form: Contract) -> tuple[pd.DataFrame, Header]:
    """Return the cells and the header with one column a fact.

    cells: the sheet, physical rows and columns; only rows below the header change.
    """
    cells, header = _join_names(cells, header, form)
    cells, header = _join_dates(cells, header, form)
    return _split_joined(cells, header, form)


def _join(
    cells: pd.DataFrame, header: Header, columns: list[int], path: Path, join: Callable[[pd.DataFrame], pd.Series[str]]
) -> tuple[pd.DataFrame, Header]:
    """Put what some columns hold into the first of them, under another header; the others have none from then on."""
    cells = cells.copy()
    # A row that numbers the columns stays what it is, also for the next columns that are joined.
    below = (cells.index > header.last_row) & ~_number_columns(cells, columns)
    cells.loc[below, columns[0]] = join(cells.loc[below, columns]).astype("str")
    cells.loc[below, columns[1:]] = np.nan
    named = {c: p for c, p in header.cells.items() if c not in columns[1:]} | {columns[0]: path}
    return cells, replace(header, cells=dict(sorted(named.items())))


def _number_columns(cells: pd.DataFrame, columns: list[int]) -> np.ndarray:
    """Which rows number the columns, 1 2 3: what stands in them is no part of a name or a day."""
    short = [cells[place].fillna("").str.len().between(1, 4).to_numpy() for place in columns]
    numbers: np.ndarray = np.logical_and.reduce(short)
    for at in np.flatnonzero(numbers):
        line = zip(cells.columns, cells.iloc[at], strict=True)
        numbers[at] = numbers_the_columns({int(place): text for place, text in line if isinstance(text, str)})
    return numbers


def _join_names(cells: pd.DataFrame, header: Header, form: Contract) -> tuple[pd.DataFrame, Header]:
    name = next((c for c in form.columns if c.type == "name"), None)
    physical = sorted(map(int, cells.columns))
    for at, first in enumerate(physical) if name else ():
        for parts in (physical[at : at + 3], physical[at : at + 2]):
            if name and first in header.cells and len(parts) > 1 and _is_split_name(cells, header, form, parts):
                return _join(cells, header, parts, (name.header,), _with_blanks)
    return cells, header


def _is_split_name(cells: pd.DataFrame, header: Header, form: Contract, parts: list[int]) -> bool:
    *before, last = parts
    if last in header.cells:
        return _names_a_part(header.cells[last][-1], _GIVEN) and all(
            place in header.cells and _names_a_part(header.cells[place][-1], _FAMILY) for place in before
        )
    if len(before) > 1:
        return False
    first, second = parts
    if not any(form[name].type == "name" for name in form.understood(header.cells[first])):
        return False
    # One header over two columns: a word stands beside nearly every name.
    body = cells.loc[header.last_row + 1 :, [first, second]].dropna(subset=[first])
    words = body[second].str.fullmatch(r"[^\W\d]+(?: [^\W\d]+)?").fillna(value=False)
    return len(body) > 1 and float(words.mean()) >= _MOSTLY / 2 and float(words[body[second].notna()].mean()) > _MOSTLY


def _names_a_part(text: str, part: re.Pattern[str]) -> bool:
    """Whether a header is that of a part of a name: as a whole, before its brackets, or in them."""
    inside = " ".join(re.findall(r"[(\[]([^)\]]*)", text))
    ways = (text, re.sub(r"[(\[].*", " ", text, flags=re.DOTALL), inside)
    return any(part.match(" ".join(_OF_WHOM.sub(" ", fold(way)).split())) for way in ways)


def _with_blanks(parts: pd.DataFrame) -> pd.Series[str]:
    joined = parts.fillna("").agg(" ".join, axis=1).str.strip()
    return joined.where(joined != "")


def _join_dates(cells: pd.DataFrame, header: Header, form: Contract) -> tuple[pd.DataFrame, Header]:
    columns = sorted(header.cells)
    for at in range(len(columns) - 2):
        three = columns[at : at + 3]
        parts = [_part_of_date(header.cells[c][-1]) for c in three]
        if sorted(filter(None, parts)) != ["day", "month", "year"]:
            continue
        path = _path_of_date(header, three, form)
        if path is not None:
            places = {str(part): c for part, c in zip(parts, three, strict=True)}
            return _join(cells, header, three, path, partial(_as_dates, places=places))
    return cells, header


def _part_of_date(text: str) -> str | None:
    """Which part of a date a header names, as a whole or behind the date: «Ngày sinh (tháng)», «Ngày vay - Năm»."""
    behind = _BEHIND.search(text)
    for way in (text, (behind["in_brackets"] or behind["after"]) if behind else ""):
        bare = " ".join(_OF_WHOM.sub(" ", _OF_A_BIRTH.sub(" ", fold(way))).split())
        found = next((part for part, words in _PARTS.items() if words.match(bare)), None)
        if found is not None:
            return found
    return None


def _path_of_date(header: Header, columns: list[int], form: Contract) -> Path | None:
    """The header of the date that three columns hold: their group's, or the birth's, or of the only date there is."""
    group = header.cells[columns[0]][:-1]
    dates = [c for c in form.columns if c.type == "date"]
    if group and any(form[name].type == "date" for name in form.understood(group)):
        return group
    fronts = {_BEHIND.sub("", header.cells[c][-1]).strip() for c in columns}
    front = (fronts.pop(),)
    if not fronts and any(form[name].type == "date" for name in form.understood(front)):
        return front
    births = [c for c in dates if c.name.endswith("birth")]
    texts = " ".join(fold(text) for c in columns for text in header.cells[c])
    if births and (_OF_A_BIRTH.search(texts) or len(dates) == 1):
        return (births[0].header,)
    return (dates[0].header,) if len(dates) == 1 else None


def _as_dates(frame: pd.DataFrame, places: Mapping[str, int]) -> pd.Series[str]:
    day, month, year = (frame[places[part]].str.removesuffix(".0") for part in ("day", "month", "year"))
    whole = day.fillna("") + "/" + month.fillna("") + "/" + year.fillna("")
    alone = day.isna() & month.isna()
    return whole.where(~alone, year)


def _split_joined(cells: pd.DataFrame, header: Header, form: Contract) -> tuple[pd.DataFrame, Header]:
    # A cell may hold three facts: its first two are parted next.
    for _ in range(2):
        cells, header = _split_once(cells, header, form)
    return cells, header


def _split_once(cells: pd.DataFrame, header: Header, form: Contract) -> tuple[pd.DataFrame, Header]:
    for column, path in dict(header.cells).items():
        if is_serial(path) or column not in cells.columns:
            continue
        named = {c: form.understood(path) for c, path in header.cells.items()}
        present = {name for names in named.values() for name in names}
        texts = cells.loc[header.last_row + 1 :, column].dropna()
        pair, parted = _two_facts(texts, form, path, present, set(named[column]))
        if pair is not None:
            cells, header = _parted(cells, header, form, column, pair, parted)
    return cells, header


def _two_facts(
    texts: pd.Series[str], form: Contract, path: Path, present: set[str], own: set[str]
) -> tuple[Pair | None, dict[str, Pair]]:
    """Which two columns of the form, that have none of their own, a column's texts hold; and how each is parted."""
    lacking = {c.name for c in form.columns} - (present - own)
    distinct = texts.unique().tolist()
    for pair, part in _ways(form, path, lacking):
        if own and not own & set(pair):
            continue
        parted = {text: both for text in distinct if (both := part(text)) is not None}
        whole = [text for text, both in parted.items() if both[1]]
        if whole and 2 * len(whole) >= len(parted) and texts.isin(parted).mean() >= (_MOSTLY if len(own) == 0 else 0.9):
            return pair, parted
    return None, {}


def _ways(form: Contract, path: Path, lacking: set[str]) -> list[tuple[Pair, Callable[[str], Pair | None]]]:
    ways: list[tuple[Pair, Callable[[str], Pair | None]]] = []
    parts = form.named_by_parts(path)
    called = [c.name for c in form.columns if c.required and c.type in ("name", "text") and c.name in lacking]
    called = [name for name in called if name != "village"][:1]
    if form.split_sex and {form.split_sex.sex, form.split_sex.birth} <= lacking:
        pair = (form.split_sex.sex, form.split_sex.birth)
        ways += [(pair, _by(_SEX_AND_BIRTH)), (pair, _by(_BIRTH_AND_SEX))]
    names = [c.name for c in form.columns if c.type == "name" and c.name in lacking]
    births = [c.name for c in form.columns if c.name.endswith("birth") and c.name in lacking]
    if names and births:
        ways.append(((names[0], births[0]), _by(_NAME_AND_BIRTH)))
    sexes = [form.split_sex.sex] if form.split_sex and form.split_sex.sex in lacking else []
    ways += [((name, sex), _by(_NAME_AND_SEX)) for name in names[:1] for sex in sexes]
    dates = [c.name for c in form.columns if c.type == "date" and not c.name.endswith("birth") and c.name in lacking]
    if len(dates) == 2:
        ways.append(((dates[0], dates[1]), _by(_SPAN)))
    if len(parts) == 2 and set(parts) <= lacking and set(parts) != {"commune", "village"}:
        shapes = [_shape_of(form[name]) for name in parts]
        ways.append(((parts[0], parts[1]), partial(_as_the_header_says, shapes=shapes)))
    if {"commune", "village"} <= lacking:
        # Where the form lacks what a row is called, a name beside the commune is that, unless it is called a village.
        ways.append((("commune", "village"), partial(_commune_and_village, sure=bool(called))))
    if "commune" in lacking:
        ways += [((name, "commune"), _with_its_commune) for name in called]
    return ways


def _as_the_header_says(text: str, shapes: list[re.Pattern[str]]) -> Pair | None:
    """The two facts of a cell whose header names two columns, parted at the last sign between that fits both."""
    bare = clean(text)
    for sign in reversed(list(_BETWEEN.finditer(bare))):
        first, second = bare[: sign.start()].strip(), bare[sign.end() :].strip(" )")
        if first[-1:].isdigit() and second[:1].isdigit() and sign[0].strip() == sign[0]:
            # Within a day or a number.
            continue
        if first and second and shapes[0].match(first) and shapes[1].match(second):
            return first, second
    return None


def _shape_of(column: Column) -> re.Pattern[str]:
    """What a value of a column looks like, as far as its type says."""
    match column.type:
        case "name":
            return _WORDS
        case "date":
            return _ONE_DAY
        case "int" | "money" | "number":
            return _DIGITS
        case "code":
            return _ONE_WORD
    return _ANYTHING


def _with_its_commune(text: str) -> Pair | None:
    """What a row is called and its commune behind: "Giàng A Páo (xã Bản Phiệt)", "Bể Khe Lụ, xã Gia Phú"."""
    bare = clean(text)
    for sign in reversed(list(_BETWEEN.finditer(bare))):
        first, second = bare[: sign.start()].strip(), bare[sign.end() :].strip(" )")
        if first and _COMMUNE.match(fold(second)):
            return first, second
    return None


def _by(pattern: re.Pattern[str]) -> Callable[[str], Pair | None]:
    def part(text: str) -> Pair | None:
        match = pattern.match(clean(text))
        return (match["first"].strip(), match["second"].strip()) if match else None

    return part


def _commune_and_village(text: str, *, sure: bool) -> Pair | None:
    """A place's commune and its village: the one that says what it is tells what the other is.

    sure: only a village that says that it is.
    """
    parts = [part.strip(" )") for part in _BETWEEN.split(clean(text)) if part.strip(" )")]
    parts = [part for part in parts if not _DISTRICT.match(fold(part))]
    if len(parts) == 1 and _COMMUNE.match(fold(parts[0])):
        return parts[0], ""
    if len(parts) != 2:
        return None
    communes = [part for part in parts if _COMMUNE.match(fold(part))]
    villages = [part for part in parts if _VILLAGE.match(fold(part))]
    if len(communes) == 1 and (villages or not sure):
        return communes[0], next(part for part in parts if part != communes[0])
    if len(villages) == 1 and not communes:
        return next(part for part in parts if part != villages[0]), villages[0]
    return None


def _parted(
    cells: pd.DataFrame, header: Header, form: Contract, column: int, pair: Pair, parted: Mapping[str, Pair]
) -> tuple[pd.DataFrame, Header]:
    beyond = max(map(int, cells.columns)) + 1
    cells = cells.copy()
    below = cells.index > header.last_row
    texts = cells.loc[below, column]
    second = pd.Series(np.nan, index=cells.index, dtype="str")
    second[below] = texts.map({text: both[1] or np.nan for text, both in parted.items()})
    cells[beyond] = second.astype("str")
    # A text that does not part is left whole for its first fact, where reading names it.
    cells.loc[below, column] = texts.map({text: both[0] for text, both in parted.items()}).fillna(texts)
    paths = {column: (form[pair[0]].header,), beyond: (form[pair[1]].header,)}
    return cells, replace(header, cells={**header.cells, **paths}, sources={**header.sources, beyond: column})
