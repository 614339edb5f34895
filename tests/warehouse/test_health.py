"""What the database itself refuses, and that a quarter's figures read the partitions of that quarter alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from etl.contracts import DATASETS, Column, contract
from etl.indicators.registry import parameters, queries
from etl.model.period import Period
from etl.warehouse import WarehouseError, load, reference, upgrade
from etl.warehouse.ledger import get

pytestmark = pytest.mark.warehouse

PERIOD = "2018-Q4"
GOOD = {
    "text": "a", "code": "123", "name": "Lý Văn Ả", "unit": "02692", "ethnicity": "01", "int": 5, "money": 5, "number": 1.5,
    "date": "2018-12-01", "flag": True, "enum": None,
}  # fmt: skip
SPECIAL = {"card_number": "HN2100000000001"}


def good(column: Column) -> Any:
    """A value that a column takes."""
    if column.values:
        return next(iter(column.values))
    if column.digits:
        return "1" * column.digits[0]
    return SPECIAL.get(column.name, max(GOOD[column.type], column.minimum) if column.minimum is not None else GOOD[column.type])  # fmt: skip


def bad(column: Column) -> list[Any]:
    """Values that the contract forbids in a cell by itself."""
    found: list[Any] = []
    if column.minimum is not None:
        found.append(column.minimum - 1)
    if column.maximum is not None:
        found.append(column.maximum + 1)
    if column.values:
        found.append("of no such kind")
    if column.digits:
        found += ["1" * (column.digits[0] + 1), "x" * column.digits[0], "१" * column.digits[0], ""]
    if column.pattern:
        found.append("HN9100000000001")
    return found


def row_of(conn: Connection, dataset: str, **changed: Any) -> dict[str, Any]:
    codes = {
        "programme": conn.scalar(text("SELECT min(code) FROM ref.programme")),
        "object_code": conn.scalar(text("SELECT min(code) FROM ref.object_code")),
        "ethnicity": conn.scalar(text("SELECT min(name) FROM ref.ethnic_group")),
    }
    row: dict[str, Any] = {
        "submission_id": f"s-{dataset}",
        "sheet": "S",
        "row": 9,
        "period": PERIOD,
        "district_code": "082",
    }
    for column in contract(dataset).columns:
        row[column.name] = codes.get(column.name, good(column)) if not column.values else good(column)
        if column.year_ok:
            row[f"{column.name}_year"] = 1980
        if column.type == "name":
            row[f"{column.name}_key"] = "lý văn ả"
    return {**row, **changed}


def insert(conn: Connection, dataset: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    conn.execute(text(f"INSERT INTO history.{dataset} ({names}) VALUES ({', '.join(f':{n}' for n in row)})"), row)


def submitted(conn: Connection, dataset: str, period: str = PERIOD) -> str:
    conn.execute(text(
        "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes, modified_at, period,"
        " dataset, unit_code, as_of) VALUES (:id, 'water', 'a', '', :id, 1, 1, now(), :period, :dataset, '082', '2018-12-31')"),
        {"id": f"s-{dataset}", "dataset": dataset, "period": period})  # fmt: skip
    conn.execute(text("SELECT history.make_partition(:dataset, :period)"), {"dataset": dataset, "period": period})
    return f"s-{dataset}"


def accept(conn: Connection, submission: str) -> None:
    conn.execute(text("UPDATE intake.submission SET accepted_at = now(), state = 'accepted' WHERE id = :id"), {"id": submission})  # fmt: skip


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_database_refuses_what_a_contract_forbids_in_one_cell(warehouse: Engine, dataset: str) -> None:
    with warehouse.connect() as conn:
        submission = submitted(conn, dataset)
        insert(conn, dataset, row_of(conn, dataset))
        accept(conn, submission)
        tried = [(c.name, value) for c in contract(dataset).columns for value in bad(c)]
        tried += [(c.name, None) for c in contract(dataset).columns if c.required and not c.year_ok]
        tried += [(f"{c.name}_year", year) for c in contract(dataset).columns if c.year_ok for year in (1899, 2101)]
        assert len(tried) > 5
        for name, value in [*tried, ("row", 0), ("sheet", None), ("submission_id", "nobody's")]:
            with pytest.raises(IntegrityError) as caught, conn.begin_nested():
                insert(conn, dataset, row_of(conn, dataset, **{"row": 10, name: value}))
            assert isinstance(
                caught.value.orig, errors.CheckViolation | errors.NotNullViolation | errors.ForeignKeyViolation
            )
        # A waiver may lift a rule between cells, so these are not the database's.
        if dataset == "register_commune":
            insert(conn, dataset, row_of(conn, dataset, row=11, households=3, households_minority=5))


@pytest.mark.parametrize(("dataset", "name", "value"), [
    ("water_works", "commune", "99999"), ("water_works", "commune", "15"), ("credit_loan", "programme", "none such"),
    ("health_card", "object_code", "ZZ"), ("register_member", "ethnicity", "Người Sao Hoả"),
])  # fmt: skip
def test_rows_that_refer_to_nothing_are_not_published(warehouse: Engine, dataset: str, name: str, value: str) -> None:
    with pytest.raises(IntegrityError, match="reference_used"), warehouse.begin() as conn:
        submission = submitted(conn, dataset)
        insert(conn, dataset, row_of(conn, dataset, **{name: value}))
        accept(conn, submission)


def test_from_2022_a_programme_that_no_list_has_is_published(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        for dataset in ("credit_loan", "housing_support"):
            submission = submitted(conn, dataset, "2022-Q1")
            insert(conn, dataset, row_of(conn, dataset, period="2022-Q1", programme="Chương trình mới"))
            accept(conn, submission)
        used = conn.scalars(text("SELECT programme FROM intake.reference_used WHERE programme IS NOT NULL")).all()
    assert list(used) == []


def test_a_district_that_is_none_is_not_covered(warehouse: Engine) -> None:
    with pytest.raises(IntegrityError, match="unit_known"), warehouse.begin() as conn:
        submission = submitted(conn, "water_works")
        conn.execute(
            text("INSERT INTO intake.coverage VALUES (:id, 'water_works', '2018-Q4', '999')"), {"id": submission}
        )


def test_a_unit_in_use_stays_and_others_may_change(warehouse: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with warehouse.begin() as conn:
        submission = submitted(conn, "water_works")
        insert(conn, "water_works", row_of(conn, "water_works"))
        accept(conn, submission)
        used = conn.execute(text("SELECT unit_code, unit_valid_from FROM intake.reference_used")).all()
        assert [u.unit_code for u in used] == ["02692"]
    units = reference._units()
    renamed = [{**u, "name": "Xã Mới"} if u["code"] == "02692" else u for u in units]
    real = dict(reference._tables())
    monkeypatch.setattr(reference, "_tables", lambda: iter([("unit", renamed)]))
    upgrade(warehouse)
    with warehouse.begin() as conn:
        assert "Xã Mới" in conn.scalars(text("SELECT name FROM ref.unit WHERE code = '02692'")).all()
    without = [u for u in units if u["code"] != "02692"]
    monkeypatch.setattr(
        reference, "_tables", lambda: iter([("unit", without), ("unit_successor", real["unit_successor"][:1])])
    )
    with pytest.raises(WarehouseError, match="02692"):
        upgrade(warehouse)


def relations_of(plan: Any) -> set[str]:
    """The tables that an executed plan has read."""
    if isinstance(plan, list):
        return set().union(*map(relations_of, plan)) if plan else set()
    if not isinstance(plan, dict):
        return set()
    own = {plan["Relation Name"]} if "Relation Name" in plan else set()
    return own | set().union(*(relations_of(v) for v in plan.values()))


def test_an_indicator_reads_the_partitions_of_its_quarter_alone(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        for dataset in DATASETS:
            for period in (PERIOD, "2019-Q1", "2017-Q4"):
                conn.execute(text("SELECT history.make_partition(:d, :p)"), {"d": dataset, "p": period})
    partition = re.compile(r".*_(\d{4}_q\d)$")
    read = set()
    with warehouse.connect() as conn:
        for query in queries():
            statement = text(f"EXPLAIN (FORMAT JSON) SELECT code, sum(numerator) FROM ({query.sql}) AS r GROUP BY 1")
            names = relations_of(conn.scalar(statement, parameters(Period(2018, 4))))
            found = {match[1] for name in names if (match := partition.match(name))}
            assert found <= {"2018_q4"}, (query.name, names)
            read |= {name for name in names if partition.match(name)}
    needed = {d for query in queries() for d in query.datasets}
    assert read == {f"{dataset}_2018_q4" for dataset in needed}


def test_a_load_leaves_a_vacuumed_and_analyzed_partition(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        # The test's server writes its log late, and no page is known as visible before.
        conn.execute(text("SET LOCAL synchronous_commit = on"))
        submission = submitted(conn, "water_works")
        for row in range(9, 200):
            insert(conn, "water_works", row_of(conn, "water_works", row=row))
        one = get(conn, submission)
    with warehouse.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
        load.vacuum(conn, one)
        known = conn.execute(text(
            "SELECT c.reltuples, c.relallvisible, c.relpages FROM pg_class AS c WHERE c.relname = 'water_works_2018_q4'")).one()  # fmt: skip
        whole = conn.scalar(text("SELECT n_distinct FROM pg_stats WHERE tablename = 'water_works' AND attname = 'row'"))
        plan = conn.scalar(text("EXPLAIN (FORMAT JSON) SELECT * FROM core.water_works WHERE period = '2018-Q4'"))
    assert known.reltuples == 191
    assert known.relallvisible == known.relpages > 0
    assert plan[0]["Plan"]["Plan Rows"] > 19  # Of 191 that count; a join with those that count was planned for one.
    assert whole == -1  # Joins are planned by what is known of the whole table: each row has a number of its own.
