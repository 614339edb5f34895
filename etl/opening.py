"""Open a file: screen it, then read it. The one way from a path to cells, for everything that looks into files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etl.intake.screen import screen
from etl.model.grid import Grid
from etl.model.refused import Refused
from etl.reading import encoding_of, read_grids
from etl.settings import Settings


@dataclass(frozen=True)
class Opened:
    """A file that was taken. kind: what it is; encoding: of a text file; grids: its sheets in order."""

    kind: str
    encoding: str | None
    grids: list[Grid]


def open_file(path: Path, name: str, settings: Settings) -> Opened:
    """A file's cells. name: the sender's; it names a text file's sheet and nothing else.

    Raises Refused for whatever is wrong with the content, OSError with the disk.
    """
    if (size := path.stat().st_size) > settings.max_file_bytes:
        raise Refused("file_too_large", size=_megabytes(size), limit=_megabytes(settings.max_file_bytes))
    screened = screen(path)
    encoding = encoding_of(path) if screened.kind == "text" else None
    return Opened(screened.kind, encoding, read_grids(path, name, screened.kind))


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:.0f} MB"
