"""The person in the files of the archive: which files, which rows, and the files without them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.custody.manifest import Progress
from etl.custody.person import Person
from etl.custody.redact import Known, Traces, redact, write
from etl.intake import archive
from etl.model.grid import Grid
from etl.model.refused import Refused
from etl.opening import open_file
from etl.settings import Settings

_NOTE = "Tệp này đã được xoá vì có thông tin của một người yêu cầu xoá, và không đọc được để chỉ xoá riêng người đó."


@dataclass(frozen=True)
class Sent:
    """A submission as far as its file is concerned."""

    id: str
    sector: str
    sha256: str
    file_name: str
    dataset: str | None
    layout: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Found:
    """A file that holds the person. rows: sheet → physical rows; unreadable: no reader can open it, but the bytes of a
    number of the person's are in it."""

    sha256: str
    sent: tuple[Sent, ...]
    rows: dict[str, list[int]]
    unreadable: bool = False


def submissions(conn: Connection) -> dict[str, list[Sent]]:
    """Every submission by the sha256 of its content."""
    query = text("SELECT id, sector, sha256, file_name, dataset, layout FROM intake.submission ORDER BY id")
    found: dict[str, list[Sent]] = {}
    for row in conn.execute(query):
        found.setdefault(row.sha256, []).append(Sent(*row))
    return found


def survey(
    settings: Settings, sent: dict[str, list[Sent]], person: Person, traces: Traces, progress: Progress
) -> Iterator[Found]:
    """Every file of the archive that holds the person, also rejected and superseded ones. Raises OSError."""
    for path in sorted((settings.archive / "files").glob("??/*")):
        own = tuple(sent.get(path.name, ()))
        progress(own[0].file_name if own else path.name)
        try:
            changed = _without(settings, path, own, person, traces)
        except Refused:
            if _holds(path, traces, settings.max_streamed_bytes):
                yield Found(path.name, own, {}, unreadable=True)
            continue
        if changed is not None:
            yield Found(path.name, own, {sheet: rows for sheet, rows in changed.rows.items() if rows})


def rewrite(settings: Settings, found: Found, person: Person, traces: Traces) -> None:
    """Put the file without the person in place of the original, under the original's sha256: so it counts as known when
    the same content is dropped again, and the original does not come back. Raises OSError."""
    place = archive.place(settings.archive, found.sha256)
    if found.unreadable:
        write(place, "xlsx", [Grid("Đã xoá", pd.DataFrame({1: [_NOTE]}, index=[1], dtype="str"))])
        return
    changed = _without(settings, place, found.sent, person, traces)
    if changed is not None:
        write(place, changed.kind, changed.grids)


@dataclass(frozen=True)
class _Changed:
    kind: str
    grids: list[Grid]
    rows: dict[str, list[int]]


def _without(settings: Settings, path: Path, sent: tuple[Sent, ...], person: Person, traces: Traces) -> _Changed | None:
    """The sheets without the person; None where the file does not hold the person (any more)."""
    opened = open_file(path, sent[0].file_name if sent else path.name, settings)
    grids, rows, differs = [], {}, False
    for grid in opened.grids:
        new, own = redact(grid, traces, _known(grid.sheet, sent, person))
        differs |= new is not grid
        grids.append(new)
        rows[grid.sheet] = own
    return _Changed(opened.kind, grids, rows) if differs else None


def _known(sheet: str, sent: tuple[Sent, ...], person: Person) -> Known:
    ids = {one.id for one in sent}
    rows = frozenset(p.row for p in person.rows if p.submission_id in ids and p.sheet == sheet)
    for one in sent:
        if one.dataset and sheet in one.layout:
            form = contract(one.dataset)
            places = one.layout[sheet]
            columns = {places[c.name]: c for c in form.columns if c.pii and c.name in places}
            return Known(rows, columns)
    return Known(rows)


def _holds(path: Path, traces: Traces, most: int) -> bool:
    """Whether a file that no reader opens has one of the numbers in its bytes, also inside of a zip."""
    wanted = [form for word in traces.words for form in (word.encode(), word.encode("utf-16-le"))]
    pieces = [path.read_bytes()]
    try:
        with zipfile.ZipFile(path) as container:
            for entry in container.infolist():
                if entry.file_size <= most:
                    most -= entry.file_size
                    pieces.append(container.read(entry))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError, OSError):
        # No zip, or one that breaks off: its bytes have been looked at.
        pass
    return any(word in piece for piece in pieces for word in wanted)
