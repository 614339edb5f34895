"""Reviewed waivers and corrections: what they do to a file, when they do nothing, and what a faulty one says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from sqlalchemy import text

from etl import pipeline
from etl.checking import ReviewedError, load_reviewed
from etl.examine import examine
from etl.intake.inbox import Drop, modified_at
from etl.model.examined import Examined, Verdict
from etl.settings import ROOT, Settings
from etl.warehouse import connect, ledger
from tests.support import TODAY, column_of, edited, header_row, told

LOAN, COMMUNE, HEAD, MEMBER = "credit_loan", "register_commune", "register_household", "register_member"
MEANT = {"reason": "Biên bản 12/BB-TDTT", "by": "Trần Thị B", "valid_from": "2018-01-01", "valid_to": "2018-12-31"}
TOO_MUCH = {(1, "loan_code"): "L1", (1, "principal"): 1_000_000, (1, "outstanding"): 900_000, (1, "overdue"): 100_001,
            (1, "frozen"): 0}  # fmt: skip


def settings(home: Path, *, waivers: Any = None, corrections: Any = None) -> Settings:
    """Settings whose reviewed folder holds the entries."""
    folder = home / "reviewed"
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in (("waivers", waivers), ("corrections", corrections)):
        if entries is not None:
            (folder / f"{name}.yml").write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    return Settings(home=home)


def seen(path: Path, under: Settings) -> Examined:
    return examine(under, path, file_name=path.name, folder="", sector=None, today=TODAY)


def waiver(**more: Any) -> dict[str, Any]:
    return {"id": "M1", "dataset": LOAN, "unit": "083", "rule": "balance_exceeds_principal", **MEANT, **more}


def correction(**more: Any) -> dict[str, Any]:
    return {"id": "D1", "dataset": LOAN, "unit": "083", "where": {"loan_code": "L1"}, "column": "overdue",
            "expect": "100001", "value": "100.000", **MEANT, **more}  # fmt: skip


@pytest.fixture
def loans(files: dict[tuple[str, str], Path], tmp_path: Path) -> Path:
    """A list of loans whose first row owes more than it was lent."""
    return edited(files[LOAN, "083"], tmp_path / "credit_loan_083_2018-Q4.xlsx", LOAN, TOO_MUCH)


def one(examined: Examined, rule: str) -> Any:
    """The only finding of a rule."""
    found = examined.findings[examined.findings["rule"] == rule]
    assert len(found) == 1, told(examined)
    return found.iloc[0]


def test_a_waived_finding_keeps_its_row_and_is_told(loans: Path, tmp_path: Path) -> None:
    before = seen(loans, settings(tmp_path / "plain"))
    after = seen(loans, settings(tmp_path / "home", waivers=[waiver()]))
    assert (before.verdict, after.verdict) == (Verdict.PARTLY, Verdict.ACCEPTED)
    assert after.counts.accepted == before.counts.accepted + 1
    finding = one(after, "balance_exceeds_principal")
    assert (finding["severity"], finding["waived"]) == ("critical", "M1")
    assert {k: v for k, v in finding["params"].items() if k.startswith("waived_")} == {
        "waived_reason": MEANT["reason"], "waived_by": MEANT["by"], "waived_until": "31/12/2018",
    }  # fmt: skip
    # The same finding, but for the mark.
    assert told(after) == told(before)


@pytest.mark.parametrize(("change", "holds"), [
    ({"unit": "all"}, True),
    ({"unit": "082"}, False),
    ({"dataset": HEAD, "rule": "band_disagrees"}, False),
    ({"period": "2018-Q4"}, True),
    ({"period": "2018-Q3"}, False),
    ({"valid_to": "2018-12-30"}, False),
    ({"valid_from": "2018-12-31"}, True),
    ({"rule": "due_before_disbursed"}, False),
    ({"column": "outstanding"}, True),
    ({"column": "principal"}, False),
    ({"where": {"loan_code": "L1"}}, True),
    ({"where": {"loan_code": "l1 "}}, True),
    ({"where": {"loan_code": "L2"}}, False),
    ({"where": {"loan_code": "L1", "principal": "1.000.000"}}, True),
    ({"where": {"loan_code": "L1", "principal": "1.000.001"}}, False),
    ({"expect": "900000"}, True),
])  # fmt: skip
def test_a_waiver_holds_where_it_says(change: dict[str, Any], holds: bool, loans: Path, tmp_path: Path) -> None:
    after = seen(loans, settings(tmp_path / "home", waivers=[waiver(**change)]))
    assert (after.verdict is Verdict.ACCEPTED) is holds
    assert set(after.findings["rule"]) == {"balance_exceeds_principal"}


def test_a_waiver_whose_guard_fails_lets_the_finding_stand_and_says_so(loans: Path, tmp_path: Path) -> None:
    after = seen(
        loans, settings(tmp_path / "home", waivers=[waiver(expect="800000"), waiver(id="M2", column="due_on")])
    )
    assert after.verdict is Verdict.PARTLY
    assert one(after, "balance_exceeds_principal").isna()["waived"]
    said = one(after, "waiver_guard_failed")
    assert (said["severity"], said["value"], said["params"]["expect"]) == ("info", "900000", "800000")
    assert (said["row"], said["column"]) == tuple(one(after, "balance_exceeds_principal")[["row", "column"]])


def test_a_finding_without_a_row_is_waived_by_what_it_names(files: dict[tuple[str, str], Path], tmp_path: Path) -> None:
    origin = files[COMMUNE, "082"]
    path = edited(origin, tmp_path / origin.name, COMMUNE, {(2, "commune"): "Thị trấn Bát Xát"})
    missing = {"id": "M1", "dataset": COMMUNE, "unit": "082", "rule": "commune_missing", "expect": "Xã A Mú Sung"}
    after = seen(path, settings(tmp_path / "home", waivers=[missing | MEANT]))
    assert one(after, "commune_missing")["waived"] == "M1"
    assert after.counts.rejected == 1


def test_a_correction_is_read_as_if_it_had_been_sent(loans: Path, tmp_path: Path) -> None:
    after = seen(loans, settings(tmp_path / "home", corrections=[correction()]))
    assert after.verdict is Verdict.ACCEPTED
    first = after.rows.iloc[0]
    assert (first["loan_code"], first["overdue"]) == ("L1", 100_000)
    said = one(after, "correction_applied")
    page = openpyxl.load_workbook(loans).worksheets[0]
    assert (said["row"], said["column"], said["value"]) == (header_row(page) + 1, "overdue", "100001")
    assert (said["params"]["new"], said["params"]["by"]) == ("100.000", MEANT["by"])
    # Nothing else is said: not of the cell, not of a total row that still holds the former sum.
    assert set(after.findings["rule"]) == {"correction_applied"}


@pytest.mark.parametrize(("change", "rule", "value"), [
    ({"expect": "100.001"}, "correction_applied", 100_000),
    ({"expect": "5", "value": "100001"}, "correction_outdated", 100_001),
    ({"expect": "5", "value": "6"}, "correction_guard_failed", 100_001),
    ({"expect": "100001", "value": ""}, "correction_applied", None),
    ({"column": "interest_due", "expect": "100001", "value": "1"}, "correction_guard_failed", 100_001),
    ({"where": {"loan_code": "none"}}, "correction_without_row", 100_001),
])  # fmt: skip
def test_what_becomes_of_a_correction(
    change: dict[str, Any], rule: str, value: int | None, loans: Path, tmp_path: Path
) -> None:
    after = seen(loans, settings(tmp_path / "home", corrections=[correction(**change)], waivers=[waiver()]))
    said = one(after, rule)
    assert said["severity"] == ("info" if rule in ("correction_applied", "correction_outdated") else "warning")
    assert bool(said.isna()["row"]) is (rule == "correction_without_row")
    assert after.rows["overdue"].astype("object").where(after.rows["overdue"].notna(), None).iloc[0] == value
    assert set(after.findings["rule"]) <= {rule, "balance_exceeds_principal"}


def test_a_correction_names_a_row_of_one_file_by_its_content(loans: Path, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(loans).worksheets[0]
    place = {"sha256": hashlib.sha256(loans.read_bytes()).hexdigest(), "sheet": page.title, "row": header_row(page) + 1}
    entry = correction(place=place)
    del entry["where"]
    assert one(seen(loans, settings(tmp_path / "1", corrections=[entry])), "correction_applied")["row"] == place["row"]
    other = entry | {"place": place | {"sha256": "0" * 64}}
    assert set(seen(loans, settings(tmp_path / "2", corrections=[other])).findings["rule"]) == {
        "balance_exceeds_principal"
    }
    beyond = entry | {"place": place | {"row": 9999}}
    assert "correction_without_row" in set(seen(loans, settings(tmp_path / "3", corrections=[beyond])).findings["rule"])


def test_a_corrected_cell_is_still_judged_once(loans: Path, tmp_path: Path) -> None:
    """A correction to what breaks a rule is found as if it had been sent so; one to nonsense is not read."""
    worse = seen(loans, settings(tmp_path / "1", corrections=[correction(value="200000")]))
    assert set(worse.findings["rule"]) == {"correction_applied", "balance_exceeds_principal"}
    nonsense = seen(loans, settings(tmp_path / "2", corrections=[correction(value="nhiều")]))
    assert set(nonsense.findings["rule"]) == {"correction_applied", "number_unreadable"}


@pytest.mark.parametrize(("name", "entry", "says"), [
    ("waivers", waiver(rule="required_empty", column="loan_code"), "entry 1 (M1).*cannot be waived"),
    ("waivers", waiver(rule="loan_repeated"), "cannot be waived"),
    ("waivers", waiver(rule="number_unreadable"), "cannot be waived"),
    ("waivers", waiver(rule="nonsense"), "no rule 'nonsense'"),
    ("waivers", waiver(unit="999"), "no unit '999'"),
    ("waivers", waiver(dataset="loans"), "no dataset 'loans'"),
    ("waivers", waiver(column="due"), "no column 'due'"),
    ("waivers", waiver(where={"code": "1"}), "no column 'code'"),
    ("waivers", waiver(whre={"loan_code": "1"}), "whre"),
    ("waivers", waiver(valid_to="2017-01-01"), "valid_from is after valid_to"),
    ("waivers", waiver(reason=""), "reason"),
    ("waivers", waiver(period="2018"), "2018-Q4"),
    ("corrections", correction(where={"loan_code": 12}), "where.loan_code.*string"),
    ("corrections", correction(value=5), "value.*string"),
    ("corrections", correction(value="100001"), "the same"),
    ("corrections", {k: v for k, v in correction().items() if k != "where"}, "where or place"),
    ("corrections", {k: v for k, v in correction().items() if k != "by"}, "by: Field required"),
    ("corrections", "text", "entry 1 .without id."),
])  # fmt: skip
def test_a_faulty_entry_is_named(name: str, entry: Any, says: str, tmp_path: Path, loans: Path) -> None:
    under = settings(tmp_path / "home", **{name: [entry]})
    with pytest.raises(ReviewedError, match=f"(?s){name}.yml.*{says}".replace("(M1)", r"\(M1\)")):
        seen(loans, under)


def test_files_that_are_no_lists_and_ids_that_stand_twice(tmp_path: Path) -> None:
    folder = settings(tmp_path, waivers={"id": "M1"}).reviewed
    with pytest.raises(ReviewedError, match="a list of entries"):
        load_reviewed(folder)
    (folder / "waivers.yml").write_text("- id: [", encoding="utf-8")
    with pytest.raises(ReviewedError, match="not readable as YAML"):
        load_reviewed(folder)
    settings(tmp_path, waivers=[waiver(), waiver()])
    with pytest.raises(ReviewedError, match="'M1' stands twice"):
        load_reviewed(folder)
    (folder / "waivers.yml").write_text("# nothing yet\n", encoding="utf-8")
    assert load_reviewed(folder).waivers == ()


def test_a_faulty_file_fails_the_task_and_loses_nothing(loans: Path, home: Settings) -> None:
    """A failed task means the system: put right and run again, the submission goes on as if nothing had been."""
    drop = Drop(loans, "credit", "", loans.name, modified_at(loans))
    with connect(home) as engine:
        settings(home.home, waivers=[waiver(rule="nonsense")])
        with pytest.raises(ReviewedError):
            pipeline.ingest(home, [drop])
        with engine.begin() as conn:
            (waiting,) = ledger.unfinished(conn)
        settings(home.home, waivers=[waiver()])
        (done,) = pipeline.ingest(home, [drop])
        assert (done.submission.id, done.submission.verdict) == (waiting.id, "accepted")


def test_the_waived_finding_in_warehouse_answer_and_score(loans: Path, home: Settings) -> None:
    settings(home.home, waivers=[waiver()])
    with connect(home) as engine:
        (done,) = pipeline.ingest(home, [Drop(loans, "credit", "", loans.name, modified_at(loans))])
        with engine.begin() as conn:
            found = ledger.findings(conn, submission=done.submission.id)
            quality = conn.scalar(text("SELECT quality FROM quality.submission_score"))
            waived = conn.execute(text("SELECT findings_now, waived_now FROM quality.rule_failures")).one()
    assert (len(found), found["waived"][0], quality, tuple(waived)) == (1, "M1", 100, (1, 1))
    assert found["waiver"][0] == "Được miễn đến hết ngày 31/12/2018: Biên bản 12/BB-TDTT (người phụ trách: Trần Thị B)."
    book = openpyxl.load_workbook(done.answer)
    result, page = book.worksheets[0], book.worksheets[1]
    cell = page.cell(int(found["row"][0]), column_of(page, "Dư nợ trong hạn"))
    assert cell.fill.patternType == "lightDown"
    assert "Đã miễn" in cell.comment.text and "31/12/2018" in cell.comment.text
    words = [str(c.value) for row in result.iter_rows() for c in row if c.value is not None]
    assert "ĐÃ NHẬN" in words and found["waiver"][0] in words


def test_a_waiver_of_a_rule_between_the_two_lists(
    files: dict[tuple[str, str], Path], home: Settings, tmp_path: Path
) -> None:
    """members_count_differs is found after loading, anew with each list: the waiver holds there too."""
    heads, members = files[HEAD, "082"], files[MEMBER, "082"]
    page = openpyxl.load_workbook(heads).worksheets[0]
    top = header_row(page)
    household = {name: str(page.cell(top + 1, column_of(page, header)).value)
                 for name, header in (("household_code", "Mã hộ"), ("commune", "Xã"))}  # fmt: skip
    changed = edited(heads, tmp_path / heads.name, HEAD, {(1, "members"): 19})
    settings(home.home, waivers=[
        {"id": "M1", "dataset": HEAD, "unit": "082", "rule": "members_count_differs", "where": household, **MEANT}
    ])  # fmt: skip
    with connect(home) as engine:
        pipeline.ingest(home, [Drop(p, "register", "", p.name, modified_at(p)) for p in (changed, members)])
        with engine.begin() as conn:
            found = ledger.findings(conn)
    assert list(zip(found["rule"], found["waived"], strict=True)) == [("members_count_differs", "M1")]


def test_a_decision_made_later_holds_when_the_submission_is_taken_again(loans: Path, home: Settings) -> None:
    """The file is in the archive: nobody has to send it again, and what counted before stays visible to --as-of."""
    with connect(home) as engine:
        (first,) = pipeline.ingest(home, [Drop(loans, "credit", "", loans.name, modified_at(loans))])
        loans.unlink()
        settings(home.home, corrections=[correction()])
        second = pipeline.take_again(home, first.submission.id)
        assert (first.submission.verdict, second.submission.verdict, second.new) == ("partly", "accepted", True)
        with engine.begin() as conn:
            before = ledger.get(conn, first.submission.id)
            counting = conn.execute(
                text("SELECT submission_id, overdue FROM core.credit_loan WHERE loan_code = 'L1'")
            ).all()
            assert ledger.findings(conn, submission=second.submission.id)["rule"].to_list() == ["correction_applied"]
        assert before.superseded_by == second.submission.id
        assert [tuple(row) for row in counting] == [(second.submission.id, 100_000)]
        with pytest.raises(ValueError, match=f"superseded by {second.submission.id}"):
            pipeline.take_again(home, first.submission.id)


def test_a_submission_under_way_is_taken_again_once(loans: Path, home: Settings) -> None:
    with connect(home) as engine:
        (first,) = pipeline.ingest(home, [Drop(loans, "credit", "", loans.name, modified_at(loans))])
        settings(home.home, waivers=[waiver(rule="nonsense")])
        for _ in range(2):
            with pytest.raises(ReviewedError):
                pipeline.take_again(home, first.submission.id)
        settings(home.home, waivers=[waiver()])
        done = pipeline.take_again(home, first.submission.id)
        assert (done.new, done.submission.id[-2:], done.submission.verdict) == (False, "-2", "accepted")
        with engine.begin() as conn:
            assert conn.scalar(text("SELECT count(*) FROM intake.submission")) == 2


def test_the_examples_of_the_docs_can_be_used_as_they_stand(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "waive-and-correct.md").read_text(encoding="utf-8")
    waivers, corrections = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    folder = settings(tmp_path).reviewed
    (folder / "waivers.yml").write_text(waivers, encoding="utf-8")
    (folder / "corrections.yml").write_text(corrections, encoding="utf-8")
    loaded = load_reviewed(folder)
    assert [entry.id for entry in (*loaded.waivers, *loaded.corrections)] == ["M2018-03", "D2018-07"]
