"""What stands above the table and in the file's name: agency, motto, title, period, unit, unit of the amounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from etl.contracts import Contract
from etl.model.period import Period
from etl.reference.units import Unit
from samples.messy.cells import plain
from samples.messy.draw import Draw

TextLine = list[tuple[int, str]]
"""A line above the table: (place, text), place 0 at the left edge, 1 in the middle, 2 at the right."""

MONEY = {
    1: ("Đơn vị tính: đồng", "ĐVT: đồng", "Đơn vị: đồng", "(Đơn vị tính: đồng)", "ĐVT: Đồng", "Đơn vị tính: VNĐ"),
    1_000: ("ĐVT: 1.000 đ", "Đơn vị tính: nghìn đồng", "(Đơn vị: nghìn đồng)", "ĐVT: 1.000 đồng",
            "Đơn vị tính: ngàn đồng",
            "Đvt: 1000đ"),
    1_000_000: ("ĐVT: triệu đồng", "Đơn vị tính: triệu đồng", "(Đơn vị: triệu đồng)", "ĐVT: Tr.đồng",
                "ĐƠN VỊ TÍNH: TRIỆU ĐỒNG"),
}  # fmt: skip
IN_HEADER = {1: ("(đồng)", "(đ)"), 1_000: ("(1.000 đ)", "(nghìn đồng)"), 1_000_000: ("(triệu đồng)", "(tr.đ)")}
_ROMAN = ("I", "II", "III", "IV")


PERIOD_IN = ("title", "title", "title", "title+name", "name", "folder")
UNIT_IN = ("agency", "line", "both", "name", "agency+name")


@dataclass
class Heading:
    """A file's heading as it is written, and what it truly says. as_of: the day that the title names."""

    lines: list[TextLine] = field(default_factory=list)
    file_stem: str = ""
    folder: str = ""
    as_of: date = date(1900, 1, 1)
    closing_place: str = ""


def heading(draw: Draw, form: Contract, unit: Unit, period: Period, factor: int, *, says_money: bool) -> Heading:
    """Draw a file's heading. The period and the unit stand in the title, the file's name or (the period) the folder."""
    made = Heading(as_of=period.last_day)
    words, made.as_of = _period_words(draw, form, period)
    where_period = draw.one_of("period-in", PERIOD_IN)
    where_unit = draw.one_of("unit-in", UNIT_IN)
    if where_period in ("name", "folder"):
        made.as_of = period.last_day
    says_period, says_agency = where_period.startswith("title"), where_unit in ("agency", "both", "agency+name")
    made.lines += _motto(draw, form, unit, period, with_unit=says_agency)
    place = unit.short if unit.level != "province" else "Lào Cai"
    made.closing_place = place
    if draw.has("dated-on-top", 0.2):
        made.lines.append([(2, _signed(draw, place, period))])
    if draw.has("blank-above-title", 0.6):
        made.lines.append([])
    title = form.title.upper() if draw.one_of("title-case", (True, True, False)) else form.title
    if says_period and draw.has("period-in-title-line", 0.25):
        made.lines.append(
            [(1, f"{title} {words.upper() if title.isupper() else words.lower()}".replace("(", "").replace(")", ""))]
        )
    else:
        made.lines.append([(1, title)])
        if says_period:
            made.lines.append([(1, words)])
    if draw.has("issued-with", 0.25):
        made.lines.append([(1, _issued(draw, unit, period))])
    if where_unit in ("line", "both"):
        made.lines.append([(draw.pick((0, 1)), _unit_line(draw, unit))])
    if any(c.type == "money" for c in form.columns) and says_money:
        made.lines.append([(draw.one_of("money-at", (1, 2, 2)), draw.one_of(f"money-{factor}", MONEY[factor]))])
    if draw.has("blank-under-title", 0.5):
        made.lines.append([])
    made.file_stem, made.folder = _names(draw, form, unit, period, where_period, where_unit)
    return made


def _period_words(draw: Draw, form: Contract, period: Period) -> tuple[str, date]:
    """The period in one of its wordings, and the day that it names."""
    last, q, y = period.last_day, period.quarter, period.year
    roman = _ROMAN[q - 1]
    month = draw.pick((last.month, last.month, last.month - 1))
    end_of_month = date(y, month, 28) + timedelta(days=4)
    end_of_month -= timedelta(days=end_of_month.day)
    some_day = last - timedelta(days=draw.pick((0, 0, 10, 31)))
    quarters = [f"Quý {roman} năm {y}", f"Quý {q}/{y}", f"QUÝ {roman} - {y}", f"Quý {roman}/{y}", f"quý {q} năm {y}",
                f"(Quý {roman} năm {y})", f"Kỳ báo cáo: Quý {roman}/{y}", f"Quý {roman}-{y}",
                f"Quí {roman} năm {y}"]  # fmt: skip
    months = [f"Tháng {month} năm {y}", f"Tháng {month:02d}/{y}", f"THÁNG {month} NĂM {y}", f"(Tháng {month}/{y})",
              f"Tháng {month:02d} - {y}"]  # fmt: skip
    d = some_day
    days = [f"(Tính đến ngày {d:%d/%m/%Y})", f"Đến {d:%d/%m/%Y}", f"tính đến {d.day}/{d.month}/{d.year}",
            f"Từ ngày {period.first_day:%d/%m/%Y} đến ngày {d:%d/%m/%Y}", f"(Số liệu đến ngày {d:%d/%m/%Y})",
            f"Tính đến hết ngày {d.day:02d} tháng {d.month:02d} năm {d.year}", f"Đến ngày {d:%d-%m-%Y}",
            f"Tính đến ngày {d:%d.%m.%Y}", f"Thời điểm: ngày {d:%d/%m/%Y}"]  # fmt: skip
    options = [(words, last) for words in quarters] + [(w, end_of_month) for w in months] + [(w, d) for w in days]
    if q == 4:
        options += [(f"Năm {y}", last), (f"NĂM {y}", last), (f"Năm báo cáo: {y}", last)] * 2
        options += [(f"Học kỳ I năm học {y}–{y + 1}", last), (f"Học kỳ I, năm học {y}-{y + 1}", last),
                    (f"HỌC KỲ I ({y} - {y + 1})", last)] * (4 if form.sector == "education" else 0)  # fmt: skip
    if q == 2 and form.sector == "education":
        options += [(f"Học kỳ II năm học {y - 1}–{y}", last), (f"Học kỳ II - Năm học {y - 1} - {y}", last)] * 4
    return draw.one_of("period", options)


def _motto(draw: Draw, form: Contract, unit: Unit, period: Period, *, with_unit: bool) -> list[TextLine]:
    """Agency left and the nation's motto right, on two or three lines; or the agency alone; or nothing."""
    known = _AGENCIES.get(form.agency, (form.agency,))
    agency = draw.one_of("agency", _AGENCIES_FROM_2025[form.sector] if period >= _WITHOUT_DISTRICTS else known)
    name = unit.name.upper()
    own = (
        agency
        if not with_unit or (unit.level == "province" and "TỈNH" in agency and "LÀO CAI" in agency)
        else f"{agency} {name}"
    )
    nation = draw.one_of("nation", (
        ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc"), None,
    ))  # fmt: skip
    upper = draw.one_of("upper-agency", (None, "UBND TỈNH LÀO CAI", f"UBND {name}"))
    if upper and unit.name.upper() in upper and not with_unit:
        upper = None
    if not with_unit and unit.level == "province":
        upper = None
    left = ([upper] if upper else []) + [own]
    if draw.has("agency-broken", 0.2):
        left = ["\n".join(left)]
    right = list(nation) if nation else []
    height = max(len(left), len(right))
    lines: list[TextLine] = []
    for at in range(height):
        line = ([(0, left[at])] if at < len(left) else []) + ([(2, right[at])] if at < len(right) else [])
        lines.append(line)
    if draw.has("form-number", 0.25):
        lines.insert(0, [(2, draw.pick(("Biểu số 01", "Mẫu số 03/BC-GN", "Phụ lục số II", "Biểu 2b")))])
    return lines


_AGENCIES = {
    "PHÒNG LAO ĐỘNG - TB&XH": ("PHÒNG LAO ĐỘNG - TB&XH", "PHÒNG LĐ-TB&XH", "PHÒNG LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"),
    "PHÒNG GIAO DỊCH NHCSXH": ("PHÒNG GIAO DỊCH NHCSXH", "PGD NHCSXH", "NGÂN HÀNG CSXH - PHÒNG GIAO DỊCH"),
    "BẢO HIỂM XÃ HỘI TỈNH": ("BẢO HIỂM XÃ HỘI",),
    "PHÒNG GIÁO DỤC VÀ ĐÀO TẠO": ("PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "PHÒNG GD&ĐT"),
    "SỞ XÂY DỰNG": ("SỞ XÂY DỰNG",), "SỞ NÔNG NGHIỆP VÀ PTNT": ("SỞ NÔNG NGHIỆP VÀ PTNT", "SỞ NN&PTNT"),
    "PHÒNG NÔNG NGHIỆP VÀ PTNT": ("PHÒNG NÔNG NGHIỆP VÀ PTNT", "PHÒNG NN&PTNT", "PHÒNG NÔNG NGHIỆP"),
}  # fmt: skip


_WITHOUT_DISTRICTS = Period(2025, 3)
_AGENCIES_FROM_2025 = {
    "register": ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "PHÒNG KINH TẾ", "PHÒNG VĂN HÓA - XÃ HỘI", "SỞ NN&MT"),
    "credit": ("PHÒNG GIAO DỊCH NHCSXH", "CHI NHÁNH NHCSXH", "PGD NHCSXH"),
    "health_insurance": ("BẢO HIỂM XÃ HỘI", "BHXH KHU VỰC"),
    "education": ("PHÒNG VĂN HÓA - XÃ HỘI", "SỞ GIÁO DỤC VÀ ĐÀO TẠO", "PHÒNG VH-XH"),
    "housing": ("SỞ XÂY DỰNG", "PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ"),
    "water": ("SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG", "PHÒNG KINH TẾ", "SỞ NN&MT"),
}  # fmt: skip
"""Whose name a form bears since there are no districts, by sector."""


def _signed(draw: Draw, place: str, period: Period) -> str:
    day = period.last_day + timedelta(days=draw.number(2, 40))
    return draw.pick((
        f"{place}, ngày {day.day:02d} tháng {day.month:02d} năm {day.year}",
        f"{place}, ngày …. tháng {day.month} năm {day.year}",
        f"{place}, ngày {day.day} tháng {day.month} năm {day.year}",
    ))  # fmt: skip


def signed(draw: Draw, made: Heading, period: Period) -> str:
    """Place and date below the table."""
    return _signed(draw, made.closing_place, period)


def _issued(draw: Draw, unit: Unit, period: Period) -> str:
    after = period.last_day + timedelta(days=draw.number(2, 30))
    upper = f"UBND {unit.name[0].lower()}{unit.name[1:]}"
    return draw.pick((
        "(Ban hành kèm theo Thông tư số 17/2016/TT-BLĐTBXH ngày 28/6/2016 của Bộ trưởng Bộ LĐ-TB&XH)",
        "Ban hành kèm theo Thông tư số 17/2016/TT-BLĐTBXH ngày 28 tháng 6 năm 2016",
        f"(Kèm theo Báo cáo số {draw.number(3, 200)}/BC-LĐTBXH ngày {after:%d/%m/%Y} của {upper})",
        f"(Kèm theo Công văn số {draw.number(3, 200)}/CV ngày {after.day}/{after.month}/{after.year})",
        f"Kèm theo Quyết định số {draw.number(3, 4000)}/QĐ-UBND ngày {after.day} tháng {after.month} năm {after.year}",
    ))  # fmt: skip


def _unit_line(draw: Draw, unit: Unit) -> str:
    """The submitting unit on a line of its own."""
    if unit.level == "province":
        return draw.pick(("Tỉnh Lào Cai", "TỈNH LÀO CAI", "Đơn vị: Tỉnh Lào Cai", "Tỉnh: Lào Cai"))
    short = {"Huyện": "H.", "Thành phố": "TP.", "Thị xã": "TX.", "Xã": "X.", "Phường": "P."}[unit.type]
    return draw.pick((
        unit.name, unit.name.upper(), f"Đơn vị: {unit.name}", f"Đơn vị báo cáo: {unit.name}", f"{short} {unit.short}",
        f"{unit.name}, tỉnh Lào Cai", f"{unit.name} - Tỉnh Lào Cai", f"Địa bàn: {unit.name}",
    ))  # fmt: skip


def _names(
    draw: Draw, form: Contract, unit: Unit, period: Period, where_period: str, where_unit: str
) -> tuple[str, str]:
    """The file's stem and folder. A name says the period and unit where the title does not."""
    q, y = period.quarter, period.year
    says = ""
    if where_unit.endswith("name"):
        says += " " + draw.pick((unit.name, plain(unit.name), unit.name.upper()))
    if where_period.endswith("name"):
        roman = _ROMAN[q - 1]
        says += " " + draw.pick(
            (f"Quý {roman} năm {y}", f"Quy {q} nam {y}", f"Q{q}-{y}", f"Quy {roman}.{y}", f"{y}-Q{q}", f"Q{q} {y}")
        )
    base = draw.pick(
        ("Bao cao", "DS", "Danh sach", "Biểu 01", "bieu so 2", "Bản sao của Biểu", "BC gui tinh", form.dataset)
    )
    tail = draw.pick(("", "", " (1)", " (sửa lần 2)", " - chinh thuc", "_final"))
    stem = f"{base}{says}{tail}"
    if draw.has("name-underscored", 0.4):
        stem = stem.replace(" ", "_")
    return stem, f"{period}" if where_period == "folder" else draw.pick(("", "", f"{period}"))
