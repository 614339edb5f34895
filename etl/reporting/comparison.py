"""The figures beside earlier ones and their targets: the report's sheet, the command line's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.styles import Font
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from etl.model.period import Period
from etl.reference.units import Units
from etl.reporting import listing, safe
from etl.reporting.words import INCOMPLETE, NO_CHANGE_TOLD, SUPPRESSED, number_vi, signed_vi

SHEET = "So sánh và tiến độ"

_NOTE = (
    "Tăng, giảm của tỷ lệ tính bằng điểm phần trăm. Số liệu kỳ trước được tính lại theo dữ liệu và địa giới hiện nay."
)
_BASES = {"previous": "Quý trước", "year_before": "Cùng kỳ năm trước", "year_start": "Đầu năm"}
_HEADS = (
    ("Chỉ tiêu", 56), ("Đơn vị", 24), ("Kỳ này", 14),
    *((label, 14) for base in _BASES.values() for label in (base, "Tăng (+), giảm (–)")),
    ("Mục tiêu", 12), ("Tiến độ", 26), ("Cần mỗi quý", 14), ("Đạt được mỗi quý", 14),
    ("Ghi chú", 60),
)  # fmt: skip
_VALUE, _TARGET = 3, 10


def comparison_sheet(
    sheet: Any, period: Period, compared: Sequence[Mapping[str, Any]], definitions: Sequence[Any], units: Units
) -> None:
    """Fill the sheet with province and groups. definitions: how indicators are called, in order (``Definition``)."""
    listing.begin(sheet, f"{SHEET} – {period.title_vi}", _NOTE, _HEADS)
    names = {d.code: f"{d.name_vi} ({d.unit})" for d in definitions if d.in_summary}
    order = {code: at for at, code in enumerate(names)}
    shown = [c for c in compared if c["indicator"] in names and c["unit_level"] in ("province", "group")]
    shown.sort(key=lambda c: (order[c["indicator"]], c["unit_level"] != "province"))
    for at, one in enumerate(shown, start=listing.FIRST):
        line = (names[one["indicator"]], one["unit_name"], *_figures(one))
        figure = "#,##0.00" if one["is_rate"] else "#,##0"
        signed = f"+{figure};-{figure};0"
        formats = dict.fromkeys((_VALUE, *(_VALUE + 1 + 2 * n for n in range(3))), figure)
        formats |= dict.fromkeys((*(_VALUE + 2 + 2 * n for n in range(3)), _TARGET + 2, _TARGET + 3), signed)
        formats[_TARGET] = "0.0"
        cells = listing.line(sheet, at, line, formats)
        if one["unit_code"] == units.province.code:
            for cell in cells:
                cell.font = Font(bold=True)
        if one["target"] is not None and one["on_track"] is not None:
            cells[_TARGET].fill = safe.FILLS["good" if one["on_track"] else "critical"]
    listing.end(sheet, shown, "Không có số liệu để so sánh.")


def _figures(one: Mapping[str, Any]) -> list[Any]:
    """The cells after indicator and unit: a number where there is one, else why there is none."""
    found: list[Any] = [_value(one)]
    for base in _BASES:
        then = one[base]
        known = SUPPRESSED if then["why"] == "suppressed" else then["value"]
        found += ["–" if known is None else known, "–" if then["change"] is None else then["change"]]
    target = None if one["target"] is None else one["target"]
    pace = one["pace"] if target is not None else None
    return [*found, target, progress_vi(one), one["needed"], pace, _notes(one)]


def _value(one: Mapping[str, Any]) -> Any:
    if one["suppressed"]:
        return SUPPRESSED
    if not one["complete"]:
        return INCOMPLETE
    return "–" if one["value"] is None else one["value"]


def _notes(one: Mapping[str, Any]) -> str:
    """Why there is no difference to which earlier figures, and which are approximate."""
    bases: dict[str, list[str]] = {}
    for base, label in _BASES.items():
        told = NO_CHANGE_TOLD[one[base]["why"]] if one[base]["why"] else ""
        told = told or ("gần đúng vì địa giới thay đổi" if one[base]["approximate"] else "")
        if told:
            bases.setdefault(told, []).append(label)
    notes = "; ".join(f"{', '.join(labels)}: {told}" for told, labels in bases.items())
    return notes[:1] + notes[1:].replace("; Quý", "; quý").replace(", Cùng", ", cùng").replace(", Đầu", ", đầu")


def progress_vi(one: Mapping[str, Any]) -> str:
    """How a figure stands to its target, with a sign that needs no colour; "" where there is no target."""
    if one["target"] is None or one["quarters_left"] is None:
        return ""
    if one["met"]:
        return "✔ Đã đạt"
    if not one["quarters_left"]:
        return "✘ Hết hạn, chưa đạt"
    pace = {True: "✔ Đúng tiến độ", False: "✘ Chậm tiến độ", None: "Chưa rõ tiến độ"}[one["on_track"]]
    return f"{pace}, còn {one['quarters_left']} quý"


def comparison_table(compared: Sequence[Mapping[str, Any]], title: str) -> Table:
    """Comparisons for the terminal, in Vietnamese numbers: value, then earlier ones as differences, then the target."""
    table = Table(title=escape(title), title_justify="left", box=SIMPLE_HEAD)
    table.add_column("indicator", overflow="fold")
    units = {c["unit_code"] for c in compared}
    if len(units) > 1:
        table.add_column("unit", overflow="fold")
    for name in ("value", "previous", "a year ago", "since Jan 1", "target", "needed/quarter"):
        table.add_column(name, justify="right")
    for one in compared:
        decimals = 2 if one["is_rate"] else 0
        value = number_vi(one["value"], decimals) if one["complete"] and not one["suppressed"] else str(_value(one))
        changes = [
            NO_CHANGE_TOLD[one[b]["why"]] if one[b]["why"] else signed_vi(one[b]["change"], decimals) for b in _BASES
        ]
        target = f"{one['target_op']} {number_vi(one['target'], 1)}" if one["target"] is not None else ""
        needed = "✔" if one["met"] else "" if one["needed"] is None else signed_vi(one["needed"], decimals)
        unit = [escape(one["unit_name"])] if len(units) > 1 else []
        table.add_row(one["indicator"], *unit, value, *changes, target, needed)
    return table


def flat_records(compared: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Comparisons for csv: what is nested, as columns of its own."""
    return [
        {k: v for k, v in one.items() if k not in _BASES}
        | {f"{base}_{field}": one[base][field] for base in _BASES for field in ("period", "value", "change", "why")}
        for one in compared
    ]
