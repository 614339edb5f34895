"""`make test`: lint, types, import rules, SQL lint, then all tests with the coverage of ``etl``."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from etl.settings import ROOT

LEAST_COVERAGE = 90

_BIN = Path(sys.executable).parent

STEPS = (
    ("ruff check", [str(_BIN / "ruff"), "check", "."]),
    ("ruff format", [str(_BIN / "ruff"), "format", "--check", "."]),
    ("mypy --strict", [str(_BIN / "mypy"), "etl", "samples", "local"]),
    ("import rules", [str(_BIN / "lint-imports")]),
    ("SQL lint", [str(_BIN / "sqlfluff"), "lint", "--processes", "2", "warehouse_sql"]),
    ("tests", [str(_BIN / "pytest"), "-n", "2", "--dist", "loadfile", "--cov=etl",
               f"--cov-fail-under={LEAST_COVERAGE}", "--durations=15"]),
)  # fmt: skip


def main() -> int:
    """Run every step, also after one has failed; 0 when all are green."""
    failed = []
    for name, command in STEPS:
        began = time.monotonic()
        print(f"── {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"   {time.monotonic() - began:.1f} s", flush=True)
    print(f"FAILED: {', '.join(failed)}" if failed else "All green.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
