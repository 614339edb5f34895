"""Open a file: screen it, then read it, both in a child process. The one way from a path to cells."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from etl import durable
from etl.confined import Allowance, Died, allow, run
from etl.faults import point
from etl.intake import bundle
from etl.intake.bundle import Member
from etl.intake.inbox import Drop
from etl.intake.screen import screen
from etl.intake.screened import Screened
from etl.model.grid import Grid
from etl.model.refused import Refused
from etl.reading import encoding_of, read_grids
from etl.reading.evidence import undecided
from etl.reading.legacy import decoders
from etl.settings import Limits, Settings

LOG = logging.getLogger(__name__)

READERS = ("pandas", "pyarrow", "pyarrow.compute", "fastexcel", "python_calamine", "openpyxl", "etl.opening")
"""What the helper imports once, so that a child begins with it."""

ZIP_OF_FILES = "zip_of_files"
_OF_CONTENT = {None, errno.EINVAL, errno.EOVERFLOW}
_MEGABYTE = 1024**2
_LEAST_MEMORY, _LEAST_SECONDS = 256 * _MEGABYTE, 10.0
_FIRST_SECONDS = 40.0
"""For the screen: 2 GiB of zeros take eight seconds."""


@dataclass(frozen=True)
class Opened:
    """A file that was taken. kind: what it is; encoding: of a text file; macros: what it carries of them, "" if none;
    grids: its sheets in order."""

    kind: str
    encoding: str | None
    macros: str
    grids: list[Grid]


def open_file(path: Path, name: str, settings: Settings) -> Opened:
    """A file's cells. name: the sender's; it names a text file's sheet and nothing else.

    Raises Refused for whatever is wrong with the content, OSError with the disk.
    """
    try:
        opened: Opened = _confined(settings.limits, _open, path, name, settings.limits)
    except Refused as fault:
        if fault.rule == ZIP_OF_FILES:
            # A zip lies in the archive as one submission because something is wrong with it: say again what.
            with durable.room() as folder:
                _confined(settings.limits, bundle.unpack, path, folder, settings.limits)
        raise
    return opened


@contextmanager
def taken_apart(drop: Drop, settings: Settings) -> Iterator[list[Drop]]:
    """The drops that a drop stands for: the files of a zip, each with the zip's sector and modification time, in the
    zip's folder and its own inside; else the drop itself. What was unpacked is gone afterwards.

    A zip that is refused stands for itself, and so gets its answer. Raises OSError.
    """
    with drop.path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    if not is_zip:
        yield [drop]
        return
    with durable.room() as folder:
        try:
            members: list[Member] | None = _confined(settings.limits, bundle.unpack, drop.path, folder, settings.limits)
        except Refused:
            members = None
        if members is None:
            yield [drop]
            return
        point("receive.unpacked")
        yield [
            replace(drop, path=one.path, folder="/".join(filter(None, (drop.folder, one.folder))), name=one.name)
            for one in members
        ]


def may_be_copied(path: Path, settings: Settings) -> bool:
    """Whether a file is a workbook that openpyxl can load whole, in this very process. Raises OSError."""
    try:
        screened: Screened = _confined(settings.limits, screen, path, settings.limits)
    except Refused:
        return False
    return screened.copyable


def warm() -> None:
    """Read a small table in the helper, so that no child has to load definitions and tables anew."""
    with TemporaryDirectory(prefix="giamngheo-") as folder:
        path = Path(folder, "warm")
        path.write_text("Họ và tên,Xã,Mã\nLý Văn Ả,Y Tý,123456789\nSùng Thị Á,Y Tý,1234567890\n", encoding="utf-8")
        # No workbook: threads that a reader starts would be missing in the children.
        (grid,) = read_grids(path, path.name, "text")
    undecided(grid.cells)
    decoders()


def _confined(limits: Limits, function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function of the screen or the readers in a child; how it died is a verdict on the file."""
    allowance = Allowance(
        memory=min(_LEAST_MEMORY, limits.memory), most_memory=limits.memory,
        seconds=min(_FIRST_SECONDS, limits.seconds), patience=limits.seconds, file_bytes=limits.memory,
    )  # fmt: skip
    try:
        return run(_on_content, function, *arguments, allowance=allowance, modules=READERS)
    except Died as end:
        LOG.warning("a file was given up: %s", end)
        if end.cause == "crash":
            raise _confusing() from end
        needed = "bộ nhớ" if end.cause == "memory" else "thời gian"
        raise Refused(
            "file_too_large", size=f"cần quá nhiều {needed} để đọc", limit="mức cho phép của hệ thống"
        ) from end


def _on_content(function: Callable[..., Any], *arguments: Any) -> Any:
    """In the child: run a function on a file. An OSError that the file's content causes is a verdict on the file.

    Raises what the function raises, OSError for the disk alone.
    """
    try:
        return function(*arguments)
    except OSError as fault:
        # A reader that follows a number to a place that no file has gets EINVAL; an OSError of a reader's own has no
        # errno.
        if fault.errno not in _OF_CONTENT:
            raise
        raise _confusing() from fault


def _confusing() -> Refused:
    return Refused("file_unreadable", reason="nội dung tệp làm trình đọc bị lỗi")


def _open(path: Path, name: str, limits: Limits) -> Opened:
    """In the child: screen, then read with what the screen has counted allowed."""
    screened = screen(path, limits)
    if screened.kind == "zip":
        raise Refused(ZIP_OF_FILES)
    allow(*_needs(screened, path.stat().st_size))
    encoding = encoding_of(path) if screened.kind == "text" else None
    grids = read_grids(path, name, screened.kind)
    if not any(grid.cells.size for grid in grids):
        raise Refused("file_empty", reason="không có ô nào có giá trị")
    return Opened(screened.kind, encoding, screened.macros, grids)


def _needs(screened: Screened, size: int) -> tuple[int, float]:
    """Bytes and seconds of computing that an honest file of these figures needs, with room; measured on 700,000 × 14.

    A reader holds the rectangle of a sheet, then its columns as text; a text file is held whole beside its fields.
    """
    if screened.kind in ("text", "html", "xml"):
        return _LEAST_MEMORY + 12 * size + 180 * screened.cells, _LEAST_SECONDS + screened.cells * 1e-5
    unpacked = size + (screened.streamed >> 2)
    memory = _LEAST_MEMORY + unpacked + 45 * screened.area + 90 * screened.cells
    return memory, _LEAST_SECONDS + screened.area * 2e-6 + screened.cells * 1e-5 + screened.streamed * 5e-8
