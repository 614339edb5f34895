"""The file journey: again, corrected, rejected, interrupted. What is kept stays right, and the sender hears why."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from etl import pipeline, questions
from etl.intake import inbox
from etl.settings import SECTORS, Settings
from etl.warehouse import ledger
from etl.warehouse.checksum import checksum
from etl.warehouse.embedded import create_database
from tests.conftest import Ingested
from tests.support import PERIOD, edited, header_row

pytestmark = [pytest.mark.end_to_end, pytest.mark.warehouse]


@contextmanager
def warehouse_of(own: Settings) -> Iterator[Connection]:
    engine = create_engine(own.warehouse_url or "", poolclass=NullPool)
    with engine.begin() as conn:
        yield conn
    engine.dispose()


def state(own: Settings) -> dict[str, Any]:
    with warehouse_of(own) as conn:
        return {schema: checksum(conn, schema) for schema in ("core", "mart", "history", "quality")}


def answers(own: Settings) -> dict[str, bytes]:
    return {str(p.relative_to(own.outbox)): p.read_bytes() for p in sorted(own.outbox.rglob("*")) if p.is_file()}


def take(own: Settings, *paths: Path, sector: str | None = None) -> list[pipeline.Ingested]:
    drops, unknown = inbox.given(list(paths), SECTORS, sector)
    assert not unknown
    return pipeline.ingest(own, drops)


def by_name(province: Ingested, name: str) -> Path:
    return next(p for p in province.sample.files if p.name.startswith(name))


def test_the_same_file_again_changes_nothing(province: Ingested) -> None:
    before, told = state(province.settings), answers(province.settings)
    for path in (by_name(province, "register_household_082"), by_name(province, "credit_loan_085")):
        (again,) = take(province.settings, path)
        assert not again.new
    renamed = province.settings.home / "credit" / "another name.csv"
    renamed.parent.mkdir(parents=True)
    shutil.copy2(by_name(province, "credit_loan_085"), renamed)
    assert answers(province.settings) == told
    # Under another name it is a drop of its own, with an answer, and changes nothing that counts.
    (again,) = take(province.settings, renamed)
    assert (again.new, again.submission.state) == (True, "unchanged")
    assert state(province.settings) == before
    mine = {str(p.relative_to(province.settings.outbox)) for p in again.answer.parent.glob(f"*{again.submission.id}*")}
    assert len(mine) == 2
    assert {name: content for name, content in answers(province.settings).items() if name not in mine} == told


def test_a_corrected_file_supersedes(province: Ingested) -> None:
    own, source = province.settings, by_name(province, "register_household_082")
    rate = questions.indicators(own, PERIOD, None, "082", None).set_index("indicator")["numerator"]
    target = own.home / "register" / source.name
    page = openpyxl.load_workbook(source).worksheets[0]
    top = header_row(page)
    poor = next(r for r in range(1, 200) if "Hộ nghèo N1" in [c.value for c in page[top + r]])
    corrected = edited(source, target, "register_household", {
        (poor, "classification"): "Hộ thoát nghèo", (poor, "change"): "Thoát nghèo"})  # fmt: skip
    (done,) = take(own, corrected)
    assert (done.new, done.submission.verdict) == (True, "accepted")
    with warehouse_of(own) as conn:
        old = next(d.submission.id for d in province.done if d.submission.file_name == source.name)
        before = ledger.get(conn, old)
        assert before.superseded_by == done.submission.id
        assert before.superseded_at == done.submission.accepted_at
        seen = set(conn.scalars(text("SELECT submission_id FROM core.register_household WHERE district_code = '082'")))
        assert seen == {done.submission.id}
        kept = text("SELECT count(*) FROM history.register_household WHERE submission_id = :id")
        assert conn.scalar(kept, {"id": old}) == before.rows_accepted
    now = questions.indicators(own, PERIOD, None, "082", None).set_index("indicator")["numerator"]
    assert now["POV_SPLIT.N1"] == rate["POV_SPLIT.N1"] - 1
    moment = done.submission.accepted_at
    assert moment is not None
    then = questions.indicators(own, PERIOD, None, "082", moment - timedelta(microseconds=1))
    assert then.set_index("indicator")["numerator"]["POV_SPLIT.N1"] == rate["POV_SPLIT.N1"]
    # The file of before may come back: it is a submission of its own, and counts only if it is the newer drop.
    os.utime(source, (corrected.stat().st_mtime + 60,) * 2)
    (back,) = take(own, source)
    assert back.new
    assert back.submission.id.endswith("-2")
    again = questions.indicators(own, PERIOD, None, "082", None).set_index("indicator")["numerator"]
    assert again["POV_SPLIT.N1"] == rate["POV_SPLIT.N1"]


def _unreadable(source: Path, target: Path) -> None:
    target.write_bytes(source.read_bytes()[:4000])


def _no_header(source: Path, target: Path) -> None:
    book = openpyxl.load_workbook(source)
    for page in book.worksheets:
        page.delete_rows(header_row(page))
    book.save(target)


def _replaced(old: str, new: str) -> Any:
    def write(source: Path, target: Path) -> None:
        book = openpyxl.load_workbook(source)
        hits = 0
        for page in book.worksheets:
            for row in page.iter_rows(max_row=8):
                for cell in row:
                    if cell.value == old:
                        cell.value = new
                        hits += 1
        assert hits
        book.save(target)

    return write


def _every_commune(name: str) -> Any:
    def write(source: Path, target: Path) -> None:
        book = openpyxl.load_workbook(source)
        for page in book.worksheets:
            top = header_row(page)
            column = next(c.column for c in page[top] if c.value == "Xã")
            for row in range(top + 1, page.max_row + 1):
                page.cell(row, column).value = name
        book.save(target)

    return write


HOPELESS = (
    ("cut off", _unreadable, "file_unreadable", "Mở tệp bằng Excel"),
    ("no header", _no_header, "dataset_unknown", "Danh sách hộ nghèo, hộ cận nghèo"),
    ("future", _replaced("Quý IV năm 2018", "Quý IV năm 2091"), "period_conflict", "Quý IV năm 2091"),
    ("no quarter", _replaced("Quý IV năm 2018", "Quý V năm 2018"), "period_unreadable", "quy v"),
    ("communes", _every_commune("Xã Hy Lạp"), "unit_unknown", "Xã Hy Lạp"),
    ("foreign unit", _replaced("Huyện Bát Xát", "Huyện Sa Pa"), "unit_conflict", "huyện Sa Pa"),
)


@pytest.mark.parametrize(("name", "spoil", "rule", "words"), HOPELESS, ids=[h[0] for h in HOPELESS])
def test_a_hopeless_file_leaves_the_warehouse_as_it_was_and_is_answered(
    province: Ingested, name: str, spoil: Any, rule: str, words: str
) -> None:
    own, source = province.settings, by_name(province, "register_household_082")
    before = {s: v for s, v in state(own).items() if s != "quality"}
    # Its name carries neither unit nor quarter, but where the case needs them to disagree.
    drop = own.inbox / "register" / ("ho_ngheo_2018-Q4.xlsx" if name == "future" else "ho_ngheo.xlsx")
    drop.parent.mkdir(parents=True, exist_ok=True)
    spoil(source, drop)
    # Taken as it is, though it may be a copy that is still under way.
    (submission_id,) = pipeline.receive(own.model_copy(update={"incomplete_seconds": 0}))
    assert not drop.exists()
    assert pipeline.prepare(own, submission_id) == "rejected"
    assert pipeline.load(own, submission_id) is None
    path = pipeline.answer(own, submission_id)
    assert {s: v for s, v in state(own).items() if s != "quality"} == before
    with warehouse_of(own) as conn:
        submission = ledger.get(conn, submission_id)
        assert (submission.state, submission.accepted_at) == ("rejected", None)
        assert submission.rows_read == (submission.rows_rejected or 0) + (submission.rows_ignored or 0)
    found = questions.findings(own, submission_id, None)
    assert rule in set(found["rule"])
    if rule == "unit_unknown":
        assert found["row"].notna().all()
        assert set(found["header"]) == {"Xã"}
    assert path.parent == own.outbox / "register"
    book = openpyxl.load_workbook(path)
    said = "\n".join(str(c.value) for page in book for row in page.iter_rows() for c in row if c.value is not None)
    assert "KHÔNG" in said.upper()
    assert words.lower() in said.lower()
    plain = path.with_suffix(".txt").read_text(encoding="utf-8")
    assert words.lower() in plain.lower()


def test_each_step_again_leaves_the_same_state(province: Ingested) -> None:
    own = province.settings
    period = str(PERIOD)
    pipeline.measure(own, period)
    number, _ = pipeline.publish_edition(own, period)
    pipeline.report(own, period, number)
    before, told = state(own), answers(own)
    steps = {
        "receive": lambda s: pipeline.receive(own),
        "prepare": lambda s: pipeline.prepare(own, s),
        "load": lambda s: pipeline.load(own, s),
        "answer": lambda s: pipeline.answer(own, s),
        "measure": lambda s: pipeline.measure(own, period),
        "measure_outdated": lambda s: pipeline.measure_outdated(own),
        "publish": lambda s: pipeline.publish_edition(own, period),
        "report": lambda s: pipeline.report(own, period, number),
    }
    one_of_each = {d.submission.dataset: d.submission.id for d in province.done}
    assert len(one_of_each) == 9
    for name, step in steps.items():
        for submission_id in one_of_each.values() if name in ("prepare", "load", "answer") else ["-"]:
            step(submission_id)
            assert state(own) == before, (name, submission_id)
            assert answers(own) == told, (name, submission_id)
    assert pipeline.measure_outdated(own) == []
    assert pipeline.publish_edition(own, period) == (1, False)


def test_steps_out_of_order_say_what_to_do(home: Settings, small: Any) -> None:
    target = home.inbox / "water"
    target.mkdir(parents=True)
    shutil.copy2(next(p for p in small.files if p.name.startswith("water_village_082")), target)
    (submission_id,) = pipeline.receive(home)
    with pytest.raises(LookupError, match="is not prepared: run its step «prepare» first"):
        pipeline.load(home, submission_id)
    pipeline.prepare(home, submission_id)
    shutil.rmtree(home.archive / "prepared")
    with pytest.raises(LookupError, match="run its step «prepare» first"):
        pipeline.load(home, submission_id)
    assert pipeline.prepare(home, submission_id) == "accepted"
    assert pipeline.load(home, submission_id) == str(PERIOD)


def test_a_worker_that_dies_anywhere_loses_nothing(home: Settings, small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    target = home.inbox / "water" / "2018-Q4"
    target.mkdir(parents=True)
    source = next(p for p in small.files if p.name.startswith("water_village_082"))
    shutil.copy2(source, target)

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    for module, name in (
        (pipeline.archive, "keep"), (pipeline.ledger, "register"), (pipeline.watch, "keep"),
        (pipeline.staging, "write"), (pipeline.ledger, "set_prepared"), (pipeline.loading, "load_rows"),
        (pipeline.publishing, "publish"), (pipeline.register_relations, "refresh"), (pipeline.loading, "vacuum"),
        (pipeline, "write_answer"), (pipeline.ledger, "mark_answered"),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(module, name, die)
            with pytest.raises(Killed):
                for submission_id in pipeline.receive(home) or _all(home):
                    pipeline.prepare(home, submission_id)
                    pipeline.load(home, submission_id)
                    pipeline.answer(home, submission_id)
    (submission_id,) = _all(home)
    pipeline.answer(home, submission_id)
    with warehouse_of(home) as conn:
        submission = ledger.get(conn, submission_id)
        assert submission.state == "accepted"
        assert conn.scalar(text("SELECT count(*) FROM core.water_village")) == submission.rows_accepted
    assert inbox.claims(home.inbox, SECTORS) == inbox.find_drops(home.inbox, SECTORS) == []
    assert len(list(home.outbox.rglob("*.xlsx"))) == 1


def _all(own: Settings) -> list[str]:
    with warehouse_of(own) as conn:
        return list(conn.scalars(text("SELECT id FROM intake.submission")))


def test_members_whose_household_is_not_listed_follow_it_in_any_order(home: Settings, small: Any) -> None:
    own = [p for p in small.files if "_082_" in p.name and p.name.startswith(("register_household", "register_member"))]
    households, members = sorted(own)
    fewer = edited(
        households, home.home / "register" / households.name, "register_household", {(1, "classification"): "?"}
    )
    for order in ((members, fewer), (fewer, members)):
        copy = replace_home(home, order[0].name)
        for path in order:
            take(copy, path, sector="register")
        found = questions.findings(copy, None, PERIOD)
        orphans = found[found["rule"] == "household_not_listed"]
        assert len(orphans)
        with warehouse_of(copy) as conn:
            row = conn.execute(text("SELECT * FROM intake.submission WHERE dataset = 'register_member'")).one()
            assert (row.rows_rejected, row.verdict) == (len(orphans), "partly")
            assert conn.scalar(text("SELECT count(*) FROM core.register_member")) == row.rows_accepted
            row = conn.execute(text("SELECT * FROM intake.submission WHERE dataset = 'register_household'")).one()
            assert row.rows_rejected == 1
        assert len(answers(copy)) == 4
        # The corrected list heals both.
        os.utime(households, (fewer.stat().st_mtime + 60,) * 2)
        take(copy, households, sector="register")
        assert "household_not_listed" not in set(
            questions.findings(copy, None, PERIOD).query("severity == 'critical'")["rule"]
        )
        with warehouse_of(copy) as conn:
            row = conn.execute(text("SELECT * FROM intake.submission WHERE dataset = 'register_member'")).one()
            assert (row.rows_rejected, row.verdict) == (0, "accepted")
            assert ledger.stale_answers(conn) == []


def replace_home(own: Settings, name: str) -> Settings:
    """The same installation with a database and folders of its own."""
    url = make_url(own.warehouse_url or "")
    database = f"{url.database}_{name[:12].replace('.', '_')}"
    create_database(url, database, template="template")
    changed = url.set(database=database).render_as_string(hide_password=False)
    return own.model_copy(update={"home": own.home / name, "warehouse_url": changed})


def test_a_quarter_with_gaps_names_them_and_its_figures_are_not_complete(home: Settings, small: Any) -> None:
    own = home
    paths = [p for p in small.files if "credit_loan_082" not in p.name and p.parent.name in ("credit", "register")]
    take(own, *paths)
    missing = pipeline.close_quarter_missing(own, str(PERIOD))
    assert "Sao kê dư nợ cho vay: Huyện Bát Xát" in missing
    assert not any("Danh sách thành viên" in line for line in missing)
    number, new = pipeline.publish_edition(own, str(PERIOD))
    assert (number, new) == (1, True)
    values = questions.indicators(own, PERIOD, None, None, None).set_index(["indicator", "unit_code"])
    gap = values.loc["CREDIT_OUTSTANDING", "082"]
    assert (gap["complete"], gap["value"], gap["missing"]) == (False, None, ["credit_loan 082"])
    assert not values.loc["CREDIT_OUTSTANDING", "10"]["complete"]
    assert values.loc["CREDIT_OUTSTANDING", "085"]["complete"]
    assert values.loc["POV_RATE", "10"]["complete"]
    report = pipeline.report(own, str(PERIOD), number)
    said = [str(c.value) for page in openpyxl.load_workbook(report) for row in page.iter_rows() for c in row if c.value]
    assert "Sao kê dư nợ cho vay" in said
    assert any("Huyện Bát Xát" in s for s in said)
    take(own, next(p for p in small.files if "credit_loan_082" in p.name))
    assert pipeline.publish_edition(own, str(PERIOD)) == (2, True)
    # The first edition stays what it was.
    first = questions.report(own, PERIOD, own.home / "out", 1)
    assert first.name == report.name
    assert first.read_bytes() == report.read_bytes()
