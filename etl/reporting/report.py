"""The overall report as a workbook: results against targets, a sheet a group of indicators, the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from sqlalchemy import Connection, text

from etl.model.frames import records
from etl.model.period import Period
from etl.reference.units import Units, units_on
from etl.reporting import comparison, discrepancies, published, safe
from etl.reporting.comparison import comparison_sheet
from etl.reporting.discrepancies import discrepancies_sheet
from etl.reporting.edition_changes import SHEET, changes_sheet
from etl.reporting.published import published_sheet
from etl.reporting.words import (
    AREAS,
    AWAITED,
    GROUPS,
    INCOMPLETE,
    LOCAL_TIME,
    SUPPRESSED,
    SUPPRESSED_NOTE,
    incomplete_vi,
    linked_vi,
    met_vi,
)

PERCENT = "#,##0.00"
WHOLE = "#,##0"


@dataclass(frozen=True)
class Definition:
    """How an indicator stands in a report: code, Vietnamese name, unit, group (a key of GROUPS), direction, order.

    in_summary: on the first sheet too, not only on its group's.
    """

    code: str
    name_vi: str
    unit: str
    group: str
    direction: str
    order: int
    in_summary: bool


@dataclass(frozen=True)
class Content:
    """What a report tells.

    values: indicator, unit_code, unit_level, numerator, denominator, value, target, met, complete, missing, covered,
    suppressed, by_link.
    definitions, forms (dataset → title): what is told and what was to be sent, as it stood when the figures were made.
    compared, published: each figure beside earlier ones (``indicators.compare``), official ones beside ours
    (``indicators.published``).
    """

    values: pd.DataFrame
    definitions: Sequence[Definition]
    forms: Mapping[str, str]
    compared: Sequence[Mapping[str, Any]] = ()
    published: Sequence[Mapping[str, Any]] = ()


def write_report(conn: Connection, period: Period, folder: Path, edition: int | None, content: Content) -> Path:
    """Write the report of an edition, or of the provisional figures; its path. Raises LookupError without figures."""
    if not len(content.values):
        what = f"edition {edition}" if edition else "provisional figures"
        raise LookupError(f"there are no {what} of {period}: run «giamngheo indicators» or the DAG «quarter» first")
    units = units_on(period.last_day)
    values = content.values[content.values["indicator"].isin({d.code for d in content.definitions})]
    # What the period's poverty standard does not count is told of nobody.
    definitions = [d for d in content.definitions if d.code in set(values["indicator"])]
    book = Workbook()
    _summary(book.active, conn, period, edition, values, definitions, units, content.forms)
    if content.compared:
        comparison_sheet(book.create_sheet(comparison.SHEET), period, content.compared, definitions, units)
    for group, title in GROUPS.items():
        own = [d for d in definitions if d.group == group]
        if own:
            _group_sheet(book.create_sheet(title), title, period, values, own, units)
    discrepancies_sheet(book.create_sheet(discrepancies.SHEET), conn, period, edition, units)
    if content.published:
        published_sheet(book.create_sheet(published.SHEET), period, content.published, units)
    _sources(book.create_sheet("Nguồn số liệu"), conn, period, edition, units, content.forms)
    if edition is not None and edition > 1:
        names = {d.code: f"{d.name_vi} ({d.unit})" for d in definitions}
        changes_sheet(book.create_sheet(SHEET), conn, period, edition, names, units)
    suffix = f"lan-{edition}" if edition else "tam-tinh"
    return safe.save(book, folder / str(period) / f"bao-cao-giam-ngheo_{period}_{suffix}.xlsx")


def _summary(
    sheet: Any, conn: Connection, period: Period, edition: int | None, values: pd.DataFrame,
    definitions: Sequence[Definition], units: Units, forms: Mapping[str, str],
) -> None:  # fmt: skip
    """Title block, the province's results against the targets, poor rates by district as a chart."""
    sheet.title = "Tổng hợp"
    province = units.province
    for column, width in enumerate((6, 72, 12, 18, 18, 18, 12, 16, 44), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    bold, centre = Font(bold=True), Alignment(horizontal="center", vertical="center", wrap_text=True)
    _merged(sheet, 1, 1, 2, f"UBND {province.name.upper()}", Font(bold=False), centre)
    _merged(sheet, 2, 1, 2, "SỞ LAO ĐỘNG – THƯƠNG BINH VÀ XÃ HỘI", bold, centre)
    _merged(sheet, 1, 5, 9, "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold, centre)
    _merged(sheet, 2, 5, 9, "Độc lập - Tự do - Hạnh phúc", bold, centre)
    _merged(sheet, 4, 1, 9, "BÁO CÁO TỔNG HỢP KẾT QUẢ GIẢM NGHÈO", Font(bold=True, size=15), centre)
    _merged(sheet, 5, 1, 9, f"{period.title_vi} – {province.name}", bold, centre)
    _merged(sheet, 6, 1, 9, _edition_words(conn, period, edition), Font(italic=True), centre)
    for column, label in enumerate(
        ("STT", "Chỉ tiêu", "Đơn vị tính", "Tử số", "Mẫu số", "Kết quả", "Mục tiêu", "Đánh giá", "Ghi chú"), start=1
    ):
        safe.head(safe.put(sheet.cell(8, column), label))
    by_code = {r.indicator: r for r in records(values[values["unit_code"] == province.code])}
    for number, definition in enumerate([d for d in definitions if d.in_summary and d.code in by_code], start=1):
        row, at = by_code[definition.code], 8 + number
        note = "Thiếu: " + ", ".join(_lack(m, units, forms) for m in row.missing[:4]) if row.missing else ""
        note += f" và {len(row.missing) - 4} nguồn khác" if len(row.missing) > 4 else ""
        result = row.value if row.complete else incomplete_vi(row.covered)
        figures = (row.numerator, row.denominator, result, row.target, met_vi(row.met))
        if row.by_link and not row.suppressed:
            note = linked_vi(row.by_link)
        if row.suppressed:
            figures = (SUPPRESSED, SUPPRESSED, SUPPRESSED, row.target, SUPPRESSED if row.met is not None else "")
        line = (number, f"{definition.name_vi} ({definition.code})", definition.unit, *figures, note)
        cells = [safe.put(sheet.cell(at, column), value) for column, value in enumerate(line, start=1)]
        for cell in cells:
            cell.border, cell.alignment = safe.THIN, Alignment(wrap_text=True, vertical="center")
        sheet.cell(at, 4).number_format = sheet.cell(at, 5).number_format = _format(row.numerator)
        sheet.cell(at, 6).number_format = PERCENT if row.denominator is not None else WHOLE
        sheet.cell(at, 7).number_format = "0.0"
        if row.met is not None and not row.suppressed:
            sheet.cell(at, 8).fill = safe.FILLS["good" if row.met else "critical"]
        if not row.complete:
            sheet.cell(at, 6).fill = safe.FILLS["warning"]
        safe.fit_row(sheet, at, cells)
    _chart(sheet, values, units, sheet.max_row + 3)
    sheet.freeze_panes = "C9"
    _print(sheet, "8:8")


def _edition_words(conn: Connection, period: Period, edition: int | None) -> str:
    if edition is None:
        return "SỐ LIỆU TẠM TÍNH – chưa công bố"
    moment = conn.scalar(
        text("SELECT published_at FROM mart.edition WHERE period = :period AND number = :number"),
        {"period": str(period), "number": edition},
    )
    return f"Công bố lần {edition}, ngày {moment.astimezone(LOCAL_TIME):%d/%m/%Y}" if moment else f"Lần {edition}"


def _chart(sheet: Any, values: pd.DataFrame, units: Units, first: int) -> None:
    """Poor-household rates of the districts as bars, with the numbers that they show beside them."""
    rates = values[(values["indicator"] == "POV_RATE") & (values["unit_level"] == "district")]
    shown = [(units[r.unit_code].name, r.value) for r in records(rates) if r.value is not None and not r.suppressed]
    if not shown:
        return
    safe.head(safe.put(sheet.cell(first, 2), "Huyện, thành phố"))
    safe.head(safe.put(sheet.cell(first, 3), "Tỷ lệ hộ nghèo (%)"))
    for at, (name, value) in enumerate(sorted(shown, key=lambda s: -s[1]), start=first + 1):
        safe.put(sheet.cell(at, 2), name)
        safe.put(sheet.cell(at, 3), value).number_format = PERCENT
    chart = BarChart()
    chart.type, chart.legend, chart.title = "bar", None, "Tỷ lệ hộ nghèo theo huyện (%)"
    chart.height, chart.width = 9, 20
    chart.add_data(Reference(sheet, min_col=3, min_row=first + 1, max_row=first + len(shown)))
    chart.set_categories(Reference(sheet, min_col=2, min_row=first + 1, max_row=first + len(shown)))
    chart.y_axis.delete = chart.x_axis.delete = False
    chart.x_axis.scaling.orientation = "maxMin"
    sheet.add_chart(chart, f"D{first}")


def _group_sheet(
    sheet: Any, title: str, period: Period, values: pd.DataFrame, own: Sequence[Definition], units: Units
) -> None:
    """One group's indicators by province, groups, districts, and under each district its communes, folded."""
    safe.put(sheet["A1"], f"{title} – {period.title_vi}").font = Font(bold=True, size=13)
    hint = f"Bấm dấu + bên trái để xem các xã của huyện. {SUPPRESSED_NOTE}"
    safe.put(sheet["A2"], hint).font = Font(italic=True, color="7F7F7F")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 9, 32
    safe.head(safe.put(sheet.cell(4, 1), "Mã"))
    safe.head(safe.put(sheet.cell(4, 2), "Đơn vị"))
    for column, definition in enumerate(own, start=3):
        safe.head(safe.put(sheet.cell(4, column), f"{definition.name_vi} ({definition.unit})"))
        sheet.column_dimensions[get_column_letter(column)].width = 19
    sheet.row_dimensions[4].height = 78
    found = {(r.indicator, r.unit_code): r for r in records(values)}
    at = 5
    for code, name, level in _lines(units):
        for column, value in ((1, code), (2, ("   " if level == "commune" else "") + name)):
            safe.put(sheet.cell(at, column), value)
        for column, definition in enumerate(own, start=3):
            _value_cell(sheet.cell(at, column), found.get((definition.code, code)))
        if level == "commune":
            sheet.row_dimensions[at].outlineLevel, sheet.row_dimensions[at].hidden = 1, True
        else:
            for column in range(1, len(own) + 3):
                sheet.cell(at, column).font = Font(bold=True)
                sheet.cell(at, column).fill = safe.FILLS["district"]
        at += 1
    sheet.sheet_properties.outlinePr.summaryBelow = False
    sheet.freeze_panes = "C5"
    _print(sheet, "4:4")


def _lines(units: Units) -> list[tuple[str, str, str]]:
    lines = [(units.province.code, units.province.name, "province"), *((c, n, "group") for c, n in AREAS.items())]
    for district in units.districts or (units.province,):
        if units.districts:
            lines.append((district.code, district.name, "district"))
        lines += [(c.code, c.name, "commune") for c in units.communes_in(district.code)]
    return lines


def _value_cell(cell: Any, row: Any) -> None:
    cell.border, cell.alignment = safe.THIN, Alignment(horizontal="right")
    if row is None or (row.complete and row.value is None):
        safe.put(cell, "–")
        return
    if not row.complete or row.suppressed:
        safe.put(cell, SUPPRESSED if row.suppressed else INCOMPLETE).font = Font(italic=True, color="7F7F7F")
        return
    safe.put(cell, row.value)
    cell.number_format = PERCENT if row.denominator is not None else WHOLE


def _sources(
    sheet: Any, conn: Connection, period: Period, edition: int | None, units: Units, forms: Mapping[str, str]
) -> None:
    """The submissions that the numbers rest on, and those that are missing."""
    order = {dataset: at for at, dataset in enumerate(forms)}
    used = sorted(_used(conn, period, edition), key=lambda r: (order[r.dataset], r.unit_code, r.id))
    heads = (("Biểu", 44), ("Đơn vị", 24), ("Tệp", 44), ("Mã lần gửi", 34), ("Số liệu đến", 14), ("Nhận lúc", 20),
             ("Dòng nhận", 12), ("Dòng loại", 12), ("Tình trạng", 18))  # fmt: skip
    safe.put(sheet["A1"], f"Nguồn số liệu – {period.title_vi}").font = Font(bold=True, size=13)
    for column, (label, width) in enumerate(heads, start=1):
        safe.head(safe.put(sheet.cell(3, column), label))
        sheet.column_dimensions[get_column_letter(column)].width = width
    at = 4
    for row in used:
        received = row.received_at.astimezone(LOCAL_TIME)
        line = (forms[row.dataset], units[row.unit_code].name, row.file_name, row.id, f"{row.as_of:%d/%m/%Y}",
                f"{received:%H:%M %d/%m/%Y}", row.rows_accepted, row.rows_rejected, "✔ đã nhận")  # fmt: skip
        for column, value in enumerate(line, start=1):
            safe.put(sheet.cell(at, column), value).border = safe.THIN
        at += 1
    there = {(row.dataset, d) for row in used for d in row.districts}
    for dataset, title in forms.items():
        for district in units.districts or (units.province,):
            if (dataset, district.code) not in there:
                for column, value in ((1, title), (2, district.name), (9, "✘ chưa có")):
                    cell = safe.put(sheet.cell(at, column), value)
                    cell.border, cell.fill = safe.THIN, safe.FILLS["warning"]
                at += 1
    sheet.freeze_panes = "A4"
    sheet.auto_filter.ref = f"A3:I{max(4, at - 1)}"
    _print(sheet, "3:3")


def _used(conn: Connection, period: Period, edition: int | None) -> Sequence[Any]:
    """The submissions that the figures rest on, each with its counts as they were told then."""
    fields = "s.id, s.dataset, s.unit_code, s.file_name, s.as_of, s.received_at"
    query = (
        f"SELECT {fields}, e.rows_accepted, e.rows_rejected, e.district_codes AS districts"  # noqa: S608
        " FROM mart.edition_submission AS e JOIN intake.submission AS s ON s.id = e.submission_id"
        " WHERE e.period = :period AND e.number = :number"
    )
    if edition is None:
        districts = "ARRAY(SELECT c.district_code FROM intake.coverage AS c WHERE c.submission_id = s.id)"
        query = (
            f"SELECT {fields}, s.rows_accepted, s.rows_rejected, {districts} AS districts"  # noqa: S608
            " FROM mart.measured AS m JOIN intake.submission AS s ON s.id = ANY(m.submissions)"
            " WHERE m.period = :period"
        )
    return conn.execute(text(query), {"period": str(period)} | ({"number": edition} if edition else {})).all()


def _lack(what: str, units: Units, forms: Mapping[str, str]) -> str:
    dataset, code = what.split(" ", 1)
    return f"{forms.get(dataset) or AWAITED[dataset]} ({units[code].name})"


def _format(value: Any) -> str:
    return "#,##0.0" if value is not None and value != int(value) else WHOLE


def _merged(sheet: Any, row: int, first: int, last: int, value: str, font: Font, alignment: Alignment) -> None:
    cell = safe.put(sheet.cell(row, first), value)
    cell.font, cell.alignment = font, alignment
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def _print(sheet: Any, title_rows: str) -> None:
    safe.one_page_across(sheet)
    sheet.print_title_rows = title_rows
