"""Aliases of a sender: where they are used, where they are not, and what contradicts them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from etl.checking import Alias, ReviewedError, alias_id, chosen_aliases, load_reviewed, use_table_aliases
from etl.checking.alias_file import accept, restored, revoke
from etl.contracts import contract
from etl.examine import examine
from etl.model.asked import Question
from etl.model.examined import Examined, Heading
from etl.model.finding import findings_frame
from etl.model.grid import Table
from etl.settings import Settings
from samples import write_sample
from tests.support import PERIOD, TODAY, column_of, header_row

HEAD = "register_household"
CAUSE = contract(HEAD)["cause"].header


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("province")
    written = write_sample(folder, PERIOD, scale=0.002, communes=3, seed=3)
    return next(path for path in written.files if path.name.startswith(f"{HEAD}_") and path.suffix == ".xlsx")


def alias(kind: str, text: str, means: str, column: str = "", unit: str = "082") -> Alias:
    said = (kind, HEAD, unit, column, text, means)
    return Alias(
        id=alias_id(*said), kind=kind, dataset=HEAD, unit=unit, column=column, text=text, means=means,  # type: ignore[arg-type]
        by="Trần Thị B", day=date(2019, 1, 5),
    )  # fmt: skip


def changed(form: Path, target: Path, edits: dict[str, str], cells: dict[str, Any] | None = None) -> Path:
    """The form with headers renamed on every sheet, and all cells of a column set."""
    book = openpyxl.load_workbook(form)
    for page in book.worksheets:
        for header, value in (cells or {}).items():
            place = column_of(page, header)
            for row in range(header_row(page) + 1, page.max_row + 1):
                page.cell(row, place).value = value
        for header, text in edits.items():
            page.cell(header_row(page), column_of(page, header)).value = text
    book.save(target)
    return target


def read(path: Path, home: Path, *aliases: Alias) -> Examined:
    own = Settings(home=home)
    accept(own.reviewed, aliases)
    return examine(own, path, file_name=path.name, folder="", sector="register", today=TODAY)


def said_of_aliases(examined: Examined) -> list[tuple[str, str]]:
    one = examined.findings
    return [(r, v) for r, v in zip(one["rule"], one["value"], strict=True) if r.startswith("alias_")]


def unit_of(form: Path, home: Path) -> str:
    return str(read(form, home / "plain").heading.unit_code)


def test_a_header_is_read_as_its_alias_says_and_only_for_its_sender(form: Path, tmp_path: Path) -> None:
    unit = unit_of(form, tmp_path)
    path = changed(form, tmp_path / form.name, {CAUSE: "Diễn giải XYZ"}, {CAUSE: "Thiếu đất"})
    assert read(path, tmp_path / "a").rows["cause"].isna().all()
    other = "080" if unit != "080" else "082"
    strange = read(path, tmp_path / "b", alias("header", "Diễn giải XYZ", CAUSE, "cause", other))
    assert (said_of_aliases(strange), strange.rows["cause"].isna().all()) == ([], True)
    known = read(path, tmp_path / "c", alias("header", "diễn giải  xyz", CAUSE, "cause", unit))
    assert set(known.rows["cause"]) == {"Thiếu đất"}
    assert {rule for rule, _ in said_of_aliases(known)} == {"alias_used"}


def test_a_header_that_is_no_column_of_the_form_is_not_read(form: Path, tmp_path: Path) -> None:
    unit = unit_of(form, tmp_path)
    path = changed(form, tmp_path / form.name, {CAUSE: "Nguyên nhân ZZ"}, {CAUSE: "Thiếu đất"})
    assert set(read(path, tmp_path / "a").rows["cause"]) == {"Thiếu đất"}
    without = read(path, tmp_path / "b", alias("header", "Nguyên nhân ZZ", "(bỏ qua)", unit=unit))
    assert without.rows["cause"].isna().all()
    assert said_of_aliases(without) == [("alias_used", "Nguyên nhân ZZ")]
    assert not {"column_unused", "header_understood"} & set(without.findings["rule"]), "it is not asked again"
    # The official header says itself what it is.
    official = read(form, tmp_path / "c", alias("header", CAUSE, "(bỏ qua)", unit=unit))
    assert said_of_aliases(official)[0] == ("alias_contradicted", CAUSE)
    assert official.rows["cause"].notna().any()


def test_a_header_below_another_is_known_by_both_or_by_the_lower() -> None:
    body = pd.DataFrame({4: ["1"], 5: ["Thiếu đất"]}, index=[9], dtype="str")
    table = Table("S", {4: ("Mã hộ",), 5: ("Thông tin", "Diễn giải XYZ")}, 8, body, {})
    heading = Heading(HEAD, PERIOD, PERIOD.last_day, "082")
    for text in ("Thông tin / Diễn giải XYZ", "diễn giải xyz"):
        known = alias("header", text, CAUSE, "cause")
        used = use_table_aliases([table], [known], contract(HEAD), lambda _: (heading, findings_frame()))
        assert used.tables[0].headers[5] == (CAUSE,)
    other = alias("header", "Nhóm khác / Diễn giải XYZ", CAUSE, "cause")
    used = use_table_aliases([table], [other], contract(HEAD), lambda _: (heading, findings_frame()))
    assert used.tables[0] is table


def test_what_a_file_says_by_itself_goes_before_an_alias_and_is_told(form: Path, tmp_path: Path) -> None:
    unit, members = unit_of(form, tmp_path), contract(HEAD)["members"].header
    # The official header is there beside the word; a label means something by itself; a column holds other things.
    both = changed(form, tmp_path / "1.xlsx", {CAUSE: "Diễn giải XYZ"}, {CAUSE: "Thiếu đất"})
    header = alias("header", "Diễn giải XYZ", members, "members", unit)
    first = read(both, tmp_path / "a", header)
    assert {rule for rule, _ in said_of_aliases(first)} == {"alias_contradicted"}
    label = alias("label", "Nam", "Nữ", "head_sex", unit)
    second = read(form, tmp_path / "b", label)
    assert said_of_aliases(second) == [("alias_contradicted", "Nam")]
    assert set(second.rows["head_sex"]) == set(read(form, tmp_path / "plain").rows["head_sex"])
    score = contract(HEAD)["b1_score"].header
    third = changed(form, tmp_path / "3.xlsx", {score: "Cột lạ"}, {score: "chưa rõ"})
    content = read(third, tmp_path / "c", alias("header", "Cột lạ", score, "b1_score", unit))
    assert "alias_contradicted" in {rule for rule, _ in said_of_aliases(content)}


def test_a_sheet_that_is_to_be_left_out_is_left_out(form: Path, tmp_path: Path) -> None:
    unit = unit_of(form, tmp_path)
    book = openpyxl.load_workbook(form)
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "Bản nháp"
    book.save(tmp_path / form.name)
    plain = read(form, tmp_path / "plain")
    assert read(tmp_path / form.name, tmp_path / "a").counts.rejected > 0
    without = read(tmp_path / form.name, tmp_path / "b", alias("sheet", "Bản nháp", "(bỏ qua)", unit=unit))
    assert (without.counts.accepted, without.counts.rejected) == (plain.counts.accepted, plain.counts.rejected)
    assert said_of_aliases(without) == [("alias_used", "Bản nháp")]


def test_choices_become_aliases_of_the_sector_that_made_them(tmp_path: Path) -> None:
    good = (Question("header", HEAD, "082", "", "Lý do"), CAUSE)
    choices = [good, (Question("header", HEAD, "082", "", "Lý do"), "không có cột này"),
               (Question("label", "credit_loan", "082", "programme", "x"), "y"),
               (Question("label", HEAD, "999", "change", "x"), "Cũ")]  # fmt: skip
    made = chosen_aliases(choices, "register", "a.xlsx", TODAY)
    assert [(one.kind, one.column, one.means, one.file) for one in made] == [("header", "cause", CAUSE, "a.xlsx")]


def test_a_sender_s_word_has_one_meaning_and_what_was_taken_back_stays_so(tmp_path: Path) -> None:
    old, new = (
        alias("label", "Khá", "Hộ cận nghèo", "classification"),
        alias("label", "khá", "Hộ thoát nghèo", "classification"),
    )
    assert accept(tmp_path, [old]) == [old]
    assert accept(tmp_path, [new, old]) == [new]
    assert [a.revoked is None for a in load_reviewed(tmp_path).aliases] == [False, True]
    assert restored(tmp_path, old)
    assert [a.revoked is None for a in load_reviewed(tmp_path).aliases] == [True, False], "one meaning at a time"
    assert restored(tmp_path, new)
    gone = revoke(tmp_path, new.id, "Trần Thị B", "nhầm", TODAY)
    assert "nhầm" in str(gone.revoked)
    assert accept(tmp_path, [new]) == []
    with pytest.raises(LookupError, match="A-không"):
        revoke(tmp_path, "A-không", "B", "x", TODAY)
    (tmp_path / "aliases.yml").write_text(
        "- {id: A-1, kind: label, dataset: không, unit: '082', text: a, means: b, by: c, day: 2019-01-01}\n", "utf-8"
    )
    with pytest.raises(ReviewedError, match=r"aliases\.yml: entry 1 \(A-1\)"):
        load_reviewed(tmp_path)
