"""Each role, connected as a person of it: what it sees, what it does not, in results and in error messages."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy import URL, Engine, text

from etl import pipeline
from etl.contracts import DATASETS, contract
from etl.intake import inbox
from etl.settings import SECTORS, Settings
from etl.warehouse.embedded import plain
from samples import Sample
from tests.support import edited
from tests.warehouse.conftest import Login

pytestmark = pytest.mark.warehouse

SECRET_NAME, SECRET_NUMBER, SECRET_CELL, SECRET_FILE = (
    "Tẩn Bí Mật Ghê",
    "098765432109",
    "Giàng Kín Đáo 77",
    "ho_so_Ma_Kin",
)
TAKEN = (
    "register_commune_082", "register_household_082", "register_member_082", "credit_loan_082", "education_pupil_082",
    "housing_support_10", "health_card_10",
)  # fmt: skip

RELATIONS = """
    SELECT n.nspname, c.relname, c.relkind, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') GROUP BY 1, 2, 3 ORDER BY 1, 2
"""


def sent(small: Sample, folder: Path) -> list[Path]:
    """The files of one district and the province's, among them people with known names in good and in bad rows."""
    chosen = [path for path in small.files if path.stem.startswith(TAKEN)]
    for path in chosen:
        (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
    paths = [Path(shutil.copy2(path, folder / path.parent.name)) for path in chosen]
    by_name = {p.stem.removesuffix("_2018-Q4"): p for p in paths}
    edited(by_name["register_member_082"], by_name["register_member_082"], "register_member",
           {(1, "full_name"): SECRET_NAME, (1, "id_number"): SECRET_NUMBER})  # fmt: skip
    card = by_name["health_card_10"]
    # A bad cell is repeated by a finding, a file's name by the ledger.
    edited(card, card, "health_card", {(2, "birth"): SECRET_CELL, (3, "full_name"): SECRET_NAME})
    paths.append(card.rename(card.with_name(f"{SECRET_FILE}_{card.name}")))
    paths.remove(card)
    return paths


@pytest.fixture
def loaded(small: Sample, tmp_path: Path, login: Login) -> Settings:
    """A district's files, taken the whole way by a login of the role «loader», which can do no DDL."""
    url = login("loader").render_as_string(hide_password=False)
    own = Settings(home=tmp_path / "home", warehouse_url=url, settle_seconds=0, endless_seconds=0)
    drops, _ = inbox.given(sent(small, tmp_path / "sent"), SECTORS, None)
    done = pipeline.ingest(own, drops)
    assert {d.submission.state for d in done} == {"accepted"}
    assert len(done) == len(TAKEN)
    return own


def ask(url: URL, statement: str | sql.Composable) -> str:
    """Everything that a statement gives away: rows, notices, or the error with its details."""
    told: list[str] = []
    with psycopg.connect(plain(url)) as conn:
        conn.add_notice_handler(lambda n: told.append(f"{n.message_primary} {n.message_detail} {n.context}"))
        try:
            cursor = conn.execute(statement)
            told += [str(row) for row in cursor] if cursor.description else []
        except psycopg.Error as fault:
            told += [str(fault), repr(fault.diag.message_detail), repr(fault.diag.context)]
    return "\n".join(told)


@pytest.fixture
def secrets(loaded: Settings, warehouse: Engine) -> list[str]:
    """Every text that stands in a pii column, and what was planted."""
    found = {SECRET_NAME, SECRET_NUMBER, SECRET_CELL, SECRET_FILE}
    with warehouse.connect() as conn:
        for dataset in DATASETS:
            for name in contract(dataset).pii:
                values = conn.scalars(text(f"SELECT DISTINCT {name}::text FROM history.{dataset}"))
                found |= {v for v in values if v and len(v) >= 8 and not v.startswith(("19", "20"))}
    assert len(found) > 100
    return sorted(found)


def given_away(told: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret in told]


def test_a_loader_runs_both_journeys_and_can_do_no_ddl(loaded: Settings) -> None:
    assert pipeline.measure(loaded, "2018-Q4") > 1000
    assert pipeline.measure_outdated(loaded) == []
    assert pipeline.publish_edition(loaded, "2018-Q4") == (1, True)
    assert pipeline.report(loaded, "2018-Q4", 1).exists()
    url = (loaded.warehouse_url or "").replace("+psycopg", "")
    for refused in (
        "CREATE TABLE history.mine (a int)", "CREATE SCHEMA mine", "ALTER TABLE history.health_card ADD a int",
        "CREATE TABLE public.mine (a int)", "UPDATE history.health_card SET sex = 'male'", "SELECT ref.apply_grants()",
        "DROP TABLE intake.event", "TRUNCATE quality.finding", "DELETE FROM ref.unit", "SELECT * FROM pii.read_log",
        "SELECT history.make_partition('health_card; DROP TABLE x', '2018-Q4')",
        "SELECT history.make_partition('health_card', '2018-Q5')", "SELECT history.make_partition('nothing', '2018-Q4')",
    ):  # fmt: skip
        with pytest.raises(psycopg.Error) as caught, psycopg.connect(url) as conn:
            conn.execute(refused)
        assert isinstance(caught.value, errors.InsufficientPrivilege | errors.RaiseException), refused
    with (
        pytest.raises(errors.RaiseException, match="append-only"),
        psycopg.connect(url) as conn,
    ):
        conn.execute("SELECT set_config('giamngheo.forgetting', '1', true)")
        conn.execute("DELETE FROM history.health_card")


def test_an_analyst_reads_no_personal_data_by_any_relation(
    login: Login, secrets: list[str], warehouse: Engine
) -> None:  # fmt: skip
    analyst = login("analyst")
    readable = set()
    with warehouse.connect() as conn:
        relations = [tuple(r) for r in conn.execute(text(RELATIONS))]
        hidden = {tuple(r) for r in conn.execute(text("SELECT * FROM ref.pii_column"))}
    assert {("history", d, c) for d in DATASETS for c in contract(d).pii} < hidden
    with psycopg.connect(plain(analyst), autocommit=True) as conn:
        for schema, name, _, columns in relations:
            place = sql.Identifier(schema, name)
            for column in columns:
                try:
                    cursor = conn.execute(sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(column), place))
                    told = "\n".join(str(row[0]) for row in cursor)
                except psycopg.Error as fault:
                    told = f"{fault} {fault.diag.message_detail} {fault.diag.context}"
                else:
                    readable.add((schema, name, column))
                assert not given_away(told, secrets), (schema, name, column)
    own = {r for r in readable if r[0] not in ("pg_catalog", "information_schema")}
    assert not own & hidden
    assert not {schema for schema, _, _ in own} & {"history", "pii", "memo"}
    # What is not hidden is there to be read.
    every = {(s, n, c) for s, n, _, columns in relations for c in columns if s in ("core", "mart", "ref", "intake", "quality")}  # fmt: skip
    assert every - own == {h for h in hidden if h[0] != "history"}
    with psycopg.connect(plain(analyst)) as conn:
        rows = conn.execute("SELECT commune, household_code, relation FROM core.register_member").fetchall()
        assert len(rows) > 10


TRIES = [
    "SELECT * FROM core.register_member",
    "SELECT m FROM core.register_member AS m",
    "SELECT row_to_json(m) FROM core.register_member AS m",
    "SELECT commune FROM core.register_member ORDER BY full_name",
    "SELECT commune FROM core.register_member GROUP BY commune, id_number",
    "SELECT count(*) FROM core.register_member WHERE id_number = '098765432109'",
    "SELECT a.commune FROM core.register_member a NATURAL JOIN core.health_card b",
    "SELECT a.commune FROM core.register_member a JOIN core.health_card b USING (full_name)",
    "SELECT id_number::int FROM core.register_member",
    "SELECT 1 / (length(full_name) - length(full_name)) FROM core.register_member",
    "COPY core.register_member TO STDOUT",
    "COPY core.register_member (full_name) TO STDOUT",
    "COPY (SELECT full_name FROM core.register_member) TO STDOUT",
    "COPY history.register_member FROM STDIN",
    "COPY core.register_member TO '/tmp/out'",
    "COPY core.register_member TO PROGRAM 'cat'",
    "EXPLAIN ANALYZE SELECT * FROM core.register_member WHERE full_name = 'a'",
    "SELECT query_to_xml('SELECT * FROM core.register_member', true, true, '')",
    "SELECT table_to_xml('history.register_member', true, true, '')",
    "SELECT schema_to_xml('core', true, true, '')",
    "SELECT schema_to_xml('quality', true, true, '')",
    "SELECT database_to_xml(true, true, '')",
    "SELECT * FROM ts_stat('SELECT to_tsvector(''simple'', full_name) FROM core.register_member')",
    "SELECT * FROM pg_stats WHERE schemaname = 'history'",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_stats_ext",
    "SELECT query FROM pg_stat_activity",
    "SELECT * FROM pg_largeobject",
    "SELECT pg_read_file('log')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_get(loid) FROM pg_largeobject_metadata, LATERAL (SELECT oid AS loid) AS x",
    "INSERT INTO history.register_member SELECT * FROM history.register_member",
    "INSERT INTO intake.submission SELECT * FROM intake.submission",
    "UPDATE core.register_member SET commune = full_name",
    "UPDATE quality.finding SET rule = value RETURNING value",
    "DELETE FROM core.register_member RETURNING *",
    "SELECT * FROM core.register_member FOR UPDATE",
    "CREATE TEMP TABLE t (s text REFERENCES intake.submission (id))",
    "CREATE TEMP TABLE t (LIKE history.register_member INCLUDING ALL); INSERT INTO t SELECT * FROM core.register_member",
    "CREATE TEMP TABLE t PARTITION OF history.register_member FOR VALUES IN ('1999-Q1')",
    "CREATE TEMP TABLE t () INHERITS (history.register_member); SELECT * FROM t",
    "CREATE TEMP VIEW v AS SELECT full_name FROM core.register_member; SELECT * FROM v",
    "CREATE FUNCTION pg_temp.f() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS"
    " 'SELECT full_name FROM history.register_member'; SELECT * FROM pg_temp.f()",
    "CREATE FUNCTION pg_temp.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
    " 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END';"
    " SELECT count(*) FROM core.register_member m WHERE pg_temp.leak(commune) AND pg_temp.leak(sheet)",
    "CREATE FUNCTION pg_temp.leak(record) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
    " 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'; SELECT count(*) FROM core.register_member m WHERE pg_temp.leak(m)",
    "DO $$ BEGIN PERFORM full_name FROM core.register_member; EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%', SQLERRM; END $$",
    "SELECT message FROM quality.finding",
    "SELECT submission_id FROM quality.finding WHERE value::int > 0",
    "SELECT detail FROM intake.event",
    "SELECT * FROM pii.core_register_member",
    "SELECT pii.log_read('core_register_member')",
    "SELECT ref.apply_grants()",
    "SELECT history.make_partition('register_member', '1999-Q1')",
    "SET ROLE officer",
    "SET ROLE giamngheo",
    "SET SESSION AUTHORIZATION giamngheo",
    "ALTER TABLE quality.finding DISABLE ROW LEVEL SECURITY",
    "SET row_security = off; SELECT count(*) FROM quality.finding WHERE value LIKE 'G%'",
    "SET giamngheo.forgetting = '1'; UPDATE history.register_member SET full_name = 'x'",
    "GRANT SELECT ON history.register_member TO analyst",
    "DECLARE c CURSOR FOR SELECT full_name FROM core.register_member; FETCH ALL FROM c",
    "PREPARE p AS SELECT full_name FROM history.register_member; EXECUTE p",
    "SELECT pg_get_constraintdef(oid), conbin FROM pg_constraint",
    "SELECT currval(pg_get_serial_sequence('intake.event', 'id'))",
    "LISTEN all_of_it",
]  # fmt: skip


def test_an_analyst_gets_no_personal_data_out_of_functions_and_errors(
    login: Login, secrets: list[str], warehouse: Engine
) -> None:
    analyst = login("analyst")
    with warehouse.connect() as other:
        # Somebody else is just looking at a person.
        other.execute(text(f"SELECT '{SECRET_NAME}'"))
        for attempt in TRIES:
            # The statement itself comes back in some errors; what it did not say must not.
            leaked = [s for s in given_away(ask(analyst, attempt), secrets) if s not in attempt]
            assert not leaked, attempt
        callable_ = other.execute(text(
            "SELECT p.oid::regprocedure::text, p.prosecdef FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%'"
            " AND has_schema_privilege(:who, n.oid, 'USAGE') AND has_function_privilege(:who, p.oid, 'EXECUTE')"),
            {"who": analyst.username}).all()  # fmt: skip
    assert ("core.as_of()", False) in [tuple(c) for c in callable_]
    assert not [name for name, definer in callable_ if definer]


def server_log(warehouse: Engine) -> str:
    with warehouse.connect() as conn:
        data = Path(str(conn.scalar(text("SHOW data_directory"))))
    return (data.parent / "log").read_text(errors="replace")


def test_an_officer_sees_them_and_every_read_is_logged(login: Login, loaded: Settings, warehouse: Engine) -> None:
    officer = login("officer")

    def logged() -> list[tuple[str, str]]:
        with warehouse.connect() as conn:
            return [tuple(r) for r in conn.execute(text("SELECT reader, dataset FROM pii.read_log ORDER BY id"))]

    member, card = (str(officer.username), "core_register_member"), (str(officer.username), "core_health_card")
    assert SECRET_NAME in ask(officer, "SELECT * FROM pii.core_register_member")
    assert logged() == [member]
    assert SECRET_CELL in ask(officer, "SELECT value FROM pii.quality_finding")
    # Each view of a join is a read; a function that is pushed down sees nothing before the read is logged.
    ask(officer, "SELECT 1 FROM pii.core_register_member m JOIN pii.core_health_card c USING (full_name)")
    assert sorted(logged()[2:]) == [card, member]
    with psycopg.connect(plain(officer)) as conn:
        conn.execute(
            "CREATE FUNCTION pg_temp.f() RETURNS SETOF text LANGUAGE sql AS 'SELECT full_name FROM pii.core_health_card'"
        )
        conn.execute("SELECT * FROM pg_temp.f()")
        conn.execute("PREPARE p AS SELECT 1 FROM pii.core_health_card WHERE full_name = 'x' LIMIT 1")
        conn.execute("EXECUTE p")
        conn.execute("DECLARE c CURSOR FOR SELECT * FROM pii.core_register_member")
        conn.execute("FETCH 1 FROM c")
    assert logged()[4:] == [card, card, member]
    # Rolled back, the row is gone; the server's own log is not.
    with psycopg.connect(plain(officer)) as conn:
        rows = conn.execute("SELECT full_name FROM pii.core_register_member").fetchall()
        assert rows
        conn.rollback()
    assert len(logged()) == 7
    assert server_log(warehouse).count(f"pii: {officer.username} reads core_register_member") == 4
    # A reader that cannot be logged reads nothing.
    assert "read-only" in ask(officer, "SET TRANSACTION READ ONLY; SELECT * FROM pii.core_register_member")
    for refused in (
        "DELETE FROM pii.read_log", "UPDATE pii.read_log SET reader = 'nobody'", "SELECT * FROM pii.read_log",
        "TRUNCATE pii.read_log", "SELECT full_name FROM core.register_member", "SELECT * FROM history.health_card",
        "INSERT INTO pii.read_log (reader, dataset, statement) VALUES ('a', 'b', 'c')", "SET log_min_messages = 'panic'",
    ):  # fmt: skip
        assert "permission denied" in ask(officer, refused), refused
    with pytest.raises(Exception, match="append-only"), warehouse.begin() as conn:
        conn.execute(text("DELETE FROM pii.read_log"))


def test_a_sector_sees_its_own_submissions_alone(login: Login, loaded: Settings, warehouse: Engine) -> None:
    with warehouse.connect() as conn:
        of_sector = {r.id: r.sector for r in conn.execute(text("SELECT id, sector FROM intake.submission"))}
        tables = conn.execute(text(
            "SELECT n.nspname || '.' || c.relname, a.attname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
            " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'submission_id'"
            " WHERE n.nspname IN ('intake', 'quality') AND c.relkind IN ('r', 'p')")).all()  # fmt: skip
        everything = {
            t: {r[0] for r in conn.execute(text(f"SELECT DISTINCT submission_id FROM {t}"))} for t, _ in tables
        }
    assert {"intake.event", "intake.coverage", "quality.finding", "quality.check_run"} <= set(everything)
    for sector in SECTORS:
        url = login(f"sector_{sector}")
        own = {s for s, of in of_sector.items() if of == sector}
        with psycopg.connect(plain(url)) as conn:
            assert {r[0] for r in conn.execute("SELECT id FROM intake.submission")} == own
            for table, there in everything.items():
                seen = {r[0] for r in conn.execute(f"SELECT submission_id FROM {table}")}
                assert seen == there & own, (sector, table)
        for refused in ("SELECT commune FROM core.register_member", "SELECT * FROM mart.indicator_value",
                        "DELETE FROM intake.event", "SELECT * FROM history.health_card"):  # fmt: skip
            assert "permission denied" in ask(url, refused)
    # Somebody in a sector and an analyst sees no more cells of findings than the sector does.
    both = login("sector_credit", "analyst")
    assert SECRET_CELL not in ask(both, "SELECT value FROM quality.finding")
    assert SECRET_CELL in ask(login("sector_health_insurance"), "SELECT value FROM quality.finding")


@pytest.fixture
def later(warehouse: Engine) -> Engine:
    """The warehouse after a migration that forgot about roles."""
    with warehouse.begin() as conn:
        conn.execute(text("CREATE VIEW core.people AS SELECT commune, upper(full_name) AS called, full_name AS n, sheet"
                          " FROM core.register_member"))  # fmt: skip
        conn.execute(
            text("CREATE VIEW core.by_commune AS SELECT commune, count(*) AS people FROM core.people GROUP BY 1")
        )
        conn.execute(text("CREATE TABLE quality.remark (submission_id text, words text)"))
        conn.execute(text("SELECT ref.apply_grants()"))
    return warehouse


def test_what_a_later_migration_adds_is_not_forgotten(later: Engine, login: Login) -> None:
    analyst, credit = login("analyst"), login("sector_credit")
    for refused in ("SELECT called FROM core.people", "SELECT n FROM core.people"):
        assert "permission denied" in ask(analyst, refused)
    for granted in ("SELECT commune, sheet FROM core.people", "SELECT people FROM core.by_commune",
                    "SELECT words FROM quality.remark"):  # fmt: skip
        assert "denied" not in ask(analyst, granted)
    with later.begin() as conn:
        conn.execute(text("INSERT INTO quality.remark VALUES ('of nobody', 'x')"))
    assert ask(credit, "SELECT words FROM quality.remark") == ""
