"""Invented names by ethnic group, as they are built in Lào Cai."""

from __future__ import annotations

import numpy as np

MIX = {
    "urban": {"Kinh": 0.75, "Tày": 0.1, "Giáy": 0.05, "Nùng": 0.05, "Dao": 0.05},
    "rural": {"Kinh": 0.18, "Mông": 0.34, "Tày": 0.18, "Dao": 0.16, "Giáy": 0.06, "Nùng": 0.05, "Phù Lá": 0.02,
              "Hà Nhì": 0.01},
}  # fmt: skip
"""Share of each group among the households of a commune, by the commune's kind."""

_FAMILY = {
    "Kinh": ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đỗ", "Bùi"),
    "Mông": ("Giàng", "Vàng", "Thào", "Sùng", "Lù", "Má", "Hầu", "Cư"),
    "Tày": ("Hoàng", "Lương", "La", "Hà", "Nông", "Lự"),
    "Dao": ("Tẩn", "Chảo", "Lý", "Phàn", "Bàn", "Triệu"),
    "Giáy": ("Vàng", "Lù", "Hoàng", "Nông", "Sần"),
    "Nùng": ("Vàng", "Lùng", "Thền", "Hoàng", "Nùng"),
    "Phù Lá": ("Sần", "Tải", "Giàng", "Lừu"),
    "Hà Nhì": ("Phu", "Ly", "Sào", "Chu", "Ly"),
}
_MIDDLE = {
    "male": {"Kinh": ("Văn", "Đức", "Quang", "Minh"), "Mông": ("A", "Seo", "Mí"), "Dao": ("Láo", "Văn", "Phủ"),
             "": ("Văn", "Đức", "A")},
    "female": {"Kinh": ("Thị", "Thu", "Ngọc"), "Mông": ("Thị", "Seo"), "Dao": ("Thị", "Mùi"), "": ("Thị",)},
}  # fmt: skip
_GIVEN = {
    "male": ("Sử", "Chớ", "Páo", "Lử", "Dế", "Tùng", "Sơn", "Hải", "Dũng", "Toán", "Phử", "Vảng", "Quẩy", "Hoà", "Thuỷ",
             "Khé", "Tráng", "Bình", "Chính", "Vinh"),
    "female": ("Dở", "Mỷ", "Sáy", "Mảo", "Hoa", "Lan", "Huệ", "Xuân", "Mẩy", "Chú", "Dua", "Nhung", "Hoà", "Loan",
               "Thuý", "Pà", "Sai", "Vân", "Yến", "Máy"),
}  # fmt: skip


def name(rng: np.random.Generator, sex: str, ethnicity: str, family: str | None = None) -> str:
    """A full name: family (given or drawn), middle, given."""
    middles = _MIDDLE[sex].get(ethnicity, _MIDDLE[sex][""])
    last = family or _pick(rng, _FAMILY[ethnicity])
    return f"{last} {_pick(rng, middles)} {_pick(rng, _GIVEN[sex])}"


def family_of(full_name: str) -> str:
    """The family name of a full name."""
    return full_name.split(" ", 1)[0]


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
