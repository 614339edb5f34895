"""Real Airflow, real PostgreSQL: files dropped become an edition; any task of any run, cleared, leaves the same state."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from etl.settings import SECTORS, Settings
from etl.warehouse.checksum import checksum
from local.run import DAGS
from local.stack import Stack, StackError, running, stop_left_over
from samples import Sample
from tests.selection import chance
from tests.support import PERIOD

pytestmark = [pytest.mark.airflow, pytest.mark.end_to_end]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Airflow's scheduler, API server and DAG processor over a home of their own."""
    own = Settings(
        home=tmp_path_factory.mktemp("stack"),
        warehouse_url=None,
        settle_seconds=0.2,
        endless_seconds=0,
        watch_seconds=0,
    )
    with running(own) as one:
        one.wait_ready(DAGS)
        yield one
        pids = [p.pid for p in one.processes.values()]
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert not (own.postgres / "cluster" / "postmaster.pid").exists()
    assert stop_left_over(own) == []


def query(stack: Stack, statement: str) -> list[Any]:
    engine = create_engine(stack.warehouse_url, poolclass=NullPool)
    with engine.connect() as conn:
        rows = list(conn.execute(text(statement)))
    engine.dispose()
    return rows


def state(stack: Stack) -> dict[str, Any]:
    engine = create_engine(stack.warehouse_url, poolclass=NullPool)
    with engine.connect() as conn:
        sums = {schema: checksum(conn, schema) for schema in ("core", "mart", "history", "quality")}
    engine.dispose()
    return sums


def files_of(own: Settings) -> dict[str, bytes]:
    return {
        str(p): p.read_bytes() for root in (own.outbox, own.reports) for p in sorted(root.rglob("*")) if p.is_file()
    }


def drop(own: Settings, *paths: Path) -> None:
    for path in paths:
        folder = own.inbox / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, folder / path.name)


def wait_idle(stack: Stack) -> None:
    """Until no run is under way any more."""
    deadline = time.monotonic() + 180
    while [r for r in stack.runs() if r["state"] in ("queued", "running")]:
        stack.check_alive()
        assert time.monotonic() < deadline, [(r["dag_id"], r["state"]) for r in stack.runs()]
        time.sleep(0.5)


@pytest.fixture(scope="module")
def journey(stack: Stack, small: Sample) -> Stack:
    """Nine files of one district and the province, and one that is hopeless, taken to an edition."""
    own = stack.settings
    chosen = {p.name.rsplit("_", 2)[0]: p for p in small.files if "_082_" in p.name or "_10_" in p.name}
    assert len(chosen) == 9
    broken = own.home / "water" / "hỏng rồi.xlsx"
    broken.parent.mkdir()
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 but not for long")
    drop(own, *chosen.values(), broken)
    assert stack.wait("collect", stack.trigger("collect")) == "success"
    wait_idle(stack)
    assert stack.wait("housekeeping", stack.trigger("housekeeping")) == "success"
    run_id = stack.trigger("quarter", conf={"period": str(PERIOD)})
    _approve(stack, "quarter", run_id)
    assert stack.wait("quarter", run_id) == "success"
    wait_idle(stack)
    return stack


def _approve(stack: Stack, dag_id: str, run_id: str) -> None:
    """Answer the question of a run, once it asks, as the form of the UI does."""
    deadline = time.monotonic() + 120
    while stack.states(dag_id, run_id).get("approve") != "awaiting_input":
        stack.check_alive()
        assert time.monotonic() < deadline, stack.states(dag_id, run_id)
        time.sleep(0.5)
    asked = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances/approve/-1/hitlDetails"
    question = stack.request("GET", asked)
    assert question["subject"].startswith("Chốt số liệu Quý IV năm 2018")
    assert "**Từ chối**: không công bố" in question["body"]
    answer = {"chosen_options": ["Duyệt"], "params_input": {"why": "Đã quá hạn"}}
    stack.request("PATCH", asked, json=answer)


def test_who_closed_the_quarter_and_why_is_kept(journey: Stack) -> None:
    (kept,) = query(journey, "SELECT subject, choice, decided_by, why FROM quality.decision")
    assert (kept.subject, kept.choice, kept.why) == (str(PERIOD), "approve", "Đã quá hạn")
    assert kept.decided_by not in ("", "Airflow")


def test_each_file_had_a_run_of_its_own_and_bad_data_failed_none(journey: Stack) -> None:
    runs = journey.runs()
    assert {r["state"] for r in runs} == {"success"}
    submissions = query(journey, "SELECT id, sector, state, verdict FROM intake.submission")
    assert len(submissions) == 10
    by_id = {r["dag_run_id"]: r["dag_id"] for r in runs if r["dag_id"].startswith("sector_")}
    assert by_id == {s.id: f"sector_{s.sector}" for s in submissions}
    for submission in submissions:
        states = journey.states(f"sector_{submission.sector}", submission.id)
        loaded = "success" if submission.verdict == "accepted" else "skipped"
        assert states == {"prepare": "success", "approve": "success", "load": loaded, "answer": "success"}
    assert [s.state for s in submissions].count("rejected") == 1
    assert {s.sector for s in submissions} == set(SECTORS)
    answers = list(journey.settings.outbox.rglob("*.xlsx"))
    assert len(answers) == 10
    assert len(list(journey.settings.reports.rglob("*.xlsx"))) == 1


def test_provisional_figures_came_by_themselves(journey: Stack) -> None:
    measured = [r for r in journey.runs("indicators") if r["run_type"] == "asset_triggered"]
    # Ten loads close to one another make a few measurings, not ten.
    assert 1 <= len(measured) <= 4
    assert query(journey, "SELECT count(*) FROM mart.measured")[0][0] == 1


def tasks(stack: Stack, sectors: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """One run of each DAG, of the sectors' only those of some and the rejected one; each of its tasks."""
    seen = {f"sector_{sector}" for sector in SECTORS} - {f"sector_{sector}" for sector in sectors}
    rejected = {r[0] for r in query(stack, "SELECT id FROM intake.submission WHERE verdict = 'rejected'")}
    for run in stack.runs():
        if run["dag_id"] not in seen or run["dag_run_id"] in rejected:
            seen.add(run["dag_id"])
            names = {name.split("[")[0] for name in stack.states(run["dag_id"], run["dag_run_id"])}
            yield from ((run["dag_id"], run["dag_run_id"], name) for name in sorted(names))


@pytest.mark.parametrize(
    "sectors",
    [(chance("cleared").choice(SECTORS),), pytest.param(SECTORS, marks=pytest.mark.whole)],
    ids=["today", "all"],
)
def test_any_task_cleared_and_run_again_leaves_the_same_state(journey: Stack, sectors: tuple[str, ...]) -> None:
    before, files = state(journey), files_of(journey.settings)
    cleared = 0
    for dag_id, run_id, task_id in list(tasks(journey, sectors)):
        journey.clear(dag_id, run_id, task_id)
        assert journey.wait(dag_id, run_id) == "success", (dag_id, task_id, journey.states(dag_id, run_id))
        wait_idle(journey)
        assert state(journey) == before, (dag_id, task_id)
        assert files_of(journey.settings) == files, (dag_id, task_id)
        cleared += 1
    # Two of collect, four of a sector and of the rejected file, five of indicators, seven of quarter, housekeeping's.
    assert cleared == 2 + 4 * len(sectors) + 4 + 5 + 7 + 1


def test_the_same_files_dropped_again_are_answered_and_change_nothing(journey: Stack, small: Sample) -> None:
    before, files = state(journey), files_of(journey.settings)
    again = [p for p in small.files if "_082_" in p.name]
    drop(journey.settings, *again)
    assert journey.wait("collect", journey.trigger("collect")) == "success"
    wait_idle(journey)
    assert state(journey) == before
    ids = [row.id for row in query(journey, "SELECT id FROM intake.submission WHERE state = 'unchanged'")]
    assert len(ids) == len(again)
    assert len(query(journey, "SELECT id FROM intake.submission")) == 10 + len(again)
    for submission in ids:
        assert journey.states(f"sector_{submission.rsplit('-', 2)[0]}", submission)["load"] == "skipped"
    now = files_of(journey.settings)
    new = {path for path in now if any(submission in path for submission in ids)}
    assert len(new) == 2 * len(again)
    assert {path: content for path, content in now.items() if path not in new} == files
    assert [p for p in journey.settings.inbox.rglob("*") if p.is_file()] == []


def test_a_second_stack_over_the_same_home_is_refused(journey: Stack) -> None:
    with pytest.raises(StackError, match="another Airflow runs over"), running(journey.settings):
        pass


def test_a_component_that_dies_is_named_with_its_log(journey: Stack) -> None:
    process = journey.processes["dag-processor"]
    process.terminate()
    process.wait(30)
    with pytest.raises(StackError, match="dag-processor has stopped"):
        journey.check_alive()
