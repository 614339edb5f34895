"""A submission as a whole against those of past periods: rows, sums, shares that leave their usual range.

Usual is the median of the past periods, plus or minus what they scatter (the median absolute deviation, which one
period gone wrong does not move). Pure: what was before is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict

from etl.checking.suites import FOLDER
from etl.contracts import Contract
from etl.model.finding import Finding, Severity
from etl.reference.codes import code_labels
from etl.reference.units import all_units

Kind = Literal["rows", "sum", "share", "commune_rows"]
Key = tuple[Kind, str, str]
"""Kind, column, code or commune; the latter two are empty where a kind has none."""

Profile = Mapping[Key, float]

ROWS: Key = ("rows", "", "")
_LIKE_A_SPREAD = 1.4826
"""Of normally scattered values the standard deviation is so many median absolute deviations."""

_RULES: dict[Kind, str] = {
    "rows": "drift_rows", "sum": "drift_sum", "share": "drift_share", "commune_rows": "drift_commune_rows",
}  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Floor(_Strict):
    """How far off is never unusual: a share of the median, and a number."""

    relative: float
    absolute: float


class Watched(_Strict):
    """What of a dataset is looked at; total: the column whose sum must not halve, None for the rows."""

    total: str | None = None
    sums: tuple[str, ...]
    shares: tuple[str, ...]
    by_commune: bool

    @property
    def main(self) -> Key:
        """What must not halve."""
        return ("sum", self.total, "") if self.total else ROWS

    @property
    def totals(self) -> tuple[Key, ...]:
        """Rows and sums, the main one first."""
        return tuple(dict.fromkeys((self.main, ROWS, *(("sum", name, "") for name in self.sums))))


class Plan(_Strict):
    """``expectations/drift.yml``."""

    periods: int
    history: int
    deviations: float
    floors: dict[Kind, Floor]
    halved: float
    datasets: dict[str, Watched]


@lru_cache(maxsize=1)
def plan() -> Plan:
    """What is looked at, and what is unusual. Raises pydantic.ValidationError on a faulty file."""
    return Plan.model_validate(yaml.safe_load((FOLDER / "drift.yml").read_text(encoding="utf-8")))


def profile(rows: pd.DataFrame, dataset: str) -> dict[Key, float]:
    """What accepted rows look like as a whole; none of an empty list."""
    watched = plan().datasets[dataset]
    if not len(rows):
        return {}
    found: dict[Key, float] = {ROWS: float(len(rows))}
    found |= {("sum", name, ""): float(rows[name].fillna(0).sum()) for name in watched.sums}
    for name in watched.shares:
        shares = rows[name].value_counts() / len(rows)
        found |= {("share", name, str(code)): float(share) for code, share in shares.items()}
    if watched.by_commune:
        found |= {("commune_rows", "commune", str(c)): float(n) for c, n in rows["commune"].value_counts().items()}
    return found


def totals(rows: pd.DataFrame, dataset: str, places: pd.Series) -> dict[str, dict[Key, float]]:
    """Return the rows and sums of accepted rows by place; places: the place of each row."""
    watched = plan().datasets[dataset]
    found: dict[str, dict[Key, float]] = {}
    for place, part in rows.groupby(places.to_numpy()):
        found[str(place)] = {
            key: float(part[key[1]].fillna(0).sum()) if key[1] else float(len(part)) for key in watched.totals
        }
    return found


@dataclass(frozen=True)
class Range:
    """What is usual, by past periods."""

    middle: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def usual(values: Sequence[float], kind: Kind) -> Range:
    """The range of past values; never below zero."""
    middle = median(values)
    scatter = median(abs(value - middle) for value in values)
    floor = plan().floors[kind]
    reach = max(plan().deviations * _LIKE_A_SPREAD * scatter, floor.relative * middle, floor.absolute)
    return Range(middle, max(0.0, middle - reach), middle + reach)


def unusual(now: Profile, before: Sequence[Profile], form: Contract) -> Iterator[Finding]:
    """One warning for each value outside of its usual range; none while there are too few past periods.

    before: the past periods, the newest first. A code or commune that a period does not have counts there as 0.
    """
    before = before[: plan().history]
    if not now or len(before) < plan().periods:
        return
    for key in sorted({*now, *(key for one in before for key in one)}):
        kind, column, part = key
        value, range_ = now.get(key, 0.0), usual([one.get(key, 0.0) for one in before], kind)
        if value not in range_:
            params = {
                "median": _said(range_.middle, kind), "low": _said(range_.low, kind), "high": _said(range_.high, kind),
                "periods": str(len(before)), "part": _label(form, kind, column, part),
            }  # fmt: skip
            yield Finding(
                _RULES[kind], Severity.WARNING, column=column or None, value=_said(value, kind), params=params
            )


def halved(now: Profile, latest: Profile, period: str, form: Contract) -> Finding | None:
    """The warning that holds a submission back: its total against that of the latest earlier period, ``period``."""
    main = plan().datasets[form.dataset].main
    if not now or latest.get(main, 0.0) <= 0 or now[main] > plan().halved * latest[main]:
        return None
    kind, column, _ = main
    what = f"Tổng cột «{form[column].header}»" if column else "Số dòng"
    params = {"what": what, "before": _said(latest[main], kind), "before_period": period}
    return Finding(
        "drift_total_halved", Severity.WARNING, column=column or None, value=_said(now[main], kind), params=params
    )


def less_than_replaced(
    now: Profile, former: Profile, form: Contract, *, file: str, place: str, same_day: bool
) -> Finding | None:
    """Return the warning that holds a submission back because a total falls to half or less of what it would replace.

    now, former: the totals of one place in the submission and in what counts there now. file: what counts; place: its
    name, "" where the submission speaks for nothing else. same_day: whether both state the same day of reporting. A
    file of a later day may well have smaller sums of some columns, so only its rows and its main total are compared.
    """
    watched = plan().datasets[form.dataset]
    for key in watched.totals if same_day else tuple(dict.fromkeys((watched.main, ROWS))):
        before, value = former.get(key, 0.0), now.get(key, 0.0)
        if before <= 0 or value > plan().halved * before:
            continue
        kind, column, _ = key
        what = f"Tổng cột «{form[column].header}»" if column else "Số dòng"
        params = {"what": what, "before": _said(before, kind), "file": file, "place": f" ({place})" if place else ""}
        return Finding(
            "drift_less_than_replaced", Severity.WARNING, column=column or None, value=_said(value, kind), params=params
        )
    return None


def _said(value: float, kind: Kind) -> str:
    """A number as Viet Nam writes it: a share in percent with one decimal, anything else whole."""
    if kind == "share":
        return f"{100 * value:.1f} %".replace(".", ",")
    return f"{value:,.0f}".replace(",", ".")


def _label(form: Contract, kind: Kind, column: str, part: str) -> str:
    """A code as it stands on the form, a commune by its name."""
    if kind == "commune_rows":
        return next((u.name for u in all_units() if u.code == part), part)
    if kind != "share":
        return ""
    known = form[column]
    labels = known.labels or (code_labels(known.codes) if known.codes else {})
    return labels[part][0] if part in labels else part
