"""All that is kept, without what is only a clock's or drawn at random: two runs that end alike have equal states."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import psycopg
from psycopg import sql

_FOLDERS = ("inbox", "archive", "outbox", "reports", "reviewed", "data_docs", "tmp")
_SCHEMAS = ["intake", "quality", "history", "core", "mart"]
_CLOCK = re.compile(rb"\d{1,2}:\d\d (ng\xc3\xa0y )?\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")

_RELATIONS = """
SELECT n.nspname, c.relname, array_agg(a.attname) FILTER (
    WHERE a.atttypid = 'timestamptz'::regtype AND a.attname <> 'modified_at' OR a.attidentity <> ''
    OR a.attname = 'drop_id'
)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
GROUP BY 1, 2 ORDER BY 1, 2
"""

State = dict[str, str]
"""Path or relation → what is there, in short; ``differences`` tells two apart."""


def state(home: Path, url: str) -> State:
    """Files and folders of an installation, and the rows of its warehouse."""
    return files(home) | rows(url)


def files(home: Path) -> State:
    """Path → hash of the content; a folder → "folder". Moments written into workbooks and pages count as one."""
    found = {}
    for top in _FOLDERS:
        for path in sorted((home / top).rglob("*")):
            name = str(path.relative_to(home))
            if path.is_symlink():
                found[name] = "link"
            elif path.is_dir():
                found[name] = "folder"
            else:
                content = f"{path.stat().st_mode & 0o777:o} {hashlib.sha256(_timeless(path)).hexdigest()[:16]}"
                found[name] = content
    # A place for rooms stays; what was in them may not.
    return {name: what for name, what in found.items() if not re.fullmatch(r"tmp(/giamngheo-\d+)?", name)}


def _timeless(path: Path) -> bytes:
    if path.name == "built.json":
        # A hash over moments too; that the pages under it are right is seen by the pages.
        return b""
    content = path.read_bytes()
    if path.suffix == ".xlsx" and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = [(entry.filename, entry.date_time, _CLOCK.sub(b"", book.read(entry))) for entry in book.infolist()]
        return repr(parts).encode()
    return _CLOCK.sub(b"", content) if path.suffix in (".html", ".json", ".css", ".txt") else content


def rows(url: str) -> State:
    """Relation → its rows without moments and identities; events in their order."""
    found = {}
    with psycopg.connect(url) as conn:
        for schema, name, clocks in conn.execute(_RELATIONS, (_SCHEMAS,)).fetchall():
            order = sql.SQL("0")
            if (schema, name) == ("intake", "event"):
                order = sql.SQL("row_number() OVER (PARTITION BY t.submission_id ORDER BY t.id)")
            query = sql.SQL(
                "SELECT string_agg(line, chr(10) ORDER BY line) FROM"
                " (SELECT {}::text || ' ' || (to_jsonb(t) - %s::text[])::text AS line FROM {} AS t) AS lines"
            ).format(order, sql.Identifier(schema, name))
            (lines,) = conn.execute(query, (clocks or [],)).fetchone() or (None,)
            if lines:
                found[f"{schema}.{name}"] = lines
    return found


def differences(wanted: State, there: State) -> list[str]:
    """Line by line what one state has and the other has not; equal states: none."""
    told = []
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) == there.get(name):
            continue
        before, after = (Counter(side[name].split("\n") if name in side else []) for side in (wanted, there))
        told += [f"{name}: missing {line}" for line in (before - after).elements()]
        told += [f"{name}: too much {line}" for line in (after - before).elements()]
    return told
