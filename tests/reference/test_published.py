"""Published figures: their names, and whether the totals that the sources state foot."""

from __future__ import annotations

from decimal import Decimal

from etl.indicators.registry import indicators
from etl.model.period import Period
from etl.reference.figures import figures
from etl.reference.published import footings, metrics, unit_of
from etl.reference.units import units_on


def test_every_published_figure_has_a_name_and_what_it_is_held_against_exists() -> None:
    assert set(metrics()) == set(figures()["metric"])
    assert {m.indicator for m in metrics().values() if m.indicator} <= set(indicators())
    assert all(m.group in (None, "urban", "rural", "30a") for m in metrics().values())


def test_totals_that_do_not_foot_in_the_source_are_told() -> None:
    told = {one.vi: (one.total, one.summed, one.difference) for one in footings()}
    # By hand: 118,489 + 79,428 + 61,549 + 36,720 + 63,384 + 110,404 + 84,920 + 62,932 + 87,802 = 705,628.
    assert told["Dân số tỉnh và dân số các huyện"] == (705_628, 705_628, 0)
    assert told["Đề án nhà ở: xây mới và sửa chữa"] == (3296, 3296, 0)
    assert told["Đề án nhà ở: kế hoạch các năm 2017–2020"] == (3296, 3084, 212)
    assert told["Công trình cấp nước theo mô hình quản lý"] == (834, 838, -4)
    assert [one.vi for one in footings() if one.difference] == [
        "Đề án nhà ở: kế hoạch các năm 2017–2020", "Công trình cấp nước theo mô hình quản lý",
    ]  # fmt: skip
    assert all(isinstance(one.total, Decimal) and one.source for one in footings())


def test_places_are_found_as_the_sources_write_them() -> None:
    units = units_on(Period(2018, 4).last_day)
    scopes = ("province", "Bat Xat|082", "082", "Huyen Bac Ha", "Viet Nam", "Lao Cai+Yen Bai merged")
    assert [unit_of(scope, units) for scope in scopes] == ["10", "082", "082", "085", None, None]
