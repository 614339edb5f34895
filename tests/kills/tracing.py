"""What a worker does, in order: fault points that it passes and effects that others can see."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Engine, event

from etl import faults

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGES = {"os.rename", "os.remove", "os.chmod", "os.truncate", "os.link", "os.symlink"}
"""Names of audit events. Folders are none: one that is empty says nothing, and a step that is run again finds it."""


def trace(home: Path, told: TextIO) -> None:
    """Tell, from now on to the end of this process, ``point <name>`` and ``effect <what>`` line by line.

    Effects are files below home that are made, moved, removed, and transactions that have written and are committed.
    """
    below = str(home) + os.sep
    temporary = str(home / "tmp")

    def changed(what: str, path: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            name = os.fsdecode(path)
            if name.startswith(below) and not name.startswith(temporary):
                told.write(f"effect {what} {name.removeprefix(below)}\n")

    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if name in _CHANGES or (name == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            changed(name, arguments[0])

    wrote: set[int] = set()

    def executed(conn: Any, _: Any, statement: str, *__: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "SET", "SHOW", "WITH")) or "UPDATE" in statement:
            wrote.add(id(conn))

    def committed(conn: Any) -> None:
        if id(conn) in wrote:
            wrote.discard(id(conn))
            told.write("effect commit\n")

    os.environ[faults.VARIABLE] = "traced"
    faults._reached = lambda name, *_: told.write(f"point {name}\n")  # type: ignore[assignment]
    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", committed)
    sys.addaudithook(audit)
