"""The columns of a table as a file has them: which, in what order, under which header texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from etl.contracts import Column, Contract
from etl.model.text import fold
from samples.messy import words
from samples.messy.cells import Setting, Writer, plain, writer_of
from samples.messy.draw import Draw
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell

SUMMED = {
    "register_household": {"members"}, "register_commune": None, "water_village": None, "credit_loan": None,
    "education_pupil": {"support_amount", "rice_kg"}, "housing_support": None,
    "water_works": {"capacity", "households_served", "persons_served"}, "register_member": set(), "health_card": set(),
}  # fmt: skip
"""Dataset → columns of which a sum makes sense; None: every count and amount."""

NEVER_DROPPED = {"completed_on", "floor_area", "hard_floor", "hard_frame", "hard_roof", "started_on"}


@dataclass(frozen=True)
class Slot:
    """One physical column. name: of the contract's column, stt, male or female; "" for others. group: text above."""

    name: str
    header: str
    write: Callable[[Row], Cell] = lambda _: EMPTY
    group: str = ""
    above: str = ""
    column: Column | None = None
    is_summed: bool = False
    write_value: Writer = Cell


@dataclass
class Columns:
    """The slots of a file in order; omitted: the contract's columns that it lacks."""

    slots: list[Slot] = field(default_factory=list)
    omitted: set[str] = field(default_factory=set)
    has_split_sex: bool = False


def columns_of(draw: Draw, form: Contract, setting: Setting, money_mark: str, kept: frozenset[str]) -> Columns:
    """Draw the columns. money_mark: what headers of amounts say of their unit; kept: columns that must be there."""
    made = Columns()
    own = list(form.columns)
    if draw.has("columns-missing", 0.3):
        loose = [
            c.name
            for c in own
            if not c.required and c.name not in NEVER_DROPPED | kept and not c.name.startswith("lacks_")
        ]
        made.omitted = {name for name in loose if draw.chance(0.25)}
        own = [c for c in own if c.name not in made.omitted]
    namer = _Namer(draw, form)
    runs = _with_runs(draw, form, [_slot(draw, form, c, setting, namer, money_mark) for c in own])
    if (
        splits_births(form)
        and not {"sex", "birth"} & made.omitted
        and not {"sex", "birth"} & kept
        and draw.has("nam-nu", 0.5)
    ):
        made.has_split_sex = True
        runs = _split(draw, runs, form, setting)
    if draw.has("columns-shuffled", 0.35):
        runs = draw.shuffled(runs)
    slots = [slot for run in runs for slot in run]
    slots = _numbered(draw, slots)
    for _ in range(draw.number(1, 3) if draw.has("extra-columns", 0.4) else 0):
        _insert_extra(draw, form, slots)
    if draw.has("blank-column-between", 0.12):
        slots.insert(draw.number(2, len(slots)), Slot("", ""))
    if draw.has("super-group", 0.12):
        slots = _under_super(draw, form, slots)
    made.slots = _decorated(draw, slots)
    return made


def _slot(draw: Draw, form: Contract, column: Column, setting: Setting, namer: _Namer, money_mark: str) -> Slot:
    write = writer_of(draw, column, setting)
    header = namer(column)
    if column.type == "money" and money_mark:
        header = f"{header} {money_mark}"
    summed = SUMMED[form.dataset]
    is_summed = column.type in ("int", "money", "number") and (summed is None or column.name in summed)
    group = draw.pick(words.GROUPS.get(column.header_above or "", ("",)))
    return Slot(column.name, header, lambda row: write(row[column.name]), group, "", column, is_summed, write)


class _Namer:
    """Headers of one file: the official ones, or ones that clerks use, no two alike."""

    def __init__(self, draw: Draw, form: Contract) -> None:
        self._draw, self._form = draw, form
        self._official = draw.one_of("headers", (True, False, False))
        self._used: set[str] = set()

    def __call__(self, column: Column) -> str:
        key = (self._form.dataset, column.name)
        known = words.OWN.get(key) or words.HEADERS.get(column.name, ())
        known = tuple(h for h in known if (*key, h) not in words.UNCERTAIN)
        header = column.header if self._official or not known else self._draw.pick(known)
        if fold(header) in self._used or (fold(header) in self._others(column)):
            header = column.header
        self._used.add(fold(header))
        return header

    def _others(self, column: Column) -> set[str]:
        return {fold(c.header) for c in self._form.columns if c.name != column.name}


def _with_runs(draw: Draw, form: Contract, slots: list[Slot]) -> list[list[Slot]]:
    """The slots in runs that stay together: a group of the form, or one that the clerk has put above neighbours."""
    is_grouped = draw.has("header-groups", 0.6)
    group_of: dict[str, str] = {}
    for column in form.columns:
        if column.header_above:
            group_of[column.name] = column.header_above
    if is_grouped and draw.has("other-groups", 0.4):
        for names, text in words.RUNS.get(form.dataset, ()):
            if set(names) <= {s.name for s in slots} and draw.chance(0.7):
                group_of |= dict.fromkeys(names, text)
    texts = {key: draw.pick(words.GROUPS.get(key, (key,))) for key in sorted(set(group_of.values()))}
    runs: list[list[Slot]] = []
    last = ""
    for slot in slots:
        key = group_of.get(slot.name, "")
        named = replace(slot, group=texts[key] if key and is_grouped else "")
        if not named.group and slot.column is not None:
            named = replace(named, header=_alone(slot, slot.column))
        if key and key == last:
            runs[-1].append(named)
        else:
            runs.append([named])
        last = key
    return runs


_NEEDS_GROUP = {"Số tiền", "Số tháng", "Trong hạn", "Quá hạn", "Khoanh", "Nền", "Mái", "Khung, tường", "Khung - tường",
                "Thành tiền",
                "Tự có", "Cộng đồng", "Hộ gia đình", "Bán trú", "Gạo", "Ngân sách", "NSNN", "Thẻ BHYT"}  # fmt: skip


def _alone(slot: Slot, column: Column) -> str:
    """The header without a group above it: one that says all by itself."""
    own = slot.header.split(" (")[0]
    return slot.header.replace(own, column.header, 1) if own in _NEEDS_GROUP else slot.header


def splits_births(form: Contract) -> bool:
    """Whether people write this list with a birth in the column of the sex: where no birth is required, as without a
    sex it would have no column."""
    split = form.split_sex
    return split is not None and split.birth == "birth" and not form[split.birth].required


def _split(draw: Draw, runs: list[list[Slot]], form: Contract, setting: Setting) -> list[list[Slot]]:
    """Nam and Nữ in place of sex and birth, the birth in the column of the sex."""
    birth = form["birth"]
    write = writer_of(draw, birth, setting)
    group = draw.pick(("Năm sinh", "Ngày, tháng, năm sinh", "Ngày sinh"))

    def of(sex: str) -> Callable[[Row], Cell]:
        return lambda row: write(row["birth"]) if row["sex"] == sex else EMPTY

    pair = [Slot("male", "Nam", of("male"), group), Slot("female", "Nữ", of("female"), group)]
    kept = [[s for s in run if s.name not in ("sex", "birth")] for run in runs]
    at = next(i for i, run in enumerate(runs) if any(s.name in ("sex", "birth") for s in run))
    kept.insert(at, pair)
    return [run for run in kept if run]


def _numbered(draw: Draw, slots: list[Slot]) -> list[Slot]:
    if draw.has("no-stt", 0.1):
        return slots
    return [Slot("stt", draw.pick(words.STT)), *slots]


def _insert_extra(draw: Draw, form: Contract, slots: list[Slot]) -> None:
    """A column that belongs to no form, at the end or where it fits; never into the middle of a group."""
    names = (*words.EXTRAS[""], *words.EXTRAS[form.dataset])
    name = draw.pick([n for n in names if all(fold(n) != fold(s.header) for s in slots)])
    places = [len(slots), len(slots)] + [
        at for at in range(2, len(slots)) if not slots[at].group or slots[at].group != slots[at - 1].group
    ]
    slots.insert(draw.pick(places), Slot("", name, _extra_cells(draw, name)))


def _extra_cells(draw: Draw, name: str) -> Callable[[Row], Cell]:
    folded = fold(name)
    if folded.startswith("ngay"):
        return lambda _: Cell(f"{draw.number(1, 28):02d}/{draw.number(1, 12):02d}/{draw.number(2008, 2018)}")
    if "dien thoai" in folded:
        return lambda _: Cell(f"09{draw.number(10_000_000, 99_999_999)}") if draw.chance(0.7) else EMPTY
    if "tong" in folded or "%" in name or "km" in folded or "so thon" in folded:
        return lambda _: Cell(draw.number(1, 99)) if draw.chance(0.9) else EMPTY
    if "ho ten" in folded or folded in ("truong thon", "to truong", "gvcn", "can bo ra soat"):
        return lambda _: Cell(draw.pick(("Giàng A Páo", "Nguyễn Văn Tùng", "Lý Thị Mẩy", "Hoàng Thị Vân")))
    if folded.startswith("so quyet dinh"):
        return lambda _: Cell(f"{draw.number(10, 4000)}/QĐ-UBND")
    return lambda _: (
        Cell(draw.pick(("đã rà soát", "x", "chuyển đến", "Hộ mới tách", "12/2017"))) if draw.chance(0.3) else EMPTY
    )


def _under_super(draw: Draw, form: Contract, slots: list[Slot]) -> list[Slot]:
    """One more row of groups over everything between the first and some later column."""
    until = draw.number(3, len(slots))
    while until < len(slots) and slots[until].group and slots[until].group == slots[until - 1].group:
        until += 1
    return [replace(s, above=words.SUPER[form.dataset]) if 1 <= at < until else s for at, s in enumerate(slots)]


_DRESSES: tuple[tuple[str, float, Callable[[str], str]], ...] = (
    ("headers-upper", 0.2, str.upper), ("headers-lower", 0.08, str.lower), ("headers-bare", 0.12, plain),
    ("headers-broken", 0.25, lambda t: t.replace(" ", "\n", 1)),
    ("headers-double-space", 0.12, lambda t: t.replace(" ", "  ")),
    ("headers-colon", 0.06, lambda t: f"{t}:"), ("headers-star", 0.08, lambda t: f"{t} (*)"),
    ("headers-star-bare", 0.06, lambda t: f"{t}*"),
    ("headers-title-case", 0.05, str.title),
)  # fmt: skip


def _decorated(draw: Draw, slots: Iterable[Slot]) -> list[Slot]:
    dress = [change for name, odds, change in _DRESSES if draw.has(name, odds)]
    is_numbered = draw.has("headers-numbered", 0.06)
    made: list[Slot] = []
    for at, slot in enumerate(slots, start=1):
        header, group = slot.header, slot.group
        for change in dress:
            header, group = header and change(header), group and change(group)
        if is_numbered and header:
            header = f"{header} ({at})"
        made.append(replace(slot, header=header, group=group))
    return made


def header_rows(slots: list[Slot]) -> tuple[list[list[Cell]], list[tuple[int, int, int, int]]]:
    """The header's rows and merged ranges (row, slot, row, slot; from 0). Without a group a header begins on top."""
    has_group, has_super = any(s.group for s in slots), any(s.above for s in slots)
    height = 1 + has_group + has_super
    rows = [[EMPTY] * len(slots) for _ in range(height)]
    merges: list[tuple[int, int, int, int]] = []
    for at, slot in enumerate(slots):
        path: list[Any] = ([slot.above] if has_super and slot.above else []) + ([slot.group] if slot.group else [])
        for level, text in enumerate(path):
            shift = level + (1 if has_super and not slot.above else 0)
            if at and _same_run(slots[at - 1], slot, text):
                continue
            end = at
            while end + 1 < len(slots) and _same_run(slots[end], slots[end + 1], text):
                end += 1
            top = 0 if has_super and not slot.above else shift
            rows[top][at] = Cell(text, bold=True)
            if end > at or top < shift:
                merges.append((top, at, shift, end))
        first = len(path) + (1 if has_super and not slot.above and path else 0)
        if slot.header:
            rows[first][at] = Cell(slot.header, bold=True)
            if first < height - 1:
                merges.append((first, at, height - 1, at))
    return rows, merges


def _same_run(left: Slot, right: Slot, text: str) -> bool:
    return (left.group == right.group == text and left.above == right.above) or (
        left.above == right.above == text != ""
    )
