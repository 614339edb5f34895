"""Sums that are kept: figures are those of adding up anew, whatever is corrected, and only what changed is added up."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Connection, Engine, text

from etl.contracts import DATASETS
from etl.indicators import grounds, measure, memo
from etl.indicators.registry import SENDERS, Query, parameters, queries
from etl.model.period import Period
from etl.reference.units import units_on
from etl.warehouse.engine import at, driver
from tests.indicators import provinces
from tests.selection import one_of_the_day
from tests.support import assert_same_frame

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)
UNITS = units_on(PERIOD.last_day)
PROVINCES, CHANGES = 3, 6
UNDECIDED = ("probable", "probable", "probable", "household_name_birth", "id_number")
METHODS = (*UNDECIDED, "confirmed", "refused")

Ran = list[tuple[Query, frozenset[str]]]


@pytest.fixture
def conn(warehouse: Engine) -> Iterator[Connection]:
    with warehouse.connect() as one:
        yield one
        one.rollback()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Ran:
    """What is added up from now on: query, districts."""
    found: Ran = []
    really = memo.added

    def added(conn: Connection, query: Query, period: Period, communes: Any) -> Any:
        every = [c.code for c in UNITS.communes] if communes is None else communes
        found.append((query, frozenset("10" if c == "10" else UNITS.district_of(c).code for c in every)))
        return really(conn, query, period, communes)

    monkeypatch.setattr(memo, "added", added)
    return found


def anew(conn: Connection) -> pd.DataFrame:
    """Measured where nothing is kept."""
    with conn.begin_nested() as inside:
        conn.execute(text("DELETE FROM memo.sums"))
        frame = measure.measure(conn, PERIOD)
        inside.rollback()
    return frame


def kept(conn: Connection) -> list[Any]:
    return list(conn.execute(text("SELECT * FROM memo.sums ORDER BY 1, 2, 3")).all())


class Life:
    """A province, and what may happen to it next."""

    def __init__(self, conn: Connection, seed: int) -> None:
        self.conn, self.seed, self.serial = conn, seed, 0
        self.rng = np.random.default_rng(seed)
        self.submissions = provinces.province(seed, PERIOD)
        provinces.put_all(conn, self.submissions)
        self.moment = datetime.fromisoformat("2030-01-01T00:00:00+00:00")
        self.linked()

    def pick(self, among: Any) -> Any:
        return among[int(self.rng.integers(len(among)))]

    def next(self) -> datetime:
        self.serial += 1
        self.moment += timedelta(hours=1)
        return self.moment

    def corrected(self, one: provinces.Submission, rows: list[provinces.Row]) -> provinces.Submission:
        """A submission sent again with some rows, which counts from now on."""
        moment = self.next()
        again = dataclasses.replace(
            one, id=f"again-{self.serial}", as_of=one.period.last_day, modified_at=moment, rows=rows
        )
        provinces.put_all(self.conn, [again])
        accepted = text("UPDATE intake.submission SET accepted_at = :at WHERE id = :id")
        self.conn.execute(accepted, {"at": moment, "id": again.id})
        self.submissions.append(again)
        return again

    def one_cell(self, one: provinces.Submission) -> list[provinces.Row]:
        """The rows with one cell of one of them as another has it."""
        rows = [dict(row) for row in one.rows]
        if rows:
            row, name = self.pick(rows), self.pick([n for n in rows[0] if n not in ("commune", "household_code")])
            row[name] = self.pick(rows)[name]
        return rows

    def change(self) -> provinces.Submission:
        """One submission is sent again: as it was, with another cell, without a row, or with other rows altogether."""
        one = self.pick(self.submissions)
        kind = self.pick(["same", "cell", "cell", "fewer", "other"])
        rows = one.rows
        if kind == "cell":
            rows = self.one_cell(one)
        elif kind == "fewer":
            rows = rows[1:]
        elif kind == "other":
            others = provinces.province(self.seed + 1000 + self.serial, one.period)
            rows = next((o.rows for o in others if (o.dataset, o.unit) == (one.dataset, one.unit)), rows)
        return self.corrected(one, rows)

    def linked(self) -> None:
        """A run of «link» ends some links and finds others, also such as no run would find."""
        moment = self.next()
        stand = self.conn.execute(text("SELECT link_id, linked_at FROM core.link_standing ORDER BY link_id")).all()
        ends = [{"id": r.link_id, "linked": r.linked_at, "at": moment} for r in stand if self.rng.random() < 0.4]
        if ends:
            self.conn.execute(text("INSERT INTO history.link_end VALUES (:id, :linked, :at)"), ends)
        for pair, dataset in SENDERS.items():
            register = "register_household" if pair == "loan" else "register_member"
            rows, to = (
                self.conn.execute(text(
                    f"SELECT submission_id, sheet, row, district_code FROM core.{name} WHERE period = '2018-Q4'"
                    " ORDER BY 1, 2, 3")).all()
                for name in (dataset, register)
            )  # fmt: skip
            for _ in range(8 if rows and to else 0):
                self.serial += 1
                one, other = self.pick(rows), self.pick(to)
                self.conn.execute(text(
                    "INSERT INTO history.link (link_id, linked_at, period, pair, submission_id, sheet, row,"
                    " district_code, register_submission_id, register_sheet, register_row, register_district_code,"
                    " method) VALUES (:id, :at, '2018-Q4', :pair, :s, :sheet, :row, :d, :rs, :rsheet, :rrow, :rd, :m)"),
                    {"id": f"l{self.serial}", "at": moment, "pair": pair, "s": one[0], "sheet": one[1], "row": one[2],
                     "d": one[3], "rs": other[0], "rsheet": other[1], "rrow": other[2], "rd": other[3],
                     "m": self.pick(METHODS if self.seed % 2 else UNDECIDED)})  # fmt: skip
        self.conn.execute(
            text(
                "INSERT INTO history.link_run (period, at, basis, parts, quality, added, ended)"
                " VALUES ('2018-Q4', :at, '{}', CAST(:parts AS jsonb), '{}', 1, 1)"
            ),
            {"at": moment, "parts": json.dumps(self.parts())},
        )

    def parts(self) -> dict[str, dict[str, list[str]]]:
        """Pair → district of the register → something that its links, and they alone, make."""
        query = text(
            "SELECT l.pair, l.register_district_code, md5(string_agg(concat_ws('|', l.submission_id, l.row, l.method,"
            " l.register_submission_id, l.register_row), ',' ORDER BY l.link_id)) FROM history.link AS l WHERE NOT EXISTS"
            " (SELECT FROM history.link_end AS e WHERE e.link_id = l.link_id AND e.linked_at = l.linked_at) GROUP BY 1, 2"
        )
        found: dict[str, dict[str, list[str]]] = {pair: {} for pair in SENDERS}
        for pair, district, made in self.conn.execute(query):
            found[pair][district] = [made]
        return found


@pytest.mark.parametrize("seed", one_of_the_day("memo", range(PROVINCES)))
def test_what_is_kept_gives_the_figures_of_adding_up_anew(conn: Connection, ran: Ran, seed: int) -> None:
    spared = told = 0
    life = Life(conn, seed)
    measure.measure(conn, PERIOD, keep=True)
    for at_once in range(CHANGES):
        links = life.rng.random() < 0.25
        changed = [] if links else [life.change() for _ in range(1 + at_once % 2)]
        if links:
            life.linked()
        ran.clear()
        frame = measure.measure(conn, PERIOD, keep=True)
        for query, districts in ran:
            only_these(query, districts, changed, links=links)
        spared += len(queries()) * 12 - sum(len(districts) for _, districts in ran)
        ran.clear()
        assert_same_frame(frame, anew(conn))
        told += int(frame["by_link"].map(bool).sum())
        ran.clear()
        assert_same_frame(measure.measure(conn, PERIOD), frame)
        assert ran == []
    assert spared > CHANGES * len(queries()) * 12 * 0.6
    assert told


def only_these(query: Query, districts: frozenset[str], changed: list[provinces.Submission], *, links: bool) -> None:
    """A query without links runs for the districts that a change names, and only if it reads what changed."""
    if query.linked:
        return
    own = {d for s in changed if s.period == PERIOD and s.dataset in query.datasets for d in s.covers}
    assert not links
    assert own
    assert districts <= own | {"10"}, query.name


def test_a_correction_of_a_district_is_added_up_there_alone(conn: Connection, ran: Ran) -> None:
    life = Life(conn, 4)
    measure.measure(conn, PERIOD, keep=True)
    one = next(
        s for s in reversed(life.submissions)
        if (s.dataset, s.period) == ("register_household", PERIOD) and s.rows and len(s.covers) == 1
    )  # fmt: skip
    ran.clear()
    rows = [row | {"classification": "near_poor"} for row in one.rows]
    life.corrected(one, rows)
    frame = measure.measure(conn, PERIOD)
    assert {q.name for q, _ in ran} == {q.name for q in queries() if "register_household" in q.datasets}
    for query, districts in ran:
        if set(query.across) == set(query.datasets):
            assert len(districts) > 2
        elif query.linked is None:
            assert districts == {*one.covers, "10"}
    assert_same_frame(frame, anew(conn))


@pytest.mark.parametrize("changes", [3, pytest.param(6, marks=pytest.mark.whole)])
def test_a_question_about_the_past_is_right_and_writes_nothing(conn: Connection, ran: Ran, changes: int) -> None:
    life = Life(conn, 2)
    moments = [life.moment]
    at(conn, life.moment)
    frames = [measure.measure(conn, PERIOD, keep=True)]
    for _ in range(changes):
        life.change()
        if life.rng.random() < 0.5:
            life.linked()
        moments.append(life.moment)
        at(conn, life.moment)
        frames.append(measure.measure(conn, PERIOD, keep=True))
    before = kept(conn)
    assert before
    assert len({f.to_json(default_handler=str) for f in frames}) > changes // 2
    ran.clear()
    for moment, frame in zip(moments, frames, strict=True):
        at(conn, moment)
        assert_same_frame(measure.measure(conn, PERIOD), frame)
        assert_same_frame(anew(conn), frame)
    assert kept(conn) == before


def test_new_links_and_new_reference_data_are_noticed(conn: Connection, ran: Ran) -> None:
    life = Life(conn, 0)
    measure.store(conn, PERIOD, measure.measure(conn, PERIOD, keep=True))
    assert PERIOD not in measure.outdated(conn)
    life.linked()
    assert PERIOD in measure.outdated(conn)
    ran.clear()
    measure.measure(conn, PERIOD, keep=True)
    assert {q.name for q, _ in ran} <= {q.name for q in queries() if q.linked}
    ran.clear()
    conn.execute(text("UPDATE ref.figure SET value = value + 1"))
    assert_same_frame(measure.measure(conn, PERIOD), anew(conn))
    assert {q.name for q, _ in ran} == {q.name for q in queries()}


def test_a_query_reads_what_its_front_matter_says(conn: Connection) -> None:
    """Of facts its datasets, of links its pair, of reference data what sums are known to follow from."""
    for dataset in DATASETS:
        conn.execute(text("SELECT history.make_partition(:d, '2018-Q4')"), {"d": dataset})
    for query in queries():
        statement = text(f"EXPLAIN (FORMAT JSON) SELECT count(*) FROM ({query.sql}) AS r")
        plan = json.dumps(conn.scalar(statement, parameters(PERIOD)))
        read = set(re.findall(r'"Relation Name": "(\w+)"', plan))
        facts = {name.removesuffix("_2018_q4") for name in read if name.endswith("_2018_q4")}
        assert facts <= set(query.datasets), query.name
        assert ("link" in read) == bool(query.linked), query.name
        of_ref = conn.scalars(text("SELECT relname FROM pg_class WHERE relnamespace = 'ref'::regnamespace"))
        assert read & set(of_ref) <= set(grounds.REFERENCE), query.name


def test_no_cell_of_few_people_is_seen_by_anybody_else(conn: Connection) -> None:
    allowed = text(
        "SELECT r.rolname FROM pg_roles AS r, pg_class AS c WHERE c.relnamespace = 'memo'::regnamespace"
        " AND c.relkind = 'r' AND (r.rolname IN ('loader', 'analyst', 'officer') OR r.rolname LIKE 'sector%')"
        " AND NOT r.rolcanlogin AND has_schema_privilege(r.oid, 'memo', 'USAGE')"
        " AND has_table_privilege(r.oid, c.oid, 'SELECT') GROUP BY 1"
    )
    assert list(conn.scalars(allowed)) == ["loader"]
    driver(conn).execute("SELECT ref.apply_grants()")
    assert list(conn.scalars(allowed)) == ["loader"]
