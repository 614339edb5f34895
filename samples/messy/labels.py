"""How codes and units are named in cells: by any label or name that is certain within the form or unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from etl.contracts import Column
from etl.model.text import clean, fold, spelling_key
from etl.reference.codes import code_labels, ethnic_labels
from etl.reference.successors import moved
from etl.reference.units import Unit, Units, units_on
from samples.messy import cells
from samples.messy.draw import Draw
from samples.workbooks import EMPTY, Cell

MERGED = date(2025, 7, 1)
"""From this day on there are no districts."""

_CASES: tuple[Callable[[str], str], ...] = (
    lambda t: t, lambda t: t, lambda t: t.upper(), lambda t: t.lower(), lambda t: f" {t} ",
    lambda t: t.replace(" ", "  "),
)  # fmt: skip


def label_writer(draw: Draw, column: Column) -> Callable[[Any], Cell]:
    """A code as one of its labels, one way in a file or another in each cell."""
    known = _labels(column)
    letters = Counter(key for names in known.values() for key in {cells.same_letters(n) for n in names})
    case = draw.one_of(f"case-{column.type}", _CASES)
    is_bare = draw.has(f"bare-{column.type}", 0.15)
    varies = draw.has(f"labels-{column.name}", 0.3)

    def write(value: Any) -> Cell:
        if value is None:
            return EMPTY
        names = known[value]
        name = draw.pick(names) if varies else names[0]
        if is_bare and letters[cells.same_letters(name)] == 1:
            name = cells.plain(name)
        return Cell(case(name))

    return write


def _labels(column: Column) -> dict[str, tuple[str, ...]]:
    if column.type == "ethnicity":
        found = {}
        for group, names in ethnic_labels().items():
            kept = tuple(n for n in names if "(" not in n)
            if group == "Mông":
                kept += ("H'Mông", "H’Mông", "HʼMông", "H‘Mông", "Hmông", "H' Mông")
            found[group] = kept
        return found
    if column.codes:
        return {code: (code, *names) for code, names in code_labels(column.codes).items()}
    return dict(column.values or {})


def unit_writer(draw: Draw, units: Units, within: str) -> Callable[[Any], Cell]:
    """A commune by a name that is certain within the submitting unit, one way in a file or another in each cell."""
    pool = units.communes_in(within)
    counts = _Counts(pool)
    ways = (
        _full,
        _full,
        _abbreviated,
        _lower,
        _upper,
        _short,
        _bare,
        _code,
        _with_district,
        _variant,
        _capital_type,
        _upper_short,
    )
    first = draw.one_of("units", ways)
    mixes = draw.has("units-mixed", 0.3)
    former = former_names(units) if not units.districts and draw.has("former-units", 0.35) else {}

    def write(value: Any) -> Cell:
        if value is None:
            return EMPTY
        unit = units[value]
        if value in former and draw.chance(0.7):
            return Cell(draw.pick(former[value]))
        way = draw.pick(ways) if mixes and draw.chance(0.5) else first
        text = way(draw, unit, units, counts)
        if text is None or not counts.certain(text, unit, units):
            text = unit.name
        if not counts.certain(text, unit, units):
            text = f"{unit.name}, {units.district_of(unit.code).name}"
        return Cell(text)

    return write


@lru_cache(maxsize=4)
def former_names(units: Units) -> dict[str, tuple[str, ...]]:
    """Commune of a day without districts → the communes that it took in whole, named with the district of then."""
    before = MERGED - timedelta(days=1)
    own = units_on(before)
    names: dict[str, list[str]] = {}
    for code, parts in moved(before, MERGED).parts.items():
        if len(parts) == 1 and (heir := next(iter(parts))) is not None and heir in units:
            upper = own.district_of(code)
            shown = f"{upper.name[0].lower()}{upper.name[1:]}"
            names.setdefault(heir, []).extend(
                (f"{own[code].name}, {shown}", f"{own[code].name} - {upper.name}", f"{own[code].name} ({upper.name})")
            )
    return {code: tuple(found) for code, found in names.items()}


class _Counts:
    """How often each name stands in the submitting unit, in its spelling and folded, with type and without."""

    def __init__(self, pool: tuple[Unit, ...]) -> None:
        self.spelled = Counter(spelling_key(u.name) for u in pool)
        self.folded = Counter(fold(u.name) for u in pool)
        self.short = Counter(fold(u.short) for u in pool)

    def certain(self, text: str, unit: Unit, units: Units) -> bool:
        """Whether a text can mean this unit alone."""
        written = clean(text)
        upper = units.district_of(unit.code)
        if written == unit.code or fold(written).endswith(fold(upper.name)):
            return True
        if spelling_key(written) == spelling_key(unit.name):
            return self.spelled[spelling_key(unit.name)] == 1
        has_type = fold(written).split(" ")[0] in ("xa", "x", "phuong", "p", "thi", "tt")
        return (self.folded[fold(unit.name)] if has_type else self.short[fold(unit.short)]) == 1


_SHORT_TYPES = {"Xã": ("X. ", "X.", "x. "), "Phường": ("P. ", "P.", "p. "), "Thị trấn": ("TT. ", "TT ", "TT.", "Tt. ")}


def _full(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.name


def _abbreviated(draw: Draw, unit: Unit, _: Units, counts: _Counts) -> str | None:
    # With its type shortened the rest keeps its accents: certain where the full name is.
    return draw.pick(_SHORT_TYPES[unit.type]) + unit.short if counts.spelled[spelling_key(unit.name)] == 1 else None


def _lower(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.name.lower()


def _upper(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.name.upper()


def _short(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.short


def _bare(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return cells.plain(unit.name)


def _code(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.code


def _upper_short(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return unit.short.upper()


def _with_district(draw: Draw, unit: Unit, units: Units, _: _Counts) -> str | None:
    upper = units.district_of(unit.code)
    shown = draw.pick((upper.name, upper.name[0].lower() + upper.name[1:]))
    return f"{unit.name}{draw.pick((', ', ' - '))}{shown}" if upper.level == "district" else None


def _variant(draw: Draw, unit: Unit, _: Units, __: _Counts) -> str | None:
    return draw.pick(unit.variants) if unit.variants else None


def _capital_type(_: Draw, unit: Unit, __: Units, ___: _Counts) -> str | None:
    return f"{unit.type.upper()} {unit.short}"
