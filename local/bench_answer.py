"""`make bench-answer`: the answer to a workbook with 4,000 faulty cells and to one with 8,000, both in the same run.

The time must grow as the number of findings does. What counts is the ratio of the two times, and that the smaller
answer is written within seconds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from etl.reporting import write_answer
from etl.warehouse.ledger import Submission

FINDINGS = 4_000
MOST_SECONDS, MOST_RATIO = 6.0, 2.3
"""The bars: for 4,000 findings, and for twice as many against that."""

_SHEET, _TOP, _COLUMNS = "Danh sách", 9, 20
_FAULTY = 16


def workbook(folder: Path, rows: int) -> Path:
    """A form of so many rows, as a sector sends it."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    for _ in range(_TOP - 1):
        sheet.append(["Danh sách học sinh"])
    sheet.append([f"Cột {place}" for place in range(1, _COLUMNS + 1)])
    for number in range(rows):
        sheet.append([number + 1, *(f"Học sinh {number} {place}" for place in range(2, _COLUMNS + 1))])
    path = folder / f"{rows}.xlsx"
    book.save(path)
    return path


def findings(rows: int) -> pd.DataFrame:
    """A finding in each data row, as the ledger gives them to an answer."""
    frame = pd.DataFrame(
        {
            "number": range(1, rows + 1), "rule": "number_unreadable", "severity": "warning", "sheet": _SHEET,
            "row": range(_TOP + 1, _TOP + rows + 1), "column_name": "support_months", "header": "Số tháng",
            "value": "nhiều", "message": "«nhiều» không phải là số.", "suggestion": "Ghi số, ví dụ 1234 hoặc 1.234.",
            "waived": None, "waiver": None,
        }
    )  # fmt: skip
    return frame.astype({"row": "Int64"})


def answer_seconds(folder: Path, rows: int, times: int = 1) -> float:
    """Write the answer to a workbook with a finding in each of so many rows; the median of some runs, in seconds."""
    source = workbook(folder, rows)
    day = datetime(2019, 1, 2, tzinfo=UTC)
    submission = Submission(
        id="education-0123456789ab-1", sector="education", dataset="education_pupil", unit_code="082",
        period="2018-Q4", as_of=date(2018, 12, 31), file_name=source.name, folder="", sha256="0" * 64,
        size_bytes=source.stat().st_size, modified_at=day, received_at=day, state="accepted", verdict="accepted",
        rows_read=rows + _TOP, rows_accepted=rows, rows_rejected=0, rows_ignored=_TOP, ignored={"title": _TOP},
        layout={_SHEET: {"support_months": _FAULTY}}, accepted_at=day, superseded_at=None, superseded_by=None,
        findings_version=1, answered_version=-1,
    )  # fmt: skip
    frame, seconds = findings(rows), []
    for _ in range(times):
        began = time.perf_counter()
        write_answer(submission, frame, folder, "Danh sách học sinh", source)
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


def main() -> int:
    """Take both times and print their ratio; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=FINDINGS)
    parser.add_argument("--times", type=int, default=3, help="runs of each, of which the median counts")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answer_seconds(folder, 100)
        once, twice = (answer_seconds(folder, n * chosen.findings, chosen.times) for n in (1, 2))
    print(f"{chosen.findings:,} findings {once:.2f} s (bar {MOST_SECONDS:g}), {2 * chosen.findings:,} {twice:.2f} s")
    print(f"ratio {twice / once:.2f} (bar {MOST_RATIO:g})")
    return int(once > MOST_SECONDS or twice > MOST_RATIO * once)


if __name__ == "__main__":
    sys.exit(main())
