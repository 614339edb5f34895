"""A messy file: its bytes, its name, what it truly says and which variations it got."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from etl.contracts import Contract, contract
from etl.model.period import Period
from etl.reference.units import Unit, Units, units_on
from samples.messy import texts
from samples.messy.body import Edits, style_of
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
TEXT = ("csv", "csv", "tsv", "txt", "html")
PERIODS = (
    Period(2018, 4),
    Period(2018, 4),
    Period(2018, 4),
    Period(2018, 2),
    Period(2017, 2),
    Period(2016, 3),
    Period(2018, 1),
)


@dataclass(frozen=True)
class Meddling:
    """What an injected error does to a file while it is made.

    rows: changes the rows in place, gives cells to write in their stead; kept: columns that must be there; slots,
    heading, placed: change these in place. plain: no sums, groups and layouts that the error would make uncertain.
    """

    rows: Callable[[Draw, list[Row]], Edits] | None = None
    kept: frozenset[str] = frozenset()
    slots: Callable[[Draw, list[Slot]], None] | None = None
    heading: Callable[[Draw, Heading], None] | None = None
    placed: Callable[[Draw, list[Placed]], None] | None = None
    is_plain: bool = False
    needs_totals: bool = False
    money_free: bool = False
    formats: tuple[str, ...] = ()
    period: Period | None = None
    count: int | None = None


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
    omitted: set[str] = field(default_factory=set)
    split_sex: bool = False


def messy_file(
    dataset: str, number: int, *, seed: int, level: str = "hostile", meddling: Meddling | None = None
) -> MessyFile:
    """The file of a number: the same from the same arguments."""
    form = contract(dataset)
    draw = Draw([seed, number, sum(map(ord, dataset))], level)
    wish = meddling or Meddling()
    period = wish.period or draw.pick(PERIODS)
    units = units_on(period.last_day)
    unit = units.province if form.sent_by == "province" else draw.pick(units.districts)
    rows = rows_for(draw, form, unit, period, wish.count or draw.number(5, 40))
    return composed(draw, form, unit, period, units, rows, wish)


def composed(
    draw: Draw, form: Contract, unit: Unit, period: Period, units: Units, rows: list[Row], wish: Meddling
) -> MessyFile:
    """A file of these rows."""
    kind = draw.one_of("format", wish.formats or (*TYPED, *TEXT))
    is_typed = kind in BINARY and kind != "html"
    is_single = kind in TEXT
    from_1904 = kind in ("xlsx", "xlsm", "xls", "xlsb") and draw.has("from-1904", 0.1)
    has_money = any(c.type == "money" for c in form.columns)
    factor = draw.one_of("factor", (1, 1, 1_000, 1_000_000)) if has_money and not wish.money_free else 1
    in_header = has_money and draw.has("money-in-headers", 0.15)
    money_mark = draw.pick(IN_HEADER[factor]) if in_header else ""
    setting = Setting(is_typed, from_1904, factor, period.year, units, unit.code)
    head = heading(draw, form, unit, period, factor, money_in_header=in_header)
    if wish.heading:
        wish.heading(draw, head)
    edits = wish.rows(draw, rows) if wish.rows else {}
    columns = columns_of(draw, form, setting, money_mark, wish.kept)
    if wish.slots:
        wish.slots(draw, columns.slots)
    style = style_of(draw, form, unit, units, columns.slots)
    frame = frame_of(draw, is_typed=is_typed)
    numbered = list(enumerate(rows))
    parts = _parts(draw, form, units, numbered, is_single=is_single)
    placed = [
        page_of(draw, name, head, period, columns.slots, style, frame, part, edits, line) for name, part, line in parts
    ]
    truth_pages = [p for p in placed if p.page.name not in _SUMMARY]
    if wish.placed:
        wish.placed(draw, placed)
    book = Book([p.page for p in placed], from_1904)
    if not is_single:
        _add_other_pages(draw, book, form, units, rows)
    stem = head.file_stem
    data, name, is_loose = _written(draw, book, kind, stem)
    sheet_of = {
        p.page.name: (name.rsplit(".", 1)[0] if kind in ("csv", "tsv", "txt") else p.page.name) for p in truth_pages
    }
    place: dict[int, tuple[str, int]] = {
        index: (sheet_of[p.page.name], row) for p in truth_pages for index, row in p.rows.items()
    }
    return MessyFile(
        form, unit, period, head.as_of, name, head.folder, data, kind,
        {place[index]: stored(form, row, columns.omitted) for index, row in numbered}, rows,
        [place[index] for index, _ in numbered], {sheet_of[p.page.name]: p for p in truth_pages}, draw.names,
        is_loose or "text-old-tones" in draw.names, columns.omitted, columns.has_split_sex,
    )  # fmt: skip


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
    if kind in ("csv", "tsv", "txt"):
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


def found_column(file: MessyFile, sheet: str, name: str) -> int:
    """The physical column of a contract's column on a sheet."""
    columns: Mapping[str, int] = file.sheets[sheet].columns
    return columns[name]
