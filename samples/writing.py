"""Writing a sample: one file a dataset and submitting unit, then the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from etl.contracts import Contract, contracts
from etl.contracts.form import Line
from etl.model.period import Period
from etl.reference.units import Unit
from samples import forms
from samples.apart import linked_truth, take_apart, true_links
from samples.furniture import roughen
from samples.messy.draw import Draw
from samples.messy.file import Meddling, composed
from samples.province import Province, build
from samples.truth import truth

LEVELS = ("clean", "realistic", "hostile")


@dataclass(frozen=True)
class Sample:
    """What was written: the files by the order of datasets, and the table of true indicators."""

    files: tuple[Path, ...]
    truth: Path
    province: Province


def write_sample(
    folder: Path,
    period: Period,
    *,
    scale: float = 0.02,
    communes: int = 12,
    seed: int = 1,
    level: str = "clean",
    without_numbers: float = 0.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Sample:
    """Write ``<folder>/<sector>/<dataset>_<unit>_<period>.xlsx|csv`` and ``<folder>/truth/``.

    The same arguments give the same bytes. level ``realistic`` varies how the files look (``samples/furniture.py``),
    never what they say; ``hostile`` draws format, name, furniture and values as the worst of clerks would
    (``samples/messy``), each file in ``<folder>/<sector>/…/<unit>/``. without_numbers: the share of pairs of rows
    without a common identifier, written differently (``samples/apart.py``); ``truth/links.csv`` says which rows are one
    person or household, ``truth/linked.csv`` what indicators are when every link is found. Raises ValueError for an
    unknown level, OSError.
    """
    if level not in LEVELS:
        raise ValueError(f"no level {level!r}; there are {', '.join(LEVELS)}")
    province = build(period, scale, communes, seed, progress)
    if without_numbers:
        province = take_apart(province, without_numbers, seed)
    files, said = [], []
    for form in (whole.on(period.last_day) for whole in contracts().values()):
        for unit in _senders(province, form):
            if not _rows(province, form, unit).any():
                continue
            write = _write_hostile if level == "hostile" else _write_file
            path, record = write(folder, province, form, unit, seed, level)
            files.append(path)
            said.append(record)
    beside = folder / "truth"
    beside.mkdir(parents=True, exist_ok=True)
    table = truth(province)
    table.to_csv(beside / "indicators.csv", index=False, lineterminator="\n")
    if without_numbers:
        true_links(province).to_csv(beside / "links.csv", index=False, lineterminator="\n")
        linked_truth(province).to_csv(beside / "linked.csv", index=False, lineterminator="\n")
    (beside / "submissions.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return Sample(tuple(files), beside / "indicators.csv", province)


def _senders(province: Province, form: Contract) -> tuple[Unit, ...]:
    units = province.units
    return units.districts if form.sent_by == "district" and units.districts else (units.province,)


def _rows(province: Province, form: Contract, unit: Unit) -> pd.Series[bool]:
    """Which rows of a dataset a unit sends. One without any sends no file: a form without rows is refused."""
    return province.frames[form.dataset]["commune"].isin({c.code for c in province.units.communes_in(unit.code)})


def _write_file(
    folder: Path, province: Province, form: Contract, unit: Unit, seed: int, level: str
) -> tuple[Path, dict[str, Any]]:
    frame = province.frames[form.dataset][_rows(province, form, unit)].reset_index(drop=True)
    content = forms.sheets(form, unit, province.period, province.units, frame)
    if level == "realistic":
        content = roughen(form, content, [seed, int(unit.code), len(frame)])
    suffix = "csv" if forms.is_csv(form, unit, seed) else "xlsx"
    path = folder / form.sector / f"{form.dataset}_{unit.code}_{province.period}.{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == "csv":
        forms.write_csv(path, content[0][1])
    else:
        forms.write_xlsx(path, content)
    read = sum(_last_used(lines) for _, lines in content)
    record = {
        "file": path.name, "sector": form.sector, "dataset": form.dataset, "period": str(province.period),
        "unit_code": unit.code, "rows_read": read, "rows_accepted": len(frame), "rows_rejected": 0,
        "rows_ignored": read - len(frame),
    }  # fmt: skip
    return path, record


def _write_hostile(
    folder: Path, province: Province, form: Contract, unit: Unit, seed: int, level: str
) -> tuple[Path, dict[str, Any]]:
    """A messy file of all columns; rows read and ignored are the reader's to count."""
    frame = province.frames[form.dataset][_rows(province, form, unit)]
    rows = [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
    draw = Draw([seed, int(unit.code), len(rows)], level, forbidden=frozenset({"columns-missing"}))
    file = composed(draw, form, unit, province.period, rows, Meddling())
    path = folder / form.sector / file.folder / unit.code / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    record = {
        "file": file.name, "sector": form.sector, "dataset": form.dataset, "period": str(province.period),
        "unit_code": unit.code, "rows_read": None, "rows_accepted": len(frame), "rows_rejected": 0,
        "rows_ignored": None, "variations": file.variations,
    }  # fmt: skip
    return path, record


def _last_used(lines: list[Line]) -> int:
    used = [at for at, line in enumerate(lines, start=1) if any(v is not None for v in line)]
    return used[-1] if used else 0
