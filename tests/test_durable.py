"""Files whole or not at all: two writers, killed writers, rooms of the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from etl import durable
from etl.settings import ROOT


def test_many_writers_of_one_place_leave_one_whole_file(tmp_path: Path) -> None:
    place = tmp_path / "below" / "answer.xlsx"
    contents = [bytes([n]) * (100_000 + n) for n in range(8)]
    threads = [threading.Thread(target=durable.write, args=(place, c)) for c in contents for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place.read_bytes() in contents
    assert list(place.parent.iterdir()) == [place]


def test_a_block_that_raises_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "a"
    durable.write(place, b"before")
    with pytest.raises(KeyError), durable.replacing(place) as file:
        file.write(b"half")
        raise KeyError
    assert (place.read_bytes(), list(tmp_path.iterdir())) == (b"before", [place])


def killed(script: str, folder: Path) -> None:
    """Run a script that ends by its own SIGKILL."""
    code = f"import os, pathlib\nfrom etl import durable\nfolder = pathlib.Path({str(folder)!r})\n{script}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "TMPDIR": str(folder)}, check=False
    )
    assert done.returncode == -signal.SIGKILL


def test_what_a_killed_writer_leaves_is_taken_by_the_next(tmp_path: Path) -> None:
    killed(
        "with durable.replacing(folder / 'a') as f: f.write(b'x' * 99); f.flush(); os.kill(os.getpid(), 9)", tmp_path
    )
    (left,) = tmp_path.iterdir()
    assert left.stat().st_size == 99
    durable.write(tmp_path / "a", b"short")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"short")]


def test_a_room_of_a_killed_process_is_cleared_and_that_of_a_living_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed("with durable.room() as r: (r / 'people').write_text('x'); os.kill(os.getpid(), 9)", tmp_path)
    assert len(list(tmp_path.rglob("people"))) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with durable.room() as one:
        assert not list(tmp_path.rglob("people"))
        (one / "own").touch()
        with durable.room() as other:
            assert (one / "own").exists()
            assert one != other
    assert [p for p in tmp_path.rglob("*") if p.parent != tmp_path] == []
