"""DAG files: quick to parse, nothing heavy, nothing touched; each runs on real files by dag.test()."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from etl import approval, pipeline
from etl.intake import inbox
from etl.model.period import Period
from etl.settings import ROOT, SECTORS, Settings
from etl.warehouse.embedded import create_database
from tests.dags.process import Process
from tests.support import PERIOD
from tests.test_approval import villages

pytestmark = pytest.mark.airflow

DAGS = {"collect", "indicators", "quarter", "housekeeping", *(f"sector_{s}" for s in SECTORS)}
FILES = sorted(p.name for p in (ROOT / "dags").glob("[a-z]*.py"))


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, server: URL) -> dict[str, str]:
    """The environment of an Airflow with a migrated database of its own."""
    create_database(server, "airflow_dags")
    url = server.set(database="airflow_dags").render_as_string(hide_password=False)
    environment = {
        **os.environ, "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")), "PYTHONPATH": str(ROOT),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"), "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url, "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }  # fmt: skip
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True)
    return environment


PARSED_WITH = (
    "airflow.sdk", "airflow.timetables.base", "airflow.providers.standard.operators.trigger_dagrun",
    "airflow.plugins_manager", "pendulum", "pydantic_settings",
)  # fmt: skip
RUN_WITH = (
    *PARSED_WITH, "airflow.dag_processing.dagbag", "airflow.models.dagrun", "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner", "airflow.api_fastapi.execution_api.app",
    "airflow.api_fastapi.execution_api.routes", "airflow.api_fastapi.core_api.security", "etl.pipeline",
    "great_expectations",
)  # fmt: skip


@pytest.fixture(scope="module")
def parser(airflow: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A process that has imported what Airflow has imported when it parses a DAG file."""
    process = Process(airflow, PARSED_WITH, tmp_path_factory.mktemp("parser") / "output")
    yield process
    process.stop()


@pytest.fixture(scope="module")
def runner(airflow: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A process that has also imported what tasks import."""
    process = Process(airflow, RUN_WITH, tmp_path_factory.mktemp("runner") / "output")
    yield process
    process.stop()


PARSE = """
import json, sys, time
sys.path[:0] = ["dags", "plugins"]
import socket, pathlib
touched = []
real = socket.socket.connect
socket.socket.connect = lambda self, where: touched.append(str(where))
before = set(sys.modules)
began = time.perf_counter()
import importlib
importlib.import_module({name!r})
took = time.perf_counter() - began
heavy = [m for m in ("pandas", "great_expectations", "sqlalchemy.dialects.postgresql.psycopg", "openpyxl", "fastexcel", "etl.pipeline")
         if m in set(sys.modules) - before]
print(json.dumps([took, heavy, touched]))
"""


@pytest.mark.parametrize("name", FILES)
def test_a_dag_file_is_parsed_at_once_and_touches_nothing(parser: Process, name: str, tmp_path: Path) -> None:
    environment = {"GIAMNGHEO_HOME": str(tmp_path / "nothing")}
    took, heavy, touched = parser.run(PARSE.format(name=name.removesuffix(".py")), environment)
    assert took < 0.5
    assert heavy == []
    assert touched == []
    assert not (tmp_path / "nothing").exists()


def test_integrity(parser: Process) -> None:
    script = """
import json
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag
bag = BundleDagBag(dag_folder=Path("dags").resolve(), bundle_path=Path("dags").resolve(), bundle_name="dags-folder")
print(json.dumps([bag.import_errors, {d.dag_id: [sorted(d.task_ids), d.catchup, d.max_active_runs, min(t.retries or 0 for t in d.tasks),
    bool(d.doc_md), sorted(d.tags)] for d in bag.dags.values()}]))
"""
    errors, dags = parser.run(script, {})
    assert errors == {}
    assert set(dags) == DAGS
    for name, (tasks, catchup, active, retries, documented, tags) in dags.items():
        assert not catchup
        assert retries >= 3, name
        assert documented
        assert "giamngheo" in tags
        assert active == (32 if name.startswith("sector_") else 1)
        if name.startswith("sector_"):
            assert tasks == ["answer", "approve", "load", "prepare"]
    assert dags["quarter"][0] == ["approve", "completeness", "cross_check", "link", "measure", "publish", "report"]


TEST_RUN = """
import json, logging, time
from airflow.utils.session import create_session
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.models.dagrun import DagRun
logging.disable(logging.WARNING)
bag = BundleDagBag(dag_folder=Path("dags").resolve(), bundle_path=Path("dags").resolve(), bundle_name="dags-folder")
from airflow.dag_processing.bundles.manager import DagBundlesManager
DagBundlesManager().sync_bundles_to_db()
sync_bag_to_db(bag, "dags-folder", None)
dag = bag.dags[{dag_id!r}]
class Waits(Exception):
    pass
doze = time.sleep
def sleep(seconds):
    # dag.test() would wait for a person too; here whoever runs it looks at what waits.
    if any(t.state == "awaiting_input" for t in newest().get_task_instances()):
        raise Waits
    doze(seconds)
time.sleep = sleep
def newest():
    with create_session() as session:
        return session.query(DagRun).filter(DagRun.dag_id == {dag_id!r}).order_by(DagRun.id.desc()).first()
{prepare}
try:
    dag.test(**{arguments!r})
except Waits:
    pass
done = newest()
print(json.dumps([str(done.state), {{t.task_id: str(t.state) for t in done.get_task_instances()}}]))
"""


NAMED = """
from airflow.utils.session import create_session
with create_session() as session:
    (queued,) = session.query(DagRun).filter(DagRun.run_id == {run_id!r}).all()
    session.delete(queued)
DagRun.generate_run_id = staticmethod(lambda **_: {run_id!r})
"""


def run_dag(runner: Process, home: Settings, dag_id: str, run_id: str = "", **arguments: Any) -> Any:
    # dag.test() makes a run of its own; here it takes the place of the queued one that «collect» has started.
    named = NAMED.format(run_id=run_id) if run_id else ""
    return runner.run(TEST_RUN.format(dag_id=dag_id, arguments=arguments, prepare=named), installed(home))


def installed(home: Settings) -> dict[str, str]:
    """The environment of an installation."""
    return {"GIAMNGHEO_HOME": str(home.home), "GIAMNGHEO_WAREHOUSE_URL": home.warehouse_url or "",
            "GIAMNGHEO_SETTLE_SECONDS": "0", "GIAMNGHEO_ENDLESS_SECONDS": "0"}  # fmt: skip


def test_the_dags_on_real_files(runner: Process, home: Settings, files: dict[tuple[str, str], Path]) -> None:
    def dag_test(dag_id: str, run_id: str = "", **arguments: Any) -> Any:
        return run_dag(runner, home, dag_id, run_id, **arguments)

    good = files["water_village", "082"]
    target = home.inbox / "water"
    target.mkdir(parents=True)
    shutil.copy2(good, target / good.name)
    bad = target / "water_village_2018-Q4.xlsx"
    bad.write_bytes(b"no workbook at all")
    state, tasks = dag_test("collect")
    assert (state, tasks["receive"]) == ("success", "success")
    engine = create_engine(home.warehouse_url or "", poolclass=NullPool)
    with engine.connect() as conn:
        ids = dict(conn.execute(text("SELECT file_name, id FROM intake.submission")).all())
    state, tasks = dag_test("sector_water", ids[good.name])
    assert (state, set(tasks.values()), len(tasks)) == ("success", {"success"}, 4)
    state, tasks = dag_test("sector_water", ids[bad.name])
    assert (state, tasks.pop("load"), set(tasks.values())) == ("success", "skipped", {"success"})
    state, tasks = dag_test("indicators", run_conf={})
    assert (state, set(tasks.values())) == ("success", {"success"})
    assert {"settle", "measure", "document"} <= set(tasks)
    # The quarter lacks nearly everything: it waits for a person, then passes.
    state, tasks = dag_test("quarter", run_conf={"period": str(PERIOD)})
    assert (tasks["measure"], tasks["approve"], tasks["publish"]) == ("success", "awaiting_input", "None")
    assert approval.decide(home, str(PERIOD), "refuse", "B", "Chờ đủ số liệu")
    state, tasks = dag_test("quarter", run_conf={"period": str(PERIOD)})
    assert (state, tasks["approve"], tasks["publish"], tasks["report"]) == ("success", *["skipped"] * 3)
    assert approval.decide(home, str(PERIOD), "approve", "B", "Đã quá hạn", anew=True)
    state, tasks = dag_test("quarter", run_conf={"period": str(PERIOD)})
    assert state == "success"
    assert set(tasks.values()) == {"success"}
    with engine.connect() as conn:
        states = dict(conn.execute(text("SELECT id, state FROM intake.submission")).all())
        assert states == {ids[good.name]: "accepted", ids[bad.name]: "rejected"}
        assert conn.scalar(text("SELECT count(*) FROM mart.edition")) == 1
    engine.dispose()
    assert len(list((home.outbox / "water").glob("*.xlsx"))) == 2
    assert len(list(home.reports.rglob("*.xlsx"))) == 1


def test_a_submission_that_is_held_waits_in_its_run(runner: Process, home: Settings) -> None:
    whole, half = villages(home, Period(2018, 3), 10, 100), villages(home, PERIOD, 10, 50)
    pipeline.ingest(home, inbox.given([whole], SECTORS, "water")[0])
    (home.inbox / "water").mkdir(parents=True)
    shutil.copy2(half, home.inbox / "water" / half.name)
    (submission,) = pipeline.receive(home)
    named = f"DagRun.generate_run_id = staticmethod(lambda **_: {submission!r})"
    script = TEST_RUN.format(dag_id="sector_water", arguments={}, prepare=named)
    _, tasks = runner.run(script, installed(home))
    assert tasks == {"prepare": "success", "approve": "awaiting_input", "load": "None", "answer": "None"}
    # Its sender knows that it waits.
    assert [p for p in (home.outbox / "water").glob("*2018-Q4*.txt") if "CHỜ PHÊ DUYỆT" in p.read_text("utf-8-sig")]
    approval.decide(home, submission, "approve", "B", "Đã đối chiếu")
    state, tasks = run_dag(runner, home, "sector_water", submission)
    assert (state, set(tasks.values())) == ("success", {"success"})
    assert approval.gate(home, submission).choice == "approve"
    assert [p for p in (home.outbox / "water").glob("*2018-Q4*.txt") if "ĐÃ NHẬN" in p.read_text("utf-8-sig")]


MEANWHILE = """
from pathlib import Path
from etl import pipeline
from etl.intake import inbox
from etl.settings import SECTORS
real = pipeline.load
def load(settings, submission):
    pipeline.load = real
    pipeline.ingest(settings, inbox.given([Path({path!r})], SECTORS, "water")[0])
    return real(settings, submission)
pipeline.load = load
DagRun.generate_run_id = staticmethod(lambda **_: {submission!r})
"""


def test_load_asks_where_a_fuller_file_was_published_meanwhile(runner: Process, home: Settings) -> None:
    half, whole = villages(home, PERIOD, 10, 40, "nửa"), villages(home, PERIOD, 10, 100, "đủ")
    os.utime(whole, (half.stat().st_mtime - 60,) * 2)
    (home.inbox / "water").mkdir(parents=True)
    shutil.copy2(half, home.inbox / "water" / half.name)
    (submission,) = pipeline.receive(home)
    prepare = MEANWHILE.format(path=str(whole), submission=submission)
    script = TEST_RUN.format(dag_id="sector_water", arguments={}, prepare=prepare)
    _, tasks = runner.run(script, installed(home))
    assert tasks == {"prepare": "success", "approve": "success", "load": "awaiting_input", "answer": "None"}
    assert [p for p in (home.outbox / "water").glob("*nửa*.txt") if "CHỜ PHÊ DUYỆT" in p.read_text("utf-8-sig")]
    approval.decide(home, submission, "approve", "B", "Đã đối chiếu")
    state, tasks = run_dag(runner, home, "sector_water", submission)
    assert (state, set(tasks.values())) == ("success", {"success"})


ANSWERED = """
import json, sys
from datetime import UTC, datetime
sys.path.insert(0, "plugins")
from airflow.sdk.exceptions import AirflowException
from hold_operator import HoldOperator
from etl import approval
from etl.settings import settings
class Instance:
    def xcom_pull(self, **_):
        return {shown!r}
operator = HoldOperator(task_id="approve", of=lambda _: {subject!r}, skip_refused=True)
event = {{"chosen_options": [{chosen!r}], "params_input": {{"why": {why!r}}}, "responded_at": datetime.now(UTC),
          "responded_by_user": {{"id": "1", "name": "Lan"}}}}
try:
    print(json.dumps(["passed", operator.execute_complete({{"task_instance": Instance()}}, event)]))
except AirflowException as told:
    print(json.dumps([type(told).__name__, str(told)]))
"""


def test_who_answers_in_the_ui_is_told_what_was_decided_before(runner: Process, home: Settings) -> None:
    strict = {**installed(home), "GIAMNGHEO_LEAST_COMPLETENESS": "0.5"}
    demanding = home.model_copy(update={"least_completeness": 0.5})
    subject, shown = str(PERIOD), approval.gate(demanding, str(PERIOD)).shown

    def answer(chosen: str, why: str = "vì", seen: str = shown) -> Any:
        return runner.run(ANSWERED.format(subject=subject, shown=seen, chosen=chosen, why=why), strict)

    assert answer("Duyệt")[0] == "AirflowException"
    kind, said = answer("Duyệt dù dưới mức tối thiểu", why="")
    assert (kind, "needs a reason" in said) == ("AirflowException", True)
    kind, said = answer("Duyệt dù dưới mức tối thiểu", seen="Mức đầy đủ: 99 %")
    assert (kind, "has changed meanwhile" in said) == ("AirflowException", True)
    assert approval.gate(demanding, subject).waits
    # Decided on the command line while the question is open in the UI.
    approval.decide(demanding, subject, "approve", "Trần Thị B", "Bão lũ", below_minimum=True)
    kind, said = answer("Từ chối")
    assert kind == "AirflowFailException"
    assert "đã được quyết định trước: Duyệt, bởi Trần Thị B, lúc" in said and "(Bão lũ)" in said
    assert answer("Duyệt dù dưới mức tối thiểu") == ["passed", "approve"]
    # And the other way round.
    approval.decide(demanding, subject, "refuse", "Trần Thị B", "Chờ đủ", anew=True)
    kind, said = answer("Duyệt dù dưới mức tối thiểu")
    assert (kind, "Từ chối, bởi Trần Thị B" in said) == ("AirflowFailException", True)
    assert answer("Từ chối")[0] == "AirflowSkipException"
    assert approval.gate(demanding, subject).choice == "refuse"
