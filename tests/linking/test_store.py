"""Links in the warehouse: what a run keeps, what running again and a correction change, what a past moment shows, what
officers answer, what indicators count."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from etl import linked, pipeline
from etl.indicators.measure import measure
from etl.intake import inbox
from etl.linking import LinksError, reading
from etl.linking.review import ANSWER, REASON
from etl.linking.waterfall import svg
from etl.model import links as kinds
from etl.model.period import Period
from etl.settings import SECTORS, Settings
from etl.warehouse import moments
from tests.conftest import Ingested
from tests.selection import chance
from tests.support import edited

PERIOD = Period(2018, 4)


def rows(settings: Settings, query: str, as_of: object = "", **keys: object) -> list[Any]:
    engine = create_engine(settings.warehouse_url or "", poolclass=NullPool)
    with engine.connect() as conn:
        conn.execute(
            text("SELECT set_config('giamngheo.as_of', :at, true)"),
            {"at": str(as_of)},
        )
        return list(conn.execute(text(query), keys).all())


LINKS = "SELECT * FROM core.link ORDER BY link_id"


def test_the_life_of_links(province: Ingested, tmp_path: Path) -> None:
    """One run kept; the same again writes nothing; a corrected list of one district ends and adds its own alone, with
    the ids that rows keep; a past moment shows what stood."""
    settings = province.settings
    first = pipeline.link(settings, str(PERIOD))
    before = rows(settings, LINKS)
    assert len(before) == first.kept.added > 1000
    assert {r.method for r in before} >= {"insurance_number", "id_number", "household_code", "household_name_birth"}
    for anew in (False, True):
        again = pipeline.link(settings, str(PERIOD), anew=anew)
        assert (again.kept.added, again.kept.ended) == (0, 0)
    assert rows(settings, "SELECT count(*) FROM history.link_run") == [(1,)]
    assert rows(settings, LINKS) == before
    probable = next(r for r in before if r.pair == "pupil" and r.method == "probable")
    ends = (probable.submission_id, probable.sheet, probable.row), (
        probable.register_submission_id, probable.register_sheet, probable.register_row,
    )  # fmt: skip
    asked = linked.why(settings, *(":".join(map(str, end)) for end in ends))
    assert (asked.method, asked.probability) == ("probable", probable.probability)
    assert asked.total == pytest.approx(probable.weight, abs=0.02)

    (source,) = [p for p in province.sample.files if p.name.startswith("register_member_085") and p.suffix == ".xlsx"]
    target = edited(source, tmp_path / "register" / source.name, "register_member", {(1, "relation"): "Chủ hộ"})
    pipeline.ingest(settings, inbox.given([target], SECTORS, None)[0])
    second = pipeline.link(settings, str(PERIOD))
    after = rows(settings, LINKS)
    assert (
        second.kept.added
        == second.kept.ended
        == sum(r.register_district_code == "085" and r.pair in ("card", "pupil") for r in before)
    )
    assert {r.link_id for r in after} == {r.link_id for r in before}
    untouched = [r for r in before if r.register_district_code != "085" or r.pair in ("loan", "housing")]
    assert set(map(str, untouched)) <= set(map(str, after))
    assert rows(settings, LINKS, as_of=first.kept.at) == before
    assert {d for _, d in set(first.outcome.parts) - second.outcome.unchanged} == {"085"}


@pytest.mark.parametrize("kept", [chance("correction").randrange(3), pytest.param(None, marks=pytest.mark.whole)])
def test_a_correction_is_linked_as_a_run_anew_would(province: Ingested, tmp_path: Path, kept: int | None) -> None:
    """Numbers wander between districts, people are spelt otherwise, a household is no longer there: what a correction
    reaches is looked through, also elsewhere, and nothing else. One correction alone, and all three one after another."""
    settings = province.settings
    pipeline.link(settings, str(PERIOD))
    (source,) = [p for p in province.sample.files if p.name.startswith("register_member_085") and p.suffix == ".xlsx"]
    elsewhere = rows(
        settings,
        "SELECT m.insurance_number, m.id_number FROM core.link AS l JOIN core.register_member AS m"
        " ON m.submission_id = l.register_submission_id AND m.sheet = l.register_sheet AND m.row = l.register_row"
        " WHERE l.pair = 'card' AND l.method = 'insurance_number' AND m.district_code = '086'"
        " AND m.id_number IS NOT NULL ORDER BY m.row LIMIT 2",
    )
    changes: list[tuple[dict[tuple[int, str], Any], set[str]]] = [
        ({(2, "full_name"): "Tên Khác Hẳn", (4, "birth"): 1931}, {"085"}),
        ({(3, "insurance_number"): elsewhere[0].insurance_number}, {"085", "086"}),
        ({(3, "id_number"): elsewhere[1].id_number, (5, "household_code"): "999998"}, {"085", "086"}),
    ]
    for at, (cells, reached) in enumerate(changes if kept is None else changes[kept : kept + 1]):
        folder = tmp_path / str(at) / "register"
        folder.mkdir(parents=True)
        target = edited(source, folder / source.name, "register_member", cells)
        os.utime(target, (target.stat().st_mtime + at,) * 2)
        pipeline.ingest(settings, inbox.given([target], SECTORS, None)[0])
        done = pipeline.link(settings, str(PERIOD))
        assert done.kept.added > 0
        assert {d for _, d in set(done.outcome.parts) - done.outcome.unchanged} <= reached
        stands, run = (
            rows(settings, LINKS),
            rows(settings, "SELECT parts, quality FROM history.link_run ORDER BY at")[-1],
        )
        anew = pipeline.link(settings, str(PERIOD), anew=True)
        assert (anew.kept.added, anew.kept.ended) == (0, 0), cells
        assert rows(settings, LINKS) == stands
        assert rows(settings, "SELECT parts, quality FROM history.link_run ORDER BY at")[-1] == run
        again = pipeline.link(settings, str(PERIOD))
        assert again.kept.at is None and not len(again.outcome.links)


def test_a_run_reads_what_counted_when_it_began(
    province: Ingested, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction that is published while a run reads is the next run's, on each of its connections."""
    settings = province.settings
    (source,) = [p for p in province.sample.files if p.name.startswith("register_member_085") and p.suffix == ".xlsx"]
    target = edited(source, tmp_path / "register" / source.name, "register_member", {(2, "full_name"): "Tên Khác Hẳn"})
    known = reading.last_run
    published: list[Any] = []

    def meanwhile(conn: Any, period: Period) -> Any:
        if not published:
            published.append(pipeline.ingest(settings, inbox.given([target], SECTORS, None)[0]))
        return known(conn, period)

    monkeypatch.setattr(reading, "last_run", meanwhile)
    engine = create_engine(settings.warehouse_url or "", poolclass=NullPool)
    read = []
    for _ in range(2):
        with engine.begin() as conn:
            given = reading.read(conn, PERIOD, anew=True)
        read.append(given.basis["submissions"])
        for dataset, frame in given.frames.items():
            assert set(frame["submission_id"]) == set(given.basis["submissions"][dataset].values()), dataset
    before, after = ({(name, d, i) for name, own in one.items() for d, i in own.items()} for one in read)
    assert {(name, d) for name, d, _ in before ^ after} == {("register_member", "085")}


def test_officers_are_asked_and_heard(province: Ingested, tmp_path: Path) -> None:
    """A refused exact pair leaves indicators and links, a confirmed one enters; the workbook comes back as entries."""
    settings = province.settings
    pipeline.link(settings, str(PERIOD))
    (card, member) = _covered(settings)
    names = ("commune", "household_code", "full_name", "birth_year")
    register = "\n".join(f'    {n}: "{getattr(member, n)}"' for n in names)
    settings.reviewed.mkdir(parents=True, exist_ok=True)
    (settings.reviewed / "links.yml").write_text(
        f'- id: hai-nguoi\n  pair: card\n  row:\n    insurance_number: "{card.insurance_number}"\n  register:\n{register}\n'
        "  verdict: different\n  reason: hai người trùng số\n  by: Trần Thị B\n"
        "  valid_from: 2018-01-01\n  valid_to: 2019-12-31\n",
        encoding="utf-8",
    )
    before = _numerator(settings)
    done = pipeline.link(settings, str(PERIOD))
    assert done.idle == []
    assert _numerator(settings) == before - 1
    address = {"s": card.submission_id, "sheet": card.sheet, "row": card.row}
    where = "submission_id = :s AND sheet = :sheet AND row = :row"
    assert rows(settings, f"SELECT 1 FROM core.link WHERE pair = 'card' AND {where}", **address) == []
    assert len(rows(settings, f"SELECT 1 FROM core.link_refused WHERE {where}", **address)) == 1

    text_before = (settings.reviewed / "links.yml").read_text(encoding="utf-8")
    (settings.reviewed / "links.yml").write_text(text_before.replace("different", "same"), encoding="utf-8")
    pipeline.link(settings, str(PERIOD))
    assert rows(settings, f"SELECT method FROM core.link WHERE {where}", **address) == [("confirmed",)]
    assert rows(
        settings,
        "SELECT DISTINCT method FROM core.card_member WHERE card_submission_id = :s AND card_sheet = :sheet AND card_row = :row",
        **address,
    ) == [("confirmed",)]
    assert _numerator(settings) == before

    told = linked.why(settings, _told(card), _told(member))
    assert told.method == "confirmed"
    assert told.total == pytest.approx(sum(step.bits for step in told.steps), abs=0.01)
    assert {"Họ và tên", "Ngày sinh", "Nơi ở"} <= {step.label for step in told.steps}
    picture = svg(told)
    assert picture.startswith("<svg")
    assert kinds.LINKS[told.method or ""] in picture and str(told.method) not in picture
    assert picture.count("<rect") == len(told.steps) + 2
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


def test_a_workbook_goes_out_and_comes_back(province: Ingested, tmp_path: Path) -> None:
    settings, place = province.settings, tmp_path / "can-xem.xlsx"
    _, asked = linked.write_review(settings, PERIOD, place)
    book = openpyxl.load_workbook(place)
    page = book.worksheets[0]
    headers = {cell.value: cell.column for cell in page[3]}
    assert page.max_row == 3 + asked
    if not asked:
        pytest.skip("nothing is uncertain in this province")
    assert page.data_validations.dataValidation[0].formula1 == '"Đúng,Sai"'
    page.cell(4, headers[ANSWER]).value = "Sai"
    book.save(place)
    with pytest.raises(LinksError, match="row 4"):
        linked.take_answers(settings, PERIOD, place, "Trần Thị B")
    page.cell(4, headers[REASON]).value = "đã hỏi xã"
    book.save(place)
    assert linked.take_answers(settings, PERIOD, place, "Trần Thị B") == linked.Taken(1, 0, asked - 1)
    assert linked.take_answers(settings, PERIOD, place, "Trần Thị B") == linked.Taken(0, 1, asked - 1)
    again = pipeline.link(settings, str(PERIOD))
    assert again.idle == []
    assert len(again.outcome.refused) >= 1
    assert rows(settings, "SELECT count(*) FROM core.link_refused")[0][0] == len(again.outcome.refused)


def _covered(settings: Settings) -> tuple[Any, Any]:
    """A card and the poor member whose only valid card it is, by insurance number."""
    query = """
        SELECT card_submission_id, card_sheet, card_row, submission_id, sheet, row FROM (
            SELECT *, count(*) OVER (PARTITION BY submission_id, sheet, row) AS cards FROM core.card_member
            WHERE classification IN ('poor_income', 'poor_deprivation') AND valid_from <= '2018-12-31'
            AND valid_to >= '2018-12-31'
        ) AS c WHERE cards = 1 AND method = 'insurance_number'
        ORDER BY 1, 2, 3 LIMIT 1"""
    found = rows(settings, query)[0]
    of = "SELECT * FROM core.{} WHERE submission_id = :s AND sheet = :sheet AND row = :row"
    card = rows(settings, of.format("health_card"), s=found[0], sheet=found[1], row=found[2])[0]
    member = rows(settings, of.format("register_member"), s=found[3], sheet=found[4], row=found[5])[0]
    return card, member


def _numerator(settings: Settings) -> int:
    engine = create_engine(settings.warehouse_url or "", poolclass=NullPool)
    with engine.connect() as conn:
        moments.stand_at(conn, None)
        frame = measure(conn, PERIOD)
        row = frame[(frame["indicator"] == "HI_POOR") & (frame["unit_code"] == "10")]
        assert len(row) == 1
        value = row["numerator"].iloc[0]
        assert not pd.isna(value)
        return int(value)


def _told(row: Any) -> str:
    return f"{row.submission_id}:{row.sheet}:{row.row}"
