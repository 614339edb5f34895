"""What a report says in words: how many of a figure were found by which kind of link."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from etl.reporting.words import LINKS, linked_vi

pytestmark = pytest.mark.warehouse


def test_kinds_of_links_the_most_certain_first() -> None:
    told = linked_vi({"id_number": 56, "insurance_number": 1234, "confirmed": 0})
    assert told == "Đối chiếu theo mã số BHXH: 1.234; số CMND/CCCD: 56"
    assert linked_vi({}) == linked_vi({"probable": 0}) == ""


def test_fewer_than_five_are_told_with_others_only() -> None:
    told = linked_vi({"insurance_number": 1234, "id_number": 3, "probable": 40})
    assert told == "Đối chiếu theo mã số BHXH: 1.234; số CMND/CCCD hoặc ghép theo xác suất: 43"
    assert linked_vi({"insurance_number": 90, "id_number": 2, "probable": 3}).endswith("hoặc ghép theo xác suất: 5")


@given(st.dictionaries(st.sampled_from(list(LINKS)), st.integers(0, 30)))
def test_no_small_number_is_told_and_none_is_lost(by_link: dict[str, int]) -> None:
    numbers = [int(n) for n in re.findall(r": (\d+)", linked_vi(by_link))]
    assert sum(numbers) == sum(by_link.values())
    assert all(n >= 5 for n in numbers) or sum(numbers) < 5


def test_every_kind_has_words_and_the_same_place(warehouse: Engine) -> None:
    with warehouse.connect() as conn:
        ranks = [conn.scalar(text("SELECT core.link_rank(:kind)"), {"kind": kind}) for kind in LINKS]
    assert ranks == list(range(1, len(LINKS) + 1))
