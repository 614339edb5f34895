"""The reader against Pollock, a public benchmark of csv files that are broken in known ways (Vitagliano et al., 2023).

Its simple score is the sum of ten means over all files: success, and precision, recall and F1 of header, records and
cells. In headers and records, letters are small and numbers are their value, as Pollock has them: 1.0 is " 1.00". It
also takes dates and amounts of money for equal that are written in different ways, so its score is never lower.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from etl.peek import as_table
from etl.settings import Settings

Rows = list[list[str]]
_SETS = {"polluted_files": 9.97, "survey_sample": 9.5}


def main() -> int:
    """Print the score of each set of files and the worst files; 1 where a score is below its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="a copy of Pollock's repository")
    parser.add_argument("--worst", type=int, default=15, help="how many files to name")
    arguments = parser.parse_args()
    is_low = False
    for name, bar in _SETS.items():
        scores = dict(_scores(arguments.folder / name))
        if not scores:
            print(f"{name}: no files")
            continue
        mean = sum(scores.values()) / len(scores)
        exact = sum(score > 10 - 1e-9 for score in scores.values())
        is_low |= mean <= bar
        print(f"{name}: {mean:.3f} of 10 (bar {bar}), {exact} of {len(scores)} files exact")
        for file in sorted(scores, key=scores.__getitem__)[: arguments.worst]:
            print(f"  {scores[file]:6.3f} {file}")
    return int(is_low)


def _scores(folder: Path) -> Iterable[tuple[str, float]]:
    settings = Settings()
    for path in sorted((folder / "csv").glob("*")):
        clean = folder / "clean" / path.name
        if not clean.is_file():
            continue
        try:
            read = as_table(settings, path)
        except ValueError:
            read = []
        with clean.open(encoding="utf-8-sig", newline="") as file:
            yield path.name, score(list(csv.reader(file)), read)


def score(clean: Rows, read: Rows) -> float:
    """Return Pollock's simple score of one file, 1 to 10."""
    if not clean:
        return 10.0
    folded = [[[_folded(text) for text in row] for row in rows] for rows in (clean, read)]
    header = _agreement(*(rows[0] if rows else [] for rows in folded))
    records = _agreement(*(["".join(row) for row in rows[1:]] for rows in folded))
    cells = _agreement(*([text for row in rows for text in row] for rows in (clean, read)))
    return 1 + header + records + cells


def _folded(text: str) -> str:
    """A text in small letters, a number as its value, true and false as 1 and 0."""
    if text in ("True", "true", "False", "false"):
        return str(int(text.lower() == "true"))
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return str(kind(text))
    return text.lower()


def _agreement(clean: list[str], read: list[str]) -> float:
    """Precision, recall and F1 together, 0 to 3; what nothing is asked of, is right."""
    if not clean:
        return 3.0
    shared = (Counter(clean) & Counter(read)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(clean), shared / len(read)
    return precision + recall + 2 * precision * recall / (precision + recall)


if __name__ == "__main__":
    sys.exit(main())
