"""A quarter of 2018 told on the units of later days: counts go along the successors of communes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from etl.indicators import measure, trace
from etl.indicators.rebase import Rebasing, Sum
from etl.indicators.registry import indicators
from etl.model.period import Period
from etl.reference.units import units_on
from tests.indicators.test_measure import PERIOD, UNITS, household, put

pytestmark = pytest.mark.warehouse

NQ_896, MERGED = date(2020, 3, 1), date(2025, 7, 1)
POOR = {
    "02659": 1, "02746": 2, "02713": 3,  # Thống Nhất, Cốc San (Bát Xát), Tòng Sành
    "02923": 4, "02932": 5,  # Gia Phú, which loses a part to Thống Nhất; Xuân Giao
    "03001": 6, "03016": 7, "03028": 8, "03019": 9,  # TT Sa Pa, Sa Pả, Lao Chải, San Sả Hồ: divided in 2020
}  # fmt: skip
"""Poor households of some communes; every other commune has one."""


@pytest.fixture
def conn(warehouse):
    with warehouse.connect() as one:
        for district in UNITS.districts:
            communes = UNITS.communes_in(district.code)
            put(one, "register_commune", district.code, [
                {"commune": c.code, "households": 10 * POOR.get(c.code, 1), "persons": 40, "poor_start": 3,
                 "near_poor_start": 1} for c in communes
            ])  # fmt: skip
            put(one, "register_household", district.code, [
                household(str(n), "poor_income", 4, 3, c.code) for c in communes for n in range(POOR.get(c.code, 1))
            ])  # fmt: skip
            put(one, "water_village", district.code, [
                {"commune": c.code, "village": "1", "households": 9, "persons": 30, "persons_hygienic_water": 20}
                for c in communes
            ])  # fmt: skip
        put(one, "housing_support", "10", [{"commune": "02659", "household_code": "1", "head_name": "A",
            "programme": "d33", "kind": "repair", "progress": "completed", "completed_on": "2018-10-01"}])  # fmt: skip
        yield one
        one.rollback()


def told(conn: Connection, day: date | None) -> dict[tuple[str, str], tuple]:
    """(indicator, unit) → numerator, denominator, complete, approximate."""
    return {
        (r.indicator, r.unit_code): (r.numerator, r.denominator, r.complete, getattr(r, "approximate", False))
        for r in measure.measure(conn, PERIOD, day).itertuples()
    }


def test_merged_communes_of_2020_by_hand(conn: Connection) -> None:
    found = told(conn, NQ_896)
    # Phường Thống Nhất is a xã of the same code now, and has got a part of Gia Phú, which counts with Gia Phú.
    assert found["POV_SPLIT.N1", "02659"] == (1, None, True, True)
    assert found["POV_SPLIT.N1", "02923"] == (4, None, True, True)
    # Cốc San moved as a whole, so that the city has it and Bát Xát has not.
    assert found["POV_SPLIT.N1", "02746"] == (2, None, True, False)
    own = told(conn, None)
    gone = sum(POOR.get(c, 1) for c in ("02746",))
    assert found["POV_SPLIT.N1", "082"][:2] == (own["POV_SPLIT.N1", "082"][0] - gone, None)
    assert found["POV_RATE", "080"][:2] == (own["POV_RATE", "080"][0] + 2, own["POV_RATE", "080"][1] + 20)
    # The city and Bảo Thắng share the divided Gia Phú; the province has all of it, and Sa Pa all of Sa Pa.
    approximate = {code for code in ("080", "082", "086", "088", "10") if found["POV_RATE", code][3]}
    assert approximate == {"080", "086"}
    # Phường Lào Cai: the former one and Phố Mới. Phường Ô Quý Hồ: a part of Sa Pa, which counts with Phường Sa Pa.
    assert found["POV_SPLIT.N1", "02641"] == (2, None, True, False)
    assert found["POV_SPLIT.N1", "03003"] == (None, None, False, True)
    assert found["POV_SPLIT.N1", "03001"] == (6, None, True, True)
    assert found["POV_SPLIT.N1", "088"] == (own["POV_SPLIT.N1", "088"][0], None, True, False)
    # The plan is the same province's still.
    assert found["HOUSE_DONE", "10"][:2] == (1, 824)


def test_merged_communes_of_2025_by_hand(conn: Connection) -> None:
    found = told(conn, MERGED)
    # Xã Gia Phú: Thống Nhất, Gia Phú and Xuân Giao; one commune again, so nothing in it is approximate.
    assert found["POV_RATE", "02923"] == (10, 100, True, False)
    # Phường Sa Pa has all of the town and of San Sả Hồ's neighbour only what counts with it: Sa Pả's main part.
    assert found["POV_SPLIT.N1", "03006"] == (6 + 7, None, True, True)
    # Xã Tả Van: Hoàng Liên (San Sả Hồ, the main part of Lao Chải), Mường Hoa (Sử Pán, Hầu Thào) and Tả Van itself.
    assert found["POV_SPLIT.N1", "03037"] == (9 + 8 + 1 + 1 + 1, None, True, True)
    # Yên Bái's communes are not in the reference before 2025: they have no figure, nor has the province with them.
    assert found["POV_SPLIT.N1", "04252"] == (None, None, False, False)
    assert found["POV_RATE", "15"] == (None, None, False, False)
    assert ("POV_RATE", "30a") not in found
    # Communes of 50 % and more do not add up, wherever they lie.
    assert found["POV_50", "02923"][:3] == (None, None, False)


@pytest.mark.parametrize("day", [date(2019, 6, 30), NQ_896, date(2021, 12, 31), date(2024, 12, 31), MERGED])
def test_the_former_province_keeps_its_total(conn: Connection, day: date) -> None:
    own = told(conn, None)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for (code, unit), (numerator, denominator, *_) in told(conn, day).items():
        if len(unit) == 5 and unit.isdigit():
            sums[code][0] += numerator or 0
            sums[code][1] += denominator or 0
    whole = {c: own[c, "10"] for c in indicators() if own.get((c, "10"), (0, 0, False))[2]}
    assert {"POV_RATE", "DEP_1", "MPI_A.person", "MPI_M0.household", "WATER_HYGIENIC", "HOUSE_DONE"} <= set(whole)
    for code, (numerator, denominator, *_) in whole.items():
        if indicators()[code].query.not_rebased and day >= NQ_896:
            assert sums[code] == [0, 0]
            continue
        plan = indicators()[code].query.kind == "plan"
        assert sums[code] == [numerator, 0 if plan else denominator or 0], code


def test_where_nothing_has_changed_the_figures_are_those_of_the_own_day(conn: Connection) -> None:
    own, later = measure.measure(conn, PERIOD), measure.measure(conn, PERIOD, date(2019, 6, 30))
    assert not later["approximate"].any()
    assert own.equals(later[list(own.columns)])


def test_what_a_part_lacks_the_whole_lacks(conn: Connection) -> None:
    put(conn, "health_card", "10", [])
    conn.exec_driver_sql("DELETE FROM intake.coverage WHERE dataset = 'register_household' AND district_code = '082'")
    frame = measure.measure(conn, PERIOD, MERGED).set_index(["indicator", "unit_code"])
    coc_san = frame.loc["POV_RATE", "02746"]  # Đồng Tuyển of the city, Cốc San and Tòng Sành of Bát Xát
    assert (coc_san["complete"], coc_san["missing"]) == (False, ["register_household 082"])
    assert frame.loc["POV_RATE", "02923"]["complete"]


def test_the_rows_behind_a_number_of_later_units(conn: Connection) -> None:
    rows = trace.trace(conn, "POV_RATE", PERIOD, "02923", MERGED)
    assert set(rows["unit_code"]) == {"02659", "02923", "02932"}
    assert (rows["numerator"].sum(), rows["denominator"].dropna().sum()) == (10, 100)
    assert trace.trace(conn, "HOUSE_DONE", PERIOD, "10", NQ_896)["denominator"].dropna().tolist() == [824]
    assert not len(trace.trace(conn, "POV_RATE", PERIOD, "04252", MERGED))
    with pytest.raises(trace.UnknownUnit, match="on 01/07/2025"):
        trace.trace(conn, "POV_RATE", PERIOD, "082", MERGED)
    with pytest.raises(ValueError, match="later units only"):
        measure.measure(conn, PERIOD, date(2018, 12, 30))


@given(
    st.sampled_from([Period(2009, 4), PERIOD, Period(2020, 1), Period(2024, 4), Period(2025, 4)]),
    st.integers(0, 7000),
    st.data(),
)
def test_nothing_is_lost_and_nothing_counts_twice(period: Period, days: int, data: st.DataObject) -> None:
    """Any figures by commune, moved to any later day: the same total over what goes anywhere at all."""
    rebasing = Rebasing.from_period(period, period.last_day + timedelta(days=days))
    codes = [c.code for c in units_on(period.last_day).communes]
    given_sums = {
        ("X", code): Sum(Decimal(n), Decimal(n + 1), n)
        for code, n in zip(codes, data.draw(st.lists(st.integers(0, 99), max_size=len(codes))), strict=False)
    }
    moved = rebasing.sums(given_sums)
    nothing = Sum(Decimal(0), None, 0)
    assert sum(moved.values(), nothing) == sum(given_sums.values(), nothing)
    assert {unit for _, unit in moved} <= {c.code for c in units_on(rebasing.day).communes}
