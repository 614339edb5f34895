"""Labels in the words of those who know the form: one code where one can be meant, else none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.conforming.labels import Labels
from etl.conforming.values import Unreadable, flag
from etl.conforming.vocabulary import Manner, enum_labels, reader_of
from etl.contracts import contract
from etl.model.examined import Heading
from etl.model.period import Period
from etl.model.text import is_a_slip
from etl.reference.codes import ethnic_labels

LATER = date(2023, 12, 31)


def labels_of(dataset: str, column: str, day: date = date(2018, 12, 31)) -> Labels:
    return Labels(enum_labels(contract(dataset)[column].on(day)), "code_unknown")


@pytest.mark.parametrize(("dataset", "column", "code", "texts"), [
    ("credit_loan", "programme", "HN", ["hộ nghèo", "Nghèo", "Cho vay HN", "HN - Hộ nghèo", "01. Cho vay hộ nghèo", "H/N"]),
    ("credit_loan", "programme", "CN", ["cận nghèo", "HCN", "C/N", "Chương trình cho vay hộ cận nghèo", "cân nghèo"]),
    ("credit_loan", "programme", "GQVL", ["Giải quyết việc làm", "GQVL: Giải quyết việc làm", "GV: Giải quyết việc làm",
                                          "Vay vốn GQVL", "việc làm", "Giải quyết việc lam (NĐ 61/2015)"]),
    ("credit_loan", "programme", "NSVS", ["NS&VSMT", "NS&VSMTNT", "Nước sạch và VSMT nông thôn", "nước sạch", "NSVSMTNT",
                                          "Nước sạch, vệ sinh môi trường", "Vệ sinh môi trường nông thôn và nước sạch"]),
    ("credit_loan", "programme", "HSSV", ["Học sinh sinh viên có hoàn cảnh khó khăn", "HSSV có HCKK", "Cho vay HSSV"]),
    ("credit_loan", "programme", "SXKDVKK", ["Hộ sản xuất kinh doanh vùng khó khăn", "SXKD VKK", "SXKD vùng KK"]),
    ("credit_loan", "programme", "NO33", ["Hộ nghèo về nhà ở QĐ 33", "Nhà ở theo QĐ 33/2015/QĐ-TTg", "Nhà ở (QĐ33)",
                                          "Hộ nghèo làm nhà ở theo Quyết định số 33"]),
    ("credit_loan", "programme", "MTN", ["Hộ mới thoát nghèo", "Mới thoát nghèo", "HMTN"]),
    ("credit_loan", "programme", "DTTS2085", ["Hộ dân tộc thiểu số nghèo", "DTTS nghèo"]),
    ("credit_loan", "entrusted_by", "veterans", ["CCB", "Hội cựu chiến binh", "Cựu CB", "HCCB", "Cựu chiên binh"]),
    ("credit_loan", "entrusted_by", "women", ["PN", "Phụ nữ", "Hội LHPN", "Hội liên hiệp phụ nữ", "women"]),
    ("education_pupil", "poverty_class", "poor", ["Nghèo", "Diện hộ nghèo", "HS thuộc hộ nghèo", "HN", "Hộ nghèo (Poor)",
                                                  "Hộ nghèo / Poor household", "01 - Hộ nghèo", "Poor", "hộ nghèo (có sổ)"]),
    ("education_pupil", "poverty_class", "near_poor", ["Hộ cận nghèo", "Cận nghèo", "HCN", "CN", "Thuộc diện cận nghèo"]),
    ("education_pupil", "poverty_class", "none", ["Không thuộc diện", "không", "Không thuộc hộ nghèo, cận nghèo"]),
    ("education_pupil", "level", "lower_secondary", ["THCS", "Trung học CS", "Cấp II", "cấp THCS", "trung hoc co so"]),
    ("education_pupil", "level", "primary", ["TH", "Cấp 1", "Bậc tiểu học", "tiểu hoc"]),
    ("education_pupil", "fee_relief", "p70", ["70%", "Giảm 70 %", "70", "Giảm 70% học phí"]),
    ("education_pupil", "status", "dropped_out", ["Đã bỏ học", "bỏ học", "Thôi học"]),
    ("housing_support", "programme", "d4008", ["QĐ4008", "Quyết định 4008", "QĐ số 4008/QĐ-UBND", "Theo QĐ 4008", "4008"]),
    ("housing_support", "programme", "great_unity", ["ĐĐK", "Đại đoàn kết", "Nhà đại đoàn kết"]),
    ("housing_support", "progress", "completed", ["HT", "Đã xong", "Hoàn thành 100%"]),
    ("register_household", "classification", "poor_income", ["N1", "Nghèo N1", "Hộ nghèo (N1)", "HN N1"]),
    ("register_household", "classification", "escaped_near_poor", ["Thoát CN", "TCN", "Hộ thoát cận nghèo"]),
    ("register_household", "area", "rural", ["NT", "khu vực nông thôn", "nông thon"]),
    ("water_works", "state", "fair", ["TĐBV", "Tương đối BV", "tương đối bền vũng"]),
])  # fmt: skip
def test_words_that_mean_one_label(dataset: str, column: str, code: str, texts: list[str]) -> None:
    read = labels_of(dataset, column)
    assert {text: read(text) for text in texts} == dict.fromkeys(texts, code)


@pytest.mark.parametrize(("dataset", "column", "texts"), [
    ("credit_loan", "programme", ["vùng khó khăn", "Hộ nghèo làm nhà ở", "nhà ở", "HN - Hộ cận nghèo", "hộ", "khác", "12"]),
    ("education_pupil", "poverty_class", ["Hộ nghèo/cận nghèo", "Thoát nghèo", "Hộ nghèo - thoát", "1"]),
    ("education_pupil", "fee_relief", ["60%", "Giảm", "Giảm 7%", "Giảm 700%"]),
    ("housing_support", "programme", ["QĐ 34", "QĐ", "QĐ 400"]),
    ("housing_support", "kind", ["Xây mới/sửa chữa", "Xây"]),
    ("register_household", "classification", ["Hộ nghèo", "HN", "N3", "nghèo", "Không nghèo"]),
    ("water_works", "state", ["Không bền vững", "hoạt động"]),
    ("education_pupil", "status", ["Chuyển đến", "học"]),
])  # fmt: skip
def test_where_two_fit_or_none_there_is_a_finding(dataset: str, column: str, texts: list[str]) -> None:
    read = labels_of(dataset, column)
    for text in texts:
        with pytest.raises(Unreadable, match="code_unknown"):
            pytest.fail(f"{text} was read as {read(text)}")


def test_one_class_of_the_poor_from_2022() -> None:
    read = labels_of("register_household", "classification", LATER)
    assert {read(text) for text in ("Hộ nghèo", "HN", "Diện nghèo", "Hộ nghèo N1", "N2")} == {"poor"}
    assert {read(text) for text in ("Hộ cận nghèo", "CN", "HCN")} == {"near_poor"}
    assert (read("Hộ thoát nghèo"), read("Thoát cận nghèo")) == ("escaped_poor", "escaped_near_poor")


@pytest.mark.parametrize(("dataset", "text"), [
    ("credit_loan", "Cho vay nhà ở cho người mới theo NĐ 999"), ("housing_support", "Xóa nhà tạm, nhà dột nát"),
])  # fmt: skip
def test_from_2022_a_programme_that_the_list_lacks_is_kept_with_a_warning(dataset: str, text: str) -> None:
    column = contract(dataset)["programme"]
    for period, is_open in ((Period(2021, 4), False), (Period(2022, 1), True)):
        read = reader_of(column, Heading(dataset, period, period.last_day, "10"), Manner())
        if is_open:
            assert read(text) == text
            assert read.note(text)[0] == "code_unlisted"
        else:
            with pytest.raises(Unreadable, match="code_unknown"):
                read(text)
    known = column.values["d33"][0] if column.values else "Hộ cận nghèo"
    assert read(known) in ("d33", "CN") and read.note(known) is None
    for unreadable in ("?", "12", "-"):
        with pytest.raises(Unreadable, match="code_unknown"):
            read(unreadable)


def test_what_two_fit_is_named() -> None:
    candidates = labels_of("credit_loan", "programme").params("vùng khó khăn")["candidates"]
    assert {"SXKDVKK", "TNVKK"} == set(candidates.split(", "))


EVERY_LABEL = [
    (dataset, column.name, code, label)
    for dataset in ("credit_loan", "education_pupil", "housing_support", "register_household", "water_works")
    for column in contract(dataset).columns
    if column.type == "enum"
    for code, names in enum_labels(column).items()
    for label in names
]


@given(st.sampled_from(EVERY_LABEL), st.data())
def test_every_label_is_read_and_a_slip_never_names_another_code(
    known: tuple[str, str, str, str], data: st.DataObject
) -> None:
    dataset, column, code, label = known
    read = labels_of(dataset, column)
    assert read(label) == read(label.upper()) == read(f" {label} ") == code
    place = data.draw(st.integers(0, len(label) - 1))
    letter = data.draw(st.sampled_from("abcdghilmnopqrstuz"))
    spoilt = label[:place] + letter + label[place + 1 :]
    try:
        assert read(spoilt) == code or spoilt[place] == label[place]
    except Unreadable as fault:
        assert fault.rule == "code_unknown"


@pytest.mark.parametrize(("text", "group"), [
    ("Dân tộc Tày", "Tày"), ("Người Mông", "Mông"), ("Kinh (Việt)", "Kinh"), ("H-Mông", "Mông"), ("Hmong", "Mông"),
    ("Bru - Vân Kiều", "Bru-Vân Kiều"), ("DT Dao", "Dao"), ("08 - Mông", "Mông"), ("Dao đỏ", "Dao"),
])  # fmt: skip
def test_ethnic_groups(text: str, group: str) -> None:
    assert Labels(ethnic_labels(), "ethnicity_unknown")(text) == group


@pytest.mark.parametrize("text", ["Mường/Mông", "9", "Khác", "Tày - Nùng"])
def test_no_ethnic_group(text: str) -> None:
    with pytest.raises(Unreadable, match="ethnicity_unknown"):
        Labels(ethnic_labels(), "ethnicity_unknown")(text)


@given(st.text("abcdef12", min_size=1, max_size=8), st.text("abcdef12", min_size=1, max_size=8))
def test_a_slip_is_one_step_of_the_edit_distance(first: str, second: str) -> None:
    steps = {first[:i] + first[i + 1 :] for i in range(len(first))}
    steps |= {first[:i] + c + first[i + k :] for i in range(len(first) + 1) for c in "abcdef" for k in (0, 1)
              if not (k and first[i : i + 1].isdigit())}  # fmt: skip
    steps |= {first[:i] + first[i + 1] + first[i] + first[i + 2 :] for i in range(len(first) - 1)}
    if is_a_slip(first, second):
        assert second in steps
        assert first != second


@pytest.mark.parametrize(("text", "header", "value"), [
    ("C", "", True), ("K", "", False), ("Không có", "", False), ("x.", "", True), ("có ", "", True), ("(x)", "", True),
    ("+", "", True), ("√", "", True), ("*", "", True), ("Ｘ", "", True), ("1.0", "", True), ("chưa", "", False),
    ("Có nhu cầu", "Có nhu cầu vay vốn", True), ("Không có nhu cầu", "Có nhu cầu vay vốn", False),
    ("Đang học", "Đang đi học", True), ("Không đi học", "Đang đi học", False), ("Bán trú", "Bán trú", True),
])  # fmt: skip
def test_marks_in_words(text: str, header: str, value: bool) -> None:
    assert flag(text, header) is value


@pytest.mark.parametrize("text", ["nhà tiêu hợp vệ sinh", "đã nghỉ", "có thể", "2", "được", "R", "û"])
def test_words_that_are_no_mark(text: str) -> None:
    with pytest.raises(Unreadable, match="flag_unreadable"):
        flag(text, "Thiếu hụt")
