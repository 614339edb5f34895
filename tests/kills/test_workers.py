"""Two workers at the same work; a journey that is struck at every step; what the comparison itself can see."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from etl.faults import KINDS
from etl.warehouse import locks
from tests.kills.reader import Reader
from tests.kills.running import Stage, Undisturbed, at_picture, half_seen, until_done
from tests.kills.state import differences, state
from tests.selection import chance, marked, one_of_the_day

pytestmark = pytest.mark.kills

TURNS = {
    "receive": locks.INBOX, "cross_check": locks.CROSS_CHECK, "measure": locks.MEASURE, "document": locks.DATA_DOCS,
}  # fmt: skip
ONCE = ("receive.claimed", "receive.entered", "prepare.examined", "load.loaded", "load.rejected", "answer.marked")


def test_two_workers_given_the_same_task_do_it_once(stage: Stage, run: Undisturbed) -> None:
    drawn = chance("two workers")
    by_step: dict[str, list[int]] = {}
    for at, task in enumerate(run.journey):
        by_step.setdefault(task.split(" ")[0], []).append(at)
    for at in map(drawn.choice, by_step.values()):
        with at_picture(stage, run, at) as (home, database), Reader(stage.url(database)) as reader:
            done_once(stage, run, at, home, database)
            assert differences(run.pictures[at + 1].state, state(home, stage.url(database))) == [], run.order[at]
        assert half_seen(reader, run.pictures[at : at + 2]) == []


@pytest.mark.whole
def test_two_workers_given_every_task_do_each_once(stage: Stage, run: Undisturbed) -> None:
    with at_picture(stage, run, 0) as (home, database), Reader(stage.url(database)) as reader:
        for at in range(len(run.journey)):
            done_once(stage, run, at, home, database)
        assert differences(run.pictures[len(run.journey)].state, state(home, stage.url(database))) == []
    assert half_seen(reader, run.pictures) == []


def done_once(stage: Stage, run: Undisturbed, at: int, home: Path, database: str) -> None:
    """Give a task to two workers at once; one of them does it."""
    task = run.order[at]
    with both_waiting(stage, database, task):
        workers = [stage.start(home, database, [task], traced=True) for _ in range(2)]
    assert [stage.zygote.wait(worker) for worker in workers] == [0, 0], home.with_suffix(".log").read_text()
    told = Counter(what for worker in workers for kind, what in worker.told if kind == "point")
    alone = Counter(run.points[at])
    assert {p: told[p] for p in ONCE} == {p: alone[p] for p in ONCE}, task


@pytest.mark.whole
def test_two_workers_that_go_the_whole_way_at_once_end_like_one(stage: Stage, run: Undisturbed) -> None:
    with at_picture(stage, run, 0) as (home, database), Reader(stage.url(database)) as reader:
        workers = [stage.start(home, database, run.journey) for _ in range(2)]
        assert [stage.zygote.wait(worker) for worker in workers] == [0, 0], home.with_suffix(".log").read_text()
        assert differences(run.pictures[len(run.journey)].state, state(home, stage.url(database))) == []
    assert half_seen(reader, run.pictures) == []


@contextmanager
def both_waiting(stage: Stage, database: str, task: str) -> Iterator[None]:
    """The turn that a task takes is another's until two workers wait for it: they are at it at once, not by luck."""
    step, _, subject = task.partition(" ")
    if step in ("prepare", "load", "answer"):
        what: str | None = subject
    elif step in ("gate", "approve", "refuse"):
        what = f"decision/{subject}"
    else:
        what = TURNS.get(step)
    if what is None:
        yield
        return
    waiting = text(
        "SELECT count(*) FROM pg_locks JOIN pg_database AS d ON d.oid = database"
        " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
    )
    with stage.engine(database) as engine, locks.alone(engine, what), engine.connect() as conn:
        yield
        deadline = time.monotonic() + 60
        while conn.scalar(waiting) != 2:
            assert time.monotonic() < deadline, f"{task}: two workers never waited for {what}"
            time.sleep(0.01)


WHILE_ANOTHER_WAITS = [
    ("receive", "receive.archived"), ("receive", "receive.entered"), ("prepare", "file.written"),
    ("prepare", "prepare.found"), ("load", "load.loaded"), ("load", "load.published"), ("answer", "file.placed"),
]  # fmt: skip
ONE_OF_EACH_STEP = dict(chance("waits").sample(WHILE_ANOTHER_WAITS, len(WHILE_ANOTHER_WAITS)))


@pytest.mark.parametrize(("step", "point"), marked(WHILE_ANOTHER_WAITS, ONE_OF_EACH_STEP.items()))
def test_a_worker_is_killed_while_another_waits_for_its_turn(
    stage: Stage, run: Undisturbed, step: str, point: str
) -> None:
    at, _ = run.passes(point)[step][-1]
    with at_picture(stage, run, at) as (home, database), Reader(stage.url(database)) as reader:
        armed = home.with_suffix(".armed")
        armed.touch()
        killed = stage.start(home, database, [run.order[at]], f"{point}:worker:{armed}")
        waiting = stage.start(home, database, [run.order[at]])
        assert (stage.zygote.wait(killed), stage.zygote.wait(waiting)) in ((-9, 0), (0, 0))
        assert until_done(stage, home, database, run.order[at], "") == []
        assert differences(run.pictures[at + 1].state, state(home, stage.url(database))) == []
    assert half_seen(reader, run.pictures[at : at + 2]) == []


TAKEN_AGAIN = ["receive.inserted", "prepare.committed", "load.published", "load.committed", "file.placed"]


@pytest.mark.parametrize("point", one_of_the_day("taken again", TAKEN_AGAIN))
def test_a_worker_is_killed_while_it_takes_a_submission_again(stage: Stage, run: Undisturbed, point: str) -> None:
    members = next(
        task for task in run.order if task.startswith("load register") and passes(run, task, "load.recounted")
    )
    task = members.replace("load", "take_again")
    with at_picture(stage, run, len(run.journey)) as (home, database):
        assert until_done(stage, home, database, task, "") == []
        wanted = state(home, stage.url(database))
    with at_picture(stage, run, len(run.journey)) as (home, database):
        assert until_done(stage, home, database, task, f"{point}:worker") == []
        assert differences(wanted, state(home, stage.url(database))) == [], point


def passes(run: Undisturbed, task: str, point: str) -> bool:
    return (task, "point", point) in run.told


@pytest.mark.whole
@pytest.mark.parametrize("seed", range(2))
def test_a_journey_that_is_struck_at_every_step_ends_like_one_that_is_not(
    stage: Stage, run: Undisturbed, seed: int
) -> None:
    chance = random.Random(seed)
    with at_picture(stage, run, 0) as (home, database), Reader(stage.url(database)) as reader:
        for task, points in zip(run.order, run.points, strict=True):
            passed = Counter(points)
            if not passed:
                continue
            point = chance.choice(sorted(passed))
            fault = f"{point}#{chance.randint(1, passed[point])}:{chance.choice(sorted(KINDS))}"
            assert until_done(stage, home, database, task, fault) == []
        assert differences(run.pictures[-1].state, state(home, stage.url(database))) == []
    assert half_seen(reader, run.pictures) == []


def test_the_comparison_sees_a_file_a_row_and_an_event_more_or_less(stage: Stage, run: Undisturbed) -> None:
    with at_picture(stage, run, len(run.journey)) as (home, database):
        there = state(home, stage.url(database))
        assert differences(run.pictures[len(run.journey)].state, there) == []
        (home / "archive" / "files" / ".incoming-0").touch()
        next((home / "outbox").rglob("*.txt")).unlink()
        with psycopg.connect(stage.url(database)) as conn:
            conn.execute("INSERT INTO intake.event (submission_id, kind) SELECT min(id), 'more' FROM intake.submission")
            conn.execute("DELETE FROM mart.measured")
        told = differences(there, state(home, stage.url(database)))
        assert [line.split(": ")[0].split("/")[0] for line in told] == [
            "archive", "intake.event", "mart.measured", "outbox",
        ]  # fmt: skip
