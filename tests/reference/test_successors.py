"""What became of the communes, held against the sources that it was derived from."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from etl.model.text import fold
from etl.reference.data_files import rows
from etl.reference.successors import Key, moved, successions
from etl.reference.units import Unit, all_units, units_on

YEAR_END, NQ_896, MERGED = date(2018, 12, 31), date(2020, 3, 1), date(2025, 7, 1)
BY_KEY: dict[Key, Unit] = {(u.code, u.valid_from): u for u in all_units() if u.level == "commune"}
SPELT_OTHERWISE = {
    "tinhlaocai_thixasapa_phườngsapa": "03001",
    "tinhlaocai_thixasapa_phườngsapả": "03002",
    "tinhlaocai_huyensimacai_xanansin": "02836",
    "tinhlaocai_huyenbaothang_thitrannongtruongphonghai": "02902",
    "tinhlaocai_huyenvanban_xanamdang": "03073",
}
"""How the list of 2025 writes names that the list of communes writes otherwise."""


def test_every_commune_that_ended_has_one_successor_or_one_main_part() -> None:
    shares: dict[Key, list[str]] = defaultdict(list)
    for one in successions():
        if one.old is not None and BY_KEY[one.old].valid_to == one.on:
            shares[one.old].append(one.share)
    ended = {key for key, unit in BY_KEY.items() if unit.valid_to is not None}
    assert set(shares) == ended
    for key, own in shares.items():
        assert own == ["whole"] or sorted(own) == ["main", *["part"] * (len(own) - 1)], key


def test_a_successor_is_there_on_the_day_of_the_change() -> None:
    for one in successions():
        if one.new is not None:
            assert BY_KEY[one.new].valid_on(one.on), one
        if one.old is not None:
            assert BY_KEY[one.old].valid_on(one.on - timedelta(days=1)), one
        assert one.old != one.new
        assert one.old or one.new


def test_2020_is_what_the_list_of_communes_says() -> None:
    stated = {r["commune_code"]: set(r["codes_from_2020_03_01"].split("|")) for r in rows("laocai_units.csv")}
    parts = dict(moved(YEAR_END, NQ_896).parts)
    assert parts.pop("02923") == {"02923", "02659"}, "Gia Phú goes on and loses a part"
    assert {code: set(own) for code, own in parts.items()} == {c: s for c, s in stated.items() if c != "02923"}


def test_2025_is_what_the_list_of_that_year_says() -> None:
    before = units_on(MERGED - timedelta(days=1))
    slugs = {
        f"tinhlaocai_{_slug(before.district_of(c.code).name)}_{_slug(c.name)}": c.code for c in before.communes
    } | SPELT_OTHERWISE
    heirs = {}
    for r in rows("laocai_units_2025.csv"):
        old = r["old_units"].split("|")
        if {o.split("_")[0] for o in old} == {"tinhlaocai"}:
            heirs |= {slugs[o]: r["commune_code"] for o in old}
        else:
            assert r["commune_code"] in moved(YEAR_END, MERGED).unknown
    assert moved(before.communes[0].valid_to - timedelta(days=1), MERGED).counted_in == heirs


def _slug(name: str) -> str:
    return fold(name).replace(" ", "")


def test_chains_compose() -> None:
    """2018 → 2025 at one go is 2018 → 2020 → 2025, and what the list of communes says of 2025."""
    first, then, whole = moved(YEAR_END, NQ_896), moved(NQ_896, MERGED), moved(YEAR_END, MERGED)
    assert whole.counted_in == {code: then.counted_in[mid or ""] for code, mid in first.counted_in.items()}
    stated = {r["commune_code"]: set(r["codes_2025_07_01"].split("|")) for r in rows("laocai_units.csv")}
    assert {code: set(own) for code, own in whole.parts.items()} == stated
    assert len(whole.unknown) == sum("tinhyenbai" in r["old_units"] for r in rows("laocai_units_2025.csv"))
    assert not first.unknown


@pytest.mark.parametrize(
    ("first", "last", "code", "counted_in", "parts"),
    [
        # Phường Thống Nhất becomes a xã of the same code; Cốc San moves from Bát Xát into the city.
        (YEAR_END, NQ_896, "02659", "02659", {"02659"}),
        (YEAR_END, NQ_896, "02746", "02746", {"02746"}),
        (YEAR_END, NQ_896, "02638", "02641", {"02641"}),
        (YEAR_END, NQ_896, "03001", "03001", {"03001", "03003", "03006", "03028"}),
        # Divided in 2020, one again in 2025.
        (YEAR_END, MERGED, "03001", "03006", {"03006"}),
        (YEAR_END, MERGED, "03016", "03006", {"03006", "03013"}),
        (date(2010, 6, 30), YEAR_END, "02761", "02761", {"02761", None}),
        (date(2024, 9, 30), date(2024, 12, 31), "02872", "02839", {"02839"}),
        (YEAR_END, YEAR_END, "02659", "02659", {"02659"}),
    ],
)
def test_worked_by_hand(first: date, last: date, code: str, counted_in: str, parts: set[str | None]) -> None:
    found = moved(first, last)
    assert (found.counted_in[code], found.parts[code]) == (counted_in, parts)


def test_figures_go_to_later_units_only() -> None:
    with pytest.raises(ValueError, match="before 31/12/2018"):
        moved(YEAR_END, date(2018, 12, 30))
