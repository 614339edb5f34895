"""The watch on files that were taken: a program that is still writing goes on writing into the file that was claimed.

A received file stays for a while in ``inbox/<sector>/.taken``. What is written into it meanwhile is a new drop.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from etl.faults import point
from etl.intake.inbox import CLAIMED, Drop, clear_folders, file_state, touched

TAKEN = ".taken"
"""Folder inside a sector's inbox that holds received files, each in a folder whose name says what it was like then."""

_NAMED = re.compile(r"[0-9a-f]+\.(\d+)\.(-?\d+)\.([0-9a-f]{64})")


@dataclass(frozen=True)
class Taken:
    """A received file.

    folder: its place below ``.taken``; path: the file itself; size, modified_ns, sha256: what it was like when it was
    received.
    """

    folder: Path
    path: Path
    size: int
    modified_ns: int
    sha256: str

    @property
    def is_changed(self) -> bool:
        """Whether content has arrived since it was received. One that cannot be read has none."""
        if file_state(self.path) in (None, (self.size, self.modified_ns)):
            return False
        try:
            return _sha256(self.path) != self.sha256
        except OSError:
            return False


def look(drop: Drop) -> tuple[tuple[int, int], str]:
    """Return what a claimed drop is like before it is archived: size and modification time, sha256. Raises OSError."""
    stat = drop.path.stat()
    return (stat.st_size, stat.st_mtime_ns), _sha256(drop.path)


def keep(drop: Drop, inbox: Path, state: tuple[int, int], sha256: str) -> None:
    """Move a claimed drop that is safe in archive and ledger to where it is watched, by one rename.

    state, sha256: as ``look`` returned them.
    """
    claims = inbox / drop.sector / CLAIMED
    claim = claims / drop.path.relative_to(claims).parts[0]
    target = inbox / drop.sector / TAKEN / f"{claim.name}.{state[0]}.{state[1]}.{sha256}"
    target.parent.mkdir(exist_ok=True)
    claim.rename(target)
    point("receive.watched")


def has_news(inbox: Path, sectors: Iterable[str]) -> bool:
    """Return whether content has arrived for a file that was taken."""
    return any(one.is_changed for one in taken(inbox, sectors))


def reclaim(inbox: Path, sectors: Iterable[str], quiet_seconds: float) -> None:
    """Claim again, as drops of their own, the taken files into which content has arrived.

    One that was written into less than ``quiet_seconds`` ago waits for the next scan.
    """
    for one in taken(inbox, sectors):
        if one.is_changed and time.time() - touched(one.path.stat()) >= quiet_seconds:
            claimed = one.folder.parent.parent / CLAIMED
            claimed.mkdir(exist_ok=True)
            one.folder.rename(claimed / uuid.uuid4().hex)
            point("receive.reclaimed")


def end(inbox: Path, sectors: Iterable[str], seconds: float) -> None:
    """Remove what was taken longer than ``seconds`` ago and has not changed since."""
    for one in taken(inbox, sectors):
        # The rename into this place has set the folder's time of its last change.
        if time.time() - one.folder.stat().st_ctime >= seconds and not one.is_changed:
            one.path.unlink()
            point("receive.unwatched")
    for sector in sectors:
        clear_folders(inbox / sector / TAKEN)


def taken(inbox: Path, sectors: Iterable[str]) -> list[Taken]:
    """Return what is being watched."""
    watched = []
    for sector in sectors:
        root = inbox / sector / TAKEN
        for folder in sorted(root.iterdir()) if root.is_dir() else ():
            parts = _NAMED.fullmatch(folder.name)
            if parts is None:
                # Something that a sender's computer has put there.
                continue
            files = filter(Path.is_file, folder.rglob("*"))
            watched += [Taken(folder, path, int(parts[1]), int(parts[2]), parts[3]) for path in files]
    return watched


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
