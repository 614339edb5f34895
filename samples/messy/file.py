"""A messy file: its bytes, its name, what it truly says and which variations it got."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from etl.contracts import Contract, contract
from etl.model.period import Period
from etl.reference.units import Unit, Units, units_on
from samples.messy import texts
from samples.messy.body import Edits, style_of, village_of
from samples.messy.cells import Setting
from samples.messy.draw import Draw
from samples.messy.heading import IN_HEADER, Heading, heading
from samples.messy.layout import Slot, columns_of
from samples.messy.pages import Placed, frame_of, page_of
from samples.messy.rows import Row, rows_for
from samples.messy.sheets import counts_page, instruction_page, lists_page, names_of_sheets
from samples.messy.truth import stored
from samples.workbooks import BINARY, Book, Page, text_bytes, zipped
from samples.workbooks.text import ENCODINGS

TYPED = ("xlsx", "xlsx", "xlsx", "xlsx", "xlsm", "xls", "xls", "xlsb", "ods", "ods", "spreadsheetml")
SEPARATED = ("csv", "tsv", "txt")
TEXT = ("csv", *SEPARATED, "html")
PERIODS = (
    Period(2018, 4),
    Period(2018, 4),
    Period(2018, 4),
    Period(2018, 2),
    Period(2017, 2),
    Period(2016, 3),
    Period(2018, 1),
)


Address = tuple[str, int]


@dataclass(frozen=True)
class Meddling:
    """What an injected error does to a file while it is made.

    forced, forbidden, fixed: see ``Draw``; rows: changes the rows in place, gives cells to write in their stead; kept:
    columns that must be there; slots, heading: change these in place; placed: changes the sheets, gives the address
    that matters; factor: đồng in one unit of the amounts, whether the title says so or not; others: sheets added.
    """

    forced: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    fixed: Mapping[str, int] = field(default_factory=dict)
    period: Period | None = None
    unit: str | None = None
    count: int | None = None
    rows: Callable[[Draw, list[Row], Units, str], Edits] | None = None
    kept: frozenset[str] = frozenset()
    slots: Callable[[Draw, list[Slot]], None] | None = None
    heading: Callable[[Draw, Heading, Unit, Period], None] | None = None
    placed: Callable[[Draw, list[Placed], list[Slot], list[Row]], Address | None] | None = None
    factor: int | None = None
    says_money: bool = True
    others: Callable[[], list[Page]] | None = None
    formats: tuple[str, ...] = ()


@dataclass
class MessyFile:
    """One file. told: (sheet, row) → stored values of each data row, in the order of the truth's rows."""

    form: Contract
    unit: Unit
    period: Period
    as_of: date
    name: str
    folder: str
    data: bytes
    kind: str
    told: dict[tuple[str, int], dict[str, Any]]
    rows: list[Row]
    places: list[tuple[str, int]]
    sheets: dict[str, Placed]
    variations: list[str]
    is_loose: bool
    omitted: set[str]
    in_groups: dict[tuple[str, int], str | None]
    marked: Address | None


def messy_file(
    dataset: str, number: int, *, seed: int, level: str = "hostile", meddling: Meddling | None = None
) -> MessyFile:
    """The file of a number: the same from the same arguments."""
    wish = meddling or Meddling()
    draw = Draw([seed, number, sum(map(ord, dataset))], level, wish.forced, wish.forbidden, wish.fixed)
    period = wish.period or draw.pick(PERIODS)
    form = contract(dataset).on(period.last_day)
    units = units_on(period.last_day)
    own = units[wish.unit] if wish.unit else None
    unit = own or (units.province if form.sent_by == "province" else draw.pick(units.districts or units.communes))
    rows = rows_for(draw, form, unit, period, draw.number(5, 40) if wish.count is None else wish.count)
    return composed(draw, form, unit, period, rows, wish)


def composed(draw: Draw, form: Contract, unit: Unit, period: Period, rows: list[Row], wish: Meddling) -> MessyFile:
    """A file of these rows."""
    units = units_on(period.last_day)
    kind = draw.one_of("format", wish.formats or (*TYPED, *TEXT))
    setting, money_mark, says_money = _setting(draw, form, kind, unit, period, units, wish)
    head = heading(draw, form, unit, period, setting.factor, says_money=says_money)
    if wish.heading:
        wish.heading(draw, head, unit, period)
    edits = wish.rows(draw, rows, units, unit.code) if wish.rows else {}
    columns = columns_of(draw, form, setting, money_mark, wish.kept)
    if wish.slots:
        wish.slots(draw, columns.slots)
    style = style_of(draw, form, unit, units, columns.slots)
    frame = frame_of(draw, is_typed=setting.is_typed)
    numbered = list(enumerate(rows))
    placed = [
        page_of(draw, name, head, period, columns.slots, style, frame, part, edits, line)
        for name, part, line in _parts(draw, form, units, numbered, is_single=kind in TEXT)
    ]
    marked = wish.placed(draw, placed, columns.slots, rows) if wish.placed else None
    book = Book([p.page for p in placed], setting.from_1904)
    if kind not in TEXT:
        _add_other_pages(draw, book, form, units, rows)
        book.pages += wish.others() if wish.others else []
    data, name, is_loose = _written(draw, book, kind, head.file_stem)
    sheets = {(Path(name).stem if kind in SEPARATED else p.page.name): p for p in placed}
    place = {
        index: (sheet, row) for sheet, p in sheets.items() if sheet not in _SUMMARY for index, row in p.rows.items()
    }
    return MessyFile(
        form=form, unit=unit, period=period, as_of=head.as_of, name=name, folder=head.folder, data=data, kind=kind,
        told={place[index]: stored(form, row, columns.omitted) for index, row in numbered}, rows=rows,
        places=[place[index] for index, _ in numbered], sheets=sheets, variations=draw.names,
        is_loose=is_loose or "text-old-tones" in draw.names, omitted=columns.omitted,
        in_groups={place[index]: row["village"] for index, row in numbered if style.group_by is village_of},
        marked=marked if marked is None or kind not in SEPARATED else (Path(name).stem, marked[1]),
    )  # fmt: skip


def _setting(
    draw: Draw, form: Contract, kind: str, unit: Unit, period: Period, units: Units, wish: Meddling
) -> tuple[Setting, str, bool]:
    """What cells have in common, what headers of amounts say of their unit, whether the title does."""
    is_typed = kind in BINARY and kind != "html"
    from_1904 = kind in ("xlsx", "xlsm", "xls", "xlsb") and draw.has("from-1904", 0.1)
    has_money = any(c.type == "money" for c in form.columns)
    factor = draw.one_of("factor", (1, 1, 1_000, 1_000_000)) if has_money else 1
    factor = wish.factor or factor
    in_header = has_money and wish.says_money and draw.has("money-in-headers", 0.15)
    money_mark = draw.pick(IN_HEADER[factor]) if in_header else ""
    setting = Setting(is_typed, from_1904, factor, period.year, units, unit.code)
    return setting, money_mark, has_money and wish.says_money and not in_header


_SUMMARY = ("TH", "Tổng hợp", "TONG HOP", "TH huyện", "Tổng hợp chung", "TH toàn huyện")
Part = tuple[str, Sequence[tuple[int, Row]], str]


def _parts(draw: Draw, form: Contract, units: Units, rows: list[tuple[int, Row]], *, is_single: bool) -> list[Part]:
    """(sheet name, its rows, a line that names its commune): one sheet, or one a commune with a summary or without."""
    one = draw.one_of("one-sheet", ("Danh sách", "Sheet1", "DS", "Biểu 01", "Bieu2 (2)", form.dataset[:20]))
    if is_single or form.dataset == "register_commune" or not draw.has("sheet-per-commune", 0.35):
        return [(one, rows, "")]
    by_commune: dict[str, list[tuple[int, Row]]] = {}
    for index, row in rows:
        by_commune.setdefault(row["commune"], []).append((index, row))
    names = names_of_sheets(draw, [units[code] for code in by_commune])
    has_line = draw.has("commune-line", 0.4)
    parts: list[Part] = [(names[code], part, units[code].name if has_line else "") for code, part in by_commune.items()]
    summary = draw.one_of("summary", ("", "", "before", "after"))
    if summary:
        whole: Part = (draw.pick(_SUMMARY), rows, "")
        parts = [whole, *parts] if summary == "before" else [*parts, whole]
    return parts


def _add_other_pages(draw: Draw, book: Book, form: Contract, units: Units, rows: list[Row]) -> None:
    """Sheets that hold no data: empty, counts by commune, instructions, lists of names."""
    others: list[tuple[str, float, Callable[[], list[Page]]]] = [
        ("empty-sheets", 0.25, lambda: [Page("Sheet2", []), Page("Sheet3", [])]),
        ("counts-sheet", 0.15, lambda: [counts_page(draw, form, units, rows)]),
        ("instruction-sheet", 0.12, lambda: [instruction_page(form)]),
        ("lists-sheet", 0.08, lambda: [lists_page(units, rows)]),
    ]
    for name, odds, make in others:
        if draw.has(name, odds):
            made = [page for page in make() if page.name not in {p.name for p in book.pages}]
            book.pages[:] = [*made, *book.pages] if draw.chance(0.4) else [*book.pages, *made]


def _written(draw: Draw, book: Book, kind: str, stem: str) -> tuple[bytes, str, bool]:
    """Bytes, file name, and whether letters may differ in case from the truth's."""
    legacy = ""
    if kind in SEPARATED:
        encoding = draw.one_of("encoding", ENCODINGS)
        if encoding in ("TCVN3", "VNI", "VISCII", "windows-1258"):
            book = texts.simpler(book)
            if encoding != "windows-1258" and not texts.all_encodable(book, encoding):
                encoding = "utf-8"
            legacy = encoding
        else:
            book, legacy = texts.changed(draw, book)
        separator = {"csv": draw.pick((",", ";", ",", "|")), "tsv": "\t", "txt": draw.pick(("\t", "|", ";"))}[kind]
        data = text_bytes(book, separator=separator, encoding=encoding, line_end=draw.pick(("\r\n", "\n")))
        ending = kind
    else:
        book, legacy = texts.changed(draw, book)
        data = BINARY[kind](book)
        ending = {"html": "xls", "spreadsheetml": draw.pick(("xls", "xml"))}.get(kind, kind)
        if kind == "xlsx" and draw.has("wrong-ending", 0.05):
            ending = "xls"
    name = f"{stem}.{ending}"
    if draw.has("zipped", 0.08):
        data, name = zipped({name: data}), f"{stem}.zip"
    return data, name, legacy == "TCVN3"
