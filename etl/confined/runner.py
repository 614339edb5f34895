"""The worker's side: hand a job to the helper, take back its outcome, start a helper where there is none."""

from __future__ import annotations

import atexit
import errno
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from etl.confined import child, wire

LOG = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
"""What a child may know of the environment: no URL, no secret."""

# Threads ask for stacks and heaps of their own, which would count as the file's; the system's malloc returns memory.
_OWN = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system", "ARROW_IO_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip
_START = "import sys; from etl.confined.helper import main; main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])"
_GRACE = 10.0
_OUT_OF_MEMORY = ("memory allocation of", "MemoryError", "bad_alloc", "Cannot allocate memory", "capacity overflow")

Cause = Literal["memory", "time", "crash"]


class Died(Exception):
    """The child ended without an outcome. cause: its memory, its time, or a crash; said: the end of its stderr."""

    def __init__(self, cause: Cause, said: str) -> None:
        super().__init__(f"{cause}: {said}")
        self.cause: Cause = cause
        self.said = said


def run(function: Callable[..., Any], *arguments: Any, allowance: child.Allowance, modules: Sequence[str] = ()) -> Any:
    """What ``function(*arguments)`` returns, computed in a child of a helper that has imported ``modules``.

    A module's own ``warm()`` is called once, so that a child finds its tables made. Function, arguments and result are
    pickled. Raises Refused and OSError as the function raised them, Died
    when the child did not live to tell (out of memory or time, a crash, any other exception).
    """
    # A file without a name: nothing of it is left, whoever is killed.
    with tempfile.TemporaryFile() as result:
        ended = _do(tuple(modules), (function, arguments, allowance), result.fileno(), allowance.patience)
        extra = {"peak_bytes": ended["peak"], "child_seconds": ended["seconds"], "exit_status": ended["status"]}
        LOG.info("child: %.2f s, peak %d MB", ended["seconds"], ended["peak"] >> 20, extra=extra)
        if ended["late"] or ended["status"] == -signal.SIGXCPU:
            raise Died("time", ended["said"])
        if ended["status"] == child.DIED_OF_THE_DISK:
            # The system's fault, never a verdict on the file.
            raise OSError(errno.ENOSPC, f"the cells of a file could not be written to {tempfile.gettempdir()}")
        if ended["status"]:
            raise Died(_cause(ended["status"], ended["said"]), ended["said"])
        result.seek(0)
        kind, outcome = pickle.load(result)  # noqa: S301 - written by our own child
    if kind == "raised":
        raise outcome
    if kind == "memory":
        raise Died("memory", ended["said"])
    if kind == "crash":
        LOG.warning("a file brought its reader down: %s", ended["said"])
        raise Died("crash", ended["said"])
    return outcome


def _cause(status: int, said: str) -> Cause:
    # A kill that was not ours is the kernel's, for memory; Rust and C++ abort when they get none, and say so.
    if status in (child.DIED_OF_MEMORY, -signal.SIGKILL) or any(word in said for word in _OUT_OF_MEMORY):
        return "memory"
    return "crash"


class _Helper:
    """A running helper of this very process."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self.modules = modules
        self.line, theirs = socket.socketpair()
        environment = {k: v for k, v in os.environ.items() if k in _KEPT} | _OWN | {"PYTHONPATH": str(_ROOT)}
        with theirs:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-P", "-c", _START,
                    str(theirs.fileno()), str(os.getpid()), *modules,
                ],
                pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                # A session of its own: Ctrl-C is for the worker, whose end is the helper's end.
                start_new_session=True,
            )  # fmt: skip

    def do(self, job: Any, outcome: int, patience: float) -> dict[str, Any]:
        """Run one job. Raises RuntimeError when the helper itself is gone, which is the system's fault."""
        self.line.settimeout(patience + _GRACE)
        try:
            wire.send(self.line, job, outcome)
            ended: dict[str, Any] | None = wire.receive(self.line)[0]
        except BaseException:
            self.stop()
            raise
        if ended is None:
            self.stop()
            raise RuntimeError("the process that opens files has ended; its last words are on standard error")
        return ended

    def serves(self, modules: tuple[str, ...]) -> bool:
        """Whether it is there and has imported these modules."""
        return self.modules == modules and self.process.poll() is None

    def stop(self) -> None:
        """End the helper, and with it the child that it may have."""
        self.line.close()
        self.process.kill()
        self.process.wait()


class _Own:
    """The one helper of this process, for one job at a time."""

    helper: _Helper | None = None
    lock = threading.Lock()


def _do(modules: tuple[str, ...], job: Any, outcome: int, patience: float) -> dict[str, Any]:
    with _Own.lock:
        if (known := _Own.helper) is not None and not known.serves(modules):
            known.stop()
            _Own.helper = None
        _Own.helper = _Own.helper or _Helper(modules)
        return _Own.helper.do(job, outcome, patience)


def _at_exit() -> None:
    if _Own.helper is not None:
        _Own.helper.stop()


def _in_a_fork() -> None:
    # The helper is the parent's, and so is the thread that may hold the lock.
    _Own.lock = threading.Lock()
    if _Own.helper is not None:
        _Own.helper.line.close()
        _Own.helper = None


atexit.register(_at_exit)
os.register_at_fork(after_in_child=_in_a_fork)
