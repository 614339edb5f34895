"""What the hostile tests share: a file opened as the product opens it, with what its child has used."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from etl.model.refused import Refused
from etl.opening import Opened, open_file
from etl.settings import Settings

MOST_SECONDS, MOST_MEMORY = 20.0, 512 * 1024**2


@dataclass(frozen=True)
class Outcome:
    """What came of a file, and what its children used."""

    opened: Opened | None
    rule: str | None
    seconds: float
    peak: int


class _Peaks(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(record, "peak_bytes"):
            self.found.append(record.peak_bytes)


class Opener:
    """Opens files and watches their children."""

    def __init__(self, folder: Path, peaks: _Peaks) -> None:
        self._folder, self._peaks = folder, peaks

    def __call__(self, content: bytes, name: str = "a.xlsx", settings: Settings | None = None) -> Outcome:
        path = self._folder / "file"
        path.write_bytes(content)
        del content
        self._peaks.found.clear()
        began = time.monotonic()
        opened, rule = None, None
        try:
            opened = open_file(path, name, settings or Settings())
        except Refused as fault:
            rule = fault.rule
        return Outcome(opened, rule, time.monotonic() - began, max(self._peaks.found))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens a file's bytes under default settings."""
    peaks, log = _Peaks(), logging.getLogger("etl.confined.runner")
    level = log.level
    log.addHandler(peaks)
    log.setLevel(logging.INFO)
    yield Opener(tmp_path, peaks)
    log.removeHandler(peaks)
    log.setLevel(level)
