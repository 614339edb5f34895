"""Published figures, each with its source and whether it was found or is from memory."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from etl.reference.data_files import rows

COLUMNS = (
    "year",
    "as_of",
    "scope",
    "metric",
    "value",
    "unit",
    "poverty_standard",
    "status",
    "source",
    "note",
)


@lru_cache(maxsize=1)
def figures() -> pd.DataFrame:
    """``reference_figures.csv``: year int, value exact decimal text, the others text (empty where unknown).

    "same" as a source is the source of the row above.
    """
    frame = pd.DataFrame(rows("reference_figures.csv"), columns=list(COLUMNS), dtype="str")
    source = frame["source"].mask(frame["source"].str.startswith("same")).ffill()
    return frame.assign(year=frame["year"].astype("int64"), source=source)
