"""Migrations: Alembic keeps the order, plain SQL files in ``warehouse_sql/migrations`` say what is done."""

from __future__ import annotations

from pathlib import Path

from alembic import command, op
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from etl.settings import ROOT
from etl.warehouse import locks
from etl.warehouse.engine import driver
from etl.warehouse.reference import load_reference

SQL = ROOT / "warehouse_sql" / "migrations"
ROLES = ROOT / "warehouse_sql" / "roles.sql"


def run_file(name: str) -> None:
    """Run one SQL file inside of a migration."""
    # Past SQLAlchemy, which would take a % in the file for a placeholder.
    driver(op.get_bind()).execute((SQL / name).read_bytes())


def make_roles(conn: Connection) -> None:
    """Make the groups of people that grants and policies name, unless the server has them. Safe to repeat."""
    driver(conn).execute(ROLES.read_bytes())


def upgrade(engine: Engine) -> None:
    """Bring schema, reference data and grants up to date, in one transaction. Changes nothing where they are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "alembic"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as conn:
        locks.until_commit(conn, locks.MIGRATE)
        config.attributes["connection"] = conn
        make_roles(conn)
        if conn.scalar(text("SELECT to_regprocedure('ref.drop_officer_views()')")) is not None:
            conn.execute(text("SELECT ref.drop_officer_views()"))
        command.upgrade(config, "head")
        load_reference(conn)
        conn.execute(text("SELECT ref.apply_grants()"))
