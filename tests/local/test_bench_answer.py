"""What `make bench-answer` measures: the time of an answer grows as the number of its findings does."""

from __future__ import annotations

from pathlib import Path

import pytest

from local import bench_answer

pytestmark = pytest.mark.slow


def test_ten_times_the_findings_take_no_more_than_twenty_times_the_time(tmp_path: Path) -> None:
    bench_answer.answer_seconds(tmp_path, 20)
    few, many = (bench_answer.answer_seconds(tmp_path, n, 3) for n in (200, 2_000))
    # Where the time grows with the square, it is some 50 times.
    assert many < 20 * few
