"""A backup: the warehouse as it stands at one moment, then the files, with a manifest by which both are verified."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, text

from etl import durable
from etl.custody import manifest as keeping
from etl.custody.manifest import BackupError, Kept, Manifest, Progress, Sums, trees
from etl.settings import Settings
from etl.warehouse import checksum, connect
from etl.warehouse.checksum import TABLES
from etl.warehouse.dump import dump

SCHEMAS = ("intake", "quality", "history", "core", "ref", "mart")


def backup(settings: Settings, folder: Path, progress: Progress = lambda _: None) -> Manifest:
    """Write a backup into a folder that is not there yet or is empty; its manifest.

    The folder gets its name when everything is in it. The warehouse comes first: the archive only grows, so it holds
    every file that the dump knows. Raises BackupError, WarehouseError, OSError.
    """
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty: a backup is never written over anything")
    fresh = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    with connect(settings) as engine, engine.execution_options(isolation_level="REPEATABLE READ").begin() as conn:
        progress("warehouse")
        dump(engine.url, fresh / keeping.DATABASE, str(conn.scalar(text("SELECT pg_export_snapshot()"))))
        progress("checksums")
        sums = checksums(conn)
        migration = str(conn.scalar(text("SELECT version_num FROM public.migration")))
        server = str(conn.scalar(text("SHOW server_version")))
    files = {keeping.DATABASE: keeping.of_file(fresh / keeping.DATABASE)}
    for name, tree in trees(settings).items():
        for path in files_of(tree):
            progress(str(path))
            target = fresh / name / path.relative_to(tree)
            if (kept := _copied(path, target)) is not None:
                files[target.relative_to(fresh).as_posix()] = kept
    made = Manifest(
        made_at=datetime.now(UTC), code_version=version("giamngheo"), migration=migration, server_version=server,
        checksums=sums, files=files,
    )  # fmt: skip
    durable.write(fresh / keeping.NAME, made.model_dump_json(indent=1).encode())
    if folder.exists():
        folder.rmdir()
    fresh.rename(folder)
    durable.sync_folder(folder.parent)
    return made


def checksums(conn: Connection) -> Sums:
    """Schema → table or view → checksum, of all that a backup holds.

    Not of the views of personal data: they log who reads them.
    """
    return {**{schema: checksum(conn, schema) for schema in SCHEMAS}, "pii": checksum(conn, "pii", TABLES)}


def files_of(tree: Path) -> list[Path]:
    """The files below a folder, without those that somebody is just writing (hidden names) and links."""
    return sorted(p for p in tree.rglob("*") if p.is_file() and not p.is_symlink() and not p.name.startswith("."))


def _copied(source: Path, target: Path) -> Kept | None:
    """What lies at the target now; None for an answer that was replaced under another name meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        return None
    number = os.open(target, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
    return keeping.of_file(target)
