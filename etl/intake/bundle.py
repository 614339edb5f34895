"""A dropped zip of several files: taken apart, so that each of them is a drop of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from etl.intake import container
from etl.intake.inbox import is_a_drop
from etl.intake.screen import is_workbook, may_be_a_table
from etl.model.refused import Refused, too_large
from etl.settings import Limits

_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")


@dataclass(frozen=True)
class Member:
    """A file of a zip, unpacked. path: where it lies now; folder: inside the zip, "" if none; name: as it says."""

    path: Path
    folder: str
    name: str


def unpack(path: Path, folder: Path, limits: Limits) -> list[Member] | None:
    """A bundle's files, unpacked into ``folder`` under names of our own; None when the file is no bundle.

    Lock files, hidden files and what macOS adds are left out. Raises Refused where one of the files is an archive
    itself, none is a table, or the zip is not what it says it is; OSError.
    """
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return None
        entries = container.entries(file, limits)
        if is_workbook(entries):
            return None
        found = []
        for number, entry in enumerate(entries):
            place = PurePosixPath(entry.name)
            if entry.is_folder or not _is_sent(place):
                continue
            if entry.size > limits.file_bytes:
                raise too_large(entry.size, limits.file_bytes, "MB")
            target = folder / f"{number:05}"
            with target.open("wb") as out:
                for block in container.stream(file, entry):
                    out.write(block)
            _require_no_archive(target, entry.name, limits)
            inside = place.parent.as_posix()
            found.append(Member(target, "" if inside == "." else inside, place.name))
    if not any(may_be_a_table(member.path) for member in found):
        raise Refused("zip_without_table")
    return found


def _is_sent(place: PurePosixPath) -> bool:
    return place.parts[0] != "__MACOSX" and all(map(is_a_drop, place.parts))


def _require_no_archive(path: Path, name: str, limits: Limits) -> None:
    with path.open("rb") as file:
        head = file.read(8)
        if head.startswith(_ARCHIVES):
            raise Refused("zip_nested", entry=container.shown(name))
        if head.startswith(b"PK"):
            try:
                plain = not is_workbook(container.entries(file, limits))
            except Refused:
                # What is wrong with this one file is its own verdict, unless it is called an archive.
                plain = name.casefold().endswith(".zip")
            if plain:
                raise Refused("zip_nested", entry=container.shown(name))
