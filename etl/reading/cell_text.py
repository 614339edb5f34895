"""The text of a cell's value: 9 for 9.0, ISO for a date, true and false. The same for every kind of workbook."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any

_DAY_0, _DAY_0_EARLY, _DAY_0_1904 = map(datetime.fromisoformat, ("1899-12-30", "1899-12-31", "1904-01-01"))
_LEAP_DAY_1900 = 60
"""The number of 29 February 1900, which Excel counts and the calendar lacks."""
_LAST_DAY = 2_958_466
"""The day after 31 December 9999, the last that Excel shows."""


def cell_text(value: Any) -> str:
    """The text of a value of Python."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    return f"1899-12-31 {value.isoformat('seconds')}" if isinstance(value, time) else str(value)


def number_text(value: float) -> str:
    """A number with nine decimals at most, without a power of ten."""
    value = float(value)
    if not math.isfinite(value):
        return "#NUM!"
    return str(int(value)) if value.is_integer() else f"{value:.9f}".rstrip("0").removesuffix(".")


def date_text(serial: float, *, from_1904: bool) -> str | None:
    """The day and time of Excel's number of a day; None for a number that no calendar of Excel shows.

    A time without a day is one of 1899-12-31.
    """
    milliseconds = round(serial * 86_400_000) if 0 <= serial < _LAST_DAY else -1
    if milliseconds < 0:
        return None
    start = _DAY_0_1904 if from_1904 else _DAY_0_EARLY if serial < _LEAP_DAY_1900 else _DAY_0
    try:
        shown = start + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    text = f"{shown:%Y-%m-%d %H:%M:%S}"
    return f"{text}.{shown.microsecond // 1000:03d}" if shown.microsecond else text
