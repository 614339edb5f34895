"""The copy that an answer marks has all that the sender's workbook had, part by part, or says what it has not."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from etl.model.answer_sheet import NOTICE
from etl.reporting.reaching_out import reaches_out
from etl.reporting.sent_book import open_copy

LIST_2010 = (
    '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"><x14:formula1>'
    "<xm:f>DM!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>B2:B9</xm:sqref></x14:dataValidation></x14:dataValidations>"
    "</ext></extLst>"
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def sent(path: Path) -> Path:
    """A workbook with all that a sector's staff put into theirs."""
    book = openpyxl.Workbook()
    page, lists = book.worksheets[0], book.create_sheet("DM")
    page.title = "Danh sách"
    for line in (
        ["Mã", "Loại", "Số"],
        ["01", "Nghèo", 4],
        ["02", "Nghèo", 5],
        ["03", "", 6],
        ["Cộng", None, "=SUM(C2:C4)"],
    ):
        page.append(line)
    for name in ("Nghèo", "Cận nghèo", "Thoát"):
        lists.append([name])
    lists.sheet_state = "hidden"
    page["A7"] = CellRichText(TextBlock(InlineFont(b=True), "Đậm"), " và thường")
    page["C7"] = ArrayFormula("C7", "=SUM(C2:C4*2)")
    page["A8"].comment = Comment("Ghi chú của xã", "Cán bộ A")
    page["B3"].comment = Comment("Đang xác minh", "Cán bộ A")
    page["B3"].fill = PatternFill("solid", fgColor="00FF00")
    chart = BarChart()
    chart.add_data(Reference(page, min_col=3, min_row=1, max_row=4))
    page.add_chart(chart, "H2")
    page.conditional_formatting.add("C2:C4", CellIsRule("greaterThan", ["5"], fill=PatternFill(bgColor="FF0000")))
    check = DataValidation(type="list", formula1="DM!$A$1:$A$3")
    check.add("B2:B4")
    page.add_data_validation(check)
    page.protection.sheet, page.freeze_panes, page.print_area = True, "B2", "A1:C5"
    page.add_table(Table(displayName="Bang", ref="A1:C4"))
    book.defined_names["VUNG"] = DefinedName("VUNG", attr_text="'Danh sách'!$A$1:$C$4")
    book.save(path)
    edit(path, {"xl/worksheets/sheet1.xml": ("</worksheet>", f"{LIST_2010}</worksheet>")})
    return path


def edit(path: Path, changes: dict[str, tuple[str, str]], **added: bytes) -> None:
    parts = parts_of(path)
    for name, (old, new) in changes.items():
        text = parts[name].decode()
        assert old in text, name
        parts[name] = text.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, content in {**parts, **added}.items():
            book.writestr(name, content)


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def marked(path: Path, target: Path, kinds: dict[tuple[int, int], str] | None = None) -> tuple[Path, set[str]]:
    copy = open_copy(path)
    assert copy is not None
    kinds = kinds if kinds is not None else {(3, 2): "critical", (4, 2): "warning", (12, 9): "info"}
    copy.annotate({"Danh sách": kinds}, {"Danh sách": dict.fromkeys(kinds, "✘ Sai.")})
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Kết quả"
    book.worksheets[0]["A2"] = NOTICE
    target.write_bytes(copy.with_first_sheet(book))
    return target, copy.lost


def test_every_part_stays_and_the_sheet_differs_in_the_marked_cells_alone(tmp_path: Path) -> None:
    path = sent(tmp_path / "a.xlsx")
    target, lost = marked(path, tmp_path / "b.xlsx")
    before, after = parts_of(path), parts_of(target)
    assert lost == set()
    assert set(before) <= set(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/comments/comment1.xml", "xl/styles.xml",
        "xl/drawings/commentsDrawing1.vml", "xl/workbook.xml", "xl/worksheets/sheet1.xml",
    }  # fmt: skip

    def others(data: bytes) -> bytes:
        """The sheet without the marked cells, and without what says which sheet shows."""
        data = re.sub(rb' tabSelected="1"', b"", data)
        data = re.sub(rb'<row r="12">.*?</row>', b"", data)
        return re.sub(rb'<c r="B[34]"[^>]*?(?:/>|>.*?</c>)', b"", data)

    assert others(after["xl/worksheets/sheet1.xml"]) == others(before["xl/worksheets/sheet1.xml"])
    book = openpyxl.load_workbook(target)
    page = book["Danh sách"]
    assert book.sheetnames == ["Kết quả", "Danh sách", "DM"]
    assert (page["B3"].fill.patternType, page["B4"].fill.patternType, page["I12"].fill.patternType) == (
        "solid", "lightUp", "gray125",
    )  # fmt: skip
    assert (page["B3"].value, page["B4"].value) == ("Nghèo", None)
    assert page["A8"].comment.text == "Ghi chú của xã"
    assert page["B3"].comment.author == "Cán bộ A"
    assert page["B3"].comment.text.startswith("Đang xác minh\n")
    assert page["B3"].comment.text.endswith("✘ Sai.")
    assert (page["B4"].comment.author, page["I12"].comment.text) == ("giamngheo", "✘ Sai.")
    assert page.print_area == "'Danh sách'!$A$1:$C$5"


def test_an_answer_that_comes_back_is_as_it_was_before_it_was_marked(tmp_path: Path) -> None:
    path = sent(tmp_path / "a.xlsx")
    once, _ = marked(path, tmp_path / "b.xlsx")
    twice, lost = marked(once, tmp_path / "c.xlsx", {(2, 3): "waived"})
    assert lost == set()
    book = openpyxl.load_workbook(twice)
    page = book["Danh sách"]
    assert book.sheetnames == ["Kết quả", "Danh sách", "DM"]
    notes = {cell.coordinate: cell.comment.text for line in page.iter_rows() for cell in line if cell.comment}
    assert notes == {"A8": "Ghi chú của xã", "B3": "Đang xác minh", "C2": "✘ Sai."}
    assert page["B4"].fill.patternType is None
    assert page.print_area == "'Danh sách'!$A$1:$C$5"


def test_what_can_run_or_reach_out_is_taken_and_named(tmp_path: Path) -> None:
    path = sent(tmp_path / "a.xlsm")
    edit(
        path,
        {
            "[Content_Types].xml": ("spreadsheetml.sheet.main+xml", "ms-excel.sheet.macroEnabled.main+xml"),
            "xl/_rels/workbook.xml.rels": (
                "</Relationships>",
                f'<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
                f'<Relationship Id="e" Type="{RELATION}/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>',
            ),
            "xl/workbook.xml": (
                "<definedNames>",
                f'<externalReferences><externalReference xmlns:r="{RELATION}" r:id="e"/></externalReferences><definedNames>'
                '<definedName name="Ngoai">[1]Sheet1!$A$1</definedName>',
            ),
            "xl/worksheets/sheet1.xml": (
                '<c r="C3" t="n"><v>5</v></c>',
                '<c r="C3"><f>[1]Sheet1!A1</f><v>5</v></c><c r="D3"><f>cmd|\'/C calc\'!A0</f></c>',
            ),
        },
        **{"xl/vbaProject.bin": b"x", "xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    )
    target, lost = marked(path, tmp_path / "b.xlsx")
    assert lost == {
        "macro", "liên kết tới tệp khác", "tên vùng trỏ ra nơi khác", "công thức lấy số từ nơi khác (giữ giá trị)",
    }  # fmt: skip
    parts = parts_of(target)
    assert not [name for name in parts if "vba" in name or "external" in name]
    assert b"macroEnabled" not in parts["[Content_Types].xml"]
    assert b"externalReference" not in parts["xl/workbook.xml"]
    page = openpyxl.load_workbook(target)["Danh sách"]
    assert page["C3"].value == 5
    assert (page["D3"].data_type, page["D3"].value, page["D3"].quotePrefix) == ("s", "=cmd|'/C calc'!A0", True)
    assert page["C5"].value == "=SUM(C2:C4)"


@pytest.mark.parametrize(("formula", "expected"), [
    ("[1]Sheet1!A1", True), ("'C:\\a\\[x.xlsx]S 1'!A1", True), ("SUM('[2]Nhà ở'!A1:A9)", True), ("[1]!Ten", True),
    ("cmd|'/C calc'!A0", True), ('hyperlink("http://x")', True), ("_xlfn.WEBSERVICE(A1)", True),
    ("SUM(Bang[Số tiền])", False), ("Bang[[#This Row],[Số]]-DM!A1", False), ('A1&"|"&B1', False),
    ("SUM('Danh sách'!A1:A9)", False),
])  # fmt: skip
def test_which_formulas_reach_out(formula: str, expected: bool) -> None:
    assert reaches_out(formula) is expected
