"""Columns by their headers: the strongest claim wins, what is missing is named with what comes near."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from etl.conforming import left_out, match_columns
from etl.contracts import contract
from etl.model.grid import Table

LOANS = contract("credit_loan")
MEMBERS = contract("register_member")


def table(*headers: str, above: dict[int, str] | None = None) -> Table:
    cells = {at: tuple(filter(None, ((above or {}).get(at), text))) for at, text in enumerate(headers, start=1)}
    return Table("S", cells, 9, pd.DataFrame(), {}, None, 1.0, ())


def official(form) -> list[str]:
    return ["STT", *(c.header for c in form.columns)]


def test_every_column_of_the_official_form() -> None:
    columns, findings = match_columns(table(*official(LOANS)), LOANS)
    assert not len(findings)
    assert dict(columns.columns) == {c.name: at for at, c in enumerate(LOANS.columns, start=2)}


def test_a_missing_required_column_names_the_nearest_header() -> None:
    headers = [h if h != LOANS["principal"].header else "Số tiền ghi trên khế ước" for h in official(LOANS)]
    _, findings = match_columns(table(*headers, "Số tiền ghi ở khế ước"), LOANS)
    assert list(findings["rule"]) == ["header_missing"]
    assert findings["params"][0]["header"] == LOANS["principal"].header


def test_a_header_that_stands_twice() -> None:
    _, findings = match_columns(table(*official(LOANS), LOANS["principal"].header), LOANS)
    assert list(findings["rule"]) == ["header_repeated"]
    assert findings["params"][0]["where"] == "N, S"


def test_birth_in_the_column_of_the_sex() -> None:
    split = MEMBERS.split_sex
    assert split is not None
    headers = [h for h in official(MEMBERS) if h not in (MEMBERS[split.sex].header, MEMBERS[split.birth].header)]
    columns, findings = match_columns(table(*headers, "Nam", "Nữ"), MEMBERS)
    assert not len(findings)
    assert columns.births == {"male": len(headers) + 1, "female": len(headers) + 2}
    columns, _ = match_columns(table(*headers, "Nam"), MEMBERS)
    assert columns.births == {}


def test_a_header_in_other_words_is_understood_by_its_meaning_and_place() -> None:
    for column, said in (("principal", "Số tiền ghi trên khế ước"), ("due_on", "Phải trả xong ngày")):
        headers = [h if h != LOANS[column].header else said for h in official(LOANS)]
        columns, findings = match_columns(table(*headers), LOANS)
        assert columns.columns[column] == headers.index(said) + 1
        assert [(f.rule, f.severity, f.column) for f in findings.itertuples()] == [
            ("header_understood", "info", column)
        ]


def test_of_two_headers_that_may_name_a_column_neither_is_taken() -> None:
    headers = [h if h != MEMBERS["id_number"].header else "Số CM" for h in official(MEMBERS)]
    columns, findings = match_columns(table(*headers, "Số giấy CM"), MEMBERS)
    assert "id_number" not in columns.columns
    assert [(f.rule, f.severity, f.column) for f in findings.itertuples()] == [("header_near", "warning", "id_number")]


def test_a_header_with_an_index_keeps_its_column_whatever_its_few_cells_look_like() -> None:
    """«Bàn» is a surname, and without signs the beginning of a village's name."""
    form = contract("register_household")
    headers = [f"{h} ({n})" for n, h in enumerate(official(form), 1) if h != form["village"].header]
    place = headers.index(f"{form['head_name'].header} ({official(form).index(form['head_name'].header) + 1})") + 1
    for text in ("Bàn Thị Mẩy", "BAN THI MAY", "Thôn 3"):
        one = table(*headers)
        body = pd.DataFrame({place: [text]}, index=[one.header_row + 1], dtype="str")
        columns, _ = match_columns(replace(one, body=body), form)
        assert columns.columns["head_name"] == place, text


def test_a_row_that_was_left_out_though_it_has_the_words_of_data_is_a_warning() -> None:
    form = contract("water_village")
    columns, _ = match_columns(table(*official(form)), form)
    row = pd.DataFrame({2: ["Xã Gia Phú"], 3: ["Thôn Hòa Lạc"], 4: ["71"]}, index=[12], dtype="str")
    one = replace(table(*official(form)), ignored={12: "note"}, ignored_cells=row)
    assert [(f.rule, f.severity.value) for f in left_out(one, columns, form)] == [("ignored_row_like_data", "warning")]
