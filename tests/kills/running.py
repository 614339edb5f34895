"""An undisturbed run with a picture before every task, and runs that begin at one of them and are struck."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.pool import NullPool

from etl.settings import Settings
from etl.warehouse.embedded import plain, serving
from tests.kills import scenario, tasks
from tests.kills.reader import Reader, Seen, look
from tests.kills.state import State, differences, state
from tests.kills.zygote import Job, Worker, Zygote

_MOST_ATTEMPTS = 4


@dataclass(frozen=True)
class Picture:
    """How all stood before a task, or at the end: copies of the folders and of the database."""

    home: Path
    database: str
    url: str

    @cached_property
    def seen(self) -> Seen:
        """What readers saw."""
        return look(self.url)

    @cached_property
    def state(self) -> State:
        """The state."""
        return state(self.home, self.url)


@dataclass
class Undisturbed:
    """The run that nothing struck. told: (task, kind, what) of points and effects, in order."""

    order: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    points: list[list[str]] = field(default_factory=list)
    """Of each task of the order, which may stand there twice, the points that it passed."""

    @property
    def received(self) -> list[str]:
        """The submissions, in the order in which their journeys begin."""
        return [task.removeprefix("answer ") for task in self.order if task.startswith("answer ")]

    @property
    def journey(self) -> list[str]:
        """All tasks but the last, which a person starts, by hand and once: to forget somebody."""
        *others, last = self.order
        assert last.startswith("forget ")
        return others

    def passes(self, point: str) -> dict[str, list[tuple[int, int]]]:
        """Step → (task, how manieth time in it) of each time that a point is passed."""
        found: dict[str, list[tuple[int, int]]] = {}
        for at, task in enumerate(self.order):
            times = self.points[at].count(point)
            found.setdefault(task.split(" ")[0], []).extend((at, n) for n in range(1, times + 1))
        return {step: times for step, times in found.items() if times}


@dataclass(frozen=True)
class Strike:
    """A point of the product, the how manieth time that a task passes it, and in which way a worker is struck there."""

    point: str
    time: int
    kind: str

    def __str__(self) -> str:
        return f"{self.point}#{self.time}:{self.kind}"


@dataclass(frozen=True)
class Struck:
    """What came of a task that was struck. done: the strikes, in their order; wrong: line by line; looks: how often the
    reader has looked meanwhile."""

    done: list[Strike]
    wrong: list[str]
    looks: int


class Stage:
    """A server of its own, a zygote, and a place for homes: what runs are run on."""

    def __init__(self, own: Settings, url: URL, zygote: Zygote, folder: Path) -> None:
        self.own, self.zygote, self.folder = own, zygote, folder
        self._url = url
        self._admin = plain(url.set(database="postgres"))

    def url(self, database: str) -> str:
        """The URL of a database, for psycopg."""
        return plain(self._url.set(database=database))

    @property
    def postmaster(self) -> Path:
        """Where the server's process stands written."""
        return self.own.postgres / "cluster" / "postmaster.pid"

    @contextmanager
    def engine(self, database: str) -> Iterator[Engine]:
        """A database as the product reaches it."""
        engine = create_engine(self._url.set(database=database), poolclass=NullPool)
        yield engine
        engine.dispose()

    def copy_database(self, source: str, name: str) -> None:
        """Put a copy of a database in place of one."""
        with psycopg.connect(self._admin, autocommit=True) as conn:
            conn.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')

    def is_held(self, database: str, submission: str) -> bool:
        """Whether a submission waits for a person."""
        query = "SELECT state = 'held' FROM intake.submission WHERE id = %s"
        with psycopg.connect(self.url(database)) as conn:
            return conn.execute(query, (submission,)).fetchone() == (True,)

    def start_server(self) -> None:
        """Start the server again if it was killed, as any of its users would."""
        with serving(self.own, durable=False):
            pass

    def start(self, home: Path, database: str, todo: list[str], fault: str = "", traced: bool = False) -> Worker:
        """A worker that does tasks in order."""
        url = self._url.set(database=database).render_as_string(hide_password=False)
        return self.zygote.start(Job(home, url, todo, fault, traced))


def undisturbed(stage: Stage, files: Mapping[tuple[str, str], Path]) -> Undisturbed:
    """Do all tasks, each in a worker of its own, with a picture before each."""
    home, run = stage.folder / "undisturbed", Undisturbed()
    (home / "tmp").mkdir(parents=True)
    scenario.fill(home / "inbox", files, stage.folder)
    stage.copy_database("template", "undisturbed")
    todo = ["receive"]
    while todo:
        task = todo.pop(0)
        run.pictures.append(_taken(stage, home, len(run.order)))
        worker = stage.start(home, "undisturbed", [task], traced=True)
        assert stage.zygote.wait(worker) == 0, home.with_suffix(".log").read_text()
        run.order.append(task)
        run.points.append([what for kind, what in worker.told if kind == "point"])
        run.told += [(task, kind, what) for kind, what in worker.told if kind in ("point", "effect")]
        if task == "receive":
            todo += tasks.after_receiving(what for kind, what in worker.told if kind == "received")
        elif task.startswith("prepare ") and stage.is_held("undisturbed", submission := task.removeprefix("prepare ")):
            todo[:0] = tasks.after_holding(submission, sum(own.startswith("announce ") for own in run.order))
    run.pictures.append(_taken(stage, home, len(run.order)))
    return run


def _taken(stage: Stage, home: Path, number: int) -> Picture:
    """A picture of the undisturbed run."""
    own, database = home.with_name(f"before-{number}"), f"before_{number}"
    shutil.copytree(home, own, symlinks=True)
    stage.copy_database("undisturbed", database)
    return Picture(own, database, stage.url(database))


@contextmanager
def at_picture(stage: Stage, run: Undisturbed, at: int) -> Iterator[tuple[Path, str]]:
    """A home and a database as they stood before a task."""
    home, database = stage.folder / f"cell-{uuid.uuid4().hex[:8]}", "cell"
    shutil.copytree(run.pictures[at].home, home, symlinks=True)
    stage.copy_database(run.pictures[at].database, database)
    yield home, database
    shutil.rmtree(home)


def strike(stage: Stage, run: Undisturbed, at: int, strikes: Sequence[Strike]) -> Struck:
    """Do a task, strike at a point of it, start again what was killed, run it again until it is done.

    Of several strikes each hits the attempt after the one that the strike before has ended. Those that no attempt
    passes any more are left.
    """
    with at_picture(stage, run, at) as (home, database):
        done: list[Strike] = []
        with Reader(stage.url(database)) as reader:
            for wanted in strikes:
                status, has_struck = attempt(stage, home, database, run.order[at], str(wanted))
                done += [wanted] if has_struck else []
                if status == 0:
                    break
            wrong = [] if done else [f"{strikes[0]} did not strike"]
            wrong += [] if status == 0 else until_done(stage, home, database, run.order[at], "")
        wrong += differences(run.pictures[at + 1].state, state(home, stage.url(database)))
        wrong += half_seen(reader, run.pictures[at : at + 2])
        return Struck(done, wrong, reader.looks)


def attempt(stage: Stage, home: Path, database: str, task: str, fault: str) -> tuple[int, bool]:
    """Run a task, struck once (fault: ``<point>:<kind>``; "": not): how its worker ended, and whether it was struck."""
    armed = home.with_suffix(".armed")
    if fault:
        armed.write_text(str(stage.postmaster))
    status = stage.zygote.wait(stage.start(home, database, [task], fault and f"{fault}:{armed}"))
    if fault.endswith(":server"):
        stage.start_server()
    has_struck = bool(fault) and not armed.exists()
    armed.unlink(missing_ok=True)
    return status, has_struck


def until_done(stage: Stage, home: Path, database: str, task: str, fault: str) -> list[str]:
    """Run a task, struck the first time (fault: ``<point>:<kind>``; "": not), until a worker has done it.

    What is wrong with that.
    """
    status, has_struck = attempt(stage, home, database, task, fault)
    if fault and not has_struck:
        return [f"{fault} did not strike in {task}"]
    attempts = 1
    while status and attempts < _MOST_ATTEMPTS:
        status, _ = attempt(stage, home, database, task, "")
        attempts += 1
    log = home.with_suffix(".log")
    said = log.read_text() if log.exists() else ""
    return [f"{task} is not done after {attempts} attempts: {said}"] if status else []


def half_seen(reader: Reader, whole: Iterable[Picture]) -> list[str]:
    """What a reader saw, and no undisturbed reader sees before or after a task."""
    if reader.fault is not None:
        return [f"the reader met {reader.fault!r}"]
    known = {picture.seen for picture in whole}
    return [f"a reader saw what is half: {seen}" for seen in reader.seen if seen not in known]
