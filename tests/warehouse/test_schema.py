"""The schema as it stands in PostgreSQL, held against the contracts."""

from __future__ import annotations

import re

import pytest
from psycopg import errors
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from etl.contracts import DATASETS, contract
from etl.reference.units import all_units
from etl.settings import ROOT
from etl.warehouse import upgrade
from etl.warehouse.checksum import checksum

pytestmark = pytest.mark.warehouse

ADDRESS = [
    ("submission_id", "text"),
    ("sheet", "text"),
    ("row", "integer"),
    ("period", "text"),
    ("district_code", "text"),
]


@pytest.mark.parametrize("dataset", DATASETS)
def test_a_table_and_a_view_hold_what_the_contract_says(warehouse: Engine, dataset: str) -> None:
    form = contract(dataset)
    query = text(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, col_description(c.oid, a.attnum)"
        " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relname = :table AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
    )
    with warehouse.connect() as conn:
        stored = conn.execute(query, {"schema": "history", "table": dataset}).all()
        shown = conn.execute(query, {"schema": "core", "table": dataset}).all()
    # A column of a later form stands behind the others, wherever the form has it.
    assert [(r[0], r[1]) for r in stored] == [(r[0], r[1]) for r in shown]
    assert sorted((r[0], r[1]) for r in stored) == sorted([*ADDRESS, *form.stored_columns])
    must = {r[0] for r in stored if r[2]} - {name for name, _ in ADDRESS}
    # A year-only birth is required in the contract and has no day; the year is there then.
    wanted = {f"{n}_year" if form[n].year_ok else n for n in form.required}
    assert must == wanted
    assert {r[0] for r in stored if r[3] == "pii"} == form.pii


def test_no_view_or_query_takes_two_empty_cells_for_the_same_value(warehouse: Engine) -> None:
    """IS DISTINCT FROM does, between two rows; NOT IN of a list with an empty cell is never true, <> of one neither.

    Links between rows of which neither states a number were once left out of every figure by the first.
    """
    query = (
        "SELECT n.nspname || '.' || c.relname AS view, pg_get_viewdef(c.oid) AS definition FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'v' AND n.nspname IN ('core', 'mart', 'quality', 'ref', 'intake')"
    )
    required = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema IN ('history', 'intake') AND is_nullable = 'NO'"
    )
    with warehouse.connect() as conn:
        texts = {row.view: row.definition for row in conn.execute(text(query))}
        never_empty = set(conn.scalars(text(required)))
    assert len(texts) > 20
    for folder in ("indicators", "cross"):
        for path in (ROOT / "warehouse_sql" / folder).glob("*.sql"):
            content = re.sub(r"/\*.*?\*/|--[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            texts[f"{folder}/{path.name}"] = content
    # The table of each column that may be compared with <> as it stands; in coalesce( ) any may.
    table_of = {"method": "link", "ethnicity": "register_household", "state": "submission"}
    assert {f"{table}.{column}" for column, table in table_of.items()} <= never_empty
    for name, content in texts.items():
        assert not re.search(r"\bIS\s+(NOT\s+)?DISTINCT\s+FROM\b", content, re.IGNORECASE), name
        assert not re.search(r"\bNOT\s+IN\s*\(\s*SELECT\b|\bNOT\s*\(+[^()]*\bIN\s*\(\s*SELECT\b", content), name
        unsafe = re.findall(r"(?<!coalesce\()(?<!\w)(?:\w+\.)?(\w+)\s*(?:<>|!=)", content, re.IGNORECASE)
        assert set(unsafe) <= set(table_of), (name, unsafe)


def test_upgrading_again_changes_nothing(warehouse: Engine) -> None:
    with warehouse.connect() as conn:
        before = {s: checksum(conn, s) for s in ("ref", "mart", "intake", "history")}
    upgrade(warehouse)
    with warehouse.connect() as conn:
        assert {s: checksum(conn, s) for s in before} == before
        assert conn.scalar(text("SELECT count(*) FROM ref.unit")) == len(all_units())


def test_a_checksum_sees_every_row_whatever_the_order(warehouse: Engine) -> None:
    add = text("INSERT INTO mart.measured (period, basis) VALUES (:p, :b)")
    with warehouse.begin() as conn:
        empty = checksum(conn, "mart")["measured"]
        conn.execute(add, [{"p": "2018-Q4", "b": "x"}, {"p": "2018-Q3", "b": "y"}])
        one = checksum(conn, "mart")["measured"]
        conn.execute(text("DELETE FROM mart.measured"))
        conn.execute(add, [{"p": "2018-Q3", "b": "y"}, {"p": "2018-Q4", "b": "x"}])
        other = checksum(conn, "mart")["measured"]
    assert empty != one == other


def test_published_rows_cannot_be_changed(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        conn.execute(text(
            "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at, period,"
            " dataset, unit_code, as_of, accepted_at, state) VALUES ('s-1', 'water', 'a', '', 'x', 1, 1, now(), '2018-Q4',"
            " 'water_works', '10', '2018-12-31', now(), 'accepted')"))  # fmt: skip
        conn.execute(
            text("CREATE TABLE history.water_works_2018_q4 PARTITION OF history.water_works FOR VALUES IN ('2018-Q4')")
        )
        conn.execute(text(
            "INSERT INTO history.water_works (submission_id, sheet, row, period, district_code, works_name, commune, state)"
            " VALUES ('s-1', 'S', 9, '2018-Q4', '082', 'a', '02692', 'fair')"))  # fmt: skip
    for statement in ("UPDATE history.water_works SET works_name = 'b'", "DELETE FROM history.water_works"):
        with pytest.raises(DatabaseError, match="append-only") as caught, warehouse.begin() as conn:
            conn.execute(text(statement))
        assert isinstance(caught.value.orig, errors.RaiseException)


def test_counts_that_do_not_foot_are_refused(warehouse: Engine) -> None:
    with pytest.raises(DatabaseError, match="rows_foot"), warehouse.begin() as conn:
        conn.execute(text(
            "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at,"
            " rows_read, rows_accepted, rows_rejected, rows_ignored)"
            " VALUES ('s-2', 'water', 'a', '', 'y', 1, 1, now(), 10, 5, 3, 1)"))  # fmt: skip


def test_a_link_names_submissions_that_are_there(warehouse: Engine) -> None:
    add = text(
        "INSERT INTO history.link (link_id, linked_at, period, pair, submission_id, sheet, row, district_code,"
        " register_submission_id, register_sheet, register_row, register_district_code, method)"
        " VALUES ('l-1', now(), '2018-Q4', 'card', :of, 'S', 9, '082', :to, 'S', 9, '082', 'id_number')"
    )
    with warehouse.begin() as conn:
        conn.execute(text(
            "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at)"
            " VALUES ('s-3', 'register', 'a', '', 'z', 1, 1, now())"))  # fmt: skip
    for of, to in (("s-3", "nobody"), ("nobody", "s-3")):
        with pytest.raises(DatabaseError, match="not there") as caught, warehouse.begin() as conn:
            conn.execute(add, {"of": of, "to": to})
        assert isinstance(caught.value.orig, errors.ForeignKeyViolation)
    with warehouse.begin() as conn:
        assert conn.execute(add, {"of": "s-3", "to": "s-3"}).rowcount == 1
