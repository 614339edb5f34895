"""What comes into question, on which level two rows agree, and what a period's rows teach without labels."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from etl.linking import engine, model, prepare, scoring
from etl.linking.shapes import Before
from tests.linking.conftest import Apart

PERSON: dict[str, Any] = {
    "full_name": "Giàng A Tùng", "birth": "2008-08-21", "birth_year": 2008, "sex": "male", "ethnicity": "mong",
    "commune": "02683", "village": "1", "district_code": "082",
}  # fmt: skip


def person(**changes: Any) -> pd.DataFrame:
    """One person as linking compares persons; a birth of four digits is a year alone."""
    row = {**PERSON, **changes}
    if "birth" in changes and changes["birth"] is not None:
        row |= {"birth_year": int(changes["birth"][:4]), "birth": changes["birth"] if "-" in changes["birth"] else None}
    frame = pd.DataFrame([row | {"full_name_key": row["full_name"].lower()}])
    frame["birth"] = pd.to_datetime(frame["birth"])
    columns = ["full_name_key", "sex", "ethnicity", "village"]
    frame = frame.astype(dict.fromkeys(columns, "str"))
    return prepare.with_names(prepare._compared(frame, "full_name").assign(unique_id=0))


TRAINED = model.defaults("pupil", 0.01, {}, 0.001)


def weighed(left: dict[str, Any], *, everything: bool) -> pd.DataFrame:
    return scoring.weigh("pupil", person(**left), person(), TRAINED, everything=everything)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("Giàng A Tùng", "same"), ("Giang A Tung", "accents"), ("Dàng A Tùng", "sound"), ("A Giàng Tùng", "swapped"),
        ("Giàng Seo Tùng", "middle"), ("Giàng A Tùeg", "letter"), ("A Giàng Tùeg", "near"), ("Giàeg Seo Tùng", "near"),
        ("Dàng Seo Tùeg", "near"), ("Giàng A", "part"), ("A Tùng", "part"), ("Sùng Seo Tùng", "part"),
        ("Sùng Seo Hoà", "other"),
    ],
)  # fmt: skip
def test_levels_of_names(name: str, level: str) -> None:
    assert weighed({"full_name": name}, everything=True)["level_full_name"].tolist() == [level]


@pytest.mark.parametrize(
    ("birth", "level"),
    [
        ("2008-08-21", "day"), ("2008", "year"), ("2008-01-01", "year"), ("2008-08-12", "part"),
        ("2007-08-21", "other_year"), ("1998-08-21", "digit"), ("2003-08-21", "digit"), ("1973-08-21", "other"),
        ("2007-03-02", "near"), ("1990-03-02", "other"),
    ],
)  # fmt: skip
def test_levels_of_births(birth: str, level: str) -> None:
    """Same day and month forty years apart are two persons, not a slip of the pen."""
    assert weighed({"birth": birth}, everything=True)["level_birth"].tolist() == [level]


@pytest.mark.parametrize(
    "changes",
    [
        {"birth": "2007-08-21", "full_name": "Giàng Seo Tùng"}, {"birth": "2007-08-21", "full_name": "Giàng A Tùeg"},
        {"birth": "2007", "full_name": "A Giàng Tùng"}, {"birth": "2008", "full_name": "Giàng A eùng", "sex": None},
        {"commune": "02686", "village": None, "full_name": "Giàng A Tùeg"},
        {"commune": "02686", "village": None, "full_name": "Giàng Seo Dùng"},
        {"birth": "2008", "full_name": "Giàeg A Tùeg"},
    ],
)  # fmt: skip
def test_two_slips_in_one_row_come_into_question(changes: dict[str, Any]) -> None:
    assert len(weighed(changes, everything=False)) == 1


def test_who_is_nearly_always_of_the_register_needs_less_evidence(apart: Apart) -> None:
    """Cards and pupils that state a poor household begin ahead of those of anybody."""
    card, pupil = (apart.outcome.trained[pair].openings for pair in ("card", "pupil"))
    assert min(card["poor"], card["poor+number"]) > card["none+number"] + 3
    assert pupil["poor"] > pupil["none"] + 3


def test_the_smaller_a_commune_the_more_it_says(apart: Apart) -> None:
    sizes = apart.frames["register_member"]["commune"].value_counts()
    bits = apart.outcome.trained["card"].communes
    assert bits[str(sizes.index[-1])] > bits[str(sizes.index[0])]
    assert set(bits) <= set(sizes.index)


def test_levels_of_what_a_side_states_weigh_among_their_like(apart: Apart) -> None:
    """How often a card states no number at all is in its opening, and must not count twice."""
    shares = apart.outcome.trained["card"].levels["numbers"]
    (comparison,) = [c for c in model.COMPARISONS["card"] if c.name == "numbers"]
    for stated in (True, False):
        alike = [shares[level.code] for level in comparison.levels if level.stated is stated]
        assert len(alike) > 1
        assert sum(m for m, _ in alike) == pytest.approx(sum(u for _, u in alike), rel=0.01)


def test_what_a_household_says_is_looked_at_when_its_list_comes_anew(apart: Apart) -> None:
    """A member's village and class are those of the household, whose list may be corrected alone."""
    changed = {name: frame.copy() for name, frame in apart.frames.items()}
    households = changed["register_household"]
    district = str(households["district_code"].iloc[0])
    own = households["district_code"] == district
    households.loc[own, "classification"] = "near_poor"
    households.loc[own, "submission_id"] = "another"
    links = apart.outcome.links
    before = Before(apart.outcome.parts, links[links["method"] == "probable"])
    again = engine.link(changed, apart.outcome.trained, before=before)
    assert ("card", district) not in again.unchanged
    others = {d for pair, d in apart.outcome.parts if pair == "card"} - {district}
    assert others
    assert {("card", d) for d in others} <= again.unchanged
