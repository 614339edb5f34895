"""Every file ever received, kept once by the sha256 of its content and never changed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile


@dataclass(frozen=True)
class Kept:
    """A file in the archive: the sha256 of its content, its size in bytes, where it lies."""

    sha256: str
    size: int
    path: Path


def place(archive: Path, sha256: str) -> Path:
    """Where content lies in the archive. The sender's file name is data and plays no part in it."""
    return archive / "files" / sha256[:2] / sha256


def keep(source: Path, archive: Path) -> Kept:
    """Copy a file into the archive, durably and all or nothing; content that is there already is left as it is.

    The hash is of the bytes copied, so what is named by it is what lies there. Raises OSError.
    """
    folder = archive / "files"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=folder, prefix=".incoming-", delete=False) as copy:
        incoming = Path(copy.name)
        try:
            with source.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                    copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
            kept = place(archive, digest.hexdigest())
            kept.parent.mkdir(exist_ok=True)
            if kept.exists():
                incoming.unlink()
            else:
                incoming.chmod(0o440)
                incoming.replace(kept)
        except BaseException:
            incoming.unlink(missing_ok=True)
            raise
    return Kept(digest.hexdigest(), kept.stat().st_size, kept)
