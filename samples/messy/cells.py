"""How a value stands in a cell: one writer a column of a file. Each keeps the value certain by SECTORS.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from etl.contracts import Column
from etl.model.text import fold
from etl.reference.units import Units
from samples.messy import labels
from samples.messy.draw import Draw
from samples.workbooks import EMPTY, Cell
from samples.workbooks.page import serial

Writer = Callable[[Any], Cell]
TEXT = "@"


@dataclass(frozen=True)
class Setting:
    """What the cells of one file have in common.

    is_typed: its cells have types (a workbook; not text); factor: đồng in one unit of the amounts; year: of the period;
    within: code of the submitting unit.
    """

    is_typed: bool
    from_1904: bool
    factor: int
    year: int
    units: Units
    within: str


def writer_of(draw: Draw, column: Column, setting: Setting) -> Writer:
    """How a column of a file is written."""
    match column.type:
        case "flag":
            return _flag(draw, setting)
        case "enum" | "ethnicity":
            return labels.label_writer(draw, column)
        case "unit":
            return labels.unit_writer(draw, setting.units, setting.within)
        case "date":
            return _mixed(draw, "dates", _dates(draw, column, setting))
        case "int":
            return _mixed(draw, "ints", _ints(column, setting))
        case "money":
            return _mixed(draw, "money", _money(setting))
        case "number":
            return _mixed(draw, "numbers", _numbers(setting))
        case "code":
            return _mixed(draw, "codes", _codes(draw, column, setting))
    return lambda value: EMPTY if value is None else Cell(str(value))


def _mixed(draw: Draw, name: str, ways: Sequence[Writer]) -> Writer:
    """One way for the whole column, or now and then another from cell to cell."""
    first = draw.one_of(name, ways)
    mixes = draw.has(f"{name}-mixed", 0.2)

    def write(value: Any) -> Cell:
        if value is None:
            return EMPTY
        return (draw.pick(ways) if mixes and draw.chance(0.4) else first)(value)

    return write


# --- flags -------------------------------------------------------------------------------------------------------
_YES = ("x", "X", "v", "V", "1", "Có", "có", "✓", "x ", "CÓ")
_NO = (None, None, "Không", "-", "0", "không")


def _flag(draw: Draw, setting: Setting) -> Writer:
    yes: Sequence[Any] = [draw.one_of("yes", _YES)]
    no: Sequence[Any] = [draw.one_of("no", _NO)]
    if draw.has("flags-mixed", 0.15):
        yes, no = _YES, _NO
    if setting.is_typed and draw.has("flags-typed", 0.12):
        yes, no = (True, 1), (False, 0, None)
    return lambda value: EMPTY if value is None else Cell(draw.pick(yes if value else no))


# --- numbers -----------------------------------------------------------------------------------------------------
def grouped(value: int, mark: str) -> str:
    """1234567 as 1.234.567."""
    return f"{value:,}".replace(",", mark)


def _number_cell(value: float) -> Cell:
    return Cell(value, "#,##0" if isinstance(value, int) else "#,##0.###")


def _formula_cell(value: float) -> Cell:
    return Cell(value, formula=f"{value!r}*1")


def _ints(column: Column, setting: Setting) -> list[Writer]:
    plain: list[Writer] = [Cell, lambda v: Cell(str(v), TEXT), lambda v: Cell(f" {v} ")]
    if setting.is_typed:
        plain += [_formula_cell, lambda v: Cell(float(v), "0")]
    if column.name in ("member_no", "built_year"):
        return plain
    return [*plain, *(partial(_text_of, mark=mark) for mark in (".", ",", " "))]


def _text_of(value: int, mark: str) -> Cell:
    return Cell(grouped(value, mark), TEXT)


def _money(setting: Setting) -> list[Writer]:
    factor = setting.factor
    if factor == 1:
        ways: list[Writer] = [
            *(partial(_text_of, mark=mark) for mark in (".", ",", " ")), _number_cell, lambda v: Cell(str(v)),
            lambda v: Cell(f"{grouped(v, '.')},0" if v >= 1000 else str(v)),
        ]  # fmt: skip
        return [*ways, _formula_cell, lambda v: Cell(float(v), "#,##0")] if setting.is_typed else ways
    if setting.is_typed:
        return [partial(_scaled, factor=factor), partial(_scaled, factor=factor, has_formula=True)]
    return [partial(_scaled_text, factor=factor, decimal=decimal) for decimal in (",", ".")]


def _scaled(value: int, factor: int, *, has_formula: bool = False) -> Cell:
    number: float = value // factor if value % factor == 0 else value / factor
    return _formula_cell(number) if has_formula else _number_cell(number)


def _scaled_text(value: int, factor: int, decimal: str) -> Cell:
    """As text, where a fraction never has the three digits that might be a group."""
    whole, rest = divmod(value, factor)
    digits = str(rest).rjust(len(str(factor)) - 1, "0").rstrip("0")
    if len(digits) == 3:
        digits += "0"
    return Cell(f"{whole}{decimal}{digits}" if digits else str(whole))


def _numbers(setting: Setting) -> list[Writer]:
    ways: list[Writer] = [partial(_decimal_text, decimal=decimal) for decimal in (",", ".")]
    return [*ways, Cell, lambda v: Cell(v, "0.00"), _formula_cell] if setting.is_typed else ways


def _decimal_text(value: float, decimal: str) -> Cell:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    _, _, digits = text.partition(".")
    return Cell((text + "0" if len(digits) == 3 else text).replace(".", decimal), TEXT)


# --- codes -------------------------------------------------------------------------------------------------------
def _codes(draw: Draw, column: Column, setting: Setting) -> list[Writer]:
    ways: list[Writer] = [lambda v: Cell(v, TEXT), Cell, lambda v: Cell(f"'{v}"), lambda v: Cell(f" {v}")]
    if draw.has(f"numeric-{column.name}", 0.3):
        return [partial(_as_number, column=column, setting=setting)]
    return ways


def _as_number(value: str, column: Column, setting: Setting) -> Cell:
    """A code that somebody typed into a cell of numbers: a zero in front is lost where the length tells of it."""
    fixed = (column.name == "insurance_number" and len(value) == 10) or (
        column.name.endswith("id_number") and len(value) == 12
    )
    safe = value.isdigit() and len(value) <= 15 and (value[0] != "0" or (fixed and value[1] != "0"))
    if not safe:
        return Cell(value, TEXT)
    if setting.is_typed:
        return Cell(int(value), "0")
    return Cell(value)


# --- days --------------------------------------------------------------------------------------------------------
def _dates(draw: Draw, column: Column, setting: Setting) -> list[Writer]:
    ways: list[Callable[[date], Cell]] = [
        lambda d: Cell(f"{d:%d/%m/%Y}"), lambda d: Cell(f"{d.day}/{d.month}/{d.year}", TEXT),
        lambda d: Cell(f"{d.day}-{d.month}-{d.year}", TEXT), lambda d: Cell(f"{d:%d.%m.%Y}", TEXT),
        lambda d: Cell(f" {d:%d/%m/%Y}  "), partial(_short_year, column=column, setting=setting),
        partial(_serial, column=column, setting=setting), lambda d: Cell(d, "dd/mm/yyyy"),
        lambda d: Cell(f"{d.day:02d} /{d.month:02d}/ {d.year}", TEXT),
    ]  # fmt: skip
    if setting.is_typed:
        ways += [
            lambda d: Cell(d, "d/m/yy"),
            lambda d: Cell(d, "dd/mm/yyyy", formula=f"DATE({d.year},{d.month},{d.day})"),
        ]
        ways += [lambda d: Cell(d, "mm-dd-yy"), lambda d: Cell(d, '[$-42A]dd "tháng" mm "năm" yyyy')]
    year = draw.one_of("year-only", _YEARS)

    def told(way: Callable[[date], Cell]) -> Writer:
        return lambda value: way(value) if isinstance(value, date) else year(value)

    return [told(way) for way in ways]


_YEARS: tuple[Callable[[int], Cell], ...] = (
    Cell, lambda y: Cell(str(y), TEXT), lambda y: Cell(f"00/00/{y}", TEXT), lambda y: Cell(f"'{y}"),
)  # fmt: skip


def _short_year(day: date, column: Column, setting: Setting) -> Cell:
    """d/m/yy where the century is certain: births not over a hundred years ago, other days of this one."""
    is_birth = column.year_ok or column.name.endswith("birth")
    certain = setting.year - 99 < day.year <= setting.year if is_birth else 2000 <= day.year < 2100
    return Cell(f"{day.day}/{day.month}/{day.year % 100:02d}" if certain else f"{day:%d/%m/%Y}", TEXT)


def _serial(day: date, column: Column, setting: Setting) -> Cell:
    """Excel's number of the day in a cell of no format, unless it may be a year."""
    number = serial(day, from_1904=setting.from_1904)
    if number <= 3653 or (column.year_ok and 1900 <= number <= setting.year):
        return Cell(f"{day:%d/%m/%Y}", TEXT)
    return Cell(number) if setting.is_typed else Cell(str(number))


def plain(text: str) -> str:
    """Without diacritics: Ho va ten."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).replace("đ", "d").replace("Đ", "D")


def same_letters(text: str) -> str:
    """Folded without spaces: what two labels must not share."""
    return fold(text).replace(" ", "")
