"""What a reader of one value raises."""

from __future__ import annotations


class Unreadable(Exception):
    """A cell that cannot be read for certain; ``rule`` says which finding it makes."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule
