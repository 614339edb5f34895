"""Workbooks whose bytes follow from their content alone."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

SAVED = datetime(2018, 1, 1)  # noqa: DTZ001 - workbook properties carry no zone
"""The time that every workbook of ours says it was made and saved at."""


def same_times(workbook: bytes) -> bytes:
    """The zip with every entry's time fixed, and the time of saving, which openpyxl sets, taken back."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{SAVED:%Y-%m-%dT%H:%M:%SZ}".encode(), data)
            entry = zipfile.ZipInfo(name, date_time=SAVED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return out.getvalue()
