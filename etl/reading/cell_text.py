"""The text of a cell's value: 9 for 9.0, ISO for a date, true and false. The same for every kind of workbook."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import Any

_DAY_0, _DAY_0_EARLY, _DAY_0_1904 = map(datetime.fromisoformat, ("1899-12-30", "1899-12-31", "1904-01-01"))
_TIME_ALONE = "1899-12-31 "
_LEAP_DAY_1900 = 60
"""The number of 29 February 1900, which Excel counts and the calendar lacks."""
_LAST_DAY = 2_958_466
"""The day after 31 December 9999, the last that Excel shows."""


_ISO = re.compile(
    r"^(?:(?P<day>\d{4}-\d\d-\d\d)T(?P<time>\d\d:\d\d:\d\d(?:\.\d+)?)Z?|(?P<only>\d\d:\d\d:\d\d(?:\.\d+)?)Z?)$"
)
_DURATION = re.compile(r"^(-?)P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$")
_OUT_OF_CALENDAR = re.compile(
    r"^(\+\d{5,}|-\d{4,}|0\d{3}|1[0-8]\d\d|190[0-3])-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d(?:\.\d+)?)$"
)


ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
"""What binary workbooks call their errors ([MS-XLS] 2.5.10)."""


def cell_text(value: Any) -> str:
    """The text of a value of Python."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, datetime):
        return number_in_place_of_day(f"{value:%Y-%m-%d %H:%M:%S}", from_1904=False)
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, timedelta):
        serial = value / timedelta(days=1)
        return date_text(serial, from_1904=False) or number_text(serial)
    return f"{_TIME_ALONE}{value.isoformat('seconds')}" if isinstance(value, time) else str(value)


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
        return _shown(start, milliseconds / 1000)
    except OverflowError:
        return None


def iso_text(text: str) -> str:
    """A day, time or duration that a file spells out (ISO 8601), as other files' days and times; else the text."""
    if found := _ISO.match(text):
        clock = found["time"] or found["only"]
        day = found["day"] or "1899-12-31"
        hours, minutes, seconds = clock.split(":")
        start = datetime.fromisoformat(day)
        return _shown(start, (int(hours) * 60 + int(minutes)) * 60 + float(seconds))
    if found := _DURATION.match(text):
        sign, days, hours, minutes, seconds = found.groups()
        total = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + float(seconds or 0)
        serial = total / 86_400
        return number_text(-serial) if sign else date_text(serial, from_1904=False) or number_text(serial)
    return text


def _shown(start: datetime, seconds: float) -> str:
    shown = start + timedelta(milliseconds=round(seconds * 1000))
    text = f"{shown:%Y-%m-%d %H:%M:%S}"
    return f"{text}.{shown.microsecond // 1000:03d}" if shown.microsecond else text


def number_in_place_of_day(text: str, *, from_1904: bool) -> str:
    """The number of a day that no calendar of Excel shows: before its first day or after its last; else the text."""
    found = _OUT_OF_CALENDAR.match(text)
    if not found or text.startswith(_TIME_ALONE):
        return text
    year, month, day, hours, minutes, seconds = found.groups()
    start = _DAY_0_1904 if from_1904 else _DAY_0_EARLY
    # The calendar repeats itself after 400 years of 146,097 days.
    cycles, within = divmod(int(year), 400)
    try:
        days = (datetime.fromisoformat(f"{within + 2000}-{month}-{day}") - start).days + (cycles - 5) * 146_097
    except ValueError:
        return text
    days += days >= _LEAP_DAY_1900 and not from_1904
    serial = days + ((int(hours) * 60 + int(minutes)) * 60 + float(seconds)) / 86_400
    return text if 0 <= serial < _LAST_DAY else number_text(round(serial, 7))
