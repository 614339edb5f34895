"""A timetable that runs once a quarter: a number of working days after the quarter's end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime, timezone

FIXED_HOLIDAYS = frozenset({(1, 1), (4, 30), (5, 1), (9, 2)})
"""(month, day) of the public holidays of fixed date (Bộ luật Lao động, Điều 112)."""

RUN_HOUR = 6


class QuarterCloseTimetable(Timetable):
    """After each quarter's end, on the morning after ``working_days`` working days of Viet Nam.

    working_days: how long sectors have; holidays: further days off (Tết), ISO dates. A run's data interval is the
    quarter that it closes. A run by hand closes the last quarter that has ended.
    """

    description = "once a quarter, after the sectors' deadline"

    def __init__(self, working_days: int = 15, holidays: Iterable[str] = (), zone: str = "Asia/Ho_Chi_Minh") -> None:
        self.working_days = working_days
        self.holidays = tuple(sorted(holidays))
        self.zone = zone

    @property
    def summary(self) -> str:
        """What the UI shows."""
        return f"quarter + {self.working_days} working days"

    def serialize(self) -> dict[str, Any]:
        """The timetable as data."""
        return {"working_days": self.working_days, "holidays": list(self.holidays), "zone": self.zone}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Timetable:
        """The timetable from data."""
        return cls(**data)

    def deadline(self, first_day: date) -> DateTime:
        """When the quarter that begins on a day is closed: the morning after its last working day of grace."""
        day = _next_quarter(first_day)
        left = self.working_days
        while left > 0 or self._is_off(day):
            left -= not self._is_off(day)
            day += timedelta(days=1)
        return DateTime(day.year, day.month, day.day, RUN_HOUR, tzinfo=timezone(self.zone))

    def _is_off(self, day: date) -> bool:
        return day.weekday() >= 5 or (day.month, day.day) in FIXED_HOLIDAYS or day.isoformat() in self.holidays

    def _interval(self, first_day: date) -> DataInterval:
        zone = timezone(self.zone)
        start, end = (DateTime(d.year, d.month, d.day, tzinfo=zone) for d in (first_day, _next_quarter(first_day)))
        return DataInterval(start=start, end=end)

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """The last quarter that has ended by then."""
        local = run_after.in_timezone(self.zone).date()
        return self._interval(_previous_quarter(_quarter_start(local)))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The quarter after the last one that was closed.

        Without catch-up, of several missed deadlines only the last is made up for, and a fresh installation closes no
        quarter whose deadline had passed before: it would publish figures of nothing.
        """
        now = DateTime.now(timezone(self.zone))
        if last_automated_data_interval is not None:
            ended = last_automated_data_interval.end.in_timezone(self.zone).date()
            first_day = _quarter_start(ended)
            while not restriction.catchup and self.deadline(_next_quarter(first_day)) <= now:
                first_day = _next_quarter(first_day)
        else:
            begin = restriction.earliest.in_timezone(self.zone) if restriction.earliest else now.subtract(years=1)
            first_day = _quarter_start(begin.date())
            while not restriction.catchup and self.deadline(first_day) <= now:
                first_day = _next_quarter(first_day)
        run_after = self.deadline(first_day)
        if restriction.latest is not None and run_after > restriction.latest:
            return None
        return DagRunInfo(run_after=run_after, data_interval=self._interval(first_day))


def _quarter_start(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _next_quarter(first_day: date) -> date:
    return date(first_day.year + (first_day.month == 10), (first_day.month + 2) % 12 + 1, 1)


def _previous_quarter(first_day: date) -> date:
    return _quarter_start(first_day - timedelta(days=1))


class QuarterTimetablePlugin(AirflowPlugin):
    """Makes the timetable known to Airflow."""

    name = "quarter_timetable"
    timetables = [QuarterCloseTimetable]  # noqa: RUF012 - Airflow's own form
