"""Measuring: contributing rows added up by commune in SQL, then over districts, the province and the groups.

Missing is not zero: a unit that lacks a submission, or the row of a commune, has no figure, and nothing above it has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
from psycopg import sql
from sqlalchemy import Connection, text

from etl.contracts import contracts
from etl.faults import point
from etl.indicators.areas import Area, areas_on
from etl.indicators.grounds import newest_links
from etl.indicators.lacking import Lacking, Told, told_of
from etl.indicators.memo import Memo
from etl.indicators.rebase import Rebasing, Sum, Sums
from etl.indicators.registry import Indicator, Query, indicators, queries
from etl.indicators.suppress import suppressed
from etl.model.period import Period
from etl.reference.figures import figures
from etl.reference.standards import standard_on
from etl.reference.targets import Target, targets
from etl.reference.units import units_on
from etl.warehouse.engine import driver, join_whole

COLUMNS = (
    "indicator", "unit_code", "unit_level", "numerator", "denominator", "value", "target", "met", "complete",
    "missing", "covered", "unit_name", "target_op", "people", "suppressed", "by_link",
)  # fmt: skip
"""Of a frame of values. numerator, denominator, target: Decimal or None (object); value: float or None; met: bool or
None; complete, suppressed: bool; missing: list of "dataset unit"; covered: % of the persons of the area in whose
communes nothing is missing, or None where nobody can say; people: how many stand behind the figure, or None;
by_link: kind of link → how many of the numerator rest on it (the most first), None where it rests on no links."""

_OPS = {
    ">=": lambda value, target: value >= target,
    ">": lambda value, target: value > target,
    "<=": lambda value, target: value <= target,
    "<": lambda value, target: value < target,
    "=": lambda value, target: value == target,
}


def measure(conn: Connection, period: Period, day: date | None = None, *, keep: bool = False) -> pd.DataFrame:
    """Every indicator of a period for every unit and group (``COLUMNS``), from what counts at the setting as-of.

    day: told on the units of that day in place of the period's last, with a further column ``approximate``. keep: let
    the sums that had to be added up be kept for the next time. Raises ValueError for a day before the period's last.
    """
    join_whole(conn)
    rebasing = Rebasing.from_period(period, day)
    places = areas_on(rebasing.day)
    lacking = Lacking.of(conn, period)
    standard = standard_on(period.last_day)
    memo = Memo(conn, period)
    records = []
    for query in queries():
        own = rebasing_of(query, rebasing, period)
        sums = own.sums(memo.sums(query))
        missing = own.missing(lacking.of_query(query))
        persons = own.persons(lacking.persons)
        told = [t for area in places if (t := told_of(query, area, missing, own, persons)) is not None]
        for one in indicators().values():
            if one.query is query and one.told_under(standard):
                records += [_record(one, there, sums, period) for there in told]
    if keep:
        memo.keep()
    names = [*COLUMNS, "approximate"] if day else list(COLUMNS)
    frame = pd.DataFrame(records, columns=names, dtype="object")
    frame["suppressed"] = suppressed(frame, places, indicators())
    return frame.astype(
        {"indicator": "str", "unit_code": "str", "unit_level": "str", "complete": "bool", "unit_name": "str"}
        | ({"approximate": "bool"} if day else {})
    )


def rebasing_of(query: Query, rebasing: Rebasing, period: Period) -> Rebasing:
    """The re-basing of a query's figures; of what is told of rural communes alone, those rural on the period's day."""
    if not query.rural_only:
        return rebasing
    own, there = units_on(period.last_day), units_on(rebasing.day)
    return rebasing.only({c.code for c in own.communes if c.is_rural}, {c.code for c in there.communes if c.is_rural})


def _record(one: Indicator, told: Told, sums: Sums, period: Period) -> dict[str, Any]:
    area, communes, lacks = told.area, told.communes, told.lacks
    target = _target(one, area, period.last_day)
    record: dict[str, Any] = {
        "indicator": one.code, "unit_code": area.code, "unit_level": area.level, "numerator": None,
        "denominator": None, "value": None, "target": target.value if target else None, "met": None,
        "complete": not lacks, "missing": lacks, "covered": told.covered, "unit_name": area.name,
        "target_op": target.op if target else None,
        "people": None, "suppressed": False, "by_link": None,
        "approximate": told.approximate,
    }  # fmt: skip
    if lacks:
        return record
    keys = [*communes, area.code] if area.level == "province" else communes
    parts = [sums[one.code, key] for key in keys if (one.code, key) in sums]
    numerator = sum((part.numerator for part in parts), Decimal(0))
    denominator = _denominator(one, [part.denominator for part in parts if part.denominator is not None])
    exact = exact_value(numerator, denominator)
    if denominator is None and one.query.kind == "plan":
        # A target in percent says nothing of a mere count.
        record["target"] = record["target_op"] = target = None
    met = None if target is None or exact is None else bool(_OPS[target.op](exact, Fraction(target.value)))
    value = None if exact is None else float(exact)
    people = {"numerator": int(numerator), "rows": sum(part.rows for part in parts), "none": None}[one.query.people]
    return record | {
        "numerator": numerator, "denominator": denominator, "value": value, "met": met, "people": people,
        "by_link": _by_link(parts) if one.query.linked else None,
    }  # fmt: skip


def _by_link(parts: Iterable[Sum]) -> dict[str, int]:
    """Kind of link → how many of a numerator rest on it, the most first."""
    whole = sum(parts, Sum(Decimal(0), None, 0)).links
    return {kind: int(whole[kind]) for kind in sorted(whole, key=lambda kind: (-whole[kind], kind))}


def _denominator(one: Indicator, given: list[Decimal]) -> Decimal | None:
    if one.query.kind == "rate" or given:
        return sum(given, Decimal(0))
    return None


def exact_value(numerator: Decimal, denominator: Decimal | None) -> Fraction | None:
    """The count, or 100·N/D; None when the denominator is 0. Exact: rounded once, to the nearest double."""
    if denominator is None:
        return Fraction(numerator)
    return 100 * Fraction(numerator) / Fraction(denominator) if denominator else None


def _target(one: Indicator, area: Area, day: date) -> Target | None:
    """The target that binds an indicator in an area on a day; the most specific scope wins."""
    scopes: tuple[str, ...] = ("all",)
    if area.level == "province":
        scopes = ("province", "all")
    elif area.code == "30a" or (area.level == "district" and area.is_30a):
        scopes = ("30a", "all")
    return _target_in(one.code, one.base, scopes, day)


@lru_cache(maxsize=4096)
def _target_in(code: str, base: str, scopes: tuple[str, ...], day: date) -> Target | None:
    """Return the target of an indicator, or of the one that it is a part of, in the first scope that has one."""
    valid = [t for t in targets() if t.indicator in (code, base) and t.valid_from <= day <= t.valid_to]
    return next((t for scope in scopes for t in valid if t.scope == scope), None)


def definitions(period: Period) -> dict[str, Any]:
    """What a period's figures are made by and are called: plain data, all that does not come from a submission."""
    return {
        "forms": [[form.dataset, form.title] for form in contracts().values()],
        "indicators": [i.shown(order) for order, i in enumerate(indicators().values())],
        "queries": [q.model_dump() for q in queries()],
        "targets": [t.model_dump() for t in targets()],
        "figures": figures().query("year == @period.year").to_dict("records"),
        "standard": standard_on(period.last_day).body,
    }


class Counting(NamedTuple):
    """A submission that counts: its file, dataset, and the districts for which it does."""

    submission_id: str
    file: str
    dataset: str
    districts: tuple[str, ...]


def counting(conn: Connection, period: Period) -> list[Counting]:
    """The submissions that count in a period at the setting as-of, by id."""
    query = text(
        "SELECT c.submission_id, s.file_name, c.dataset, array_agg(c.district_code ORDER BY c.district_code)"
        " FROM core.current_coverage AS c JOIN intake.submission AS s ON s.id = c.submission_id"
        " WHERE c.period = :period GROUP BY 1, 2, 3 ORDER BY 1"
    )
    return [Counting(i, f, d, tuple(own)) for i, f, d, own in conn.execute(query, {"period": str(period)})]


def basis(conn: Connection, period: Period) -> str:
    """A hash of what a period's figures rest on: the submissions that count up to its end, links, and definitions."""
    covered = text(
        "SELECT DISTINCT period, dataset, district_code, submission_id FROM core.current_coverage"
        " WHERE period <= :period ORDER BY 1, 2, 3, 4"
    )
    rows = [tuple(row) for row in conn.execute(covered, {"period": str(period)})]
    # What the run says, not its moment: whoever runs «link» again to the same end has changed nothing.
    links = newest_links(conn, period)
    content = json.dumps([rows, links and links.told, definitions(period)], default=str, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def outdated(conn: Connection) -> list[Period]:
    """Periods that have data, or figures, and whose stored figures rest on something else than what counts now."""
    stored: dict[str, str] = dict(conn.execute(text("SELECT period, basis FROM mart.measured")).all())
    periods = set(conn.scalars(text("SELECT DISTINCT period FROM core.current_coverage"))) | set(stored)
    return [p for p in map(Period.parse, sorted(periods)) if stored.get(str(p)) != basis(conn, p)]


def store(conn: Connection, period: Period, frame: pd.DataFrame) -> None:
    """Put measured values in place of the period's earlier ones in ``mart.indicator_value``."""
    key = {"period": str(period)}
    conn.execute(text("DELETE FROM mart.indicator_value WHERE period = :period"), key)
    point("measure.deleted")
    insert(conn, "indicator_value", [{**key, **r} for r in value_records(frame)])
    point("measure.inserted")
    conn.execute(text("DELETE FROM mart.measured WHERE period = :period"), key)
    submissions = [s.submission_id for s in counting(conn, period)]
    insert(conn, "measured", [{**key, "basis": basis(conn, period), "submissions": submissions}])


def value_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Measured values as rows of mart tables: plain objects, None where there is none."""
    names = [c for c in COLUMNS if c not in ("unit_name", "target_op", "people")]
    plain = frame[names].astype("object")
    columns: dict[str, list[Any]] = {}
    for name in names:
        values, lacking = plain[name].tolist(), plain[name].isna().tolist()
        columns[name] = [None if no else value for value, no in zip(values, lacking, strict=True)]
    columns["by_link"] = [None if v is None else json.dumps(v) for v in columns["by_link"]]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def insert(conn: Connection, table: str, records: list[dict[str, Any]]) -> None:
    """Insert records, all of the same names, into a table of ``mart``."""
    if records:
        names = sql.SQL(", ").join(map(sql.Identifier, records[0]))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("mart", table), names)
        with driver(conn).cursor() as cursor, cursor.copy(statement) as copy:
            for record in records:
                copy.write_row(tuple(record.values()))
