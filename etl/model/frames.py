"""Small things that every reader of a frame needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame as named tuples, whose fields are the columns and hold what the columns hold."""
    yield from frame.itertuples(index=False, name="Record")
