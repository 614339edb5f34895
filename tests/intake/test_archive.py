"""The archive: content in, the same content out, whatever happens between."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import durable
from etl.intake import archive


@given(st.binary(max_size=4096))
def test_what_is_named_by_a_hash_is_what_lies_there(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    root = tmp_path_factory.mktemp("archive")
    source = root / "drop.xlsx"
    source.write_bytes(content)
    kept = archive.keep(source, root / "archive")
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.path.read_bytes()) == (len(content), content)
    assert kept.path == archive.place(root / "archive", kept.sha256)
    again = archive.keep(source, root / "archive")
    assert again == kept
    assert [p for p in (root / "archive").rglob("*") if p.is_file()] == [kept.path]


def test_a_failed_copy_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "drop"
    source.write_bytes(b"x")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        archive.keep(source, tmp_path / "archive")
    assert [p for p in (tmp_path / "archive").rglob("*") if p.is_file()] == []
    assert source.read_bytes() == b"x"
