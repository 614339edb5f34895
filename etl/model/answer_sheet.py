"""How an answer of ours is known again when a sender corrects it and sends it back."""

from __future__ import annotations

import re
from pathlib import PurePath

from etl.model.grid import Grid

NOTICE = "Trang này do hệ thống thêm vào; gửi lại tệp thì hệ thống bỏ qua trang này."
"""Stands in the first rows of a sheet that an answer adds; the reader skips a sheet by it."""

AUTHOR = "giamngheo"
"""Author of the comments that mark cells; they and their colours are taken away before a file is marked anew."""

SUFFIX = ".tra-loi"
_ANSWERED = re.compile(r"(__[a-z_]+-[0-9a-f]{12}-\d+\.tra-loi)+$")


def is_answer_sheet(grid: Grid) -> bool:
    """Whether a sheet was added by an answer."""
    return bool((grid.cells.iloc[:3] == NOTICE).to_numpy().any())


def sent_name(file_name: str) -> str:
    """The sender's name of a file, without what answers have added to it."""
    path = PurePath(file_name)
    return _ANSWERED.sub("", path.stem) + path.suffix


def plain_stem(file_name: str, most_bytes: int) -> str:
    """A file name's stem without what a path could trip over, of so many bytes at most."""
    stem = re.sub(r"[\x00-\x1f/\\:*?\"<>|]+", "_", PurePath(file_name).stem).strip(" .-") or "tep"
    return stem.encode()[:most_bytes].decode("utf-8", "ignore")
