"""The report's sheet of how often the sectors disagree, by rule and district, with the worst difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.styles import Font
from sqlalchemy import Connection, text

from etl.model.period import Period
from etl.reference.units import Units
from etl.reporting import listing, safe
from etl.reporting.words import SUPPRESSED, SUPPRESSED_NOTE

SHEET = "Đối chiếu liên ngành"

_HEADS = (
    ("Nội dung đối chiếu", 62),
    ("Đơn vị", 26),
    ("Số trường hợp", 14),
    ("Chênh lệch lớn nhất", 14),
    ("Tại xã", 26),
)


def discrepancies_sheet(sheet: Any, conn: Connection, period: Period, edition: int | None, units: Units) -> None:
    """Fill the sheet for an edition (None: what was found last). No person is in it, and no count of fewer than 5."""
    note = f"Không kể trường hợp chưa chắc chắn hoặc đã được miễn. {SUPPRESSED_NOTE}"
    listing.begin(sheet, f"{SHEET} – {period.title_vi}", note, _HEADS)
    rows = _rows(conn, period, edition)
    for at, row in enumerate(rows, start=listing.FIRST):
        worst = units[row.worst_unit_code].name if row.worst_unit_code else ""
        line = (row.title, units[row.unit_code].name, SUPPRESSED if row.suppressed else row.findings,
                "" if row.worst_difference is None else row.worst_difference, worst)  # fmt: skip
        for cell in listing.line(sheet, at, line, {3: "#,##0", 4: "+#,##0;-#,##0;0"}):
            if row.unit_level == "province":
                cell.font, cell.fill = Font(bold=True), safe.FILLS["district"]
    listing.end(sheet, rows, "Không có chênh lệch nào.")


def _rows(conn: Connection, period: Period, edition: int | None) -> Sequence[Any]:
    table = "mart.discrepancy" if edition is None else "mart.edition_discrepancy"
    query = text(
        "SELECT title, unit_code, unit_level, findings, worst_difference, worst_unit_code, suppressed"  # noqa: S608
        f" FROM {table} WHERE period = :period"
        + (" AND number = :number" if edition is not None else "")
        + " ORDER BY place, unit_level DESC, unit_code"
    )
    return conn.execute(query, {"period": str(period)} | ({"number": edition} if edition else {})).all()
