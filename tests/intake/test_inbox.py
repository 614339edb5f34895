"""The inbox: what is a drop, who takes it, what a worker that dies leaves."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from etl.intake import inbox, watch
from etl.settings import SECTORS


def put(root: Path, *names: str) -> None:
    for at, name in enumerate(names):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        os.utime(path, (1_546_300_800 + at, 1_546_300_800 + at))


def test_only_senders_files_are_drops_oldest_first(tmp_path: Path) -> None:
    put(tmp_path, "credit/b.xlsx", "credit/2018-Q4/a.xlsx", "water/c.csv", "credit/~$b.xlsx", "credit/.b.xlsx.part",
        "credit/d.crdownload", "credit/Thumbs.db", "unknown/e.xlsx", "credit/.claimed/x/f.xlsx")  # fmt: skip
    (tmp_path / "credit" / "link.xlsx").symlink_to(tmp_path / "water" / "c.csv")
    found = inbox.find_drops(tmp_path, SECTORS)
    assert [(d.sector, d.folder, d.name) for d in found] == [
        ("credit", "", "b.xlsx"), ("credit", "2018-Q4", "a.xlsx"), ("water", "", "c.csv"),
    ]  # fmt: skip


def test_a_file_still_being_written_is_left_for_the_next_scan(tmp_path: Path) -> None:
    put(tmp_path, "credit/done.xlsx", "credit/growing.xlsx", "credit/gone.xlsx")
    drops = inbox.find_drops(tmp_path, SECTORS)

    def write_on() -> None:
        time.sleep(0.05)
        with (tmp_path / "credit/growing.xlsx").open("a") as file:
            file.write("more")
        (tmp_path / "credit/gone.xlsx").unlink()

    writer = threading.Thread(target=write_on)
    writer.start()
    assert [d.name for d in inbox.settled(drops, 0.3)] == ["done.xlsx"]
    writer.join()


def test_of_many_workers_one_takes_a_drop(tmp_path: Path) -> None:
    put(tmp_path, "credit/deep/er/a.xlsx")
    (drop,) = inbox.find_drops(tmp_path, SECTORS)
    taken: list[inbox.Drop] = []
    gate = threading.Barrier(8)

    def take() -> None:
        gate.wait()
        if one := inbox.claim(drop, tmp_path):
            taken.append(one)

    workers = [threading.Thread(target=take) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == 1
    assert (taken[0].folder, taken[0].name, taken[0].modified_at) == ("deep/er", "a.xlsx", drop.modified_at)
    assert inbox.find_drops(tmp_path, SECTORS) == []
    # The worker dies here: the next one finds the claim as it was dropped.
    assert [(d.folder, d.name, d.path.read_text()) for d in inbox.claims(tmp_path, SECTORS)] == [
        ("deep/er", "a.xlsx", "credit/deep/er/a.xlsx")
    ]
    watch.keep(taken[0], tmp_path, *watch.look(taken[0]))
    assert inbox.claims(tmp_path, SECTORS) == []
    assert list((tmp_path / "credit" / inbox.CLAIMED).iterdir()) == []


def test_files_that_a_person_names(tmp_path: Path) -> None:
    put(tmp_path, "credit/2018-Q4/a.xlsx", "water/b.csv", "truth/indicators.csv", "loose.xlsx")
    drops, unknown = inbox.given([tmp_path], SECTORS, None)
    assert [(d.sector, d.folder, d.name) for d in drops] == [("credit", "2018-Q4", "a.xlsx"), ("water", "", "b.csv")]
    assert unknown == []
    drops, unknown = inbox.given([tmp_path / "loose.xlsx"], SECTORS, None)
    assert (drops, [p.name for p in unknown]) == ([], ["loose.xlsx"])
    drops, _ = inbox.given([tmp_path / "loose.xlsx"], SECTORS, "housing")
    assert [d.sector for d in drops] == ["housing"]


@pytest.mark.parametrize("name", ["a.TMP", "x.part", "~$a.xls", ".hidden"])
def test_no_drops(name: str) -> None:
    assert not inbox.is_a_drop(name)
