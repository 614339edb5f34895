"""Any sequence of drops loses no drop, no answer and no row: the real intake against a model of a few lines."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
import unicodedata
import uuid
import zipfile
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
# Names that differ in case alone, or in how their letters are composed, are names of different files.
NAMES = ("nước.xlsx", "NƯỚC.xlsx", unicodedata.normalize("NFD", "nước.xlsx"), "gửi lại.xlsx")
FOLDERS = ("", "2018-Q4")
STRAYS = ("~$nước.xlsx", "nước.xlsx.part", "gửi.filepart", ".nước.xlsx.tmp", "desktop.ini")
AHEAD = 1e6
"""Minutes by which a computer's clock is ahead of everything."""
PERSONS = {"whole": 100, "corrected": 90, "other": 95, "half": 40, "text": 85}
ROWS = 10


@dataclass(frozen=True)
class Content:
    """What a file holds. persons: of all its villages together, None for a file that is no table."""

    sha256: str
    persons: int | None


@dataclass(eq=False)
class Drop:
    """A file as it was dropped.

    lies_at: folder and name of what was put into the inbox, which is a zip for some; minute: of its modification time;
    place: what orders it, once it is loaded; refused: by a person.
    """

    name: str
    content: Content
    minute: float
    lies_at: tuple[str, str] = ("", "")
    place: float = -1.0
    refused: bool = False


@dataclass
class World:
    """The real intake and what was dropped into it, in the order in which it was received."""

    home: Settings
    files: dict[str, Path]
    waiting: dict[tuple[str, str], list[Drop]] = field(default_factory=dict)
    strays: set[Path] = field(default_factory=set)
    rest: list[str] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    received: list[Drop] = field(default_factory=list)
    ids: dict[str, Drop] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        return self.home.inbox / "water"

    def drop(self, data: bytes, content: Content, name: str, minute: float, folder: str = "") -> None:
        """Copy a file into the inbox; one of that name that was not taken yet is overwritten by its sender."""
        self.contents[content.sha256] = data
        self.put(data, [(name, content)], (folder, name), minute)

    def put(self, data: bytes, inside: list[tuple[str, Content]], lies_at: tuple[str, str], minute: float) -> None:
        """Put content into the inbox. inside: the files that it stands for."""
        path = self.inbox.joinpath(*lies_at)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (START + 60 * minute,) * 2)
        self.now_there(path, inside, lies_at)

    def now_there(self, path: Path, inside: list[tuple[str, Content]], lies_at: tuple[str, str]) -> None:
        minute = path.stat().st_mtime_ns / 6e10 - START / 60
        self.waiting[lies_at] = [Drop(name, content, minute, lies_at) for name, content in inside]

    def scan(self) -> list[str]:
        """Take what is in the inbox; the submissions that are not finished."""
        came = [
            one
            for drops in sorted(self.waiting.values(), key=lambda d: (d[0].minute, d[0].lies_at[1]))
            for one in drops
        ]
        unfinished = pipeline.receive(self.home)
        for number, one in enumerate(came):
            # A time to come is the time at which the file came.
            one.minute = min(one.minute, (time.time() - START) / 60 + number * 1e-9)
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
        assert {p for p in self.inbox.rglob("*") if p.is_file() and watch.TAKEN not in p.parts} == self.strays
        answers = [path for path in self.home.outbox.rglob("*") if path.is_file()]
        assert len(answers) == 2 * len(submissions), "each drop has one answer: a workbook and a line"
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
KINDS = st.sampled_from([*PERSONS, "broken"])
STEPS = st.one_of(
    st.tuples(st.just("drop"), KINDS, st.sampled_from(NAMES), MINUTES, st.sampled_from(FOLDERS)),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("copy"), st.integers(0, 9), st.sampled_from(NAMES), MINUTES),
    st.tuples(st.just("cut off"), st.sampled_from(["whole", "other"]), st.sampled_from(NAMES), MINUTES),
    st.tuples(st.just("zip"), st.lists(KINDS, min_size=1, max_size=3), MINUTES),
    st.tuples(st.just("ahead"), KINDS, st.sampled_from(NAMES)),
    st.tuples(st.just("rename"), st.integers(0, 9), st.sampled_from(NAMES)),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("stray"), st.sampled_from(STRAYS)),
    st.tuples(st.just("begin"), st.integers(1, 9)),
    st.tuples(st.just("finish")),
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
    former = [*world.received, *(one for drops in world.waiting.values() for one in drops)]
    match step:
        case ("drop", kind, name, minute, *folder):
            world.drop(world.files[kind].read_bytes(), content_of(world.files[kind]), name, minute, *folder)
        case ("again", number) if former:
            one = former[number % len(former)]
            world.drop(world.contents[one.content.sha256], one.content, one.name, one.minute)
        case ("cut off", kind, name, minute):
            data = world.files[kind].read_bytes()
            cut_off = data[: len(data) // 3]
            world.drop(cut_off, Content(hashlib.sha256(cut_off).hexdigest(), None), name, minute)
        case ("zip", kinds, minute):
            zipped(world, kinds, minute)
        case ("ahead", kind, name):
            minute = (time.time() - START) / 60 + AHEAD
            world.drop(world.files[kind].read_bytes(), content_of(world.files[kind]), name, minute)
        case ("rename", number, name) if world.waiting and ("", name) not in world.waiting:
            lies_at = [*world.waiting][number % len(world.waiting)]
            drops = world.waiting.pop(lies_at)
            path = world.inbox.joinpath(*lies_at).rename(world.inbox / name)
            inside = [(name if one.name == lies_at[1] else one.name, one.content) for one in drops]
            world.now_there(path, inside, ("", name))
        case ("delete", number) if world.waiting:
            lies_at = [*world.waiting][number % len(world.waiting)]
            del world.waiting[lies_at]
            world.inbox.joinpath(*lies_at).unlink()
        case ("stray", name):
            (world.inbox / name).write_bytes(b"no drop")
            world.strays.add(world.inbox / name)
        case ("begin", rows):
            begin(world, rows)
        case ("finish",):
            finish(world)
        case ("copy", number, name, minute) if former:
            one = former[number % len(former)]
            world.drop(world.contents[one.content.sha256], one.content, name, minute)
        case ("slow", rows):
            slowly(world, rows)
        case ("scan",):
            world.scan()
        case ("work", order):
            world.work(list(order))
        case ("rerun", number, name) if world.ids:
            rerun(world, [*world.ids][number % len(world.ids)], name)


def rerun(world: World, submission: str, name: str) -> None:
    """A task of a finished submission that is run again changes nothing."""
    if world.state(submission) not in ("accepted", "rejected", "unchanged"):
        return
    queries = ("SELECT * FROM intake.submission ORDER BY id", "SELECT * FROM intake.event ORDER BY id",
               "SELECT * FROM history.water_village ORDER BY submission_id, row",
               "SELECT * FROM quality.finding ORDER BY submission_id, number")  # fmt: skip
    before = [ask(world.home, query) for query in queries]
    answers = {p: p.read_bytes() for p in world.home.outbox.rglob("*") if p.is_file()}
    steps = ("prepare", "load", "answer")
    # A rejected file is looked at anew, and is unfinished until the steps after that have run.
    for step in steps[steps.index(name) :] if world.state(submission) == "rejected" else (name,):
        getattr(pipeline, step)(world.home, submission)
    assert [ask(world.home, query) for query in queries] == before
    assert {p: p.read_bytes() for p in world.home.outbox.rglob("*") if p.is_file()} == answers


def zipped(world: World, kinds: list[str], minute: float) -> None:
    """A zip of several files, each of which is a drop; two may have the same content."""
    inside = [(f"{number} {world.files[kind].name}", world.files[kind]) for number, kind in enumerate(kinds)]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        for name, path in inside:
            file.write(path, name)
    for _, path in inside:
        world.contents[content_of(path).sha256] = path.read_bytes()
    world.put(data.getvalue(), [(name, content_of(path)) for name, path in inside], ("", "gửi.zip"), minute)


SLOW = "chậm.csv"


def begin(world: World, rows: int) -> None:
    """A text file whose copying pauses after some rows, so that it is taken."""
    if world.rest or ("", SLOW) in world.waiting:
        return
    lines = world.files["text"].read_text("utf-8").splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if line.startswith("1,"))
    write_on(world, lines[: first + rows], rows * PERSONS["text"])
    world.rest = lines[first + rows :]


def finish(world: World) -> None:
    """The rest is written into the file, wherever it lies by now: the program that copies has it open."""
    if world.rest:
        write_on(world, world.rest, 850)
        world.rest = []


def write_on(world: World, lines: list[str], persons: int) -> None:
    place = world.inbox / SLOW
    if not place.exists() and world.rest:
        of_name = [one for one in watch.taken(world.home.inbox, SECTORS) if one.path.name == SLOW]
        place = max(of_name, key=lambda one: one.folder.stat().st_ctime_ns).path
    with place.open("a", encoding="utf-8", newline="") as copy:
        copy.write("".join(lines))
    sha256 = hashlib.sha256(place.read_bytes()).hexdigest()
    world.contents[sha256] = place.read_bytes()
    world.now_there(place, [(SLOW, Content(sha256, persons))], ("", SLOW))
    world.scan()


def slowly(world: World, rows: int) -> None:
    """A copy that pauses and goes on at once."""
    begin(world, rows)
    finish(world)


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
    "a copy that goes on after it was answered": [
        ("drop", "whole", NAMES[0], 0), ("work", []), ("begin", 8), ("work", []), ("finish",), ("work", []), ("again", 0),
    ],
    "cut off, then whole": [("cut off", "whole", NAMES[0], 0), ("scan",), ("drop", "whole", NAMES[0], 1), ("work", [])],
    "a clock that is ahead": [("ahead", "whole", NAMES[0]), ("work", []), ("begin", 9), ("finish",), ("work", [1, 0])],
    "names that look the same": [
        ("drop", "whole", NAMES[0], 0), ("drop", "corrected", NAMES[2], 1), ("drop", "other", NAMES[1], 2), ("work", []),
    ],
    "a rejected file run again": [("drop", "broken", NAMES[0], 0), ("work", []), ("rerun", 0, "prepare"), ("rerun", 0, "load")],
    "zipped": [("drop", "corrected", NAMES[0], 1), ("work", []), ("zip", ["whole", "whole", "broken"], 0), ("work", [])],
    "renamed, deleted, stray": [
        ("drop", "whole", NAMES[0], 0), ("rename", 0, NAMES[3]), ("stray", STRAYS[0]), ("drop", "other", NAMES[1], 3),
        ("delete", 1), ("work", []),
    ],
    "a copy that pauses": [("drop", "whole", NAMES[0], 0), ("work", []), ("slow", 4), ("work", [1, 1]), ("again", 0)],
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_sequences_that_once_lost_something(server: URL, files: dict[str, Path], name: str) -> None:
    run(server, files, SEQUENCES[name], [])
