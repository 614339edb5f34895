"""Indicators counted by hand on a few rows of each sector, put straight into the warehouse."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from etl.indicators import editions, measure, trace
from tests.indicators.test_measure import A_LU, PERIOD, UNITS, card, conn, household, totals, values
from tests.support import put

pytestmark = pytest.mark.warehouse
__all__ = ["conn"]

MOVES = tuple(f"POV_MOVES.{part}" for part in ("start", "end", "escaped", "returned", "new", "difference"))


def test_moves_into_and_out_of_poverty(conn: Connection) -> None:
    put(conn, "register_commune", "082", totals("082"))  # three poor at the start in each commune
    put(conn, "register_household", "082", [
        household("1", "poor_income", 0, 4, change="continuing"),
        household("2", "poor_deprivation", 0, 4, change="new"), household("3", "poor_income", 0, 4, change="new"),
        household("4", "poor_income", 0, 4, change="returned"), household("5", "poor_income", 0, 4),
        household("6", "escaped_poor", 0, 4, change="escaped"), household("7", "near_poor", 0, 4, change="new"),
        household("8", "escaped_near_poor", 0, 4, change="escaped"),
    ])  # fmt: skip
    found = values(conn, *MOVES)
    # Of 3 one escaped, one returned, two are new: that makes 5, and 5 are poor.
    assert [found[code][0] for code in MOVES] == [3, 5, 1, 1, 2, 0]
    assert {v[1] for v in found.values()} == {None}
    # The other communes began with three poor each and list none.
    others = 3 * (len(UNITS.communes_in("082")) - 1)
    assert values(conn, *MOVES, unit="082")["POV_MOVES.difference"][0] == -others


def test_a_stock_needs_its_own_list_alone(conn: Connection) -> None:
    put(conn, "register_commune", "082", totals("082"))
    frame = measure.measure(conn, PERIOD).set_index(["indicator", "unit_code"])
    assert frame.loc["POV_MOVES.start", "082"]["complete"]
    assert frame.loc["POV_MOVES.end", "082"]["missing"] == ["register_household 082"]
    assert frame.loc["POV_MOVES.difference", "082"]["missing"] == ["register_household 082"]


def test_the_poor_among_minorities(conn: Connection) -> None:
    other = UNITS.communes_in("082")[1].code
    stated = [row | ({"households_minority": 4} if row["commune"] == A_LU else {}) for row in totals("082")]
    put(conn, "register_commune", "082", stated)
    put(conn, "register_household", "082", [
        household("1", "poor_income", 0, 4, ethnicity="Hmông"), household("2", "poor_income", 0, 4, ethnicity="Kinh"),
        household("3", "near_poor", 0, 4, ethnicity="Dao"), household("1", "poor_income", 0, 4, other, ethnicity="Dao"),
    ])  # fmt: skip
    assert values(conn, "POV_MINORITY")["POV_MINORITY"] == (1, 4, 25.0)
    # Nobody knows how many there are in the other communes: their poor do not count either.
    assert values(conn, "POV_MINORITY", unit="082")["POV_MINORITY"] == (1, 4, 25.0)
    assert values(conn, "POV_MINORITY", unit=other)["POV_MINORITY"] == (0, 0, None)


def test_loans_by_household_and_by_how_they_were_found(conn: Connection) -> None:
    put(conn, "register_household", "082", [
        household("1", "poor_income", 0, 4, head_id_number="063000000001"), household("2", "near_poor", 0, 4),
        household("3", "poor_income", 0, 4, needs_loan=True, loan_eligible=True, head_id_number="063000000003"),
        household("4", "near_poor", 0, 4), household("5", "escaped_poor", 0, 4),
    ])  # fmt: skip
    put(conn, "register_member", "082", [
        {"commune": A_LU, "full_name": "A", "household_code": "3", "member_no": 1, "id_number": "063000000003"}])  # fmt: skip
    loan = {"customer_code": "K", "borrower_name": "A", "commune": A_LU, "programme": "HN", "disbursed_on": "2017-01-01",
            "principal": 50}  # fmt: skip
    put(conn, "credit_loan", "082", [
        {**loan, "loan_code": "1", "household_code": "1", "outstanding": 30, "borrower_id_number": "063000000009"},
        {**loan, "loan_code": "2", "household_code": "3", "overdue": 10, "borrower_id_number": "063000000003"},
        {**loan, "loan_code": "3", "household_code": "5", "outstanding": 20, "frozen": 15},
        {**loan, "loan_code": "4", "household_code": "4", "outstanding": 0},
    ])  # fmt: skip
    frame = measure.measure(conn, PERIOD).set_index(["indicator", "unit_code"])
    access, need = frame.loc["CREDIT_ACCESS", A_LU], frame.loc["CREDIT_NEED_MET", A_LU]
    assert (access["numerator"], access["denominator"], access["value"]) == (2, 4, 50.0)
    # Loan 2 is household 3's by number and by code: the number is the better reason.
    assert (access["by_link"], need["by_link"]) == ({"household_code": 1, "id_number": 1}, {"id_number": 1})
    assert frame.loc["CREDIT_OVERDUE", A_LU][["numerator", "denominator"]].tolist() == [10, 75]
    assert frame.loc["CREDIT_OVERDUE", A_LU]["by_link"] is None
    rows = trace.trace(conn, "CREDIT_ACCESS", PERIOD, "082")
    assert [(r.numerator, r.link) for r in rows.itertuples()] == [
        (1, "household_code"), (0, None), (1, "id_number"), (0, None)]  # fmt: skip
    assert conn.scalar(text("SELECT count(*) FROM core.loan_household WHERE row = 12")) == 1


def test_cards_held_twice_and_cards_that_lapse(conn: Connection) -> None:
    elsewhere = UNITS.communes_in("088")[0].code
    put(conn, "register_household", "082", [household("1", "poor_income", 0, 4), household("2", "escaped_poor", 0, 1)])
    member = {"commune": A_LU, "full_name": "A", "full_name_key": "a"}
    put(conn, "register_member", "082", [
        {**member, "household_code": "1", "member_no": 1, "insurance_number": "0000000001"},
        {**member, "household_code": "1", "member_no": 2, "id_number": "063000000002"},
        {**member, "household_code": "1", "member_no": 3, "insurance_number": "0000000003",
         "id_number": "063000000003"},
        {**member, "household_code": "2", "member_no": 1, "insurance_number": "0000000004"},
    ])  # fmt: skip
    put(conn, "register_household", "088", [])
    put(conn, "register_member", "088", [])
    put(conn, "health_card", "10", [
        card("0000000001", A_LU, "2018-01-01", "2018-12-31"),  # ends on the day: has not lapsed within the days after it
        card("0000000001", A_LU, "2018-06-01", "2019-01-01"),  # the first day after
        card("0000000001", A_LU, "2018-06-01", "2019-05-01"),  # a third card of one person: still one person
        card("0000000002", A_LU, "2018-01-01", "2019-01-30", id_number="063000000002"),  # the last of the thirty days
        card("0000000002", A_LU, "2018-01-01", "2019-01-31", id_number="063000000002"),
        card("0000000003", elsewhere, "2018-01-01", "2019-01-15", id_number="063000000003"),
        card("0000000003", A_LU, "2019-01-01", "2019-01-20"),  # not valid yet
        card("0000000004", A_LU, "2018-01-01", "2019-01-15"),  # of a household that has escaped
    ])  # fmt: skip
    frame = measure.measure(conn, PERIOD).set_index(["indicator", "unit_code"])
    twice = frame.loc["HI_DUPLICATE", A_LU]
    assert (twice["value"], twice["target"], twice["met"]) == (2.0, 0, False)
    assert frame.loc["HI_DUPLICATE", elsewhere]["met"]
    assert (frame.loc["HI_EXPIRING", A_LU]["value"], frame.loc["HI_EXPIRING", elsewhere]["value"]) == (2.0, 1.0)
    assert frame.loc["HI_EXPIRING", A_LU]["by_link"] == {"id_number": 1, "insurance_number": 1}
    assert frame.loc["HI_EXPIRING", elsewhere]["by_link"] == {"insurance_number": 1}
    # A person whose cards are found in two ways was found by the better one.
    assert frame.loc["HI_POOR", A_LU]["by_link"] == {"insurance_number": 2, "id_number": 1}
    assert len(trace.trace(conn, "HI_DUPLICATE", PERIOD, A_LU)) == 2


def test_pupils_their_relief_support_and_leaving(conn: Connection) -> None:
    pupil = {"full_name": "A", "full_name_key": "a", "birth": "2008-05-01", "commune": A_LU, "school_name": "T",
             "level": "primary"}  # fmt: skip
    cases = [
        ("enrolled", "poor", "full", 9), ("enrolled", "poor", "p70", 0), ("enrolled", "poor", None, None),
        ("enrolled", "near_poor", "p50", 3), ("enrolled", "near_poor", "full", None), ("enrolled", "near_poor", None, 0),
        ("enrolled", "near_poor", "none", 0), ("enrolled", "none", "full", 9), ("enrolled", None, "full", 9),
        ("dropped_out", "poor", "full", 9), ("transferred", "poor", "full", 9),
    ]  # fmt: skip
    names = ("status", "poverty_class", "fee_relief", "support_months")
    put(conn, "education_pupil", "082", [
        {**pupil, "pupil_code": str(at), **dict(zip(names, case, strict=True))} for at, case in enumerate(cases)])  # fmt: skip
    assert values(conn, "EDU_FEE_RELIEF", "EDU_SUPPORT", "EDU_DROPOUT") == {
        "EDU_FEE_RELIEF": (3, 7, float(300 / 7)), "EDU_SUPPORT": (1, 3, float(100 / 3)), "EDU_DROPOUT": (1, 10, 10.0),
    }  # fmt: skip


def test_houses_that_are_hard_and_large_enough(conn: Connection) -> None:
    hard = dict.fromkeys(("hard_floor", "hard_frame", "hard_roof"), True)
    house = {"head_name": "A", "commune": A_LU, "programme": "d33", "kind": "new_build", "progress": "completed"}
    put(conn, "housing_support", "10", [
        {**house, "household_code": str(at), **case} for at, case in enumerate([
            {**hard, "floor_area": 24, "completed_on": "2016-03-01"}, {**hard, "floor_area": 23.9}, {**hard},
            {**hard, "floor_area": 40, "hard_roof": False}, {"floor_area": 40, "hard_floor": True},
            {**hard, "floor_area": 40, "kind": "repair"}, {**hard, "floor_area": 40, "progress": "under_way"},
        ])
    ])  # fmt: skip
    assert values(conn, "HOUSE_HARD", "HOUSE_DONE") == {"HOUSE_HARD": (1, 5, 20.0), "HOUSE_DONE": (0, None, 0.0)}


def test_water_toilets_and_works(conn: Connection) -> None:
    town = next(c.code for c in UNITS.communes_in("088") if not c.is_rural)
    rural = next(c.code for c in UNITS.communes_in("088") if c.is_rural)
    village = {"households": 10, "persons": 40, "persons_hygienic_water": 30}
    rest = {"persons_clean_water": 10, "poor_households": 4, "poor_households_hygienic_water": 3,
            "households_hygienic_toilet": 6}  # fmt: skip
    put(conn, "water_village", "088", [
        {**village, **rest, "commune": rural, "village": "1"}, {**village, "commune": rural, "village": "2"},
        {**village, "commune": rural, "village": "3", "poor_households": 5},
        {**village, **rest, "commune": town, "village": "1"},
    ])  # fmt: skip
    codes = ("WATER_HYGIENIC", "WATER_CLEAN", "WATER_POOR", "TOILET")
    assert values(conn, *codes, unit="088") == {
        "WATER_HYGIENIC": (90, 120, 75.0), "WATER_CLEAN": (10, 40, 25.0), "WATER_POOR": (3, 4, 75.0),
        "TOILET": (12, 20, 60.0),
    }  # fmt: skip
    assert set(values(conn, *codes, unit=town)) == set(values(conn, *codes, unit="urban")) == {"TOILET"}
    put(conn, "water_works", "10", [
        {"works_name": str(at), "commune": rural, "state": state} for at, state in enumerate(["weak", "weak", "fair"])])  # fmt: skip
    states = [f"WORKS_STATE.{s}" for s in ("sustainable", "fair", "weak", "not_working")]
    assert [v[0] for v in values(conn, *states, unit="10").values()] == [0, 1, 2, 0]


def test_what_nobody_sends_yet_is_one_figure_without_numbers(conn: Connection) -> None:
    frame = measure.measure(conn, PERIOD)
    (row,) = frame[frame["indicator"] == "TRAINING_MET"].to_dict("records")
    assert (row["unit_code"], row["unit_level"], row["complete"]) == ("10", "province", False)
    assert [row[n] for n in ("numerator", "denominator", "value", "met")] == [None] * 4
    assert (row["missing"], row["target"]) == (["training 10"], 100)
    assert trace.trace(conn, "TRAINING_MET", PERIOD, "10").empty


def test_an_edition_keeps_how_its_links_were_made(conn: Connection) -> None:
    put(conn, "register_household", "082", [household("1", "poor_income", 0, 4)])
    put(conn, "register_member", "082", [
        {"commune": A_LU, "full_name": "A", "household_code": "1", "member_no": 1, "insurance_number": "0000000001"}])  # fmt: skip
    put(conn, "health_card", "10", [card("0000000001", A_LU, "2018-01-01", "2018-12-31")])
    editions.publish(conn, PERIOD, "1")
    kept = text("SELECT by_link FROM mart.edition_value WHERE indicator = :code AND unit_code = '082'")
    assert conn.scalar(kept, {"code": "HI_POOR"}) == {"insurance_number": 1}
    assert conn.scalar(kept, {"code": "HI_NEAR_POOR"}) == {}
    assert conn.scalar(kept, {"code": "POV_SPLIT.N1"}) is None
