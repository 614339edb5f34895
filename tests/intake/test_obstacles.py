"""What cannot be taken keeps nothing else from being taken, and is named: in the log, to the sender, by the doctor."""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from etl import pipeline
from etl.doctor import examine_installation
from etl.intake import inbox, watch
from etl.model.obstacle import Obstacle
from etl.settings import SECTORS, Settings
from tests.intake.test_inbox import put

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an ordinary user can reach, and this process as an ordinary user: root may read and move all."""
    with TemporaryDirectory(dir="/tmp") as name:
        if os.geteuid():
            yield Path(name)
            return
        os.chown(name, NOBODY, NOBODY)
        os.setegid(NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)
            os.setegid(0)


def found(folder: Path) -> tuple[list[str], dict[str, str]]:
    obstacles: list[Obstacle] = []
    drops = inbox.find_drops(folder, SECTORS, obstacles)
    return [drop.name for drop in drops], {one.name or one.folder: one.why for one in obstacles}


def test_each_obstacle_is_told_and_the_others_are_found(folder: Path) -> None:
    put(folder, "credit/a.xlsx", "credit/closed.xlsx", "credit/shut/b.xlsx", "credit/read/c.xlsx", "water/d.xlsx",
        "water/old.xlsx.part", "water/new.part", "water/desktop.ini", "water/e.xlsx.filepart")  # fmt: skip
    (folder / "credit" / "link.xlsx").symlink_to(folder / "water" / "d.xlsx")
    os.mkfifo(folder / "credit" / "pipe.csv")
    (folder / "credit" / "closed.xlsx").chmod(0)
    (folder / "credit" / "shut").chmod(0)
    (folder / "credit" / "read").chmod(0o500)
    try:
        names, told = found(folder)
    finally:
        (folder / "credit" / "shut").chmod(0o700)
        (folder / "credit" / "read").chmod(0o700)
    assert names == ["a.xlsx", "d.xlsx"]
    assert told == {
        "closed.xlsx": "unreadable", "shut": "unlisted", "c.xlsx": "immovable", "link.xlsx": "link", "pipe.csv": "link",
    }  # fmt: skip


def test_an_upload_that_nobody_finished_is_told_after_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "water/old.xlsx.part", "water/~$a.xlsx", "water/.x.tmp")
    assert found(tmp_path) == ([], {})
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 90_000)
    assert found(tmp_path) == ([], {"old.xlsx.part": "unfinished"})


def refuse(monkeypatch: pytest.MonkeyPatch, method: str, name: str, number: int = errno.EACCES) -> Callable[[], None]:
    """Let an operation on files of a name fail; the function given lets it work again."""
    real = getattr(Path, method)

    def refused(path: Path, *arguments: Any, **more: Any) -> Any:
        if path.name == name:
            raise OSError(number, os.strerror(number), str(path))
        return real(path, *arguments, **more)

    monkeypatch.setattr(Path, method, refused)
    return lambda: monkeypatch.setattr(Path, method, real)


@pytest.mark.warehouse
@pytest.mark.parametrize(
    ("method", "number", "said"),
    [("open", errno.EACCES, "không có quyền đọc"), ("rename", errno.EBUSY, "đang mở ở một máy khác")],
)
def test_what_cannot_be_taken_is_told_to_its_sender_until_it_can(
    home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    number: int,
    said: str,
) -> None:
    put(home.inbox, "water/khoá.csv", "water/b.csv", "credit/c.csv")
    release = refuse(monkeypatch, method, "khoá.csv", number)
    with caplog.at_level(logging.WARNING):
        assert len(pipeline.receive(home)) == 2
    assert "khoá.csv" in caplog.text
    (notice,) = home.outbox.rglob("*.chua-nhan.txt")
    line = notice.read_text("utf-8-sig")
    assert notice.parent.name == "water" and line.startswith("CHƯA NHẬN: ") and said in line and "«khoá.csv»" in line
    if method == "open":
        points = {point.what: point for point in examine_installation(home)}
        assert not points["drops that cannot be taken"].good
        assert "khoá.csv" in points["drops that cannot be taken"].detail
    stamp = notice.stat().st_mtime_ns
    pipeline.receive(home)
    assert notice.stat().st_mtime_ns == stamp, "the notice is not written again"
    release()
    assert len(pipeline.receive(home)) == 3
    assert list(home.outbox.rglob("*.chua-nhan.txt")) == []


@pytest.mark.warehouse
def test_a_claimed_or_taken_file_that_cannot_be_read_waits_alone(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(home.inbox, "water/a.csv", "water/b.csv")
    assert len(pipeline.receive(home)) == 2
    (kept,) = [one for one in watch.taken(home.inbox, SECTORS) if one.path.name == "a.csv"]
    kept.path.write_text("more")
    put(home.inbox, "water/c.csv")
    put(home.inbox, f"water/{inbox.CLAIMED}/0a/d.csv", f"water/{watch.TAKEN}/Desktop.ini", f"water/{watch.TAKEN}/x/y")
    release = refuse(monkeypatch, "open", "a.csv")
    also = refuse(monkeypatch, "open", "d.csv")
    assert len(pipeline.receive(home)) == 3
    also()
    assert len(pipeline.receive(home)) == 4
    release()
    assert len(pipeline.receive(home)) == 5


@pytest.mark.warehouse
def test_the_system_s_own_faults_are_raised(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home.inbox, "water/a.csv")
    refuse(monkeypatch, "rename", "a.csv", errno.ENOSPC)
    with pytest.raises(OSError, match="No space left"):
        pipeline.receive(home)


def test_a_time_to_come_keeps_no_file_waiting(tmp_path: Path) -> None:
    """The clock of a sender's computer is wrong, and the file breaks off: it is taken as it is all the same."""
    put(tmp_path, "water/a.xlsx", "water/b.csv")
    (tmp_path / "water" / "a.xlsx").write_bytes(b"PK\3\4")
    for path in (tmp_path / "water").iterdir():
        os.utime(path, (time.time() + 1e8,) * 2)
    time.sleep(0.3)
    drops = inbox.find_drops(tmp_path, SECTORS)
    assert {d.name for d in inbox.settled(drops, 0, incomplete_seconds=0.2, endless_seconds=0.2)} == {"a.xlsx", "b.csv"}
    assert [d.name for d in inbox.settled(drops, 0, incomplete_seconds=60)] == ["b.csv"]


def test_content_that_arrives_with_a_time_to_come_is_a_drop(tmp_path: Path) -> None:
    put(tmp_path, "water/a.csv")
    (drop,) = inbox.find_drops(tmp_path, SECTORS)
    claimed = inbox.claim(drop, tmp_path)
    assert claimed is not None
    watch.keep(claimed, tmp_path, *watch.look(claimed))
    assert not watch.has_news(tmp_path, SECTORS)
    (kept,) = watch.taken(tmp_path, SECTORS)
    kept.path.write_text("more")
    os.utime(kept.path, (time.time() + 1e8,) * 2)
    assert watch.has_news(tmp_path, SECTORS)
    watch.reclaim(tmp_path, SECTORS, 0.0)
    assert [d.path.read_text() for d in inbox.claims(tmp_path, SECTORS)] == ["more"]
