"""Measuring, worked by hand on rows put straight into the warehouse."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Connection, Engine, text

from etl.indicators import areas, indicators, measure, trace
from etl.indicators.registry import UnknownIndicator, indicator, parameters, queries
from etl.indicators.trace import UnknownUnit
from etl.model.period import Period
from etl.reference.units import units_on
from tests.support import put

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)
UNITS = units_on(PERIOD.last_day)
LACKS = (
    "lacks_health_care", "lacks_insurance", "lacks_adult_education", "lacks_child_schooling", "lacks_housing_quality",
    "lacks_housing_area", "lacks_clean_water", "lacks_toilet", "lacks_telecom", "lacks_information",
)  # fmt: skip
A_LU = "02692"


def household(code: str, classification: str, lacking: int, members: int, commune: str = A_LU, **more: object) -> dict:
    return {
        "household_code": code, "head_name": "Nguyễn Văn An", "head_name_key": "nguyễn văn an", "ethnicity": "01",
        "commune": commune, "area": "rural", "members": members, "classification": classification,
        **dict.fromkeys(LACKS[:lacking], True), **more,
    }  # fmt: skip


def totals(district: str) -> list[dict[str, object]]:
    return [
        {"commune": c.code, "households": 10, "persons": 40, "poor_start": 3, "near_poor_start": 1}
        for c in UNITS.communes_in(district)
    ]


def values(conn: Connection, *codes: str, unit: str = A_LU) -> dict[str, tuple]:
    frame = measure.measure(conn, PERIOD)
    own = frame[(frame["unit_code"] == unit) & frame["indicator"].isin(codes)]
    return {r.indicator: (r.numerator, r.denominator, r.value) for r in own.itertuples()}


@pytest.fixture
def conn(warehouse: Engine):
    with warehouse.connect() as one:
        yield one
        one.rollback()


def test_alkire_foster_as_the_textbook_does_it(conn: Connection) -> None:
    # Five households: deprivation counts 4, 3, 3, 2, 0 of ten; members 2, 5, 3, 6, 4. Poor: c >= 3 (k = 3 of 10).
    put(conn, "register_household", "082", [
        household("1", "poor_income", 4, 2), household("2", "poor_deprivation", 3, 5),
        household("3", "near_poor", 3, 3), household("4", "poor_income", 2, 6), household("5", "near_poor", 0, 4),
        household("6", "escaped_poor", 9, 9),
    ])  # fmt: skip
    found = values(conn, *(f"{m}.{w}" for m in ("MPI_H", "MPI_A", "MPI_M0") for w in ("household", "person")))
    assert found["MPI_H.household"] == (3, 5, 60.0)
    assert found["MPI_A.household"] == (Decimal("1.0"), 3, float(100 / 3))
    assert found["MPI_M0.household"] == (Decimal("1.0"), 5, 20.0)
    assert found["MPI_H.person"] == (10, 20, 50.0)
    assert found["MPI_A.person"] == (Decimal("3.2"), 10, 32.0)
    assert found["MPI_M0.person"] == (Decimal("3.2"), 20, 16.0)
    parts = values(conn, *(f"MPI_CONTRIBUTION_{n}.household" for n in range(1, 11)))
    assert [parts[f"MPI_CONTRIBUTION_{n}.household"][2] for n in (1, 3, 4, 5)] == [30.0, 30.0, 10.0, 0.0]
    assert sum(v[2] for v in parts.values()) == pytest.approx(100)
    assert values(conn, "DEP_1", "DEP_4") == {"DEP_1": (4, 5, 80.0), "DEP_4": (1, 5, 20.0)}
    assert values(conn, "POV_SPLIT.N1", "POV_SPLIT.N2") == {
        "POV_SPLIT.N1": (2, None, 2.0), "POV_SPLIT.N2": (1, None, 1.0)}  # fmt: skip


def test_rates_reductions_and_their_targets(conn: Connection) -> None:
    for district in UNITS.districts:
        put(conn, "register_commune", district.code, totals(district.code))
        rows = [household(c.code, "poor_income", 0, 4, c.code) for c in UNITS.communes_in(district.code)]
        put(conn, "register_household", district.code, rows)
    frame = measure.measure(conn, PERIOD).set_index(["indicator", "unit_code"])
    assert frame.loc["POV_RATE", "10"]["value"] == 10.0
    province = frame.loc["POV_REDUCTION", "10"]
    assert (province["value"], province["target"], province["met"]) == (20.0, Decimal("4.0"), True)
    poorest = frame.loc["POV_REDUCTION", "30a"]
    assert (poorest["value"], poorest["target"], poorest["met"]) == (20.0, Decimal("5.5"), True)
    assert frame.loc["POV_REDUCTION", A_LU]["target"] is None
    assert frame.loc["POV_50", "10"]["value"] == 0.0
    # A level above is the sum of its communes, never a mean of rates.
    for level in ("district", "province", "group"):
        own = frame[frame["unit_level"] == level].loc["POV_RATE"]
        assert (own["numerator"] * 10 == own["denominator"]).all()


def test_what_is_missing_is_not_zero(conn: Connection) -> None:
    put(conn, "register_household", "082", [household("1", "poor_income", 0, 4)])
    put(conn, "register_commune", "082", totals("082")[1:])
    frame = measure.measure(conn, PERIOD).set_index(["indicator", "unit_code"])
    gone = totals("082")[0]["commune"]
    for unit, lacks in ((gone, [f"register_commune {gone}"]), ("082", [f"register_commune {gone}"])):
        row = frame.loc["POV_RATE", unit]
        assert (row["complete"], row["numerator"], row["denominator"], row["value"], row["met"]) == (False, *[None] * 4)
        assert row["missing"] == lacks
    assert frame.loc["POV_RATE", A_LU]["value"] == 10.0
    assert "register_household 088" in frame.loc["POV_RATE", "10"]["missing"]
    # Bát Xát has 23 communes of 40 persons; the one without a row counts as a usual one.
    assert frame.loc["POV_RATE", "082"]["covered"] == pytest.approx(100 * 22 / 23)
    assert frame.loc["POV_RATE", "10"]["covered"] == pytest.approx(100 * 22 / len(UNITS.communes))
    assert (frame.loc["POV_RATE", A_LU]["covered"], frame.loc["HI_COVERAGE", "10"]["covered"]) == (100, 0)
    assert frame.loc["TRAINING_MET", "10"]["covered"] == 0
    # A rate over nothing is complete and has no value.
    empty = frame.loc["DEP_1", "02695"]
    assert (empty["complete"], empty["numerator"], empty["denominator"], empty["value"]) == (True, 0, 0, None)


def card(number: str, commune: str, first: str, last: str, **more: object) -> dict[str, object]:
    return {"insurance_number": number, "full_name": "A", "full_name_key": "a", "birth_year": 1980, "commune": commune,
            "valid_from": first, "valid_to": last, **more}  # fmt: skip


def test_persons_with_a_card_by_exact_identifiers(conn: Connection) -> None:
    put(conn, "register_household", "082", [household("1", "poor_income", 0, 4), household("2", "near_poor", 0, 1)])
    member = {"commune": A_LU, "full_name": "A", "full_name_key": "a"}
    put(conn, "register_member", "082", [
        {**member, "household_code": "1", "member_no": 1, "insurance_number": "0000000001"},
        {**member, "household_code": "1", "member_no": 2, "id_number": "063000000001"},
        {**member, "household_code": "1", "member_no": 3, "insurance_number": "0000000003"},
        {**member, "household_code": "1", "member_no": 4},
        {**member, "household_code": "2", "member_no": 1, "insurance_number": "0000000005"},
    ])  # fmt: skip
    put(conn, "health_card", "10", [
        card("0000000001", A_LU, "2018-01-01", "2018-12-31"),
        card("0000000002", A_LU, "2018-12-31", "2019-12-31", id_number="063000000001"),
        card("0000000003", A_LU, "2018-01-01", "2018-12-30"),  # lapsed the day before
        card("0000000005", A_LU, "2018-01-01", "2018-12-31"),
        card("0000000005", A_LU, "2018-06-01", "2019-05-31"),  # one person, two cards: counted once
    ])  # fmt: skip
    put(conn, "register_commune", "082", totals("082"))
    assert values(conn, "HI_POOR", "HI_NEAR_POOR", "HI_COVERAGE") == {
        "HI_POOR": (2, 4, 50.0), "HI_NEAR_POOR": (1, 1, 100.0), "HI_COVERAGE": (3, 40, 7.5),
    }  # fmt: skip


def test_a_need_is_met_by_an_open_loan_of_the_household(conn: Connection) -> None:
    wants = {"needs_loan": True, "loan_eligible": True}
    put(conn, "register_household", "082", [
        household("1", "poor_income", 0, 4, **wants),
        household("2", "near_poor", 0, 4, **wants, head_id_number="063000000002"),
        household("3", "poor_income", 0, 4, **wants),
        household("4", "poor_income", 0, 4, **wants),
        household("5", "poor_income", 0, 4, needs_loan=True),
        household("6", "escaped_poor", 0, 4, **wants),
    ])  # fmt: skip
    put(conn, "register_member", "082", [
        {"commune": A_LU, "full_name": "A", "household_code": "3", "member_no": 1, "id_number": "063000000003"}])  # fmt: skip
    loan = {"customer_code": "K", "borrower_name": "A", "commune": A_LU, "programme": "HN", "disbursed_on": "2017-01-01",
            "principal": 50}  # fmt: skip
    put(conn, "credit_loan", "082", [
        {**loan, "loan_code": "1", "household_code": "1", "frozen": 1},
        {**loan, "loan_code": "2", "borrower_id_number": "063000000002", "outstanding": 5},
        {**loan, "loan_code": "3", "borrower_id_number": "063000000003", "overdue": 7},
        {**loan, "loan_code": "4", "household_code": "4", "outstanding": 0},
    ])  # fmt: skip
    found = values(conn, "CREDIT_NEED_MET", "CREDIT_OUTSTANDING", "CREDIT_OUTSTANDING.HN")
    assert found == {
        "CREDIT_NEED_MET": (3, 4, 75.0), "CREDIT_OUTSTANDING": (13, None, 13.0), "CREDIT_OUTSTANDING.HN": (13, None, 13.0),
    }  # fmt: skip
    rows = trace.trace(conn, "CREDIT_NEED_MET", PERIOD, "082")
    assert list(rows["numerator"]) == [1, 1, 1, 0]
    assert set(rows["file"]) == {"register_household.xlsx"}


def test_figures_are_measured_anew_only_when_what_they_rest_on_changes(conn: Connection) -> None:
    assert measure.outdated(conn) == []
    put(conn, "register_household", "082", [household("1", "poor_income", 0, 4)])
    assert measure.outdated(conn) == [PERIOD]
    measure.store(conn, PERIOD, measure.measure(conn, PERIOD))
    assert measure.outdated(conn) == []
    put(conn, "register_household", "088", [])
    assert measure.outdated(conn) == [PERIOD]


def test_unknown_names_are_answered_with_what_comes_near(conn: Connection) -> None:
    with pytest.raises(UnknownIndicator, match="nearest: POV_RATE"):
        indicator("POV_RATES")
    with pytest.raises(UnknownIndicator, match=r"nearest: POV_SPLIT\.N1"):
        trace.trace(conn, "POV_SPLIT", PERIOD, "10")
    with pytest.raises(UnknownUnit, match="groups are 30a, urban, rural"):
        trace.trace(conn, "POV_RATE", PERIOD, "nowhere")


def test_the_registry_says_what_each_query_needs(conn: Connection) -> None:
    codes = list(indicators())
    assert len(set(codes)) == len(codes)
    for query in queries():
        result = conn.execute(text(query.sql), parameters(PERIOD))
        own = {"code", "unit_code", "numerator", "denominator", "submission_id", "sheet", "row"}
        assert set(result.keys()) == (own | {"link"} if query.linked else own)
        rows = result.all()
        # In an empty warehouse only the plan of the reference data is there.
        assert [r.code for r in rows] == (["HOUSE_DONE"] if query.kind == "plan" else [])
        assert query.basis
        assert bool(query.datasets) != bool(query.awaits)
    places = areas.areas(PERIOD)
    assert {a.level for a in places} == {"commune", "district", "province", "group"}
    assert sum(a.level == "commune" for a in places) == len(UNITS.communes)
