"""Hostile drops through the whole journey: an answer each, nothing loaded, and the worker takes the next file."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection, text

from etl import dry_run, pipeline
from etl.intake import archive
from etl.intake.inbox import Drop, modified_at
from etl.reporting.answer import answer_name
from etl.settings import Settings
from etl.warehouse import connect
from tests.hostile import build
from tests.hostile.attacks import REFUSED, bundle

pytestmark = pytest.mark.warehouse

HOSTILE = (
    "flat bomb of zeros", "quoted overlap", "external entity in a sheet", "billion laughs", "shared string bomb",
    "a far cell", "encrypted xls", "PDF", "empty file", "a zip that leads out", "a zip in a zip", "a zip of hidden files",
    "OLE: FAT in a loop",
)  # fmt: skip


def drop(home: Settings, name: str, content: bytes, sector: str = "credit") -> Path:
    """A file in a sector's inbox."""
    path = home.inbox / sector / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def through(home: Settings) -> list[str]:
    """Every drop, taken as it is, through receive, prepare, load and answer; the verdicts."""
    verdicts = []
    for submission in pipeline.receive(home.model_copy(update={"incomplete_seconds": 0})):
        verdicts.append(pipeline.prepare(home, submission))
        pipeline.load(home, submission)
        pipeline.answer(home, submission)
    return verdicts


def rules(conn: Connection) -> dict[str, str]:
    rows = conn.execute(text("SELECT s.file_name, f.rule FROM quality.finding f JOIN intake.submission s ON s.id = f.submission_id WHERE f.severity = 'critical'"))  # fmt: skip
    return {row.file_name: row.rule for row in rows}


def loaded(conn: Connection) -> int:
    tables = conn.scalars(text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'history'")).all()
    return sum(conn.scalar(text(f"SELECT count(*) FROM history.{table}")) or 0 for table in tables)


def test_every_hostile_drop_is_answered_and_nothing_is_loaded(
    home: Settings, files: dict[tuple[str, str], Path]
) -> None:
    for number, name in enumerate(HOSTILE):
        drop(home, f"{number}.xlsx", REFUSED[name][1]())
    assert through(home) == ["rejected"] * len(HOSTILE)
    with connect(home) as engine, engine.begin() as conn:
        assert rules(conn) == {f"{number}.xlsx": REFUSED[name][0] for number, name in enumerate(HOSTILE)}
        assert loaded(conn) == 0
    answers = sorted((home.outbox / "credit").glob("*.xlsx"))
    assert len(answers) == len(HOSTILE)
    for path in answers:
        assert str(openpyxl.load_workbook(path).worksheets[0]["A1"].value).startswith("TỪ CHỐI: ")
    # The same worker takes a good file afterwards.
    good = files["register_household", "082"]
    drop(home, good.name, good.read_bytes(), "register")
    assert through(home) == ["accepted"]
    with connect(home) as engine, engine.begin() as conn:
        assert loaded(conn) > 0


def test_a_zip_of_files_gives_a_submission_each(home: Settings, files: dict[tuple[str, str], Path]) -> None:
    one, other = files["register_household", "082"], files["register_household", "085"]
    content = build.zipped(
        {"Quý 4/": b"", f"Quý 4/{one.name}": one.read_bytes(), other.name: other.read_bytes(), "__MACOSX/._a": b"x",
         "~$x.xlsx": b"x", "scan.pdf": b"%PDF-1.7"}
    )  # fmt: skip
    drop(home, "2018-Q4/tat ca.zip", content, "register")
    assert sorted(through(home)) == ["accepted", "accepted", "rejected"]
    with connect(home) as engine, engine.begin() as conn:
        found = {(r.file_name, r.folder, r.state) for r in conn.execute(text("SELECT * FROM intake.submission"))}
        assert found == {
            (one.name, "2018-Q4/Quý 4", "accepted"), (other.name, "2018-Q4", "accepted"),
            ("scan.pdf", "2018-Q4", "rejected"),
        }  # fmt: skip
        times = set(conn.scalars(text("SELECT modified_at FROM intake.submission")))
        assert len(times) == 1
    assert len(list((home.outbox / "register").glob("*.xlsx"))) == 3
    assert not [p for p in home.inbox.rglob("*") if p.is_file() and ".taken" not in p.parts]


def test_a_worker_that_dies_within_a_zip_leaves_what_the_next_one_completes(
    home: Settings, files: dict[tuple[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {
        "a.xlsx": files["register_household", "082"].read_bytes(),
        "b.xlsx": files["register_household", "085"].read_bytes(),
    }
    drop(home, "two.zip", build.zipped(names), "register")
    keep, kept = archive.keep, []

    def once(source: Path, place: Path, drop: str) -> archive.Kept:
        if kept:
            raise OSError(28, "No space left on device")
        kept.append(keep(source, place, drop))
        return kept[0]

    with monkeypatch.context() as broken:
        broken.setattr(pipeline.archive, "keep", once)
        with pytest.raises(OSError, match="No space"):
            pipeline.receive(home)
    assert through(home) == ["accepted", "accepted"]
    assert through(home) == []
    with connect(home) as engine, engine.begin() as conn:
        assert conn.scalar(text("SELECT count(*) FROM intake.submission")) == 2


def test_ingest_takes_a_zip_too(home: Settings, files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    path = tmp_path / "nộp.zip"
    source = files["register_household", "082"]
    path.write_bytes(build.zipped({f"thư mục/{source.name}": source.read_bytes()}))
    (one,) = dry_run.drops_of(home, [path], None)
    assert one.sector == "register"
    (done,) = pipeline.ingest(home, [one])
    assert (done.submission.file_name, done.submission.folder) == (source.name, "thư mục")
    assert done.submission.state == "accepted"


def test_check_gives_a_result_for_each_file_of_a_zip(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    source = files["register_household", "082"]
    path = tmp_path / "nop.zip"
    path.write_bytes(build.zipped({f"sub/{source.name}": source.read_bytes(), "b.csv": b"a,b\n1,2\n"}))
    records = [one.as_record() for one in dry_run.check_files(Settings(), [path], "register")]
    assert {r["file"]: r["verdict"] for r in records} == {
        f"{path}/sub/{source.name}": "accepted", f"{path}/b.csv": "rejected",
    }  # fmt: skip
    path.write_bytes(bundle(("../x.csv", b"a,b\n")))
    (refused,) = dry_run.check_files(Settings(), [path], "register")
    assert refused.as_record()["findings"]["rule"].to_list() == ["zip_path_unsafe"]


NAMES = [
    b"=cmd|' calc'!A0.csv", b"-rf.csv", b"a\nb.csv", b"%2e%2e%2f..%2fx.csv", b"$(touch x).csv", "\u202excod.csv".encode(),
    "e\u0301.csv".encode(), b"\xff\xfe\xe0.csv", b"x" * 251 + b".csv", "ả".encode() * 83 + b".csv",
]  # fmt: skip


def test_a_name_is_data(home: Settings) -> None:
    folder = home.inbox / "credit"
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        path.write_bytes(b"a,b\n%d,2\n" % number)
    assert through(home) == ["rejected"] * len(NAMES)
    with connect(home) as engine, engine.begin() as conn:
        kept = set(conn.scalars(text("SELECT file_name FROM intake.submission")))
    assert kept == {name.decode("utf-8", "replace") for name in NAMES}
    answers = list((home.outbox / "credit").iterdir())
    assert len(answers) == 2 * len(NAMES)
    for path in answers:
        assert path.name.isprintable() or "\u202e" in path.name
        assert not path.name.startswith(("-", ".")) and "/" not in path.name
        assert len(os.fsencode(path.name)) <= 255


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "/abs", "a\0b.xlsx", "", ".", "..", "~$a", "con:aux"]
)
def test_an_answers_name_is_never_a_path(name: str) -> None:
    answer = answer_name(name, "credit-0123456789ab-1", ".xlsx")
    assert Path(answer).name == answer
    assert answer.isprintable()
    assert not answer.startswith((".", "-"))


def test_a_zip_with_names_of_old_windows(tmp_path: Path) -> None:
    raw = build.raw_zip(
        [build.Raw("Xã Ả.csv".encode(), b"a,b\n1,2\n"), build.Raw("é.csv".encode("cp437"), b"a,b\n3,4\n")]
    )
    path = tmp_path / "a.zip"
    path.write_bytes(raw)
    from etl.opening import taken_apart

    with taken_apart(Drop(path, "credit", "", path.name, modified_at(path)), Settings()) as drops:
        assert [d.name for d in drops] == ["Xã Ả.csv", "é.csv"]
        assert zipfile.is_zipfile(path)
    assert not any(d.path.exists() for d in drops)
