"""`make bench-read`: sheets ("pages") and rows a second, and peak memory, by format and size, beside pandas + openpyxl.

Each measurement is a process of its own, so that its peak is its own; both readers are measured in the same run, and
what counts is their ratio. ``--full`` adds the province's whole health-insurance list of 700,000 rows.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from etl.contracts import contract
from etl.contracts.form import header, title_block
from etl.model.period import Period
from etl.reference.units import units_on
from samples.workbooks import BINARY, Book, Cell, Page, text_bytes

PERIOD = Period(2018, 4)
ROWS_A_SHEET = 2_000
SIZES = (2_000, 20_000)
WHOLE = 700_000
_OF_ONE_SHEET = ("csv", "html")
OPENPYXL_READS = ("xlsx", "xlsm")


def _book(rows: int, *, one_sheet: bool = False) -> Book:
    """Health cards in sheets of 2,000 rows, or all in one."""
    form, units = contract("health_card"), units_on(PERIOD.last_day)
    top = [*title_block(form, units.province, PERIOD), header(form)]
    pages = []
    each = rows if one_sheet else ROWS_A_SHEET
    for first in range(0, rows, each):
        body = [_card(number) for number in range(first, min(first + each, rows))]
        lines = [[Cell(value) for value in line] for line in (*top, *body)]
        pages.append(Page(f"Danh sách {first // each + 1}", lines))
    return Book(pages)


def _card(number: int) -> list[str | int | date | None]:
    code, born = f"{number:010d}", date(1960 + number % 50, 1 + number % 12, 5)
    return [
        number + 1, code, f"HN210{code}", "HN", f"Nguyễn Văn {number % 4999}", born, "Nam" if number % 2 else "Nữ",
        f"063{number % 1_000_000:06d}", "Mông", "Xã Bản Qua", f"Thôn {number % 14}", None, date(2018, 1, 1),
        date(2018, 12, 31), "Trạm y tế xã",
    ]  # fmt: skip


def _written(folder: Path, kind: str, rows: int) -> Path:
    path = folder / f"{rows}.{kind}"
    book = _book(rows, one_sheet=kind in _OF_ONE_SHEET or rows >= WHOLE)
    if rows >= WHOLE:
        _write_large(path, book)
    elif kind == "csv":
        path.write_bytes(text_bytes(book, separator=",", encoding="utf-8-sig"))
    else:
        path.write_bytes(BINARY[kind](book))
    return path


def _write_large(path: Path, book: Book) -> None:
    import openpyxl

    target = openpyxl.Workbook(write_only=True)
    for page in book.pages:
        sheet = target.create_sheet(page.name)
        for line in page.rows:
            sheet.append([cell.value for cell in line])
    target.save(path)


def read_ours(path: Path) -> int:
    """The sheets of a file read by the product, screened and in a child as in production; how many."""
    from etl.opening import open_file
    from etl.settings import Settings

    return len(open_file(path, path.name, Settings()).grids)


def read_plain(path: Path) -> int:
    """The sheets of a workbook read by pandas with openpyxl; how many."""
    import pandas as pd

    return len(pd.read_excel(path, sheet_name=None, header=None, dtype=str, engine="openpyxl"))


def _measured(reader: str, path: Path) -> tuple[float, float, int]:
    """Seconds, peak MiB and sheets of one reading, in a process of its own."""
    command = [sys.executable, "-m", "local.bench_read", "--one", reader, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1]), int(said[2])


def _one(reader: str, path: Path) -> None:
    """Read once for imports and the child's helper, then once with the clock."""
    read = {"ours": read_ours, "plain": read_plain}[reader]
    small = path.parent / "warm.xlsx"
    children: list[int] = []
    logging.getLogger("etl.confined").addHandler(_Peaks(children))
    logging.getLogger("etl.confined").setLevel(logging.INFO)
    read(small)
    children.clear()
    began = time.perf_counter()
    sheets = read(path)
    seconds = time.perf_counter() - began
    print(seconds, max([_own_peak(), *children]) / 1024**2, sheets)


def _own_peak() -> int:
    """Peak memory of this process in bytes; that of getrusage begins with what the parent had."""
    status = Path("/proc/self/status").read_text("utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


class _Peaks(logging.Handler):
    """Takes the peak memory of each child from the record of its end."""

    def __init__(self, peaks: list[int]) -> None:
        super().__init__()
        self._peaks = peaks

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's peak, in bytes."""
        self._peaks.append(int(getattr(record, "peak_bytes", 0)))


def main() -> None:
    """Write the files, read each with both readers, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="also 700,000 rows as xlsx (some minutes)")
    parser.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        _one(chosen.one[0], Path(chosen.one[1]))
        return
    table = Table(box=SIMPLE_HEAD, title="Reading, against pandas + openpyxl in the same run", title_justify="left")
    for name in (
        "format",
        "rows",
        "sheets",
        "s",
        "sheets/s",
        "rows/s",
        "peak MiB",
        "plain s",
        "plain MiB",
        "times faster",
    ):
        table.add_column(name, justify="left" if name == "format" else "right")
    kinds = [*(kind for kind in BINARY if kind != "xlsm"), "csv"]
    cases = [(kind, rows) for rows in SIZES for kind in kinds] + ([("xlsx", WHOLE)] if chosen.full else [])
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "warm.xlsx").write_bytes(BINARY["xlsx"](_book(10)))
        for kind, rows in cases:
            console.print(f"{kind} {rows:,} …", style="dim")
            path = _written(Path(folder), kind, rows)
            seconds, peak, sheets = _measured("ours", path)
            plain = _measured("plain", path) if kind in OPENPYXL_READS else None
            beside = (f"{plain[0]:.2f}", f"{plain[1]:.0f}", f"{plain[0] / seconds:.1f}") if plain else ("–",) * 3
            table.add_row(
                kind, f"{rows:,}", str(sheets), f"{seconds:.2f}", f"{sheets / seconds:.1f}", f"{rows / seconds:,.0f}",
                f"{peak:.0f}", *beside,
            )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main()
