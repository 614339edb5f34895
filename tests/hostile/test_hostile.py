"""Each hostile file ends in its named verdict, within seconds and little memory, and the worker goes on."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from etl.model.examined import Verdict
from tests.hostile import build
from tests.hostile.attacks import MACROS, READ, REFUSED
from tests.hostile.conftest import MOST_MEMORY, MOST_SECONDS, Opener, Outcome
from tests.support import look, told


def cells(outcome: Outcome) -> list[list[str | None]]:
    """The first sheet's cells."""
    assert outcome.opened is not None, outcome.rule
    frame = outcome.opened.grids[0].cells
    return [[None if pd.isna(v) else v for v in row] for row in frame.to_numpy(dtype=object).tolist()]


def require_little(outcome: Outcome) -> None:
    assert outcome.seconds < MOST_SECONDS
    assert outcome.peak < MOST_MEMORY


def test_there_are_enough() -> None:
    assert len(REFUSED) + len(READ) + len(MACROS) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_by_name(opened: Opener, name: str) -> None:
    rule, make = REFUSED[name]
    outcome = opened(make())
    assert outcome.rule == rule
    require_little(outcome)
    assert cells(opened(build.workbook())) == build.GOOD


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read_with_its_exact_cells(opened: Opener, name: str) -> None:
    outcome = opened(READ[name]())
    assert cells(outcome) == build.GOOD
    assert outcome.opened is not None
    assert not outcome.opened.macros
    require_little(outcome)


@pytest.mark.parametrize("name", MACROS)
def test_a_file_with_macros_is_read_and_told(opened: Opener, name: str) -> None:
    outcome = opened(MACROS[name]())
    assert cells(outcome) == build.GOOD
    assert outcome.opened is not None
    assert outcome.opened.macros
    require_little(outcome)


def test_a_quote_that_never_ends_costs_its_own_row(opened: Opener) -> None:
    outcome = opened(b'a,b\n"' + b"x,y\n" * 50_000)
    assert cells(outcome) == [["a", "b"], *[["x", "y"]] * 50_000]
    require_little(outcome)


CUT = {"xlsx": build.workbook, **{kind: lambda k=kind: build.of_samples(k) for kind in ("xls", "xlsb", "ods")}}


@pytest.mark.parametrize("kind", CUT)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_file_that_breaks_off_is_damaged(opened: Opener, kind: str, share: float) -> None:
    whole = CUT[kind]()
    outcome = opened(whole[: int(len(whole) * share)])
    if kind == "xls" and outcome.opened is not None:
        # What is missing is what fills up the last sectors.
        assert cells(outcome) == build.GOOD
    else:
        assert outcome.rule in ("file_unreadable", "file_type_unsupported")
    require_little(outcome)


NAMED = {
    "file_unreadable", "file_type_unsupported", "file_encrypted", "file_empty", "file_too_large", "file_has_dtd",
    "cell_too_far", "zip_entries_overlap", "zip_headers_disagree", "zip_path_unsafe", "zip_without_table", "zip_of_files",
}  # fmt: skip


@pytest.mark.parametrize("kind", CUT)
@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_end_in_a_verdict_or_in_cells(opened: Opener, kind: str, seed: int) -> None:
    chance = random.Random(f"{kind}{seed}")
    broken = bytearray(CUT[kind]())
    for _ in range(chance.choice([1, 3, 20])):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    outcome = opened(bytes(broken))
    assert outcome.opened is not None or outcome.rule in NAMED
    require_little(outcome)


def test_macros_are_told_beside_an_accepted_verdict(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    path = tmp_path / "ho_ngheo.xlsm"
    shutil.copy(files["register_household", "082"], path)
    with zipfile.ZipFile(path, "a") as container:
        container.writestr("xl/vbaProject.bin", b"x")
    examined = look(path)
    assert examined.verdict is Verdict.ACCEPTED
    assert ("file_has_macros", "info", None, None) in told(examined)
