"""What the compose deployment needs before it starts: databases, migrations, folders, the UI's password."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import make_url

from etl.settings import SECTORS, Settings, settings
from etl.warehouse import WarehouseError, connect, upgrade
from etl.warehouse.embedded import create_database
from local.stack import USER, preload_hook, secret_file


def main() -> int:
    """Set up; 0, or 1 with what is wrong. Safe to repeat: every start of the deployment does."""
    try:
        set_up(settings(), Path(os.environ["AIRFLOW_HOME"]), os.environ["AIRFLOW_ADMIN_PASSWORD"])
    except (WarehouseError, OSError, KeyError, subprocess.CalledProcessError) as fault:
        print(f"setup: {fault}", file=sys.stderr)
        return 1
    return 0


def set_up(own: Settings, airflow_home: Path, password: str) -> None:
    """Databases and migrations of warehouse and Airflow, the sectors' folders, the password file, the preload hook.

    Raises WarehouseError, OSError, subprocess.CalledProcessError.
    """
    if not own.warehouse_url:
        raise WarehouseError("GIAMNGHEO_WAREHOUSE_URL is not set")
    with connect(own, fresh=True) as engine:
        upgrade(engine)
    create_database(make_url(own.warehouse_url), "airflow")
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
    for folder in (own.inbox, own.outbox):
        for sector in SECTORS:
            (folder / sector).mkdir(parents=True, exist_ok=True)
    secret_file(airflow_home / "passwords.json", json.dumps({USER: password}))
    preload_hook(airflow_home)


if __name__ == "__main__":
    sys.exit(main())
