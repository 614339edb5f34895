"""What the local stack leaves behind when it is killed, and who may be stopped for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from etl.settings import Settings
from local import down, stack


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    code = "import time; time.sleep(600)"
    found = [subprocess.Popen([sys.executable, "-c", code], start_new_session=True) for _ in range(2)]
    yield found
    for one in found:
        one.kill()
        one.wait()


def test_only_processes_that_were_started_are_stopped(
    tmp_path: Path,
    sleepers: list[subprocess.Popen[bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    own = Settings(home=tmp_path)
    own.airflow.mkdir()
    left, other = sleepers
    began = psutil.Process(left.pid).create_time()
    # The second id was given anew to a process of somebody else; the third is nobody's.
    known = {"scheduler": [left.pid, began], "triggerer": [other.pid, began - 3600], "api-server": [2**22 - 1, began]}
    (own.airflow / "processes.json").write_text(json.dumps(known))
    monkeypatch.setattr(down, "settings", lambda: own)
    assert down.main() == 0
    assert capsys.readouterr().out == "Stopped: scheduler.\n"
    assert left.wait(10) is not None
    assert other.poll() is None
    assert down.main() == 0
    assert capsys.readouterr().out == "Nothing was running.\n"


def test_secrets_are_made_once_and_for_their_owner(tmp_path: Path) -> None:
    own = Settings(home=tmp_path)
    first = stack.password(own)
    assert len(first) >= 12
    assert stack.password(own) == first
    assert (own.airflow / "passwords.json").stat().st_mode & 0o077 == 0


def test_a_given_warehouse_is_left_alone(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, warehouse_url="postgresql://somewhere/else")
    with pytest.raises(Exception, match="unset GIAMNGHEO_WAREHOUSE_URL"), stack.running(own):
        pass
