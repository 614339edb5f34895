"""The parts of an Office workbook and how they refer to one another (ECMA-376, part 2)."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

from etl.model.reproducible import SAVED
from etl.reporting import xml_splice
from etl.reporting.xml_splice import NotSpliceable

CONTENT_TYPES = "[Content_Types].xml"
DOCUMENT_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


@dataclass(frozen=True)
class Relation:
    """One reference of a part. kind: the last word of its type; target: the part's name, or what lies outside."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """A workbook's parts by name; the main part is ``main``."""

    def __init__(self, source: Path) -> None:
        """Read all parts. Raises OSError, zipfile.BadZipFile, NotSpliceable."""
        with zipfile.ZipFile(source) as container:
            self.parts = {name.lstrip("/"): container.read(name) for name in container.namelist()}
        self.main = next((r.target for r in self.relations("") if r.kind == "officeDocument"), "")
        if CONTENT_TYPES not in self.parts or not self.main.endswith(".xml") or self.main not in self.parts:
            raise NotSpliceable("no workbook")

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to; "" stands for the package itself."""
        data = self.parts.get(relations_name(part))
        if data is None:
            return []
        found = []
        for node in xml_splice.parse(data).children:
            external = node.attributes.get("TargetMode") == "External"
            target = node.attributes["Target"]
            if not external:
                target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
            kind = node.attributes["Type"].rpartition("/")[2]
            found.append(Relation(node.attributes["Id"], kind, target, external))
        return found

    def drop_relations(self, part: str, ids: set[str]) -> None:
        """Take references of a part away."""
        name = relations_name(part)
        nodes = xml_splice.parse(self.parts[name]).children
        gone = [node.removal() for node in nodes if node.attributes["Id"] in ids]
        self.parts[name] = xml_splice.apply(self.parts[name], gone)

    def add_relation(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; the reference's id."""
        name = relations_name(part)
        if name not in self.parts:
            self.parts[name] = f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode()
        taken = {relation.id for relation in self.relations(part)}
        fresh = next(f"rIdGN{n}" for n in range(1, len(taken) + 2) if f"rIdGN{n}" not in taken)
        root = xml_splice.parse(self.parts[name])
        where = f'Type="{DOCUMENT_RELATIONS}/{kind}" Target={quoteattr("/" + target)}'
        line = f'<{root.prefix}Relationship Id="{fresh}" {where}/>'
        self.parts[name] = xml_splice.apply(
            self.parts[name], [xml_splice.appended(self.parts[name], root, line.encode())]
        )
        return fresh

    def declare(self, part: str, content_type: str) -> None:
        """Say what kind of content a part holds."""
        data = self.parts[CONTENT_TYPES]
        root = xml_splice.parse(data)
        former = [node.removal() for node in root.children if node.attributes.get("PartName") == f"/{part}"]
        line = f"<{root.prefix}Override PartName={quoteattr('/' + part)} ContentType={quoteattr(content_type)}/>"
        self.parts[CONTENT_TYPES] = xml_splice.apply(data, [*former, xml_splice.appended(data, root, line.encode())])

    def fresh_name(self, pattern: str) -> str:
        """A name that no part has; pattern: with {} for a number."""
        taken = {name.lower() for name in self.parts}
        return next(name for n in range(1, len(taken) + 2) if (name := pattern.format(n)).lower() not in taken)

    def keep_only(self, names: set[str]) -> None:
        """Let go of every other part, and of what is said of its content."""
        kept = {CONTENT_TYPES, relations_name(""), *names, *(relations_name(name) for name in names)}
        self.parts = {name: data for name, data in self.parts.items() if name in kept}
        data = self.parts[CONTENT_TYPES]
        gone = [
            node.removal()
            for node in xml_splice.parse(data).children
            if node.attributes.get("PartName", "/" + CONTENT_TYPES).lstrip("/") not in self.parts
        ]
        self.parts[CONTENT_TYPES] = xml_splice.apply(data, gone)

    def content(self) -> bytes:
        """The workbook as a file; the same parts give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
            for name in sorted(self.parts, key=lambda name: (name != CONTENT_TYPES, name)):
                entry = zipfile.ZipInfo(name, date_time=SAVED.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                container.writestr(entry, self.parts[name])
        return out.getvalue()


def relations_name(part: str) -> str:
    """The name of the part that holds the references of a part."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


_SHEET_DATA = re.compile(rb"<((?:\w+:)?)sheetData\s*(?:/>|>)")


def split_sheet(data: bytes) -> tuple[bytes, bytes]:
    """A worksheet without its rows, and its rows. Raises NotSpliceable."""
    begin = _SHEET_DATA.search(data)
    if begin is None:
        raise NotSpliceable("a sheet without rows")
    empty = b"<" + begin[1] + b"sheetData/>"
    if begin[0].endswith(b"/>"):
        return data[: begin.start()] + empty + data[begin.end() :], b""
    close = b"</" + begin[1] + b"sheetData"
    end = data.rfind(close)
    if end < 0:
        raise NotSpliceable("rows without an end")
    return data[: begin.start()] + empty + data[data.index(b">", end) + 1 :], data[begin.end() : end]


def joined_sheet(frame: bytes, rows: bytes) -> bytes:
    """A worksheet of what ``split_sheet`` has parted."""
    empty = re.search(rb"<((?:\w+:)?)sheetData/>", frame)
    if empty is None:
        raise NotSpliceable("a sheet without rows")
    tag = empty[1] + b"sheetData>"
    return frame[: empty.start()] + b"<" + tag + rows + b"</" + tag + frame[empty.end() :]
