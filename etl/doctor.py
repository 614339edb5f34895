"""What is wrong with this installation, in plain words."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from etl.contracts import contracts
from etl.intake import inbox
from etl.model.obstacle import IN_ENGLISH, Obstacle
from etl.reference.rules import rules
from etl.settings import SECTORS, Settings
from etl.warehouse import WarehouseError, connect

_LATE = 3600.0
_ENOUGH_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Point:
    """One thing looked at: what, whether it is good, and a sentence that says so or what to do."""

    what: str
    good: bool
    detail: str


def examine_installation(settings: Settings) -> Iterator[Point]:
    """Look at Python, folders, disk, definitions, warehouse and what lies unfinished, in this order."""
    yield Point("Python", sys.version_info >= (3, 11), f"{sys.version.split()[0]} (3.11 or newer is needed)")
    yield _home(settings)
    yield _disk(settings)
    yield _definitions()
    yield from _warehouse(settings)
    obstacles: list[Obstacle] = []
    claims = inbox.claims(settings.inbox, SECTORS, obstacles)
    waiting = inbox.find_drops(settings.inbox, SECTORS, obstacles)
    yield _obstacles(obstacles)
    yield _waiting(waiting)
    detail = f"{len(claims)} drops were claimed and not received; the next scan takes them up" if claims else "none"
    yield Point("abandoned claims", not claims, detail)


def _obstacles(obstacles: Sequence[Obstacle]) -> Point:
    shown = "; ".join(f"{inbox.as_text(str(one.path))} ({IN_ENGLISH[one.why]})" for one in obstacles)
    return Point("drops that cannot be taken", not obstacles, shown or "none")


def _waiting(drops: Sequence[inbox.Drop]) -> Point:
    """Drops that lie in the inbox for long: nobody scans it, or they go on growing."""
    late = [inbox.as_text(str(drop.path)) for drop in drops if inbox.is_late(drop, _LATE)]
    asked = f"for more than an hour; is «collect» running? {', '.join(late)}"
    return Point("drops that wait", not late, asked if late else "none")


def _home(settings: Settings) -> Point:
    there = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    writable = os.access(there, os.W_OK)
    return Point("home", writable, f"{settings.home} {'is' if writable else 'is NOT'} writable (GIAMNGHEO_HOME)")


def _disk(settings: Settings) -> Point:
    there = next(p for p in (settings.home, *settings.home.parents) if p.exists())
    free = shutil.disk_usage(there).free
    return Point("disk", free > _ENOUGH_BYTES, f"{free / 1024**3:.1f} GiB free, 2 are needed")


def _definitions() -> Point:
    try:
        return Point("definitions", True, f"{len(contracts())} datasets, {len(rules())} rules")
    except ValueError as fault:
        return Point("definitions", False, str(fault))


def _warehouse(settings: Settings) -> Iterator[Point]:
    try:
        with connect(settings) as engine, engine.connect() as conn:
            server = conn.scalar(text("SHOW server_version"))
            units = conn.scalar(text("SELECT count(*) FROM ref.unit"))
            waiting = conn.scalar(
                text("SELECT count(*) FROM intake.submission WHERE state IN ('received', 'prepared')")
            )
    except WarehouseError as fault:
        yield Point("warehouse", False, str(fault))
        return
    yield Point("warehouse", True, f"PostgreSQL {server}")
    yield Point("reference", bool(units), f"{units} units" if units else "empty: run «giamngheo init»")
    yield Point("unfinished submissions", not waiting, f"{waiting}" if waiting else "none")
