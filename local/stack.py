"""Airflow on one machine: its components as processes of our own, its metadata in the embedded PostgreSQL.

Each component leads a process group of its own; leaving the block stops every group, whatever happened inside.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from sqlalchemy import URL

from etl.settings import ROOT, Settings
from etl.warehouse import WarehouseError, connect, upgrade
from etl.warehouse.embedded import create_database, serving

USER = "admin"
_STARTS_WITHIN = 120
_STOPS_WITHIN = 15


class StackError(RuntimeError):
    """The stack cannot run; the message says what and where to look."""


@dataclass
class Stack:
    """A running Airflow and the warehouse beside it."""

    settings: Settings
    url: str
    warehouse_url: str
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _token: str = ""

    @property
    def logs(self) -> Path:
        """Where the components and the tasks write."""
        return self.settings.airflow / "logs"

    def start(self, name: str, *arguments: str) -> None:
        """Start a component; its output goes to ``logs/<name>.log``."""
        self.logs.mkdir(parents=True, exist_ok=True)
        extra = {"GIAMNGHEO_PRELOAD": "1"} if name == "scheduler" else {}
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "airflow", *arguments],
                env={**self.environment, **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,
            )
        _remember(self.settings, self.processes)

    def stop(self) -> None:
        """Stop every component with its children: politely first, then for certain."""
        for process in self.processes.values():
            _signal_group(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOPS_WITHIN
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()
        _remember(self.settings, {})

    def check_alive(self) -> None:
        """Raise StackError naming a component that has died and its log."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.logs / f"{name}.log"
                tail = log.read_text(errors="replace")[-1500:]
                raise StackError(f"Airflow's {name} has stopped (see {log}):\n{tail}")

    def request(self, method: str, path: str, **arguments: Any) -> Any:
        """One call of Airflow's REST API; the answer's JSON. Raises StackError with the answer's text."""
        if not self._token:
            self._token = self._login()
        answer = httpx.request(
            method, f"{self.url}{path}", headers={"Authorization": f"Bearer {self._token}"}, timeout=60, **arguments
        )
        if answer.is_error:
            raise StackError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def _login(self) -> str:
        answer = httpx.post(f"{self.url}/auth/token", json={"username": USER, "password": password(self.settings)})
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def wait_ready(self, dag_ids: set[str]) -> None:
        """Wait until the API answers and the DAGs are parsed. Raises StackError."""
        deadline = time.monotonic() + _STARTS_WITHIN
        missing = dag_ids
        while time.monotonic() < deadline:
            self.check_alive()
            try:
                found = self.request("GET", "/api/v2/dags", params={"limit": 100})["dags"]
                missing = dag_ids - {dag["dag_id"] for dag in found}
                if not missing:
                    return
            except (httpx.HTTPError, StackError):
                pass
            time.sleep(0.5)
        errors = self.request("GET", "/api/v2/importErrors").get("import_errors", [])
        lacking = f"missing DAGs {sorted(missing)}, errors {errors}"
        raise StackError(f"Airflow was not ready in {_STARTS_WITHIN} s; {lacking}")

    def trigger(self, dag_id: str, run_id: str | None = None, conf: dict[str, Any] | None = None) -> str:
        """Start a run by hand; its id. conf: the run's params."""
        body = {"logical_date": None, "conf": conf or {}} | ({"dag_run_id": run_id} if run_id else {})
        return str(self.request("POST", f"/api/v2/dags/{dag_id}/dagRuns", json=body)["dag_run_id"])

    def runs(self, dag_id: str = "~") -> list[dict[str, Any]]:
        """The runs of a DAG, or of all."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.request(
                "GET", f"/api/v2/dags/{dag_id}/dagRuns", params={"limit": 100, "offset": len(found), "order_by": "id"}
            )
            found += page["dag_runs"]
            if len(found) >= page["total_entries"]:
                return found

    def states(self, dag_id: str, run_id: str) -> dict[str, str]:
        """Task (with its map index if any) → state, of one run."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{run_id}/taskInstances"
        tasks = self.request("GET", path, params={"limit": 100})["task_instances"]
        return {t["task_id"] + (f"[{t['map_index']}]" if t["map_index"] >= 0 else ""): t["state"] for t in tasks}

    def wait(self, dag_id: str, run_id: str, timeout: float = 300) -> str:
        """Wait until a run has ended; its state. Raises StackError when it has not in time."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.check_alive()
            state = str(self.request("GET", f"/api/v2/dags/{dag_id}/dagRuns/{run_id}")["state"])
            if state in ("success", "failed"):
                return state
            time.sleep(0.5)
        raise StackError(f"run {run_id} of {dag_id} did not end in {timeout:.0f} s: {self.states(dag_id, run_id)}")

    def clear(self, dag_id: str, run_id: str, task_id: str) -> None:
        """Clear one task of a run, so that it is run again; nothing after it."""
        body = {
            "dry_run": False, "dag_run_id": run_id, "task_ids": [task_id], "include_downstream": False,
            "only_failed": False, "reset_dag_runs": True,
        }  # fmt: skip
        self.request("POST", f"/api/v2/dags/{dag_id}/clearTaskInstances", json=body)


def password(settings: Settings) -> str:
    """The UI's password of the user ``admin``, made once."""
    place = settings.airflow / "passwords.json"
    if not place.exists():
        secret_file(place, json.dumps({USER: secrets.token_urlsafe(12)}))
    return str(json.loads(place.read_text())[USER])


def secret_file(place: Path, content: str) -> None:
    """Write a file that only its owner can read."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text(content)


def _secret(settings: Settings, name: str) -> str:
    """A secret made once and kept."""
    place = settings.airflow / "secrets" / name
    if not place.exists():
        from cryptography.fernet import Fernet

        secret_file(place, Fernet.generate_key().decode())
    return place.read_text()


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(settings: Settings, warehouse: URL, port: int) -> dict[str, str]:
    """Airflow's configuration, by environment alone."""
    metadata = warehouse.set(database="airflow").render_as_string(hide_password=False)
    password(settings)
    options = {
        "CORE__DAGS_FOLDER": str(ROOT / "dags"), "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "CORE__LOAD_EXAMPLES": "False", "CORE__EXECUTOR": "LocalExecutor", "CORE__PARALLELISM": "4",
        "CORE__FERNET_KEY": _secret(settings, "fernet"), "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(settings.airflow / "passwords.json"),
        "DATABASE__SQL_ALCHEMY_CONN": metadata, "DATABASE__SQL_ALCHEMY_CONN_ASYNC": metadata,
        "API__PORT": str(port), "API__HOST": "127.0.0.1", "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__WORKERS": "1", "API__SECRET_KEY": _secret(settings, "api"),
        "API_AUTH__JWT_SECRET": _secret(settings, "jwt"),
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1", "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False", "DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "DAG_PROCESSOR__PARSING_PROCESSES": "1", "LOGGING__BASE_LOG_FOLDER": str(settings.airflow / "logs"),
        "LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()), "LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }  # fmt: skip
    own = {
        "AIRFLOW_HOME": str(settings.airflow),
        "GIAMNGHEO_HOME": str(settings.home),
        "GIAMNGHEO_WAREHOUSE_URL": warehouse.render_as_string(hide_password=False),
        "GIAMNGHEO_SETTLE_SECONDS": str(settings.settle_seconds),
        "GIAMNGHEO_ENDLESS_SECONDS": str(settings.endless_seconds),
        "GIAMNGHEO_WATCH_SECONDS": str(settings.watch_seconds),
        "GIAMNGHEO_LEAST_COMPLETENESS": str(settings.least_completeness),
        "GX_ANALYTICS_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AIRFLOW", "GIAMNGHEO"))}
    return {**kept, **{f"AIRFLOW__{k}": v for k, v in options.items()}, **own}


@contextmanager
def running(settings: Settings, *, port: int | None = None, triggerer: bool = False) -> Iterator[Stack]:
    """A stack for as long as the block lasts. port: of the UI; None: any free one.

    Raises StackError (also when another stack runs over the same home), WarehouseError.
    """
    settings.airflow.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        lock = stack.enter_context((settings.airflow / "stack.lock").open("a"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"another Airflow runs over {settings.home}: stop it first (make down)") from None
        if settings.warehouse_url:
            raise WarehouseError("the local stack brings its own PostgreSQL: unset GIAMNGHEO_WAREHOUSE_URL")
        warehouse = stack.enter_context(serving(settings))
        create_database(warehouse, "airflow")
        shown = warehouse.render_as_string(hide_password=False)
        with connect(settings.model_copy(update={"warehouse_url": shown}), fresh=True) as engine:
            upgrade(engine)
        chosen = port or free_port()
        environment = _environment(settings, warehouse, chosen)
        preload_hook(settings.airflow)
        subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        one = Stack(settings, f"http://127.0.0.1:{chosen}", shown, environment)
        stack.callback(one.stop)
        one.start("api-server", "api-server")
        one.start("scheduler", "scheduler")
        one.start("dag-processor", "dag-processor")
        if triggerer:
            one.start("triggerer", "triggerer")
        yield one


def preload_hook(airflow_home: Path) -> None:
    """Airflow imports ``config/airflow_local_settings.py`` in every process; only the scheduler is asked to preload."""
    hook = airflow_home / "config" / "airflow_local_settings.py"
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text('import os\n\nif os.environ.get("GIAMNGHEO_PRELOAD") == "1":\n    import local.preload\n')


def _signal_group(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, what)


def _remember(settings: Settings, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Keep process ids with their start times, by which ``make down`` knows that a process is still the one started."""
    known = {name: [p.pid, psutil.Process(p.pid).create_time()] for name, p in processes.items() if p.poll() is None}
    (settings.airflow / "processes.json").write_text(json.dumps(known))


def stop_left_over(settings: Settings) -> list[str]:
    """Stop the components that an interrupted stack has left behind; their names. Touches no other process."""
    place = settings.airflow / "processes.json"
    stopped = []
    for name, (pid, started) in json.loads(place.read_text()).items() if place.exists() else ():
        try:
            if abs(psutil.Process(pid).create_time() - started) < 1:
                _signal_group(pid, signal.SIGTERM)
                psutil.wait_procs([psutil.Process(pid)], timeout=_STOPS_WITHIN)
                _signal_group(pid, signal.SIGKILL)
                stopped.append(name)
        except psutil.NoSuchProcess:
            continue
    place.unlink(missing_ok=True)
    return stopped
