"""Injected errors are all found, each at its sheet, row and column, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from samples.faults import FAULTS, inject
from tests.corpus.comparing import judged, read_injected
from tests.selection import chance, marked

SEED, FURNITURES = 11, (0, 1)
TODAY = "today"
"""Each fault in one of the furnitures, drawn by the day."""
KINDS = {fault.name for fault in FAULTS}
AT_ONCE = 11
PARTS = [FAULTS[at : at + AT_ONCE] for at in range(0, len(FAULTS), AT_ONCE)]


def test_the_list_is_long() -> None:
    assert len(KINDS) >= 30
    assert {fault.effect for fault in FAULTS} == {"row", "cell", "none", "file"}
    assert len({fault.rule for fault in FAULTS}) >= 30


@pytest.mark.end_to_end
@pytest.mark.parametrize("furniture", marked((TODAY, *FURNITURES), (TODAY,)))
@pytest.mark.parametrize("part", range(len(PARTS)), ids=lambda at: f"{PARTS[at][0]}…")
def test_recall_and_precision(part: int, furniture: int | str, tmp_path: Path) -> None:
    found = invented = 0
    wrong = []
    for at, fault in enumerate(PARTS[part]):
        number = chance(f"furniture {fault}").choice(FURNITURES) if furniture == TODAY else int(furniture)
        injected = inject(fault, number, seed=SEED)
        hit, extra, differs = judged(injected, read_injected(injected, tmp_path / f"{at}-{number}"))
        found += hit
        invented += len(extra)
        if not hit or extra or differs:
            missed = [] if hit else [f"missed: {injected.expected}"]
            lines = [*missed, *(f"not injected: {e}" for e in extra[:4]), *differs[:4]]
            variations = ", ".join(injected.file.variations)
            about = f"[{fault} {number}] {injected.file.name} ({injected.file.kind})\nvariations: {variations}"
            wrong.append("\n".join([about, *lines]))
    count = len(PARTS[part])
    figures = f"recall {found / count:.1%}, precision {found / max(1, found + invented):.1%} of {count} files"
    print(figures)
    assert not wrong, f"{figures}\n\n" + "\n\n".join(wrong)
