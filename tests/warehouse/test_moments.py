"""Whoever publishes, freezes an edition or asks about now takes turns, so that no moment changes afterwards."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, text

from etl.indicators import editions, measure
from etl.model.period import Period
from etl.warehouse import at, ledger, moments
from tests.warehouse.test_publish import Drop, journey

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)
DROP = Drop("082", date(2018, 12, 31), 0, "a.xlsx")


def freeze(warehouse: Engine) -> editions.Edition:
    with warehouse.begin() as conn:
        return editions.publish(conn, PERIOD, "0")


def kept(conn: Connection, number: int) -> list[str]:
    query = text("SELECT submission_id FROM mart.edition_submission WHERE number = :number ORDER BY 1")
    return list(conn.scalars(query, {"number": number}))


def accepted(conn: Connection, submission: str) -> datetime:
    moment = ledger.get(conn, submission).accepted_at
    assert moment is not None
    return moment


def test_an_edition_has_what_was_accepted_before_its_moment_and_nothing_else(warehouse: Engine) -> None:
    with ThreadPoolExecutor() as pool:
        with warehouse.begin() as conn:
            one = journey(conn, DROP, 1)
            waiting = pool.submit(freeze, warehouse)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        edition = waiting.result(timeout=20)
        with warehouse.begin() as conn:
            assert editions.publish(conn, PERIOD, "0").as_of == edition.as_of
            publishing = pool.submit(lambda: publish_another(warehouse))
            with pytest.raises(TimeoutError):
                publishing.result(timeout=0.5)
        two = publishing.result(timeout=20)
    with warehouse.begin() as conn:
        assert kept(conn, edition.number) == [one]
        assert accepted(conn, one) < edition.as_of < accepted(conn, two)
        at(conn, edition.as_of)
        assert [s.submission_id for s in measure.counting(conn, PERIOD)] == [one]


def publish_another(warehouse: Engine) -> str:
    with warehouse.begin() as conn:
        return journey(conn, Drop("088", date(2018, 12, 31), 0, "b.xlsx"), 2)


def test_now_waits_for_who_is_publishing_and_stays_what_it_was(warehouse: Engine) -> None:
    def ask() -> tuple[datetime, list[str]]:
        with warehouse.begin() as conn:
            moment = moments.stand_at(conn, None)
            return moment, [s.submission_id for s in measure.counting(conn, PERIOD)]

    with ThreadPoolExecutor() as pool:
        with warehouse.begin() as conn:
            one = journey(conn, DROP, 1)
            waiting = pool.submit(ask)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        moment, counted = waiting.result(timeout=20)
    assert counted == [one]
    publish_another(warehouse)
    with warehouse.begin() as conn:
        at(conn, moment)
        assert [s.submission_id for s in measure.counting(conn, PERIOD)] == [one]


def test_a_moment_is_later_than_all_before_also_when_the_clock_was_set_back(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        one = journey(conn, DROP, 1)
        ahead = datetime(2999, 1, 1, tzinfo=UTC)
        conn.execute(text("UPDATE intake.submission SET accepted_at = :m WHERE id = :id"), {"m": ahead, "id": one})
        edition = editions.publish(conn, PERIOD, "0")
        two = journey(conn, Drop("088", date(2018, 12, 31), 0, "b.xlsx"), 2)
        assert ahead < edition.as_of < accepted(conn, two)
        conn.rollback()
