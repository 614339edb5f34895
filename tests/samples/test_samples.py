"""The sample: the same from the same seed, consistent with itself, its truth as one counts by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from etl.contracts import contracts
from etl.model.examined import Verdict
from etl.model.period import Period
from etl.reference.units import units_on
from samples import Sample, write_sample
from samples.apart import take_apart
from samples.furniture import VARIATIONS
from samples.province import build
from samples.truth import truth
from tests.selection import one_of_the_day
from tests.support import PERIOD, look


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(tmp_path / name, PERIOD, scale=0.001, communes=2, seed=seed, level="realistic")
    assert content(tmp_path / "a") == content(tmp_path / "b") != content(tmp_path / "c")
    with pytest.raises(ValueError, match="no level 'dirty'"):
        write_sample(tmp_path / "d", PERIOD, level="dirty")


def test_people_households_loans_cards_and_pupils_fit_together(small: Sample) -> None:
    frames = small.province.frames
    assert set(frames) == set(contracts())
    households = set(
        zip(frames["register_household"]["commune"], frames["register_household"]["household_code"], strict=True)
    )
    for dataset in ("register_member", "credit_loan", "housing_support"):
        frame = frames[dataset].dropna(subset="household_code")
        assert len(frame)
        inside = [pair in households for pair in zip(frame["commune"], frame["household_code"], strict=True)]
        assert all(inside) or dataset == "credit_loan", dataset
        assert sum(inside) > len(inside) / 2
    members = frames["register_member"].groupby(["commune", "household_code"]).size()
    listed = frames["register_household"].set_index(["commune", "household_code"])["members"]
    assert (members == listed.loc[members.index]).all()
    numbers = frames["health_card"].drop_duplicates("insurance_number")["insurance_number"]
    assert set(frames["register_member"]["insurance_number"].dropna()) & set(numbers)
    for code in ("id_number", "insurance_number"):
        known = frames["register_member"][code].dropna()
        assert not known.duplicated().any()


def test_the_truth_is_what_one_counts(small: Sample) -> None:
    table = truth(small.province).set_index(["indicator", "unit_code"])
    households, communes = small.province.frames["register_household"], small.province.frames["register_commune"]
    units = units_on(PERIOD.last_day)
    for unit in ("10", "082", households["commune"].iloc[0]):
        inside = {c.code for c in units.communes_in(unit)} if unit in ("10", "082") else {unit}
        own = households[households["commune"].isin(inside)]
        poor = sum(own["classification"].isin(["poor_income", "poor_deprivation"]))
        total = communes[communes["commune"].isin(inside)]["households"].sum()
        row = table.loc["POV_RATE", unit]
        assert (row["numerator"], row["denominator"]) == (str(poor), str(total))
        assert float(row["value"]) == 100 * poor / total
    cards = small.province.frames["health_card"]
    valid = cards[(cards["valid_from"] <= PERIOD.last_day) & (cards["valid_to"] >= PERIOD.last_day)]
    by_commune = sum(g["insurance_number"].nunique() for _, g in valid.groupby("commune"))
    assert table.loc["HI_COVERAGE", "10"]["numerator"] == str(by_commune)


def test_a_sender_without_rows_sends_nothing_and_the_truth_says_so(tmp_path: Path) -> None:
    sample = write_sample(tmp_path, PERIOD, scale=0.001, communes=2, seed=4)
    with_people = set(sample.province.frames["register_household"]["commune"])
    districts = {units_on(PERIOD.last_day).district_of(c).code for c in with_people}
    sent = {p.stem.split("_")[2] for p in sample.files if p.name.startswith("register_household")}
    assert sent == districts
    table = pd.read_csv(sample.truth, dtype=str, keep_default_na=False).set_index(["indicator", "unit_code"])
    assert table.loc["POV_RATE", "10"].to_list()[1:] == ["", "", "", "false"]
    assert table.loc["POV_RATE", min(districts)]["complete"] == "true"


@pytest.mark.end_to_end
@pytest.mark.parametrize("period", one_of_the_day("quarters", [Period(2018, 4), Period(2017, 2), Period(2016, 3)]))
def test_realistic_files_of_any_quarter_are_read_to_the_last_value(tmp_path: Path, period: Period) -> None:
    sample = write_sample(tmp_path, period, scale=0.001, communes=3, seed=period.quarter, level="realistic")
    assert len(VARIATIONS) > 5
    rows: dict[str, int] = {}
    for path in sample.files:
        examined = look(path, path.parent.name)
        assert examined.verdict is Verdict.ACCEPTED, (path.name, examined.findings)
        warned = examined.findings[examined.findings["severity"] != "info"]
        assert not len(warned), (path.name, warned[["rule", "row", "column", "value"]])
        assert examined.heading.period == period
        dataset = examined.heading.dataset or ""
        truth_rows = sample.province.frames[dataset]
        own = truth_rows[truth_rows["commune"].isin(set(examined.rows["commune"]))]
        for column in contracts()[dataset].columns:
            if column.type in ("int", "money", "unit", "enum", "code", "ethnicity"):
                got = sorted(map(str, examined.rows[column.name].dropna()))
                assert got == sorted(map(str, own[column.name].dropna())), (path.name, column.name)
        rows[dataset] = rows.get(dataset, 0) + len(examined.rows)
    assert rows == {d: len(f) for d, f in sample.province.frames.items() if len(f)}


def test_an_empty_cell_of_a_province_without_numbers_is_none() -> None:
    """The writers of hostile files ask for None; a cell of NaN stopped them."""
    province = take_apart(build(Period(2018, 4), 0.001, 9, 303), 0.3, 303)
    for dataset, frame in province.frames.items():
        empty = [cell for cell in frame.to_numpy(dtype=object).ravel() if pd.isna(cell)]
        assert all(cell is None for cell in empty), dataset
