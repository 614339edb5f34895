"""The embedded server: many users, one server; killed processes; plain words when there is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from etl.settings import ROOT, Settings
from etl.warehouse import WarehouseError, connect
from etl.warehouse.embedded import plain, serving

pytestmark = pytest.mark.warehouse


def pid(own: Settings) -> int | None:
    place = own.postgres / "cluster" / "postmaster.pid"
    return int(place.read_text().split()[0]) if place.exists() else None


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as conn:
            return conn.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_the_last_user_stops_the_server_and_data_stay(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, warehouse_url=None)
    with serving(own, durable=False) as first:
        url = plain(first)
        with serving(own, durable=False) as second:
            assert second == first
            with psycopg.connect(url, autocommit=True) as conn:
                conn.execute("CREATE TABLE kept AS SELECT 1 AS one")
        assert answers(url)
        assert (own.postgres / "password").stat().st_mode & 0o077 == 0
    assert not answers(url)
    assert pid(own) is None
    with connect(own, fresh=True) as engine, engine.connect() as conn:
        assert conn.scalar(text("SELECT one FROM kept")) == 1


def test_a_killed_server_and_a_killed_user_keep_nobody_from_working(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, warehouse_url=None)
    script = (
        "from etl.settings import settings; from etl.warehouse.embedded import serving; import time\n"
        "with serving(settings()): print('ready', flush=True); time.sleep(600)"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "GIAMNGHEO_HOME": str(tmp_path)}, cwd=ROOT,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    user.kill()
    user.wait()
    with serving(own) as url:
        assert answers(plain(url))
        server = pid(own)
        assert server is not None
        os.kill(server, signal.SIGKILL)
    with serving(own) as url:
        assert answers(plain(url))
        assert pid(own) != server
    assert pid(own) is None


def test_a_server_starts_again_while_a_child_of_the_killed_one_is_still_at_work(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, warehouse_url=None)
    with serving(own) as url, closing(psycopg.connect(plain(url))) as busy:
        with psycopg.connect(plain(url), autocommit=True) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 1 AS one")
        at_work = threading.Thread(target=count, args=(busy,))
        at_work.start()
        time.sleep(0.3)
        os.kill(pid(own) or 0, signal.SIGKILL)
        with serving(own) as again, psycopg.connect(plain(again)) as conn:
            assert conn.execute("SELECT one FROM kept").fetchone() == (1,)
        at_work.join()


def count(conn: psycopg.Connection) -> None:
    """Something that takes a server's child two seconds or so."""
    with suppress(psycopg.OperationalError):
        conn.execute("SELECT count(*) FROM generate_series(1, 8000000)")


@pytest.mark.parametrize("who", ["a zombie", "a stranger"])
def test_the_number_of_a_killed_server_may_be_somebody_elses_now(tmp_path: Path, who: str) -> None:
    own = Settings(home=tmp_path, warehouse_url=None)
    with serving(own, durable=False):
        stale = (own.postgres / "cluster" / "postmaster.pid").read_text().split("\n", 1)[1]
    other = subprocess.Popen(["sleep", "600"])
    try:
        if who == "a zombie":
            other.kill()
            os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        (own.postgres / "cluster" / "postmaster.pid").write_text(f"{other.pid}\n{stale}")
        with serving(own, durable=False) as url:
            assert answers(plain(url))
        assert who == "a zombie" or other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize(("given", "words"), [
    ("no url at all", "is no SQLAlchemy URL"),
    ("sqlite:///a.db", "points to sqlite"),
    ("postgresql://nobody:secret@127.0.0.1:1/x", "does not answer"),
])  # fmt: skip
def test_a_given_warehouse_that_is_none(tmp_path: Path, given: str, words: str) -> None:
    with pytest.raises(WarehouseError, match=words) as caught, connect(Settings(home=tmp_path, warehouse_url=given)):
        pass
    assert "secret" not in str(caught.value)
