"""Kinds of links between sectors, as people read them."""

from __future__ import annotations

LINKS = {
    "insurance_number": "mã số BHXH", "id_number": "số CMND/CCCD", "household_code": "xã và mã hộ",
    "household_name_birth": "mã hộ, họ tên và năm sinh", "probable": "ghép theo xác suất",
    "confirmed": "cán bộ xác nhận",
}  # fmt: skip
"""Kinds of links between sectors, in the order of core.link_rank."""
