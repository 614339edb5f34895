"""What an injected error is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from samples.messy.file import Meddling
from samples.messy.rows import Row

Effect = Literal["row", "cell", "none", "file"]
Anywhere = Literal["row", "header", "marked", "file"]


@dataclass(frozen=True)
class Fault:
    """One kind of error in one dataset.

    rule, severity, column: of the one finding that there must be. effect: row (rejected), cell (becomes empty), none,
    file (rejected). values: column → value, or what makes it of the row, changed before the row is written in the
    file's own way; cells: column → what stands in the cell itself. repeats: the row stands once more below.
    copies: columns that the row takes from another
    row, which stands earlier in the file. at: where the finding is to stand. meddling: what else is done to the file.
    sector: in whose folder it lies; bytes_of: what is done to the finished file. also: columns that must be there.
    """

    name: str
    dataset: str
    rule: str
    column: str | None
    severity: str = "critical"
    effect: Effect = "row"
    values: Mapping[str, Any] = field(default_factory=dict)
    cells: Mapping[str, Any] = field(default_factory=dict)
    copies: tuple[str, ...] = ()
    repeats: bool = False
    at: Anywhere = "row"
    meddling: Meddling = field(default_factory=Meddling)
    sector: str | None = None
    bytes_of: Callable[[bytes], bytes] | None = None
    also: tuple[str, ...] = ()
    empties: str | None = None

    def __str__(self) -> str:
        return f"{self.name}-{self.dataset}"

    def changed(self, row: Row) -> dict[str, Any]:
        """The values that the error gives a row."""
        return {name: value(row) if callable(value) else value for name, value in self.values.items()}


def warns(*arguments: Any, **more: Any) -> Fault:
    """An error that is told and changes nothing."""
    return Fault(*arguments, **{"severity": "warning", "effect": "none", **more})


def empties(*arguments: Any, **more: Any) -> Fault:
    """An error in a cell that need not be filled: the cell becomes empty."""
    return Fault(*arguments, **{"severity": "warning", "effect": "cell", **more})


def spoils(*arguments: Any, **more: Any) -> Fault:
    """An error for which the file is rejected as a whole."""
    return Fault(*arguments, **{"effect": "file", "at": "file", **more})
