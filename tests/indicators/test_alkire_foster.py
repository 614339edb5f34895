"""The Alkire–Foster numbers of published worked examples, from the SQL that measures ours.

No example weighs ten parts alike as the standard of 2016–2021 does. So the view that says who lacks what is
replaced by the example's own matrix, weights and cutoff, in equal parts; identification, weighing and the aggregate are
the product's. Once more, where it can be said in ten equal parts, an example goes in through the register.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest
from sqlalchemy import Connection, text

from etl.indicators import measure
from tests.indicators.test_measure import A_LU, PERIOD, conn, household, values
from tests.support import put

pytestmark = pytest.mark.warehouse
__all__ = ["conn"]


class Case(NamedTuple):
    """A household (or a person, of whom there is one): members, and which of the equal parts it lacks."""

    members: int
    lacks: list[bool]


def given(conn: Connection, cases: list[Case], cutoff: int) -> None:
    """Let these be all households of a commune; poor from ``cutoff`` parts on."""
    put(conn, "register_household", "082", [])
    view = conn.scalar(text("SELECT pg_get_viewdef('core.household_deprivation')"))
    assert "threshold" in view
    rows = ", ".join(
        f"('s', 'S', {at}, '{PERIOD}', '082', '{A_LU}', 'H{at}', 'near_poor', {case.members},"
        f" ARRAY{case.lacks}::boolean[], {sum(case.lacks)}, {len(case.lacks)}, {cutoff})"
        for at, case in enumerate(cases)
    )
    conn.execute(text(
        "CREATE OR REPLACE VIEW core.household_deprivation AS SELECT submission_id, sheet, row, period, district_code,"
        " commune, household_code, classification, members, lacks, lacking, counted, threshold"
        f" FROM (VALUES {rows}) AS e (submission_id, sheet, row, period, district_code, commune, household_code,"
        " classification, members, lacks, lacking, counted, threshold)"))  # fmt: skip


def indices(conn: Connection, weight: str) -> tuple[float, ...]:
    codes = [f"{index}.{weight}" for index in ("MPI_H", "MPI_A", "MPI_M0")]
    found = values(conn, *codes)
    return tuple(found[code][2] for code in codes)


def test_four_persons_and_four_dimensions(conn: Connection) -> None:
    """R package mpindex, tests/testthat: helper-deprivation-profile-simple.R, test-compute-mpi.R (H 0.5, A 0.75,
    M0 0.375 at k = 1/2), https://github.com/yng-me/mpindex.

    The counts 0, 2, 4, 1 at k = 2 of 4 are also those of the matrix of Alkire & Foster (2011), Journal of Public
    Economics 95: 476–487.
    """
    matrix = [[0, 0, 0, 0], [1, 0, 0, 1], [1, 1, 1, 1], [0, 1, 0, 0]]
    given(conn, [Case(1, [bool(v) for v in row]) for row in matrix], cutoff=2)
    assert indices(conn, "person") == indices(conn, "household") == (50.0, 75.0, 37.5)
    # Of 6 deprivations of the poor: a1 two, a2 and b1 one, b2 two. The fourth person's is censored.
    parts = [f"MPI_CONTRIBUTION_{n}.person" for n in range(1, 5)]
    found = values(conn, *parts)
    assert [found[code][2] for code in parts] == [100 * n / 6 for n in (2, 1, 1, 2)]


def test_the_same_through_the_register_in_ten_equal_parts(conn: Connection) -> None:
    # Half of ten, all of ten; two of ten stay below k = 3, as one of four stays below two.
    put(conn, "register_household", "082", [
        household(str(at), "near_poor", lacking, 1) for at, lacking in enumerate((0, 5, 10, 2))])  # fmt: skip
    assert indices(conn, "person") == indices(conn, "household") == (50.0, 75.0, 37.5)


def test_two_persons_and_eleven_indicators_alike(conn: Connection) -> None:
    """R package MPI 0.1.0 on CRAN, vignette MPI_demo (group «Bastia», k = 3): H 1, A and M0 0.4090909, and the
    contribution of each indicator; https://github.com/cran/MPI, inst/doc/MPI_demo.html.
    """
    matrix = [[1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0], [0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0]]
    given(conn, [Case(1, [bool(v) for v in row]) for row in matrix], cutoff=3)
    h, a, m0 = indices(conn, "person")
    assert (h, round(a / 100, 7), round(m0 / 100, 7)) == (100.0, 0.4090909, 0.4090909)
    # The eleventh, of 0, is none of the indicators of 2018.
    parts = [f"MPI_CONTRIBUTION_{n}.person" for n in range(1, 11)]
    found = values(conn, *parts)
    published = [0.1111111, 0.1111111, 0.1111111, 0.2222222, 0, 0.2222222, 0, 0.1111111, 0, 0.1111111]
    assert [round(found[code][2] / 100, 7) for code in parts] == published


def test_four_households_of_the_human_development_report(conn: Connection) -> None:
    """Human Development Report 2011, Technical note 4, «Example using hypothetical data»: H 0.80, A 0.56, MPI 0.45.

    Ten indicators of three dimensions, 1/6 each of education and health, 1/18 each of living standards: eighteen
    equal parts, poor from a third on. The scores are 22.2, 72.2, 38.9 and 50.0 %; which indicators make them up is
    chosen here, and the report's figures are cited from memory.
    """
    weights = [3, 3, 3, 3, 1, 1, 1, 1, 1, 1]
    lacks = [
        (4, [0, 0, 0, 0, 0, 1, 1, 0, 1, 1]), (7, [1, 0, 1, 1, 1, 1, 0, 1, 1, 0]),
        (5, [0, 1, 0, 0, 1, 1, 1, 1, 0, 0]), (4, [0, 1, 1, 0, 1, 0, 0, 1, 1, 0]),
    ]  # fmt: skip
    cases = [
        Case(members, [bool(v) for v, w in zip(row, weights, strict=True) for _ in range(w)]) for members, row in lacks
    ]
    assert [round(100 * sum(case.lacks) / 18, 1) for case in cases] == [22.2, 72.2, 38.9, 50.0]
    given(conn, cases, cutoff=6)
    h, a, m0 = indices(conn, "person")
    assert (h, a, m0) == (80.0, 56.25, 45.0)
    assert (round(h / 100, 2), round(a / 100, 2), round(m0 / 100, 2)) == (0.8, 0.56, 0.45)
    # Counted by household, three of four are poor.
    assert indices(conn, "household")[0] == 75.0
    frame = measure.measure(conn, PERIOD)
    assert frame.loc[(frame["indicator"] == "MPI_H.person") & (frame["unit_code"] == "082"), "numerator"].tolist() == [
        16
    ]
