"""The sender's own workbook, marked: its parts are changed where a mark stands, and nowhere else.

openpyxl's load and save is not used for it: that loses pictures, charts' formats, rich text, drop-downs and formats of
Excel 2010 and later, and the values of formulas (docs/decisions/0041).
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.utils.cell import coordinate_to_tuple

from etl.model.answer_sheet import NOTICE
from etl.reporting import disarm, safe, sheet_notes, xml_splice
from etl.reporting.book_styles import Styles
from etl.reporting.office_package import Package, joined_sheet, split_sheet
from etl.reporting.sheet_notes import Place, SheetNotes
from etl.reporting.sheet_rows import STARTS_A_FORMULA, RowEditor
from etl.reporting.xml_splice import Node, NotSpliceable

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


class SentBook:
    """A copy of a workbook from which all that could run is taken. sheets: title → part; lost: what is not in it."""

    def __init__(self, source: Path) -> None:
        """Raises NotSpliceable, OSError, zipfile.BadZipFile and what else a faulty package gives (KeyError, …)."""
        self._package = Package(source)
        self.lost = disarm.disarm(self._package)
        self._strings = _texts(self._package)
        self._risky = {number for number, text in enumerate(self._strings) if text.startswith(STARTS_A_FORMULA)}
        styles = next(r.target for r in self._package.relations(self._package.main) if r.kind == "styles")
        self._styles_part, self._styles = styles, Styles(self._package.parts[styles])
        self.sheets = self._worksheets()
        self._drop_answers()
        if not self.sheets:
            raise NotSpliceable("no sheet")

    @property
    def titles(self) -> list[str]:
        """The titles of all sheets, charts among them."""
        root = xml_splice.parse(self._package.parts[self._package.main])
        return [node.attributes["name"] for node in root.walk() if node.name == "sheet"]

    def _worksheets(self) -> dict[str, str]:
        by_id = {relation.id: relation for relation in self._package.relations(self._package.main)}
        root = xml_splice.parse(self._package.parts[self._package.main])
        sheets = {}
        for node in root.walk():
            if node.name == "sheet":
                relation = by_id[next(v for k, v in node.attributes.items() if k.endswith(":id"))]
                if relation.kind == "worksheet":
                    sheets[node.attributes["name"]] = relation.target
        return sheets

    def _drop_answers(self) -> None:
        """Take the sheets away that an earlier answer has added."""
        notices = {number for number, text in enumerate(self._strings) if text == NOTICE}
        gone = set()
        for title, part in self.sheets.items():
            top = b"".join(split_sheet(self._package.parts[part])[1].split(b"</row>")[:3])
            numbers = {int(number) for number in re.findall(rb't="s"[^>]*>\s*<v>(\d+)</v>', top)}
            if numbers & notices or NOTICE.encode() in top:
                gone.add(title)
        if not gone:
            return
        main = self._package.main
        root = xml_splice.parse(self._package.parts[main])
        listed = [node for node in root.walk() if node.name == "sheet"]
        numbers_left = [node.attributes["name"] not in gone for node in listed]
        splices = [node.removal() for node, left in zip(listed, numbers_left, strict=True) if not left]
        splices += self._renumbered(root, lambda n: sum(numbers_left[:n]) if numbers_left[n] else None)
        ids = {v for n in listed if n.attributes["name"] in gone for k, v in n.attributes.items() if k.endswith(":id")}
        self._package.parts[main] = xml_splice.apply(self._package.parts[main], splices)
        self._package.drop_relations(main, ids)
        disarm.disarm(self._package)
        self.sheets = {title: part for title, part in self.sheets.items() if title not in gone}

    def _renumbered(self, root: Node, moved: Callable[[int], int | None]) -> list[xml_splice.Splice]:
        """Names of one sheet say which by its place in the list."""
        data, splices = self._package.parts[self._package.main], []
        gone = []
        for node in root.walk():
            if node.name == "definedName" and "localSheetId" in node.attributes:
                place = moved(int(node.attributes["localSheetId"]))
                if place is None:
                    gone.append(node)
                else:
                    splices.append(xml_splice.attribute_splice(data, node, {"localSheetId": str(place)}))
        return [*splices, *xml_splice.pruned(gone)]

    def annotate(self, kinds: Mapping[str, Mapping[Place, str]], texts: Mapping[str, Mapping[Place, str]]) -> None:
        """Mark cells. kinds: sheet → place → kind of mark; texts: sheet → place → the note. Raises NotSpliceable."""
        for title, part in self.sheets.items():
            notes = sheet_notes.without_ours(self._package, part)
            frame, rows = split_sheet(self._package.parts[part])
            root = xml_splice.parse(frame)
            shown = _shown_places(root)
            marks = _worst(kinds.get(title, {}), shown)
            editor = RowEditor(
                rows, root.prefix, self._styles, marks, notes.marked_before, self._risky, _column_styles(root)
            )
            rows = editor.edited()
            if editor.formulas_gone:
                self.lost.add(disarm.FORMULAS)
            selected = [n for n in root.walk() if n.name == "sheetView" and n.attributes.get("tabSelected")]
            frame = xml_splice.apply(
                frame, [xml_splice.attribute_splice(frame, node, {"tabSelected": None}) for node in selected]
            )
            self._package.parts[part] = joined_sheet(frame, rows)
            self._add_notes(notes, shown, texts.get(title, {}))

    def _add_notes(self, notes: SheetNotes, shown: Callable[[Place], Place], texts: Mapping[Place, str]) -> None:
        joined: dict[Place, str] = {}
        for place, text in texts.items():
            first = shown(place)
            joined[first] = f"{joined[first]}\n{text}" if first in joined else text
        sheet_notes.add(notes, joined)

    def with_first_sheet(self, book: Workbook) -> bytes:
        """The workbook with the only sheet of another one before its own. Raises NotSpliceable."""
        buffer = io.BytesIO()
        with safe.temporary_files_apart():
            book.save(buffer)
        with zipfile.ZipFile(buffer) as container:
            page = container.read("xl/worksheets/sheet1.xml")
            formats = self._styles.adopt(container.read("xl/styles.xml"))
        page = _CELL.sub(lambda cell: b'%s s="%d"' % (cell[1], formats[int(cell[2] or 0)]), page)
        package, sheet = self._package, book.worksheets[0]
        part = package.fresh_name("xl/worksheets/gn{}.xml")
        package.parts[part] = page
        package.declare(part, _SHEET_TYPE)
        package.parts[self._styles_part] = self._styles.content()
        self._list_first(sheet, package.add_relation(package.main, "worksheet", part))
        return package.content()

    def _list_first(self, sheet: Any, relation: str) -> None:
        main = self._package.main
        data = self._package.parts[main]
        root = xml_splice.parse(data)
        sheets = next(node for node in root.walk() if node.name == "sheets")
        highest = max(int(node.attributes["sheetId"]) for node in sheets.children)
        any_id = next(k for k in sheets.children[0].attributes if k.endswith(":id"))
        line = f'<{root.prefix}sheet name={quoteattr(sheet.title)} sheetId="{highest + 1}" {any_id}="{relation}"/>'
        splices = [(sheets.head_end, sheets.head_end, line.encode()), *self._renumbered(root, lambda n: n + 1)]
        views = [node for node in root.walk() if node.name == "workbookView"]
        splices += [xml_splice.attribute_splice(data, n, {"activeTab": "0", "firstSheet": "0"}) for n in views]
        if sheet.auto_filter.ref:
            splices.append(_filter_name(root, sheets, sheet.title, sheet.auto_filter.ref))
        self._package.parts[main] = xml_splice.apply(data, splices)


def _filter_name(root: Node, sheets: Node, title: str, area: str) -> xml_splice.Splice:
    """The name without which some programs do not show a filter."""
    p, quoted = root.prefix, title.replace("'", "''")
    place = re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", area)
    where = escape(f"'{quoted}'!{place}")
    name = f'<{p}definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{where}</{p}definedName>'
    names = next((node for node in root.children if node.name == "definedNames"), None)
    if names is not None and names.children:
        return names.head_end, names.head_end, name.encode()
    whole = f"<{p}definedNames>{name}</{p}definedNames>".encode()
    if names is not None:
        return names.start, names.end, whole
    # The schema has names behind the sheets and what is said of other files and functions.
    before = [n for n in root.children if n.name in ("functionGroups", "externalReferences") and n.end > sheets.end]
    place_after = max([sheets.end, *(node.end for node in before)])
    return place_after, place_after, whole


def open_copy(source: Path) -> SentBook | None:
    """The sender's workbook, ready to be marked; None where there is no copy that is safe: no xlsx, or unreadable."""
    try:
        return SentBook(source)
    except Exception:
        # Whatever is wrong with the package, the sender is answered all the same, in a workbook of our own.
        return None


_CELL = re.compile(rb'(<c r="[A-Z]+[0-9]+")(?: s="([0-9]+)")?')
"""The head of a cell as openpyxl writes it; texts stand in the cells, so nothing else has to be moved."""


def _texts(package: Package) -> list[str]:
    part = next((r.target for r in package.relations(package.main) if r.kind == "sharedStrings"), None)
    return _strings(package.parts[part]) if part else []


def _strings(data: bytes) -> list[str]:
    """The shared texts of a workbook, without what is said aloud of them."""
    texts: list[str] = []
    inside: list[str] = []
    parser = xml_splice.checked_parser(data)

    def start(tag: str, _: dict[str, str]) -> None:
        inside.append(tag.rpartition(":")[2])
        if inside[-1] == "si":
            texts.append("")

    def end(_: str) -> None:
        inside.pop()

    def characters(text: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            texts[-1] += text

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    xml_splice.run(parser, data)
    return texts


def _shown_places(root: Node) -> Callable[[Place], Place]:
    """Of merged cells the one that shows, the first."""
    spans = []
    for node in root.walk():
        if node.name == "mergeCell" and ":" in node.attributes["ref"]:
            first, last = map(coordinate_to_tuple, node.attributes["ref"].split(":"))
            spans.append((last[0], first, last))
    spans.sort()

    def shown(place: Place) -> Place:
        row, column = place
        for _, first, last in spans[bisect_left(spans, (row,)) :]:
            if first[0] <= row <= last[0] and first[1] <= column <= last[1]:
                return first
        return place

    return shown


def _worst(kinds: Mapping[Place, str], shown: Callable[[Place], Place]) -> dict[Place, str]:
    """The weightiest mark of each cell that shows."""
    order = ("critical", "warning", "info", "waived")
    marks: dict[Place, str] = {}
    for place, kind in kinds.items():
        first = shown(place)
        marks[first] = min(kind, marks.get(first, "waived"), key=order.index)
    return marks


def _column_styles(root: Node) -> Callable[[int], int]:
    """The format of an empty cell, by its column."""
    spans = [
        (int(node.attributes["min"]), int(node.attributes["max"]), int(node.attributes["style"]))
        for node in root.walk()
        if node.name == "col" and "style" in node.attributes
    ]
    return lambda column: next((style for first, last, style in spans if first <= column <= last), 0)
