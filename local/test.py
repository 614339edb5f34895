"""`make test`: lint, types, import rules, SQL lint, then the tests.

Of large sets of like cases it runs the part of the day (marker ``whole``: what it leaves out). `make test-all` runs
everything, with the coverage of ``etl``; `make unit` runs only the tests that need neither a server nor large files.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from etl.settings import ROOT

LEAST_COVERAGE = 90

_BIN = Path(sys.executable).parent

LINTS = (
    ("ruff check", [str(_BIN / "ruff"), "check", "."]),
    ("ruff format", [str(_BIN / "ruff"), "format", "--check", "."]),
    ("mypy --strict", [str(_BIN / "mypy"), "etl", "samples", "local"]),
    ("import rules", [str(_BIN / "lint-imports")]),
    ("SQL lint", [str(_BIN / "sqlfluff"), "lint", "--processes", "2", "warehouse_sql"]),
)

_PYTEST = [str(_BIN / "pytest"), "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations=15"]

TESTS = {
    "quick": ("tests", [*_PYTEST, "-m", "not whole"]),
    "whole": ("all tests", [*_PYTEST, "--cov=etl", f"--cov-fail-under={LEAST_COVERAGE}"]),
    "unit": ("unit tests", [*_PYTEST, "-m", "not (warehouse or airflow or end_to_end or kills or slow or whole)"]),
}


def main() -> int:
    """Run every step, also after one has failed; 0 when all are green."""
    parser = argparse.ArgumentParser(prog="python -m local.test", description=__doc__)
    parser.add_argument("--whole", dest="extent", action="store_const", const="whole", default="quick")
    parser.add_argument("--unit", dest="extent", action="store_const", const="unit")
    extent = parser.parse_args().extent
    failed = []
    for name, command in (*(() if extent == "unit" else LINTS), TESTS[extent]):
        began = time.monotonic()
        print(f"── {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - began:.1f} s", flush=True)
    print(f"FAILED: {', '.join(failed)}" if failed else "All green.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
