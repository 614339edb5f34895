"""Forms of names: what clerks write differently is one, what differs stays apart."""

from __future__ import annotations

import pandas as pd
import pytest

from etl.linking.exact import first_of_each, households, one_to_one, persons
from etl.linking.names import name_columns
from etl.linking.prepare import digits, plain_id, row_keys


@pytest.mark.parametrize(("one", "other", "form"), [
    ("Giàng A Sử", "Giang A Su", "name"),
    ("Thào Seo Hoà", "Thào Seo Hòa", "name"),
    ("Giàng A Sử", "Dàng A Sử", "sound"),
    ("Lý Thị Mỷ", "Lí Thị Mỉ", "sound"),
    ("Sùng Seo Tráng", "Xùng Seo Cháng", "sound"),
    ("Nguyễn Thị Lan", "Thị Nguyễn Lan", "bag"),
    ("Nguyễn Thị Lan", "Nguyễn Lan", "outer"),
])  # fmt: skip
def test_spellings_of_one_name_share_a_form(one: str, other: str, form: str) -> None:
    forms = name_columns(pd.Series([one, other], dtype="str"))
    assert forms[form].nunique() == 1


def test_other_names_share_none() -> None:
    forms = name_columns(pd.Series(["Giàng A Sử", "Vàng A Páo", None], dtype="str"))
    assert all(forms[name].iloc[0] != forms[name].iloc[1] for name in forms.columns)
    assert forms.iloc[2].isna().all()


def test_numbers_in_one_form() -> None:
    assert plain_id(pd.Series(["000063000008", "063000008", "010090000008"])).tolist() == [
        "063000008", "063000008", "010090000008",
    ]  # fmt: skip
    assert digits(pd.Series(["000123", "123", "0", "HN-012"])).tolist()[:2] == ["123", "123"]


def test_rows_of_one_key_are_told_apart() -> None:
    frame = pd.DataFrame({"commune": ["a", "a", "b"], "household_code": ["1", "1", None]})
    assert row_keys(frame, ("commune", "household_code")).tolist() == ["a|1", "a|1|#1", "b|"]


def side(**columns: object) -> pd.DataFrame:
    names = ["insurance_number", "id_number", "commune", "district", "code", "household", "name_key", "birth_year"]
    frame = pd.DataFrame({n: pd.Series(columns.get(n, [None] * 3), dtype="object") for n in names})
    return frame.assign(household=frame["commune"] + "/" + digits(frame["code"].astype("str")).astype("object"))


def test_exact_links_of_persons() -> None:
    """By insurance number; by CMND where that is missing; by household, name and year; a person once."""
    left = side(insurance_number=["1", "9", "8"], id_number=["x", "y", None], commune=["c"] * 3, district=["d"] * 3,
                code=["c000012", None, "12"], name_key=["a", "b", "e"], birth_year=[1980, 1990, 2010])  # fmt: skip
    right = side(insurance_number=["1", None, None], id_number=[None, "y", None], commune=["c"] * 3,
                 code=["000012"] * 3, name_key=["a", "b", "e"], birth_year=[1980, 1990, 2010])  # fmt: skip
    found = persons(left, right, ("insurance_number", "id_number"))
    assert one_to_one(found, left, right).to_numpy().tolist() == [
        [0, 0, "insurance_number"], [1, 1, "id_number"], [2, 2, "household_name_birth"],
    ]  # fmt: skip


def test_a_code_is_read_with_its_prefix_only_where_it_names_one_household() -> None:
    left = side(
        commune=["02683"] * 3, district=["082"] * 3, code=["02683000012", "77", "000005"], name_key=["a", "b", "c"]
    )
    right = side(commune=["02683"] * 3, code=["000012", "0077", "77"], name_key=["a", "b", "c"])
    found = first_of_each(households(left, right, None), left, right)
    assert found[["left", "right", "method"]].to_numpy().tolist() == [
        [0, 0, "household_code"],
        [1, 2, "household_code"],
    ]
