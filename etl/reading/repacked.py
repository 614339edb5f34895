"""A package (xlsx, xlsb, ods) as the readers expect it, where a program has put it together in another way."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTENT, _MIMETYPE = "content.xml", "mimetype"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"

_INDENTED = re.compile(rb"<table:table-row[^<>]*>\s+<")
_BETWEEN_TAGS = re.compile(rb"(</?table:[^<>]*>|</text:p>|<text:p/>)\s+(?=<)")


@contextmanager
def as_expected(path: Path) -> Iterator[Path]:
    """The file, or a copy of it for as long as it is read: names of parts with a slash where a program of Windows wrote
    a backslash, an ods with its part "mimetype" and without the blanks that indent its tags.

    Raises zipfile.BadZipFile and what else zipfile raises for a damaged file, OSError.
    """
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        changed = {}
        if _CONTENT in names and "xl/workbook.xml" not in names:
            content = package.read(_CONTENT)
            if _INDENTED.search(content):
                changed[_CONTENT] = _BETWEEN_TAGS.sub(rb"\1", content)
            if _MIMETYPE not in names:
                changed[_MIMETYPE] = _SPREADSHEET
        if not changed and not any("\\" in name for name in names):
            yield path
            return
        with TemporaryDirectory(prefix="giamngheo-") as folder:
            copy = Path(folder, "repacked.zip")
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as repacked:
                # The type of an OpenDocument comes first (ODF 1.3-2, 3.3).
                for name in sorted({*names, *changed}, key=lambda name: name != _MIMETYPE):
                    data = changed.get(name)
                    repacked.writestr(name.replace("\\", "/"), package.read(name) if data is None else data)
            yield copy
