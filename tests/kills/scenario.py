"""A few small files in which there is everything: two lists of the register, a zip, faults, a hopeless file, a correction."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.support import edited

_FIRST = datetime(2019, 1, 10, 1, tzinfo=UTC).timestamp()
UNIT = "085"
CREDIT = "084"


def fill(inbox: Path, files: Mapping[tuple[str, str], Path], scratch: Path) -> None:
    """Drop the scenario's files, a minute apart."""
    register, credit = inbox / "register" / "2018-Q4", inbox / "credit"
    register.mkdir(parents=True)
    credit.mkdir()
    households = files["register_household", UNIT]
    with zipfile.ZipFile(register / "hai biểu.zip", "w") as both:
        for dataset in ("register_commune", "register_household"):
            source = files[dataset, UNIT]
            both.writestr(zipfile.ZipInfo(f"xã/{source.name}"), source.read_bytes())
    members = edited(
        files["register_member", UNIT], register / "thành viên_085_2018-Q4.xlsx", "register_member",
        {(1, "full_name"): "", (2, "sex"): "khác"},
    )  # fmt: skip
    edited(
        files["credit_loan", CREDIT], credit / f"credit_{CREDIT}_2018-Q4.xlsx", "credit_loan", {(1, "principal"): "abc"}
    )
    (credit / "hỏng.xlsx").write_bytes(b"no workbook at all" * 20)
    # The same list without its first household under that number: its members are nobody's any more.
    edited(households, register / "sửa_hộ_085_2018-Q4.xlsx", "register_household", {(1, "household_code"): "999999"})
    # The same content once more, under another name.
    (register / "thành viên gửi lại.xlsx").write_bytes(members.read_bytes())
    order = ("hai biểu.zip", "thành viên_", "credit_", "hỏng", "sửa_hộ", "thành viên gửi")
    for path in (p for p in inbox.rglob("*") if p.is_file()):
        minute = next(at for at, start in enumerate(order) if path.name.startswith(start))
        os.utime(path, (_FIRST + 60 * minute,) * 2)
