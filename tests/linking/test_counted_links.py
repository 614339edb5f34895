"""Which links indicators count: a link between two rows counts whichever of their identifiers are empty."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from sqlalchemy import Connection, Engine, text

from etl.linking.shapes import EXACT
from tests.indicators.test_measure import A_LU, household, values
from tests.support import PERIOD, put

pytestmark = pytest.mark.warehouse

STATED = ("neither", "register", "sector", "different", "same")
"""Which side states an identifier, and whether both state the same."""


@pytest.fixture
def conn(warehouse: Engine) -> Iterator[Connection]:
    with warehouse.connect() as one:
        yield one
        one.rollback()


def numbers(stated: str, place: int) -> tuple[str | None, str | None]:
    """The identifier of the register's row and of the sector's."""
    first, second = f"06300000{place:04d}", f"06400000{place:04d}"
    return {
        "neither": (None, None), "register": (first, None), "sector": (None, first), "different": (first, second),
        "same": (first, first),
    }[stated]  # fmt: skip


def link(conn: Connection, pair: str, sector: tuple[str, int], register: tuple[str, int], method: str) -> None:
    conn.execute(
        text(
            "INSERT INTO history.link (link_id, linked_at, period, pair, submission_id, sheet, row, district_code,"
            " register_submission_id, register_sheet, register_row, register_district_code, method) VALUES"
            " (:id, now(), :period, :pair, :s, 'S', :row, '082', :r, 'S', :register_row, '082', :method)"
        ),
        {"id": f"{pair}-{sector[1]}", "period": str(PERIOD), "pair": pair, "s": sector[0], "row": sector[1],
         "r": register[0], "register_row": register[1], "method": method},
    )  # fmt: skip


@pytest.mark.parametrize("method", ["household_name_birth", "probable", "confirmed"])
def test_a_linked_card_counts_whichever_numbers_are_stated(conn: Connection, method: str) -> None:
    """Every combination of two identifiers on two sides; each member is linked to a card and counts once."""
    kinds = list(product(STATED, ("sector", "different", "same")))  # a card always states its insurance number
    ids, insured = ([numbers(kind[at], place) for place, kind in enumerate(kinds)] for at in (0, 1))
    insured = [(first and first[2:], second and second[2:]) for first, second in insured]
    put(conn, "register_household", "082", [household("1", "poor_income", 0, len(kinds))])
    member = put(conn, "register_member", "082", [
        {"commune": A_LU, "full_name": "A", "household_code": "1", "member_no": place + 1, "birth_year": 1980,
         "id_number": ids[place][0], "insurance_number": insured[place][0]} for place in range(len(kinds))
    ])  # fmt: skip
    card = put(conn, "health_card", "10", [
        {"commune": A_LU, "full_name": "A", "birth_year": 1980, "id_number": ids[place][1],
         "insurance_number": insured[place][1], "valid_from": "2018-01-01", "valid_to": "2018-12-31"}
        for place in range(len(kinds))
    ])  # fmt: skip
    joined = [place for place, kind in enumerate(kinds) if "same" in kind]
    assert values(conn, "HI_POOR")["HI_POOR"][:2] == (len(joined), len(kinds))
    for place in range(len(kinds)):
        link(conn, "card", (card, 10 + place), (member, 10 + place), method)
    counted = conn.execute(text("SELECT row, card_row, method FROM core.card_member ORDER BY row")).all()
    assert [(row, card_row) for row, card_row, _ in counted] == [(10 + p, 10 + p) for p in range(len(kinds))]
    for place, (_, _, how) in enumerate(counted):
        assert (how in EXACT[:2]) == (place in joined and method != "confirmed"), kinds[place]
    assert values(conn, "HI_POOR")["HI_POOR"] == (len(kinds), len(kinds), 100.0)
