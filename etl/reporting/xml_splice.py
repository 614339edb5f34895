"""Change single places of an XML part by byte offsets: all that is not changed stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")


class NotSpliceable(ValueError):
    """A part that cannot be changed by byte offsets: not UTF-8, not well-formed, or with a document type."""


Splice = tuple[int, int, bytes]
"""First byte, byte after the last, and what takes their place."""


@dataclass(eq=False)
class Node:
    """One element. tag: its name with prefix; name: without; start, head_end, end: offsets of ``<``, behind the start
    tag and behind the element; text: the characters directly in it."""

    tag: str
    attributes: dict[str, str]
    start: int
    head_end: int
    end: int = 0
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    text: str = ""

    @property
    def name(self) -> str:
        """The name without its prefix."""
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon; "" without."""
        return self.tag[: -len(self.name)]

    def walk(self) -> Iterator[Node]:
        """The element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def first(self, name: str) -> Node | None:
        """The first element of that name at or below this element."""
        return next((node for node in self.walk() if node.name == name), None)

    def whole_text(self) -> str:
        """All characters of the element."""
        return "".join(node.text for node in self.walk())

    def removal(self) -> Splice:
        """The splice that takes the element away."""
        return self.start, self.end, b""


def parse(data: bytes) -> Node:
    """The root element of a part. Raises NotSpliceable."""
    stack: list[Node] = []
    roots: list[Node] = []
    parser = checked_parser(data)

    def start(tag: str, attributes: dict[str, str]) -> None:
        offset = parser.CurrentByteIndex
        node = Node(tag, attributes, offset, head_end(data, offset), parent=stack[-1] if stack else None)
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)

    def end(_: str) -> None:
        node = stack.pop()
        closed = data[node.head_end - 2 : node.head_end] == b"/>"
        node.end = node.head_end if closed else head_end(data, parser.CurrentByteIndex)

    def characters(text: str) -> None:
        stack[-1].text += text

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, characters
    run(parser, data)
    return roots[0]


def checked_parser(data: bytes) -> expat.XMLParserType:
    """A parser for a part in UTF-8 without a document type. Raises NotSpliceable for another part."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<") or b"<!" in data[:400].replace(b"<!--", b""):
        raise NotSpliceable("no UTF-8, or a document type")
    declared = re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=[\"']([\w-]+)", data)
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise NotSpliceable("no UTF-8")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    return parser


def run(parser: expat.XMLParserType, data: bytes) -> None:
    """Parse a part to its end. Raises NotSpliceable."""
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise NotSpliceable(str(fault)) from None


def head_end(data: bytes, offset: int) -> int:
    """The offset behind the tag that begins at an offset. Raises NotSpliceable."""
    tag = TAG.match(data, offset)
    if tag is None:
        raise NotSpliceable("a tag without an end")
    return tag.end()


def apply(data: bytes, splices: Iterable[Splice]) -> bytes:
    """The part with the splices made; of two that overlap the outer one counts."""
    pieces, position = [], 0
    # Insertions (start == end) keep their order among themselves.
    for start, end, new in sorted(splices, key=lambda s: (s[0], s[0] != s[1], -s[1])):
        if start < position:
            continue
        pieces += [data[position:start], new]
        position = end
    return b"".join([*pieces, data[position:]])


def with_attributes(data: bytes, start: int, end: int, changes: dict[str, str | None]) -> bytes:
    """A start tag with attributes set, or taken away where the value is None."""
    tag = data[start:end]
    for name, value in changes.items():
        tag = re.sub(rb"\s" + name.encode() + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", b"", tag, count=1)
        if value is not None:
            tail = 2 if tag.endswith(b"/>") else 1
            tag = tag[:-tail].rstrip() + f" {name}={quoteattr(value)}".encode() + tag[-tail:]
    return tag


def attribute_splice(data: bytes, node: Node, changes: dict[str, str | None]) -> Splice:
    """The splice that sets attributes of an element."""
    return node.start, node.head_end, with_attributes(data, node.start, node.head_end, changes)


def appended(data: bytes, node: Node, content: bytes) -> Splice:
    """The splice that puts content at the end of an element."""
    if data[node.head_end - 2 : node.head_end] == b"/>":
        return node.start, node.end, data[node.start : node.end - 2] + b">" + content + f"</{node.tag}>".encode()
    close = data.rindex(b"<", node.head_end, node.end)
    return close, close, content


def pruned(nodes: Iterable[Node]) -> list[Splice]:
    """The splices that take elements away, and with them each parent of which nothing is left."""
    gone = set(nodes)
    for node in list(gone):
        parent = node.parent
        while parent is not None and parent.parent is not None and all(child in gone for child in parent.children):
            gone.add(parent)
            parent = parent.parent
    return [node.removal() for node in gone]
