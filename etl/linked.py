"""What people ask of links: which are uncertain, what officers answer, why two rows are one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from etl import durable, linking, pipeline
from etl.linking.explain import Explanation, explain
from etl.linking.review import answers, with_entries, workbook, worth_asking
from etl.linking.reviewed import FILE, load_decisions, read_entries
from etl.linking.shapes import ADDRESS, PAIRS
from etl.model.period import Period
from etl.opening import open_file
from etl.reference.units import units_on
from etl.settings import Settings
from etl.warehouse import connect, ledger


def write_review(
    settings: Settings, period: Period, place: Path, progress: Callable[[str], None] = lambda _: None
) -> tuple[pipeline.Linked, int]:  # fmt: skip
    """Link a period, looking through every district, and write its uncertain pairs as a workbook; how many.

    The workbook holds personal data and is readable by its owner alone. Raises OSError.
    """
    done = pipeline.link(settings, str(period), anew=True, progress=progress)
    names = {unit.code: unit.name for unit in units_on(period.last_day).communes}
    durable.write(place, workbook(period, done.frames, done.outcome.uncertain, names), 0o600)
    return done, len(worth_asking(done.outcome.uncertain))


@dataclass(frozen=True)
class Taken:
    """What became of an answered workbook: decisions that are new, those known before, rows left open."""

    new: int
    known: int
    open: int


def take_answers(settings: Settings, period: Period, place: Path, by: str) -> Taken:
    """Put a workbook's answers into ``links.yml`` of the reviewed files; they hold from the next run on.

    All of them or, where one cannot be used, none. Raises LinksError, Refused, OSError.
    """
    said = answers(open_file(place, place.name, settings).grids, period, by)
    file = settings.reviewed / FILE
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    after, new = with_entries(before, read_entries(file), said.entries)
    if new:
        file.parent.mkdir(parents=True, exist_ok=True)
        durable.write(file, after.encode())
        load_decisions(settings.reviewed, period)
    return Taken(new, len(said.entries) - new, said.open)


def why(settings: Settings, one: str, other: str) -> Explanation:
    """Why two rows (SUBMISSION:SHEET:ROW) are, or are not, taken for one; either may be the register's.

    Raises LookupError for a row that is not there or counts no more, ValueError where the two are no pair.
    """
    rows = [_address(one), _address(other)]
    with connect(settings) as engine, engine.begin() as conn:
        datasets = [ledger.get(conn, row[0]) for row in rows]
        period = datasets[0].period
        if period is None or period != datasets[1].period:
            raise ValueError("the two rows are not of one period")
        named = [s.dataset for s in datasets]
        pair = next((p for p in PAIRS.values() if {p.dataset, p.register} == set(named)), None)
        if pair is None:
            raise ValueError(f"{named[0]} and {named[1]} are not linked with one another")
        if named[0] != pair.dataset:
            rows.reverse()
        districts = frozenset(d for of, row in zip((pair.dataset, pair.register), rows, strict=True)
                              for d in _district(conn, of, row))  # fmt: skip
        given = linking.read_around(conn, Period.parse(period), districts)
        kept = _kept(conn, pair.name, rows)
    if pair.name not in given.trained:
        raise LookupError(f"{period} was never linked: run «giamngheo link --period {period}» first")
    at = [_position(given.frames[d], row) for d, row in zip((pair.dataset, pair.register), rows, strict=True)]
    return explain(pair, given.frames, at[0], at[1], given.trained[pair.name], kept)


def _address(told: str) -> tuple[str, str, int]:
    parts = told.split(":", 1)
    sheet, _, row = parts[-1].rpartition(":")
    if len(parts) != 2 or not sheet or not row.isdecimal():
        raise ValueError(f"{told!r} is no row such as credit-0123456789ab-1:DS:12 (submission, sheet, row)")
    return parts[0], sheet, int(row)


def _district(conn: Connection, dataset: str, row: tuple[str, str, int]) -> list[str]:
    query = text(
        f"SELECT district_code FROM core.{dataset} WHERE submission_id = :s AND sheet = :sheet AND row = :row"  # noqa: S608
    )
    return list(conn.scalars(query, dict(zip(("s", "sheet", "row"), row, strict=True))))


def _position(frame: Any, row: tuple[str, str, int]) -> int:
    found = frame.index[(frame[ADDRESS] == list(row)).all(axis=1)]
    if len(found) != 1:
        raise LookupError(f"{row[0]}, sheet {row[1]!r}, row {row[2]}: no such row counts now")
    return int(found[0])


def _kept(conn: Connection, pair: str, rows: list[tuple[str, str, int]]) -> dict[str, Any] | None:
    query = text(
        "SELECT method, weight, probability, agreed FROM core.link_standing WHERE pair = :pair"
        " AND submission_id = :s AND sheet = :sheet AND row = :row"
        " AND register_submission_id = :rs AND register_sheet = :rsheet AND register_row = :rrow"
    )
    (s, sheet, row), (rs, rsheet, rrow) = rows
    keys = {"pair": pair, "s": s, "sheet": sheet, "row": row, "rs": rs, "rsheet": rsheet, "rrow": rrow}
    found = conn.execute(query, keys).one_or_none()
    return dict(found._mapping) if found else None
