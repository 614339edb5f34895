"""Names that people write find their unit, or say that they do not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model.text import fold
from etl.reference.units import all_units, units_on

YEAR_END = date(2018, 12, 31)
UNITS = units_on(YEAR_END)


def test_2018_has_nine_districts_and_164_communes() -> None:
    assert (UNITS.province.code, len(UNITS.districts), len(UNITS.communes)) == ("10", 9, 164)


@pytest.mark.parametrize("commune", UNITS.communes, ids=lambda c: c.code)
def test_every_full_name_finds_its_commune_in_the_district_and_in_the_province(commune) -> None:  # type: ignore[no-untyped-def]
    for within in (commune.parent, "10"):
        assert UNITS.match_commune(commune.name, within).code == commune.code
        assert UNITS.match_commune(commune.name.upper(), within).code == commune.code
    assert UNITS.match_commune(commune.code, "10").code == commune.code


@pytest.mark.parametrize(
    ("text", "within", "code"),
    [
        ("TT. Sa Pa", "088", "03001"),
        ("Xã Sa Pả", "088", "03016"),
        ("Sa Pả", "088", "03016"),
        ("xa sa pa", "088", "03016"),
        ("TT Phố Lu", "086", "02905"),
        ("nam chay", "083", "02770"),
        ("Xã Nậm Chày", "089", "03076"),
        ("Xã Nam Chay", "089", "03076"),
        ("Xã Vạn Hòa", "080", "02665"),
        ("P. Lào Cai", "080", "02638"),
        ("TT NT Phong Hải", "086", "02902"),
        ("Xã Bản Qua, huyện Bát Xát", "10", "02716"),
        ("  xã   Bản Qua ", "082", "02716"),
        ("X.Bản Qua", "082", "02716"),
        ("Bản Qua", "082", "02716"),
        ("Xã Bản Qau", "082", "02716"),
        ("xã: Bản Qua", "082", "02716"),
        ("BảnQua", "082", "02716"),
        ("Xã Bản Qua (KV III)", "082", "02716"),
        ("Bản Qua - Bát Xát", "10", "02716"),
        ("Bản Qua (Bát Xát)", "10", "02716"),
    ],
)
def test_spellings_of_one_commune(text: str, within: str, code: str) -> None:
    assert UNITS.match_commune(text, within).code == code


@pytest.mark.parametrize(
    ("text", "within", "candidates"),
    [
        ("Phố Lu", "086", {"Thị trấn Phố Lu", "Xã Phố Lu"}),
        ("Sa Pa", "088", {"Thị trấn Sa Pa", "Xã Sa Pả"}),
        ("nam chay", "10", {"Xã Nậm Chảy", "Xã Nậm Chầy"}),
        ("Xã Nậm Chảy", "089", {"Xã Nậm Chảy", "Xã Nậm Chầy"}),
    ],
)
def test_two_that_fit_are_never_chosen_between(text: str, within: str, candidates: set[str]) -> None:
    match = UNITS.match_commune(text, within)
    assert match.code is None
    assert match.ambiguous
    assert {c.name for c in match.candidates} == candidates


@given(st.sampled_from(UNITS.communes), st.data())
def test_a_slip_never_names_another_commune(commune, data) -> None:  # type: ignore[no-untyped-def]
    place = data.draw(st.integers(len(commune.type) + 1, len(commune.name) - 1))
    letter = data.draw(st.sampled_from("abcdeghiklmnoqrstuvxy"))
    spoilt = commune.name[:place] + letter + commune.name[place + 1 :]
    code = UNITS.match_commune(spoilt, commune.parent).code
    assert (
        code in (None, commune.code)
        or spoilt in {u.name for u in UNITS.communes}
        or fold(spoilt) == fold(UNITS[code].name)
    )


def test_a_commune_of_another_district_is_unknown_and_named() -> None:
    match = UNITS.match_commune("Xã Bản Qua", "083")
    assert match.code is None
    assert not match.ambiguous
    assert [c.name for c in match.candidates] == ["Xã Bản Qua"]


@given(st.text(max_size=40), st.sampled_from(["10", "082", "088"]))
def test_no_text_raises_and_a_match_lies_within(text: str, within: str) -> None:
    code = UNITS.match_commune(text, within).code
    assert code is None or UNITS[code] in UNITS.communes_in(within)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("UBND HUYỆN BÁT XÁT", ["082"]),
        ("PHÒNG GIAO DỊCH NHCSXH huyện Bảo Yên", ["087"]),
        ("TP. Lào Cai", ["080"]),
        ("Tỉnh Lào Cai", ["10"]),
        ("Lào Cai, ngày 05 tháng 01 năm 2019", []),
        ("Huyện Bát Xát, tỉnh Lào Cai", ["082", "10"]),
    ],
)
def test_submitting_units_are_named_with_their_type(line: str, codes: list[str]) -> None:
    assert [u.code for u in UNITS.submitting_in(line)] == codes


def test_codes_are_reused_but_never_on_one_day() -> None:
    for day in (date(2009, 1, 1), YEAR_END, date(2020, 6, 30), date(2024, 12, 31), date(2025, 12, 31)):
        codes = [u.code for u in all_units() if u.valid_on(day)]
        assert len(codes) == len(set(codes))
    assert len({u.name for u in all_units() if u.code == "02641"}) > 1


def test_districts_end_in_july_2025() -> None:
    units = units_on(date(2025, 7, 1))
    assert units.districts == ()
    assert units.province.code == "15"
    assert units.district_of(units.communes[0].code).code == "15"


def test_the_folded_key_agrees_with_the_published_list() -> None:
    from etl.reference.data_files import rows

    assert all(fold(r["commune_short"]) == r["match_key"] for r in rows("laocai_units.csv"))
