"""What lies in the inbox, and taking it away so that nobody else takes it too."""

from __future__ import annotations

import errno
import os
import stat
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from etl.faults import point
from etl.intake import ending
from etl.model.obstacle import Hindrance, Obstacle

CLAIMED = ".claimed"
"""Folder inside a sector's inbox that holds the drops being taken: same file system, so a claim is one rename."""

_TEMPORARY = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".!sync", ".swp")
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "ehthumbs.db")
_DAY = 86_400.0
_SKEW = 3_600.0
"""A file server's clock may be ahead of ours by so many seconds."""


@dataclass(frozen=True)
class Drop:
    """A file that a sector has put into its folder.

    path: where it lies now; sector; folder: the folder below the sector's, "" if none (it may carry the period);
    name: the file's name as the sender wrote it; modified_at: its modification time; claim: by which it was taken, None
    for one that lies where its sender or another person has put it.
    """

    path: Path
    sector: str
    folder: str
    name: str
    modified_at: datetime
    claim: str | None = None


def identity(drop: Drop) -> str:
    """What tells a drop from every other, wherever it lies now: whose, folder, name, size, modification time."""
    return f"{drop.sector}/{drop.folder}/{drop.name}/{drop.path.stat().st_size}/{drop.modified_at.isoformat()}"


def modified_at(path: Path) -> datetime:
    """Return a file's modification time in UTC; one that no calendar has (some programs write such) is the oldest.

    Raises OSError.
    """
    return _moment(path.stat())


def _moment(status: os.stat_result) -> datetime:
    try:
        return datetime.fromtimestamp(status.st_mtime_ns / 1e9, tz=UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(0, tz=UTC)


def as_text(name: str) -> str:
    """A file's name as text that can be kept and shown: bytes that are no UTF-8 (PEP 383) become a sign for that."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def is_a_drop(name: str) -> bool:
    """Whether a file name is a sender's: not Excel's lock file, not hidden, not a download under way."""
    return not _is_hidden(name) and not _is_unfinished(name)


def _is_hidden(name: str) -> bool:
    return name.startswith(("~$", ".")) or name.lower() in _OF_THE_SYSTEM


def _is_unfinished(name: str) -> bool:
    return name.lower().endswith(_TEMPORARY)


def find_drops(inbox: Path, sectors: Iterable[str], obstacles: list[Obstacle] | None = None) -> list[Drop]:
    """Every drop in ``inbox/<sector>/`` and below, oldest first (modification time, then name).

    obstacles: takes what lies there and cannot be taken. It does not keep the others from being found.
    """
    found = [drop for sector in sectors for drop in _drops_below(inbox / sector, sector, obstacles)]
    return sorted(found, key=lambda d: (d.modified_at, d.name))


def _drops_below(root: Path, sector: str, obstacles: list[Obstacle] | None = None) -> Iterator[Drop]:
    met = obstacles if obstacles is not None else []

    def unlisted(fault: OSError) -> None:
        if not isinstance(fault, FileNotFoundError | NotADirectoryError):
            place = Path(fault.filename)
            met.append(Obstacle(place, sector, _below(place, root), "", "unlisted"))

    for name_of_folder, subfolders, names in os.walk(root, onerror=unlisted):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        folder = Path(name_of_folder)
        below = _below(folder, root)
        for name in names:
            path = folder / name
            if _is_hidden(name):
                continue
            try:
                status = path.lstat()
                why = _hindrance(path, status)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError:
                why = "unreadable"
            if why is not None:
                met.append(Obstacle(path, sector, below, name, why))
            elif is_a_drop(name):
                yield Drop(path, sector, below, name, _moment(status))


def _below(folder: Path, root: Path) -> str:
    below = folder.relative_to(root).as_posix()
    return "" if below == "." else below


def _hindrance(path: Path, status: os.stat_result) -> Hindrance | None:
    """Return why a file cannot be taken, None where nothing hinders. Raises OSError where it cannot be opened."""
    if not stat.S_ISREG(status.st_mode):
        return "link"
    if _is_unfinished(path.name):
        return "unfinished" if time.time() - touched(status) > _DAY else None
    with path.open("rb"):
        return None if _may_move(path, status) else "immovable"


def _may_move(path: Path, status: os.stat_result) -> bool:
    """Return whether a file may be moved away: its folder can be written, and is not sticky for files of others."""
    if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        return False
    folder = path.parent.stat()
    return not folder.st_mode & stat.S_ISVTX or os.geteuid() in (0, status.st_uid, folder.st_uid)


def touched(status: os.stat_result) -> float:
    """Return when a file was written last, in seconds, by the file system and by what the file says itself.

    A copy may carry the time of its original, but nobody can set the time of the last change (ctime). A time to come
    says nothing.
    """
    now = time.time()
    changed = min(status.st_ctime, now) if status.st_ctime <= now + _SKEW else 0.0
    return max(changed, status.st_mtime if status.st_mtime <= now else 0.0)


def is_late(drop: Drop, seconds: float) -> bool:
    """Return whether a drop has lain untouched for longer than ``seconds``; one that is gone by now has not."""
    try:
        return time.time() - touched(drop.path.stat()) > seconds
    except OSError:
        return False


def settled(
    drops: Iterable[Drop], seconds: float, incomplete_seconds: float = 0, endless_seconds: float = 0
) -> Iterator[Drop]:
    """Yield those drops that are complete, as soon as they are; others are left for the next scan.

    A drop's size and modification time must stay the same for ``seconds``. One of a format without an end mark (text, a
    page, XML, .xls) must also have lain untouched for ``endless_seconds``; it is waited for so long. One that is empty
    or breaks off (``ending.is_whole``) may still be on its way: it must have lain untouched for ``incomplete_seconds``
    before it is taken as it is.
    """
    states = {drop: file_state(drop.path) for drop in drops}
    if states and seconds:
        time.sleep(seconds)
    deadline = time.monotonic() + (max(endless_seconds, incomplete_seconds) if endless_seconds else 0)
    while states:
        now = {drop: state for drop in states if (state := file_state(drop.path)) is not None}
        complete = [
            drop for drop, state in now.items()
            if state == states[drop] and _is_complete(drop.path, incomplete_seconds, endless_seconds)
        ]  # fmt: skip
        yield from complete
        states = {drop: now[drop] for drop in now if drop not in complete and not _has_end_mark(drop.path)}
        if time.monotonic() >= deadline:
            return
        time.sleep(min(1.0, endless_seconds / 10))


def _is_complete(path: Path, incomplete_seconds: float, endless_seconds: float) -> bool:
    try:
        age = time.time() - touched(path.stat())
        if age < endless_seconds and not ending.has_end_mark(path):
            return False
        return age >= incomplete_seconds or ending.is_whole(path)
    except OSError:
        return False


def _has_end_mark(path: Path) -> bool:
    try:
        return ending.has_end_mark(path)
    except OSError:
        return True


def file_state(path: Path) -> tuple[int, int] | None:
    """Return size and modification time in nanoseconds; None where there is no such file, or it cannot be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def claim(drop: Drop, inbox: Path) -> Drop | None:
    """Move a drop out of the sector's sight by one rename; None when another worker was faster.

    The claim keeps folder, name and modification time, so that a claim whose worker died is taken up by the next
    scan (``claims``) as if it had just been dropped. Raises OSError.
    """
    token = uuid.uuid4().hex
    target = inbox / drop.sector / CLAIMED / token / drop.folder / drop.name
    target.parent.mkdir(parents=True)
    point("receive.folder_made")
    try:
        drop.path.rename(target)
    except FileNotFoundError:
        _remove_empty(target.parent, inbox / drop.sector / CLAIMED)
        return None
    except OSError:
        _remove_empty(target.parent, inbox / drop.sector / CLAIMED)
        raise
    point("receive.claimed")
    return replace(drop, path=target, claim=token)


def claims(inbox: Path, sectors: Iterable[str], obstacles: list[Obstacle] | None = None) -> list[Drop]:
    """Every drop that was claimed and not yet received, by this worker or by one that died.

    obstacles: takes those that cannot be read.
    """
    found = []
    for sector in sectors:
        root = inbox / sector / CLAIMED
        for token in sorted(root.iterdir()) if root.is_dir() else ():
            found += [replace(drop, claim=token.name) for drop in _drops_below(token, sector, obstacles)]
    return sorted(found, key=lambda d: (d.modified_at, d.name))


def is_hindered(fault: OSError) -> bool:
    """Return whether a fault is of the file or its folder, and not of the system as a whole: rights, a file in use."""
    return fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.ETXTBSY)


def clear_claims(inbox: Path, sectors: Iterable[str]) -> None:
    """Remove the empty folders of claims whose worker died before it had moved the drop."""
    for sector in sectors:
        clear_folders(inbox / sector / CLAIMED)


def clear_folders(top: Path) -> None:
    """Remove the empty folders below a folder."""
    for folder, _, _ in os.walk(top, topdown=False):
        _remove_empty(Path(folder), top)


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def given(
    paths: Iterable[Path], sectors: Iterable[str], sector: str | None, obstacles: list[Obstacle] | None = None
) -> tuple[list[Drop], list[Path]]:
    """Files that a person names, as drops; and those whose sector cannot be told from where they lie.

    A folder gives every file below it that is a drop; one that holds sectors' folders gives those alone. The sector is
    the one given, else the innermost folder on the path that is named like one; what lies between that folder and the
    file is the drop's ``folder``. obstacles: takes what cannot be read.
    """
    known = tuple(sectors)
    met = obstacles if obstacles is not None else []
    drops: list[Drop] = []
    unknown: list[Path] = []
    for path in (file for top in paths for file in _files_of(top, known, met)):
        parents = path.absolute().parts[:-1]
        at = max((i for i, part in enumerate(parents) if part in known), default=None)
        own = sector or (parents[at] if at is not None else None)
        try:
            if not path.is_file():
                met.append(Obstacle(path, own or "", "", path.name, "link"))
                continue
            with path.open("rb"):
                pass
        except OSError:
            met.append(Obstacle(path, own or "", "", path.name, "unreadable"))
            continue
        if own is None:
            unknown.append(path)
        else:
            below = "/".join(parents[at + 1 :]) if at is not None else ""
            drops.append(Drop(path, own, below, path.name, modified_at(path)))
    return drops, unknown


def _files_of(top: Path, sectors: tuple[str, ...], obstacles: list[Obstacle]) -> Iterator[Path]:
    if not top.is_dir():
        yield top
        return
    if own := [top / sector for sector in sectors if (top / sector).is_dir()]:
        for sector_folder in own:
            yield from _files_of(sector_folder, (), obstacles)
        return

    def unlisted(fault: OSError) -> None:
        place = Path(fault.filename)
        obstacles.append(Obstacle(place, "", place.name, "", "unlisted"))

    for folder, subfolders, names in os.walk(top, onerror=unlisted):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if is_a_drop(name))
