"""Chance, from a seed, that remembers what it drew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """Draws by name; ``names`` tells which variations a file got. Level hostile draws each of them more often.

    forced and forbidden: variations that the file must have and must not have; fixed: the number of a way.
    """

    def __init__(
        self,
        seed: Sequence[int],
        level: str,
        forced: frozenset[str] = frozenset(),
        forbidden: frozenset[str] = frozenset(),
        fixed: Mapping[str, int] | None = None,
    ) -> None:
        self._forced, self._forbidden, self._fixed = forced, forbidden, fixed or {}
        self.rng = np.random.default_rng(list(seed))
        self.is_hostile = level == "hostile"
        self.names: list[str] = []

    def has(self, name: str, chance: float, *, only_hostile: bool = False) -> bool:
        """Whether the file gets a variation."""
        odds = min(0.9, chance * 1.6) if self.is_hostile else 0.0 if only_hostile else chance
        drawn = (bool(self.rng.random() < odds) or name in self._forced) and name not in self._forbidden
        if drawn:
            self.names.append(name)
        return drawn

    def one_of(self, name: str, options: Sequence[T]) -> T:
        """One of some ways, told by its number."""
        at = self._fixed.get(name, int(self.rng.integers(len(options))))
        self.names.append(f"{name}:{at}")
        return options[at]

    def pick(self, options: Sequence[T]) -> T:
        """One of some ways, not told: it changes from cell to cell."""
        return options[int(self.rng.integers(len(options)))]

    def chance(self, odds: float) -> bool:
        """A chance that is not told."""
        return bool(self.rng.random() < odds)

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        return [items[int(at)] for at in self.rng.permutation(len(items))]
