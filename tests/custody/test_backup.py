"""A backup restores into an empty place with the same checksums, and the work goes on there."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from etl import pipeline
from etl.custody.backup import backup, checksums
from etl.custody.manifest import NAME, BackupError, Sums
from etl.custody.restore import restore
from etl.intake import inbox
from etl.settings import SECTORS, Settings
from etl.warehouse import WarehouseError
from etl.warehouse.embedded import create_database, plain
from samples import Sample

pytestmark = pytest.mark.warehouse


def sums(own: Settings) -> Sums:
    engine = create_engine(own.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        return checksums(conn)


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def take(own: Settings, small: Sample, *names: str) -> list[pipeline.Ingested]:
    drops, _ = inbox.given([p for p in small.files if p.stem.startswith(names)], SECTORS, None)
    return pipeline.ingest(own, drops)


@pytest.fixture(scope="module")
def filled(server: URL, small: Sample, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A warehouse with a few accepted files and a rejected one, measured, with an edition and its report.

    Made once: to back it up changes nothing in it.
    """
    name = f"filled_{uuid.uuid4().hex[:8]}"
    create_database(server, name, template="template")
    url = server.set(database=name).render_as_string(hide_password=False)
    home = Settings(home=tmp_path_factory.mktemp("filled"), warehouse_url=url, settle_seconds=0, endless_seconds=0)
    take(home, small, "register_commune_082", "register_household_082", "water_works")
    broken = home.home / "sent" / "water" / "nothing.csv"
    broken.parent.mkdir(parents=True)
    broken.write_text("a,b\n1,2\n", encoding="utf-8")
    drops, _ = inbox.given([broken], SECTORS, None)
    pipeline.ingest(home, drops)
    shutil.rmtree(home.home / "sent")
    pipeline.measure(home, "2018-Q4")
    pipeline.publish_edition(home, "2018-Q4")
    pipeline.report(home, "2018-Q4", 1)
    return home


@pytest.fixture
def elsewhere(server: URL, tmp_path: Path) -> Iterator[Callable[[], Settings]]:
    """Makes settings of another place: an empty home, an empty database on the server."""
    made: list[str] = []

    def make() -> Settings:
        name = f"test_{uuid.uuid4().hex[:12]}"
        create_database(server, name)
        made.append(name)
        url = server.set(database=name).render_as_string(hide_password=False)
        return Settings(home=tmp_path / name, warehouse_url=url, settle_seconds=0, endless_seconds=0)

    yield make
    with psycopg.connect(plain(server.set(database="postgres")), autocommit=True) as conn:
        for name in made:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def test_a_restored_backup_has_the_same_checksums_and_works_on(
    filled: Settings, small: Sample, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    seen: list[str] = []
    manifest = backup(filled, folder, seen.append)
    assert {"warehouse.dump", "archive", "outbox", "reports"} <= {name.split("/")[0] for name in manifest.files}
    assert len(seen) == len(manifest.files) + 1
    assert not folder.stat().st_mode & 0o077
    before = sums(filled)
    assert manifest.checksums == before

    other = elsewhere()
    assert restore(other, folder) == manifest
    assert sums(other) == before
    for name in ("archive", "outbox", "reports"):
        assert tree(other.home / name) == tree(filled.home / name)
    # It goes on as if nothing had happened: the same file again is known, a step runs again, a new file is taken.
    (again, _) = take(other, small, "register_household_082", "register_commune_082")
    assert not again.new
    pipeline.answer(other, again.submission.id)
    assert sums(other)["history"] == before["history"]
    (new,) = take(other, small, "register_member_082")
    assert (new.new, new.submission.verdict) == (True, "accepted")
    assert pipeline.measure_outdated(other) == ["2018-Q4"]
    # Never over what is there, unless it is said.
    with pytest.raises(BackupError, match="is not empty"):
        restore(other, folder)
    restore(other, folder, over=True)
    assert sums(other) == before
    assert tree(other.home / "outbox") == tree(filled.home / "outbox")


def test_a_damaged_backup_changes_nothing(
    filled: Settings, elsewhere: Callable[[], Settings], tmp_path: Path
) -> None:  # fmt: skip
    folder = tmp_path / "kept"
    backup(filled, folder)
    with pytest.raises(BackupError, match="is not empty"):
        backup(filled, folder)
    other = elsewhere()
    with pytest.raises(BackupError, match="is no backup"):
        restore(other, tmp_path / "nowhere")
    report = next((folder / "reports").rglob("*.xlsx"))
    content = report.read_bytes()
    report.write_bytes(content[:-1] + b"?")
    with pytest.raises(BackupError, match="is not what was written"):
        restore(other, folder)
    report.unlink()
    with pytest.raises(BackupError, match="lacks 1 of its files"):
        restore(other, folder)
    report.write_bytes(content)
    (folder / "archive" / "stranger").write_bytes(b"x")
    with pytest.raises(BackupError, match="holds archive/stranger"):
        restore(other, folder)
    (folder / "archive" / "stranger").unlink()
    manifest = (folder / NAME).read_text(encoding="utf-8")
    told = next(iter(sums(filled)["history"].values()))
    (folder / NAME).write_text(manifest.replace(told, "0" * 32), encoding="utf-8")
    with pytest.raises(BackupError, match="does not give what was written"):
        restore(other, folder)
    (folder / NAME).write_text(manifest, encoding="utf-8")
    assert not list(other.home.glob("*")) if other.home.exists() else True
    # While somebody else works in the warehouse it stays.
    with create_engine(other.warehouse_url or "", poolclass=NullPool).connect() as conn:
        conn.execute(text("SELECT 1"))
        with pytest.raises(WarehouseError, match="in use"):
            restore(other, folder)
    restore(other, folder)
    assert sums(other) == sums(filled)


def test_an_embedded_warehouse_is_restored_into_another_home(small: Sample, tmp_path: Path) -> None:
    from etl.warehouse import connect, upgrade

    own = Settings(home=tmp_path / "one", warehouse_url=None, settle_seconds=0, endless_seconds=0)
    with connect(own, fresh=True) as engine:
        upgrade(engine)
        take(own, small, "water_works")
        manifest = backup(own, tmp_path / "kept")
    other = Settings(home=tmp_path / "two", warehouse_url=None, settle_seconds=0, endless_seconds=0)
    assert restore(other, tmp_path / "kept") == manifest
    with connect(other) as engine, engine.begin() as conn:
        assert checksums(conn) == manifest.checksums
