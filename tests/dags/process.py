"""A process that has Airflow imported, and runs each script in a fork of itself: the imports take seconds.

Started as ``python -m tests.dags.process MODULE…``; ``Process`` is the test's side of it.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from etl.settings import ROOT


class Process:
    """Runs scripts. environment: of the process; modules: what it imports before the first script."""

    def __init__(self, environment: Mapping[str, str], modules: Sequence[str], output: Path) -> None:
        self._output = output
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.dags.process", *modules],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment), cwd=ROOT, text=True,
        )  # fmt: skip

    def run(self, script: str, environment: Mapping[str, str]) -> Any:
        """Return the JSON that a script prints on its last line. environment: added to that of the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        asked = {"script": script, "environment": dict(environment), "output": str(self._output)}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status = self._process.stdout.readline().strip()
        printed = self._output.read_text(encoding="utf-8", errors="replace")
        assert status == "0", printed[-6000:]
        return json.loads(printed.strip().splitlines()[-1])

    def stop(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)


def main(modules: list[str]) -> None:
    """Serve until the test's side is gone."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for module in modules:
        importlib.import_module(module)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            _child(asked)
        _, status = os.waitpid(pid, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _child(asked: dict[str, Any]) -> None:
    status = 1
    try:
        output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(asked["environment"])
        exec(compile(asked["script"], "<script>", "exec"), {"__name__": "__main__"})  # noqa: S102
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(sys.argv[1:])
