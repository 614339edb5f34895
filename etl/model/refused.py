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
