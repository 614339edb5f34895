"""Forms of another standard than that of their period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from etl.contracts import contract
from etl.model.period import Period
from etl.reference.units import units_on
from samples import forms
from tests.support import look

AFTER, BEFORE = Period(2022, 4), Period(2018, 4)
TODAY = date(2023, 1, 10)
FORM = contract("register_household")


def written(path: Path, period: Period, form_of: Period, classification: str, lacking: list[str]) -> Path:
    """One household of a period on the form of another, with its class in words."""
    form, units = FORM.on(form_of.last_day), units_on(period.last_day)
    row = {
        "household_code": "1", "head_name": "Nguyễn Văn Mẫu", "ethnicity": "Kinh", "commune": "02692", "area": "rural",
        "members": 4, "b1_score": 120, "b2_score": 10 * len(lacking), "classification": "poor" if form_of == AFTER else "poor_income",
        "change": "continuing", **dict.fromkeys(lacking, True),
    }  # fmt: skip
    frame = pd.DataFrame([row], columns=[c.name for c in form.columns], dtype="object")
    frame = frame.astype("object").where(frame.notna(), None)
    forms.write_xlsx(path, forms.sheets(form, units["082"], period, units, frame))
    book = openpyxl.load_workbook(path)
    for cells in book.worksheets[0].iter_rows():
        for cell in cells:
            if cell.value in ("Hộ nghèo", "Hộ nghèo N1"):
                cell.value = classification
    book.save(path)
    return path


@pytest.mark.parametrize("said", ["Hộ nghèo", "Hộ nghèo N1"])
def test_a_quarter_of_2022_on_the_ten_columns_of_before(tmp_path: Path, said: str) -> None:
    lacking = ["lacks_health_care", "lacks_insurance", "lacks_clean_water"]
    examined = look(written(tmp_path / "a.xlsx", AFTER, BEFORE, said, lacking), today=TODAY)
    assert list(examined.findings["rule"]) == []
    row = examined.rows.iloc[0]
    assert (row["classification"], row["lacks_health_care"]) == ("poor", True)
    assert pd.isna(row["lacks_nutrition"]) or not row["lacks_nutrition"]


def test_a_quarter_of_2022_on_its_twelve_columns(tmp_path: Path) -> None:
    lacking = ["lacks_employment", "lacks_dependants", "lacks_nutrition"]
    examined = look(written(tmp_path / "a.xlsx", AFTER, AFTER, "Hộ nghèo", lacking), today=TODAY)
    assert list(examined.findings["rule"]) == []
    assert examined.rows.iloc[0][lacking].tolist() == [True, True, True]


def test_poor_in_2022_is_who_is_deprived_too(tmp_path: Path) -> None:
    few = ["lacks_employment", "lacks_nutrition"]
    examined = look(written(tmp_path / "a.xlsx", AFTER, AFTER, "Hộ nghèo", few), today=TODAY)
    assert list(examined.findings["rule"]) == ["band_disagrees"]


def test_in_2018_the_poor_are_of_two_classes_and_later_columns_are_the_senders_own(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", BEFORE, AFTER, "Hộ nghèo", ["lacks_employment"])
    assert "code_unknown" in set(look(path, today=TODAY).findings["rule"])
    path = written(tmp_path / "b.xlsx", BEFORE, AFTER, "Hộ nghèo N1", ["lacks_employment"])
    examined = look(path, today=TODAY)
    assert pd.isna(examined.rows.iloc[0]["lacks_employment"])
