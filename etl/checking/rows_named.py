"""Which rows of a file a reviewed entry names."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from etl.checking.reviewed import Entry

Said = Callable[[str, str], Hashable]
"""(column, text) → what the text says, so that two ways of writing one thing are equal."""


@dataclass(frozen=True)
class NamedRows:
    """The rows of a file: ``cells`` has sheet, row and contract columns as texts; sha256: of the file's content."""

    cells: pd.DataFrame
    said: Said
    sha256: str
    _keys: dict[str, pd.Series[Any]] = field(default_factory=dict)

    def of(self, entry: Entry) -> pd.Index:
        """The index of the rows that an entry names; every row where it names none."""
        fits = pd.Series(True, index=self.cells.index)
        if entry.place:
            here = entry.place.sha256 == self.sha256
            fits = here & (self.cells["sheet"] == entry.place.sheet) & (self.cells["row"] == entry.place.row)
        for column, text in (entry.where or {}).items():
            fits &= self._of_column(column) == self.said(column, text)
        return self.cells.index[fits]

    def addresses(self, entry: Entry) -> frozenset[tuple[str, int]]:
        """Sheet and physical row of the rows that an entry names."""
        part = self.cells.loc[self.of(entry), ["sheet", "row"]]
        return frozenset(zip(part["sheet"], map(int, part["row"]), strict=True))

    def _of_column(self, column: str) -> pd.Series[Any]:
        if column not in self._keys:
            none = pd.Series(index=self.cells.index, dtype="str")
            texts = self.cells[column].astype("str") if column in self.cells else none
            distinct = {text: self.said(column, text) for text in texts.dropna().unique()}
            self._keys[column] = pd.Series([distinct.get(t) for t in texts], index=texts.index, dtype="object")
        return self._keys[column]
