"""Restoring a backup: verified first, brought in beside what is there, compared, and only then put in its place."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from etl.custody.backup import checksums, files_of
from etl.custody.manifest import DATABASE, BackupError, Manifest, Progress, trees, verified
from etl.settings import Settings
from etl.warehouse import connect, upgrade
from etl.warehouse.dump import beside, take_place
from etl.warehouse.dump import restore as bring_in
from etl.warehouse.migrate import make_roles

_FRESH = ".restoring"


def restore(settings: Settings, folder: Path, *, over: bool = False, progress: Progress = lambda _: None) -> Manifest:
    """Put a backup in place of the warehouse and the files of home; the manifest that they were held against.

    over: also in place of a warehouse or a home that holds something, which is gone then. Killed at any point, it can
    be run again (with ``over``). Raises BackupError, WarehouseError, OSError; until the last moment nothing is changed.
    """
    folder = folder.absolute()
    manifest = verified(folder, progress)
    with connect(settings, fresh=True) as engine:
        if not over:
            _require_empty(settings, engine)
        with engine.begin() as conn:
            make_roles(conn)
        with beside(engine.url) as fresh:
            progress("warehouse")
            bring_in(fresh, folder / DATABASE)
            progress("checksums")
            with create_engine(fresh, poolclass=NullPool).begin() as conn:
                _require_same(conn, manifest)
            _stage(settings, folder, manifest, progress)
            take_place(fresh, engine.url)
        for name, tree in trees(settings).items():
            _swap(tree.with_name(f"{_FRESH}-{name}"), tree)
        upgrade(engine)
    return manifest


def _require_empty(settings: Settings, engine: Engine) -> None:
    for tree in (*trees(settings).values(), settings.inbox):
        if tree.exists() and (found := files_of(tree)):
            raise BackupError(
                f"{tree} is not empty ({found[0].name}): move it away, or give --over to lose what is there"
            )
    with engine.connect() as conn:
        if conn.scalar(text("SELECT to_regclass('intake.submission')")) is None:
            return
        if count := conn.scalar(text("SELECT count(*) FROM intake.submission")):
            raise BackupError(f"the warehouse holds {count} submissions: give --over to lose what is there")


def _require_same(conn: Connection, manifest: Manifest) -> None:
    """What was brought in is, row for row, what was written."""
    now = checksums(conn)
    wrong = sorted(
        f"{schema}.{table}"
        for schema, tables in manifest.checksums.items()
        for table, wanted in tables.items()
        if now.get(schema, {}).get(table) != wanted
    )
    if wrong:
        raise BackupError(f"the dump does not give what was written: {', '.join(wrong[:5])} differ")


def _stage(settings: Settings, folder: Path, manifest: Manifest, progress: Progress) -> None:
    """Copy a backup's files beside the places where they belong."""
    for name, tree in trees(settings).items():
        fresh = tree.with_name(f"{_FRESH}-{name}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
    for path in manifest.files.keys() - {DATABASE}:
        progress(path)
        name, _, rest = path.partition("/")
        target = trees(settings)[name].with_name(f"{_FRESH}-{name}") / rest
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / path, target)


def _swap(fresh: Path, place: Path) -> None:
    aside = place.with_name(f".replaced-{place.name}")
    shutil.rmtree(aside, ignore_errors=True)
    if place.exists():
        place.rename(aside)
    fresh.rename(place)
    shutil.rmtree(aside, ignore_errors=True)
