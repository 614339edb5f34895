"""What a file was read to, held against what it truly says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from etl.intake.bundle import unpack
from etl.model.examined import Examined, Verdict
from etl.model.text import spelling_key
from etl.settings import Settings
from samples.corpus import write_file
from samples.faults import Injected
from samples.messy.file import MessyFile
from tests.support import TODAY, look

SHEET_IS_OURS = ("html",)
"""Formats without names of sheets: the row alone is the address."""


def read(file: MessyFile, folder: Path) -> Examined:
    """The file examined as a drop of its sector, in January after its period."""
    return _examined(file, folder, file.form.sector)


def _examined(file: MessyFile, folder: Path, sector: str) -> Examined:
    """As a drop of a sector's folder: what is in a zip is a drop of its own."""
    path = write_file(folder, file)
    if path.suffix == ".zip":
        apart = folder / "apart"
        apart.mkdir(exist_ok=True)
        (member,) = unpack(path, apart, Settings().limits) or ()
        path = member.path.rename(apart / member.name)
    return look(path, sector, today=_today(file), folder=file.folder)


def _today(file: MessyFile) -> date:
    return max(date(file.period.year + 1, 2, 1), TODAY)


def differences(file: MessyFile, read: Examined, *, is_clean: bool = True) -> list[str]:
    """Each way in which a file was read wrongly: heading, verdict, findings, rows lost or invented, values."""
    found = _heading(file, read)
    if is_clean:
        told = read.findings[read.findings["severity"] != "info"]
        found += [
            f"finding {f.rule} [{f.severity}] at {f.sheet}!{f.row} {f.column}: {f.value!r} {f.params}"
            for f in told.head(4).itertuples()
        ]
        if read.verdict is not Verdict.ACCEPTED:
            found.append(f"verdict {read.verdict.value}")
    if read.counts.read != read.counts.accepted + read.counts.rejected + read.counts.ignored:
        found.append(f"rows do not foot: {read.counts}")
    return found + rows_differ(file, read, gone=set(), emptied={}) if len(read.rows) or is_clean else found


def _heading(file: MessyFile, read: Examined) -> list[str]:
    head = read.heading
    pairs = (("dataset", head.dataset, file.form.dataset), ("period", head.period, file.period),
             ("unit", head.unit_code, file.unit.code), ("as_of", head.as_of, file.as_of))  # fmt: skip
    return [f"heading {name}: expected {wanted}, got {got}" for name, got, wanted in pairs if got != wanted]


def rows_differ(
    file: MessyFile, read: Examined, *, gone: set[tuple[str, int]], emptied: Mapping[tuple[str, int], Collection[str]]
) -> list[str]:
    """Rows and values that differ. gone: rows that must not be there; emptied: stored columns that must be empty."""
    if not len(read.rows):
        return [f"rows lost: all {len(file.told)}"] if len(file.told) > len(gone) else []
    by_row = file.kind in SHEET_IS_OURS
    got: dict[Any, dict[str, Any]] = {}
    for row in read.rows.to_dict("records"):
        got[row["row"] if by_row else (row["sheet"], row["row"])] = row
    wanted = {(at[1] if by_row else at): (at, v) for at, v in file.told.items() if at not in gone}
    found = [f"row lost: {key}" for key in list(wanted.keys() - got.keys())[:3]]
    found += [f"row invented: {key}: {_short(got[key])}" for key in list(got.keys() - wanted.keys())[:3]]
    if len(wanted) != len(got):
        found.append(f"rows: expected {len(wanted)}, got {len(got)}")
    for key, (at, values) in wanted.items():
        if key in got:
            found += [
                f"value at {at[0]}!{at[1]} {name}: expected {None if name in emptied.get(at, ()) else value!r}, got {got[key][name]!r}"
                for name, value in values.items()
                if not _same(file, name, None if name in emptied.get(at, ()) else value, got[key].get(name))
                and not _is_told_by_a_group(file, at, name, got[key].get(name))
            ]
    return found


def _is_told_by_a_group(file: MessyFile, at: tuple[str, int], name: str, got: Any) -> bool:
    """Whether a column that the file lacks was read from the label above a group of its rows."""
    wanted = file.in_groups.get(at) if name == "village" and name in file.omitted else None
    return wanted is not None and spelling_key(str(got)) == spelling_key(wanted)


def _short(row: dict[str, Any]) -> str:
    return str({k: v for k, v in row.items() if not pd.isna(v)})[:200]


def _same(file: MessyFile, name: str, wanted: Any, got: Any) -> bool:
    is_missing = pd.isna(got)
    if wanted is None:
        return bool(is_missing)
    if is_missing:
        # A mark that is not there says no.
        return wanted is False
    if isinstance(wanted, date):
        return pd.Timestamp(got).date() == wanted
    if isinstance(wanted, bool):
        return bool(got) is wanted
    if isinstance(wanted, float):
        return float(got) == wanted
    if isinstance(wanted, str) and file.is_loose and file.form.dataset and not name.endswith("_code"):
        return spelling_key(str(got)) == spelling_key(wanted)
    return bool(got == wanted)


def report(file: MessyFile, found: list[str]) -> str:
    """A failure in words: the file, its variations, what differs."""
    head = f"{file.form.dataset}: {file.name} ({file.kind}), folder {file.folder!r}"
    return "\n".join([head, f"variations: {', '.join(file.variations)}", *found[:8]])


def read_injected(injected: Injected, folder: Path) -> Examined:
    """A file with an injected error, examined as a drop of its folder's sector."""
    return _examined(injected.file, folder, injected.sector)


def judged(injected: Injected, read: Examined) -> tuple[bool, list[str], list[str]]:
    """Whether the finding is there at its place; the findings that should not be; what became of rows and file."""
    wanted, file = injected.expected, injected.file
    is_told = (read.findings["severity"] != "info") | (read.findings["rule"] == wanted.rule)
    told = read.findings[is_told]
    hits, extra = 0, []
    for f in told.itertuples():
        sheet, row, column = (None if pd.isna(v) else v for v in (f.sheet, f.row, f.column))
        fits = (f.rule, f.severity, column) == (wanted.rule, wanted.severity, wanted.column)
        if wanted.rows:
            fits &= row in wanted.rows and (sheet == wanted.sheet or file.kind in SHEET_IS_OURS)
        if fits and not hits:
            hits += 1
        else:
            extra.append(f"{f.rule} [{f.severity}] {sheet}!{row} {column}: {f.value!r} {f.params}")
    wrong = []
    if injected.fault.effect == "file":
        if read.verdict is not Verdict.REJECTED or len(read.rows):
            wrong.append(f"verdict {read.verdict.value}, {len(read.rows)} rows")
    else:
        wrong += _heading(file, read)
        wrong += rows_differ(file, read, gone=set(injected.gone), emptied=dict(injected.emptied))
    return bool(hits), extra, wrong
