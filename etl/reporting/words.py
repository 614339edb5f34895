"""Vietnamese words and numbers that answers and reports share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from etl.model.links import LINKS

LOCAL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")

SEVERITIES = {"critical": "✘ Lỗi, phải sửa", "warning": "! Cảnh báo", "info": "i Thông tin"}

WAIVED = "◌ Đã miễn"
"""Before the reason of a finding that a waiver lets lie."""

REASONS = {
    "title": "tiêu đề", "header": "đầu bảng", "numbering": "dòng đánh số cột", "group": "dòng nhóm",
    "total": "dòng cộng", "blank": "dòng trống", "note": "ghi chú, chữ ký", "no_table": "trang không có bảng",
    "answer": "trang trả lời của hệ thống", "summary": "trang tổng hợp lặp lại",
    "aside": "trang của kỳ khác hoặc bản nháp ẩn",
}  # fmt: skip
"""Why a row is no data, as the sender is told."""

GROUPS = {
    "poverty": "Nghèo", "deprivation": "Thiếu hụt đa chiều", "credit": "Tín dụng",
    "health_insurance": "Bảo hiểm y tế", "education": "Giáo dục", "housing": "Nhà ở", "water": "Nước sạch",
    "training": "Đào tạo nghề",
}  # fmt: skip
"""Indicator group → sheet of the report, in the report's order."""

AWAITED = {"training": "Danh sách lao động được đào tạo nghề (chưa có ngành gửi)"}
"""Datasets that no sector sends yet, as a report names them."""

AREAS = {"30a": "Các huyện nghèo 30a", "urban": "Khu vực thành thị", "rural": "Khu vực nông thôn"}
"""Groups of communes that figures are told for, by code."""

INCOMPLETE = "thiếu số liệu"

NO_CHANGE_TOLD = {
    "no_data": "chưa có số liệu kỳ đó", "incomplete": INCOMPLETE, "standard": "khác chuẩn nghèo, không so sánh",
    "counts_anew": "tính lại từ đầu năm", "suppressed": "không công bố",
}  # fmt: skip
"""Why a figure is not compared with an earlier one (``indicators.compare.Why``)."""

SUPPRESSED = "…"
SUPPRESSED_NOTE = "Dấu … : không công bố, vì dưới 5 người (hộ) hoặc vì từ ô đó suy ra được một ô dưới 5 người (hộ)."


NOT_BESIDE = {
    "not_measured": "hệ thống không tính", "other_day": "thời điểm khác với kỳ báo cáo",
    "other_standard": "khác chuẩn nghèo", "no_unit": "ngoài các đơn vị báo cáo", "incomplete": INCOMPLETE,
    "suppressed": "không công bố",
}  # fmt: skip
"""Why nothing of ours stands beside a published figure (``indicators.published.Why``)."""

_FEWEST_OF_A_KIND = 5


def linked_vi(by_link: Mapping[str, int]) -> str:
    """How many of a numerator were found by which kind of link, in words; kinds of fewer than five only together.

    So that no small number can be worked out from the whole, those are told with the next larger one.
    """
    left = sorted((kind for kind, count in by_link.items() if count), key=lambda kind: (by_link[kind], kind))
    few: list[str] = []
    while left and (by_link[left[0]] < _FEWEST_OF_A_KIND or 0 < sum(by_link[k] for k in few) < _FEWEST_OF_A_KIND):
        few.append(left.pop(0))
    order = list(LINKS)
    groups = [sorted(own, key=order.index) for own in ([few] if few else []) + [[k] for k in left]]
    groups.sort(key=lambda own: order.index(own[0]))
    parts = (f"{' hoặc '.join(LINKS[k] for k in own)}: {number_vi(sum(by_link[k] for k in own))}" for own in groups)
    return f"Đối chiếu theo {'; '.join(parts)}" if groups else ""


def number_vi(value: float | int | Decimal | None, decimals: int = 0) -> str:
    """A number as Viet Nam writes it, rounded half up: 1.234.567,89. "–" for None."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def signed_vi(value: float | Decimal | None, decimals: int) -> str:
    """A difference with its sign, as Viet Nam writes numbers; "–" for None."""
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + number_vi(value, decimals)


def incomplete_vi(covered: float | None) -> str:
    """That a figure lacks data, and how much of the population the sources that are there cover (%; None: unknown)."""
    # Rounded down: what is not whole never shows as 100.
    return INCOMPLETE if covered is None else f"{INCOMPLETE} (có {number_vi(int(10 * covered) / 10, 1)} % dân số)"


def met_vi(met: bool | None) -> str:
    """Whether a target is met, with a sign that needs no colour."""
    return {True: "✔ Đạt", False: "✘ Chưa đạt", None: ""}[met]
