"""Spellings of one name are one; quarters follow one another."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.model.examined import Counts
from etl.model.finding import Finding, Severity, findings_frame, join_findings
from etl.model.period import Period
from etl.model.text import clean, fold, spelling_key

PERIODS = st.builds(Period, st.integers(1990, 2100), st.integers(1, 4))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vạn Hoà", "Vạn Hòa"),
        ("THUỶ", "Thủy"),
        ("Ðồng Tuyển", "Đồng Tuyển"),
        ("Vàng  A\u00a0Sử", "vàng a sử"),
        ("H’Mông", "H'Mông"),
        (unicodedata.normalize("NFD", "Giàng Thị Dở"), "Giàng Thị Dở"),
    ],
)
def test_equal_spellings(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Sa Pa", "Sa Pả"), ("Quý", "Qúi"), ("Hoàn", "Hòan Kiếm"), ("Nậm Chảy", "Nậm Chầy")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_the_tone_of_a_closed_syllable_and_of_qu_stays() -> None:
    assert spelling_key("Hoàng Quý Toàn") == "hoàng quý toàn"


@given(st.text(max_size=60))
def test_normal_forms_are_stable(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)
    assert spelling_key(spelling_key(text)) == spelling_key(text)


@given(PERIODS)
def test_a_period_is_written_and_read(period: Period) -> None:
    assert Period.parse(str(period)) == period
    assert period.next().previous() == period
    assert Period.of(period.first_day) == Period.of(period.last_day) == period
    assert period.last_day + timedelta(days=1) == period.next().first_day


def test_a_period_of_no_quarter_is_refused() -> None:
    with pytest.raises(ValueError, match="not 5"):
        Period(2018, 5)
    with pytest.raises(ValueError, match="2018-Q4"):
        Period.parse("2018Q4")
    assert Period(2018, 4).last_day == date(2018, 12, 31)
    assert Period(2018, 4).title_vi == "Quý IV năm 2018"


def test_rows_must_foot() -> None:
    Counts(10, 5, 3, 2)
    with pytest.raises(ValueError, match="do not foot"):
        Counts(10, 5, 3, 1)


def test_findings_frames_join_with_their_types() -> None:
    one = findings_frame([Finding("required_empty", Severity.CRITICAL, "T", 5, "commune")])
    joined = join_findings([findings_frame(), one, one])
    assert len(joined) == 2
    assert joined.dtypes.equals(findings_frame().dtypes)
