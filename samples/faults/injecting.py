"""An injected error put into a messy file, with the exact place of the finding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from etl.reference.units import Units
from samples.faults.model import Fault
from samples.messy.body import Edits
from samples.messy.draw import Draw
from samples.messy.file import Address, MessyFile, messy_file
from samples.messy.rows import Row
from samples.workbooks import Cell

ABOVE = ("hidden-rows", "filter", "blank-rows")
"""What must stand above a fault in every third file."""


@dataclass(frozen=True)
class Expected:
    """The one finding. sheet and row are None where it is of the whole file; rows: where it may stand in a header."""

    rule: str
    severity: str
    column: str | None
    sheet: str | None
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Injected:
    """A file with its error. gone: addresses of rejected rows; emptied: address → stored columns that are empty."""

    fault: Fault
    file: MessyFile
    expected: Expected
    gone: frozenset[Address]
    emptied: Mapping[Address, frozenset[str]]
    sector: str


def inject(fault: Fault, number: int, *, seed: int) -> Injected:
    """The error in a file of its dataset, in other furniture for each number."""
    chosen: list[int] = []

    def change(draw: Draw, rows: list[Row], units: Units, within: str) -> Edits:
        edits = dict(wish.rows(draw, rows, units, within)) if wish.rows else {}
        if fault.repeats:
            source = draw.number(0, len(rows) - 1)
            rows.append(dict(rows[source]))
            chosen.extend((source, len(rows) - 1))
            return edits
        if not (fault.values or fault.cells or fault.copies) or not rows:
            return edits
        # Far down, so that something stands above it.
        at = draw.number(len(rows) // 2, len(rows) - 1)
        if fault.copies:
            source = draw.number(0, at - 1)
            chosen.append(source)
            rows[at] |= {name: rows[source][name] for name in fault.copies}
        chosen.append(at)
        rows[at] |= fault.changed(rows[at])
        return edits | {
            (at, name): value if isinstance(value, Cell) else Cell(value) for name, value in fault.cells.items()
        }

    wish = fault.meddling
    forced = wish.forced | (frozenset(ABOVE) if number % 3 == 0 else frozenset())
    kept = wish.kept | set(fault.values) | set(fault.cells) | set(fault.copies) | set(fault.also)
    meddling = replace(wish, rows=change, forced=forced, kept=kept | ({fault.column} if fault.column else set()))
    file = messy_file(fault.dataset, number, seed=seed, level=("hostile", "realistic")[number % 2], meddling=meddling)
    if fault.bytes_of:
        file.data = fault.bytes_of(file.data)
    addresses = [file.places[at] for at in chosen]
    # Of two rows with one key the later is at fault, wherever grouping has put them.
    order = {name: at for at, name in enumerate(file.sheets)}
    fault_at = (
        max(addresses, key=lambda a: (order[a[0]], a[1]))
        if fault.repeats or (fault.copies and not fault.values)
        else addresses[-1]
        if addresses
        else None
    )
    return Injected(
        fault, file, _expected(fault, file, fault_at),
        frozenset({fault_at}) if fault_at and fault.effect == "row" else frozenset(),
        _emptied(fault, file, fault_at), fault.sector or file.form.sector,
    )  # fmt: skip


def _expected(fault: Fault, file: MessyFile, fault_at: Address | None) -> Expected:
    sheet: str | None = None
    rows: tuple[int, ...] = ()
    match fault.at:
        case "row" if fault_at:
            sheet, rows = fault_at[0], (fault_at[1],)
        case "marked" if file.marked:
            sheet, rows = file.marked[0], (file.marked[1],)
        case "header":
            sheet = next(iter(file.sheets))
            first, last = file.sheets[sheet].header
            rows = tuple(range(first, last + 1))
    return Expected(fault.rule, fault.severity, fault.column, sheet, rows)


def _emptied(fault: Fault, file: MessyFile, fault_at: Address | None) -> dict[Address, frozenset[str]]:
    column = fault.empties or fault.column
    if column is None:
        return {}
    stored = frozenset(name for name, _ in file.form[column].stored)
    if fault.empties:
        return dict.fromkeys(file.told, stored)
    return {fault_at: stored} if fault_at and fault.effect == "cell" else {}
