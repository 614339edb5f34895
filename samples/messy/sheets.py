"""Sheets of a workbook that hold no data of their own, and the names of those that do."""

from __future__ import annotations

from collections import Counter

from etl.contracts import Contract
from etl.reference.units import Unit, Units
from samples.messy.draw import Draw
from samples.messy.rows import Row
from samples.workbooks import Cell, Page


def names_of_sheets(draw: Draw, communes: list[Unit]) -> dict[str, str]:
    """Commune code → name of its sheet; no two alike."""
    form = draw.one_of("sheet-names", ("short", "full", "numbered", "code", "upper"))
    names = {}
    for at, unit in enumerate(communes, start=1):
        shown = {
            "short": unit.short, "full": unit.name, "numbered": f"{at}. {unit.short}", "code": unit.code,
            "upper": unit.short.upper(),
        }  # fmt: skip
        names[unit.code] = shown[form][:28]
    counts = Counter(name.lower() for name in names.values())
    return {code: name if counts[name.lower()] == 1 else f"{name[:22]} {code}" for code, name in names.items()}


def counts_page(draw: Draw, form: Contract, units: Units, rows: list[Row]) -> Page:
    """How many rows each commune has: a table of no form."""
    counts = Counter(row["commune"] for row in rows)
    what = {"credit_loan": "Số món", "register_household": "Số hộ"}.get(form.dataset, "Số lượng")
    lines = [[], [Cell("BẢNG TỔNG HỢP SỐ LƯỢNG")], [], [Cell("STT"), Cell("Xã"), Cell(what), Cell("Ghi chú")]]
    lines += [[Cell(at), Cell(units[code].name), Cell(n)] for at, (code, n) in enumerate(counts.items(), start=1)]
    lines.append([Cell(), Cell("Cộng"), Cell(sum(counts.values()))])
    return Page(draw.pick(("TH so luong", "Tổng số", "Bảng TH")), lines)


def instruction_page(form: Contract) -> Page:
    """How to fill in the form: it names every header, line by line."""
    lines = [[Cell("HƯỚNG DẪN GHI BIỂU")], [Cell(f"Biểu: {form.title}")], []]
    lines += [
        [Cell(f"Cột {at}"), Cell(column.header), Cell("Bắt buộc" if column.required else "Ghi nếu có")]
        for at, column in enumerate(form.columns, start=1)
    ]
    return Page("Hướng dẫn", lines)


def lists_page(units: Units, rows: list[Row]) -> Page:
    """Hidden lists of names for the cells' menus."""
    codes = sorted({row["commune"] for row in rows})
    lines = [[Cell("Mã xã"), Cell("Tên xã")], *([Cell(code), Cell(units[code].name)] for code in codes)]
    return Page("DM", lines, is_hidden=True)
