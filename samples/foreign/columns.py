"""The columns of a foreign file: under which words, how their values look, which are split or joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from etl.contracts import Column, Contract
from etl.model.text import clean, fold
from etl.reference.codes import code_labels
from samples.foreign import headers, labels
from samples.messy import words
from samples.messy.cells import Setting, Writer, grouped, writer_of
from samples.messy.draw import Draw
from samples.messy.layout import SUMMED, Slot
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell

Write = Callable[[Row], Cell]


@dataclass
class Table:
    """The columns of a file. omitted: columns that it lacks; has_money_words: amounts name their unit."""

    slots: list[Slot] = field(default_factory=list)
    omitted: set[str] = field(default_factory=set)
    has_money_words: bool = False

    def has(self, name: str) -> bool:
        """Return whether a contract column has a column of its own."""
        return any(slot.name == name for slot in self.slots)


class Namer:
    """The headers of one file, no two alike: official ones, usual ones, or ones of the second vocabulary."""

    def __init__(self, draw: Draw, form: Contract, *, is_foreign: bool) -> None:
        self._draw, self._form, self._is_foreign = draw, form, is_foreign
        self._used: set[str] = set()

    def __call__(self, column: Column) -> str:
        """Return a header for a column."""
        key = (self._form.dataset, column.name)
        known = words.OWN.get(key) or words.HEADERS.get(column.name, ())
        usual = [h for h in known if (*key, h) not in words.UNCERTAIN]
        others = headers.OF_FORM[self._form.dataset].get(column.name) or headers.COMMON.get(column.name, ())
        options: Sequence[str] = usual if self._draw.chance(0.4) and usual else [column.header]
        if self._is_foreign and others and self._draw.chance(0.65):
            options = others
        header = self._draw.pick(options)
        if fold(header) in self._used or self._is_of_another(header, column):
            header = column.header
        if self._is_foreign and self._draw.chance(0.12):
            header = with_typing_error(self._draw, header)
        self._used.add(fold(header))
        return header

    def _is_of_another(self, header: str, column: Column) -> bool:
        return any(fold(header) == fold(c.header) for c in self._form.columns if c.name != column.name)


def with_typing_error(draw: Draw, header: str) -> str:
    """One letter left out, doubled or changed for its neighbour, in a long word of a header of several words."""
    parts = header.split(" ")
    long = [pos for pos, word in enumerate(parts) if len(word) >= 5 and word.isalpha()]
    if len(parts) < 2 or not long:
        return header
    pos = draw.pick(long)
    word, place = parts[pos], draw.number(1, len(parts[pos]) - 3)
    changed = draw.pick((
        word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    ))  # fmt: skip
    return " ".join([*parts[:pos], changed, *parts[pos + 1 :]])


def table_of(draw: Draw, form: Contract, setting: Setting, structures: set[str]) -> Table:
    """Draw the columns of a file, before any is split, joined or told by section rows."""
    made = Table(omitted=_omitted(draw, form))
    namer = Namer(draw, form, is_foreign="header-words" in structures)
    has_units = "units-in-cells" in structures
    made.has_money_words = has_units and any(c.type == "money" for c in form.columns) and draw.chance(0.7)
    group_of: dict[str, str] = {}
    is_grouped = draw.chance(0.75)
    slots = []
    for column in form.columns:
        if column.name in made.omitted:
            continue
        write = value_writer(draw, form, column, setting, structures)
        if has_units:
            write = with_unit(draw, column, write, has_money_words=made.has_money_words)
        above = column.header_above or ""
        if above and above not in group_of:
            foreign_group = "header-words" in structures and draw.chance(0.6)
            group_of[above] = draw.pick(headers.GROUPS[above]) if foreign_group and above in headers.GROUPS else above
        header, group = namer(column), group_of.get(above, "")
        if group and not is_grouped:
            header, group = f"{group}: {header}", ""
        slots.append(_slot(form, column, header, group, write))
    if "mixed-order" in structures:
        slots = shuffled_runs(draw, slots)
    made.slots = slots
    return made


def _omitted(draw: Draw, form: Contract) -> set[str]:
    if not draw.chance(0.25):
        return set()
    kept = {"sex", "birth", "head_birth", "completed_on", "started_on", "floor_area", "village", "valid_to", "due_on"}
    loose = [c.name for c in form.columns if not c.required and c.name not in kept and not c.name.startswith("lacks_")]
    loose = [name for name in loose if not name.startswith("hard_")]
    return {name for name in loose if draw.chance(0.2)}


def _slot(form: Contract, column: Column, header: str, group: str, write: Writer) -> Slot:
    summed = SUMMED[form.dataset]
    is_summed = column.type in ("int", "money", "number") and (summed is None or column.name in summed)
    is_summed = is_summed and column.name != "built_year"
    return Slot(column.name, header, lambda row: write(row[column.name]), group, "", column, is_summed, write)


def shuffled_runs(draw: Draw, slots: list[Slot]) -> list[Slot]:
    """The columns in another order; those of one group stay together."""
    runs: list[list[Slot]] = []
    for slot in slots:
        if runs and slot.group and runs[-1][-1].group == slot.group:
            runs[-1].append(slot)
        else:
            runs.append([slot])
    return [slot for run in draw.shuffled(runs) for slot in run]


# --- values ------------------------------------------------------------------------------------------------------
def value_writer(draw: Draw, form: Contract, column: Column, setting: Setting, structures: set[str]) -> Writer:
    """Return how a column's values are written: as usual, or by labels of the second vocabulary."""
    usual = writer_of(draw, column, setting)
    if "label-words" not in structures:
        return usual
    styles = labels.LABELS.get((form.dataset, column.name))
    if styles and draw.chance(0.7):
        style = draw.pick(styles)
        return lambda value: EMPTY if value is None else Cell(style[value]) if value in style else usual(value)
    if column.type == "flag" and draw.chance(0.6):
        marks = labels.FLAGS_OF.get(column.name)
        yes, no = draw.pick(marks) if marks and draw.chance(0.5) else draw.pick(labels.FLAGS)
        return lambda value: EMPTY if value is None else Cell(yes if value else no)
    if column.type == "ethnicity" and draw.chance(0.5):
        shape = draw.pick(labels.ETHNIC)
        return lambda value: EMPTY if value is None else Cell(shape.format(value))
    return usual


_UNIT_OF = {
    "households": "households", "households_minority": "households", "poor_start": "households",
    "near_poor_start": "households", "poor_households": "households", "poor_households_hygienic_water": "households",
    "households_hygienic_toilet": "households", "poor_households_hygienic_toilet": "households",
    "households_served": "households", "persons": "persons", "persons_hygienic_water": "persons",
    "persons_clean_water": "persons", "persons_served": "persons", "labour_force": "persons", "members": "persons",
    "children_under_6": "children", "support_months": "months", "rice_kg": "rice", "floor_area": "area",
    "capacity": "capacity", "b1_score": "score", "b2_score": "score", "built_year": "year",
}  # fmt: skip


def with_unit(draw: Draw, column: Column, write: Writer, *, has_money_words: bool) -> Writer:
    """Return a writer that puts the unit behind each number; amounts in đồng, thousands or millions as they fall."""
    if column.type == "money" and has_money_words:
        return lambda value: EMPTY if value is None else Cell(_money_words(draw, value))
    if column.codes and draw.chance(0.6):
        return _code_with_name(draw, column)
    kind = _UNIT_OF.get(column.name)
    if kind is None or not draw.chance(0.75):
        return write
    shape = draw.pick(labels.UNITS[kind])

    def written(value: Any) -> Cell:
        if value is None:
            return EMPTY
        text = str(value) if isinstance(value, int) else f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")
        whole, _, digits = text.partition(",")
        return Cell(shape.format(f"{whole},{digits}0" if len(digits) == 3 else text))

    return written


def _code_with_name(draw: Draw, column: Column) -> Writer:
    names = code_labels(column.codes or "")
    shape = draw.pick(("{} - {}", "{}: {}", "{} ({})"))
    return lambda value: (
        EMPTY if value is None else Cell(shape.format(value, names[value][-1].replace("(", "- ").replace(")", "")))
    )


def _money_words(draw: Draw, value: int) -> str:
    factor = next((f for f in (1_000_000, 1_000) if value and value % f == 0), 1)
    return draw.pick(labels.MONEY[factor]).format(grouped(value // factor, "."))


# --- splitting and joining ---------------------------------------------------------------------------------------
def split_name(draw: Draw, table: Table) -> bool:
    """Put family and middle name in a column and the given name in the next."""
    pos = next((i for i, s in enumerate(table.slots) if s.column is not None and s.column.type == "name"), None)
    if pos is None:
        return False
    slot = table.slots[pos]

    def part(row: Row, index: int) -> Cell:
        name = clean(str(row[slot.name]))
        first, _, last = name.rpartition(" ")
        return Cell((first, last)[index])

    first, last = draw.pick(headers.NAME_PARTS)
    way = draw.number(0, 2)
    group = slot.header if way else ""
    below = (first, last) if way < 2 else ("", "")
    pair = [
        replace(
            slot,
            name=f"{slot.name}+{i}",
            header=below[i],
            group=group,
            write=partial(part, index=i),
            column=None,
        )
        for i in (0, 1)
    ]
    if way == 2:
        # One header over both columns.
        pair = [replace(pair[0], header=slot.header, group=""), replace(pair[1], header="", group="")]
    table.slots[pos : pos + 1] = pair
    return True


def split_date(draw: Draw, table: Table) -> bool:
    """Put day, month and year of a date in three columns."""
    options = [i for i, s in enumerate(table.slots) if s.name in headers.DATE_NAMES and not s.group]
    if not options:
        return False
    pos = draw.pick(options)
    slot, names = table.slots[pos], draw.pick(headers.DATE_PARTS)
    pads = draw.chance(0.4)

    def part(row: Row, index: int) -> Cell:
        value = row[slot.name]
        if value is None:
            return EMPTY
        if not isinstance(value, date):
            return Cell(value) if index == 2 else EMPTY
        number = (value.day, value.month, value.year)[index]
        return Cell(f"{number:02d}") if pads else Cell(number)

    phrase = draw.pick(headers.DATE_NAMES[slot.name])
    is_flat = names[0] == "Ngày" and draw.chance(0.4)
    table.slots[pos : pos + 1] = [
        Slot(
            f"{slot.name}+{i}", f"{names[i]} {phrase}" if is_flat else names[i], partial(part, index=i),
            "" if is_flat else slot.header,
        )
        for i in range(3)
    ]  # fmt: skip
    return True


def birth_by_sex(draw: Draw, table: Table) -> bool:
    """Say the birth in the column of the sex, each header saying its sex, or both below one."""
    if not (table.has("sex") and table.has("birth")):
        return False
    birth = next(s for s in table.slots if s.name == "birth")
    male, female = draw.pick(headers.BIRTH_BY_SEX)
    group = ""
    if draw.chance(0.4):
        male, female, group = (
            "Nam",
            "Nữ",
            draw.pick(("Sinh năm", "Ngày sinh theo giới", "Năm sinh (ghi vào cột nam hoặc nữ)")),
        )

    def of_sex(sex: str) -> Write:
        return lambda row: birth.write_value(row["birth"]) if row["sex"] == sex else EMPTY

    pair = [Slot("sex+male", male, of_sex("male"), group), Slot("sex+female", female, of_sex("female"), group)]
    pos = table.slots.index(birth)
    table.slots[pos : pos + 1] = pair
    table.slots = [s for s in table.slots if s.name != "sex"]
    return True


JOINS: dict[str, tuple[tuple[str, str], ...]] = {
    "place": (("village", "commune"),), "sex_birth": (("sex", "birth"), ("head_sex", "head_birth")),
    "name_birth": (("full_name", "birth"), ("head_name", "head_birth")), "validity": (("valid_from", "valid_to"),),
    "term": (("disbursed_on", "due_on"),),
}  # fmt: skip


def joined(draw: Draw, table: Table, rows: Sequence[Row]) -> str:
    """Put two facts in one column. Return which, "" where the file has none to join."""
    options = [(k, p) for k, pairs in JOINS.items() for p in pairs if table.has(p[0]) and table.has(p[1])]
    options = [(k, p) for k, p in options if k in ("place", "term") or all(r[n] is not None for r in rows for n in p)]
    if not options:
        return ""
    kind, (first, second) = draw.pick(options)
    of_name = {s.name: s for s in table.slots}
    write = _join(draw, kind, of_name[first], of_name[second])
    pos = min(table.slots.index(of_name[first]), table.slots.index(of_name[second]))
    kept = [s for s in table.slots[:pos] if s.name not in (first, second)]
    after = [s for s in table.slots[pos:] if s.name not in (first, second)]
    table.slots = [*kept, Slot(f"{first}+{second}", draw.pick(headers.JOINED[kind]), write), *after]
    return kind


def _join(draw: Draw, kind: str, first: Slot, second: Slot) -> Write:
    def text(slot: Slot, row: Row) -> str:
        value = slot.write(row).value
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value).strip()

    def day(slot: Slot, row: Row) -> str:
        value = row[slot.name]
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)

    if kind == "place":
        # A commune with its type, so that nobody takes it for the village.
        turned, mark = draw.chance(0.35), draw.pick((" - ", ", ", " – ", "; "))
        commune = _typed_commune(draw)

        def place(row: Row) -> Cell:
            parts = [p for p in (row["village"], commune(row)) if p]
            return Cell(mark.join(reversed(parts) if turned else parts))

        return place
    if kind == "sex_birth":
        mark = draw.pick((", ", " - ", "/", "; "))
        return lambda row: Cell(f"{text(first, row)}{mark if mark != '/' else ' / '}{day(second, row)}")
    if kind == "name_birth":
        shape = draw.pick(("{} ({})", "{}, {}", "{}, sinh {}", "{} - {}"))
        return lambda row: Cell(shape.format(clean(str(row[first.name])), day(second, row)))
    shape, alone = draw.pick(
        (("{} - {}", "{} -"), ("từ {} đến {}", "từ {}"), ("{} đến {}", "{} đến"), ("{}-{}", "{}-"))
    )

    def span(row: Row) -> Cell:
        start, end = day(first, row), day(second, row)
        return Cell(shape.format(start, end) if end else alone.format(start))

    return span


def _typed_commune(draw: Draw) -> Callable[[Row], str]:
    is_lower = draw.chance(0.3)

    def name(row: Row) -> str:
        text: str = row["_commune_name"]
        return text[0].lower() + text[1:] if is_lower else text

    return name
