"""Indicators as data: each SQL file of ``warehouse_sql/indicators`` names what it yields in its front matter."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from etl.contracts import DATASETS
from etl.model.period import Period
from etl.reference.codes import code_labels
from etl.reference.standards import Rule, Standard
from etl.reference.units import units_on
from etl.settings import ROOT

FOLDER = ROOT / "warehouse_sql" / "indicators"

Kind = Literal["rate", "count", "plan"]
Direction = Literal["higher", "lower"]
Pair = Literal["card", "pupil", "loan"]

SENDERS: dict[Pair, str] = {"card": "health_card", "pupil": "education_pupil", "loan": "credit_loan"}
"""The dataset that each pair links to the register."""


def parameters(period: Period) -> dict[str, Any]:
    """What an indicator's SQL may name: :period, :day (its last), :province (the code), :communes (None: of all)."""
    day = period.last_day
    return {"period": str(period), "day": day, "province": units_on(day).province.code, "communes": None}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(_Strict):
    """What an indicator is called.

    deprivation: the number of the one deprivation that it tells of; direction: where it is not that of its query.
    """

    vi: str
    en: str
    deprivation: int | None = None
    direction: Direction | None = None


class CodesOf(_Strict):
    """One further indicator for each code of a table: patterns with {code} and {label}."""

    table: str
    code: str
    vi: str
    en: str


class Query(_Strict):
    """One SQL file: what it needs and yields.

    kind: rate (N/D in %), count (numerator alone), plan (a rate where a plan gives the denominator, else a count).
    datasets: those without which a unit's figure is not complete; needs_commune_row: nor without the commune's row in
    register_commune; rural_only: told of rural communes alone; summary: shown where a few lines have to tell it all,
    which the further indicators of ``codes_of`` never are. people: where the number of people (or households) behind a
    figure stands: its numerator, the number of rows that contribute, or nowhere because it tells of none; sums_to: the
    indicator that the codes of the query add up to; hides_with: the indicators that this one would give away.
    cumulative: counted from the first of January on, so that each year begins with nothing. of_poor: tells of the poor
    as a sector states them, though it needs no register; ``rests_on_standard`` tells of all that do.
    linked: the pair of datasets whose links it asks; its rows then have a further column ``link``, the kind of link
    that put a row into the numerator, or null. across: the datasets of which rows of other districts too change a
    district's figure; of the others those of the district itself do, and those that links lead to.
    awaits: a dataset that no sector sends yet: until one does, the province has one figure, which lacks it.
    of_deprivations: told only where the poverty standard counts any; of_rules: the rules of poverty standards under
    which it means anything, nothing: all of them; not_rebased: why its counts do not add up along the successors of
    communes; nothing: they do.
    """

    name: str
    order: int
    group: str
    unit: str
    kind: Kind
    direction: Direction
    datasets: tuple[str, ...]
    needs_commune_row: bool
    rural_only: bool = False
    basis: str
    notes: str = ""
    summary: bool = True
    people: Literal["numerator", "rows", "none"] = "numerator"
    sums_to: str | None = None
    hides_with: tuple[str, ...] = ()
    cumulative: bool = False
    of_poor: bool = False
    linked: Pair | None = None
    across: tuple[str, ...] = ()
    awaits: str | None = None
    of_deprivations: bool = False
    of_rules: tuple[Rule, ...] = ()
    not_rebased: str = ""
    codes: dict[str, Names]
    codes_of: CodesOf | None = None
    sql: str

    @property
    def rests_on_standard(self) -> bool:
        """Whether another poverty standard makes another series of it: whoever is poor changes with it."""
        return self.of_poor or "register_household" in self.datasets


class Indicator(_Strict):
    """One indicator of the report: its code, names, and the query that yields its rows."""

    code: str
    names: Names
    query: Query

    def shown(self, order: int) -> dict[str, Any]:
        """How it stands in a report: code, name_vi, unit, group, direction, order, in_summary."""
        return {
            "code": self.code, "name_vi": self.names.vi, "unit": self.query.unit, "group": self.query.group,
            "direction": self.direction, "order": order, "in_summary": self.in_summary,
        }  # fmt: skip

    @property
    def direction(self) -> Direction:
        """Which way is better."""
        return self.names.direction or self.query.direction

    def told_under(self, standard: Standard) -> bool:
        """Whether the indicator means anything under a poverty standard: its rule, the deprivations that it counts."""
        if self.query.of_rules and standard.rule not in self.query.of_rules:
            return False
        if self.names.deprivation is not None:
            return self.names.deprivation in standard.lacks
        return bool(standard.lacks) or not self.query.of_deprivations

    @property
    def in_summary(self) -> bool:
        """Whether it is told where a few lines have to tell it all."""
        return self.query.summary and self.code in self.query.codes

    @property
    def base(self) -> str:
        """The code that its target is set for: of POV_SPLIT.N1, POV_SPLIT."""
        return self.code.split(".", 1)[0]


class UnknownIndicator(LookupError):
    """No such indicator; the message names the nearest."""


@lru_cache(maxsize=1)
def queries() -> tuple[Query, ...]:
    """Every query, in the order of the report. Raises ValueError on a faulty front matter, naming the file."""
    found = []
    for path in FOLDER.glob("*.sql"):
        front, _, sql = path.read_text(encoding="utf-8").removeprefix("/*").partition("*/")
        query = Query(name=path.stem, sql=sql.strip(), **yaml.safe_load(front))
        if unknown := set(query.datasets) - set(DATASETS):
            raise ValueError(f"{path.name}: no datasets {sorted(unknown)}")
        if foreign := {*query.across, *([SENDERS[query.linked]] if query.linked else [])} - set(query.datasets):
            raise ValueError(f"{path.name}: across or linked, but not in its datasets: {sorted(foreign)}")
        found.append(query)
    return tuple(sorted(found, key=lambda q: q.order))


@lru_cache(maxsize=1)
def indicators() -> dict[str, Indicator]:
    """Every indicator by code, in the order of the report."""
    return {i.code: i for query in queries() for i in _of(query)}


def _of(query: Query) -> Iterator[Indicator]:
    for code, names in query.codes.items():
        yield Indicator(code=code, names=names, query=query)
    if (each := query.codes_of) is not None:
        for code, labels in code_labels(each.table).items():
            words = {"code": code, "label": labels[0]}
            names = Names(vi=each.vi.format(**words), en=each.en.format(**words))
            yield Indicator(code=each.code.format(**words), names=names, query=query)


def indicator(code: str) -> Indicator:
    """One indicator. Raises UnknownIndicator naming those that come near."""
    try:
        return indicators()[code]
    except KeyError:
        near = difflib.get_close_matches(code, indicators(), n=3, cutoff=0.4)
        below = [c for c in indicators() if c.startswith(f"{code}.")]
        hint = ", ".join(below or near) or "see docs/indicators.md"
        raise UnknownIndicator(f"there is no indicator {code!r}; nearest: {hint}") from None
