"""Rows that tell what holds for the rows below them, in place of a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from etl.contracts import Contract
from etl.reference.codes import code_labels
from samples.messy.draw import Draw
from samples.messy.rows import Row

TYPED_VILLAGES = (
    "Thôn Nậm Mạ 2",
    "Thôn 1", "Thôn 12", "Bản Phùng", "Tổ 5", "Tổ dân phố số 3", "Khu 7", "Thôn Séo Pa Cheo", "Bản Lùng Thàng",
)  # fmt: skip
"""Villages that say so themselves: the name in a section row is the name in the list."""


@dataclass(frozen=True)
class Section:
    """What a section row tells: a column, by a label of the row's value."""

    name: str
    key: Callable[[Row], Any]
    label: Callable[[Row, Any], str]


_CLASSES: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("register_household", "classification"): {
        "poor_income": ("Hộ nghèo N1", "Danh sách hộ nghèo N1", "Phần hộ nghèo N1", "CÁC HỘ NGHÈO N1"),
        "poor_deprivation": ("Hộ nghèo N2", "Danh sách hộ nghèo N2", "Phần hộ nghèo N2", "CÁC HỘ NGHÈO N2"),
        "near_poor": ("Hộ cận nghèo", "Danh sách hộ cận nghèo", "Phần hộ cận nghèo", "CÁC HỘ CẬN NGHÈO"),
        "escaped_poor": ("Hộ thoát nghèo", "Danh sách hộ thoát nghèo", "Phần hộ thoát nghèo", "CÁC HỘ THOÁT NGHÈO"),
        "escaped_near_poor": (
            "Hộ thoát cận nghèo", "Danh sách hộ thoát cận nghèo", "Phần hộ thoát cận nghèo", "CÁC HỘ THOÁT CẬN NGHÈO",
        ),
    },
    ("education_pupil", "poverty_class"): {
        "poor": ("Học sinh con hộ nghèo", "HỌC SINH HỘ NGHÈO", "HS diện hộ nghèo"),
        "near_poor": ("Học sinh con hộ cận nghèo", "HỌC SINH HỘ CẬN NGHÈO", "HS diện hộ cận nghèo"),
        "none": ("Học sinh không thuộc hộ nghèo, cận nghèo", "HỌC SINH KHÔNG THUỘC DIỆN", "HS không thuộc diện"),
    },
    ("education_pupil", "level"): {
        "preschool": ("Khối mầm non", "CẤP MẦM NON", "Các trường mầm non"),
        "primary": ("Khối tiểu học", "CẤP TIỂU HỌC", "Các trường tiểu học"),
        "lower_secondary": ("Khối THCS", "CẤP THCS", "Các trường THCS"),
        "upper_secondary": ("Khối THPT", "CẤP THPT", "Các trường THPT"),
    },
    ("credit_loan", "entrusted_by"): {
        "farmers": ("Hội Nông dân", "Ủy thác qua Hội Nông dân", "HỘI NÔNG DÂN"),
        "women": ("Hội Phụ nữ", "Ủy thác qua Hội Phụ nữ", "HỘI PHỤ NỮ"),
        "veterans": ("Hội Cựu chiến binh", "Ủy thác qua Hội Cựu chiến binh", "HỘI CỰU CHIẾN BINH"),
        "youth": ("Đoàn Thanh niên", "Ủy thác qua Đoàn Thanh niên", "ĐOÀN THANH NIÊN"),
        "direct": ("Cho vay trực tiếp", "Ngân hàng cho vay trực tiếp", "CHO VAY TRỰC TIẾP"),
    },
    ("housing_support", "programme"): {
        "d33": ("Hỗ trợ theo QĐ 33", "Nhà ở theo QĐ 33", "QĐ 33/2015"),
        "d4008": ("Hỗ trợ theo QĐ 4008", "Nhà ở theo QĐ 4008", "QĐ 4008/QĐ-UBND"),
        "great_unity": ("Hỗ trợ nhà Đại đoàn kết", "Nhà Đại đoàn kết", "ĐẠI ĐOÀN KẾT"),
    },
    ("housing_support", "kind"): {
        "new_build": ("Hộ xây mới", "NHÀ XÂY MỚI", "Xây mới"), "repair": ("Hộ sửa chữa", "NHÀ SỬA CHỮA", "Sửa chữa"),
    },
    ("water_works", "state"): {
        "sustainable": ("Công trình bền vững", "HOẠT ĐỘNG BỀN VỮNG", "Bền vững"),
        "fair": ("Công trình tương đối bền vững", "HOẠT ĐỘNG TƯƠNG ĐỐI BỀN VỮNG", "Tương đối bền vững"),
        "weak": ("Công trình kém bền vững", "HOẠT ĐỘNG KÉM BỀN VỮNG", "Kém bền vững"),
        "not_working": ("Công trình không hoạt động", "KHÔNG HOẠT ĐỘNG", "Không hoạt động"),
    },
}  # fmt: skip


def class_sections(form: Contract) -> list[str]:
    """Return the columns of a form that section rows can tell: classes, levels, programmes."""
    names = [column for dataset, column in _CLASSES if dataset == form.dataset]
    return [*names, "programme"] if form.dataset == "credit_loan" else names


def class_section(draw: Draw, form: Contract, name: str) -> Section:
    """Return the section of a class."""
    if (form.dataset, name) == ("credit_loan", "programme"):
        shape, known = draw.pick(("Chương trình: {}", "{}", "CT: {}")), code_labels("vbsp_programmes")
        return Section(name, lambda row: row[name], lambda _, code: shape.format(known[code][0]))
    texts = _CLASSES[form.dataset, name]
    style = draw.number(0, min(len(t) for t in texts.values()) - 1)
    return Section(name, lambda row: row[name], lambda _, code: texts[code][style])


def commune_section(draw: Draw) -> Section:
    """Return the section of a commune, by its name with its type."""
    shape = draw.pick(("{}", "{}", "{}:", "* {}", "Địa bàn: {}", "Đơn vị: {}"))
    is_upper = draw.chance(0.25)

    def label(row: Row, _: Any) -> str:
        name: str = row["_commune_name"]
        return shape.format(name.upper() if is_upper else name)

    return Section("commune", lambda row: row["commune"], label)


def village_section(draw: Draw) -> Section:
    """Return the section of a village below its commune."""
    shape = draw.pick(("{}", "{}", "{}:", "- {}"))
    return Section("village", lambda row: (row["commune"], row["village"]), lambda row, _: shape.format(row["village"]))
