"""The same person or household across sectors: exact identifiers first, then a model that weighs what agrees.

The register is the hub: the right side of every link is a row of ``register_member`` or ``register_household``.
``engine.link`` takes frames and gives links, and knows no database; ``store`` reads and keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from etl.linking.reviewed import LinksError, load_decisions
from etl.linking.shapes import Before, Decision, Outcome, Trained
from etl.linking.store import Kept, Read, keep, read

__all__ = [
    "Before",
    "Decision",
    "Kept",
    "LinksError",
    "Outcome",
    "Read",
    "Trained",
    "keep",
    "link",
    "load_decisions",
    "read",
]


def link(
    frames: Mapping[str, pd.DataFrame], trained: Mapping[str, Trained], decisions: tuple[Decision, ...],
    before: Before | None, *, progress: Callable[[str], None] = lambda _: None,
) -> Outcome:  # fmt: skip
    """``engine.link``. Splink is loaded when something is linked, not when the pipeline is."""
    from etl.linking import engine

    return engine.link(frames, trained, decisions, before, progress=progress)
