"""Read files of the level foreign, hold them against the truth and print what was not exact.

``python -m tests.corpus.foreign --count 90 --seed 5 [--dataset credit_loan] [--structure ditto] [--keep DIR] [-v]``
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from etl.contracts import DATASETS
from etl.examine import examine
from etl.model.examined import Examined, Verdict
from etl.model.text import spelling_key
from etl.reference.rules import rules
from etl.settings import Settings
from samples.foreign.file import ForeignFile, foreign_file, possible

_TODAY = date(2019, 2, 1)


@dataclass
class Outcome:
    """What reading a file gave. different: in words; silent: those that no finding names; warnings: its findings."""

    file: ForeignFile
    different: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The file's dataset, structures and format."""
        return f"{self.file.form.dataset} {'+'.join(self.file.structures)} .{self.file.kind} {self.file.name!r}"


def files(count: int, seed: int, datasets: list[str], structure: str = "") -> Iterator[tuple[int, ForeignFile]]:
    """Generate files: the datasets in turn; each has the structure, alone, where one is asked for."""
    able = [d for d in datasets if not structure or structure in possible(d)]
    for number in range(count):
        chosen = {structure} if structure else None
        yield number, foreign_file(able[number % len(able)], number, seed=seed, structures=chosen)


def read_file(file: ForeignFile, folder: Path) -> Outcome:
    """Read a file as a drop of its sector and compare it with its truth. Write it below ``folder``."""
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.data)
    today = max(_TODAY, date(file.period.year + 1, 2, 1))
    read = examine(
        Settings(), path, file_name=file.name, folder=file.folder, sector=file.form.sector, today=today
    )  # fmt: skip
    return compared(file, read)


def compared(file: ForeignFile, read: Examined) -> Outcome:
    """Compare what was read with the truth: heading, rows, each stored value, addresses."""
    made = Outcome(file)
    named = _Named(read.findings, file)
    shown = read.findings[read.findings["severity"] != "info"] if len(read.findings) else read.findings
    made.warnings = [f"{f.rule}/{f.column} r{f.row}: {str(f.value)[:50]!r}" for f in shown.itertuples()]
    heading = read.heading
    pairs = (("dataset", heading.dataset, file.form.dataset), ("period", heading.period, file.period),
             ("unit", heading.unit_code, file.unit.code), ("as_of", heading.as_of, file.as_of))  # fmt: skip
    for name, got, wanted in pairs:
        if got != wanted:
            made.different.append(f"{name}: want {wanted}, got {got}")
            if not named.whole_file:
                made.silent.append(made.different[-1])
    if read.verdict is Verdict.REJECTED and not len(read.rows):
        made.different.append("rejected: " + "; ".join(made.warnings[:3]))
        return made
    if read.verdict is not Verdict.ACCEPTED:
        # Also a line that is no data and was rejected as a row.
        _add(made, f"verdict {read.verdict.value}: {'; '.join(made.warnings[:2])}", is_named=True)
    matched, lost, invented = _matched(file, read)
    for pos in lost:
        _add(made, f"row lost: {pos}", is_named=named.has_row(pos))
    for row in invented:
        _add(made, f"row invented: {row['sheet']}!{row['row']} { {k: row.get(k) for k in next(iter(file.truth.values()))} }"[:230],
             is_named=False)  # fmt: skip
    for pos, values, row in matched:
        for name, value in values.items():
            if not _same(name, value, row.get(name)):
                _add(made, f"value at {pos[0]}!{pos[1]} {name}: want {value!r}, got {row.get(name)!r}",
                     is_named=named.has_value(pos, name))  # fmt: skip
        if file.has_addresses and (row["sheet"], row["row"]) != pos:
            _add(made, f"address: want {pos}, got {(row['sheet'], row['row'])}", is_named=True)
    return made


def _add(made: Outcome, text: str, *, is_named: bool) -> None:
    made.different.append(text)
    if not is_named:
        made.silent.append(text)


class _Named:
    """Which rows and values the findings of a file name."""

    def __init__(self, findings: pd.DataFrame, file: ForeignFile) -> None:
        self.records: list[dict[str, Any]] = findings.to_dict("records") if len(findings) else []
        self.file = file
        self.whole_file = any(rules()[r["rule"]].effect.value == "file" for r in self.records)
        self.text = " ".join(f"{r.get('value')} {r.get('params')}" for r in self.records)

    def has_row(self, pos: tuple[str, int]) -> bool:
        """Return whether a finding names a row or a whole sheet, or speaks of ignored rows with this one."""
        for r in self.records:
            if not pd.isna(r["row"]) and int(r["row"]) == pos[1]:
                return True
            if pd.isna(r["row"]) and r["sheet"] == pos[0] and pd.isna(r["column"]):
                return True
        return self.whole_file

    def has_value(self, pos: tuple[str, int], name: str) -> bool:
        """Return whether a finding names a cell, its column as a whole, or the header above it as not used."""
        base = name.removesuffix("_key").removesuffix("_year")
        for r in self.records:
            is_column = r["column"] == base
            if is_column and (pd.isna(r["row"]) or int(r["row"]) == pos[1]):
                return True
        headers = [h for slot, h in self.file.headers.items() if base in slot.split("+") and h]
        return self.whole_file or any(h.strip() in self.text for h in headers)


def _matched(
    file: ForeignFile, read: Examined
) -> tuple[list[tuple[tuple[str, int], dict[str, Any], dict[str, Any]]], list[tuple[str, int]], list[dict[str, Any]]]:
    """Pair the rows of the truth with those read, by address, else by what identifies a row, else by order."""
    rows: list[dict[str, Any]] = read.rows.to_dict("records")
    by_address = {(r["sheet"], r["row"]): r for r in rows} if file.has_addresses else {}
    matched, left = [], []
    for pos, values in file.truth.items():
        if pos in by_address:
            matched.append((pos, values, by_address.pop(pos)))
        else:
            left.append((pos, values))
    rest = list(by_address.values()) if file.has_addresses else rows
    if len(rest) == len(left):
        return [*matched, *((pos, values, row) for (pos, values), row in zip(left, rest, strict=True))], [], []
    keys = [n for n in (*file.form.key, *file.form.recognized_by) if n in next(iter(file.truth.values()))]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rest:
        groups[tuple(str(row.get(k)) for k in keys)].append(row)
    lost = []
    for pos, values in left:
        same = groups[tuple(str(values[k]) for k in keys)]
        if same:
            matched.append((pos, values, same.pop(0)))
        else:
            lost.append(pos)
    return matched, lost, [row for group in groups.values() for row in group]


def _same(name: str, wanted: Any, got: Any) -> bool:
    if wanted is None:
        return bool(pd.isna(got))
    if pd.isna(got):
        return wanted is False
    if isinstance(wanted, date):
        return pd.Timestamp(got).date() == wanted
    if isinstance(wanted, bool):
        return bool(got) is wanted
    if isinstance(wanted, float):
        return abs(float(got) - wanted) < 1e-9
    if isinstance(wanted, str) and not name.endswith("_code"):
        return spelling_key(str(got)) == spelling_key(wanted)
    return bool(got == wanted)


def summary(outcomes: list[Outcome], *, verbose: bool) -> str:
    """Return the figures by structure and by dataset, and each file that was not exact."""
    lines = []
    for title, keys in (
        ("structure", lambda o: o.file.structures), ("dataset", lambda o: [o.file.form.dataset]),
        ("format", lambda o: [o.file.kind]), ("structures in a file", lambda o: [str(len(o.file.structures))]),
    ):  # fmt: skip
        total: Counter[str] = Counter()
        exact: Counter[str] = Counter()
        silent: Counter[str] = Counter()
        for outcome in outcomes:
            for key in keys(outcome):
                total[key] += 1
                exact[key] += not outcome.different
                silent[key] += bool(outcome.silent)
        lines.append(f"\nby {title:24} exact  files  in silence")
        lines += [f"  {key:26} {exact[key]:5} {n:6} {silent[key]:8}" for key, n in sorted(total.items())]
    for outcome in outcomes:
        if outcome.different:
            mark = "SILENT" if outcome.silent else "BAD"
            shown = [*outcome.silent, *outcome.different] if outcome.silent else outcome.different
            lines.append(
                f"\n{mark} {outcome.name}: {len(outcome.different)} differences, {len(outcome.silent)} in silence"
            )
            lines += [f"    {text[:230]}" for text in (shown[:12] if verbose else shown[:1])]
            lines += [f"    ! {text}" for text in (outcome.warnings[:12] if verbose else outcome.warnings[:2])]
    exact_files = [o for o in outcomes if not o.different]
    warned = Counter(w.split(" ")[0] for o in exact_files for w in {w.split(" ")[0] for w in o.warnings})
    count = max(1, len(outcomes))
    lines.append(
        f"\n{len(exact_files)} of {len(outcomes)} exact ({len(exact_files) / count:.1%}), "
        f"{sum(bool(o.silent) for o in outcomes)} with values lost or wrong without a finding; "
        f"warnings in exact files: {dict(warned)}"
    )
    return "\n".join(lines)


def measure(count: int, seed: int, datasets: list[str], keep: Path | None, structure: str = "") -> list[Outcome]:
    """Read ``count`` files. keep: where those that were not exact stay."""
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for number, file in files(count, seed, datasets, structure):
            try:
                outcome = read_file(file, Path(folder) / str(number))
            except Exception as fault:
                outcome = Outcome(file, [f"crash: {fault!r}"], [f"crash: {fault!r}"])
            outcomes.append(outcome)
            if keep and outcome.different:
                place = keep / f"{number:03d}-{file.form.dataset}-{'+'.join(file.structures)}"
                place.mkdir(parents=True, exist_ok=True)
                (place / file.name).write_bytes(file.data)
                (place / "differs.txt").write_text("\n".join([outcome.name, *outcome.different, *outcome.warnings]))
    return outcomes


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.foreign", description=__doc__)
    parser.add_argument("--count", type=int, default=90)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--dataset", choices=DATASETS, action="append")
    parser.add_argument("--structure", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("-v", "--verbose", action="store_true")
    chosen = parser.parse_args(arguments)
    outcomes = measure(chosen.count, chosen.seed, chosen.dataset or list(DATASETS), chosen.keep, chosen.structure)
    print(summary(outcomes, verbose=chosen.verbose))


if __name__ == "__main__":
    main()
