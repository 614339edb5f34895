"""Prepared rows, kept between ``prepare`` and ``load``: one parquet file a submission, written all or nothing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from etl import durable


def _place(archive: Path, submission_id: str) -> Path:
    return archive / "prepared" / f"{submission_id}.parquet"


def write(archive: Path, submission_id: str, rows: pd.DataFrame) -> None:
    """Keep a submission's accepted rows, in place of those of an earlier attempt."""
    with durable.replacing(_place(archive, submission_id)) as file:
        rows.to_parquet(file, index=False)


def read(archive: Path, submission_id: str) -> pd.DataFrame:
    """The rows kept. Raises LookupError when the step «prepare» has to be run first."""
    place = _place(archive, submission_id)
    if not place.exists():
        raise LookupError(f"no prepared rows of {submission_id}: run its step «prepare» first")
    return pd.read_parquet(place)


def remove(archive: Path, submission_id: str) -> None:
    """Forget the rows kept; none is fine."""
    _place(archive, submission_id).unlink(missing_ok=True)
