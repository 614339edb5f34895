"""Csv text of Arrow tables for COPY: every shape of chunks is written as it is, every text comes back."""

from __future__ import annotations

import io
import itertools
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.settings import ROOT
from etl.warehouse.arrow_csv import pa_csv, read_csv, written_csv

PERIODS = ["2018-Q4", "2019-Q1", None]
KINDS = {"period": pa.string(), "count": pa.int64()}
EMPTY = {"period": pa.array([], pa.string()), "count": pa.array([], pa.int64())}
FULL = {"period": pa.array(PERIODS, pa.string()), "count": pa.array([1, None, 3], pa.int64())}


def shapes(column: str) -> list[pa.ChunkedArray]:
    """Chunks of a column: its values once and in two, with an empty chunk in each place and in several at once."""
    full, empty = FULL[column], EMPTY[column]
    parts = [[full], [full[:1], full[1:]]]
    made = []
    for part in parts:
        for places in itertools.product((0, 1, 2), repeat=len(part) + 1):
            chunks = [empty] * places[0]
            for chunk, count in zip(part, places[1:], strict=True):
                chunks += [chunk, *([empty] * count)]
            made.append(pa.chunked_array(chunks))
    return made


def test_empty_chunks_in_every_place_are_written_as_nothing() -> None:
    expected = b'"2018-Q4",1\n"2019-Q1",\n,3\n'
    for period, count in itertools.product(shapes("period"), shapes("count")):
        assert written_csv(pa.table({"period": period, "count": count})) == expected


@pytest.mark.parametrize("chunks", [[], [[]], [[], []]])
def test_a_table_of_no_rows_is_no_text(chunks: list[list[str]]) -> None:
    column = pa.chunked_array([pa.array(chunk, pa.string()) for chunk in chunks], pa.string())
    assert written_csv(pa.table({"period": column})) == b""


def test_many_rows_behind_an_empty_chunk() -> None:
    column = pa.chunked_array([pa.array([], pa.string()), pa.array(["2018-Q4"] * 685)])
    assert written_csv(pa.table({"period": column})) == b'"2018-Q4"\n' * 685


@given(
    st.lists(st.tuples(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=9)))
)
def test_what_is_written_is_read_again(rows: list[tuple[str]]) -> None:
    table = pa.table(
        {"text": pa.array([text for (text,) in rows], pa.string()), "n": pa.array(range(len(rows)), pa.int64())}
    )
    read = read_csv(written_csv(table), {"text": pa.string(), "n": pa.int64()})
    assert read.to_pydict() == table.to_pydict()


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_a_line_break_of_windows_stays_whole_wherever_a_block_ends(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of the reader's own size would need megabytes: a smaller one shows the same."""
    small = pa_csv.ReadOptions
    text = "a" * length + "\r\nb"
    data = f'"{text}",1\n'.encode() * 5
    for block in range(length + 10, length + 24):
        monkeypatch.setattr(pa_csv, "ReadOptions", lambda block=block, **more: small(block_size=block, **more))
        assert read_csv(data, {"text": pa.string(), "n": pa.int64()})["text"].to_pylist() == [text] * 5


def test_the_faults_are_still_there() -> None:
    """Fails when pyarrow has mended them: then docs/known-faults.md and the guards may go."""
    column = pa.chunked_array([pa.array([], pa.string()), pa.array(["2018-Q4"] * 685)])
    sink = io.BytesIO()
    pa_csv.write_csv(pa.table({"period": column}), sink, pa_csv.WriteOptions(include_header=False))
    lost = 0
    for length in range(40):
        text = "a" * length + "\r\nb"
        read = pa_csv.read_csv(
            pa.BufferReader(f'"{text}",1\n'.encode() * 3),
            pa_csv.ReadOptions(column_names=["text", "n"], block_size=16 + length),
            pa_csv.ParseOptions(newlines_in_values=True),
        )
        lost += read["text"].to_pylist() != [text] * 3
    assert (sink.getvalue() != b'"2018-Q4"\n' * 685, lost > 0) == (True, True)


@pytest.mark.parametrize("use", [
    "import pyarrow.csv", "import pyarrow.csv as pa_csv", "from pyarrow import csv", "from pyarrow.csv import write_csv",
])  # fmt: skip
def test_another_use_of_the_writer_is_refused_by_the_lint(tmp_path: Path, use: str) -> None:
    ruff = Path(sys.executable).parent / "ruff"
    target = tmp_path / "mine.py"
    target.write_text(f'"""A module."""\n\n{use}\n')
    done = subprocess.run(
        [ruff, "check", "--no-cache", "--config", ROOT / "pyproject.toml", "--select", "TID251", target],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "TID251" in done.stdout
