"""What the DAG files share: sectors, assets, defaults. Imports nothing heavy, does no I/O."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable

SECTORS = ("register", "credit", "health_insurance", "education", "housing", "water")

LOCAL_TIMEZONE = "Asia/Ho_Chi_Minh"

DEFAULTS = {
    "owner": "giamngheo",
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
}
"""Bad data never fails a task; a failed task always means the system, so it is worth trying again."""

PERIOD_PATTERN = r"^\d{4}-Q[1-4]$"


def daily(hour: int) -> CronTriggerTimetable:
    """Every day at an hour, Viet Nam's time, and at no other.

    Without a delta Airflow makes a first run up for when a DAG is new within a tenth of the day after its hour.
    """
    return CronTriggerTimetable(f"0 {hour} * * *", timezone=LOCAL_TIMEZONE, run_immediately=timedelta(0))


def sector_asset(sector: str) -> Asset:
    """The rows of a sector in the warehouse; its partitions are periods."""
    return Asset(name=f"warehouse_{sector}", uri=f"giamngheo://warehouse/{sector}")


WAREHOUSE = Asset(name="warehouse", uri="giamngheo://warehouse")
"""The warehouse as a whole. Events of many loads make one run of a listener that is busy; partitions make one each."""
