"""What is held back until a person decides: on real files through the pipeline, by the command line, by the quarter."""

from __future__ import annotations

import csv
import dataclasses
import os
import shutil
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from etl import approval, pipeline, questions
from etl.cli import cli, progress
from etl.cli_options import Around
from etl.completeness import PublishingRefusedError, TooIncompleteError, find_gaps
from etl.contracts import contract
from etl.examine import LOCAL_TIME
from etl.intake import inbox
from etl.model.period import Period
from etl.reporting import tables
from etl.settings import SECTORS, Settings
from etl.warehouse import decisions
from etl.warehouse.embedded import create_database, plain
from samples import forms
from tests.conftest import Ingested
from tests.support import PERIOD, UNITS, write_lines

pytestmark = pytest.mark.warehouse

DISTRICT, COMMUNE = "082", "02692"


def villages(home: Settings, period: Period, count: int, persons: int, name: str = "nuoc") -> Path:
    """Water statistics of a district: so many villages of one commune with so many people each."""
    frame = pd.DataFrame([
        {"commune": COMMUNE, "village": f"Thôn {n}", "households": 20, "persons": persons, "persons_hygienic_water": 30,
         "persons_clean_water": 20, "poor_households": 5} for n in range(count)
    ], columns=[c.name for c in contract("water_village").columns], dtype="object")  # fmt: skip
    folder = home.home / "made" / "water"
    folder.mkdir(parents=True, exist_ok=True)
    sheets = forms.sheets(contract("water_village"), UNITS[DISTRICT], period, UNITS, frame)
    return write_lines(folder / f"{name}_{period}.xlsx", sheets)


def take(home: Settings, path: Path) -> pipeline.Ingested:
    drops, _ = inbox.given([path], SECTORS, "water")
    (done,) = pipeline.ingest(home, drops)
    return done


def headline(done: pipeline.Ingested) -> str:
    return str(openpyxl.load_workbook(done.answer).worksheets[0]["A1"].value)


def ask(home: Settings, statement: str) -> list[Any]:
    engine = create_engine(home.warehouse_url or "", poolclass=NullPool)
    with engine.connect() as conn:
        rows = conn.execute(text(statement)).all()
    engine.dispose()
    return rows


def command(home: Settings, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, arguments, obj=Around(lambda: home, _Console(), progress))  # type: ignore[arg-type]
    assert done.exit_code == code, (done.exception, done.output)
    return done.output


class _Console:
    def print(self, line: str, **_: Any) -> None:
        import click

        click.echo(line)


@pytest.fixture(scope="module")
def halved(server: URL, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, pipeline.Ingested]:
    """An installation with a submission of half as many people as the quarter before. Made once, to be copied."""
    name = f"halved_{uuid.uuid4().hex[:8]}"
    create_database(server, name, template="template")
    url = server.set(database=name).render_as_string(hide_password=False)
    home = Settings(home=tmp_path_factory.mktemp("halved"), warehouse_url=url, settle_seconds=0, endless_seconds=0)
    before = take(home, villages(home, Period(2018, 3), 10, 100))
    assert before.submission.state == "accepted"
    done = take(home, villages(home, PERIOD, 10, 50))
    assert (done.submission.state, done.submission.verdict) == ("held", "accepted")
    return home, done


@pytest.fixture
def held(home: Settings, halved: tuple[Settings, pipeline.Ingested], server: URL) -> pipeline.Ingested:
    """The submission that is held, in a copy of its installation."""
    original, done = halved
    copy = make_url(home.warehouse_url or "").database or ""
    with psycopg.connect(plain(server.set(database="postgres")), autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(copy)))
    create_database(server, copy, template=make_url(original.warehouse_url or "").database)
    shutil.copytree(original.home, home.home, dirs_exist_ok=True)
    return dataclasses.replace(done, answer=home.home / done.answer.relative_to(original.home))


def test_a_total_that_halved_waits_and_says_so(home: Settings, held: pipeline.Ingested) -> None:
    assert headline(held).startswith("CHỜ PHÊ DUYỆT: Tổng cột «Tổng số dân» là 500,")
    assert "kỳ 2018-Q3 (1.000)" in headline(held)
    assert ask(home, "SELECT period FROM intake.coverage") == [("2018-Q3",)]
    assert pipeline.load(home, held.submission.id) is None
    (shown,) = [r for r in questions.status(home, PERIOD) if r["submission_id"]]
    assert (shown["state"], shown["reason"][:8]) == ("held", "Tổng cột")
    gate = approval.gate(home, held.submission.id)
    assert gate.waits
    assert "Huyện Bát Xát" in gate.subject and "**Từ chối**" in gate.body
    # Preparing it again asks no second time.
    pipeline.prepare(home, held.submission.id)
    assert ask(home, "SELECT kind, choice FROM quality.decision") == [("submission", None)]


def test_approved_on_the_command_line_it_is_published(home: Settings, held: pipeline.Ingested) -> None:
    subject = held.submission.id
    out = command(home, "approve", subject, "--by", "Trần Thị B", "--why", "Đã đối chiếu")
    assert "approved" in out and "2018-Q4 are published" in out
    assert len(ask(home, "SELECT * FROM core.water_village WHERE period = '2018-Q4'")) == 10
    assert headline(held) == "ĐÃ NHẬN"
    state = "SELECT s.state, s.findings_version - s.answered_version, d.choice, d.decided_by, d.why, d.decided_at, f.n"
    joined = (
        f"{state} FROM intake.submission AS s JOIN quality.decision AS d ON d.subject = s.id"
        " CROSS JOIN (SELECT count(*) AS n FROM quality.finding WHERE rule = 'drift_total_halved') AS f"
    )
    before = ask(home, joined)
    assert [tuple(r)[:5] for r in before] == [("accepted", 0, "approve", "Trần Thị B", "Đã đối chiếu")]
    assert before[0].n == 1
    # Deciding again, and the other way, changes nothing; nor does any step that is run again.
    for more, code in ((["--refuse"], 1), ([], 0), (["--anew", "--refuse"], 1)):
        out = command(home, "approve", subject, "--by", "C", "--why", "x", *more, code=code)
        decided = before[0].decided_at.astimezone(LOCAL_TIME)
        assert f"approved by Trần Thị B on {decided:%Y-%m-%d at %H:%M} (Đã đối chiếu)" in out
    pipeline.prepare(home, subject)
    assert pipeline.load(home, subject) == "2018-Q4"
    assert ask(home, joined) == before


def test_refused_it_is_rejected_with_the_reason_and_stays_so(home: Settings, held: pipeline.Ingested) -> None:
    subject = held.submission.id
    command(home, "approve", subject, "--by", "Trần Thị B", "--why", "Thiếu ba xã.", "--refuse")
    columns = "SELECT state, verdict, rows_accepted, rows_rejected, findings_version FROM intake.submission"
    found = ask(home, f"{columns} WHERE id = '{subject}'")
    assert tuple(found[0])[:4] == ("rejected", "rejected", 0, 10)
    assert headline(held).startswith(
        "TỪ CHỐI: Số liệu không được phê duyệt: Thiếu ba xã (người quyết định: Trần Thị B)."
    )
    rules = questions.findings(home, subject, None)["rule"].to_list()
    assert rules == ["drift_total_halved", "drift_refused"]
    for step in (pipeline.prepare, pipeline.load, pipeline.answer):
        step(home, subject)
        assert ask(home, f"{columns} WHERE id = '{subject}'") == found
    assert questions.findings(home, subject, None)["rule"].to_list() == rules
    # Sent again in full it needs nobody.
    whole = villages(home, PERIOD, 10, 90, "day-du")
    assert take(home, whole).submission.state == "accepted"


def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(home: Settings, held: pipeline.Ingested) -> None:
    subject = held.submission.id
    start = threading.Barrier(2)

    def decide(choice: decisions.Choice) -> approval.Outcome:
        start.wait()
        return approval.decide(home, subject, choice, choice, "vì")

    with ThreadPoolExecutor() as people:
        counted = dict(zip(("approve", "refuse"), people.map(decide, ("approve", "refuse")), strict=True))
    assert sorted(outcome.counts for outcome in counted.values()) == [False, True]
    (kept,) = ask(home, "SELECT choice, decided_by FROM quality.decision")
    assert counted[kept.choice] and kept.decided_by == kept.choice
    # The other is told who has decided, what, when and why.
    (late,) = (outcome for outcome in counted.values() if not outcome)
    assert late.contradicts("refuse" if kept.choice == "approve" else "approve")
    assert f"bởi {kept.choice}, lúc " in late.told_vi and late.told_vi.endswith("(vì)")


@pytest.mark.parametrize("what", ["submission", "quarter"])
def test_who_asks_while_another_decides_asks_nothing_anew(
    home: Settings, held: pipeline.Ingested, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = held.submission.id if what == "submission" else str(PERIOD)
    look_again = pipeline.prepare if what == "submission" else approval.gate
    look_again(home, subject)
    written, commit = threading.Event(), threading.Event()

    def decide_slowly(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        written.set()
        assert commit.wait(60)

    real = decisions.decide
    monkeypatch.setattr(decisions, "decide", decide_slowly)
    with ThreadPoolExecutor() as people:
        decided = people.submit(approval.decide, home, subject, "approve", "Trần Thị B", "Đã đối chiếu")
        assert written.wait(60)
        asked = people.submit(look_again, home, subject)
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND pid <> pg_backend_pid()"
        )
        deadline = time.monotonic() + 60
        while not ask(home, waiting):
            assert time.monotonic() < deadline and not asked.done()
            time.sleep(0.01)
        commit.set()
        assert decided.result()
        asked.result()
    assert ask(home, f"SELECT choice FROM quality.decision WHERE subject = '{subject}'") == [("approve",)]
    assert approval.gate(home, subject) == approval.Gate("approve")


def test_a_worker_that_died_after_the_decision_is_made_good(home: Settings, held: pipeline.Ingested) -> None:
    assert pipeline.receive(home) == []
    approval.decide(home, held.submission.id, "approve", "B", "x")
    assert pipeline.receive(home) == [held.submission.id]
    pipeline.load(home, held.submission.id)
    assert pipeline.receive(home) == []
    other = take(home, villages(home, Period(2018, 3), 10, 101, "khac"))
    assert other.submission.state == "accepted"
    assert headline(held) == "ĐÃ NHẬN"


def as_csv(workbook: Path) -> Path:
    """The rows of a workbook as a text file beside it."""
    target = workbook.with_suffix(".csv")
    lines = [
        [("" if v is None else str(v)) for v in row] for row in openpyxl.load_workbook(workbook).worksheets[0].values
    ]
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return target


@pytest.mark.parametrize("make", [lambda path: path, as_csv], ids=["workbook", "text"])
@pytest.mark.parametrize(
    ("count", "persons", "said"), [(10, 50, "Tổng cột «Tổng số dân» là 500"), (5, 200, "Số dòng là 5")]
)
def test_what_is_half_of_the_file_that_counts_waits_before_it_replaces_it(
    home: Settings, make: Callable[[Path], Path], count: int, persons: int, said: str
) -> None:
    whole = take(home, villages(home, PERIOD, 10, 100, "đủ"))
    half = make(villages(home, PERIOD, count, persons, "nửa"))
    os.utime(half, (whole.submission.modified_at.timestamp() + 60,) * 2)
    done = take(home, half)
    assert done.submission.state == "held"
    assert headline(done).startswith(f"CHỜ PHÊ DUYỆT: {said}")
    assert "tệp đang được dùng «đủ_2018-Q4.xlsx»" in headline(done)
    counting = "SELECT DISTINCT submission_id FROM core.water_village"
    assert ask(home, counting) == [(whole.submission.id,)]
    assert ask(home, "SELECT 1 FROM intake.submission WHERE superseded_at IS NOT NULL") == []
    command(home, "approve", done.submission.id, "--by", "B", "--why", "Đúng")
    assert ask(home, counting) == [(done.submission.id,)]


def test_half_of_an_older_file_replaces_nothing_and_need_not_wait(home: Settings) -> None:
    whole = take(home, villages(home, PERIOD, 10, 100, "đủ"))
    half = villages(home, PERIOD, 4, 100, "nửa")
    os.utime(half, (whole.submission.modified_at.timestamp() - 60,) * 2)
    done = take(home, half)
    assert (done.submission.state, done.submission.superseded_by) == ("accepted", whole.submission.id)


def test_more_than_half_replaces_at_once(home: Settings) -> None:
    now = take(home, villages(home, PERIOD, 10, 100, "đủ")).submission
    less = villages(home, PERIOD, 6, 100, "ít")
    os.utime(less, (now.modified_at.timestamp() + 60,) * 2)
    done = take(home, less)
    assert (done.submission.state, headline(done)) == ("accepted", "ĐÃ NHẬN")


def test_one_district_of_the_provinces_file_is_compared_alone(home: Settings) -> None:
    """The file of a district is replaced by the province's, in which it is nearly empty although the whole is large."""
    take(home, villages(home, PERIOD, 10, 100, "huyện"))
    frame = pd.DataFrame([
        {"commune": commune, "village": f"Thôn {n}", "households": 20, "persons": 100, "persons_hygienic_water": 30,
         "persons_clean_water": 20, "poor_households": 5}
        for commune, count in ((COMMUNE, 2), ("02839", 40)) for n in range(count)
    ], columns=[c.name for c in contract("water_village").columns], dtype="object")  # fmt: skip
    sheets = forms.sheets(contract("water_village"), UNITS["10"], PERIOD, UNITS, frame)
    done = take(home, write_lines(home.home / "made" / "water" / "tỉnh_2018-Q4.xlsx", sheets))
    assert (done.submission.state, done.submission.unit_code) == ("held", "10"), headline(done)
    assert "(Huyện Bát Xát) là 200" in headline(done)


def test_a_file_published_between_prepare_and_load_is_what_the_load_compares_with(home: Settings) -> None:
    half = villages(home, PERIOD, 10, 40, "nửa")
    whole = villages(home, PERIOD, 10, 100, "đủ")
    os.utime(whole, (half.stat().st_mtime - 60,) * 2)
    (home.inbox / "water").mkdir(parents=True)
    shutil.copy2(half, home.inbox / "water" / half.name)
    (waiting,) = pipeline.receive(home)
    pipeline.prepare(home, waiting)
    first = take(home, whole)
    assert first.submission.state == "accepted"
    assert not approval.gate(home, waiting).waits
    assert pipeline.load(home, waiting) is None
    assert approval.gate(home, waiting).waits
    assert ask(home, "SELECT DISTINCT submission_id FROM history.water_village") == [(first.submission.id,)]
    before = ask(home, "SELECT * FROM intake.submission ORDER BY id")
    assert pipeline.load(home, waiting) is None
    assert ask(home, "SELECT * FROM intake.submission ORDER BY id") == before
    approval.decide(home, waiting, "approve", "B", "Đúng")
    assert approval.carry_on(home, waiting) == "2018-Q4"
    assert ask(home, "SELECT DISTINCT submission_id FROM core.water_village") == [(waiting,)]


def test_a_fall_below_what_counts_is_waived_like_one_below_the_period_before(home: Settings) -> None:
    now = take(home, villages(home, PERIOD, 10, 100, "đủ")).submission
    home.reviewed.mkdir(parents=True, exist_ok=True)
    (home.reviewed / "waivers.yml").write_text(
        '- {id: M1, dataset: water_village, unit: "082", rule: drift_less_than_replaced, reason: Tách thôn, by: B,'
        " valid_from: 2018-10-01, valid_to: 2018-12-31}\n",
        encoding="utf-8",
    )
    half = villages(home, PERIOD, 10, 50, "nửa")
    os.utime(half, (now.modified_at.timestamp() + 60,) * 2)
    assert take(home, half).submission.state == "accepted"
    waived = "SELECT DISTINCT rule FROM quality.finding WHERE waived IS NOT NULL"
    assert ask(home, waived) == [("drift_less_than_replaced",)]


def test_a_fall_that_is_known_beforehand_is_waived_and_holds_nothing(home: Settings) -> None:
    take(home, villages(home, Period(2018, 3), 10, 100))
    home.reviewed.mkdir(parents=True, exist_ok=True)
    (home.reviewed / "waivers.yml").write_text(
        '- {id: M1, dataset: water_village, unit: "082", rule: drift_total_halved, reason: Tách thôn, by: Trần Thị B,'
        " valid_from: 2018-10-01, valid_to: 2018-12-31}\n",
        encoding="utf-8",
    )
    done = take(home, villages(home, PERIOD, 10, 50))
    assert (done.submission.state, headline(done)) == ("accepted", "ĐÃ NHẬN")
    (found,) = questions.findings(home, done.submission.id, None).to_dict("records")
    assert (found["rule"], found["waived"]) == ("drift_total_halved", "M1")
    assert ask(home, "SELECT * FROM quality.decision") == []


def test_three_past_periods_make_a_range(home: Settings) -> None:
    for quarter, persons in ((1, 100), (2, 101), (3, 102)):
        done = take(home, villages(home, Period(2018, quarter), 10, persons))
        assert not [r for r in questions.findings(home, done.submission.id, None)["rule"] if r.startswith("drift_")]
    done = take(home, villages(home, PERIOD, 10, 140))
    found = questions.findings(home, done.submission.id, None)
    assert found["rule"].to_list() == ["drift_sum"]
    assert found["message"][0] == (
        "Tổng cột «Tổng số dân» là 1.400, ngoài khoảng thường gặp của 3 kỳ trước: 808 – 1.212 (trung vị 1.010)."
    )
    assert (done.submission.state, done.submission.verdict) == ("accepted", "accepted")


def test_a_quarter_that_lacks_something_waits_and_a_decision_counts_for_what_was_shown(home: Settings) -> None:
    quarter = str(PERIOD)
    first = approval.gate(home, quarter)
    assert first.waits
    assert "Tổng hợp cấp nước và vệ sinh theo thôn (Huyện Bát Xát)" in first.body
    with pytest.raises(LookupError, match="there is no submission"):
        approval.decide(home, "water-000000000000-9", "approve", "B", "x")
    assert "refused" in command(home, "approve", quarter, "--by", "B", "--why", "Chờ đủ", "--refuse")
    assert approval.gate(home, quarter).choice == "refuse"
    out = command(home, "approve", quarter, "--by", "C", "--why", "Quá hạn", code=1)
    assert "refused by B on" in out and "(Chờ đủ)" in out
    assert approval.gate(home, quarter).choice == "refuse"
    assert "approved" in command(home, "approve", quarter, "--by", "B", "--why", "Quá hạn", "--anew")
    assert approval.gate(home, quarter) == approval.Gate("approve")
    path = villages(home, PERIOD, 10, 100)
    os.utime(path)
    take(home, path)
    again = approval.gate(home, quarter)
    assert again.waits
    assert "nước và vệ sinh theo thôn (Huyện Bát Xát)" not in again.body
    engine = create_engine(home.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        newest = decisions.newest(conn, quarter)
    engine.dispose()
    assert newest is not None and newest.choice is None


def test_what_is_held_is_named_to_whoever_closes_the_quarter(home: Settings, held: pipeline.Ingested) -> None:
    assert "Chờ duyệt: Tổng hợp cấp nước và vệ sinh theo thôn (Huyện Bát Xát)" in approval.gate(home, str(PERIOD)).body
    take(home, villages(home, PERIOD, 10, 95, "day-du"))
    assert "Chờ duyệt" not in approval.gate(home, str(PERIOD)).body


def test_status_counts_the_left_out_rows_that_have_values(home: Settings) -> None:
    path = villages(home, PERIOD, 4, 100)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for number in range(5, 30):
        page.append([number, page.cell(page.max_row, 2).value])
    book.save(path)
    subject = take(home, path).submission.id
    (shown,) = [r for r in questions.status(home, PERIOD) if r["submission_id"] == subject]
    assert shown["ignored_with_values"] == 25
    assert tables.for_reading([shown])[0]["rows"] == "4 (25)"


def test_an_approval_names_what_it_approves(home: Settings) -> None:
    quarter = str(PERIOD)
    take(home, villages(home, PERIOD, 10, 100))
    pipeline.measure(home, quarter)
    shown = command(home, "approve", quarter, "--show")
    without = ask(home, "SELECT indicator FROM mart.indicator_value WHERE unit_level = 'province' AND value IS NULL")
    assert "Thiếu: Tổng hợp cấp nước và vệ sinh theo thôn (Huyện Bảo Thắng)" in shown
    assert "Thiếu: Tổng hợp cấp nước và vệ sinh theo thôn (Huyện Bát Xát)" not in shown
    assert f"Chỉ tiêu cấp tỉnh chưa có giá trị: {len(without)} (" in shown
    assert all(row.indicator in shown for row in without)
    assert "Mức đầy đủ của nguồn số liệu: 1,8 %" in shown
    gate = approval.gate(home, quarter)
    assert all(f"- {line}" in gate.body for line in shown.strip().splitlines())
    # The command line says it with the decision, and it is kept.
    out = command(home, "approve", quarter, "--by", "B", "--why", "Quá hạn")
    assert shown.strip() in out
    assert ask(home, "SELECT shown FROM quality.decision") == [(shown.strip(),)]
    assert "nothing waits" in command(home, "approve", quarter, "--show")
    assert "say who decides and why" in command(home, "approve", quarter, code=2)


def test_a_decision_about_something_else_than_was_shown_does_not_count(home: Settings) -> None:
    quarter = str(PERIOD)
    shown = approval.gate(home, quarter).shown
    take(home, villages(home, PERIOD, 10, 100))
    with pytest.raises(ValueError, match="has changed meanwhile"):
        approval.decide(home, quarter, "approve", "B", "x", shown=shown)
    assert ask(home, "SELECT choice FROM quality.decision") == [(None,)]
    assert approval.decide(home, quarter, "approve", "B", "x", shown=approval.gate(home, quarter).shown)


def test_nothing_is_published_with_too_few_sources_unless_a_person_says_so_and_why(home: Settings) -> None:
    strict, quarter = home.model_copy(update={"least_completeness": 0.5}), str(PERIOD)
    with pytest.raises(TooIncompleteError, match=r"0,0 % of its sources, less than 50,0 %"):
        pipeline.publish_edition(strict, quarter)
    gate = approval.gate(strict, quarter)
    assert gate.is_below_minimum
    assert "dưới mức tối thiểu 50,0 %" in gate.body and f"**{approval.APPROVE_BELOW}**" in gate.body
    with pytest.raises(TooIncompleteError, match="--below-minimum"):
        approval.decide(strict, quarter, "approve", "B", "Quá hạn")
    with pytest.raises(ValueError, match="needs a reason"):
        approval.decide(strict, quarter, "approve", "B", " ", below_minimum=True)
    with pytest.raises(TooIncompleteError):
        pipeline.publish_edition(strict, quarter)
    assert ask(home, "SELECT choice FROM quality.decision") == [(None,)]
    assert "approved" in command(strict, "approve", quarter, "--by", "B", "--why", "Bão lũ", "--below-minimum")
    assert approval.gate(strict, quarter) == approval.Gate("approve")
    assert pipeline.publish_edition(strict, quarter) == (1, True)
    # For what was approved: with one more source, still too few, it is asked again.
    take(home, villages(home, PERIOD, 10, 100))
    assert approval.gate(strict, quarter).waits
    with pytest.raises(TooIncompleteError):
        pipeline.publish_edition(strict, quarter)
    assert ask(home, "SELECT number FROM mart.edition") == [(1,)]
    # An approval from when less was asked for is not one below the minimum.
    approval.decide(home, quarter, "approve", "B", "Quá hạn")
    assert approval.gate(home, quarter) == approval.Gate("approve")
    assert approval.gate(strict, quarter).waits


def test_what_a_person_has_refused_is_not_published_by_running_one_step_again(home: Settings) -> None:
    quarter = str(PERIOD)
    approval.decide(home, quarter, "approve", "B", "Quá hạn")
    assert pipeline.publish_edition(home, quarter) == (1, True)
    take(home, villages(home, PERIOD, 10, 100))
    approval.decide(home, quarter, "refuse", "C", "Chờ huyện")
    with pytest.raises(PublishingRefusedError, match=r"C has refused it as it is \(Chờ huyện\)"):
        pipeline.publish_edition(home, quarter)
    assert "approved" in command(home, "approve", quarter, "--by", "D", "--why", "Đã đủ", "--anew")
    assert pipeline.publish_edition(home, quarter) == (2, True)


def test_the_least_is_reached_by_the_share_of_the_sources(home: Settings, province: Ingested) -> None:
    engine = create_engine(province.settings.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        whole = find_gaps(conn, PERIOD)
        assert (whole.share, whole.lines) == (1.0, ())
        conn.execute(text("DELETE FROM intake.coverage WHERE dataset = 'credit_loan'"))
        assert find_gaps(conn, PERIOD).share == pytest.approx(1 - 9 / 57)
        conn.execute(text("DELETE FROM intake.coverage WHERE dataset = 'health_card' AND district_code = '082'"))
        assert find_gaps(conn, PERIOD).share == pytest.approx(1 - 9 / 57 - 1 / 9 / 57)
    engine.dispose()
