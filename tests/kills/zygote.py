"""A process that has everything imported and warm, and forks a worker whenever it is asked to.

Started as ``python -m tests.kills.zygote FD``; ``Zygote`` is the test's side of it.
"""

from __future__ import annotations

import gc
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from etl.confined import helper, runner, wire
from etl.settings import ROOT, Settings


@dataclass(frozen=True)
class Job:
    """What a worker is started with. tasks: to do in this order; traced: tells points and effects as it goes."""

    home: Path
    url: str
    tasks: list[str]
    fault: str = ""
    traced: bool = False


@dataclass
class Worker:
    """A worker that runs: what it has told so far, read until it ends."""

    pid: int
    line: int
    told: list[tuple[str, str]] = field(default_factory=list)


class Zygote:
    """Starts workers, and says how they have ended."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kills.zygote", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], cwd=ROOT, env={**os.environ, **runner._OWN, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        self._ask(None)

    def start(self, job: Job) -> Worker:
        """A worker at its job."""
        ours, theirs = os.pipe()
        try:
            return Worker(self._ask(job, theirs), ours)
        finally:
            os.close(theirs)

    def wait(self, worker: Worker) -> int:
        """Read what a worker tells until it ends; its exit status, negative for a signal."""
        with os.fdopen(worker.line, encoding="utf-8") as lines:
            worker.told += [tuple(line.rstrip("\n").split(" ", 1)) for line in lines]  # type: ignore[misc]
        return int(self._ask(worker.pid))

    def stop(self) -> None:
        """End it."""
        self._line.close()
        self._process.wait(10)

    def _ask(self, message: Any, file: int | None = None) -> Any:
        wire.send(self._line, ("", message), file)
        answer, _ = wire.receive(self._line)
        assert answer is not None, "the zygote is gone; its last words are on standard error"
        return answer[0]


class _Forked:
    """A helper made by a fork of its warm worker: what ``runner`` asks of a process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) and 1

    def kill(self) -> None:
        os.kill(self.pid, 9)

    def wait(self) -> None:
        os.waitpid(self.pid, 0)


class _WarmHelper(runner._Helper):
    """The helper without half a second of imports: what it would import is there already."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self.modules = modules
        self.line, theirs = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            try:
                os.dup2(theirs.fileno(), 3)
                os.closerange(4, 512)
                os.setsid()
                helper.main(3, parent, [])
            finally:
                os._exit(0)
        theirs.close()
        self.process: Any = _Forked(pid)


def _work(job: Job, line: int) -> None:
    from etl import faults
    from tests.kills import tasks, tracing

    os.environ["TMPDIR"] = str(job.home / "tmp")
    os.environ.pop(faults.VARIABLE, None)
    (job.home / "tmp").mkdir(exist_ok=True)
    tempfile.tempdir = None
    runner._Helper = _WarmHelper  # type: ignore[misc]
    waits = dict.fromkeys(("settle_seconds", "endless_seconds", "incomplete_seconds", "watch_seconds"), 0)
    settings = Settings(home=job.home, warehouse_url=job.url, **waits)
    # A pipe: on a full disk a worker can still tell the scheduler, which lives elsewhere.
    with os.fdopen(line, "w", encoding="utf-8", buffering=1) as told:
        if job.fault:
            os.environ[faults.VARIABLE] = job.fault
        elif job.traced:
            tracing.trace(job.home, told)
        for task in job.tasks:
            told.write(f"began {task}\n")
            for submission in tasks.do(settings, task):
                told.write(f"received {submission}\n")
            told.write(f"done {task}\n")


def _warm() -> None:
    """Do once what is the same in every worker: imports, definitions, the context of Great Expectations."""
    import great_expectations.render.renderer.page_renderer
    import great_expectations.render.view  # noqa: F401

    from etl import opening
    from etl.checking import data_docs, relations
    from etl.contracts import contracts
    from etl.indicators import indicators
    from etl.model.period import Period
    from etl.reference.rules import rules
    from etl.reference.units import units_on
    from tests.kills import tasks

    tqdm.monitor_interval = 0  # no thread that watches progress bars
    opening.warm()
    period = Period.parse(tasks.PERIOD)
    address = {"submission_id": ["a"], "sheet": ["S"], "row": [1], "commune": ["02692"], "household_code": ["000001"]}
    relations.relate(pd.DataFrame({**address, "members": [1]}), pd.DataFrame({**address, "member_no": [1]}), period)
    pages = data_docs._section_view().env
    for template in pages.list_templates(filter_func=lambda name: name.endswith(".j2") and "markdown" not in name):
        pages.get_template(template)
    indicators()
    rules()
    units_on(period.last_day)
    for form in contracts().values():
        form.official_headers  # noqa: B018
    assert threading.active_count() == 1, f"missing in the workers: {threading.enumerate()}"


def main(number: int) -> None:
    """Serve until the test's side is gone."""
    line = socket.socket(fileno=number)
    _warm()
    gc.collect()
    gc.freeze()
    while True:
        message, file = wire.receive(line)
        if message is None:
            return
        _, asked = message
        if asked is None:
            wire.send(line, ("ready",))
        elif isinstance(asked, int):
            _, status = os.waitpid(asked, 0)
            wire.send(line, (os.waitstatus_to_exitcode(status),))
        else:
            assert file is not None
            pid = os.fork()
            if not pid:
                _child(asked, file, line)
            os.close(file)
            wire.send(line, (pid,))


def _child(job: Job, file: int, line: socket.socket) -> None:
    line.close()
    status = 1
    try:
        _work(job, file)
        status = 0
    except BaseException:
        # The disk is full for this worker alone, not for its log.
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        with job.home.with_suffix(".log").open("a") as log:
            log.write(traceback.format_exc() + "\n")
    finally:
        runner._at_exit()
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
