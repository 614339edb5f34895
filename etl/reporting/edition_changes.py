"""The report's sheet of what an edition changed against the one before it, and because of which files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from etl.model.period import Period
from etl.reference.units import Units
from etl.reporting import listing
from etl.reporting.words import AREAS, SUPPRESSED

SHEET = "Thay đổi so với lần trước"
"""A sheet's name has 31 characters at most; its title says it in full."""

_HEADS = (("Chỉ tiêu", 60), ("Đơn vị", 26), ("Lần trước", 16), ("Lần này", 16), ("Thay đổi", 14), ("Do các tệp", 80))
_WAYS = {"came": "mới", "left": "thôi tính"}
_NAMED_FILES = 4


def changes_sheet(
    sheet: Any, conn: Connection, period: Period, number: int, names: dict[str, str], units: Units
) -> None:
    """Fill the sheet for an edition: the figures of province, groups and districts that changed.

    names: indicator → how the report calls it, in its order; what is not published stays hidden here too.
    """
    made_otherwise = "Cách tính, mục tiêu hoặc số liệu tham chiếu đã thay đổi so với lần trước."
    title = f"Thay đổi so với lần công bố trước (lần {number - 1}) – {period.title_vi}"
    listing.begin(sheet, title, made_otherwise if _made_otherwise(conn, period, number) else "", _HEADS)
    changed = [row for row in _changed(conn, period, number) if row.indicator in names]
    order = {code: at for at, code in enumerate(names)}
    for at, row in enumerate(sorted(changed, key=lambda r: order[r.indicator]), start=listing.FIRST):
        values = (row.value_before, row.value_after, row.change)
        line = (names[row.indicator], _name(row.unit_code, units), *((SUPPRESSED,) * 3 if row.suppressed else values),
                _files(row.submissions))  # fmt: skip
        is_rate = row.denominator_after is not None or row.denominator_before is not None
        formats = dict.fromkeys((3, 4, 5), "#,##0.00" if is_rate else "#,##0")
        listing.line(sheet, at, ["–" if value is None else value for value in line], formats)
    listing.end(sheet, changed, "Không có số liệu nào thay đổi.")


def _changed(conn: Connection, period: Period, number: int) -> Sequence[Any]:
    query = text(
        "SELECT indicator, unit_code, value_before, value_after, change, denominator_before, denominator_after,"
        " suppressed, submissions FROM mart.edition_change"
        " WHERE period = :period AND number = :number AND unit_level <> 'commune'"
        " ORDER BY array_position(ARRAY['province', 'group', 'district'], unit_level), unit_code"
    )
    return conn.execute(query, {"period": str(period), "number": number}).all()


def _made_otherwise(conn: Connection, period: Period, number: int) -> bool:
    """Whether the edition's definitions are not those of the one before."""
    query = text(
        "SELECT count(DISTINCT definitions) > 1 FROM mart.edition"
        " WHERE period = :period AND number IN (:number, :number - 1) AND definitions <> '{}'"
    )
    return bool(conn.scalar(query, {"period": str(period), "number": number}))


def _name(code: str, units: Units) -> str:
    return units[code].name if code in units else AREAS[code]


def _files(submissions: Sequence[dict[str, str]]) -> str:
    said = [f"{_WAYS[s['way']]}: {s['file']}" for s in submissions[:_NAMED_FILES]]
    more = f" và {len(submissions) - _NAMED_FILES} tệp khác" if len(submissions) > _NAMED_FILES else ""
    return "; ".join(said) + more
