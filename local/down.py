"""`make down`: stop what an interrupted `make up` or `make run` has left behind, and nothing else."""

from __future__ import annotations

import sys

from etl.settings import settings
from etl.warehouse.embedded import serving
from local.stack import stop_left_over


def main() -> int:
    """Stop left-over components of Airflow, then PostgreSQL unless somebody uses it."""
    own = settings()
    stopped = stop_left_over(own) if own.airflow.exists() else []
    if (own.postgres / "cluster" / "postmaster.pid").exists():
        # The last user to leave stops the server: coming and going is enough.
        with serving(own):
            stopped.append("PostgreSQL")
    print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
