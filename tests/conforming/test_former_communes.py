"""A former commune named with its district is read as its successor, and the answer says so."""

from datetime import date
from pathlib import Path

from tests.support import look

LINES = (
    "CÔNG TRÌNH CẤP NƯỚC TẬP TRUNG", "Năm 2025", "Tỉnh Lào Cai", "",
    "STT;Tên công trình;Xã, phường, thị trấn;Loại hình;Số hộ được cấp nước;Tình trạng hoạt động",
    "1;Công trình cấp nước Lùng Thàng;Xã Nậm Chạc, huyện Bát Xát;Tự chảy;20;Bền vững",
    "2;Công trình cấp nước Nà Khằm;Xã Văn Bàn;Tự chảy;31;Bền vững",
)  # fmt: skip


def test_a_former_commune_is_read_as_its_successor(tmp_path: Path) -> None:
    path = tmp_path / "water_works_15_2025-Q4.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    examined = look(path, sector="water", today=date(2026, 1, 10))
    assert examined.rows["commune"].iloc[0] == "02686"
    found = examined.findings[examined.findings["rule"] == "unit_succeeded"]
    assert [(f.row, f.column, f.severity) for f in found.itertuples()] == [(6, "commune", "info")]
