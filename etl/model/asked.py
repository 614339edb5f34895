"""The questions on an answer's first sheet: how they are written, and how a sender's choices are read from it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from etl.model.grid import Grid

MARK = "giamngheo-hoi"
TEXT_COLUMN, CHOICE_COLUMN = 4, 8
MARK_COLUMN, KIND_COLUMN, DATASET_COLUMN, NAME_COLUMN, UNIT_COLUMN = 10, 11, 12, 13, 14
"""Physical columns of a question's row; those from the mark on are hidden."""


@dataclass(frozen=True)
class Question:
    """A word that is not known. kind: of the alias that would answer it; dataset, unit: of the sender; column: of the
    contract, "" for a header."""

    kind: str
    dataset: str
    unit: str
    column: str
    text: str


ANSWERED = "Mã lần gửi"
"""Label of the line on an answer's first sheet that names the submission; its value stands in ``TEXT_COLUMN``."""


def answered(grid: Grid) -> str | None:
    """The submission to which an answer's sheet belongs; None where it does not say so."""
    if TEXT_COLUMN not in grid.cells or 1 not in grid.cells:
        return None
    named = grid.cells.loc[grid.cells[1] == ANSWERED, TEXT_COLUMN].dropna()
    return str(named.iloc[0]).strip() if len(named) else None


def chosen(grid: Grid) -> list[tuple[Question, str]]:
    """The questions of an answer's sheet that the sender has answered, each with what was chosen."""
    if MARK_COLUMN not in grid.cells:
        return []
    rows = grid.cells[grid.cells[MARK_COLUMN] == MARK]
    wide = rows.reindex(columns=range(1, UNIT_COLUMN + 1))
    answered = []
    for _, row in wide.iterrows():
        text, choice = row[TEXT_COLUMN], row[CHOICE_COLUMN]
        if pd.notna(text) and pd.notna(choice) and str(choice).strip():
            name = "" if pd.isna(row[NAME_COLUMN]) else str(row[NAME_COLUMN])
            question = Question(
                str(row[KIND_COLUMN]), str(row[DATASET_COLUMN]), str(row[UNIT_COLUMN]), name, str(text)
            )  # fmt: skip
            answered.append((question, str(choice).strip()))
    return answered
