"""What the reader sees in any file: its sheets, where each table stands, what each of its columns is taken for.

Tables are found as in a file that a sector sends. Only where none of a form is found, the table of a sheet is found by
its shape alone (``find_any_table``): the header of a form is found by its words, and a table of no form has none.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from etl.conforming import match_columns, read_heading, stated_units, with_sections
from etl.conforming.column_evidence import ColumnEvidence, evidence_of
from etl.contracts import contract, contracts
from etl.model.answer_sheet import sent_name
from etl.model.grid import Grid, Table
from etl.model.refused import Refused
from etl.opening import Opened, open_file
from etl.reading import find_any_table, find_tables
from etl.reference.rules import rules
from etl.settings import Settings

_TITLE_LINES = 12


@dataclass(frozen=True)
class Seen:
    """One sheet as the reader sees it; what there is none of is None.

    score: how well the headers fit the dataset's form. named: column of the form → the header taken for it, and how
    sure (1: the form's own text; ``contracts.naming``). evidence: of each column, what it was taken for and why.
    unused: the columns with data that no column of the form is. continues: the sheet whose list goes on here.
    """

    file: str
    kind: str
    encoding: str | None
    sheet: str
    rows: int
    columns: int
    dataset: str | None
    score: float | None
    period: str | None
    unit_code: str | None
    money_unit: str | None
    title: list[str]
    header_rows: list[int]
    headers: list[str]
    named: dict[str, str]
    first_data_row: int | None
    last_data_row: int | None
    data_rows: int
    ignored: dict[str, int]
    continues: str | None = None
    evidence: tuple[ColumnEvidence, ...] = ()
    unused: tuple[str, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """Plain data, in the order of the fields."""
        return asdict(self) | {"evidence": [asdict(one) for one in self.evidence], "unused": list(self.unused)}

    def for_reading(self) -> dict[str, Any]:
        """The record with a line of words for each column."""
        record = self.as_record()
        record["evidence"] = [_in_words(one) for one in self.evidence]
        record["cột không dùng"] = record.pop("unused")
        del record["named"], record["headers"]
        return record


def peek(settings: Settings, path: Path, today: date) -> list[Seen]:
    """Every sheet of a file, also of one that belongs to no contract. Raises ValueError (unreadable), OSError."""
    opened = _open(settings, path)
    tables = _tables(opened.grids)
    return [
        _seen(path, opened.kind, opened.encoding, grid, table, today)
        for grid, table in zip(opened.grids, tables, strict=True)
    ]


def _tables(grids: list[Grid]) -> list[Table | None]:
    """The table of each sheet: of a form, else any."""
    found = find_tables(grids, contracts())
    return [
        table if table is not None and table.dataset else find_any_table(grid)
        for grid, table in zip(grids, found, strict=True)
    ]


_BY = {
    "header": "đúng tiêu đề mẫu", "header_nearly": "gần đúng tiêu đề mẫu", "words": "phần lớn các từ của tiêu đề",
    "content": "theo nội dung", "sex_in_header": "giới tính ở tiêu đề", "near": "tiêu đề gần giống, không dùng",
    "section": "theo dòng nhóm", "serial": "số thứ tự", "unused": "cột không dùng", "empty": "không có dữ liệu",
    "no_form": "không thuộc mẫu nào",
}  # fmt: skip
_HOLDS = {"number": "số", "date": "ngày", "flag": "có/không"}


def _in_words(column: ColumnEvidence) -> str:
    """One column for people: C «Họ và tên» → head_name 1,00: đúng tiêu đề mẫu; 29 giá trị (28 khác nhau)."""
    taken = f" → {column.column}" if column.column else ""
    sure = f" {column.sure:.2f}".replace(".", ",") if column.sure is not None else ""
    holds = "".join(f", {share:.0%} {_HOLDS[kind]}" for kind, share in column.holds.items())
    like = "; ".join(f"{name} ({sure:.2f})" for name, sure in list(column.like.items())[:3])
    return (
        f"{column.letter} «{column.header}»{taken}{sure}: {_BY[column.evidence]}; "
        f"{column.filled} giá trị ({column.distinct} khác nhau{holds})" + (f"; giống {like}" if like else "")
    )


def _open(settings: Settings, path: Path) -> Opened:
    try:
        return open_file(path, path.name, settings)
    except Refused as fault:
        raise ValueError(f"{path.name}: {rules()[fault.rule].en.format(**fault.params)}") from fault


def _seen(path: Path, kind: str, encoding: str | None, grid: Grid, table: Table | None, today: date) -> Seen:
    cells = grid.cells
    encoding = ", ".join(sorted(set(grid.legacy.values()))) or encoding
    sized = (int(cells.index.max()), int(cells.columns.max())) if len(cells) else (0, 0)
    if table is None:
        lines = [t for line in cells.head(_TITLE_LINES).to_numpy(dtype=object) for t in line if isinstance(t, str)]
        return Seen(
            path.name,
            kind,
            encoding,
            grid.sheet,
            *sized,
            None,
            None,
            None,
            None,
            None,
            lines,
            [],
            [],
            {},
            None,
            None,
            0,
            {},
        )
    heading, named, form, columns = None, {}, None, None
    if table.dataset:
        form = contract(table.dataset)
        heading, _ = read_heading([table], form, sent_name(path.name), "", today)
        (table,) = with_sections([table], form)
        columns, _ = match_columns(table, form)
        named = {n: f"{' / '.join(table.headers[p])} ({columns.sure[n]:.2f})" for n, p in columns.columns.items()}
    reasons = pd.Series(list(table.ignored.values()), dtype="str").value_counts(sort=False)
    data = table.body.index
    evidence = evidence_of(table, form, columns, contracts().values())
    unused = tuple(f"{one.letter} {one.header}".strip() for one in evidence if one.evidence == "unused")
    return Seen(
        path.name, kind, encoding, grid.sheet, *sized, table.dataset, round(table.score, 3) if table.dataset else None,
        str(heading.period) if heading and heading.period else None, heading.unit_code if heading else None,
        ", ".join(stated_units(table)) or None,
        [text for _, text in table.title], sorted(r for r, why in table.ignored.items() if why == "header"),
        [" ".join(path) for path in table.headers.values() if path], named,
        int(data.min()) if len(data) else None, int(data.max()) if len(data) else None, len(data),
        {str(why): int(n) for why, n in reasons.items()}, table.continues, tuple(evidence), unused,
    )  # fmt: skip


def as_table(settings: Settings, path: Path) -> list[list[str]]:
    """The file's largest table as plain records: its header, then its data rows; col_0 … where it has no header.

    Records of further tables below it follow, without a header that is the same again; of a form's table, nothing
    follows. Raises ValueError, OSError.
    """
    grids = _open(settings, path).grids
    read = list(zip(grids, _tables(grids), strict=True))
    found = [(grid, table) for grid, table in read if table is not None and (len(table.body) or table.headers)]
    if not found:
        raise ValueError(f"{path.name}: no table with a header and a data row was found; see peek without --csv")
    grid, table = max(found, key=lambda pair: len(pair[1].body))
    further = _further(grid, table) if table.dataset is None else grid.cells.iloc[:0]
    columns = [
        c for c in map(int, table.body.columns) if c in {*table.headers, *grid.blanks} or further[c].notna().any()
    ]
    paths = [table.headers.get(column, ()) for column in columns]
    header = [" ".join(path) if table.dataset is None else path[-1] for path in paths]
    width = max((number for number, text in enumerate(header, start=1) if text), default=len(header))
    body, below = (_texts(_as_written(frame[columns], grid)) for frame in (table.body, further))
    width = max([width, *(len(_cut(row, 0)) for row in below)])
    if not any(header):
        # The table has no header: its columns get numbers for names.
        header = [f"col_{number}" for number in range(len(columns))]
    return [header[:width], *(_cut(row, width) for row in body + below)]


def _further(grid: Grid, table: Table) -> pd.DataFrame:
    """The rows of further tables below a table, without those that are its header again.

    Rows of more than one cell that follow on one another are a table where they hold a digit: signatures hold none.
    """
    last = max((int(table.body.index.max()) if len(table.body) else 0), table.header_row)
    rows = grid.cells.loc[last + 1 :]
    rows = rows[rows.notna().sum(axis="columns") > 1]
    header = [text for row in _texts(grid.cells.loc[table.header_row :].head(1)) for text in row]
    texts = dict(zip(map(int, rows.index), _texts(rows), strict=True))
    kept, run = [], list[int]()
    for row in texts:
        if run and row > run[-1] + 1:
            kept += run if _has_digits(texts, run) else []
            run = []
        run.append(row)
    kept += run if _has_digits(texts, run) else []
    return rows.loc[[row for row in kept if texts[row] != header]]


def _has_digits(texts: dict[int, list[str]], rows: list[int]) -> bool:
    return any(letter.isdecimal() for row in rows for text in texts[row] for letter in text)


def _as_written(frame: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Cells with the white space that is all that some fields of a text file hold."""
    written = frame.copy()
    for column, texts in grid.blanks.items():
        if column in written.columns:
            written[column] = written[column].fillna(texts.reindex(written.index))
    return written


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    rows: list[list[str]] = frame.astype("object").where(frame.notna(), "").to_numpy().tolist()
    return rows


def _cut(row: list[str], width: int) -> list[str]:
    """A row as wide as the header, or wider where it has values further right."""
    last = max((number for number, text in enumerate(row, start=1) if text), default=0)
    return row[: max(width, last)]
