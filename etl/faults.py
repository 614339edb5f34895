"""Places between two effects where a test can strike, to prove that running again gives the state that was wanted.

In a step: ``point("receive.archived")``. Nothing happens there unless the environment says
``GIAMNGHEO_FAULT=<point>:<kind>:<file>``, or ``<point>#<n>:…`` for the n-th time that the process comes by. Then the
fault strikes once, by taking that file away, and the file's text says what it needs to know (for ``server``: where the
server's postmaster.pid lies). Only tests set the variable.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import socket
import stat
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

VARIABLE = "GIAMNGHEO_FAULT"

_PASSED: Counter[str] = Counter()


class Struck(RuntimeError):
    """The exception of the kind ``exception``."""


def point(name: str) -> None:
    """A place between two effects; ``name`` is ``<step>.<what was just done>``, and no other place has it."""
    if spec := os.environ.get(VARIABLE):
        _reached(name, *spec.split(":", 2))


def _reached(name: str, wanted: str, kind: str, armed: str) -> None:
    if resource.getrlimit(resource.RLIMIT_FSIZE)[0] == 0:
        # The disk was full at an earlier point, and nothing has been written since.
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    _PASSED[name] += 1
    if wanted in (name, f"{name}#{_PASSED[name]}"):
        with suppress(FileNotFoundError):
            needs = Path(armed).read_text()
            Path(armed).unlink()
            KINDS[kind](needs)


def _exception(_: str) -> None:
    raise Struck("struck between two effects")


def _worker(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _server(needs: str) -> None:
    os.kill(int(Path(needs).read_text().split()[0]), signal.SIGKILL)


def _disk(_: str) -> None:
    """Let every later write to a file fail, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _connection(_: str) -> None:
    """Cut every network connection of this process, as a lost network does; the server sees them end."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        number = int(entry.name)
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as line:
                if line.family in (socket.AF_INET, socket.AF_INET6):
                    line.shutdown(socket.SHUT_RDWR)


KINDS: dict[str, Callable[[str], None]] = {
    "exception": _exception,
    "worker": _worker,
    "server": _server,
    "disk": _disk,
    "connection": _connection,
}
"""What can strike: an exception, SIGKILL of the worker, SIGKILL of PostgreSQL, a full disk, lost connections."""
