"""Sums by query and district that were added up before, and whether they still hold.

What a district's sums follow from is told as a hash, its basis: the query, the views that it asks, the submissions that
count, the links that lead to the district. Where the basis is that of the kept sums, these are the sums; elsewhere the
query runs for the districts that have another one. So a correction costs what it changes, a past moment that has a
basis in common with now costs nothing, and where nothing is kept (``memo`` may be emptied at any moment) all is added
up. Only who measures the provisional figures keeps sums.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from etl.faults import point
from etl.indicators.grounds import Grounds
from etl.indicators.rebase import Sum, Sums
from etl.indicators.registry import Query, parameters
from etl.model.period import Period
from etl.reference.units import units_on

Cell = list[Any]
"""code, unit, kind of link or None, numerator, denominator or None, rows: as ``memo.sums`` has it."""


class Memo:
    """The kept sums of a period, at the setting as-of; what was not kept is added up when it is asked for."""

    def __init__(self, conn: Connection, period: Period) -> None:
        self._conn, self._period = conn, period
        units = units_on(period.last_day)
        self._place = {c.code: units.district_of(c.code).code for c in units.communes}
        self._own = units.province.code
        self._place[self._own] = self._own
        self._grounds = Grounds(conn, period)
        self._kept: dict[tuple[str, str], tuple[str, list[Cell]]] = {
            (r.query, r.district_code): (r.basis, r.sums)
            for r in conn.execute(
                text("SELECT query, district_code, basis, sums FROM memo.sums WHERE period = :period"),
                {"period": str(period)},
            )
        }
        self._new: dict[tuple[str, str], tuple[str, list[Cell]]] = {}

    def sums(self, query: Query) -> Sums:
        """(code, unit) → sums of a query's rows; a unit is a commune, or the province for what belongs to it alone."""
        places = self._bases(query)
        wanted = {d for d, basis in places.items() if self._kept.get((query.name, d), ("",))[0] != basis}
        cells = [cell for d in places if d not in wanted for cell in self._kept[query.name, d][1]]
        if wanted:
            units = [unit for unit, place in self._place.items() if place in wanted]
            by_place: dict[str, list[Cell]] = defaultdict(list)
            for cell in added(self._conn, query, self._period, None if len(wanted) == len(places) else units):
                if (place := self._place.get(cell[1])) is not None:
                    by_place[place].append(cell)
            for place in wanted:
                self._new[query.name, place] = places[place], sorted(by_place[place], key=str)
                cells += by_place[place]
        return _summed(cells)

    def _bases(self, query: Query) -> dict[str, str]:
        """District, or province, → the basis of the query's sums in its communes."""
        communes: dict[str, list[str]] = defaultdict(list)
        for unit, place in sorted(self._place.items()):
            communes[place].append(unit)
        made_by = [query.sql, parameters(self._period)]
        # Where there are districts, the province's place holds its own rows alone.
        alone = {self._own} if len(communes) > 1 else set()
        return {
            place: _hash([made_by, own, self._grounds.of(query, None if place in alone else place)])
            for place, own in sorted(communes.items())
        }

    def keep(self) -> None:
        """Keep what was added up, in place of what no longer holds, in the caller's transaction."""
        key = {"period": str(self._period)}
        old = [{**key, "query": query, "district": place} for query, place in self._new]
        if old:
            self._conn.execute(
                text("DELETE FROM memo.sums WHERE period = :period AND query = :query AND district_code = :district"),
                old,
            )
        point("measure.forgot")
        new = [
            {**one, "basis": basis, "sums": json.dumps(cells)}
            for one, (basis, cells) in zip(old, self._new.values(), strict=True)
        ]
        if new:
            self._conn.execute(
                text("INSERT INTO memo.sums VALUES (:period, :query, :district, :basis, CAST(:sums AS jsonb))"), new
            )
        point("measure.kept")


def added(conn: Connection, query: Query, period: Period, communes: Sequence[str] | None) -> list[Cell]:
    """A query's rows added up by code, unit and kind of link; of some units or (None) of all.

    Units are asked for twice: outside of the query, and as :communes where that would come too late.
    """
    link = "r.link" if query.linked else "NULL"
    where = "" if communes is None else " WHERE r.unit_code = ANY(:communes)"
    statement = text(
        f"SELECT code, unit_code, {link} AS link, sum(numerator) AS n, sum(denominator) AS d,"  # noqa: S608
        " count(*) FILTER (WHERE numerator <> 0) AS rows"
        f" FROM ({query.sql}) AS r{where} GROUP BY 1, 2, 3"
    )
    return [
        [r.code, r.unit_code, r.link, str(r.n), None if r.d is None else str(r.d), r.rows]
        for r in conn.execute(statement, {**parameters(period), "communes": communes})
    ]


def _summed(cells: Iterable[Cell]) -> Sums:
    found: Sums = {}
    for code, unit, link, n, d, rows in cells:
        numerator = Decimal(n)
        own = Sum(numerator, None if d is None else Decimal(d), rows, {link: numerator} if link is not None else {})
        key = (code, unit)
        found[key] = found[key] + own if key in found else own
    return found


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()
