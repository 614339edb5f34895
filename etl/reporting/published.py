"""Official figures beside ours: the report's sheet, the command line's table; and whether the official totals foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.styles import Font
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from etl.model.period import Period
from etl.reference.published import Footing, footings
from etl.reference.units import Units
from etl.reporting import listing, safe
from etl.reporting.words import AREAS, NOT_BESIDE, number_vi, signed_vi

SHEET = "Số liệu đã công bố"

_HEADS = (
    ("Số liệu", 46), ("Phạm vi", 26), ("Thời điểm", 14), ("Đã công bố", 16), ("Hệ thống", 16), ("Chênh lệch", 16),
    ("Đơn vị tính", 18), ("Ghi chú", 40), ("Nguồn", 56),
)  # fmt: skip
_MOMENTS = {"plan": "kế hoạch {year}", "avg": "bình quân {year}", "undated": "{year}"}
_NOTE = "Chênh lệch = hệ thống − đã công bố. Số «theo trí nhớ» chưa được đối chiếu với văn bản gốc."


def published_sheet(sheet: Any, period: Period, published: Sequence[Mapping[str, Any]], units: Units) -> None:
    """Fill the sheet: official figures of the period's year, then the totals that the sources state and their parts."""
    listing.begin(sheet, f"{SHEET} – năm {period.year}", _NOTE, _HEADS)
    at = listing.FIRST
    for one in published:
        ours = "–" if one["ours"] is None else one["ours"]
        line = (one["name_vi"], _scope(one, units), moment_vi(one), one["published"], ours, one["difference"],
                one["unit_vi"], _note(one), one["source"])  # fmt: skip
        listing.line(sheet, at, line, {4: _figure(one), 5: _figure(one), 6: f"+{_figure(one)};-{_figure(one)};0"})
        at += 1
    listing.end(sheet, published, "Không có số liệu công bố của năm này.")
    at += 2
    safe.put(sheet.cell(at, 1), "Tổng số và các phần theo chính nguồn đã công bố").font = Font(bold=True)
    for column, label in enumerate(("Nội dung", "", "Năm", "Tổng", "Cộng các phần", "Chênh lệch", "Đơn vị tính",
                                    "Đánh giá", "Nguồn"), start=1):  # fmt: skip
        safe.head(safe.put(sheet.cell(at + 1, column), label))
    for row, sum_ in enumerate(footings(), start=at + 2):
        cells = listing.line(
            sheet, row,
            (sum_.vi, "", sum_.year, sum_.total, sum_.summed, sum_.difference, sum_.unit_vi, foots_vi(sum_),
             sum_.source),
            {4: "#,##0", 5: "#,##0", 6: "+#,##0;-#,##0;0"},
        )  # fmt: skip
        cells[7].fill = safe.FILLS["warning" if sum_.difference else "good"]


def foots_vi(one: Footing) -> str:
    """Whether a total foots, with a sign that needs no colour."""
    return "✘ Không khớp trong nguồn" if one.difference else "✔ Khớp"


def _figure(one: Mapping[str, Any]) -> str:
    return "#,##0.00" if one["published"] != one["published"].to_integral_value() or "%" in one["unit"] else "#,##0"


def _scope(one: Mapping[str, Any], units: Units) -> str:
    code = one["unit_code"]
    if code is not None and code in units:
        return units[code].name
    return AREAS.get(code or "", str(one["scope"]))


def moment_vi(one: Mapping[str, Any]) -> str:
    """The moment of a published figure as it is written: 31/12/2018, kế hoạch 2018, 11/2018."""
    known = _MOMENTS.get(one["as_of"])
    if known:
        return known.format(year=one["year"])
    return "/".join([*reversed(str(one["as_of"]).split("-")), str(one["year"])])


def _note(one: Mapping[str, Any]) -> str:
    told = [NOT_BESIDE[one["why"]]] if one["why"] else []
    told += ["theo trí nhớ"] if str(one["status"]).startswith("memory") else []
    return "; ".join(told)


def published_table(published: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Official figures for the terminal, in Vietnamese numbers."""
    table = Table(title=escape(title), title_justify="left", box=SIMPLE_HEAD)
    for name in ("figure", "of", "as of"):
        table.add_column(name, overflow="fold")
    for name in ("published", "ours", "difference"):
        table.add_column(name, justify="right")
    for one in published:
        decimals = 2 if "." in _figure(one) else 0
        ours = NOT_BESIDE[one["why"]] if one["why"] else number_vi(one["ours"], decimals)
        table.add_row(
            one["name_vi"], escape(one["scope"]), moment_vi(one), number_vi(one["published"], decimals), ours,
            "" if one["difference"] is None else signed_vi(one["difference"], decimals),
        )  # fmt: skip
    return table


def footing_lines(sums: Sequence[Footing]) -> list[str]:
    """The official totals that are not the sum of their parts, a line each."""
    return [
        f"{one.vi} ({one.year}): {number_vi(one.total)} ≠ {number_vi(one.summed)} ({signed_vi(one.difference, 0)})"
        for one in sums
        if one.difference
    ]
