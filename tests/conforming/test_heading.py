"""What a file says of itself: period, day and unit, for certain or not at all."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming import read_heading
from etl.conforming.money import stated_units
from etl.contracts import contract
from etl.model.grid import Table
from etl.model.period import Period
from tests.support import TODAY

LOANS = contract("credit_loan")


def heading(*title: str, name: str = "bieu.xlsx", folder: str = "", today: date = TODAY):
    table = Table("S", {}, 9, pd.DataFrame(), {}, "credit_loan", 1.0, tuple(enumerate(title, start=1)))
    found, findings = read_heading([table], LOANS, name, folder, today)
    return found, list(findings["rule"])


@pytest.mark.parametrize(("line", "period", "day"), [
    ("Quý IV năm 2018", "2018-Q4", date(2018, 12, 31)), ("QUÝ 4/2018", "2018-Q4", date(2018, 12, 31)),
    ("(Quý III/2018)", "2018-Q3", date(2018, 9, 30)), ("Tháng 11 năm 2018", "2018-Q4", date(2018, 11, 30)),
    ("THÁNG 02/2018", "2018-Q1", date(2018, 2, 28)), ("(Tính đến ngày 31/12/2018)", "2018-Q4", date(2018, 12, 31)),
    ("Đến hết ngày 15 tháng 10 năm 2018", "2018-Q4", date(2018, 10, 15)), ("Năm 2018", "2018-Q4", date(2018, 12, 31)),
    ("Học kỳ I năm học 2018–2019", "2018-Q4", date(2018, 12, 31)),
    ("Học kỳ II năm học 2017-2018", "2018-Q2", date(2018, 6, 30)),
    ("Quý 4-2018", "2018-Q4", date(2018, 12, 31)), ("QUÝ IV - NĂM 2018", "2018-Q4", date(2018, 12, 31)),
    ("Kỳ báo cáo: 12/2018", "2018-Q4", date(2018, 12, 31)), ("Qúy IV/2018", "2018-Q4", date(2018, 12, 31)),
    ("Từ 01/10/2018 đến 31/12/2018", "2018-Q4", date(2018, 12, 31)), ("IV/2018", "2018-Q4", date(2018, 12, 31)),
    ("01/10/2018 - 31/12/2018", "2018-Q4", date(2018, 12, 31)), ("Quý IV năm 2O18", "2018-Q4", date(2018, 12, 31)),
    ("Đến hết tháng 12/2018", "2018-Q4", date(2018, 12, 31)), ("4 quý năm 2018", "2018-Q4", date(2018, 12, 31)),
    ("Quý: IV   Năm: 2018", "2018-Q4", date(2018, 12, 31)), ("Năm 2018 - Quý IV", "2018-Q4", date(2018, 12, 31)),
    ("Tháng mười hai năm 2018", "2018-Q4", date(2018, 12, 31)), ("Tháng năm năm 2018", "2018-Q2", date(2018, 5, 31)),
    ("Quý lV năm 2018", "2018-Q4", date(2018, 12, 31)), ("QUÝ 1V/2018", "2018-Q4", date(2018, 12, 31)),
    ("Quý III năm 2O18", "2018-Q3", date(2018, 9, 30)), ("Quý lII/2018", "2018-Q3", date(2018, 9, 30)),
    ("Tháng 10, 11, 12/2018", "2018-Q4", date(2018, 12, 31)), ("Tháng 7,8,9 năm 2018", "2018-Q3", date(2018, 9, 30)),
    ("Thời điểm báo cáo: 31/12/2018", "2018-Q4", date(2018, 12, 31)), ("(12/2018)", "2018-Q4", date(2018, 12, 31)),
    ("Kết quả quý IV và cả năm 2018", "2018-Q4", date(2018, 12, 31)),
    ("Quý tư năm 2018", "2018-Q4", date(2018, 12, 31)), ("Quý IV/18", "2018-Q4", date(2018, 12, 31)),
    ("Từ tháng 10 đến tháng 12 năm 2018", "2018-Q4", date(2018, 12, 31)), ("T11/18", "2018-Q4", date(2018, 11, 30)),
    ("Từ tháng 10/2018 đến tháng 11/2018", "2018-Q4", date(2018, 11, 30)), ("Kỳ: Quý 3.2018", "2018-Q3", date(2018, 9, 30)),
    ("9 tháng năm 2018", "2018-Q3", date(2018, 9, 30)), ("Sáu tháng đầu năm 2018", "2018-Q2", date(2018, 6, 30)),
    ("Thời điểm 31/12/2018", "2018-Q4", date(2018, 12, 31)), ("31.12.2018", "2018-Q4", date(2018, 12, 31)),
    ("HK1 (2018-2019)", "2018-Q4", date(2018, 12, 31)), ("Năm học 2018-2019, học kỳ I", "2018-Q4", date(2018, 12, 31)),
    ("Quarter 4, 2018", "2018-Q4", date(2018, 12, 31)),
    ("Danh sách dư nợ tháng 12/2018 (quý IV năm 2018)", "2018-Q4", date(2018, 12, 31)),
])  # fmt: skip
def test_periods_in_words(line: str, period: str, day: date) -> None:
    found, rules = heading("HUYỆN BÁT XÁT", line)
    assert rules == []
    assert (str(found.period), found.as_of, found.unit_code) == (period, day, "082")


@given(
    st.integers(2015, 2018),
    st.integers(1, 4),
    st.sampled_from(["Quý {r} năm {y}", "quý {n}/{y}", "{y}-Q{n}", "Q{n} {y}", "quý {r}-{y}", "năm {y} quý {n}"]),
)
def test_any_quarter_from_title_name_or_folder(year: int, quarter: int, form: str) -> None:
    words = form.format(r=("I", "II", "III", "IV")[quarter - 1], n=quarter, y=year)
    for found, rules in (
        heading("Huyện Bát Xát", words),
        heading("Huyện Bát Xát", name=f"du_no_{words}.xlsx".replace("/", "-")),
        heading("Huyện Bát Xát", folder=words),
    ):
        assert (rules, found.period) == ([], Period(year, quarter))


@pytest.mark.parametrize(("title", "name", "folder", "rules"), [
    (["Huyện Bát Xát"], "a.xlsx", "", ["period_missing"]),
    (["Quý IV năm 2018"], "a.xlsx", "", ["unit_missing"]),
    (["Huyện Bát Xát", "Quý IV năm 2018"], "a_2018-Q3.xlsx", "", ["period_conflict"]),
    (["Huyện Bát Xát", "Quý IV năm 2018"], "a.xlsx", "2018-Q3", ["period_conflict"]),
    (["Huyện Bát Xát", "Quý IV năm 2018"], "Huyện Sa Pa.xlsx", "", ["unit_conflict"]),
    (["Huyện Bát Xát", "Quý V năm 2018"], "a.xlsx", "", ["period_unreadable"]),
    (["Huyện Bát Xát", "Tháng 13 năm 2018"], "a.xlsx", "", ["period_unreadable"]),
    (["Huyện Bát Xát", "Tính đến ngày 31/11/2018"], "a.xlsx", "", ["period_unreadable"]),
    (["Huyện Bát Xát", "Quý II năm 2019"], "a.xlsx", "", ["period_in_future"]),
    ([], "a.xlsx", "", ["period_missing", "unit_missing"]),
])  # fmt: skip
def test_what_is_not_certain_is_not_taken(title: list[str], name: str, folder: str, rules: list[str]) -> None:
    found, told = heading(*title, name=name, folder=folder)
    assert told == rules
    assert found.period is None or found.unit_code is None or rules == ["period_in_future"]


def test_the_line_of_the_signature_is_no_period() -> None:
    found, rules = heading("Huyện Bát Xát", "Quý IV năm 2018", "Bát Xát, ngày 05 tháng 01 năm 2019")
    assert (rules, str(found.period)) == ([], "2018-Q4")


def test_a_district_goes_before_the_province() -> None:
    found, _ = heading("TỈNH LÀO CAI", "HUYỆN SA PA", "Quý IV năm 2018")
    assert found.unit_code == "088"
    found, _ = heading("UBND TỈNH LÀO CAI", "Quý IV năm 2018")
    assert found.unit_code == "10"


@pytest.mark.parametrize(("line", "unit"), [
    ("ĐVT: trđ", ["triệu đồng"]), ("Đơn vị: triệu đồng", ["triệu đồng"]), ("(ĐVT: 1.000 đ)", ["nghìn đồng"]),
    ("Đơn vị tính: 1000đ", ["nghìn đồng"]), ("(Triệu đồng)", ["triệu đồng"]), ("ĐVT: nghìn VNĐ", ["nghìn đồng"]),
    ("Đơn vị tính: đồng", ["đồng"]), ("ĐVT: Hộ, người, triệu đồng", ["triệu đồng"]), ("Đơn vị: UBND xã Đồng Tuyển", []),
    ("Đơn vị: người", []), ("Danh sách hộ vay dưới 50 triệu đồng", []), ("Xã Triệu Đồng", []),
])  # fmt: skip
def test_the_unit_of_amounts_above_the_table(line: str, unit: list[str]) -> None:
    table = Table("S", {}, 9, pd.DataFrame(), {}, "credit_loan", 1.0, ((3, line),))
    assert stated_units(table) == unit


@pytest.mark.parametrize(("dataset", "titles", "name", "unit"), [
    ("water_village", [["UBND XÃ VĂN BÀN", "Xã Văn Bàn"]], "a.xlsx", "03082"),
    ("water_village", [["UBND TỈNH LÀO CAI", "UBND XÃ VĂN BÀN"]], "a.xlsx", "03082"),
    ("water_village", [["PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ", "Phường Cam Đường, tỉnh Lào Cai"]], "a.xlsx", "02671"),
    ("water_village", [[]], "Nuoc sach - Xa Cat Thinh.csv", "04693"), ("water_village", [[]], "04693_2025-Q4.csv", "04693"),
    ("water_village", [["UBND TỈNH LÀO CAI", "Xã Văn Bàn"], ["UBND TỈNH LÀO CAI", "Xã Cát Thịnh"]], "a.xlsx", "15"),
    ("water_village", [["UBND TỈNH LÀO CAI", "Xã Văn Bàn"]], "Nuoc sach - Tinh Lao Cai.xlsx", "15"),
    ("housing_support", [["UBND TỈNH LÀO CAI", "Xã Văn Bàn"]], "a.xlsx", "15"), ("water_village", [["TỈNH LÀO CAI"]], "a", "15"),
    ("water_village", [["Xã Văn Bàn"], ["Xã Cát Thịnh"]], "a.xlsx", None),
])  # fmt: skip
def test_who_submits_since_there_are_no_districts(
    dataset: str, titles: list[list[str]], name: str, unit: str | None
) -> None:
    tables = [
        Table(f"S{i}", {}, 9, pd.DataFrame(), {}, dataset, 1.0, tuple(enumerate([*title, "Quý IV năm 2025"], start=1)))
        for i, title in enumerate(titles)
    ]
    read, findings = read_heading(tables, contract(dataset), name, "2025-Q4", date(2026, 1, 20))
    assert (read.unit_code, list(findings["rule"])) == (unit, [] if unit else ["unit_conflict"])
