"""People of each role, with a login of their own on the test's warehouse."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, Engine, make_url

from etl.warehouse.embedded import plain

Login = Callable[..., URL]


@pytest.fixture
def login(warehouse: Engine, warehouse_url: str) -> Iterator[Login]:
    """Makes a login that is a member of the groups named; its URL. All are gone after the test."""
    made: list[str] = []
    admin = plain(make_url(warehouse_url))

    def make(*groups: str) -> URL:
        name = f"person_{uuid.uuid4().hex[:10]}"
        with psycopg.connect(admin, autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'made-up' IN ROLE {}").format(
                    sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, groups))
                )
            )
        made.append(name)
        return make_url(warehouse_url).set(username=name, password="made-up")

    yield make
    with psycopg.connect(admin, autocommit=True) as conn:
        for name in made:
            conn.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
