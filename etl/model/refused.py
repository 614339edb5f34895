"""Why a file is turned away before any of its rows counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


class Refused(Exception):
    """A file of which no cell is taken; ``rule`` (of ``rules.yml``) and ``params`` say why, for a finding."""

    def __init__(self, rule: str, **params: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.params: Mapping[str, str] = MappingProxyType(params)

    def __reduce__(self) -> tuple[object, tuple[str, dict[str, str]]]:
        # An exception of keyword arguments does not come back from a child process by itself.
        return _again, (self.rule, dict(self.params))


def _again(rule: str, params: dict[str, str]) -> Refused:
    return Refused(rule, **params)


def too_large(size: int, limit: int, unit: str) -> Refused:
    """The refusal of a file beyond a limit; unit: what is counted, in Vietnamese, or "MB" for a size in bytes."""
    shown = [f"{(n + 2**20 - 1) >> 20 if unit == 'MB' else n:,} {unit}".replace(",", ".") for n in (size, limit)]
    return Refused("file_too_large", size=shown[0], limit=shown[1])
