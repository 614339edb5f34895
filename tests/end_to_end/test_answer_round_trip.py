"""The answer is the sender's own workbook: marked where it is faulty, harmless, corrected and sent back as it is."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from etl import pipeline
from etl.contracts import contract
from etl.intake import inbox
from etl.model.answer_sheet import AUTHOR, NOTICE, sent_name
from etl.settings import SECTORS, Settings
from tests.support import column_of, edited, header_row, look

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]

HEAD = "register_household"
FAULTS = {
    (1, "classification"): "Hộ khá", (2, "members"): 0, (3, "head_birth"): "31/02/1960", (4, "commune"): "Xã Hy Lạp",
}  # fmt: skip


def ingest(own: Settings, path: Path, sector: str) -> pipeline.Ingested:
    drops, _ = inbox.given([path], SECTORS, sector)
    (done,) = pipeline.ingest(own, drops)
    return done


def with_values(path: Path, values: dict[str, str]) -> None:
    """Put values beside the formulas of the first sheet, as a spreadsheet program saves them."""
    parts = {}
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    page = parts["xl/worksheets/sheet1.xml"].decode()
    for place, value in values.items():
        kind = "" if value.replace(".", "").isdigit() else ' t="str"'
        page, hits = re.subn(
            rf'<c r="{place}"((?: s="\d+")?)><f>(.*?)</f><v ?/?>(?:</v>)?</c>',
            lambda m, v=value, k=kind, p=place: f'<c r="{p}"{m[1]}{k}><f>{m[2]}</f><v>{v}</v></c>', page,
        )  # fmt: skip
        assert hits == 1, place
    parts["xl/worksheets/sheet1.xml"] = page.encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)


def test_faults_are_marked_in_the_senders_own_workbook_and_corrected_there(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    origin = files[HEAD, "082"]
    clean = look(origin)
    done = ingest(home, edited(origin, tmp_path / "register" / origin.name, HEAD, FAULTS), "register")
    assert (done.submission.verdict, done.submission.rows_rejected) == ("partly", 3)
    sent = openpyxl.load_workbook(tmp_path / "register" / origin.name)
    answer = openpyxl.load_workbook(done.answer)
    assert answer.sheetnames == ["Kết quả", *sent.sheetnames]
    page, before = answer[sent.sheetnames[0]], sent.worksheets[0]
    top = header_row(before)

    expected = {(top + row, column_of(before, contract(HEAD)[name].header)): name for row, name in FAULTS}
    marks = {(c.row, c.column): c for line in page.iter_rows() for c in line if c.comment is not None}
    assert set(marks) == set(expected)
    for (row, _), cell in marks.items():
        assert cell.comment.author == AUTHOR
        critical = (row - top) != 3
        assert cell.comment.text.startswith("✘ Lỗi, phải sửa" if critical else "! Cảnh báo")
        assert cell.fill.patternType == ("solid" if critical else "lightUp")
    # All else is as it was sent: values, widths.
    for line in before.iter_rows():
        for cell in line:
            assert page.cell(cell.row, cell.column).value == cell.value
    assert {k: v.width for k, v in page.column_dimensions.items()} == {
        k: v.width for k, v in before.column_dimensions.items()
    }
    result = answer["Kết quả"]
    assert result["A2"].value == NOTICE
    links = [c.hyperlink.location for line in result.iter_rows() for c in line if c.hyperlink]
    assert sorted(links) == sorted(f"'{page.title}'!{get_column_letter(column)}{row}" for row, column in expected)

    # The sender corrects the marked cells in the answer and drops the answer itself.
    origin_page = openpyxl.load_workbook(origin).worksheets[0]
    for row, column in expected:
        page.cell(row, column).value = origin_page.cell(row, column).value
    corrected = home.home / "register" / done.answer.name
    corrected.parent.mkdir(parents=True)
    answer.save(corrected)
    again = ingest(home, corrected, "register")
    assert (again.submission.verdict, again.submission.rows_accepted) == ("accepted", clean.counts.accepted)
    assert again.submission.ignored["answer"] > 3
    assert again.answer.name.count(".tra-loi") == 1
    assert sent_name(done.answer.name) == origin.name

    # Sent back uncorrected, it is answered with the same marks, and those of before are not added to.
    untouched = home.home / "register" / f"x{done.answer.name}"
    shutil.copy2(done.answer, untouched)
    third = ingest(home, untouched, "register")
    assert third.submission.rows_rejected == 3
    page = openpyxl.load_workbook(third.answer)[page.title]
    assert {(c.row, c.column) for line in page.iter_rows() for c in line if c.comment is not None} == set(expected)


def test_formulas_keep_their_values_and_what_reaches_out_leaves_its_value(
    home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    origin = files[HEAD, "082"]
    path = tmp_path / "register" / origin.name
    path.parent.mkdir()
    book = openpyxl.load_workbook(origin)
    page = book.worksheets[0]
    top = header_row(page)
    members, cause = column_of(page, "Số nhân khẩu"), column_of(page, "Nguyên nhân nghèo")
    place = page.cell(top + 1, members).coordinate
    page[place].value = "=2+2"
    outside = page.cell(top + 1, cause)
    outside.value = "=[1]Sheet1!A1"
    web = page.cell(top + 2, cause)
    web.value = '=HYPERLINK("http://example.com","x")'
    page.cell(top + 3, cause).value = "+84 912"
    page.cell(top + 3, cause).data_type = "s"
    page.cell(top + 4, cause).hyperlink = "http://example.com"
    page.cell(top + 5, members).value = 0
    page.cell(9_000, 400).value = "lạc chỗ"
    check = DataValidation(type="list", formula1="[2]Lists!$A$1:$A$9")
    check.add(page.cell(top + 1, cause).coordinate)
    page.add_data_validation(check)
    page.conditional_formatting.add("A1:A9", FormulaRule(formula=["[3]Sheet1!A1>0"]))
    fill = PatternFill("solid", fgColor="00FF00")
    page.cell(top + 6, cause).fill = fill
    book.save(path)
    with_values(path, {place: "4", outside.coordinate: "thiếu vốn", web.coordinate: "x"})
    done = ingest(home, path, "register")
    assert done.submission.rows_rejected == 1
    answer = openpyxl.load_workbook(done.answer)
    shown = answer[page.title]
    assert shown[place].value == "=2+2"
    assert openpyxl.load_workbook(done.answer, data_only=True)[page.title][place].value == 4
    assert (shown[outside.coordinate].value, shown[web.coordinate].value) == ("thiếu vốn", "x")
    lost = [c.value for line in answer["Kết quả"].iter_rows(max_row=20) for c in line if c.value]
    assert "công thức lấy số từ nơi khác (giữ giá trị)" in lost[lost.index("Không giữ lại trong tệp trả lời này") + 1]
    with zipfile.ZipFile(done.answer) as parts:
        sheets = b"".join(parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/sheet"))
        assert re.findall(rb"<f[ >].*?</f>", sheets) == [b"<f>2+2</f>"]
        assert not re.search(rb"\[\d\]", re.sub(rb"<is>.*?</is>|<t>.*?</t>", b"", sheets))
        assert not [n for n in parts.namelist() if "external" in n.lower() or "vba" in n.lower()]
        assert b"example.com" not in b"".join(parts.read(n) for n in parts.namelist() if n.endswith(".rels"))
    assert shown.cell(top + 6, cause).fill.fgColor.rgb == "0000FF00"
    # What is read from the answer is what was read from the file: formulas with their values, too.
    first, second = look(path), look(done.answer)
    assert second.counts.accepted == first.counts.accepted
    assert second.rows["members"].to_list() == first.rows["members"].to_list()


@pytest.mark.parametrize("kind", ["csv", "damaged"])
def test_what_cannot_be_copied_is_answered_in_a_new_workbook(home: Settings, small, kind: str) -> None:
    source = next(p for p in small.files if p.suffix == ".csv" and p.name.startswith("credit_loan"))
    path = home.home / "credit" / source.name
    path.parent.mkdir(parents=True)
    if kind == "csv":
        lines = source.read_text("utf-8-sig").splitlines()
        top = next(i for i, line in enumerate(lines) if line.startswith("STT"))
        cells = lines[top + 1].split(",")
        cells[lines[top].split(",").index("Mã món vay / Số khế ước")] = ""
        lines[top + 1] = ",".join(cells)
        path.write_text("\r\n".join(lines), "utf-8-sig")
    else:
        path.write_bytes(b"PK\x03\x04" + bytes(200))
    done = ingest(home, path, "credit")
    answer = openpyxl.load_workbook(done.answer)
    if kind == "damaged":
        assert answer.sheetnames == ["Kết quả"]
        assert done.submission.verdict == "rejected"
        return
    assert answer.sheetnames == ["Kết quả", "Dòng lỗi"]
    rows = answer["Dòng lỗi"]
    assert rows["A1"].value == NOTICE
    assert rows["A3"].value == top + 2
    (mark,) = [c for line in rows.iter_rows() for c in line if c.comment is not None]
    assert rows.cell(2, mark.column).value == "Mã món vay / Số khế ước"
    assert cells[2] in [c.value for c in rows[3]]
