"""Linking against the truth of a province without common numbers, and what must hold of any outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from etl.linking import engine
from etl.linking.shapes import DATASETS, PAIRS, SURE, Before, Decision
from samples.stored import stored
from tests.linking.conftest import Apart, keyed


def f1(apart: Apart, pairs: tuple[str, ...]) -> float:
    found = keyed(apart.outcome.links, apart.frames)
    found = set(map(tuple, found.loc[found["pair"].isin(pairs), ["pair", "left", "right"]].to_numpy()))
    true = set(map(tuple, apart.truth.loc[apart.truth["pair"].isin(pairs), ["pair", "left", "right"]].to_numpy()))
    return 2 * len(found & true) / (len(found) + len(true))


def test_persons_are_found(apart: Apart) -> None:
    assert f1(apart, ("card", "pupil")) >= 0.99
    assert f1(apart, ("card",)) >= 0.99
    assert f1(apart, ("pupil",)) >= 0.99


def test_households_are_found(apart: Apart) -> None:
    assert f1(apart, ("loan", "housing")) >= 0.985


def test_links_without_numbers_are_found_too(apart: Apart) -> None:
    """Of the pairs alone that no identifier joins: exact links cannot hide a model that finds nothing."""
    found = keyed(apart.outcome.links, apart.frames)
    exact = set(found.loc[found["method"] != "probable", "left"])
    for pair in ("card", "pupil"):
        true = apart.truth[(apart.truth["pair"] == pair) & ~apart.truth["left"].isin(exact)]
        assert len(true) > 500
        pairs = set(map(tuple, found.loc[found["pair"] == pair, ["left", "right"]].to_numpy()))
        assert np.mean([(one, other) in pairs for one, other in zip(true["left"], true["right"], strict=True)]) >= 0.97


def test_a_person_has_one_place(apart: Apart) -> None:
    links = apart.outcome.links
    cards = links[links["pair"] == "card"].assign(
        person=lambda own: apart.frames["health_card"]["insurance_number"].to_numpy()[own["left_at"].to_numpy()]
    )
    assert cards.groupby("person")["right_at"].nunique().max() == 1
    assert cards.groupby("right_at")["person"].nunique().max() == 1
    for pair in ("loan", "housing"):
        assert not links.loc[links["pair"] == pair, "left_at"].duplicated().any()
    assert (links.loc[links["method"] == "probable", "probability"] > SURE).all()


def test_the_order_of_rows_decides_nothing(apart: Apart) -> None:
    rng = np.random.default_rng(3)
    shuffled = {}
    for name in DATASETS:
        frame = stored(apart.province, name)
        shuffled[name] = frame.iloc[rng.permutation(len(frame))].reset_index(drop=True)
    frames = engine.sorted_frames(shuffled)
    again = engine.link(frames, apart.outcome.trained)
    columns = ["pair", "left", "right", "method", "weight", "probability", "agreed"]
    pd.testing.assert_frame_equal(
        keyed(apart.outcome.links, apart.frames)[columns], keyed(again.links, frames)[columns], check_exact=True
    )
    assert {key: part.missed for key, part in again.parts.items()} == {
        key: part.missed for key, part in apart.outcome.parts.items()
    }


def test_a_district_whose_rows_are_as_before_is_left_alone(apart: Apart) -> None:
    """One name of one district is changed, as a new file: that district alone is looked through again."""
    changed = {name: frame.copy() for name, frame in apart.frames.items()}
    pupils = changed["education_pupil"]
    district = str(pupils["district_code"].iloc[0])
    pupils.loc[pupils["district_code"] == district, "submission_id"] = "another"
    links = apart.outcome.links
    before = Before(apart.outcome.parts, links[links["method"] == "probable"])
    again = engine.link(changed, apart.outcome.trained, before=before)
    assert set(apart.outcome.parts) - again.unchanged == {("pupil", district)}
    pd.testing.assert_frame_equal(again.links, links)
    assert set(again.uncertain["pair"]) <= {"pupil"}


@pytest.mark.parametrize("pair", ["card", "loan"])
def test_what_officers_decide_wins(apart: Apart, pair: str) -> None:
    """An exact and a probable link refused stay away, a pair that nothing speaks for is confirmed."""
    of, links = PAIRS[pair], apart.outcome.links
    own = links[links["pair"] == pair]
    rows, register = apart.frames[of.dataset], apart.frames[of.register]
    exact = own[own["method"] != "probable"].iloc[0]
    probable = own[own["method"] == "probable"].iloc[0]
    stranger = next(at for at in rows.index if at not in set(own["left_at"]))

    def decision(name: str, left: int, right: int, same: bool) -> Decision:
        by = "insurance_number" if pair == "card" else "loan_code"
        names = ("commune", "household_code") + (("full_name_key", "birth_year") if pair == "card" else ())
        told = tuple((n, str(register[n].iloc[right])) for n in sorted(names))
        return Decision(name, pair, ((by, str(rows[by].iloc[left])),), told, same)

    told = (
        decision("no-1", exact["left_at"], exact["right_at"], False),
        decision("no-2", probable["left_at"], probable["right_at"], False),
        decision("yes", stranger, exact["right_at"], True),
        decision("nobody", 0, 0, True).__class__(
            "nobody", pair, (("commune", "00000"),), (("commune", "00000"),), True
        ),
    )
    again = engine.link(apart.frames, apart.outcome.trained, told)
    now = again.links[again.links["pair"] == pair]
    pairs = set(map(tuple, now[["left_at", "right_at"]].to_numpy()))
    assert (exact["left_at"], exact["right_at"]) not in pairs
    assert (probable["left_at"], probable["right_at"]) not in pairs
    assert (stranger, exact["right_at"]) in pairs
    assert set(now.loc[now["left_at"] == stranger, "method"]) == {"confirmed"}
    assert set(again.refused["method"]) == {"refused"}
    assert again.idle == ["nobody"]
