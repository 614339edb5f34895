"""A corpus of messy files over all datasets and formats is read to exactly the truth, without a finding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.contracts import DATASETS
from samples.corpus import corpus, write_corpus
from samples.messy.file import SEPARATED, messy_file
from tests.corpus.comparing import differences, read, report
from tests.selection import chance, marked

SEED, FILES = 7, 504
AT_ONCE = 7
"""Files of one test: few enough that two processes share the work evenly."""

CASES = list(corpus(FILES))


def parts() -> Iterator[tuple[str, list[tuple[str, int, str]]]]:
    for dataset in DATASETS:
        own = [case for case in CASES if case[0] == dataset]
        for at in range(0, len(own), AT_ONCE):
            yield f"{dataset}-{at}", own[at : at + AT_ONCE]


PARTS = dict(parts())
TODAY = {
    chance(f"corpus {dataset}").choice([part for part in PARTS if part.startswith(f"{dataset}-")])
    for dataset in DATASETS
}
"""A part of each dataset; `make test-all` reads all parts."""


@pytest.mark.end_to_end
@pytest.mark.parametrize("part", marked(PARTS, TODAY))
def test_each_file_reads_to_exactly_the_truth(part: str, tmp_path: Path) -> None:
    wrong = []
    for dataset, number, level in PARTS[part]:
        file = messy_file(dataset, number, seed=SEED, level=level)
        if found := differences(file, read(file, tmp_path / str(number))):
            wrong.append(f"[{dataset} {number}] " + report(file, found))
    assert not wrong, f"{len(wrong)} of {len(PARTS[part])} files\n\n" + "\n\n".join(wrong)


@pytest.mark.slow
def test_the_corpus_is_large_and_of_every_kind() -> None:
    """Over 500 files, all nine datasets, every format, every named variation; the same bytes again from a seed."""
    assert len(CASES) >= 500
    assert {dataset for dataset, _, _ in CASES} == set(DATASETS)
    made = [messy_file(dataset, number, seed=SEED, level=level) for dataset, number, level in CASES[::3]]
    assert {file.kind for file in made} >= {"xlsx", "xlsm", "xls", "xlsb", "ods", "html", "spreadsheetml", *SEPARATED}
    assert any(file.name.endswith(".zip") for file in made)
    variations = {variation for file in made for variation in file.variations}
    assert len(variations) >= 250, len(variations)
    again = messy_file(*CASES[0][:2], seed=SEED, level=CASES[0][2])
    assert again.data == made[0].data


@pytest.mark.slow
def test_the_command_writes_files_with_their_truth(tmp_path: Path) -> None:
    assert write_corpus(tmp_path, 9, SEED) == 9
    assert len(list(tmp_path.rglob("truth.json"))) == 9
