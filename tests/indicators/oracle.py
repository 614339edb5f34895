"""Every indicator worked out a second time, apart from the SQL: from accepted rows as frames, by INDICATORS.md.

What is taken from the product is reference data alone: units, loan programmes, the columns of the poverty standard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from etl.contracts import DATASETS, contract
from etl.model.period import Period
from etl.reference.units import units_on
from tests.indicators.oracle_links import Link
from tests.indicators.oracle_rows import every
from tests.indicators.provinces import Submission

PLANS = {2018: 824}
"""Houses planned for a year."""

LINKED = ("HI_POOR", "HI_NEAR_POOR", "HI_EXPIRING", "EDU_ATTENDANCE", "CREDIT_NEED_MET", "CREDIT_ACCESS")
COUNTS = ("POV_SPLIT", "POV_50", "POV_MOVES", "CREDIT_OUTSTANDING", "HI_DUPLICATE", "HI_EXPIRING", "HOUSE_DONE",
          "WORKS_STATE")  # fmt: skip
RURAL = ("WATER_HYGIENIC", "WATER_CLEAN", "WATER_POOR")

_BOTH = ("register_household", "register_commune")
_PEOPLE = ("register_household", "register_member")
NEEDS = {
    "POV_RATE": _BOTH, "NEAR_POOR_RATE": _BOTH, "POV_REDUCTION": _BOTH, "POV_50": _BOTH, "POV_MINORITY": _BOTH,
    "POV_MOVES.start": ("register_commune",), "POV_MOVES.difference": _BOTH, "POV_MOVES": ("register_household",),
    "POV_SPLIT": ("register_household",), "DEP": ("register_household",), "MPI": ("register_household",),
    "CREDIT_NEED_MET": (*_PEOPLE, "credit_loan"), "CREDIT_ACCESS": (*_PEOPLE, "credit_loan"),
    "CREDIT": ("credit_loan",), "HI_COVERAGE": ("health_card", "register_commune"), "HI_DUPLICATE": ("health_card",),
    "HI": (*_PEOPLE, "health_card"), "EDU_ATTENDANCE": (*_PEOPLE, "education_pupil"), "EDU": ("education_pupil",),
    "HOUSE": ("housing_support",), "WATER": ("water_village",), "TOILET": ("water_village",),
    "WORKS": ("water_works",),
}  # fmt: skip
"""Code, its beginning up to the dot or up to the first underscore → the datasets without which there is no figure."""


class Figure(NamedTuple):
    """What is told of a unit; links None where the indicator rests on no links."""

    numerator: Fraction | None
    denominator: Fraction | None
    value: float | None
    complete: bool
    by_link: dict[str, int] | None


def figures(
    submissions: list[Submission], period: Period, links: Sequence[Link] = ()
) -> dict[tuple[str, str], Figure]:  # fmt: skip
    """(indicator, unit or group) → its figure."""
    frames, there = current(submissions, period)
    stated = set(frames["register_commune"]["commune"])
    places, found = dict(_places(period.last_day)), {}
    units = units_on(period.last_day)
    for code, rows in every(frames, period.last_day, links):
        needs = next(NEEDS[k] for k in (code, code.split(".")[0], code.split("_")[0]) if k in NEEDS)
        shares = _by_commune(rows)
        for unit, communes in places.items():
            if code in RURAL:
                communes = [c for c in communes if units[c].is_rural]
                if not communes or unit == "urban":
                    continue
            complete = all((dataset, units.district_of(c).code) in there for c in communes for dataset in needs) and (
                "register_commune" not in needs or set(communes) <= stated
            )
            own = [shares[c] for c in communes if c in shares]
            found[code, unit] = _figure(code, unit, period, own) if complete else Figure(None, None, None, False, None)
    found["TRAINING_MET", units.province.code] = Figure(None, None, None, False, None)
    return found


class _Share(NamedTuple):
    """What a commune adds to a figure."""

    n: Fraction
    d: Fraction
    links: Counter[str]


def _by_commune(rows: pd.DataFrame) -> dict[str, _Share]:
    found: dict[str, _Share] = {}
    nothing = _Share(Fraction(0), Fraction(0), Counter())
    for commune, n, d, link in zip(*(rows[c] for c in ("commune", "n", "d", "link")), strict=True):
        so_far = found.get(commune, nothing)
        links = Counter([link]) if isinstance(link, str) else Counter()
        found[commune] = _Share(so_far.n + n, so_far.d + d, so_far.links + links)
    return found


def _figure(code: str, unit: str, period: Period, own: list[_Share]) -> Figure:
    numerator = sum((share.n for share in own), Fraction(0))
    denominator: Fraction | None = sum((share.d for share in own), Fraction(0))
    if code.startswith(COUNTS):
        plan = PLANS.get(period.year) if (code, unit) == ("HOUSE_DONE", "10") else None
        denominator = None if plan is None else Fraction(plan)
    if denominator is None:
        value: float | None = float(numerator)
    else:
        value = float(100 * numerator / denominator) if denominator else None
    links = dict(sum((share.links for share in own), Counter())) if code in LINKED else None
    return Figure(numerator, denominator, value, True, links)


def current(submissions: list[Submission], period: Period) -> tuple[dict[str, pd.DataFrame], set[tuple[str, str]]]:
    """Dataset → the rows that count; and for which (dataset, district) there is a submission.

    ``address`` of a row: its submission and its number in it.
    """
    newest: dict[tuple[str, str], Submission] = {}
    for one in sorted(submissions, key=lambda s: (s.as_of, s.modified_at)):
        if one.period == period:
            newest |= {(one.dataset, district): one for district in one.covers}
    units = units_on(period.last_day)
    frames = {}
    for dataset in DATASETS:
        rows = [
            {**row, "address": (one.id, at)}
            for one in submissions if one.dataset == dataset for at, row in enumerate(one.rows, start=10)
            if newest.get((dataset, units.district_of(row["commune"]).code)) is one
        ]  # fmt: skip
        names = [*(name for name, _ in contract(dataset).stored_columns), "address"]
        frame = pd.DataFrame(rows, columns=names, dtype="object")
        frames[dataset] = frame.where(frame.notna(), None)
    return frames, set(newest)


def _places(day: date) -> Iterator[tuple[str, list[str]]]:
    units = units_on(day)
    yield from ((c.code, [c.code]) for c in units.communes)
    yield from ((d.code, [c.code for c in units.communes if c.parent == d.code]) for d in units.districts)
    yield units.province.code, [c.code for c in units.communes]
    groups = {
        "30a": [c.code for c in units.communes if c.is_30a], "urban": [c.code for c in units.communes if not c.is_rural],
        "rural": [c.code for c in units.communes if c.is_rural],
    }  # fmt: skip
    yield from ((code, own) for code, own in groups.items() if own)
