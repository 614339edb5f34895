"""Injected errors as data: what each changes, what must be found and where, what must become of the row or file."""

from samples.faults.cells import OF_CELLS
from samples.faults.files import OF_FILES
from samples.faults.injecting import Expected, Injected, inject
from samples.faults.model import Fault
from samples.faults.rows import OF_ROWS
from samples.faults.tables import OF_TABLES

__all__ = ["FAULTS", "Expected", "Fault", "Injected", "inject"]

FAULTS: tuple[Fault, ...] = (*OF_CELLS, *OF_ROWS, *OF_TABLES, *OF_FILES)
"""Over seventy kinds, each of a line of "What a fault does" (SECTORS.md); kinds are told by name."""
