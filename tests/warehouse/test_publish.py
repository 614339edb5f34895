"""What counts, and when: the newest drop of the newest day, in whatever order drops are loaded, at any past moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text

from etl.model.examined import Counts, Examined, Heading, Verdict
from etl.model.finding import findings_frame
from etl.model.period import Period
from etl.warehouse import at, ledger, load, publish

pytestmark = pytest.mark.warehouse

PERIOD = Period(2018, 4)
START = datetime(2019, 1, 1, tzinfo=UTC)
DISTRICTS = ("080", "082", "088")
"""Two that send for themselves, and one for which the province alone does."""

COMMUNE = {"082": "02692", "088": "03025", "10": "02692"}


@dataclass(frozen=True)
class Drop:
    """A file of water_works: who for, up to which day, how old the file is."""

    unit: str
    as_of: date
    minute: int
    name: str


def journey(conn: Connection, drop: Drop, serial: int) -> str:
    submission, _ = ledger.register(
        conn, sector="water", file_name=drop.name, folder="", sha256=f"{serial:012x}" + 52 * "0", size_bytes=1,
        modified_at=START + timedelta(minutes=drop.minute),
    )  # fmt: skip
    rows = pd.DataFrame({
        "sheet": ["S"], "row": [9], "works_name": [submission.id], "commune": [COMMUNE[drop.unit]], "kind": [None],
        "capacity": [1.5], "households_served": [serial], "persons_served": [None], "state": ["fair"],
        "managed_by": ['a "b", c\n'], "built_year": [None],
    })  # fmt: skip
    heading = Heading("water_works", PERIOD, drop.as_of, drop.unit)
    examined = Examined(Verdict.ACCEPTED, heading, Counts(9, 1, 0, 8), rows, findings_frame(), {"title": 8}, {})
    ledger.set_prepared(conn, submission.id, examined)
    load.load_rows(conn, ledger.get(conn, submission.id), rows)
    publish.publish(conn, submission.id)
    return submission.id


def oracle(done: list[tuple[str, Drop]]) -> dict[str, str]:
    """District → the submission that counts, said plainly."""
    found = {}
    for district in DISTRICTS:
        own = [(d.as_of, d.minute, d.name, at, s) for at, (s, d) in enumerate(done) if d.unit in (district, "10")]
        if own:
            found[district] = max(own)[-1]
    return found


def current(conn: Connection) -> dict[str, str]:
    query = text(
        "SELECT district_code, submission_id FROM core.current_coverage WHERE district_code IN ('080', '082', '088')"
    )
    return {r.district_code: r.submission_id for r in conn.execute(query)}


DROPS = st.builds(
    Drop, st.sampled_from(["082", "088", "10"]), st.sampled_from([date(2018, 10, 31), date(2018, 12, 31)]),
    st.integers(0, 3), st.sampled_from(["a.xlsx", "b.xlsx", "Ă.xlsx"]),
)  # fmt: skip


@settings(max_examples=12)
@given(st.lists(DROPS, min_size=1, max_size=6))
def test_what_counts_is_what_a_plain_reading_says_at_every_moment(warehouse: Engine, drops: list[Drop]) -> None:
    with warehouse.connect() as conn:
        done: list[tuple[str, Drop]] = []
        moments: list[tuple[datetime, dict[str, str]]] = []
        for serial, drop in enumerate(drops):
            done.append((journey(conn, drop, serial), drop))
            expected = oracle(done)
            assert current(conn) == expected
            accepted = ledger.get(conn, done[-1][0]).accepted_at
            assert accepted is not None
            moments.append((accepted, expected))
        for moment, expected in moments:
            at(conn, moment)
            assert current(conn) == expected
            shown = set(conn.scalars(text("SELECT submission_id FROM core.water_works")))
            # A province's row lies in 082; it is shown where that district takes it from there.
            wanted = {s for district, s in expected.items() if dict(done)[s].unit == district or district == "082"}
            assert shown == wanted
            at(conn, None)
        # Superseded within one day of reporting, as the ledger tells it: counts nowhere among those of its day.
        for own_day in {d.as_of for _, d in done}:
            same = [(s, d) for s, d in done if d.as_of == own_day]
            alive = set(oracle(same).values())
            for submission, _ in same:
                assert (ledger.get(conn, submission).superseded_at is None) == (submission in alive)
        conn.rollback()


def test_publishing_again_changes_nothing(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        one = journey(conn, Drop("082", date(2018, 12, 31), 0, "a.xlsx"), 1)
        before = ledger.get(conn, one)
        publish.publish(conn, one)
        assert ledger.get(conn, one) == before
        row = conn.execute(
            text("SELECT works_name, managed_by, capacity, households_served FROM core.water_works")
        ).one()
        assert tuple(row) == (one, 'a "b", c\n', 1.5, 1)


def test_a_second_load_of_an_unpublished_submission_replaces_the_first(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        submission, new = ledger.register(
            conn, sector="water", file_name="a", folder="", sha256="f" * 64, size_bytes=1, modified_at=START)  # fmt: skip
        assert new
        with pytest.raises(ValueError, match="no dataset or period"):
            load.load_rows(conn, submission, pd.DataFrame())
        with pytest.raises(ValueError, match="no period or unit"):
            publish.publish(conn, submission.id)


def test_the_ledger_takes_a_drop_once(warehouse: Engine) -> None:
    def take(name: str, minute: int = 0, drop_id: str | None = None) -> tuple[str, bool]:
        with warehouse.begin() as conn:
            one, new = ledger.register(
                conn, sector="water", file_name=name, folder="", sha256="e" * 64, size_bytes=1, drop_id=drop_id,
                modified_at=START + timedelta(minutes=minute))  # fmt: skip
            return one.id[-2:], new

    assert take("a.xlsx") == ("-1", True)
    # The very same file: a worker died before it could go on with it. Nothing has happened.
    assert take("a.xlsx") == ("-1", False)
    # A drop in the inbox is known by its claim: the same name, time and content may come again.
    assert take("a.xlsx", drop_id="x") == ("-2", True)
    assert take("a.xlsx", drop_id="x") == ("-2", False)
    assert take("a.xlsx", drop_id="y") == ("-3", True)
    # A zip may hold the same content under two names.
    assert take("b.xlsx", drop_id="y") == ("-4", True)
    assert take("b.xlsx", drop_id="y") == ("-4", False)
    assert take("a.xlsx", 1) == ("-5", True)
    assert take("other name.xlsx") == ("-6", True)
    first = f"water-{'e' * 12}-1"
    refused = Examined(Verdict.REJECTED, Heading(), Counts(1, 0, 0, 1), pd.DataFrame(), findings_frame(), {}, {})
    with warehouse.begin() as conn:
        ledger.set_prepared(conn, first, refused)
        ledger.set_rejected(conn, first)
        kinds = list(
            conn.scalars(text("SELECT kind FROM intake.event WHERE submission_id = :id ORDER BY id"), {"id": first})
        )
        assert kinds == ["received", "prepared", "rejected"]
        others = [f"water-{'e' * 12}-{number}" for number in range(2, 7)]
        assert sorted(s.id for s in ledger.unfinished(conn)) == others
        assert ledger.moving(conn, timedelta(minutes=1)) == others
        assert ledger.moving(conn, timedelta(0)) == []
        with pytest.raises(LookupError, match="there is no submission 'x'"):
            ledger.get(conn, "x")
