"""Titles, periods, senders and file names in words that no form lists; a person still knows what they mean."""

from __future__ import annotations

from datetime import date, timedelta

from etl.contracts import Contract
from etl.model.period import Period
from etl.reference.units import Unit
from samples.messy.cells import plain
from samples.messy.draw import Draw
from samples.messy.heading import Heading, TextLine

TITLES: dict[str, tuple[str, ...]] = {
    "register_commune": (
        "BIỂU TỔNG HỢP TÌNH HÌNH DÂN CƯ CÁC XÃ",
        "Số liệu chung về hộ dân cư trên địa bàn", "BIỂU SỐ HỘ, SỐ KHẨU CÁC XÃ",
    ),
    "register_household": (
        "DANH SÁCH CÁC HỘ NGHÈO VÀ CẬN NGHÈO", "KẾT QUẢ RÀ SOÁT HỘ NGHÈO, CẬN NGHÈO", "Danh sách hộ nghèo toàn huyện",
    ),
    "register_member": (
        "DANH SÁCH NHÂN KHẨU THUỘC HỘ NGHÈO, CẬN NGHÈO", "Các thành viên trong hộ nghèo và hộ cận nghèo",
        "BIỂU THÀNH VIÊN HỘ NGHÈO",
    ),
    "credit_loan": (
        "BẢNG KÊ DƯ NỢ TỪNG MÓN VAY", "Danh sách món vay còn dư nợ", "SAO KÊ CÁC KHOẢN VAY CHÍNH SÁCH",
    ),
    "health_card": (
        "BẢNG KÊ THẺ BẢO HIỂM Y TẾ ĐÃ CẤP", "Danh sách người có thẻ BHYT", "DANH SÁCH CẤP THẺ BHYT",
    ),
    "education_pupil": (
        "DANH SÁCH HỌC SINH HƯỞNG CHẾ ĐỘ", "Biểu theo dõi học sinh và chế độ được hưởng",
        "TỔNG HỢP HỌC SINH VÀ CÁC CHÍNH SÁCH",
    ),
    "housing_support": (
        "DANH SÁCH HỘ ĐƯỢC HỖ TRỢ LÀM NHÀ", "Kết quả hỗ trợ nhà ở cho hộ nghèo", "BIỂU TIẾN ĐỘ LÀM NHÀ CHO HỘ NGHÈO",
    ),
    "water_village": (
        "BIỂU NƯỚC SẠCH VÀ VỆ SINH CÁC THÔN", "Số liệu nước sinh hoạt, nhà tiêu theo thôn bản",
        "THEO DÕI CẤP NƯỚC VÀ VỆ SINH NÔNG THÔN TỪNG THÔN",
    ),
    "water_works": (
        "DANH MỤC CÔNG TRÌNH NƯỚC SẠCH TẬP TRUNG", "Hiện trạng các công trình cấp nước",
        "BIỂU KIỂM KÊ CÔNG TRÌNH CẤP NƯỚC",
    ),
}  # fmt: skip

AGENCIES: dict[str, tuple[str, ...]] = {
    "register": ("PHÒNG LĐTBXH", "Phòng Lao động, Thương binh và Xã hội", "BCĐ GIẢM NGHÈO"),
    "credit": ("PHÒNG GD NHCSXH", "NGÂN HÀNG CHÍNH SÁCH XÃ HỘI", "VBSP - PGD"),
    "health_insurance": ("BHXH TỈNH LÀO CAI", "Bảo hiểm XH tỉnh Lào Cai"),
    "education": ("PHÒNG GDĐT", "Phòng Giáo dục - Đào tạo", "NGÀNH GIÁO DỤC"),
    "housing": ("SỞ XD LÀO CAI", "Sở Xây dựng Lào Cai"),
    "water": ("NGÀNH NÔNG NGHIỆP", "Phòng NN và PTNT", "TRUNG TÂM NƯỚC SẠCH"),
}  # fmt: skip

MONEY: dict[int, tuple[str, ...]] = {
    1: ("Đơn vị tiền: đồng", "(tính bằng đồng)", "Tiền VN: đồng", "Đvt: đ"),
    1_000: ("Đvt: ng.đồng", "(tính bằng nghìn đồng)", "Đơn vị tiền: nghìn đồng", "ĐV: 1000 đồng"),
    1_000_000: ("Đvt: trđ", "(tính bằng triệu đồng)", "Đơn vị tiền: triệu đồng", "ĐV: tr đồng"),
}  # fmt: skip

STEMS: dict[str, tuple[str, ...]] = {
    "register_commune": ("dan cu cac xa", "So lieu dan cu"), "register_household": ("hongheo", "KQ ra soat"),
    "register_member": ("nhan khau HN", "thanh vien ho ngheo"), "credit_loan": ("saoke", "mon vay"),
    "health_card": ("the bhyt", "DS cap the"), "education_pupil": ("che do HS", "hs ban tru"),
    "housing_support": ("lam nha", "nha o ho ngheo"), "water_village": ("nuoc sach thon", "NS-VSMT"),
    "water_works": ("cong trinh nuoc", "CTCN"),
}  # fmt: skip

_QUARTER = ("một", "hai", "ba", "tư")
_MONTHS = (
    "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai",
)  # fmt: skip


def foreign_heading(
    draw: Draw, form: Contract, unit: Unit, period: Period, factor: int, *, says_money: bool
) -> Heading:
    """Draw a heading of the second vocabulary. Title and line name period and unit; now and then the file name does."""
    made = Heading(closing_place=unit.short if unit.level != "province" else "Lào Cai")
    text, made.as_of = _period_words(draw, period)
    nation = [(2, "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM")] if draw.chance(0.6) else []
    made.lines.append([(0, draw.pick(AGENCIES[form.sector])), *nation])
    made.lines.append(
        [(0, draw.pick((unit.name, unit.name.upper()))), *([(2, "Độc lập - Tự do - Hạnh phúc")] * len(nation))]
    )
    made.lines.append([])
    title: TextLine = [(1, draw.pick(TITLES[form.dataset]))]
    made.lines += [title, [(1, text)]] if draw.chance(0.7) else [[(1, f"{title[0][1]} - {text}")]]
    if draw.chance(0.4):
        made.lines.append(
            [(1, draw.pick((f"Nơi gửi: {unit.name}", f"Thuộc: {unit.name}", f"Số liệu của {unit.name}")))]
        )
    if says_money:
        made.lines.append([(draw.pick((1, 2)), draw.pick(MONEY[factor]))])
    name = plain(unit.short).replace(" ", draw.pick(("", "_")))
    stem = draw.pick(STEMS[form.dataset])
    made.file_stem = draw.pick((f"{stem}_{name}", f"{name} - {stem}", f"{stem} gui tinh", f"{stem} (ban sua)", stem))
    return made


def _period_words(draw: Draw, period: Period) -> tuple[str, date]:
    """The period in words, and the day that it names."""
    last, year = period.last_day, period.year
    day = last - timedelta(days=draw.pick((0, 0, 0, 5, 16)))
    quarter, roman = period.quarter, ("I", "II", "III", "IV")[period.quarter - 1]
    ways = [
        (f"Quý {_QUARTER[quarter - 1]} năm {year}", last), (f"Q.{quarter}/{year}", last),
        (f"Kỳ: Q{quarter} năm {year}", last),
        (f"Quý thứ {_QUARTER[quarter - 1]} - {year}", last), (f"Số liệu quý {roman}.{year}", last),
        (f"Tháng {_MONTHS[last.month - 1]} năm {year}", last), (f"T{last.month}/{year}", last),
        (f"Th. {last.month:02d} năm {year}", last), (f"Có đến ngày {day:%d/%m/%Y}", day),
        (f"Thời điểm {day.day}.{day.month}.{day.year}", day), (f"Chốt số liệu ngày {day:%d-%m-%Y}", day),
        (f"Số liệu tính hết ngày {day.day} tháng {day.month} năm {day.year}", day),
    ]  # fmt: skip
    return draw.pick(ways)
