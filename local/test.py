"""`make test`: lint, import rules, then the tests, with the types and the SQL lint beside them.

Of large sets of like cases it runs the part of the day (marker ``whole``: what it leaves out). `make test-all` runs
everything, with the coverage of ``etl``; `make unit` runs only the tests that need neither a server nor large files.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from etl.settings import ROOT

LEAST_COVERAGE = 90

_BIN = Path(sys.executable).parent

LINTS = (
    ("ruff check", [str(_BIN / "ruff"), "check", "."]),
    ("ruff format", [str(_BIN / "ruff"), "format", "--check", "."]),
    ("import rules", [str(_BIN / "lint-imports")]),
)

BESIDE = (
    ("mypy --strict", [str(_BIN / "mypy"), "etl", "samples", "local"]),
    ("SQL lint", [str(_BIN / "sqlfluff"), "lint", "warehouse_sql"]),
)
"""What takes longer, one after another while the tests run; what they say comes after the tests."""

_PYTEST = [str(_BIN / "pytest"), "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=15"]

TESTS = {
    "quick": ("tests", [*_PYTEST, "-m", "not whole"]),
    "whole": ("all tests", [*_PYTEST, "--cov=etl", f"--cov-fail-under={LEAST_COVERAGE}"]),
    "unit": ("unit tests", [*_PYTEST, "-m", "not (warehouse or airflow or end_to_end or kills or slow or whole)"]),
}


@dataclass(frozen=True)
class _Step:
    is_green: bool
    seconds: float
    said: str


def _run(command: Sequence[str], *, quiet: bool = False) -> _Step:
    """Run a step; quiet: what it says is kept, not shown."""
    began = time.monotonic()
    sink, errors = (subprocess.PIPE, subprocess.STDOUT) if quiet else (None, None)
    done = subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=sink, stderr=errors)
    return _Step(done.returncode == 0, time.monotonic() - began, done.stdout or "")


def _shown(name: str, command: Sequence[str]) -> bool:
    """Run a step, show what it says, and return whether it is green."""
    print(f"── {name}", flush=True)
    step = _run(command)
    print(f"   {step.seconds:.1f} s", flush=True)
    return step.is_green


def main() -> int:
    """Run every step, also after one has failed; 0 when all are green."""
    parser = argparse.ArgumentParser(prog="python -m local.test", description=__doc__)
    parser.add_argument("--whole", dest="extent", action="store_const", const="whole", default="quick")
    parser.add_argument("--unit", dest="extent", action="store_const", const="unit")
    extent = parser.parse_args().extent
    is_linted = extent != "unit"
    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = [(name, pool.submit(_run, command, quiet=True)) for name, command in (BESIDE if is_linted else ())]
        failed = [name for name, command in (*(LINTS if is_linted else ()), TESTS[extent]) if not _shown(name, command)]
        for name, done in beside:
            step = done.result()
            print(f"── {name}\n{step.said}   {step.seconds:.1f} s, beside the tests", flush=True)
            failed += [] if step.is_green else [name]
    print(f"FAILED: {', '.join(failed)}" if failed else "All green.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
