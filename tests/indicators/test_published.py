"""Official figures beside ours, worked by hand on rows put straight into the warehouse."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, Engine

from etl import pipeline
from etl.indicators import editions, measure
from etl.indicators.published import Published, beside_ours
from etl.model.period import Period
from etl.reporting import write_report
from tests.indicators.test_compare import register
from tests.support import put

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)


@pytest.fixture
def conn(warehouse: Engine):
    with warehouse.connect() as one:
        yield one
        one.rollback()


def told(conn: Connection, period: Period) -> dict[tuple[str, str], Published]:
    found = beside_ours(period, editions.official(conn, period, None), measure.measure(conn, period))
    return {(one.metric, one.scope): one for one in found}


def test_what_tells_of_the_same_stands_beside_ours(conn: Connection) -> None:
    register(conn, PERIOD, 7)
    put(conn, "health_card", "10", [])
    put(conn, "housing_support", "10", [])
    found = told(conn, PERIOD)
    rate = found["poor_household_rate", "province"]
    assert (rate.published, rate.ours, rate.difference, rate.why) == (Decimal("16.25"), 35, Decimal("18.75"), "")
    assert found["population", "Bat Xat|082"].ours == 80 * 23
    assert found["population_rural", "province"].unit_code == "rural"
    plan = found["housing_plan", "province"]
    assert (plan.published, plan.ours, plan.difference) == (824, 824, 0)
    target = found["target_bhyt_coverage", "province"]
    assert (target.published, target.ours, target.difference) == (Decimal("98.7"), Decimal("98.7"), 0)
    assert found["poor_household_rate", "Viet Nam"].why == "no_unit"
    assert found["water_schemes", "Huyen Bac Ha"].why == "not_measured"


def test_another_day_another_standard_and_what_lacks_are_named(conn: Connection) -> None:
    register(conn, Period(2018, 3), 7)
    found = told(conn, Period(2018, 3))
    assert found["poor_household_rate", "province"].why == "other_day"
    assert found["population", "province"].why == "incomplete"
    register(conn, Period(2015, 4), 7)
    by_standard = {
        one.standard: one
        for one in beside_ours(Period(2015, 4), editions.official(conn, Period(2015, 4), None),
                               measure.measure(conn, Period(2015, 4)))
        if one.metric == "poor_household_rate"
    }  # fmt: skip
    assert by_standard["2016-2020"].why == "other_standard"
    assert (by_standard["2011-2015"].why, by_standard["2011-2015"].ours) == ("", 35)


def test_the_report_shows_both_and_the_comparison(conn: Connection, tmp_path: Path) -> None:
    register(conn, PERIOD, 7)
    register(conn, PERIOD.previous(), 8)
    measure.store(conn, PERIOD, measure.measure(conn, PERIOD))
    number = editions.publish(conn, PERIOD, "0").number
    for edition in (None, number):
        content = pipeline.report_content(conn, PERIOD, edition)
        book = openpyxl.load_workbook(write_report(conn, PERIOD, tmp_path, edition, content))
        official = {
            (r[0], r[1], r[2]): r[3:] for r in book["Số liệu đã công bố"].iter_rows(min_row=5, values_only=True)
        }
        rate = official["Tỷ lệ hộ nghèo", "Tỉnh Lào Cai", "31/12/2018"]
        assert rate[:3] == (16.25, 35, 18.75)
        assert "theo trí nhớ" in rate[4]
        assert official["Đề án nhà ở: kế hoạch các năm 2017–2020", None, 2017][:3] == (3296, 3084, 212)
        lines = list(book["So sánh và tiến độ"].iter_rows(min_row=5, values_only=True))
        poor = next(r for r in lines if r[0] == "Tỷ lệ hộ nghèo (%)" and r[1] == "Tỉnh Lào Cai")
        assert poor[2:6] == (35, 40, -5, "–")
        assert poor[6] == "–"
        assert poor[13] == "Cùng kỳ năm trước, đầu năm: chưa có số liệu kỳ đó"
        fall = next(r for r in lines if r[0].startswith("Mức giảm") and r[1] == "Tỉnh Lào Cai")
        assert fall[9:11] == (4, "✔ Đã đạt")
