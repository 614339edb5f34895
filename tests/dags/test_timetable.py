"""The quarter's timetable: a set number of working days of Viet Nam after the quarter's end."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pendulum
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.settings import ROOT

sys.path.insert(0, str(ROOT / "plugins"))

from airflow.timetables.base import DataInterval, TimeRestriction
from quarter_timetable import FIXED_HOLIDAYS, QuarterCloseTimetable, QuarterTimetablePlugin

ZONE = "Asia/Ho_Chi_Minh"
STARTS = st.builds(lambda y, q: date(y, 3 * q + 1, 1), st.integers(2015, 2035), st.integers(0, 3))


def interval(timetable: QuarterCloseTimetable, first: date) -> DataInterval:
    return timetable._interval(first)


@pytest.mark.parametrize(("first", "deadline"), [
    # 2019: 1 January is a holiday; working days from 2 January, 15 of them end on 22 January.
    (date(2018, 10, 1), "2019-01-23T06:00:00+07:00"),
    # 2018: from Monday 2 April, 15 working days end on Friday 20 April; the next morning that is none off is Monday.
    (date(2018, 1, 1), "2018-04-23T06:00:00+07:00"),
    # From 2 July (1 July is a Sunday).
    (date(2018, 4, 1), "2018-07-23T06:00:00+07:00"),
])  # fmt: skip
def test_deadlines_counted_by_hand(first: date, deadline: str) -> None:
    assert QuarterCloseTimetable(15).deadline(first) == pendulum.parse(deadline)


def test_further_holidays_put_it_off() -> None:
    tet = [f"2019-01-{day:02d}" for day in (14, 15, 16, 17, 18)]
    assert QuarterCloseTimetable(15, tet).deadline(date(2018, 10, 1)) == pendulum.parse("2019-01-30T06:00:00+07:00")


@given(STARTS, st.integers(0, 40))
def test_between_end_and_deadline_lie_just_the_working_days(first: date, days: int) -> None:
    timetable = QuarterCloseTimetable(days)
    closed = timetable.deadline(first)
    end = interval(timetable, first).end.in_timezone(ZONE).date()
    between = [end + timedelta(days=n) for n in range((closed.date() - end).days)]
    working = [d for d in between if d.weekday() < 5 and (d.month, d.day) not in FIXED_HOLIDAYS]
    assert len(working) == days
    assert closed.weekday() < 5
    assert (closed.hour, closed.timezone_name) == (6, ZONE)


@given(STARTS)
def test_quarters_follow_one_another_without_gap(first: date) -> None:
    timetable = QuarterCloseTimetable(15)
    restriction = TimeRestriction(earliest=pendulum.datetime(2015, 1, 1, tz=ZONE), latest=None, catchup=True)
    info = timetable.next_dagrun_info(last_automated_data_interval=interval(timetable, first), restriction=restriction)
    assert info is not None
    assert info.data_interval is not None
    assert info.data_interval.start == interval(timetable, first).end
    assert info.run_after == timetable.deadline(info.data_interval.start.in_timezone(ZONE).date())


def test_a_fresh_installation_closes_no_quarter_of_the_past() -> None:
    timetable = QuarterCloseTimetable(15)
    for earliest in (None, pendulum.datetime(2018, 1, 1, tz=ZONE)):
        info = timetable.next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(earliest, None, catchup=False)
        )
        assert info is not None
        assert info.run_after > pendulum.now(ZONE)
    missed = timetable.next_dagrun_info(
        last_automated_data_interval=interval(timetable, date(2018, 10, 1)),
        restriction=TimeRestriction(None, None, catchup=False),
    )
    assert missed is not None
    assert missed.run_after <= pendulum.now(ZONE)
    stopped = TimeRestriction(None, pendulum.now(ZONE), catchup=False)
    assert timetable.next_dagrun_info(last_automated_data_interval=None, restriction=stopped) is None


def test_it_survives_serialization_and_is_known_to_airflow() -> None:
    one = QuarterCloseTimetable(10, ["2019-02-04"])
    other = QuarterCloseTimetable.deserialize(one.serialize())
    assert other.serialize() == one.serialize()
    assert other.summary == "quarter + 10 working days"
    assert QuarterCloseTimetable in QuarterTimetablePlugin.timetables
    by_hand = one.infer_manual_data_interval(run_after=pendulum.datetime(2019, 1, 5, tz=ZONE))
    assert by_hand == interval(one, date(2018, 10, 1))
