"""What `giamngheo indicators` prints after `giamngheo link`: every link that was found counts, and comes near the truth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from etl.settings import Settings
from local.bench_link import distances
from local.load_province import PERIOD, put_all, submissions
from samples.apart import linked_truth
from samples.province import Province, build
from tests.commands import run_command
from tests.conftest import create_database
from tests.linking.conftest import Apart
from tests.selection import chance

pytestmark = pytest.mark.warehouse

Print = Callable[[Settings, Province], list[dict[str, Any]]]

OPTIONAL = {
    "register_member": ("insurance_number", "id_number"), "register_household": ("head_id_number",),
    "health_card": ("id_number", "household_code"), "education_pupil": ("household_code",),
    "credit_loan": ("borrower_id_number", "household_code"),
}  # fmt: skip
"""The identifiers that a row need not state."""

SEEDS = 12
TODAY = chance("identifiers").sample(range(SEEDS), 2)
POOR = ("poor_income", "poor_deprivation")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Print:
    """Put a province into the warehouse, link it, and return what `indicators` prints."""

    def link(home: Settings, province: Province) -> list[dict[str, Any]]:
        put_all(home, list(submissions(province)), 1)
        outputs = []
        for command in ("link", "indicators"):
            code, out, err = run_command(monkeypatch, capsys, home, command, "--period", str(PERIOD), "--json")
            assert code == 0, err
            outputs.append(json.loads(out))
        found: list[dict[str, Any]] = outputs[1]
        return found

    return link


def test_indicators_come_near_the_truth(apart: Apart, home: Settings, printed: Print) -> None:
    """Rates of the province within 0.3 points, in a district also by one person more where they rest on links of persons."""
    truth = linked_truth(apart.province)
    off = distances(printed(home, apart.province), truth).assign(of=truth["denominator"].astype("float64"))
    persons = off[off["indicator"].isin(["HI_POOR", "HI_NEAR_POOR", "EDU_ATTENDANCE"])]
    assert len(persons) > 25
    allowed = 0.3 + (100 / persons["of"]).where(persons["unit_code"] != "10", 0.0)
    assert not len(persons[persons["points"] > allowed]), persons[persons["points"] > allowed]
    whole = off[off["unit_code"] == "10"].set_index("indicator")
    assert whole.loc["CREDIT_ACCESS", "points"] <= 0.3
    assert whole.loc["CREDIT_NEED_MET", "points"] <= 0.3
    counts = off[off["indicator"] == "HI_EXPIRING"]
    assert (counts["printed"] - counts["true"]).abs().max() <= 1


def without_identifiers(province: Province, seed: int) -> Province:
    """Return the province with each optional identifier missing in a random share of the rows of each list."""
    rng = np.random.default_rng([seed, 12])
    frames = {name: frame.copy() for name, frame in province.frames.items()}
    for dataset, columns in OPTIONAL.items():
        frame = frames[dataset]
        for column in columns:
            missing = rng.random(len(frame)) < rng.choice([0.0, 0.3, 0.7, 1.0])
            frame[column] = frame[column].where(~missing, None)
    cards = frames["health_card"]
    soon = rng.random(len(cards)) < 0.2
    days = rng.integers(-2, 40, len(cards)).tolist()
    cards["valid_to"] = [
        province.period.last_day + timedelta(days=day) if is_soon else last
        for last, is_soon, day in zip(cards["valid_to"], soon.tolist(), days, strict=True)
    ]
    return replace(province, frames=frames)


def linked_rows(conn: Connection, pair: str) -> list[tuple[int, int]]:
    """Return the rows of a sector and of the register that the newest run has linked, as it has stored them."""
    query = text(
        "SELECT row, register_row FROM history.link AS l WHERE pair = :pair AND method <> 'refused' AND NOT EXISTS ("
        " SELECT FROM history.link_end AS e WHERE e.link_id = l.link_id AND e.linked_at = l.linked_at)"
    )
    return [(row.row, row.register_row) for row in conn.execute(query, {"pair": pair})]


def expected(conn: Connection, province: Province) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Return (indicator, district) → numerator and denominator, from the stored links and the lists alone."""
    day, frames = province.period.last_day, province.frames
    district = {c.code: province.units.district_of(c.code).code for c in province.units.communes}
    # A row's number in the warehouse is its place in its list, from ten on.
    houses = {
        (h["commune"], h["household_code"]): h["classification"]
        for h in frames["register_household"].to_dict("records")
    }
    members = dict(enumerate(frames["register_member"].to_dict("records"), start=10))
    households = dict(enumerate(frames["register_household"].to_dict("records"), start=10))
    cards = dict(enumerate(frames["health_card"].to_dict("records"), start=10))
    pupils = dict(enumerate(frames["education_pupil"].to_dict("records"), start=10))
    loans = dict(enumerate(frames["credit_loan"].to_dict("records"), start=10))
    classes = {row: houses[m["commune"], m["household_code"]] for row, m in members.items()}
    listed = {row for row, kind in classes.items() if kind in (*POOR, "near_poor")}
    valid = {row for row, card in cards.items() if card["valid_from"] <= day <= card["valid_to"]}
    held = [(card, member) for card, member in linked_rows(conn, "card") if card in valid]
    covered = {member for _, member in held}
    lapsing = {c for c, m in held if m in listed and day < cards[c]["valid_to"] <= day + timedelta(days=30)}
    at_school = {member for pupil, member in linked_rows(conn, "pupil") if pupils[pupil]["status"] == "enrolled"}
    owing = {
        household for loan, household in linked_rows(conn, "loan")
        if sum(loans[loan][name] or 0 for name in ("outstanding", "overdue", "frozen")) > 0
    }  # fmt: skip
    has, of = Counter[tuple[str, str]](), Counter[tuple[str, str]]()

    def count(code: str, row: dict[str, Any], is_so: bool) -> None:
        for unit in (district[row["commune"]], province.units.province.code):
            of[code, unit] += 1
            has[code, unit] += is_so

    for row in listed:
        count("HI_NEAR_POOR" if classes[row] == "near_poor" else "HI_POOR", members[row], row in covered)
        birth = members[row]["birth"]
        age = day.year - (birth if isinstance(birth, int) else birth.year)
        if classes[row] in POOR and 6 <= age <= 14:
            count("EDU_ATTENDANCE", members[row], row in at_school)
    for row, household in households.items():
        if household["classification"] in (*POOR, "near_poor"):
            count("CREDIT_ACCESS", household, row in owing)
            if household["needs_loan"] is True and household["loan_eligible"] is True:
                count("CREDIT_NEED_MET", household, row in owing)
    for row in lapsing:
        count("HI_EXPIRING", cards[row], True)
    return {key: (has[key], None if key[0] == "HI_EXPIRING" else of[key]) for key in of}


@pytest.mark.parametrize("seeds", [TODAY, pytest.param(range(SEEDS), marks=pytest.mark.whole)], ids=["today", "all"])
def test_every_link_counts_whichever_identifiers_are_missing(
    home: Settings, server: Any, printed: Print, seeds: Sequence[int]
) -> None:
    """Each optional identifier is missing on one side, on both or on neither, at random."""
    never = 0
    for seed in seeds:
        name = f"identifiers_{seed}_{len(seeds)}"
        create_database(server, name, template="template")
        url = server.set(database=name).render_as_string(hide_password=False)
        province = without_identifiers(build(PERIOD, 0.006, 9, seed), seed)
        got = {
            (r["indicator"], r["unit_code"]): (r["numerator"], r["denominator"])
            for r in printed(home.model_copy(update={"warehouse_url": url}), province)
            if r["unit_level"] in ("district", "province") and r["complete"]
        }
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as conn:
            wanted = expected(conn, province)
        engine.dispose()
        assert len(wanted) > 40
        different = {key: (got[key], value) for key, value in wanted.items() if got[key] != value}
        assert not different, (seed, different)
        never += all(value[0] == 0 for key, value in wanted.items() if key[0] == "HI_EXPIRING")
    assert never < len(seeds)
