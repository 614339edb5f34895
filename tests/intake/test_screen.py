"""The screen: what a file is, what it would ask for, when it is complete."""

from __future__ import annotations

import io
import os
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from etl.intake import inbox, tally
from etl.intake.container import is_complete
from etl.intake.screen import screen
from etl.intake.screened import Screened
from etl.model.refused import Refused
from etl.opening import READERS, may_be_copied
from etl.settings import Settings
from tests.hostile import build
from tests.hostile.attacks import READ

LIMITS = Settings().limits


def of(tmp_path: Path, content: bytes, **limits: int) -> Screened:
    path = tmp_path / "f"
    path.write_bytes(content)
    return screen(path, replace(LIMITS, **limits))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "xlsb", "ods", "html"])
def test_a_kind_is_told_by_bytes_and_cells_are_counted(tmp_path: Path, kind: str) -> None:
    screened = of(tmp_path, build.of_samples(kind))
    assert screened.kind == kind
    assert screened.cells == (5 if kind == "html" else 3)
    assert not screened.macros


def test_text_and_old_xml(tmp_path: Path) -> None:
    assert of(tmp_path, build.of_samples("spreadsheetml")).kind == "xml"
    assert of(tmp_path, "a;b\n1;2\n".encode("utf-16")).kind == "text"
    assert of(tmp_path, b"<b;c\n1;2\n").kind == "text"
    assert of(tmp_path, build.zipped({"a.csv": b"a,b\n"})).kind == "zip"


def test_a_sheet_of_one_word_compresses_hundreds_to_one_and_is_honest(tmp_path: Path) -> None:
    line = '<c t="s"><v>0</v></c>' * 14
    content = build.workbook(sheet1=build.sheet(f"<row>{line}</row>" * 150_000))
    screened = of(tmp_path, content)
    assert screened.streamed > 150 * len(content)
    assert screened.cells == 2_100_000


@pytest.mark.parametrize(
    ("limit", "content"),
    [
        ({"file_bytes": 99}, b"a,b\n" * 99), ({"cells": 50}, b"a,b\n" * 99), ({"columns": 3}, b"a,b,c,d\n"),
        ({"entries": 3}, build.workbook()), ({"streamed_bytes": 999}, build.workbook()), ({"sheets": 0}, build.workbook()),
        ({"cells": 2}, build.workbook()), ({"cells": 2}, build.of_samples("xls")), ({"cells": 2}, build.of_samples("xlsb")),
        ({"cells": 2}, build.of_samples("ods")), ({"cells": 2}, build.of_samples("html")),
    ],
)  # fmt: skip
def test_every_limit_is_a_setting(tmp_path: Path, limit: dict[str, int], content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        of(tmp_path, content, **limit)
    assert refused.value.rule == "file_too_large"
    assert refused.value.params["limit"].split()[0].isdigit()


def test_only_what_openpyxl_can_hold_is_copied(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for name, may in (("plain", True), ("a merged range over everything", False), ("a hyperlink over everything", False),
                      ("xls", False), ("csv", False), ("dimension too large", True)):  # fmt: skip
        path.write_bytes(READ[name]())
        assert may_be_copied(path, Settings()) is may, name
    path.write_bytes(b"%PDF")
    assert may_be_copied(path, Settings()) is False


def test_where_a_stray_cell_stands() -> None:
    far = build.sheet('<row r="7"><c r="A7"><v>1</v></c><c r="AB7" s="1"/><c r="ZZ7"><v>1</v></c></row>')
    sheet = tally.of_xml([far[:40], far[40:130], far[130:]])
    assert (sheet.cells, sheet.last_row, tally.letters(sheet.last_column)) == (2, 7, "ZZ")
    assert [tally.letters(n) for n in (1, 26, 27, 16_384)] == ["A", "Z", "AA", "XFD"]


def test_a_file_that_is_still_coming_is_waited_for(tmp_path: Path) -> None:
    whole = build.workbook()
    for name, content in (("whole.xlsx", whole), ("part.xlsx", whole[:-30]), ("zeros.xlsx", whole[:-30] + bytes(30)),
                          ("empty.csv", b""), ("text.csv", b"a,b\n")):  # fmt: skip
        (tmp_path / "credit").mkdir(exist_ok=True)
        (tmp_path / "credit" / name).write_bytes(content)
    drops = inbox.find_drops(tmp_path, ("credit",))
    assert {d.name for d in inbox.settled(drops, 0, 60)} == {"whole.xlsx", "text.csv"}
    # A copy may carry the time of its original while it is still coming: what counts is when it was written.
    for drop in drops:
        os.utime(drop.path, (1_546_300_800, 1_546_300_800))
    drops = inbox.find_drops(tmp_path, ("credit",))
    assert {d.name for d in inbox.settled(drops, 0, 60)} == {"whole.xlsx", "text.csv"}
    time.sleep(0.3)
    assert len(list(inbox.settled(drops, 0, 0.2))) == 5


@pytest.mark.parametrize("cut", [1, 10, 22, 40, 200, 400])
def test_a_zip_without_its_end_is_not_complete(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(build.workbook()[:-cut])
    assert not is_complete(path)
    path.write_bytes(build.workbook())
    assert is_complete(path)


def test_names_are_text_whatever_bytes_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "credit"
    folder.mkdir()
    names = [b"=cmd|' calc'!A0.csv", b"-rf.csv", b"a\nb.csv", b"%2e%2e%2f..%2fx.csv", "é.csv".encode(),
             "e\u0301.csv".encode(), b"\xff\xfe\xe0.csv", b"x" * 251 + b".csv", "ả".encode() * 83 + b".csv"]  # fmt: skip
    for name in names:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"a,b\n")
    drops = inbox.find_drops(tmp_path, ("credit",))
    assert {os.fsencode(d.name) for d in drops} == set(names)
    for drop in drops:
        inbox.as_text(drop.name).encode()
        claimed = inbox.claim(drop, tmp_path)
        assert claimed is not None
        assert claimed.path.read_bytes() == b"a,b\n"


def test_a_time_that_no_calendar_has_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a")
    os.utime(path, ns=(10**21 // 4, 10**21 // 4))
    assert inbox.modified_at(path).year in range(1970, 10_000)


def test_a_streamed_zip_is_sound(tmp_path: Path) -> None:
    out = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            return out.write(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[arg-type]
        for name, data in build.parts().items():
            file.writestr(name, data)
    assert of(tmp_path, out.getvalue()).cells == 3
    assert "etl.opening" in READERS
