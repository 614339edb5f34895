"""What lies in an inbox and cannot be taken; what failed while other things went on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Hindrance = Literal["unreadable", "immovable", "link", "unlisted", "unfinished"]


@dataclass(frozen=True)
class Obstacle:
    """Something in the inbox that cannot be taken.

    path: where it lies; sector; folder: below the sector's, "" if none; name: of the file, "" for a folder; why:
    ``unreadable`` and ``unlisted`` for a file or folder that may not be read, ``immovable`` for a file that may not be
    moved away, ``link`` for what is no file of its own, ``unfinished`` for what an upload left behind a day ago.
    """

    path: Path
    sector: str
    folder: str
    name: str
    why: Hindrance


IN_ENGLISH: dict[Hindrance, str] = {
    "unreadable": "may not be read", "immovable": "may not be moved out of its folder", "link": "no file of its own",
    "unlisted": "the folder may not be read", "unfinished": "an upload that was not finished",
}  # fmt: skip


@dataclass(frozen=True)
class Failure:
    """A file or submission that did not get to its end. name: as a person knows it; why: in plain words."""

    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"
