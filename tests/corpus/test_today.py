"""Files of the units, senders and forms since 2022 are read to exactly the truth, without a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.contracts import DATASETS
from etl.model.period import Period
from samples.corpus import sent_file
from tests.corpus.comparing import differences, read, report

SEED = 31
KINDS = {
    "2023-district": (Period(2023, 4), "district"),
    "2025-q3-commune": (Period(2025, 3), "commune"),
    "2025-q4-commune": (Period(2025, 4), "commune"),
    "2025-q4-province": (Period(2025, 4), "province"),
}
QUICK, WHOLE = 9, 90


@pytest.mark.end_to_end
@pytest.mark.parametrize("count", [QUICK, pytest.param(WHOLE, marks=pytest.mark.whole)])
@pytest.mark.parametrize("kind", KINDS)
def test_each_file_of_today_reads_to_exactly_the_truth(kind: str, count: int, tmp_path: Path) -> None:
    period, senders = KINDS[kind]
    wrong = []
    for number in range(count):
        dataset, level = DATASETS[number % len(DATASETS)], "realistic" if number % 2 else "hostile"
        file = sent_file(dataset, number, seed=SEED, level=level, period=period, senders=senders)
        if found := differences(file, read(file, tmp_path / str(number))):
            wrong.append(f"[{dataset} {number}] " + report(file, found))
    assert not wrong, f"{len(wrong)} of {count} files\n\n" + "\n\n".join(wrong)


def test_files_of_communes_name_former_units_and_the_agencies_of_today() -> None:
    """What is measured is measured on files that have what is new."""
    files = [
        sent_file("water_village", number, seed=SEED, level="hostile", period=Period(2025, 4), senders="commune")
        for number in range(12)
    ]
    assert {file.unit.level for file in files} == {"commune"}
    assert any("former-units" in file.variations for file in files)
    texts = [
        cell.value for file in files for placed in file.sheets.values() for line in placed.page.rows for cell in line
    ]
    assert any(isinstance(text, str) and "PHÒNG KINH TẾ" in text for text in texts)
    with pytest.raises(ValueError, match="no districts"):
        sent_file("water_village", 1, seed=SEED, level="hostile", period=Period(2025, 4), senders="district")
