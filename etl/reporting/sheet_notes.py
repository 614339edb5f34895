"""The notes of a sheet: ours are added beside the sender's, and those of an earlier answer are taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import coordinate_to_tuple, get_column_letter

from etl.model.answer_sheet import AUTHOR
from etl.reporting import xml_splice
from etl.reporting.office_package import DOCUMENT_RELATIONS, Package, joined_sheet, split_sheet
from etl.reporting.xml_splice import Node, NotSpliceable, Splice

BELOW = f"———— {AUTHOR} ————"
"""Stands between the sender's own note of a cell and what an answer adds to it."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_VML_NAMES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_SHAPE_TYPE = (
    f'<v:shapetype {_VML_NAMES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)

Place = tuple[int, int]


@dataclass
class SheetNotes:
    """The notes of one sheet: its parts' names ("" where it has none), and the cells that an answer had marked."""

    package: Package
    sheet: str
    comments: str
    drawing: str
    marked_before: set[Place]


def without_ours(package: Package, sheet: str) -> SheetNotes:
    """Take the notes of an earlier answer from a sheet. Raises NotSpliceable."""
    parts = {relation.kind: relation.target for relation in package.relations(sheet)}
    notes = SheetNotes(package, sheet, parts.get("comments", ""), parts.get("vmlDrawing", ""), set())
    if not notes.comments:
        return notes
    data = package.parts[notes.comments]
    root = xml_splice.parse(data)
    authors = [node.whole_text() for node in root.walk() if node.name == "author"]
    splices: list[Splice] = []
    alone: set[Place] = set()
    for node in [node for node in root.walk() if node.name == "comment"]:
        row, column = coordinate_to_tuple(node.attributes["ref"])
        if authors[int(node.attributes["authorId"])] == AUTHOR:
            alone.add((row, column))
            splices.append(node.removal())
        elif BELOW in node.whole_text():
            notes.marked_before.add((row, column))
            splices += _cut_below(node)
    notes.marked_before |= alone
    package.parts[notes.comments] = xml_splice.apply(data, splices)
    if alone and notes.drawing:
        drawing = package.parts[notes.drawing]
        shapes = [n for n in xml_splice.parse(drawing).walk() if n.name == "shape" and _place(n) in alone]
        package.parts[notes.drawing] = xml_splice.apply(drawing, [shape.removal() for shape in shapes])
    return notes


def _cut_below(comment: Node) -> list[Splice]:
    """The splices that leave of a note what stands before our line."""
    splices: list[Splice] = []
    cut = False
    for text in [node for node in comment.walk() if node.name == "t"]:
        if cut:
            splices.append((text.parent if text.parent and text.parent.name == "r" else text).removal())
        elif BELOW in text.text:
            cut = True
            kept = text.text.partition(BELOW)[0].removesuffix("\n")
            whole = f'<{text.tag} xml:space="preserve">{escape(kept)}</{text.tag}>'.encode()
            is_run = text.parent is not None and text.parent.name == "r"
            run = text.parent if is_run and not kept and text.parent else None
            splices.append(run.removal() if run else (text.start, text.end, whole))
    return splices


def _place(shape: Node) -> Place | None:
    row, column = shape.first("Row"), shape.first("Column")
    return (int(row.text) + 1, int(column.text) + 1) if row and column else None


def add(notes: SheetNotes, texts: Mapping[Place, str]) -> None:
    """Put a note to each place; where the sender has one there, below it. Raises NotSpliceable."""
    if not texts:
        return
    package = notes.package
    if not notes.comments:
        notes.comments = package.fresh_name("xl/comments/gn{}.xml")
        package.parts[notes.comments] = (
            f'<comments xmlns="{_MAIN}"><authors></authors><commentList></commentList></comments>'.encode()
        )
        package.declare(notes.comments, _COMMENTS_TYPE)
        package.add_relation(notes.sheet, "comments", notes.comments)
    data = package.parts[notes.comments]
    root = xml_splice.parse(data)
    authors, listed = root.first("authors"), root.first("commentList")
    if authors is None or listed is None:
        raise NotSpliceable("comments without a list")
    p, number = root.prefix, len(authors.children)
    splices = [xml_splice.appended(data, authors, f"<{p}author>{AUTHOR}</{p}author>".encode())]
    waiting = dict(texts)
    for node in listed.children:
        ours = waiting.pop(coordinate_to_tuple(node.attributes["ref"]), None)
        if ours is not None:
            splices.append(_below(data, node, ours))
    fresh = "".join(
        f'<{p}comment ref="{get_column_letter(column)}{row}" authorId="{number}" shapeId="0"><{p}text>'
        f'<{p}t xml:space="preserve">{escape(text)}</{p}t></{p}text></{p}comment>'
        for (row, column), text in waiting.items()
    )
    splices.append(xml_splice.appended(data, listed, fresh.encode()))
    package.parts[notes.comments] = xml_splice.apply(data, splices)
    _draw(notes, waiting)


def _below(data: bytes, comment: Node, ours: str) -> Splice:
    """Our text as one more run of the sender's note."""
    text = comment.first("text")
    if text is None:
        raise NotSpliceable("a comment without text")
    p = text.prefix
    inside = data[text.head_end : data.rindex(b"<", text.head_end, text.end)] if text.children else b""
    if any(child.name == "t" for child in text.children):
        inside = f"<{p}r>".encode() + inside + f"</{p}r>".encode()
    added = f'<{p}r><{p}t xml:space="preserve">\n{BELOW}\n{escape(ours)}</{p}t></{p}r>'
    return text.start, text.end, f"<{p}text>".encode() + inside + added.encode() + f"</{p}text>".encode()


def _draw(notes: SheetNotes, texts: Mapping[Place, str]) -> None:
    """A shape for each new note; without one, a spreadsheet program shows none."""
    package = notes.package
    if not notes.drawing:
        notes.drawing = package.fresh_name("xl/drawings/gn{}.vml")
        package.parts[notes.drawing] = f"<xml {_VML_NAMES}></xml>".encode()
        package.declare(notes.drawing, _VML_TYPE)
        _refer_to_drawing(package, notes.sheet, package.add_relation(notes.sheet, "vmlDrawing", notes.drawing))
    data = package.parts[notes.drawing]
    root = xml_splice.parse(data)
    ids = {node.attributes.get("id") for node in root.walk()}
    shapes = [] if "_x0000_t202" in ids else [_SHAPE_TYPE]
    for number, ((row, column), text) in enumerate(texts.items(), start=1):
        height = 60 + 40 * text.count("\n")
        anchor = f"{column}, 15, {max(row - 2, 0)}, 4, {column + 4}, 15, {row + 3 + height // 40}, 4"
        shapes.append(
            f'<v:shape {_VML_NAMES} id={quoteattr(f"_x0000_s9{number:05}")} type="#_x0000_t202" '
            f'style="position:absolute;width:240pt;height:{min(height, 400)}pt;z-index:{number};visibility:hidden" '
            'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
            '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note">'
            f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
            f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
        )
    package.parts[notes.drawing] = xml_splice.apply(data, [xml_splice.appended(data, root, "".join(shapes).encode())])


_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
)  # fmt: skip


def _refer_to_drawing(package: Package, sheet: str, relation: str) -> None:
    """Name the drawing of notes in a sheet, where the schema has it: behind ``drawing``, before the tables."""
    frame, rows = split_sheet(package.parts[sheet])
    root = xml_splice.parse(frame)
    line = f'<{root.prefix}legacyDrawing xmlns:gn="{DOCUMENT_RELATIONS}" gn:id="{relation}"/>'.encode()
    data = next((node for node in root.children if node.name == "sheetData"), root)
    behind = [node for node in root.children if node.start > data.start and node.name in _AFTER_DRAWING]
    place = (behind[0].start,) * 2 if behind else xml_splice.appended(frame, root, b"")[:2]
    package.parts[sheet] = joined_sheet(xml_splice.apply(frame, [(*place, line)]), rows)
