"""Retention: what nobody needs any more is removed, and the tables are vacuumed.

Never touched: facts, the ledger, findings, editions, reports, and the originals of every submission that was accepted
or is on its way.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from etl import pipeline
from etl.settings import SECTORS, Settings
from etl.warehouse import connect, ledger
from etl.warehouse.engine import driver

_DAY = 86_400.0
_LEFT_OVER = 1.0
"""Days after which a hidden, half-written file belongs to nobody who is still at work."""


@dataclass(frozen=True)
class Removed:
    """One thing that retention takes away: why, where it lies, how many bytes it has."""

    why: str
    path: Path
    size: int


def housekeeping(settings: Settings, *, dry_run: bool = False) -> list[Removed]:
    """Apply retention, then VACUUM (ANALYZE); what was removed. dry_run: what would be. Safe to repeat.

    Raises WarehouseError, OSError.
    """
    with connect(settings) as engine:
        with engine.begin() as conn:
            outdated = [*_answers(settings), *_rejected(conn, settings), *_documents(settings), *_left_over(settings),
                        *_prepared(conn, settings)]  # fmt: skip
        if dry_run:
            return outdated
        for one in outdated:
            if one.path.is_dir():
                shutil.rmtree(one.path)
            else:
                one.path.unlink(missing_ok=True)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
            _vacuum(conn)
    if any(one.path.is_relative_to(settings.data_docs) for one in outdated):
        # Its list of contents is written when there is none.
        (settings.data_docs / "index.html").unlink(missing_ok=True)
        pipeline.document(settings)
    return outdated


def _answers(settings: Settings) -> Iterator[Removed]:
    """Answers of the outbox that were written long ago; one that is asked for is written again by «answer»."""
    for path in _files(settings.outbox):
        if _age(path) > settings.keep_answers_days:
            yield Removed("answer", path, path.stat().st_size)


def _rejected(conn: Connection, settings: Settings) -> Iterator[Removed]:
    """Originals of which every submission was rejected, long ago. The same content dropped again is kept again."""
    query = text(
        "SELECT sha256 FROM intake.submission GROUP BY sha256"
        " HAVING bool_and(state = 'rejected' AND accepted_at IS NULL)"
        " AND max(received_at) < clock_timestamp() - make_interval(secs => :seconds) ORDER BY 1"
    )
    for sha256 in conn.scalars(query, {"seconds": settings.keep_rejected_days * _DAY}):
        path = settings.archive / "files" / sha256[:2] / sha256
        if path.exists():
            yield Removed("original of a rejected file", path, path.stat().st_size)


def _documents(settings: Settings) -> Iterator[Removed]:
    """Data Docs of periods before the newest few."""
    folders = [f for sector in SECTORS for f in (settings.data_docs / sector).glob("????-Q?") if f.is_dir()]
    newest = sorted({f.name for f in folders})[-settings.data_docs_periods :]
    for folder in sorted(folders):
        if folder.name not in newest:
            yield Removed("Data Docs", folder, sum(p.stat().st_size for p in _files(folder)))


def _left_over(settings: Settings) -> Iterator[Removed]:
    """What a killed process was writing."""
    for top in (settings.archive, settings.outbox, settings.reports, settings.data_docs):
        for path in _files(top):
            unfinished = path.name.startswith(".incoming-") or (path.name[0] == "." and path.suffix == ".new")
            if unfinished and _age(path) > _LEFT_OVER:
                yield Removed("left over", path, path.stat().st_size)
    for folder in (*settings.home.glob(".restoring-*"), *settings.home.glob(".replaced-*")):
        if folder.is_dir() and _age(folder) > _LEFT_OVER:
            yield Removed("left over", folder, sum(p.stat().st_size for p in _files(folder)))


def _prepared(conn: Connection, settings: Settings) -> Iterator[Removed]:
    """Prepared rows of submissions that are finished: a load that died just after its end has left them."""
    finished = ledger.finished(conn)
    for path in sorted((settings.archive / "prepared").glob("*.parquet")):
        if path.stem in finished:
            yield Removed("prepared rows", path, path.stat().st_size)


def _vacuum(conn: Connection) -> None:
    query = text(
        "SELECT CASE c.relkind WHEN 'r' THEN 'VACUUM (ANALYZE) ' ELSE 'ANALYZE ONLY ' END"
        " || quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('intake', 'quality', 'history', 'mart') AND c.relkind IN ('r', 'p')"
        " AND has_table_privilege(c.oid, 'MAINTAIN') ORDER BY c.relkind DESC, 1"
    )
    for command in conn.scalars(query).all():
        driver(conn).execute(command)


def _files(top: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            yield Path(folder, name)


def _age(path: Path) -> float:
    return (time.time() - path.stat().st_mtime) / _DAY
