"""The child: takes its limits upon itself, calls one function, writes what came of it into a file, and is gone."""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from errno import EFBIG
from pathlib import Path
from typing import Any

from etl.model.refused import Refused

_PR_SET_PDEATHSIG = 1
_SLACK = 1 << 30
"""Address space beyond the memory allowed: thread stacks and heaps that are reserved and never touched."""

_OPEN_FILES = 64
DIED_OF_MEMORY, DIED_OF_THE_DISK = 75, 74
"""Exit status of a child that could not even write down that its memory had run out; or could not write at all."""


@dataclass(frozen=True)
class Allowance:
    """What a child may use. memory: bytes at first; most_memory: bytes that ``allow`` may raise it to; seconds: of
    computing; patience: seconds by the clock; file_bytes: size of any file that it writes."""

    memory: int
    most_memory: int
    seconds: float
    patience: float
    file_bytes: int


class _Base:
    """What the child had before its work began; None in a process that is not confined."""

    data: int | None = None
    seconds: float = 0.0


def allow(memory: int, seconds: float) -> None:
    """Raise this child's limits for work that is known to be large; in a process without limits, nothing.

    memory: bytes beyond what the child began with, at most the allowance's ``most_memory``; seconds: of computing.
    """
    if _Base.data is None:
        return
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (min(_Base.data + memory, most), most))
    _, longest = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(int(_Base.seconds + seconds) + 1, longest), longest))


def serve(function: Callable[..., Any], arguments: tuple[Any, ...], allowance: Allowance, result: int) -> int:
    """In the child: call the function under the allowance, pickle the outcome into an open file; the exit status.

    The outcome is ("value", …), ("raised", exception) or ("memory", None). result: the file's descriptor.
    """
    _confine(allowance)
    try:
        outcome = _outcome(function, arguments)
        with os.fdopen(result, "wb", closefd=False) as file:
            # Protocol 5 writes the buffers of Arrow columns as they are, without a copy in between.
            pickle.dump(outcome, file, protocol=5)
    except MemoryError:
        return DIED_OF_MEMORY
    except OSError as fault:
        return DIED_OF_MEMORY if fault.errno == EFBIG else DIED_OF_THE_DISK
    return 0


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "value", function(*arguments)
    except MemoryError:
        return "memory", None
    except (Refused, OSError) as fault:
        return ("memory", None) if isinstance(fault, OSError) and fault.errno == EFBIG else ("raised", _plain(fault))
    except Exception:
        # Whatever else a file brings our code to do is a crash of this child; the trace goes where the helper reads.
        traceback.print_exc(limit=-6)
        sys.stderr.flush()
        return "crash", None


def _plain(fault: BaseException) -> BaseException:
    """The exception without what it hangs on to (frames, causes), so that it can travel."""
    return fault.with_traceback(None)


def _confine(allowance: Allowance) -> None:
    # The kernel ends this child with its helper, however the helper ends.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    status = Path("/proc/self/status").read_text()
    data, size = (_kilobytes(status, name) * 1024 for name in ("VmData", "VmSize"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    _Base.data, _Base.seconds = data, used.ru_utime + used.ru_stime
    whole = int(_Base.seconds + allowance.patience) + 2
    # RLIMIT_DATA counts private writable memory, mapped or not by malloc (Linux 4.7 and later): what a bomb needs.
    for what, soft, hard in (
        (resource.RLIMIT_DATA, data + allowance.memory, data + allowance.most_memory),
        (resource.RLIMIT_AS, size + allowance.most_memory + _SLACK, size + allowance.most_memory + _SLACK),
        (resource.RLIMIT_CPU, int(_Base.seconds + allowance.seconds) + 1, whole),
        (resource.RLIMIT_FSIZE, allowance.file_bytes, allowance.file_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (min(soft, hard), hard))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.umask(0o077)


def _kilobytes(status: str, name: str) -> int:
    return int(status.split(f"\n{name}:", 1)[1].split(maxsplit=1)[0])
