"""The same person or household across sectors: exact identifiers first, then a model that weighs what agrees.

The register is the hub: the right side of every link is a row of ``register_member`` or ``register_household``.
``engine.link`` takes frames and gives links, and knows no database; ``reading`` reads them, ``store`` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable

from etl.linking.reading import Read, read, read_around
from etl.linking.renamed import rename
from etl.linking.reviewed import LinksError, load_decisions
from etl.linking.shapes import Before, Decision, Outcome, Trained, no_links
from etl.linking.standing import standing
from etl.linking.store import Kept, found_of, keep, touched_elsewhere

__all__ = [
    "Before",
    "Decision",
    "Kept",
    "LinksError",
    "Outcome",
    "Read",
    "Trained",
    "found_of",
    "keep",
    "link",
    "load_decisions",
    "read",
    "read_around",
    "rename",
    "standing",
    "touched_elsewhere",
]


def link(
    given: Read, decisions: tuple[Decision, ...], *, progress: Callable[[str], None] = lambda _: None
) -> Outcome:  # fmt: skip
    """``engine.link`` on what was read. Splink is loaded when something is linked, not when the pipeline is."""
    if given.within is not None and not given.within:
        # Nothing has changed.
        return Outcome(no_links(), no_links(), no_links(), given.trained, given.before.parts)
    from etl.linking import engine

    return engine.link(given.frames, given.trained, decisions, given.before, given.within, progress=progress)
