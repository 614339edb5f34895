"""The child: what it may use, how its end is told, and that nothing of it stays behind."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest

from etl.confined import Allowance, Died, allow, run
from etl.confined import runner as running
from etl.model.refused import Refused, too_large
from etl.opening import READERS
from etl.settings import ROOT

pytestmark = pytest.mark.slow

SMALL = Allowance(memory=64 << 20, most_memory=256 << 20, seconds=2, patience=3, file_bytes=64 << 20)


def call(function: Any, *arguments: Any, allowance: Allowance = SMALL) -> Any:
    return run(function, *arguments, allowance=allowance, modules=READERS)


def test_a_value_comes_back_and_the_helper_stays() -> None:
    assert call(divmod, 7, 2) == (3, 1)
    first, second = call(os.getpid), call(os.getpid)
    assert len({first, second, os.getpid()}) == 3
    assert call(os.getppid) == call(os.getppid)
    assert call(resource.getrlimit, resource.RLIMIT_CORE) == (0, 0)


@pytest.mark.parametrize(
    ("function", "argument", "cause"),
    [
        (bytearray, 128 << 20, "memory"), (os._exit, 3, "crash"), (int, "x", "crash"), (time.sleep, 9, "time"),
        (sum, range(10**12), "time"), (os.kill, None, "crash"),
    ],
)  # fmt: skip
def test_a_death_has_a_cause(function: Any, argument: Any, cause: str) -> None:
    with pytest.raises(Died) as died:
        if function is os.kill:
            call(os.abort)
        else:
            call(function, argument)
    assert died.value.cause == cause
    assert call(len, "abc") == 3


def test_what_the_function_raises_comes_back_as_itself() -> None:
    with pytest.raises(FileNotFoundError) as missing:
        call(os.listdir, "/nowhere")
    assert missing.value.filename == "/nowhere"
    with pytest.raises(Refused) as refused:
        call(raising, "file_too_large", "3 ô")
    assert (refused.value.rule, dict(refused.value.params)) == ("file_too_large", {"size": "3 ô"})


def raising(rule: str, size: str) -> None:
    raise Refused(rule, size=size)


def test_a_file_beyond_its_size_is_too_much(tmp_path: Path) -> None:
    with pytest.raises(Died) as died:
        call(Path.write_bytes, tmp_path / "a", bytes(48 << 20), allowance=Allowance(1 << 30, 1 << 30, 5, 5, 1 << 20))
    assert died.value.cause == "memory"


def full_disk() -> None:
    class Unwritable:
        def __reduce__(self) -> Any:
            raise OSError(errno.ENOSPC, "No space left on device")

    return Unwritable()  # type: ignore[return-value]


def test_a_full_disk_is_no_verdict_on_a_file() -> None:
    with pytest.raises(OSError, match="could not be written") as full:
        call(full_disk)
    assert full.value.errno == errno.ENOSPC


def grown() -> int:
    allow(200 << 20, 2)
    return len(bytearray(150 << 20))


def grown_too_much() -> int:
    allow(900 << 20, 2)
    return len(bytearray(300 << 20))


def test_an_allowance_grows_up_to_its_most() -> None:
    assert call(grown) == 150 << 20
    with pytest.raises(Died):
        call(grown_too_much)
    allow(1, 1)  # without limits, nothing
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] == resource.RLIM_INFINITY


def environment() -> dict[str, str]:
    return dict(os.environ)


def test_no_secret_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIAMNGHEO_WAREHOUSE_URL", "postgresql://secret")
    running._at_exit()
    running._Own.helper = None
    assert "GIAMNGHEO_WAREHOUSE_URL" not in call(environment)


def test_threads_and_forks_of_a_worker_each_get_theirs() -> None:
    call(len, "")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(call(os.getpid))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 4
    pid = os.fork()
    if not pid:
        os._exit(0 if call(len, "abcd") == 4 else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert call(len, "abc") == 3


def test_a_daemonic_process_may_open_files_too() -> None:
    context = get_context("fork")
    lines = context.Queue()
    child = context.Process(target=lambda: lines.put(call(len, "abcde")), daemon=True)
    child.start()
    assert lines.get(timeout=20) == 5
    child.join()


def test_a_helper_that_is_gone_is_replaced() -> None:
    helper = call(os.getppid)
    os.kill(helper, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(helper)] if psutil.pid_exists(helper) else [], timeout=5)
    assert call(os.getppid) != helper


@pytest.mark.parametrize("ending", ["exit", "kill"])
def test_nothing_stays_when_the_worker_ends(tmp_path: Path, ending: str) -> None:
    script = textwrap.dedent("""
        import os, sys, threading, time
        from etl.confined import Allowance, run
        A = Allowance(1 << 28, 1 << 28, 60, 60, 1 << 20)
        print(run(os.getppid, allowance=A), flush=True)
        if sys.argv[1] == "kill":
            run(time.sleep, 60, allowance=A)
        sys.stdin.readline()
    """)
    worker = subprocess.Popen(
        [sys.executable, "-c", script, ending], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdin is not None
    helper = psutil.Process(int(worker.stdout.readline()))
    if ending == "kill":
        while not (children := helper.children()):
            time.sleep(0.02)
        worker.kill()
    else:
        children = []
    worker.stdin.close()
    worker.wait(10)
    worker.stdout.close()
    _, alive = psutil.wait_procs([helper, *children], timeout=10)
    assert not alive


def test_a_refusal_says_sizes_as_people_write_them() -> None:
    assert dict(too_large(21_000_000, 20_000_000, "ô").params) == {"size": "21.000.000 ô", "limit": "20.000.000 ô"}
    assert too_large((1 << 20) + 1, 1 << 20, "MB").params["size"] == "2 MB"
