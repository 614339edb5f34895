"""Any sequence of drops loses no drop, no answer and no row: the real intake against a model of a few lines."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from sqlalchemy import URL

from etl import approval, pipeline
from etl.intake import watch
from etl.reporting.answer import answer_files
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger
from etl.warehouse.embedded import create_database
from tests.selection import SEED
from tests.support import PERIOD
from tests.test_approval import as_csv, ask, villages

pytestmark = pytest.mark.warehouse

START = 1_546_300_800
NAMES = ("nước.xlsx", "nước sửa.xlsx", "gửi lại.xlsx")
PERSONS = {"whole": 100, "corrected": 90, "other": 95, "half": 40, "text": 85}
ROWS = 10


@dataclass(frozen=True)
class Content:
    """What a file holds. persons: of all its villages together, None for a file that is no table."""

    sha256: str
    persons: int | None


@dataclass(eq=False)
class Drop:
    """A file as it was dropped. place: what orders it, once it is loaded; refused: by a person."""

    name: str
    content: Content
    minute: float
    place: float = -1.0
    refused: bool = False


@dataclass
class World:
    """The real intake and what was dropped into it, in the order in which it was received."""

    home: Settings
    files: dict[str, Path]
    waiting: dict[str, Drop] = field(default_factory=dict)
    received: list[Drop] = field(default_factory=list)
    ids: dict[str, Drop] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        return self.home.inbox / "water"

    def drop(self, source: Path, content: Content, name: str, minute: float) -> None:
        """Copy a file into the inbox; one of that name that was not taken yet is overwritten by its sender."""
        shutil.copyfile(source, self.inbox / name)
        os.utime(self.inbox / name, (START + 60 * minute,) * 2)
        self.waiting[name] = Drop(name, content, (self.inbox / name).stat().st_mtime / 60 - START / 60)

    def scan(self) -> list[str]:
        """Take what is in the inbox; the submissions that are not finished."""
        came = sorted(self.waiting.values(), key=lambda one: (one.minute, one.name))
        unfinished = pipeline.receive(self.home)
        self.waiting.clear()
        self.received += came
        entered = [r.id for r in ask(self.home, "SELECT id FROM intake.submission ORDER BY received_at")]
        assert len(entered) == len(self.received), "each drop is a submission"
        self.ids = dict(zip(entered, self.received, strict=True))
        return unfinished

    def work(self, order: list[int]) -> None:
        """Take what is unfinished through the file journey, in some order; people decide at once about what waits."""
        unfinished = self.scan()
        while unfinished:
            submission = unfinished.pop(order.pop(0) % len(unfinished) if order else 0)
            before = self.counts()
            for step in (pipeline.prepare, pipeline.load, pipeline.answer):
                step(self.home, submission)
            self.check_step(before)
            state = self.state(submission)
            if state == "held":
                assert self.counts() == before, "nothing is superseded before a person decides"
                choice: Any = "refuse" if order and order.pop(0) % 2 else "approve"
                assert approval.decide(self.home, submission, choice, "B", "vì")
                approval.carry_on(self.home, submission)
                self.ids[submission].refused = choice == "refuse"
            self.place(submission)

    def place(self, submission: str) -> None:
        """Where the model puts a drop that was loaded: by its time; content that came before, after all before it."""
        drop = self.ids[submission]
        at = self.received.index(drop)
        earlier = [one for one in self.received[:at] if one.content.persons is not None and not one.refused]
        known = any(one.content == drop.content for one in self.received[:at])
        latest = max((max(one.place, one.minute) for one in earlier), default=-1.0)
        drop.place = max(drop.minute, latest + 1e-6) if known else drop.minute

    def counts(self) -> int | None:
        """The persons of the villages that count."""
        return ask(self.home, "SELECT CAST(sum(persons) AS integer) FROM core.water_village")[0][0]

    def state(self, submission: str) -> str:
        return str(ask(self.home, f"SELECT state FROM intake.submission WHERE id = '{submission}'")[0][0])

    def check_step(self, before: int | None) -> None:
        """Nobody was asked: then no total has fallen to half."""
        assert before is None or (self.counts() or 0) > before / 2

    def check_end(self) -> None:
        """Every drop is a submission with an answer, no row is lost, and what was dropped last counts."""
        with connect(self.home) as engine, engine.begin() as conn:
            submissions = [ledger.get(conn, submission) for submission in self.ids]
        assert Counter((s.file_name, s.sha256) for s in submissions) == Counter(
            (d.name, d.content.sha256) for d in self.received
        )
        for one in submissions:
            assert one.state in ("accepted", "rejected", "unchanged"), one
            assert all(path.exists() for path in answer_files(one, self.home.outbox / "water")), one
            assert one.rows_read == (one.rows_accepted or 0) + (one.rows_rejected or 0) + (one.rows_ignored or 0)
            drop = self.ids[one.id]
            assert (one.state == "rejected") == (drop.content.persons is None or drop.refused), one
        assert [p for p in self.inbox.rglob("*") if p.is_file() and watch.TAKEN not in p.parts] == []
        live = [d for d in self.received if d.content.persons is not None and not d.refused]
        last = max(live, key=lambda d: (d.place, d.name, self.received.index(d)), default=None)
        assert self.counts() == (last.content.persons if last else None)


def content_of(path: Path) -> Content:
    """The content of one of the files made here, whose name tells what it holds."""
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = path.stem.split("_")[0]
    return Content(sha256, ROWS * PERSONS[kind] if kind in PERSONS else None)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The contents that are dropped: versions of one table, one of them as text, and a file that is no table."""
    home = Settings(home=tmp_path_factory.mktemp("contents"))
    made = {kind: villages(home, PERIOD, ROWS, persons, kind) for kind, persons in PERSONS.items()}
    made["text"] = as_csv(made["text"])
    made["broken"] = home.home / "broken.csv"
    made["broken"].write_text("a;b\n1;2\n", encoding="utf-8")
    return made


MINUTES = st.integers(0, 5)
ORDERS = st.lists(st.integers(0, 5), max_size=6)
STEPS = st.one_of(
    st.tuples(st.just("drop"), st.sampled_from([*PERSONS, "broken"]), st.sampled_from(NAMES), MINUTES),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("copy"), st.integers(0, 9), st.sampled_from(NAMES), MINUTES),
    st.tuples(st.just("slow"), st.integers(1, 9)),
    st.tuples(st.just("scan")),
    st.tuples(st.just("work"), ORDERS),
    st.tuples(st.just("rerun"), st.integers(0, 9), st.sampled_from(["prepare", "load", "answer"])),
)


def run(server: URL, files: dict[str, Path], steps: list[tuple[Any, ...]], order: list[int]) -> None:
    """Play a sequence on an installation of its own, then take all to its end."""
    name = f"sequence_{uuid.uuid4().hex[:12]}"
    create_database(server, name, template="template")
    url = server.set(database=name).render_as_string(hide_password=False)
    with tempfile.TemporaryDirectory() as folder:
        home = Settings(
            home=Path(folder), warehouse_url=url, settle_seconds=0, endless_seconds=0, incomplete_seconds=0
        )  # fmt: skip
        world = World(home, files)
        world.inbox.mkdir(parents=True)
        for step in steps:
            play(world, step)
        world.work(order)
        world.check_end()


def play(world: World, step: tuple[Any, ...]) -> None:
    """One step of a sequence."""
    former = [*world.received, *world.waiting.values()]
    match step:
        case ("drop", kind, name, minute):
            world.drop(world.files[kind], content_of(world.files[kind]), name, minute)
        case ("again", number) if former:
            one = former[number % len(former)]
            world.drop(source_of(world, one), one.content, one.name, one.minute)
        case ("copy", number, name, minute) if former:
            one = former[number % len(former)]
            world.drop(source_of(world, one), one.content, name, minute)
        case ("slow", rows):
            slowly(world, rows)
        case ("scan",):
            world.scan()
        case ("work", order):
            world.work(list(order))
        case ("rerun", number, name) if world.ids:
            rerun(world, [*world.ids][number % len(world.ids)], name)


def source_of(world: World, drop: Drop) -> Path:
    """A file with the content of a drop."""
    kept = world.home.archive / "files" / drop.content.sha256[:2] / drop.content.sha256
    by_content = {content_of(path).sha256: path for path in world.files.values()}
    return by_content.get(drop.content.sha256, kept)


def rerun(world: World, submission: str, name: str) -> None:
    """A task of a finished submission that is run again changes nothing."""
    if world.state(submission) not in ("accepted", "rejected", "unchanged"):
        return
    queries = ("SELECT * FROM intake.submission ORDER BY id", "SELECT * FROM intake.event ORDER BY id",
               "SELECT * FROM history.water_village ORDER BY submission_id, row",
               "SELECT * FROM quality.finding ORDER BY submission_id, number")  # fmt: skip
    before = [ask(world.home, query) for query in queries]
    answers = {p: p.read_bytes() for p in world.home.outbox.rglob("*") if p.is_file()}
    getattr(pipeline, name)(world.home, submission)
    if world.state(submission) != "rejected":
        assert [ask(world.home, query) for query in queries] == before
    assert {p: p.read_bytes() for p in world.home.outbox.rglob("*") if p.is_file()} == answers


def slowly(world: World, rows: int) -> None:
    """A text file whose copying pauses after some rows, so that it is taken; then the rest is written into it."""
    lines = world.files["text"].read_text("utf-8").splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.startswith("1,"))
    name = "chậm.csv"
    with (world.inbox / name).open("w", encoding="utf-8", newline="") as copy:
        for part, persons in ((lines[: first + rows], rows * PERSONS["text"]), (lines[first + rows :], 850)):
            copy.write("".join(part))
            copy.flush()
            place = world.inbox / name
            if not place.exists():
                (place,) = [one.path for one in watch.taken(world.home.inbox, SECTORS) if one.is_changed]
            sha256 = hashlib.sha256(place.read_bytes()).hexdigest()
            minute = (place.stat().st_mtime_ns / 1e9 - START) / 60
            world.waiting[name] = Drop(name, Content(sha256, persons), minute)
            world.scan()


COMMON: dict[str, Any] = {
    "deadline": None, "database": None, "suppress_health_check": [*HealthCheck],
    "phases": [Phase.explicit, Phase.generate],
}  # fmt: skip


@seed(SEED)
@settings(max_examples=3, **COMMON)
@given(steps=st.lists(STEPS, min_size=4, max_size=7), order=ORDERS)
def test_no_sequence_loses_a_drop_an_answer_or_a_row(
    server: URL, files: dict[str, Path], steps: list[tuple[Any, ...]], order: list[int]
) -> None:
    run(server, files, steps, order)


@pytest.mark.whole
@settings(max_examples=60, **COMMON)
@given(steps=st.lists(STEPS, min_size=5, max_size=14), order=ORDERS)
def test_no_long_sequence_loses_a_drop_an_answer_or_a_row(
    server: URL, files: dict[str, Path], steps: list[tuple[Any, ...]], order: list[int]
) -> None:
    run(server, files, steps, order)


SEQUENCES: dict[str, list[tuple[Any, ...]]] = {
    "old version again": [
        ("drop", "whole", NAMES[0], 0), ("work", []), ("drop", "corrected", NAMES[1], 1), ("work", []), ("again", 0),
    ],
    "same content, other name": [("drop", "whole", NAMES[0], 0), ("work", []), ("copy", 0, NAMES[2], 3), ("rerun", 0, "load")],
    "half of what counts": [("drop", "whole", NAMES[0], 0), ("work", []), ("drop", "half", NAMES[0], 1), ("work", [0, 1])],
    "again while it waits": [
        ("drop", "whole", NAMES[0], 0), ("work", []), ("drop", "corrected", NAMES[1], 2), ("scan",), ("again", 0),
        ("work", [1]),
    ],
    "a copy that pauses": [("drop", "whole", NAMES[0], 0), ("work", []), ("slow", 4), ("work", [1, 1]), ("again", 0)],
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_sequences_that_once_lost_something(server: URL, files: dict[str, Path], name: str) -> None:
    run(server, files, SEQUENCES[name], [])
