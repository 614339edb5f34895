"""A person taken out of everything: every figure stays, and no byte of the person is left, whenever it is interrupted."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import uuid
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from etl import cli, pipeline, questions
from etl.custody import archived, erase, forget
from etl.custody.person import Person, find
from etl.custody.pseudonym import GONE
from etl.intake import inbox
from etl.settings import SECTORS, Settings
from etl.warehouse.embedded import binaries, create_database
from samples import Sample
from tests.selection import one_of_the_day
from tests.support import PERIOD, assert_same_frame, edited

pytestmark = pytest.mark.warehouse

TAKEN = (
    "register_commune_082", "register_household_082", "register_member_082", "credit_loan_082", "education_pupil_082",
    "housing_support_10", "health_card_10",
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A district with its files, a corrected and a rejected one among them."""

    settings: Settings
    files: dict[str, Path]


def take(own: Settings, *paths: Path) -> list[pipeline.Ingested]:
    drops, _ = inbox.given(list(paths), SECTORS, None)
    return pipeline.ingest(own, drops)


@lru_cache(maxsize=8)
def engine_of(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


def ask(own: Settings, query: str, **values: object) -> list[tuple[object, ...]]:
    with engine_of(own.warehouse_url or "").begin() as conn:
        return [tuple(r) for r in conn.execute(text(query), values)]


def person_of(own: Settings, number: str) -> Person:
    with engine_of(own.warehouse_url or "").begin() as conn:
        return find(conn, number)


@pytest.fixture(scope="module")
def base(server: URL, small: Sample, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Made once, to be copied."""
    sent, files = tmp_path_factory.mktemp("sent"), {}
    for path in small.files:
        if path.stem.startswith(TAKEN):
            (sent / path.parent.name).mkdir(exist_ok=True)
            files[path.stem.removesuffix("_2018-Q4")] = Path(shutil.copy2(path, sent / path.parent.name))
    name = f"base_{uuid.uuid4().hex[:8]}"
    create_database(server, name, template="template")
    url = server.set(database=name).render_as_string(hide_password=False)
    own = Settings(home=tmp_path_factory.mktemp("home"), warehouse_url=url, settle_seconds=0, endless_seconds=0)
    take(own, *files.values())
    return Filled(own, files)


@pytest.fixture
def filled(base: Filled, server: URL, tmp_path: Path) -> Filled:
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(server, name, template=make_url(base.settings.warehouse_url or "").database)
    shutil.copytree(base.settings.home, tmp_path / "home")
    sent = Path(shutil.copytree(next(iter(base.files.values())).parents[1], tmp_path / "sent"))
    url = server.set(database=name).render_as_string(hide_password=False)
    files = {key: sent / path.parent.name / path.name for key, path in base.files.items()}
    return Filled(Settings(home=tmp_path / "home", warehouse_url=url, settle_seconds=0, endless_seconds=0), files)


def choose(own: Settings, *datasets: str) -> tuple[str, Person]:
    """Somebody of these datasets whose name nobody else has."""
    numbers = ask(own, "SELECT insurance_number FROM history.health_card UNION SELECT id_number FROM history.register_member"
                       " UNION SELECT borrower_id_number FROM history.credit_loan ORDER BY 1")  # fmt: skip
    for number in (str(n) for (n,) in numbers if n):
        person = person_of(own, number)
        if not set(datasets) <= {p.dataset for p in person.rows}:
            continue
        named = sum(int(str(ask(own, f"SELECT count(*) FROM history.{table} WHERE {column} = ANY(:names)",
                                names=list(person.names))[0][0])) for table, column in (
            ("register_member", "full_name"), ("register_household", "head_name"), ("health_card", "full_name"),
            ("credit_loan", "borrower_name"), ("education_pupil", "full_name"), ("housing_support", "head_name")))  # fmt: skip
        if named == len(person.rows):
            return number, person
    raise AssertionError(f"nobody is in {datasets}")


def figures(own: Settings, as_of: object = None) -> pd.DataFrame:
    return questions.indicators(own, PERIOD, None, None, as_of)  # type: ignore[arg-type]


def traces_left(own: Settings, person: Person) -> list[tuple[str, str]]:
    """Where a byte of the person still is: files (also inside of zips) and a dump of the database."""
    words = {*person.numbers, *person.cards, *person.names}
    url = make_url(own.warehouse_url or "").set(drivername="postgresql").render_as_string(hide_password=False)
    dumped = subprocess.run([str(binaries() / "pg_dump"), f"--dbname={url}"], capture_output=True, check=True).stdout
    pieces = {"pg_dump": dumped}
    for path in own.home.rglob("*"):
        if not path.is_file():
            continue
        pieces[str(path)] = path.read_bytes() + path.name.encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                pieces |= {f"{path}!{name}": book.read(name) for name in book.namelist()}
    forms = [(w, f) for w in words for f in (w.encode(), w.encode("utf-16-le"))]
    return [(place, word) for place, content in pieces.items() for word, form in forms if form in content]


def links_of(own: Settings, person: Person) -> list[tuple[object, ...]]:
    """The links of a person's rows, whatever they are called now."""
    return [link for p in person.rows for link in ask(
        own, "SELECT link_id, pair, submission_id, sheet, row, register_submission_id, register_row FROM history.link"
        " WHERE (submission_id, sheet, row) = (:id, :sheet, :row)"
        " OR (register_submission_id, register_sheet, register_row) = (:id, :sheet, :row) ORDER BY linked_at, pair, row",
        id=p.submission_id, sheet=p.sheet, row=p.row)]  # fmt: skip


def lend(filled: Filled, person: Person) -> None:
    """A newer list of loans, a text file, in which the first borrower with a number is the person."""
    ((name, number),) = ask(filled.settings, "SELECT borrower_name, borrower_id_number FROM history.credit_loan"
                                             " WHERE borrower_id_number IS NOT NULL ORDER BY row LIMIT 1")  # fmt: skip
    path = filled.files["credit_loan_082"]
    assert path.suffix == ".csv"
    content = path.read_bytes().decode("utf-8-sig")
    identity = next(n for n in sorted(person.numbers) if len(n) != 10)
    assert str(number) in content
    path.write_text(
        content.replace(str(number), identity).replace(str(name), next(iter(person.names)), 1), encoding="utf-8"
    )
    os.utime(path, (time.time() + 90,) * 2)
    take(filled.settings, path)


WHO = {
    "a pupil": ("register_member", "health_card", "education_pupil"),
    "a head of a household": ("register_household", "register_member", "health_card"),
}


@pytest.mark.parametrize("who", one_of_the_day("forgotten", list(WHO)))
def test_no_byte_is_left_and_every_figure_stays(filled: Filled, who: str) -> None:
    own, datasets = filled.settings, WHO[who]
    number, person = choose(own, *datasets)
    earlier = ask(own, "SELECT max(accepted_at) FROM intake.submission")[0][0]
    # A correction supersedes the list; a bad cell of the person's is told in a finding; a file is rejected whole, by a
    # name that names the person; another waits half-way; somebody has waived something of theirs.
    place = next(p for p in person.rows if p.dataset == "register_member")
    source = filled.files["register_member_082"]
    top = min(p[0] for p in ask(own, "SELECT row FROM history.register_member WHERE submission_id = :i AND sheet = :s",
                                i=place.submission_id, s=place.sheet))  # fmt: skip
    sheets = [s for (s,) in ask(own, "SELECT DISTINCT sheet FROM history.register_member WHERE submission_id = :i",
                                i=place.submission_id)]  # fmt: skip
    assert sheets == [place.sheet]
    wrong = filled.settings.home.parent / "sent" / "water" / f"{next(iter(person.names))}_2018-Q4.xlsx"
    wrong.parent.mkdir(parents=True)
    shutil.copy2(source, wrong)
    newer = edited(source, source, "register_member", {(place.row - int(str(top)) + 1, "birth"): "hôm nọ"})
    os.utime(newer, (time.time() + 60,) * 2)
    done = take(own, wrong, newer)
    assert [d.submission.verdict for d in done].count("rejected") == 1
    waiting = own.inbox / "register" / "again.xlsx"
    waiting.parent.mkdir(parents=True)
    edited(source, waiting, "register_member", {(place.row - int(str(top)) + 1, "relation"): "khác"})
    (unfinished,) = pipeline.receive(own)
    pipeline.prepare(own, unfinished)
    if "register_household" in datasets:
        # It waits for a person to decide.
        ask(own, "UPDATE intake.submission SET state = 'held' WHERE id = :id RETURNING id", id=unfinished)
    own.reviewed.mkdir(parents=True)
    waivers = f"# {next(iter(person.names))}, {number}\n"
    (own.reviewed / "note.yml").write_text(waivers, encoding="utf-8")
    ask(
        own,
        "INSERT INTO pii.read_log (reader, dataset, statement) VALUES ('x', 'y', :s) RETURNING id",
        s=f"… '{number}'",
    )
    if "register_household" in datasets:
        lend(filled, person)
    pipeline.link(own, "2018-Q4")
    pipeline.measure(own, "2018-Q4")
    pipeline.publish_edition(own, "2018-Q4")
    before, then = figures(own), figures(own, earlier)
    rows = ask(own, "SELECT submission_id, sheet, row FROM history.register_member ORDER BY 1, 2, 3")
    counts = ask(own, "SELECT id, rows_read, rows_accepted, rows_rejected FROM intake.submission ORDER BY id")
    assert len(traces_left(own, person)) > 10
    person = person_of(own, number)
    names = links_of(own, person)
    assert len(names) >= 2
    plan = forget.plan(own, number)
    assert set(datasets) <= set(plan.rows)
    assert len(plan.files) == len(plan.rows) + 2
    assert ("credit_loan" in plan.rows) == ("register_household" in datasets)
    forget.carry_out(own, plan, by="Lan", reason=f"asked for {number}")

    assert traces_left(own, person) == []
    assert_same_frame(figures(own), before)
    assert_same_frame(figures(own, earlier), then)
    assert ask(own, "SELECT submission_id, sheet, row FROM history.register_member ORDER BY 1, 2, 3") == rows
    assert ask(own, "SELECT id, rows_read, rows_accepted, rows_rejected FROM intake.submission ORDER BY id") == counts
    assert pipeline.publish_edition(own, "2018-Q4") == (1, False)
    # Links stand, under names that nobody can tell from what the person was called.
    renamed = links_of(own, person)
    assert [link[1:] for link in renamed] == [link[1:] for link in names]
    of_person = {link[0] for link in names if link[1] in ("card", "pupil")}
    assert not of_person & {link for (link,) in ask(own, "SELECT link_id FROM history.link")}
    standing = (
        "SELECT link_id, pair, submission_id, row, register_submission_id, register_row FROM core.link ORDER BY 1"
    )
    stand = ask(own, standing)
    pipeline.link(own, "2018-Q4", anew=True)
    assert ask(own, standing) == stand
    ((by, reason, pseudonym),) = ask(own, "SELECT by, reason, pseudonym FROM intake.forgetting")
    assert by == "Lan"
    assert number not in str(reason)
    kept = ask(own, "SELECT full_name, birth, birth_year, sex FROM history.register_member WHERE full_name LIKE :p",
               p=f"{GONE} {pseudonym}%")  # fmt: skip
    assert len(kept) == plan.rows["register_member"]
    assert all(birth is None and sex is None for _, birth, _, sex in kept)
    assert (own.archive / "prepared" / f"{unfinished}.parquet").exists()
    # The file that waited goes on; the same original comes again and is known, and stays away.
    pipeline.load(own, unfinished)
    pipeline.answer(own, unfinished)
    (again,) = take(own, filled.files["credit_loan_082"])
    assert not again.new
    (again,) = take(own, wrong.rename(wrong.with_name("other_2018-Q4.xlsx")))
    left = [place for place, _ in traces_left(own, person)]
    assert not left
    # Nobody of that number is known any more.
    assert forget.plan(own, number).nothing
    assert not forget.is_under_way(own)


@pytest.mark.parametrize("struck", one_of_the_day("forgetting", ["rewrite", "erase", "_enter", "_finish"]))
def test_what_is_interrupted_is_completed_by_running_it_again(
    filled: Filled, struck: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = filled.settings
    number, person = choose(own, "register_member", "health_card")
    before = figures(own)
    where = {"rewrite": archived, "erase": erase}.get(struck, forget)
    real = getattr(where, struck)
    calls = []

    def strike(*args: object, **named: object) -> None:
        calls.append(1)
        if struck == "rewrite" and len(calls) == 1:
            real(*args, **named)
            return
        raise OSError("no space left")

    monkeypatch.setattr(where, struck, strike)
    with pytest.raises(OSError, match="no space"):
        forget.carry_out(own, forget.plan(own, number), by="Lan", reason="asked")
    assert forget.is_under_way(own)
    monkeypatch.setattr(where, struck, real)
    forget.carry_out(own, forget.plan(own, number), by="Lan", reason="asked")
    assert traces_left(own, person) == []
    assert_same_frame(figures(own), before)
    assert ask(own, "SELECT count(*) FROM intake.forgetting") == [(1,)]
    assert not ask(own, "SELECT id FROM intake.submission WHERE answered_version < findings_version")


def test_nobody_else_may_change_facts(filled: Filled) -> None:
    with pytest.raises(Exception, match="append-only"):
        ask(filled.settings, "UPDATE history.health_card SET full_name = 'x' RETURNING 1")


def test_the_command_tells_what_it_will_do_and_asks(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    own = filled.settings
    number, person = choose(own, "register_member", "health_card")
    around = cli.Around(lambda: own, cli.OUT, cli.progress)
    given = ["forget", "--person", number, "--reason", "asked", "--by", "Lan"]
    said = CliRunner().invoke(cli.cli, given, obj=around, input="n\n")
    assert said.exit_code == 1
    assert traces_left(own, person)
    assert CliRunner().invoke(cli.cli, [*given, "--yes"], obj=around).exit_code == 0
    assert not traces_left(own, person)
    assert CliRunner().invoke(cli.cli, [*given, "--yes"], obj=around).exit_code == 0
    assert isinstance(
        CliRunner().invoke(cli.cli, ["forget", "--person", "12", *given[3:]], obj=around).exception, ValueError
    )
