"""Every fault point of the product, read from its code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from etl.settings import ROOT


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "point":
            yield node


def points() -> list[str]:
    """The names in ``point("…")`` anywhere in ``etl``, each as often as it stands there."""
    found = []
    for path in sorted((ROOT / "etl").rglob("*.py")):
        for call in _calls(path):
            (argument,) = call.args
            assert isinstance(argument, ast.Constant), f"{path}:{call.lineno}: a fault point is named by a literal"
            found.append(str(argument.value))
    return found


def of(*groups: str) -> list[str]:
    """The points of some groups: what stands before the point in their names."""
    return [name for name in points() if name.split(".")[0] in groups]
