"""Take from a sender's workbook what can run, ask other places or reach out of it, and say what was taken."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etl.reporting import xml_splice
from etl.reporting.office_package import CONTENT_TYPES, MAIN_TYPE, Package, joined_sheet, split_sheet
from etl.reporting.reaching_out import reaches_out
from etl.reporting.xml_splice import Node, NotSpliceable, Splice

_KEPT = {
    "officeDocument", "core-properties", "extended-properties", "custom-properties", "worksheet", "chartsheet",
    "styles", "theme", "sharedStrings", "drawing", "image", "chart", "chartEx", "chartStyle", "chartColorStyle",
    "chartUserShapes", "comments", "vmlDrawing", "table", "themeOverride", "diagramData", "diagramLayout",
    "diagramQuickStyle", "diagramColors", "diagramDrawing", "sheetMetadata", "rdRichValue", "rdRichValueStructure",
    "rdRichValueTypes", "richValueRel",
}  # fmt: skip
"""Kinds of parts that only show something."""

_UNNAMED = {"calcChain", "thumbnail", "volatileDependencies", "vbaProjectSignature"}
"""What no person misses: a spreadsheet program makes it again, or it goes with what is named."""

_NAMES = {
    "vbaProject": "macro", "xlMacrosheet": "macro", "xlIntlMacrosheet": "macro", "dialogsheet": "macro",
    "externalLink": "liên kết tới tệp khác", "externalLinkPath": "liên kết tới tệp khác",
    "pivotTable": "bảng tổng hợp (PivotTable)", "pivotCacheDefinition": "bảng tổng hợp (PivotTable)",
    "connections": "kết nối dữ liệu", "queryTable": "kết nối dữ liệu", "hyperlink": "siêu liên kết",
    "oleObject": "đối tượng nhúng", "package": "đối tượng nhúng", "control": "nút bấm, điều khiển",
    "ctrlProp": "nút bấm, điều khiển", "slicer": "bộ lọc trực quan (slicer)",
    "slicerCache": "bộ lọc trực quan (slicer)", "timeline": "bộ lọc trực quan (slicer)",
    "timelineCache": "bộ lọc trực quan (slicer)", "printerSettings": "cài đặt riêng của máy in",
    "threadedComment": "chuỗi thảo luận (giữ bản ghi chú thường)", "person": "chuỗi thảo luận (giữ bản ghi chú thường)",
    "origin": "chữ ký số", "customXml": "dữ liệu kèm theo (customXml)", "revisionHeaders": "lịch sử sửa chung",
    "usernames": "lịch sử sửa chung",
}  # fmt: skip
_OTHER = "phần mở rộng khác"
_MACRO_TYPE = re.compile(rb"application/[\w.+-]*(?:macroEnabled|template)\.main\+xml")
FORMULAS = "công thức lấy số từ nơi khác (giữ giá trị)"
_RULES = "danh sách chọn hoặc định dạng lấy số từ nơi khác"
_AREAS = "tên vùng trỏ ra nơi khác"


def disarm(package: Package) -> set[str]:
    """Take away every part that is not known to be harmless and each mention of it; what was lost, in Vietnamese.

    Formulas in cells are left to ``sheet_rows``. Raises NotSpliceable.
    """
    lost: set[str] = set()
    reached, waiting = set(), [""]
    while waiting:
        part = waiting.pop()
        gone = {}
        for relation in package.relations(part):
            if relation.kind in _KEPT and not relation.external and relation.target in package.parts:
                if relation.target not in reached:
                    reached.add(relation.target)
                    waiting.append(relation.target)
            else:
                gone[relation.id] = relation.kind
        if gone:
            lost |= {_NAMES.get(kind, _OTHER) for kind in gone.values() if kind not in _UNNAMED}
            package.drop_relations(part, set(gone))
        if part.endswith((".xml", ".vml")):
            _disarm_part(package, part, set(gone), lost)
    package.keep_only(reached)
    types = package.parts[CONTENT_TYPES]
    package.parts[CONTENT_TYPES] = _MACRO_TYPE.sub(MAIN_TYPE.encode(), types)
    return lost


def _disarm_part(package: Package, part: str, ids: set[str], lost: set[str]) -> None:
    data, rows = package.parts[part], None
    if "/worksheets/" in part or b"sheetData" in data[:100_000]:
        data, rows = split_sheet(data)
    elif part.endswith("sharedStrings.xml"):
        return
    try:
        root = xml_splice.parse(data)
    except NotSpliceable:
        if part.endswith(".vml"):
            package.parts[part] = b'<xml xmlns:v="urn:schemas-microsoft-com:vml"></xml>'
            return
        raise
    if root.name == "worksheet" and root.first("sheetData") is None:
        raise NotSpliceable("a sheet without rows")
    splices = [*_mentions(data, root, ids), *_harmful(data, root, lost)]
    data = xml_splice.apply(data, splices)
    package.parts[part] = data if rows is None else joined_sheet(data, rows)


def _mentions(data: bytes, root: Node, ids: set[str]) -> list[Splice]:
    """What refers to a part that is gone: the element; of a page set-up or a picture the attribute alone."""
    gone, splices = [], []
    for node in root.walk():
        names = [name for name, value in node.attributes.items() if ":" in name and value in ids]
        names = [name for name in names if not name.startswith(("xmlns:", "xml:", "o:"))]
        if not names:
            continue
        if node.name in ("pageSetup", "blip") or node is root:
            splices.append(xml_splice.attribute_splice(data, node, dict.fromkeys(names)))
        else:
            gone.append(node)
    return [*splices, *xml_splice.pruned(gone)]


_ASKING = {"hyperlinks", "hlinkClick", "hlinkHover", "pivotSource", "pivotCaches", "webPublishItems", "functionGroups"}
_RULE_NODES = {"dataValidation", "cfRule", "sparkline", "calculatedColumnFormula", "totalsRowFormula"}


def _harmful(data: bytes, root: Node, lost: set[str]) -> Iterable[Splice]:
    """What of a part can start or ask something by itself."""
    gone: list[Node] = []
    for node in root.walk():
        if node.name in _ASKING:
            gone.append(node)
            lost |= {_NAMES["hyperlink"]} if node.name == "hyperlinks" else set()
        elif node.name in _RULE_NODES and any(reaches_out(each.text) for each in node.walk()):
            gone.append(node)
            lost.add(_RULES)
        elif node.name == "definedName" and _is_harmful_name(node):
            gone.append(node)
            lost.add(_AREAS)
        elif node.name == "graphicData" and "slicer" in node.attributes.get("uri", ""):
            gone.append(_anchor(node))
        elif node.name == "ClientData" and node.attributes.get("ObjectType", "Note") not in ("Note", "Pict"):
            gone.append(node.parent or node)
            lost.add(_NAMES["control"])
        elif node.name == "f" and reaches_out(node.text) and root.name == "chartSpace":
            yield from _literal(data, node)
        elif node.attributes.get("macro"):
            yield xml_splice.attribute_splice(data, node, {"macro": ""})
        elif node.attributes.get("tableType") == "queryTable":
            yield xml_splice.attribute_splice(data, node, {"tableType": None})
        elif "queryTableFieldId" in node.attributes:
            yield xml_splice.attribute_splice(data, node, {"queryTableFieldId": None})
    for node in root.walk():
        if node.name == "dataValidations" and any(child in gone for child in node.children):
            yield xml_splice.attribute_splice(data, node, {"count": None})
    yield from xml_splice.pruned(gone)


def _is_harmful_name(node: Node) -> bool:
    signs = (node.attributes.get(name, "0") for name in ("function", "vbProcedure", "xlm"))
    called = node.attributes.get("name", "").lower()
    return any(s in ("1", "true") for s in signs) or "auto_" in called or reaches_out(node.text)


def _anchor(node: Node) -> Node:
    while node.parent is not None and not node.name.endswith("Anchor"):
        node = node.parent
    return node


def _literal(data: bytes, node: Node) -> Iterable[Splice]:
    """A chart's reference to another file: the values that it had, written out."""
    reference = node.parent
    if reference is None:
        return
    cached = next((child for child in reference.children if child.name in ("numCache", "strCache")), None)
    if cached is None or (reference.parent is not None and reference.parent.name == "tx"):
        yield node.removal()
        return
    tag = f"{reference.prefix}{'numLit' if cached.name == 'numCache' else 'strLit'}".encode()
    inside = data[cached.head_end : data.rindex(b"<", cached.head_end, cached.end)]
    yield reference.start, reference.end, b"<" + tag + b">" + inside + b"</" + tag + b">"
