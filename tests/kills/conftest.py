"""What the kill matrix stands on: per test process a server, a zygote, and one undisturbed run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from etl.settings import Settings
from etl.warehouse import upgrade
from etl.warehouse.embedded import ROLE, create_database, plain, serving
from tests.kills.running import Stage, Undisturbed, undisturbed
from tests.kills.zygote import Zygote


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server that may be killed, with a migrated database ``template``; a zygote."""
    own = Settings(home=tmp_path_factory.mktemp("stage"), warehouse_url=None)
    # Written through to the kernel, which outlives the server; not to the disk, which no test takes away.
    with serving(own, durable=False) as url:
        with psycopg.connect(plain(url), autocommit=True) as conn:
            conn.execute(f"ALTER ROLE {ROLE} SET synchronous_commit = on")
        create_database(url, "template")
        engine = create_engine(url.set(database="template"), poolclass=NullPool)
        upgrade(engine)
        engine.dispose()
        zygote = Zygote()
        try:
            yield Stage(own, url, zygote, tmp_path_factory.mktemp("homes"))
        finally:
            zygote.stop()


@pytest.fixture(scope="session")
def run(stage: Stage, files: dict[tuple[str, str], Path]) -> Undisturbed:
    """The undisturbed run."""
    return undisturbed(stage, files)
