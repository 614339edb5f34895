"""A period is a quarter, written ``2018-Q4``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"^(\d{4})-Q([1-4])$")


@dataclass(frozen=True, order=True)
class Period:
    """One quarter of one year. Raises ValueError for a quarter outside of 1–4."""

    year: int
    quarter: int

    def __post_init__(self) -> None:
        if not 1 <= self.quarter <= 4:
            raise ValueError(f"a quarter is 1 to 4, not {self.quarter}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2018-Q4``. Raises ValueError naming the form expected."""
        match = _FORM.match(text)
        if match is None:
            raise ValueError(f"period {text!r} is not of the form 2018-Q4")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """The quarter that holds a day."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def last_day(self) -> date:
        """The last day of the quarter: "on the day" in every indicator."""
        return date(self.year, 3 * self.quarter, 31 if self.quarter in (1, 4) else 30)

    def next(self) -> Period:
        """The quarter after."""
        return Period(self.year + self.quarter // 4, self.quarter % 4 + 1)

    def previous(self) -> Period:
        """The quarter before."""
        return Period(self.year - (self.quarter == 1), (self.quarter + 2) % 4 + 1)

    def year_before(self) -> Period:
        """The same quarter of the year before."""
        return Period(self.year - 1, self.quarter)

    def year_end_before(self) -> Period:
        """The last quarter of the year before: how things stood when the year began."""
        return Period(self.year - 1, 4)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}"

    @property
    def title_vi(self) -> str:
        """``Quý IV năm 2018``, as the forms write it."""
        return f"Quý {('I', 'II', 'III', 'IV')[self.quarter - 1]} năm {self.year}"
