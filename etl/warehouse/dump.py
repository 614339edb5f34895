"""A database as one file and back, by PostgreSQL's own programs of the embedded server's package."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from etl.warehouse.embedded import binaries, plain
from etl.warehouse.errors import WarehouseError


def dump(url: URL, place: Path, snapshot: str) -> None:
    """Write a database, as an exported snapshot shows it, to a file of pg_dump's custom format.

    Raises WarehouseError with what pg_dump says.
    """
    _run(url, "pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={place}")


def restore(url: URL, place: Path) -> None:
    """Bring a dump into an empty database, in one transaction. Raises WarehouseError with what pg_restore says."""
    _run(url, "pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", str(place))


@contextmanager
def beside(url: URL) -> Iterator[URL]:
    """An empty database beside another, for as long as the block lasts; one that has taken its place stays."""
    fresh = url.set(database=f"{url.database}_restoring")
    name = sql.Identifier(fresh.database or "")
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(name)
    with _server(url) as conn:
        conn.execute(drop)
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        try:
            yield fresh
        finally:
            conn.execute(drop)


def take_place(url: URL, of: URL) -> None:
    """Let a database have the name of another, which is dropped. Raises WarehouseError while anybody uses that one."""
    fresh, old, aside = (sql.Identifier(n or "") for n in (url.database, of.database, f"{of.database}_replaced"))
    with _server(url) as conn:
        try:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(aside))
            conn.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(old, aside))
        except psycopg.errors.ObjectInUse as fault:
            raise WarehouseError(f"the warehouse {of.database} is in use: stop Airflow and every other user") from fault
        conn.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(fresh, old))
        conn.execute(sql.SQL("DROP DATABASE {}").format(aside))


def _server(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(plain(url.set(database="postgres")), autocommit=True)


def _run(url: URL, program: str, *arguments: str) -> None:
    where = {
        "PGHOST": url.host, "PGPORT": url.port and str(url.port), "PGUSER": url.username, "PGPASSWORD": url.password,
    }  # fmt: skip
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    environment = {**kept, **{k: v for k, v in where.items() if v}}
    command = [str(binaries() / program), f"--dbname={url.database}", *arguments]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise WarehouseError(f"{program} failed: {done.stderr.strip()[-800:]}")
