"""The helper: a small process that has imported the readers once and forks a child for every file.

A fork of the worker itself would take along its database connection, its secrets and locks that its threads hold; a
fresh Python would spend half a second on imports for each file. Started by ``runner``, it ends with its parent.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import time
from contextlib import suppress
from typing import Any

from etl.confined import child, wire


def main(fd: int, parent: int, modules: list[str]) -> None:
    """Take jobs from the socket until it or the parent is gone."""
    line = socket.socket(fileno=fd)
    with suppress(ProcessLookupError):
        life = os.pidfd_open(parent)
        for name in modules:
            warm = getattr(importlib.import_module(name), "warm", None)
            if warm is not None:
                warm()
        # What is imported is never looked at by the collector again, so that a child copies none of its pages.
        gc.collect()
        gc.freeze()
        while os.getppid() == parent and life not in _ready(line, life):
            job, outcome = wire.receive(line)
            if job is None or outcome is None:
                return
            try:
                ended = _run(job, outcome, line, life)
            finally:
                os.close(outcome)
            wire.send(line, ended)


def _ready(*watched: int | socket.socket, patience: float | None = None) -> list[int | socket.socket]:
    return select.select(watched, [], [], patience)[0]


def _run(
    job: tuple[Any, tuple[Any, ...], child.Allowance], outcome: int, line: socket.socket, life: int
) -> dict[str, Any]:
    """Fork a child for a job and wait until it ends, runs out of patience, or is wanted by nobody any more."""
    function, arguments, allowance = job
    began = time.monotonic()
    said = os.memfd_create("said", 0)
    pid = os.fork()
    if not pid:
        status = 70
        try:
            line.close()
            os.dup2(said, 2)
            status = child.serve(function, arguments, allowance, outcome)
        finally:
            os._exit(status)
    watch = os.pidfd_open(pid)
    ready = _ready(watch, line, life, patience=allowance.patience)
    if watch not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    os.close(watch)
    tail = os.pread(said, 4096, max(os.fstat(said).st_size - 4096, 0)).decode("utf-8", "replace")
    os.close(said)
    return {
        "status": os.waitstatus_to_exitcode(status), "late": not ready, "said": tail,
        "seconds": time.monotonic() - began, "peak": used.ru_maxrss * 1024,
    }  # fmt: skip
