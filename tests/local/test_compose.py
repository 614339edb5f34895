"""The compose deployment: valid by the specification, no secret by default, the same lock, watched and limited."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import URL, create_engine, text

from etl.settings import ROOT, SECTORS, Settings
from local import env, setup

pytestmark = pytest.mark.slow

COMPOSE = ROOT / "docker-compose.yml"
LONG_RUNNING = {"postgres", "redis", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
SECRET = re.compile(r"PASSWORD|SECRET|FERNET")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]


def test_it_is_valid_by_the_compose_specification(tmp_path: Path) -> None:
    check = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*check, COMPOSE], capture_output=True, check=False).returncode == 0
    # The check can fail: a service key that the specification does not know.
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text().replace("restart: unless-stopped", "restrat: unless-stopped"))
    assert subprocess.run([*check, wrong], capture_output=True, check=False).returncode == 1


def test_every_part_is_watched_limited_and_of_one_image(services: dict[str, Any]) -> None:
    assert set(services) == LONG_RUNNING | {"setup"}
    for name in LONG_RUNNING:
        assert services[name]["healthcheck"]["test"], name
        assert services[name]["restart"] == "unless-stopped"
    for name, service in services.items():
        limits = service["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory"}, name
        if name not in ("postgres", "redis"):
            assert service["image"] == "giamngheo:latest"
            assert {"/data/inbox", "/data/outbox"} <= {v.rsplit(":", 1)[1] for v in service["volumes"]}
            assert service["environment"]["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
            assert service["environment"]["GX_ANALYTICS_ENABLED"] == "false"
    assert services["postgres"]["image"].startswith("postgres:18")
    assert all(port.startswith("127.0.0.1:") for port in services["api-server"]["ports"])


def test_no_secret_has_a_default_and_make_env_makes_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = re.findall(r"\$\{(\w+)(:[-?][^}]*)?\}", COMPOSE.read_text())
    for name, default in used:
        if SECRET.search(name):
            assert default.startswith(":?"), name
    made = dict(line.split("=", 1) for line in env.content().splitlines())
    assert {n for n, _ in used if SECRET.search(n)} <= set(made)
    assert all(len(v) >= 16 for n, v in made.items() if SECRET.search(n))
    assert made != dict(line.split("=", 1) for line in env.content().splitlines())
    monkeypatch.setattr(env, "ROOT", tmp_path)
    assert env.main() == 0
    first = (tmp_path / ".env").read_text()
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert env.main() == 1
    assert (tmp_path / ".env").read_text() == first


def test_the_image_is_made_of_the_lock_and_names_no_host() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    installs = [
        step for step in dockerfile.replace("\\\n", " ").replace("&&", "\n").splitlines() if "pip install" in step
    ]
    assert len(installs) == 3
    assert all("--require-hashes" in i or "--no-index" in i for i in installs)
    copied = {c for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE) for c in line.split()}
    assert all((ROOT / c).exists() for c in copied)
    assert {"etl", "dags", "plugins", "expectations", "warehouse_sql", "local"} <= copied
    lock = (ROOT / "requirements.lock").read_text()
    for place in (dockerfile, lock, COMPOSE.read_text()):
        assert not re.search(r"https?://(?!127\.0\.0\.1|api-server|localhost)", place)
    for line in lock.splitlines():
        assert re.fullmatch(r"([\w.-]+(\[[\w,]+\])?==[^\s;]+( ;.*)?|    --hash=sha256:[0-9a-f]{64})( \\)?", line), line
    assert re.search(r"^celery==5\.[0-6]\.", lock, re.MULTILINE)


def test_what_the_worker_imports_is_there() -> None:
    script = (
        "from airflow.providers.celery.executors import celery_executor; import redis; print(celery_executor.app.main)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=False,
                          env={**os.environ, "AIRFLOW_HOME": os.environ.get("AIRFLOW_HOME", "/tmp/airflow-import")})  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.warehouse
@pytest.mark.airflow
def test_setup_makes_a_bare_server_ready_and_can_be_repeated(
    server: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl.warehouse.embedded import create_database

    create_database(server, "bare_compose")
    own = Settings(
        home=tmp_path, warehouse_url=server.set(database="bare_compose").render_as_string(hide_password=False)
    )
    metadata = server.set(database="airflow").render_as_string(hide_password=False)
    home = tmp_path / "airflow"
    for name, value in {"AIRFLOW_HOME": str(home), "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
                        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": metadata}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for _ in range(2):
        setup.set_up(own, home, "a password")
    assert json.loads((home / "passwords.json").read_text()) == {"admin": "a password"}
    assert (home / "passwords.json").stat().st_mode & 0o077 == 0
    assert sorted(p.name for p in own.inbox.iterdir()) == sorted(SECTORS)
    for url, table in ((own.warehouse_url or "", "intake.submission"), (metadata, "dag_run")):
        engine = create_engine(url)
        with engine.connect() as conn:
            assert conn.scalar(text(f"SELECT count(*) FROM {table}")) == 0
        engine.dispose()
