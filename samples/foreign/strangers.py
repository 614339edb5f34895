"""Columns that belong to no form and stand in the sectors' tables all the same: header → how a cell is drawn."""

from __future__ import annotations

from collections.abc import Callable

from samples.messy.draw import Draw

_PERSONS = ("Nguyễn Văn Hải", "Lò Thị Mai", "Giàng A Páo", "Vàng Thị Dở", "Đặng Văn Phúc", "Hoàng Minh Tú")


def _day(draw: Draw) -> str:
    return f"{draw.number(1, 28):02d}/{draw.number(1, 12):02d}/{draw.number(2014, 2018)}"


def _of(*options: str) -> Callable[[Draw], str]:
    return lambda draw: draw.pick(options)


def _count(most: int) -> Callable[[Draw], str]:
    return lambda draw: str(draw.number(0, most))


def _amount(draw: Draw) -> str:
    return str(draw.number(10, 90) * 1_000_000)


def _digits(first: str, length: int) -> Callable[[Draw], str]:
    return lambda draw: first + "".join(str(draw.number(0, 9)) for _ in range(length - len(first)))


STRANGERS: dict[str, Callable[[Draw], str]] = {
    **dict.fromkeys(
        ("Người rà soát", "Họ tên vợ/chồng", "Họ tên cha", "Họ tên mẹ", "Người giám hộ", "Cán bộ phụ trách",
         "Trưởng thôn ký", "Giáo viên chủ nhiệm"), _of(*_PERSONS),
    ),
    **dict.fromkeys(
        ("Ngày rà soát", "Ngày cấp CMND", "Ngày nhập học", "Ngày ký hợp đồng", "Ngày phê duyệt", "Ngày điều tra"), _day,
    ),
    **dict.fromkeys(("Tổng kinh phí dự toán", "Tổng mức đầu tư", "Tiền gửi tiết kiệm", "Lãi đã thu"), _amount),
    **dict.fromkeys(("Đảng viên", "Khuyết tật", "Mồ côi", "Đã kiểm tra", "Xác nhận của thôn"), _of("x", "x", "")),
    "Số điện thoại": _digits("09", 10), "ĐT liên hệ": _digits("03", 10), "Số tài khoản": _digits("3", 12),
    "Nơi cấp CMND": _of("CA Lào Cai", "CA tỉnh Lào Cai", "Cục CSQLHC"), "Quốc tịch": _of("Việt Nam"),
    "Nghề nghiệp": _of("Nông dân", "Làm ruộng", "Tự do", "Công nhân"),
    "Tôn giáo": _of("Không", "Tin lành", "Công giáo"),
    "Trình độ học vấn": _of("9/12", "12/12", "5/12", "Mù chữ"), "Hạnh kiểm": _of("Tốt", "Khá", "Trung bình"),
    "Học lực": _of("Giỏi", "Khá", "Trung bình"), "Mục đích vay": _of("Chăn nuôi trâu", "Trồng quế", "Mua bò"),
    "Thu nhập bình quân (nghìn đồng)": _count(900), "Tỷ lệ (%)": _count(100), "Lũy kế": _count(4000),
    "Kế hoạch năm": _count(4000), "Số hộ thoát nghèo": _count(60), "Số hộ tái nghèo": _count(9), "Số nhà": _count(300),
    "Lãi suất (%)": _of("6.6", "7.9", "9"), "Số kỳ trả nợ": _count(20), "Chiều cao (cm)": _count(170),
    "Khoảng cách (km)": _count(30), "Chiều dài ống (m)": _count(9000), "Số phòng": _count(6),
    "Số hộ dùng điện": _count(200),
    "Số quyết định": lambda draw: f"{draw.number(1, 900)}/QĐ-UBND", "Chủ đầu tư": _of("UBND xã", "Ban QLDA"),
    "Toạ độ": lambda draw: f"22.{draw.number(1000, 9999)}, 103.{draw.number(1000, 9999)}",
    "Huyện": _of("Bát Xát", "Sa Pa"), "Tỉnh": _of("Lào Cai"), "Mã thôn": _count(40),
    "Ghi chú": _of("", "", "đã kiểm tra", "bổ sung", "chuyển đi"),
}  # fmt: skip
