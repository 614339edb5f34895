"""`make env`: secrets for docker compose in ``.env``, made once."""

from __future__ import annotations

import os
import secrets
import sys

from cryptography.fernet import Fernet

from etl.settings import ROOT


def content() -> str:
    """A fresh ``.env``: every secret that docker-compose.yml asks for."""
    token = secrets.token_urlsafe
    lines = {
        "POSTGRES_PASSWORD": token(24),
        "REDIS_PASSWORD": token(24),
        "AIRFLOW_FERNET_KEY": Fernet.generate_key().decode(),
        "AIRFLOW_API_SECRET_KEY": token(32),
        "AIRFLOW_JWT_SECRET": token(48),
        "AIRFLOW_ADMIN_PASSWORD": token(16),
        "AIRFLOW_UID": str(os.getuid() or 50000),
    }
    return "".join(f"{name}={value}\n" for name, value in lines.items())


def main() -> int:
    """Write ``.env``, readable by its owner alone; 1 when there is one already."""
    place = ROOT / ".env"
    if place.exists():
        print(f"{place} is there already; remove it to make new secrets (the old ones open the old volumes).")
        return 1
    place.touch(mode=0o600)
    place.write_text(content())
    print(f"Wrote {place}. Next: docker compose up -d --build")
    return 0


if __name__ == "__main__":
    sys.exit(main())
