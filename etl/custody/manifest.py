"""What a backup holds: every file with its sha256, every table with its checksum, the versions it was made by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from etl.settings import Settings

NAME = "manifest.json"
DATABASE = "warehouse.dump"

Progress = Callable[[str], None]
Sums = dict[str, dict[str, str]]


class BackupError(ValueError):
    """A backup cannot be made or used; the message says why and what to do."""


class Kept(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    size: int


class Manifest(BaseModel):
    """A whole backup. files: path within it → what it is; checksums: schema → table → md5 of its rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_at: datetime
    code_version: str
    migration: str
    server_version: str
    checksums: Sums
    files: dict[str, Kept]


def trees(settings: Settings) -> dict[str, Path]:
    """The folders that are kept, by their name in a backup. Inbox and Data Docs are not: see docs/restore.md."""
    return {
        "archive": settings.archive, "outbox": settings.outbox, "reports": settings.reports,
        "reviewed": settings.reviewed,
    }  # fmt: skip


def of_file(path: Path) -> Kept:
    """A file's size and sha256. Raises OSError."""
    with path.open("rb") as file:
        return Kept(sha256=hashlib.file_digest(file, "sha256").hexdigest(), size=path.stat().st_size)


def verified(folder: Path, progress: Progress) -> Manifest:
    """The manifest of a backup whose files are all there, as they were written. Raises BackupError naming the first."""
    place = folder / NAME
    if not place.is_file():
        raise BackupError(f"{folder} is no backup: there is no {NAME} in it")
    try:
        manifest = Manifest.model_validate_json(place.read_bytes())
    except ValueError as fault:
        raise BackupError(f"{place} cannot be read: {fault}") from fault
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {NAME}
    if missing := sorted(manifest.files.keys() - there):
        raise BackupError(f"{folder} lacks {len(missing)} of its files, among them {missing[0]}")
    if strange := sorted(there - manifest.files.keys()):
        raise BackupError(f"{folder} holds {strange[0]}, of which its manifest knows nothing")
    for name, wanted in manifest.files.items():
        progress(name)
        if of_file(folder / name) != wanted:
            raise BackupError(f"{folder / name} is not what was written: its sha256 or size differs")
    return manifest
