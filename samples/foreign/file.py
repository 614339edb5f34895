"""A foreign file: one to four structures drawn together, its bytes and what it truly says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from etl.contracts import Contract, contract
from etl.model.period import Period
from etl.model.text import spelling_key
from etl.reference.units import Unit, Units, units_on
from samples.foreign import columns, headers, sections, sheets
from samples.foreign.body import DITTO_SAFE, NOTES, SERIALS, TOTALS, Body, Built, build_lines, ditto_mark, numberings
from samples.foreign.exports import portal_bytes, quirky_text
from samples.foreign.titles import foreign_heading
from samples.messy import words
from samples.messy.cells import Setting
from samples.messy.draw import Draw
from samples.messy.file import PERIODS
from samples.messy.heading import Heading, heading
from samples.messy.layout import Slot, splits_births
from samples.messy.rows import Row, rows_for
from samples.messy.truth import stored
from samples.workbooks import BINARY, EMPTY, Book, Cell, Page, text_bytes

STRUCTURES = (
    "header-words", "label-words", "title-words", "fill-down", "commune-by-section", "village-by-section",
    "sections-by-class", "ditto", "split-name", "split-date", "joined", "birth-by-sex", "two-tables", "continued",
    "repeated-page-header", "total-on-top", "notes-between", "wide-title", "units-in-cells", "marked-numbers",
    "old-sheet", "district-sheets", "numbering", "mixed-order", "csv-quirks", "html-export", "xml-2003",
)  # fmt: skip
WORKBOOKS = ("xlsx", "xlsx", "xlsm", "xls", "xlsb", "ods")
TEXTS = ("csv", "tsv", "txt")
_FORMAT_OF = {"csv-quirks": ("csv",), "html-export": ("html",), "xml-2003": ("spreadsheetml",)}
_NEEDS_SHEETS = {"continued", "old-sheet", "district-sheets"}
_CONFLICTS = (
    {"csv-quirks", "html-export", "xml-2003"}, {"continued", "district-sheets", "repeated-page-header"},
    {"fill-down", "ditto"}, {"split-date", "joined", "birth-by-sex"}, {"split-name", "joined"},
    {"commune-by-section", "joined"}, {"village-by-section", "joined"}, {"village-by-section", "fill-down"},
    {"commune-by-section", "sections-by-class", "village-by-section"}, {"two-tables", "wide-title"},
    {"district-sheets", "commune-by-section"}, {"total-on-top", "repeated-page-header"},
)  # fmt: skip
"""Of each set a file has one at most."""


@dataclass
class ForeignFile:
    """One file. told: (sheet, row) → stored values, in the order of the rows; slots: where its columns stand.

    has_addresses: its physical rows are certain (not where a program cuts lines its way).
    """

    form: Contract
    unit: Unit
    period: Period
    as_of: date
    name: str
    folder: str
    data: bytes
    kind: str
    truth: dict[tuple[str, int], dict[str, Any]]
    rows: list[Row]
    structures: list[str]
    headers: dict[str, str]
    has_addresses: bool


def possible(dataset: str) -> list[str]:
    """Return the structures that a dataset's files can have."""
    form = contract(dataset)
    names = {c.name for c in form.columns}
    cannot = set()
    if not sections.class_sections(form):
        cannot.add("sections-by-class")
    if dataset == "register_commune":
        cannot |= {"fill-down", "commune-by-section", "ditto", "split-name", "split-date", "joined", "label-words"}
    if dataset in ("water_village", "water_works"):
        cannot |= {"split-name", "split-date"}
    if dataset == "water_village":
        cannot.add("label-words")
    if dataset == "water_works":
        cannot.add("joined")
    if not splits_births(form):
        cannot.add("birth-by-sex")
    if form.sent_by != "province":
        cannot.add("district-sheets")
    if "village" not in names or dataset == "water_village":
        cannot.add("village-by-section")
    return [s for s in STRUCTURES if s not in cannot]


def drawn_structures(draw: Draw, dataset: str) -> set[str]:
    """Draw one to four structures that can stand together."""
    wanted = draw.pick((1, 1, 2, 3, 4))
    made: set[str] = set()
    for name in draw.shuffled(possible(dataset)):
        trial = made | {name}
        needs = bool(trial & _NEEDS_SHEETS)
        if any(len(trial & set_) > 1 for set_ in _CONFLICTS) or (needs and trial & {"csv-quirks", "html-export"}):
            continue
        made = trial
        if len(made) == wanted:
            break
    return made


def foreign_file(dataset: str, number: int, *, seed: int, structures: set[str] | None = None) -> ForeignFile:
    """Return the file of a number: the same from the same arguments."""
    place = [seed, number, sum(map(ord, dataset)), 77]
    drawn = structures if structures is not None else drawn_structures(Draw([*place, 1], "realistic"), dataset)
    # With an old sheet in the file its own title says the period.
    draw = Draw(place, "realistic", fixed={"period-in": 0} if "old-sheet" in drawn else {})
    period = draw.pick(PERIODS)
    form = contract(dataset).on(period.last_day)
    units = units_on(period.last_day)
    unit = units.province if form.sent_by == "province" else draw.pick(units.districts)
    rows = rows_for(draw, form, unit, period, draw.number(9, 40))
    _name_communes(rows, unit, units)
    return _Composer(draw, form, unit, period, units, rows, set(drawn)).file()


def _name_communes(rows: list[Row], unit: Unit, units: Units) -> None:
    """Give each row its commune's name, with its district where the name alone is not certain."""
    pool = [spelling_key(u.name) for u in units.communes_in(unit.code)]
    for row in rows:
        commune = units[row["commune"]]
        is_alone = pool.count(spelling_key(commune.name)) == 1
        row["_commune_name"] = commune.name if is_alone else f"{commune.name}, {units.district_of(commune.code).name}"
        row["_district"] = units.district_of(commune.code)


class _Composer:
    def __init__(
        self, draw: Draw, form: Contract, unit: Unit, period: Period, units: Units, rows: list[Row], drawn: set[str]
    ) -> None:
        self.draw, self.form, self.unit, self.period, self.units = draw, form, unit, period, units
        self.rows, self.drawn, self.quirks = rows, drawn, list[str]()

    def file(self) -> ForeignFile:
        """Compose the file."""
        draw, form = self.draw, self.form
        self.kind = self._format()
        is_typed = self.kind in BINARY and self.kind != "html"
        has_money = any(c.type == "money" for c in form.columns)
        factor = draw.pick((1, 1, 1_000, 1_000_000)) if has_money else 1
        setting = Setting(is_typed, False, factor, self.period.year, self.units, self.unit.code)
        if "village-by-section" in self.drawn:
            for row in self.rows:
                row["village"] = draw.pick(sections.TYPED_VILLAGES)
        body = self._body()
        self._order(body)
        table = columns.table_of(draw, form, setting, self.drawn)
        self._reshape(table, body)
        make = foreign_heading if "title-words" in self.drawn else heading
        head = make(draw, form, self.unit, self.period, factor, says_money=has_money and not table.has_money_words)
        slots = self._with_serials(table)
        self._fills_and_dittos(body, slots)
        pages = self._pages(body, slots, head)
        return self._written(pages, head, slots, table.omitted)

    def _format(self) -> str:
        for name, kinds in _FORMAT_OF.items():
            if name in self.drawn:
                return self.draw.pick(kinds)
        if self.drawn & _NEEDS_SHEETS:
            return self.draw.pick(WORKBOOKS)
        return self.draw.pick((*WORKBOOKS, *WORKBOOKS, *TEXTS, "csv", "spreadsheetml"))

    def _body(self) -> Body:
        draw, drawn = self.draw, self.drawn
        body = Body(
            section_form=draw.pick(("numbered", "merged", "alone", "count", "serial column")),
            has_section_sums=draw.chance(0.2), sub_total=draw.pick(("", "", "Cộng", "Cộng mục")),
            total_label=draw.pick(TOTALS), blank_odds=0.05 if draw.chance(0.1) else 0.0,
            has_notes="notes-between" in drawn,
        )  # fmt: skip
        if "sections-by-class" in drawn:
            body.sections = [sections.class_section(draw, self.form, draw.pick(sections.class_sections(self.form)))]
        if "commune-by-section" in drawn or "village-by-section" in drawn:
            body.sections = [sections.commune_section(draw)]
        if "village-by-section" in drawn:
            body.sections.append(sections.village_section(draw))
        if "total-on-top" in drawn:
            body.total_at = ("top",)
        elif draw.chance(0.35):
            body.total_at = ("end",)
        if "numbering" in drawn:
            body.numbering = draw.pick(numberings())
        if "repeated-page-header" in drawn:
            body.page_size = draw.number(4, 9)
        if "marked-numbers" in drawn:
            body.stt = draw.pick((*SERIALS, "restart"))
        return body

    def _order(self, body: Body) -> None:
        """Put rows of one commune, village and household together; those of one class before that."""

        def text(value: Any) -> str:
            return "" if value is None else str(value)

        first = [s.name for s in body.sections if s.name not in ("commune", "village")]
        names = [*first, "commune", "village", "household_code", "school_name"]
        if self.form.dataset != "register_commune":
            self.rows.sort(key=lambda row: tuple(text(row.get(name)) for name in names))
        if self.form.dataset == "water_works" or "_district" in self.rows[0]:
            self.rows.sort(key=lambda row: row["_district"].code if "district-sheets" in self.drawn else "")

    def _reshape(self, table: columns.Table, body: Body) -> None:
        """Drop what sections tell; split and join."""
        truth = {s.name for s in body.sections}
        table.slots = [s for s in table.slots if s.name not in truth]
        table.omitted -= truth
        made: dict[str, Callable[[], object]] = {
            "birth-by-sex": lambda: columns.birth_by_sex(self.draw, table),
            "joined": lambda: columns.joined(self.draw, table, self.rows),
            "split-date": lambda: columns.split_date(self.draw, table),
            "split-name": lambda: columns.split_name(self.draw, table),
        }
        for name, change in made.items():
            if name in self.drawn and not change():
                self.drawn.discard(name)

    def _with_serials(self, table: columns.Table) -> list[Slot]:
        foreign = "header-words" in self.drawn and self.draw.chance(0.6)
        return [Slot("stt", self.draw.pick(headers.STT if foreign else words.STT)), *table.slots]

    def _fills_and_dittos(self, body: Body, slots: Sequence[Slot]) -> None:
        draw, names = self.draw, {s.name for s in slots}
        if "fill-down" in self.drawn:
            body.is_merged = self.kind in BINARY and draw.chance(0.5)
            fills: dict[str, tuple[str, ...]] = {}
            if "commune" in names:
                fills["commune"] = ("commune",)
                no_gaps = all(row.get("village") for row in self.rows)
                if "village" in names and no_gaps and draw.chance(0.6):
                    fills["village"] = ("commune", "village")
                if self.form.dataset == "register_member" and draw.chance(0.7):
                    fills["household_code"] = ("commune", "household_code")
            if self.form.dataset == "education_pupil" and draw.chance(0.5):
                fills["school_name"] = ("commune", "village", "household_code", "school_name")
            body.fills = {name: key for name, key in fills.items() if name in names}
            if body.fills and body.stt == "plain" and draw.chance(0.2):
                body.stt = "once a block"
            if not body.fills:
                self.drawn.discard("fill-down")
        if "ditto" in self.drawn:
            marked = [name for name in DITTO_SAFE if name in names]
            body.dittos = frozenset(name for name in marked if draw.chance(0.6)) or frozenset(marked[:1])
            body.ditto_mark = ditto_mark(draw)

    # --- sheets --------------------------------------------------------------------------------------------------
    def _pages(self, body: Body, slots: list[Slot], head: Heading) -> list[sheets.Sheet]:
        draw, numbered = self.draw, list(enumerate(self.rows))
        place = sheets.Place(left=draw.pick((0, 0, 0, 1)), above=draw.pick((0, 0, 1)))
        if "wide-title" in self.drawn:
            place = replace(place, title_at=draw.pick(("far", "beside", "beside")))
        second: list[list[Cell]] = []
        if "two-tables" in self.drawn:
            second = sheets.second_table(draw, self.rows)
            place = replace(place, second=draw.pick(("above", "below", "beside")))
        lines, _ = sheets.header_lines(slots)
        repeated = [*[sheets.title_line(line, len(slots)) for line in head.lines], *lines]
        name = draw.pick(("Sheet1", "Trang tính1", "Biểu", "DS chung", "So lieu"))
        if "district-sheets" in self.drawn:
            made = self._district_pages(body, slots, head, place)
        else:
            built = build_lines(draw, body, slots, numbered, repeated)
            made = self._in_sheets(built, name, slots, head, place, second)
        if "old-sheet" in self.drawn:
            made = self._with_old(made, body, slots, head)
        return made

    def _in_sheets(
        self, built: Built, name: str, slots: list[Slot], head: Heading, place: sheets.Place, second: list[list[Cell]]
    ) -> list[sheets.Sheet]:
        draw = self.draw
        parts = sheets.split_built(built, draw.pick((2, 2, 3))) if "continued" in self.drawn else [built]
        shape = draw.pick(("tiếp {}", "Trang {}", "Sheet{}", "TT (tiep) {}"))
        made = []
        has_header = draw.chance(0.4)
        for pos, part in enumerate(parts):
            here = place if pos == 0 else sheets.Place(left=place.left, has_header=has_header, title_at="none")
            here = replace(here, closing=place.closing and pos == len(parts) - 1)
            title = name if pos == 0 else shape.format(pos + 1)
            made.append(sheets.compose(draw, title, head, slots, part, here, second if pos == 0 else []))
        return made

    def _district_pages(self, body: Body, slots: list[Slot], head: Heading, place: sheets.Place) -> list[sheets.Sheet]:
        made = []
        shape = self.draw.pick(("{full}", "{short}", "H. {short}"))
        has_line = self.draw.chance(0.6)
        for code in dict.fromkeys(row["_district"].code for row in self.rows):
            part = [(i, row) for i, row in enumerate(self.rows) if row["_district"].code == code]
            district = self.units[code]
            lines = [*head.lines, [(0, district.name)]] if has_line else head.lines
            here = Heading(lines, head.file_stem, head.folder, head.as_of, head.closing_place)
            built = build_lines(self.draw, body, slots, part, [])
            title = shape.format(full=district.name, short=district.short)
            made.append(sheets.compose(self.draw, title, here, slots, built, place, []))
        return made

    def _with_old(self, made: list[sheets.Sheet], body: Body, slots: list[Slot], head: Heading) -> list[sheets.Sheet]:
        """Add a sheet of an earlier quarter with its own title; nothing of it counts."""
        draw = self.draw
        earlier = self.period.previous()
        text = f"Quý {('I', 'II', 'III', 'IV')[earlier.quarter - 1]} năm {earlier.year}"
        lines = [head.lines[0], [(1, self.form.title)], [(1, text)], [(0, self.unit.name)], *self._money_line(head)]
        old = Heading(lines, head.file_stem, head.folder, head.as_of, head.closing_place)
        rows = list(enumerate(self.rows))[: max(2, len(self.rows) // 2)]
        built = build_lines(draw, replace(body, page_size=0), slots, rows, [])
        name = draw.pick(("Quý trước", f"Q{earlier.quarter}", "cũ", "ban cu"))
        sheet = sheets.compose(draw, name, old, slots, built, sheets.Place(), [])
        sheet.rows = {}
        sheet.page.is_hidden = draw.chance(0.4)
        return [sheet, *made] if draw.chance(0.5) and not sheet.page.is_hidden else [*made, sheet]

    @staticmethod
    def _money_line(head: Heading) -> list[list[tuple[int, str]]]:
        """Return the heading's line that says the unit of amounts, if it has one."""
        words = ("tính", "đvt", "đơn vị:", "đv:", "tiền")
        return [line for line in head.lines if len(line) == 1 and any(w in line[0][1].lower() for w in words)][-1:]

    # --- bytes ---------------------------------------------------------------------------------------------------
    def _written(self, pages: list[sheets.Sheet], head: Heading, slots: list[Slot], omitted: set[str]) -> ForeignFile:
        draw, kind = self.draw, self.kind
        ending = {"html": "xls", "spreadsheetml": draw.pick(("xls", "xml"))}.get(kind, kind)
        book = Book([s.page for s in pages])
        if "csv-quirks" in self.drawn:
            data = quirky_text(draw, book.pages[0], self.quirks)
        elif kind == "html":
            data = portal_bytes(draw, book.pages[0])
        elif kind in TEXTS:
            separator = {"csv": draw.pick((",", ";")), "tsv": "\t", "txt": draw.pick(("\t", "|"))}[kind]
            data = text_bytes(book, separator=separator, encoding=draw.pick(("utf-8-sig", "utf-8", "utf-16-le")))
        else:
            data = BINARY[kind](book)
        name = f"{head.file_stem}.{ending}"
        place = {
            index: (Path(name).stem if kind in TEXTS else s.page.name, row)
            for s in pages
            for index, row in s.rows.items()
        }
        truth = {place[i]: stored(self.form, row, omitted) for i, row in enumerate(self.rows)}
        return ForeignFile(
            self.form, self.unit, self.period, head.as_of, name, head.folder, data, kind, truth, self.rows,
            sorted(self.drawn) or ["none"], {s.name: s.header for s in slots},
            has_addresses=kind not in ("html", *TEXTS) or (kind in TEXTS and "csv-quirks" not in self.drawn),
        )  # fmt: skip


__all__ = ["EMPTY", "NOTES", "STRUCTURES", "ForeignFile", "Page", "foreign_file", "possible"]
