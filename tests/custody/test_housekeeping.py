"""Retention takes what is old and nobody's, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from etl import pipeline
from etl.custody.housekeeping import housekeeping
from etl.intake import archive, inbox
from etl.settings import SECTORS, Settings
from etl.warehouse import checksum
from samples import Sample
from tests.warehouse.conftest import Login, login

__all__ = ["login"]

pytestmark = pytest.mark.warehouse


def age(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"x")
    os.utime(path, (time.time() - days * 86_400,) * 2)
    return path


def test_retention_takes_what_is_old_and_nothing_else(
    home: Settings, small: Sample, warehouse: Engine, login: Login, tmp_path: Path
) -> None:
    sent = [p for p in small.files if p.stem.startswith(("water_works", "register_commune_082"))]
    for name in ("old.csv", "young.csv"):
        (tmp_path / "sent" / "water").mkdir(parents=True, exist_ok=True)
        (tmp_path / "sent" / "water" / name).write_text(f"a,b\n{name},2\n", encoding="utf-8")
        sent.append(tmp_path / "sent" / "water" / name)
    drops, _ = inbox.given(sent, SECTORS, None)
    done = {d.submission.file_name: d for d in pipeline.ingest(home, drops)}
    with warehouse.begin() as conn:
        for name in ("old.csv", *(p.name for p in sent[:2])):
            conn.execute(text("UPDATE intake.submission SET received_at = received_at - interval '500 days'"
                              " WHERE file_name = :name"), {"name": name})  # fmt: skip
        before = {schema: checksum(conn, schema) for schema in ("intake", "quality", "history", "core", "mart")}
    old, young, works = done["old.csv"], done["young.csv"], done[sent[0].name]
    gone = {
        archive.place(home.archive, old.submission.sha256),
        age(works.answer, 401),
        age(home.archive / "files" / ".incoming-1234", 2),
        age(home.outbox / "water" / ".0123456789abcdef.new", 2),
        age(home.archive / "prepared" / f"{works.submission.id}.parquet", 0),
        age(home.home / ".restoring-archive" / "x", 2).parent,
    }
    os.utime(home.home / ".restoring-archive", (time.time() - 200_000,) * 2)
    docs = {home.data_docs / "water" / f"{year}-Q4" for year in range(2009, 2018)}
    for folder in docs:
        age(folder / "index.html", 0)
    gone |= {home.data_docs / "water" / "2009-Q4", home.data_docs / "water" / "2010-Q4"}
    kept = {
        *(archive.place(home.archive, d.submission.sha256) for d in (young, works, done[sent[1].name])),
        young.answer, age(home.archive / "prepared" / "under-way.parquet", 900), home.data_docs / "water" / "2018-Q4",
        age(home.archive / "files" / ".incoming-5678", 0.1), age(home.reports / "old.xlsx", 4000),
    }  # fmt: skip

    # As the login of the workers, which owns nothing.
    own = home.model_copy(update={"warehouse_url": login("loader").render_as_string(hide_password=False)})
    told = housekeeping(own, dry_run=True)
    assert {one.path for one in told} == gone
    assert all(path.exists() for path in gone | kept)
    assert housekeeping(own) == told
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in kept)
    assert "2009-Q4" not in (home.data_docs / "index.html").read_text(encoding="utf-8")
    assert housekeeping(own) == []
    with warehouse.begin() as conn:
        assert {schema: checksum(conn, schema) for schema in before} == before
        vacuumed = conn.scalar(text("SELECT count(*) FROM pg_stat_user_tables WHERE relname = 'submission' AND last_vacuum IS NOT NULL"))  # fmt: skip
        assert vacuumed == 1
    # What was rejected and is dropped again is looked at again.
    (again,) = pipeline.ingest(home, [d for d in drops if d.name == "old.csv"])
    assert (again.new, again.submission.state) == (False, "rejected")
    assert archive.place(home.archive, old.submission.sha256).exists()
