"""Tables in sheets: the header wherever it stands, the data rows and why the others are none."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from etl.contracts import DATASETS, contract, contracts
from etl.contracts.form import header, title_block
from etl.model.grid import Grid
from etl.reading import find_table
from samples import Sample
from tests.support import PERIOD, UNITS, grids_of


def grid(lines: list[list[object]]) -> Grid:
    width = max(map(len, lines))
    cells = pd.DataFrame(
        {c + 1: [None if c >= len(r) or r[c] is None else str(r[c]) for r in lines] for c in range(width)}, dtype="str"
    )
    cells.index = pd.RangeIndex(1, len(lines) + 1)
    return Grid("Danh sách", cells)


def form_lines(dataset: str, rows: int = 4) -> list[list[object]]:
    form = contract(dataset)
    unit = UNITS["082"] if form.sent_by == "district" else UNITS["10"]
    data = [[n, *(f"{c.name} {n}" for c in form.columns)] for n in range(1, rows + 1)]
    return [*title_block(form, unit, PERIOD), header(form), *data]


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_official_form_is_told_by_its_header(dataset: str) -> None:
    lines = form_lines(dataset)
    table = find_table(grid(lines), contracts())
    assert table is not None
    assert table.dataset == dataset
    assert table.body.index.to_list() == list(range(len(lines) - 3, len(lines) + 1))
    assert len(table.body) + len(table.ignored) == len(lines)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_order_of_columns_and_strange_columns_do_not_matter(dataset: str) -> None:
    lines = form_lines(dataset)
    order = list(range(len(lines[-1])))
    random.Random(dataset).shuffle(order)
    head = len(lines) - 5
    shuffled = [
        [line[i] for i in order] + ["Ghi chú riêng" if at == 0 else "x"] for at, line in enumerate(lines[head:])
    ]
    table = find_table(grid([*lines[:head], *shuffled]), contracts())
    assert table is not None
    assert (table.dataset, len(table.body)) == (dataset, 4)


def test_furniture_inside_of_a_table_is_ignored_with_its_reason() -> None:
    form = contract("register_commune")
    top = form_lines("register_commune", 0)
    numbering: list[object] = ["A", "B", *range(1, len(form.columns))]
    blank: list[object] = []
    lines = [
        *top, numbering, ["I", "Khu vực I"], [1, "Xã Nậm Chầy", 10, 2, 40, 5, 20, 3, 1], blank,
        [2, "Xã Y Tý", 11, 2, 44, 5, 21, 3, 1], header(form), [3, "Xã Dền Sáng", 12, 2, 48, 5, 22, 3, 1],
        [None, "Tổng cộng", 33, 6, 132, 15, 63, 9, 3], ["Ghi chú: số liệu tạm tính"],
        [None, None, None, None, "Lào Cai, ngày 05 tháng 01 năm 2019"],
        [None, "Người lập biểu", None, None, "THỦ TRƯỞNG ĐƠN VỊ"],
    ]  # fmt: skip
    table = find_table(grid(lines), contracts())
    assert table is not None
    n = len(top)
    assert table.body.index.to_list() == [n + 3, n + 5, n + 7]
    reasons = {row - n: reason for row, reason in table.ignored.items() if row > n}
    assert reasons == {
        1: "numbering", 2: "group", 4: "blank", 6: "header", 8: "total", 9: "note", 10: "note", 11: "note",
    }  # fmt: skip


def test_a_commune_called_like_a_total_is_data() -> None:
    top = form_lines("register_commune", 0)
    lines = [*top, [1, "Tổng Sành", "10", "2", "40", "5", "20", "3", "1"], [2, "Xã Y Tý", 11, 2, 44, 5, 21, 3, 1]]
    table = find_table(grid(lines), contracts())
    assert table is not None
    assert len(table.body) == 2


def test_a_header_over_two_rows_of_merged_cells() -> None:
    form = contract("register_commune")
    head = header(form)
    two = [[h if i < 2 else "Số liệu trong kỳ" if i == 2 else None for i, h in enumerate(head)],
           [None if i < 2 else h for i, h in enumerate(head)]]  # fmt: skip
    top = title_block(form, UNITS["082"], PERIOD)
    lines = [*top, *two, [1, "Xã Y Tý", 11, 2, 44, 5, 21, 3, 1], [2, "Xã Nậm Chầy", 11, 2, 44, 5, 21, 3, 1]]
    table = find_table(grid(lines), contracts())
    assert table is not None
    assert (table.dataset, len(table.body)) == ("register_commune", 2)
    assert sum(bool(form.named(path)) for path in table.headers.values()) == len(form.columns)


def test_no_table() -> None:
    assert find_table(grid([["Hướng dẫn"], ["Điền biểu theo mẫu"]]), contracts()) is None
    assert find_table(Grid("trống", pd.DataFrame()), contracts()) is None


def test_the_small_province_is_read_to_the_last_row(small: Sample) -> None:
    for path in small.files:
        dataset, unit, _ = path.stem.rsplit("_", 2)
        tables = [find_table(g, contracts()) for g in grids_of(path)]
        assert {t.dataset for t in tables if t} == {dataset}
        frame = small.province.frames[dataset]
        own = {c.code for c in UNITS.communes_in(unit)}
        assert sum(len(t.body) for t in tables if t) == frame["commune"].isin(own).sum(), path.name


def test_a_table_may_begin_below_row_one_and_right_of_column_a(tmp_path: Path) -> None:
    lines = form_lines("water_village", 3)
    moved = [[], [], *([None, None, *line] for line in lines)]
    table = find_table(grid(moved), contracts())
    assert table is not None
    assert table.body.index.to_list() == list(range(len(lines), len(lines) + 3))
