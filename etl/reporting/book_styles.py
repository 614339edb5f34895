"""Cell formats of a workbook's style part: variants of those that exist, and those of another workbook."""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import quoteattr

from etl.reporting import xml_splice
from etl.reporting.xml_splice import Node, NotSpliceable

MARKS = {
    "critical": ("solid", "FFF8CBAD", None),
    "warning": ("lightUp", "FFBF8F00", "FFFFE699"),
    "info": ("gray125", "FF2F75B5", "FFDDEBF7"),
    "waived": ("lightDown", "FF8064A2", "FFE4DFEC"),
}
"""Plain, hatched, dotted, hatched the other way: a print and a person without colour vision tell them apart."""

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")


class Styles:
    """The formats of one style part; new ones are collected and written by ``content``."""

    def __init__(self, data: bytes) -> None:
        """Raises NotSpliceable where a list of the part is missing."""
        self._data = data
        self._root = xml_splice.parse(data)
        self._lists = {node.name: node for node in self._root.children}
        if not all(name in self._lists for name in ("fonts", "fills", "borders", "cellXfs")):
            raise NotSpliceable("no styles")
        self._formats = [data[node.start : node.end] for node in self._lists["cellXfs"].children]
        self._added: dict[str, list[bytes]] = {name: [] for name in _ORDER}
        # Formats are asked for cell by cell.
        self.marked = cache(self._marked)
        self.quoted = cache(self._quoted)
        self.unmarked = cache(self._unmarked)
        self._fill = cache(self._new_fill)

    def _marked(self, style: int, kind: str) -> int:
        """The format ``style`` with the fill of a mark."""
        return self._changed(style, {"fillId": str(self._fill(kind)), "applyFill": "1"})

    def _quoted(self, style: int) -> int:
        """The format ``style`` for a text that would be a formula if somebody edited it."""
        return self._changed(style, {"quotePrefix": "1"})

    def _unmarked(self, style: int) -> int:
        """The format ``style`` without a fill."""
        return self._changed(style, {"fillId": "0"})

    def _changed(self, style: int, changes: dict[str, str]) -> int:
        if not 0 <= style < len(self._formats):
            style = 0
        data = self._formats[style]
        head = xml_splice.head_end(data, 0)
        changed = xml_splice.with_attributes(data, 0, head, dict(changes)) + data[head:]
        return style if changed == data else self._new_format(changed)

    def _new_format(self, data: bytes) -> int:
        self._formats.append(data)
        self._added["cellXfs"].append(data)
        return len(self._formats) - 1

    def _new(self, name: str, data: bytes) -> int:
        self._added[name].append(data)
        return len(self._lists[name].children) + len(self._added[name]) - 1

    def _new_fill(self, kind: str) -> int:
        pattern, front, back = MARKS[kind]
        p = self._root.prefix
        inside = f'<{p}fgColor rgb="{front}"/>' + (f'<{p}bgColor rgb="{back}"/>' if back else "")
        fill = f'<{p}fill><{p}patternFill patternType="{pattern}">{inside}</{p}patternFill></{p}fill>'
        return self._new("fills", fill.encode())

    def adopt(self, other: bytes) -> list[int]:
        """Take the cell formats of another style part in (as openpyxl writes it); their numbers here, in its order."""
        if self._root.prefix:
            raise NotSpliceable("styles under a prefix")
        root = xml_splice.parse(other)
        lists = {node.name: node for node in root.children}
        moved = {
            name: [self._new(name, other[n.start : n.end]) for n in lists[name].children]
            for name in ("fonts", "fills", "borders")
        }
        formats = lists["numFmts"].children if "numFmts" in lists else []
        numbers = {node.attributes["numFmtId"]: self._number_format(node) for node in formats}
        adopted = []
        for node in lists["cellXfs"].children:
            changes: dict[str, str | None] = {
                "fontId": str(moved["fonts"][int(node.attributes.get("fontId", 0))]),
                "fillId": str(moved["fills"][int(node.attributes.get("fillId", 0))]),
                "borderId": str(moved["borders"][int(node.attributes.get("borderId", 0))]),
                "xfId": "0", "applyFont": "1", "applyFill": "1", "applyBorder": "1",
            }  # fmt: skip
            number = node.attributes.get("numFmtId", "0")
            changes["numFmtId"] = numbers.get(number, number)
            head = xml_splice.with_attributes(other, node.start, node.head_end, changes)
            adopted.append(self._new_format(head + other[node.head_end : node.end]))
        return adopted

    def _number_format(self, node: Node) -> str:
        known = self._lists["numFmts"].children if "numFmts" in self._lists else []
        taken = [int(each.attributes["numFmtId"]) for each in known]
        fresh = str(max([200, *taken]) + len(self._added["numFmts"]) + 1)
        code = quoteattr(node.attributes["formatCode"])
        self._added["numFmts"].append(f'<numFmt numFmtId="{fresh}" formatCode={code}/>'.encode())
        return fresh

    def content(self) -> bytes:
        """The style part with what was added."""
        splices = []
        for name, added in self._added.items():
            if not added:
                continue
            if name not in self._lists:
                whole = f'<{name} count="{len(added)}">'.encode() + b"".join(added) + f"</{name}>".encode()
                splices.append((self._root.head_end, self._root.head_end, whole))
                continue
            node = self._lists[name]
            count = {"count": str(len(node.children) + len(added))}
            head = xml_splice.with_attributes(self._data, node.start, node.head_end, dict(count))
            closing = f"</{node.tag}>".encode()
            inside = self._data[node.head_end : node.end - len(closing)] if node.children else b""
            if head.endswith(b"/>"):
                head = head[:-2] + b">"
            splices.append((node.start, node.end, head + inside + b"".join(added) + closing))
        return xml_splice.apply(self._data, splices)
