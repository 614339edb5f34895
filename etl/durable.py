"""Files that are there whole or not at all, whoever is killed while they are written and whoever else writes them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import BinaryIO

from etl.faults import point


def write(place: Path, content: bytes, mode: int | None = None) -> None:
    """Let a file have this content, and this mode (None: as files have here). Raises OSError."""
    with replacing(place, mode) as file:
        file.write(content)


@contextmanager
def replacing(place: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write; when the block ends its content lies at ``place``, also after a loss of power.

    Until then it has a hidden name beside ``place``, which follows from the name: what a killed attempt has left is
    taken by the next one. Raises OSError, and leaves ``place`` as it was.
    """
    fresh = place.parent / f".{hashlib.sha256(os.fsencode(place.name)).hexdigest()[:16]}.new"
    place.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(fresh) as file:
        yield file
        settle(file, fresh, place, mode)


@contextmanager
def exclusive(path: Path) -> Iterator[BinaryIO]:
    """An empty file of this very name, which no other process has until the block ends; others wait.

    The block moves it away (``settle``) or removes it; where it raises, the file is removed. One of a killed process
    is emptied and taken.
    """
    while True:
        # Opened without truncation: until the lock is held, the content is somebody else's.
        file = os.fdopen(_opened(path), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not _is_still(file, path):
                continue
            file.truncate()
            try:
                yield file
            except BaseException:
                if _is_still(file, path):
                    path.unlink()
                raise
            return
        finally:
            # On a full disk what is left in the buffer cannot be written; the file is given up then anyway.
            with suppress(OSError):
                file.close()


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        # One that a killed attempt had finished but for its name, and its mode lets nobody write.
        path.chmod(0o600)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)


def settle(file: BinaryIO, now: Path, place: Path, mode: int | None = None) -> None:
    """Put an exclusive file on the disk for good, with a mode, and give it its name there."""
    file.flush()
    if mode is not None:
        os.fchmod(file.fileno(), mode)
    os.fsync(file.fileno())
    point("file.written")
    now.replace(place)
    sync_folder(place.parent)
    point("file.placed")


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder onto the disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def room() -> Iterator[Path]:
    """A folder of one's own outside of everything that is kept, gone when the block ends.

    A process that is killed cannot clear away its own; the next one that needs a room, anybody's, does it first.
    """
    top = Path(gettempdir(), f"giamngheo-{os.getuid()}")
    top.mkdir(mode=0o700, exist_ok=True)
    if top.is_symlink() or top.stat().st_uid != os.getuid():
        raise PermissionError(f"{top} belongs to somebody else: remove it, or set TMPDIR to a folder of your own")
    with _held(top, fcntl.LOCK_EX):
        for left in top.iterdir():
            with suppress(OSError), _held(left, fcntl.LOCK_EX | fcntl.LOCK_NB):
                shutil.rmtree(left, ignore_errors=True)
        own = top / uuid.uuid4().hex
        own.mkdir()
        number = _lock(own, fcntl.LOCK_EX)
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
        os.close(number)


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    number = _lock(folder, how)
    try:
        yield
    finally:
        os.close(number)


def _lock(folder: Path, how: int) -> int:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(number, how)
    except BaseException:
        os.close(number)
        raise
    return number


def _is_still(file: BinaryIO, path: Path) -> bool:
    """Whether the open file is the one that has the name now: another process may have given it another meanwhile."""
    try:
        named = path.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(file.fileno()))
