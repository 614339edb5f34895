"""A corpus of messy files with the truth of each: ``python -m samples.corpus DIR --files 500 --seed 7``.

``--period 2025-Q4 --senders commune`` makes the files of another quarter, sent by communes, districts or the province.
``python -m samples.corpus --level foreign --count 90 --seed 5`` makes files of words and structures that no contract
lists, reads them and prints what was not exact (``tests/corpus/foreign.py``).
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from etl.contracts import DATASETS, contract
from etl.model.period import Period
from etl.reference.units import Unit, units_on
from samples.messy.draw import Draw
from samples.messy.file import Meddling, MessyFile, messy_file

LEVELS = ("realistic", "hostile")


def corpus(files: int) -> Iterator[tuple[str, int, str]]:
    """(dataset, number, level) of each file: every dataset in turn, two of three at the level hostile."""
    for at in range(files):
        number = at // len(DATASETS)
        yield DATASETS[at % len(DATASETS)], number, "realistic" if number % 3 == 0 else "hostile"


def write_file(folder: Path, file: MessyFile) -> Path:
    """The file below ``folder`` as it would lie in the inbox."""
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    return path


def sent_file(dataset: str, number: int, *, seed: int, level: str, period: Period, senders: str) -> MessyFile:
    """Make the file of a number for a period: what districts send under the old order comes from ``senders``."""
    units = units_on(period.last_day)
    pools: dict[str, tuple[Unit, ...]] = {
        "commune": units.communes, "district": units.districts, "province": (units.province,),
    }  # fmt: skip
    pool = pools["province" if contract(dataset).sent_by == "province" else senders]
    if not pool:
        raise ValueError(f"there are no districts in {period}")
    unit = Draw([seed, number, sum(map(ord, dataset)), 1], level).pick(pool)
    return messy_file(dataset, number, seed=seed, level=level, meddling=Meddling(period=period, unit=unit.code))


def write_corpus(folder: Path, files: int, seed: int, period: Period | None = None, senders: str = "district") -> int:
    """Write ``<folder>/<dataset>-<number>/<file>`` and ``truth.json`` beside each; gives how many."""
    count = 0
    for dataset, number, level in corpus(files):
        if period is None:
            file = messy_file(dataset, number, seed=seed, level=level)
        else:
            file = sent_file(dataset, number, seed=seed, level=level, period=period, senders=senders)
        place = folder / f"{dataset}-{number:03d}"
        write_file(place, file)
        truth = json.dumps(told(file, level), ensure_ascii=False, indent=1, default=str)
        (place / "truth.json").write_text(truth + "\n", encoding="utf-8")
        count += 1
    return count


def told(file: MessyFile, level: str) -> dict[str, Any]:
    """What a file truly says, for the disk."""
    return {
        "file": file.name, "folder": file.folder, "dataset": file.form.dataset, "level": level, "format": file.kind,
        "period": str(file.period), "as_of": file.as_of, "unit": file.unit.code, "variations": file.variations,
        "rows": [{"sheet": sheet, "row": row, **values} for (sheet, row), values in file.told.items()],
    }  # fmt: skip


def main() -> None:
    """Write files with their truth; of the level foreign, read them too and print what was not exact."""
    if "--level" in sys.argv and sys.argv[sys.argv.index("--level") + 1 :][:1] == ["foreign"]:
        at = sys.argv.index("--level")
        # The samples do not know the pipeline: what reads their files stands with the tests.
        importlib.import_module("tests.corpus.foreign").main([*sys.argv[1:at], *sys.argv[at + 2 :]])
        return
    parser = argparse.ArgumentParser(prog="python -m samples.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--period", type=Period.parse)
    parser.add_argument("--senders", choices=("commune", "district", "province"), default="district")
    chosen = parser.parse_args()
    count = write_corpus(chosen.folder, chosen.files, chosen.seed, chosen.period, chosen.senders)
    print(f"{count} files below {chosen.folder}")


if __name__ == "__main__":
    main()
