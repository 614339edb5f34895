"""Former communes named with their district are read as their one successor, or their successors are named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.reference.former_units import successors_of
from etl.reference.successors import moved
from etl.reference.units import units_on

BEFORE = date(2025, 6, 30)
TODAY = date(2025, 9, 30)
OLD = units_on(BEFORE)


@pytest.mark.parametrize(("text", "code"), [
    ("Xã Nậm Chạc, huyện Bát Xát", "02686"), ("X. Nậm Chạc (H. Bát Xát)", "02686"), ("xa nam chac, huyen bat xat", "02686"),
    ("Nậm Chạc - huyện Bát Xát", "02686"), ("Xã Mường Hoa, thị xã Sa Pa", "03037"),
    ("Xã Châu Quế Thượng, huyện Văn Yên", "04387"), ("Xã Châu Quế Hạ, huyện Văn Yên, tỉnh Yên Bái", "04387"),
])  # fmt: skip
def test_a_former_commune_has_its_successor(text: str, code: str) -> None:
    former = successors_of(text, TODAY)
    assert former is not None
    assert former.whole is not None
    assert former.whole.code == code


@pytest.mark.parametrize(
    "text",
    ["Xã Nậm Chạc", "Xã Nậm Chạc, tỉnh Lào Cai", "Huyện Bát Xát", "Xã Văn Bàn", "", "Xã Không Có, huyện Bát Xát"],
)
def test_what_names_no_former_commune_with_its_district(text: str) -> None:
    assert successors_of(text, TODAY) is None


def test_a_commune_that_exists_on_the_day_is_not_former() -> None:
    assert successors_of("Xã Bản Qua, huyện Bát Xát", date(2018, 12, 31)) is None


@given(
    st.sampled_from(OLD.communes), st.sampled_from(["{name}, {district}", "{name} - {district}", "{name} ({district})"])
)
def test_every_former_commune_finds_all_that_has_a_part_of_it(commune, form: str) -> None:  # type: ignore[no-untyped-def]
    text = form.format(name=commune.name, district=OLD.district_of(commune.code).name)
    parts = moved(BEFORE, TODAY).parts[commune.code]
    former = successors_of(text, TODAY)
    assert former is not None
    assert {unit.code for unit in former.units} == parts - {None}
    assert (former.whole is not None) == (len(parts) == 1 and None not in parts)
