"""A period's figures beside earlier ones, worked by hand on rows put straight into the warehouse."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from etl.indicators import editions
from etl.indicators.compare import Compared, compare, kept
from etl.model.period import Period
from etl.reference.units import units_on
from tests.indicators.test_measure import household
from tests.support import put

pytestmark = pytest.mark.warehouse

NOW = Period(2018, 3)


@pytest.fixture
def conn(warehouse: Engine):
    with warehouse.connect() as one:
        yield one
        one.rollback()


def register(conn: Connection, period: Period, poor: int, households: int = 20) -> None:
    """The register of the whole province: in each commune so many poor households, at the year's start one in two."""
    for district in units_on(period.last_day).districts:
        communes = units_on(period.last_day).communes_in(district.code)
        rows = [household(str(n), "poor_income", 1, 4, c.code) for c in communes for n in range(poor)]
        totals: list[dict[str, Any]] = [
            {"commune": c.code, "households": households, "persons": 80, "poor_start": households // 2,
             "near_poor_start": 0} for c in communes
        ]  # fmt: skip
        put(conn, "register_household", district.code, rows, period)
        put(conn, "register_commune", district.code, totals, period)


def of(found: list[Compared], indicator: str, unit: str = "10") -> Compared:
    (one,) = (c for c in found if (c.indicator, c.unit_code) == (indicator, unit))
    return one


def test_earlier_figures_differences_and_the_way_to_the_target(conn: Connection) -> None:
    for period, poor in ((NOW, 7), (NOW.previous(), 8), (Period(2017, 4), 10)):
        register(conn, period, poor)
    found = compare(conn, NOW)
    rate = of(found, "POV_RATE")
    assert (rate.value, rate.is_rate, rate.target) == (35.0, True, None)
    assert (rate.previous.period, rate.previous.value, rate.previous.change) == ("2018-Q2", 40.0, -5.0)
    assert (rate.year_start.period, rate.year_start.value, rate.year_start.change) == ("2017-Q4", 50.0, -15.0)
    assert (rate.year_before.value, rate.year_before.change, rate.year_before.why) == (None, None, "no_data")
    assert (rate.quarters_left, rate.needed, rate.pace, rate.on_track) == (None, None, None, None)
    # Counted from the first of January: 15 points in three quarters are five a quarter; 4.0 is reached.
    fall = of(found, "POV_REDUCTION")
    assert (fall.value, fall.previous.change, fall.year_start.change) == (15.0, 5.0, 15.0)
    assert (fall.met, fall.quarters_left, fall.needed, fall.pace, fall.on_track) == (True, 1, None, 5.0, True)
    # A difference of counts is a count.
    assert of(found, "POV_SPLIT.N1", "082").previous.change == -len(units_on(NOW.last_day).communes_in("082"))


def test_a_target_that_is_far_says_how_fast_it_has_to_go(conn: Connection) -> None:
    early = Period(2018, 1)
    register(conn, early, 10)
    slow = of(compare(conn, early), "POV_REDUCTION")
    # Nothing in the first quarter, 4 points in three more.
    assert (slow.value, slow.met, slow.quarters_left) == (0.0, False, 3)
    assert slow.needed == pytest.approx(4 / 3)
    assert (slow.pace, slow.on_track) == (0.0, False)
    # What is counted from January on is not held against December's count.
    assert (slow.previous.value, slow.previous.change, slow.previous.why) == (None, None, "counts_anew")
    late = Period(2018, 4)
    register(conn, late, 10)
    due = of(compare(conn, late), "POV_REDUCTION")
    assert (due.quarters_left, due.needed, due.on_track) == (0, None, False)


def test_a_change_of_the_standard_breaks_the_series(conn: Connection) -> None:
    after = Period(2022, 1)
    register(conn, after, 9)
    register(conn, after.previous(), 5)
    found = compare(conn, after)
    rate = of(found, "POV_RATE")
    assert (rate.value, rate.previous.value, rate.previous.change, rate.previous.why) == (45.0, 25.0, None, "standard")
    assert of(found, "POV_RATE", "30a").year_start.why == "standard"
    assert not [c for c in found if c.indicator.startswith("POV_SPLIT")]
    put(conn, "water_village", "082", [], after)
    assert all(c.previous.why != "standard" for c in compare(conn, after) if c.indicator == "WATER_HYGIENIC")


def test_earlier_figures_are_told_on_the_units_of_now(conn: Connection) -> None:
    # Cốc San went from Bát Xát to the city on 1 March 2020.
    after = Period(2020, 1)
    register(conn, after, 6)
    register(conn, after.previous(), 6)
    rate = of(compare(conn, after), "POV_RATE", "02746")
    assert (rate.previous.value, rate.previous.change) == (30.0, 0.0)
    assert of(compare(conn, after), "POV_RATE", "080").previous.approximate


def test_what_lacks_data_or_is_hidden_has_no_difference(conn: Connection) -> None:
    register(conn, NOW, 7)
    register(conn, NOW.previous(), 1)
    conn.execute(
        text(
            "DELETE FROM intake.coverage WHERE period = :p AND dataset = 'register_household' AND district_code = '082'"
        ),
        {"p": str(NOW.previous())},
    )
    found = compare(conn, NOW)
    assert of(found, "POV_RATE").previous.why == "incomplete"
    assert of(found, "POV_RATE", "084").previous.change == 30.0
    # One poor household in a commune: too few to be told, and so is the difference that would tell it.
    small = of(found, "POV_SPLIT.N1", units_on(NOW.last_day).communes_in("084")[0].code)
    assert (small.previous.value, small.previous.change, small.previous.why) == (None, None, "suppressed")


def test_an_edition_keeps_what_it_compared(conn: Connection) -> None:
    register(conn, NOW, 7)
    register(conn, NOW.previous(), 8)
    editions.publish(conn, NOW, "0")
    conn.execute(text("DELETE FROM intake.coverage WHERE period = :p"), {"p": str(NOW.previous())})
    (told,) = (c for c in kept(conn, NOW, 1) if (c["indicator"], c["unit_code"]) == ("POV_RATE", "10"))
    assert told["previous"]["change"] == -5.0
    assert of(compare(conn, NOW), "POV_RATE").previous.why == "no_data"
