"""Files that are copied slowly: how long each format is waited for, and what arrives after a file was taken."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from etl import pipeline
from etl.intake import ending, inbox, watch
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger
from samples.workbooks import BINARY, Book, Cell, Page

PAGE = Page(
    "Nước", [[Cell("STT"), Cell("Xã"), Cell("Số hộ")], *([Cell(n), Cell("Xã Ả"), Cell(70 + n)] for n in range(90))]
)
HEAD = "Huyện Bát Xát\nSTT,Xã,Số hộ\n"
BROKEN = {
    "a line cut off": (HEAD + "1,Xã A Mú Su").encode(),
    "a quoted cell cut off": (HEAD + '1,"Xã A Mú').encode(),
    "a line of UTF-16 cut off": (HEAD + "1,Xã A").encode("utf-16"),
    "a page cut off": BINARY["html"](Book([PAGE]))[:-40],
    "a piece of a page": b"<table><tr><td>a</td></tr>",
    "XML cut off": BINARY["spreadsheetml"](Book([PAGE]))[:-15],
    "an .xls cut off": BINARY["xls"](Book([PAGE]))[:-1024],
    "a workbook cut off": BINARY["xlsx"](Book([PAGE]))[:-15],
    "room for what will come": (HEAD + "1,Xã Ả,5\n").encode() + bytes(4096),
    "nothing": b"",
}
WHOLE = {
    "every line ended": (HEAD + "1,Xã Ả,5\n").encode(),
    "the last line not ended": (HEAD + "1;2\n1,Xã Ả,5").encode(),
    "UTF-16": (HEAD + "1,Xã Ả,5").encode("utf-16"),
    "one column": b"a\nb\nc",
    "a page": BINARY["html"](Book([PAGE])),
    "a table alone": b"<table><tr><td>a</td></tr></table>",
    "XML": BINARY["spreadsheetml"](Book([PAGE])),
    "an .xls": BINARY["xls"](Book([PAGE])),
    "a workbook": BINARY["xlsx"](Book([PAGE])),
    "no table at all": b"%PDF-1.4",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_breaks_off_is_seen(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert not ending.is_whole(path)


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
def test_what_is_whole_is_seen(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert ending.is_whole(path)


def test_text_is_waited_for_longer_than_a_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "water"
    folder.mkdir()
    slow, short = folder / "slow.csv", folder / "short.csv"
    for path, content in (
        (slow, HEAD.encode()), (short, BROKEN["a line cut off"]), (folder / "old.csv", WHOLE["every line ended"]),
        (folder / "a.xlsx", WHOLE["a workbook"]), (folder / "b.xls", WHOLE["an .xls"]),
    ):  # fmt: skip
        path.write_bytes(content)
    # A copy may keep the time of its original, also while it is under way.
    os.utime(folder / "old.csv", (1_546_300_800, 1_546_300_800))
    begin = time.monotonic()

    def write_on() -> None:
        for number in range(3):
            time.sleep(0.4)
            with slow.open("a") as file:
                file.write(f"{number},Xã Ả,5\n")

    writer = threading.Thread(target=write_on)
    writer.start()
    drops = inbox.find_drops(tmp_path, SECTORS)
    taken = {
        d.name: time.monotonic() - begin for d in inbox.settled(drops, 0.1, incomplete_seconds=3, endless_seconds=1)
    }
    writer.join()
    assert next(iter(taken)) == "a.xlsx" and taken["a.xlsx"] < 0.7
    assert 0.9 < taken["b.xls"] < 2 and 0.9 < taken["old.csv"] < 2
    # It was written into until 1.2; the other breaks off, and is taken as it is when it is old enough.
    assert 2.1 < taken["slow.csv"] < 3
    assert taken["short.csv"] >= 3


@pytest.mark.warehouse
def test_what_arrives_for_a_taken_file_is_a_drop_of_its_own(home: Settings) -> None:
    folder = home.inbox / "water" / "2018-Q4"
    folder.mkdir(parents=True)
    with (folder / "nước.csv").open("w", encoding="utf-8") as copy:
        copy.write(HEAD + "1,Xã Ả,5\n")
        copy.flush()
        (first,) = pipeline.receive(home)
        assert pipeline.receive(home) == [first]
        # The program that copies writes on into the file that it has open.
        copy.write("2,Xã Ý,7\n")
        copy.flush()
        assert pipeline.receive(home.model_copy(update={"endless_seconds": 60.0})) == [first]
        _, second = pipeline.receive(home)
    assert pipeline.receive(home) == [first, second]
    with connect(home) as engine, engine.begin() as conn:
        one, other = ledger.get(conn, first), ledger.get(conn, second)
    assert (other.file_name, other.folder) == (one.file_name, one.folder) == ("nước.csv", "2018-Q4")
    assert other.size_bytes == one.size_bytes + len("2,Xã Ý,7\n".encode())
    (watched,) = watch.taken(home.inbox, SECTORS)
    assert not watched.is_changed
    # Touched without new content it is no drop; at the end of the watch it goes.
    os.utime(watched.path)
    assert pipeline.receive(home.model_copy(update={"watch_seconds": 0.0})) == [first, second]
    assert [p for p in home.inbox.rglob("*") if p.is_file()] == []
