"""Two engines, one file: what calamine and openpyxl both read, they read to the same cells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from etl.contracts import DATASETS
from etl.reading import workbook
from samples import Sample
from samples.messy.file import messy_file
from samples.workbooks import BINARY, Book, Cell, Page

pytestmark = pytest.mark.slow


def same(path: Path) -> None:
    """Sheet by sheet: the same names, the same texts at the same physical places."""
    ours, theirs = workbook._read_with_calamine(path), workbook._read_with_openpyxl(path)
    assert [grid.sheet for grid in ours] == [grid.sheet for grid in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert _texts(one.cells) == _texts(other.cells), (path.name, one.sheet)


def _texts(cells: pd.DataFrame) -> dict[tuple[int, int], str]:
    return {
        (int(row), int(column)): text
        for column in cells.columns
        for row, text in cells[column].dropna().items()
    }  # fmt: skip


def test_on_every_workbook_of_the_sample(small: Sample) -> None:
    read = [path for path in small.files if path.suffix == ".xlsx"]
    assert len(read) > 20
    for path in read:
        same(path)


@pytest.mark.parametrize("dataset", DATASETS)
def test_on_messy_workbooks(dataset: str, tmp_path: Path) -> None:
    met = 0
    for number in range(18):
        file = messy_file(dataset, number, seed=5, level=("realistic", "hostile")[number % 2])
        if file.kind in ("xlsx", "xlsm") and file.data.startswith(b"PK") and b"xl/workbook.xml" in file.data:
            path = tmp_path / f"{number}.xlsx"
            path.write_bytes(file.data)
            same(path)
            met += 1
    assert met >= 2


def test_a_workbook_takes_memory_by_its_rows(tmp_path: Path) -> None:
    """A twentieth of the province's 700,000 cards: a twentieth of 1.5 GiB above what interpreter and libraries take."""
    lines = [[Cell("STT"), *(Cell(f"Cột {c}") for c in range(1, 14))]]
    lines += [[Cell(n), *(Cell(f"chữ {n % 9973} {c}") for c in range(1, 14))] for n in range(35_000)]
    path = tmp_path / "large.xlsx"
    path.write_bytes(BINARY["xlsx"](Book([Page("Danh sách", lines)])))
    code = (
        "import sys; from pathlib import Path; from etl.reading import read_grids;"
        "peak=lambda: int(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1]);"
        "from etl.reading import legacy; legacy.decoders(); legacy.is_syllable('ở');"
        "import pandas, pyarrow.compute, fastexcel, python_calamine;"
        "before=peak(); read_grids(Path(sys.argv[1]), 'a.xlsx', 'xlsx'); print(peak() - before)"
    )
    out = subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True).stdout
    assert int(out) < 1.5 * 1024**2 / 20
