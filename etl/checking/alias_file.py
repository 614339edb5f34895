"""The file of aliases, ``aliases.yml`` in the folder of reviewed decisions: add to it, take back from it."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from etl import durable
from etl.checking.aliases import Alias
from etl.checking.reviewed import ALIASES, load_aliases
from etl.faults import point


def accept(folder: Path, aliases: Iterable[Alias]) -> list[Alias]:
    """Write aliases that are not known yet, each in place of an older one for the same text; those that are new.

    Raises ReviewedError, OSError.
    """
    with _alone(folder):
        known = load_aliases(folder)
        ids = {alias.id for alias in known}
        fresh = list({alias.id: alias for alias in aliases if alias.id not in ids}.values())
        if fresh:
            _write(folder, [*(_replaced(alias, fresh) for alias in known), *fresh])
    return fresh


def revoke(folder: Path, alias_id: str, by: str, why: str, day: date) -> Alias:
    """Take an alias back; it stays in the file with who did so and why. Raises LookupError, ReviewedError, OSError."""
    with _alone(folder):
        known = load_aliases(folder)
        alias = next((alias for alias in known if alias.id == alias_id), None)
        if alias is None:
            raise LookupError(f"there is no alias {alias_id!r}: «giamngheo alias list» shows them")
        gone = alias.model_copy(update={"revoked": f"{day:%d/%m/%Y}, {by}: {why}"})
        _write(folder, [gone if each.id == alias_id else each for each in known])
    return gone


def restored(folder: Path, alias: Alias) -> bool:
    """Let a revoked alias hold again in place of another for the same text, because a person has accepted it again.

    Return whether there was one.
    """
    with _alone(folder):
        known = load_aliases(folder)
        if not any(each.id == alias.id and each.revoked is not None for each in known):
            return False
        _write(folder, [alias if each.id == alias.id else _replaced(each, [alias]) for each in known])
    return True


def _replaced(alias: Alias, fresh: list[Alias]) -> Alias:
    for other in fresh:
        if alias.revoked is None and alias.subject == other.subject:
            return alias.model_copy(update={"revoked": f"{other.day:%d/%m/%Y}, {other.by}: {other.id}"})
    return alias


def _write(folder: Path, aliases: list[Alias]) -> None:
    raw: list[dict[str, Any]] = [
        {name: value for name, value in alias.model_dump().items() if value not in ("", None)} for alias in aliases
    ]
    content = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=110)
    durable.write(folder / ALIASES, content.encode())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".aliases.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        point("prepare.aliases_locked")
        yield
