"""Every file ever received, kept once by the sha256 of its content; only a person is ever taken out (custody)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from etl import durable
from etl.faults import point

READ_ONLY = 0o440
"""The mode of a file that the archive keeps."""


@dataclass(frozen=True)
class Kept:
    """A file in the archive: the sha256 of its content, its size in bytes, where it lies."""

    sha256: str
    size: int
    path: Path


def place(archive: Path, sha256: str) -> Path:
    """Where content lies in the archive. The sender's file name is data and plays no part in it."""
    return archive / "files" / sha256[:2] / sha256


def keep(source: Path, archive: Path, drop: str = "") -> Kept:
    """Copy a file into the archive, durably and all or nothing; content that is there already is left as it is.

    The hash is of the bytes copied, so what is named by it is what lies there. drop: what tells this drop from others;
    the half copy of a killed attempt has a name that follows from it, and so is taken by the next. Raises OSError.
    """
    folder = archive / "files"
    folder.mkdir(parents=True, exist_ok=True)
    incoming = folder / f".incoming-{hashlib.sha256(os.fsencode(drop or source)).hexdigest()[:32]}"
    digest = hashlib.sha256()
    with source.open("rb") as file, durable.exclusive(incoming) as copy:
        while block := file.read(1 << 20):
            digest.update(block)
            copy.write(block)
        point("archive.copied")
        kept = place(archive, digest.hexdigest())
        kept.parent.mkdir(exist_ok=True)
        durable.sync_folder(folder)
        if kept.exists():
            incoming.unlink()
            point("archive.known")
        else:
            durable.settle(copy, incoming, kept, READ_ONLY)
    return Kept(digest.hexdigest(), kept.stat().st_size, kept)
