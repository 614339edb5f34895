"""Connecting to the warehouse: the given PostgreSQL, or the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from etl.settings import Settings
from etl.warehouse.embedded import serving
from etl.warehouse.errors import WarehouseError


@contextmanager
def connect(settings: Settings, *, fresh: bool = False) -> Iterator[Engine]:
    """An engine on the warehouse for as long as the block lasts.

    fresh: also one that was never made ready, in order to do so. Raises WarehouseError, in plain words, if there is
    none to reach or it is not ready.
    """
    with ExitStack() as stack:
        given = settings.warehouse_url
        url = _given(given) if given else stack.enter_context(serving(settings))
        engine = _engine(url)
        try:
            with engine.connect() as conn:
                ready = conn.scalar(text("SELECT to_regclass('mart.indicator_value')")) is not None
        except OperationalError as fault:
            shown = url.render_as_string(hide_password=True)
            raise WarehouseError(f"the warehouse {shown} does not answer: {str(fault.orig).strip()}") from fault
        if not (ready or fresh):
            raise WarehouseError("the warehouse was never made ready: run «giamngheo init» first")
        yield engine


@lru_cache(maxsize=16)
def _engine(url: URL) -> Engine:
    """Return the process's engine for a URL. It keeps no connection, but the statements that it has compiled."""
    return create_engine(url, poolclass=NullPool)


def _given(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError as fault:
        raise WarehouseError("GIAMNGHEO_WAREHOUSE_URL is no SQLAlchemy URL (postgresql+psycopg://…)") from fault
    if not url.drivername.startswith("postgresql"):
        raise WarehouseError(f"GIAMNGHEO_WAREHOUSE_URL points to {url.drivername}; the warehouse is a PostgreSQL")
    return url.set(drivername="postgresql+psycopg")


def driver(conn: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection below, for what SQLAlchemy has no words for: COPY and composed identifiers."""
    below = conn.connection.driver_connection
    if not isinstance(below, psycopg.Connection):
        raise TypeError(f"the warehouse is reached with psycopg, not with {type(below).__name__}")
    return below


def join_whole(conn: Connection) -> None:
    """Let the planner join by hash or sort, for the rest of the transaction, with the hashes of a province's lists in
    memory.

    Commune, code, name and year of a person say nearly the same, which the planner does not know: it takes rows that
    agree in all for one, and would run through one list for each row of another.
    """
    conn.execute(text("SET LOCAL enable_nestloop = off"))
    conn.execute(text("SET LOCAL work_mem = '64MB'"))


def at(conn: Connection, as_of: datetime | None) -> None:
    """Let the ``core`` views show what counted at a moment, for the rest of the transaction; None: now."""
    setting = as_of.isoformat() if as_of else ""
    conn.execute(text("SELECT set_config('giamngheo.as_of', :moment, true)"), {"moment": setting})
    join_whole(conn)
