"""What stands below a header: data rows, groups, totals, repeated headers, blanks; as lines before they get rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from etl.contracts import Contract
from etl.reference.units import Unit, Units
from samples.messy import words
from samples.messy.draw import Draw
from samples.messy.layout import Slot
from samples.messy.rows import Row
from samples.workbooks import EMPTY, Cell

Edits = Mapping[tuple[int, str], Cell]
"""(truth row, slot's name) → a cell in place of what the slot's writer makes."""


@dataclass
class Line:
    """One row of a sheet. row: the truth's row that it tells; merges: (first slot, last slot)."""

    cells: list[Cell]
    kind: str
    row: int | None = None
    merges: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Style:
    """How the body of every sheet of a file looks."""

    numbering: Callable[[int], list[Cell]] | None
    stt: str
    group_by: Callable[[Row], str] | None
    group_form: str
    has_group_sums: bool
    sub_totals: str | None
    total_at: tuple[str, ...]
    total_label: str
    total_in: str
    counts_flags: bool
    header_every: int
    blank_odds: float
    has_closing_count: bool


def style_of(draw: Draw, form: Contract, unit: Unit, units: Units, slots: Sequence[Slot]) -> Style:
    """Draw the style of a file's body."""
    has_stt = any(s.name == "stt" for s in slots)
    group_by = draw.one_of("group-by", _groupings(form, units)) if draw.has("groups", 0.35) else None
    can_sum = any(s.is_summed for s in slots)
    places: tuple[str, ...] = ()
    if draw.has("total", 0.45):
        places = draw.one_of("total-at", (("end",), ("end",), ("top",), ("top", "end"), ("end", "end-again")))
    label = draw.pick(words.LABELS_OF_TOTALS).format(unit=unit.type.lower())
    return Style(
        numbering=draw.one_of("numbering-form", _NUMBERINGS) if draw.has("numbering", 0.4) else None,
        stt=draw.one_of("stt", ("on", "on", "restart", "text", "dot", "gaps", "padded")) if has_stt else "none",
        group_by=group_by,
        group_form=draw.one_of("group-form", ("roman", "roman-merged", "letter", "first", "merged", "name", "count")),
        has_group_sums=can_sum and draw.has("group-sums", 0.4),
        sub_totals=draw.pick(("Cộng {group}", "Cộng", "Tổng {group}", "CỘNG {GROUP}"))
        if draw.has("sub-totals", 0.3)
        else None,
        total_at=places if can_sum or draw.chance(0.5) else (),
        total_label=label,
        total_in=draw.one_of("total-in", ("stt", "first", "name", "merged")),
        counts_flags=draw.has("flags-counted", 0.5),
        header_every=draw.number(4, 12) if draw.has("headers-repeated", 0.2) else 0,
        blank_odds=0.08 if draw.has("blank-rows", 0.3) else 0.0,
        has_closing_count=draw.has("closing-count", 0.2),
    )


# --- numbering rows ----------------------------------------------------------------------------------------------
def _letters_then_numbers(width: int) -> list[Cell]:
    return [Cell("ABC"[at]) if at < 3 else Cell(at - 2) for at in range(width)]


def _plain_numbers(width: int) -> list[Cell]:
    return [Cell(at + 1) for at in range(width)]


def _bracketed(width: int) -> list[Cell]:
    return [Cell(f"({at + 1})") for at in range(width)]


def _computed(width: int) -> list[Cell]:
    return [Cell(str(at + 1) if at != 3 else "4=2+3") for at in range(width)]


def _computed_letters(width: int) -> list[Cell]:
    return [Cell("AB"[at]) if at < 2 else Cell("9=1-2+3" if at == 10 else str(at - 1)) for at in range(width)]


def _one_letter(width: int) -> list[Cell]:
    return [Cell("A"), *(Cell(at) for at in range(1, width))]


_NUMBERINGS = (_letters_then_numbers, _plain_numbers, _bracketed, _computed, _computed_letters, _one_letter)


# --- groups ------------------------------------------------------------------------------------------------------
def _groupings(form: Contract, units: Units) -> list[Callable[[Row], str]]:
    ways: list[Callable[[Row], str]] = [lambda row: units[row["commune"]].name]
    if form.dataset == "register_commune":
        return [lambda row: "Khu vực nông thôn" if units[row["commune"]].is_rural else "Khu vực thành thị"]
    if form.sent_by == "province":
        ways += [lambda row: units.district_of(row["commune"]).name] * 2
    if form.dataset == "register_household":
        ways += [lambda row: _CLASSES[row["classification"]]]
    if any(c.name == "village" for c in form.columns) and form.dataset != "water_village":
        ways += [village_of]
    if form.dataset == "education_pupil":
        ways += [lambda row: str(row["school_name"])]
    if form.dataset == "register_member":
        ways += [lambda row: f"Hộ {row['household_code']}"]
    return ways


def village_of(row: Row) -> str:
    """The label of the group of a village."""
    return row["village"] or "Chưa rõ thôn"


_CLASSES = {
    "poor": "HỘ NGHÈO", "poor_income": "HỘ NGHÈO", "poor_deprivation": "HỘ NGHÈO", "near_poor": "HỘ CẬN NGHÈO",
    "escaped_poor": "HỘ THOÁT NGHÈO", "escaped_near_poor": "HỘ THOÁT CẬN NGHÈO",
}  # fmt: skip
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def body_lines(
    draw: Draw, style: Style, slots: Sequence[Slot], rows: Sequence[tuple[int, Row]], edits: Edits, header: list[Line]
) -> list[Line]:
    """The lines below the header. rows: (number in the truth, row); header: what is repeated on a new page."""
    lines: list[Line] = []
    if style.numbering:
        lines.append(Line(style.numbering(len(slots)), "numbering"))
    if "top" in style.total_at:
        lines.append(_total(draw, style, slots, rows, edits, style.total_label))
    told = 0
    for number, (label, part) in enumerate(_parts(style, rows)):
        if label:
            lines.append(_group(style, slots, label, number, part, edits))
        for at, (index, row) in enumerate(part):
            told += 1
            if style.header_every and told % style.header_every == 0:
                lines += [Line(list(line.cells), line.kind, None, list(line.merges)) for line in header]
            stt = at + 1 if style.stt == "restart" else told
            lines.append(_data(draw, style, slots, index, row, stt, edits))
            if draw.chance(style.blank_odds):
                lines.append(Line([], "blank"))
        if label and style.sub_totals and any(s.is_summed for s in slots):
            text = style.sub_totals.format(group=label, GROUP=label.upper())
            lines.append(_total(draw, style, slots, part, edits, text))
    for place in style.total_at:
        if place.startswith("end"):
            text = style.total_label if place == "end" else "Tổng cộng (I+II)" if style.group_by else "Tổng cộng"
            lines.append(_total(draw, style, slots, rows, edits, text))
    return lines


def _parts(style: Style, rows: Sequence[tuple[int, Row]]) -> Iterable[tuple[str, list[tuple[int, Row]]]]:
    if style.group_by is None:
        return [("", list(rows))]
    key = style.group_by
    ordered = sorted(rows, key=lambda pair: key(pair[1]))
    return [(label, list(part)) for label, part in groupby(ordered, key=lambda pair: key(pair[1]))]


def _data(draw: Draw, style: Style, slots: Sequence[Slot], index: int, row: Row, stt: int, edits: Edits) -> Line:
    cells = []
    for slot in slots:
        if (index, slot.name) in edits:
            cells.append(edits[index, slot.name])
        elif slot.name == "stt":
            cells.append(_stt(draw, style.stt, stt))
        else:
            cells.append(slot.write(row))
    return Line(cells, "data", index)


def _stt(draw: Draw, form: str, number: int) -> Cell:
    match form:
        case "text":
            return Cell(str(number))
        case "dot":
            return Cell(f"{number}.")
        case "padded":
            return Cell(f"{number:02d}")
        case "gaps":
            return EMPTY if draw.chance(0.3) else Cell(number)
    return Cell(number)


def _group(
    style: Style, slots: Sequence[Slot], label: str, number: int, rows: Sequence[tuple[int, Row]], edits: Edits
) -> Line:
    """A row that names the group below it, in one of the ways of clerks, with the group's sums or without."""
    cells = [EMPTY] * len(slots)
    roman = _ROMAN[number % len(_ROMAN)]
    has_stt = slots[0].name == "stt"
    merges: list[tuple[int, int]] = []
    # Nobody writes a label into a column of numbers.
    first = next((at for at, s in enumerate(slots) if s.header and s.name != "stt" and not s.is_summed), 0)
    has_stt = has_stt and not slots[1].is_summed
    lead = 0 if has_stt else first
    match style.group_form:
        case "roman" if has_stt:
            cells[0], cells[1] = Cell(roman, bold=True), Cell(label, bold=True)
        case "letter" if has_stt:
            cells[0], cells[1] = Cell(chr(65 + number % 26), bold=True), Cell(label, bold=True)
        case "roman-merged":
            cells[lead] = Cell(f"{roman}. {label}", bold=True)
            merges = [(lead, _until_sums(slots, lead))]
        case "merged":
            cells[lead] = Cell(label, bold=True)
            merges = [(lead, _until_sums(slots, lead))]
        case "name":
            cells[_name_slot(slots)] = Cell(label.upper(), bold=True)
        case "count":
            cells[first] = Cell(f"{label} ({len(rows)})", bold=True)
        case _:
            cells[first] = Cell(label, bold=True)
    if style.has_group_sums:
        _put_sums(cells, style, slots, rows, edits)
    return Line(cells, "group", None, merges)


def _until_sums(slots: Sequence[Slot], first: int) -> int:
    """The last slot of a label that begins at ``first``, before the next column of sums."""
    last = first
    while last + 1 < len(slots) and last < first + 4 and not slots[last + 1].is_summed:
        last += 1
    return last


def _name_slot(slots: Sequence[Slot]) -> int:
    """The column of names, else the first one that holds words."""
    for kinds in (("name",), ("text", "unit")):
        for at, slot in enumerate(slots):
            if slot.column is not None and slot.column.type in kinds:
                return at
    return 0


def _total(
    draw: Draw, style: Style, slots: Sequence[Slot], rows: Sequence[tuple[int, Row]], edits: Edits, label: str
) -> Line:
    cells = [EMPTY] * len(slots)
    merges: list[tuple[int, int]] = []
    first = next((at for at, s in enumerate(slots) if s.name != "stt" and s.header and not s.is_summed), 0)
    if style.total_in == "stt" and slots[0].name == "stt":
        at = 0
    elif style.total_in == "merged" and slots[0].name == "stt":
        at, last = 0, 0
        while last + 1 < len(slots) and not slots[last + 1].is_summed and last < 3:
            last += 1
        merges = [(0, last)] if last else []
    else:
        at = _name_slot(slots) if style.total_in == "name" else first
    if not any(s.is_summed for s in slots):
        cells[at] = Cell(f"{label.rstrip(':')}: {len(rows)} {draw.pick(('người', 'dòng', 'đối tượng'))}", bold=True)
    else:
        cells[at] = Cell(label, bold=True)
    _put_sums(cells, style, slots, rows, edits)
    return Line(cells, "total", None, merges)


def _put_sums(
    cells: list[Cell], style: Style, slots: Sequence[Slot], rows: Sequence[tuple[int, Row]], edits: Edits
) -> None:
    """The sums of what the rows' cells say; a cell that is no number counts for nothing, as in Excel."""
    for at, slot in enumerate(slots):
        if cells[at] != EMPTY or slot.column is None:
            continue
        values = [row[slot.name] for index, row in rows if (index, slot.name) not in edits]
        if slot.is_summed and any(v is not None for v in values):
            cells[at] = slot.write_value(_sum(v for v in values if v is not None))
        elif slot.column.type == "flag" and style.counts_flags:
            cells[at] = Cell(sum(1 for v in values if v))


def _sum(values: Iterable[Any]) -> int | float:
    total = sum((Decimal(repr(v)) for v in values), Decimal(0))
    return int(total) if total == total.to_integral_value() else float(total)
