"""What a file says: some rows of a dataset for one submitting unit, true and consistent, in codes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from etl.contracts import Contract
from etl.model.period import Period
from etl.reference.codes import ethnic_labels
from etl.reference.units import Unit, units_on
from samples.messy.draw import Draw
from samples.province import build

Row = dict[str, Any]

VILLAGES = (
    "Thôn 1", "Thôn 12", "Tổ 5", "Tổ dân phố số 3", "Bản Phùng", "Thôn Séo Pa Cheo", "Lũng Pô", "Nậm Mạ 2",
    "Thôn Hoà Bình",
    "Ngòi Đường", "Tả Van Giáy", "Sín Chải A", "Khu 7", "Cốc Mì", "Thôn Kin Chu Phìn 1", "Phìn Ngan Thuỷ", "Ô Quý Hồ",
)  # fmt: skip
_CAUSES = (
    "Thiếu vốn sản xuất", "Thiếu đất canh tác; thiếu lao động", "Có người ốm đau nặng, tai nạn", "Không có tay nghề",
    "Đông người ăn theo", "Chây lười lao động", "Thiếu vốn, \"thiếu kinh nghiệm\" làm ăn",
)  # fmt: skip
_KEPT_WHOLE = {"birth", "completed_on", "floor_area", "hard_floor", "hard_frame", "hard_roof"}
"""Optional columns that a rule between columns needs."""


@lru_cache(maxsize=16)
def _province(period: Period, seed: int) -> dict[str, tuple[Row, ...]]:
    """A small province's rows by dataset, from which files draw theirs."""
    frames = build(period, 0.004, 6, seed).frames
    return {
        dataset: tuple({str(k): v for k, v in row.items()} for row in frame.head(600).to_dict("records"))
        for dataset, frame in frames.items()
    }


def rows_for(draw: Draw, form: Contract, unit: Unit, period: Period, count: int) -> list[Row]:
    """``count`` rows of a unit, or fewer where the pool has fewer; the communes' totals are complete."""
    communes = units_on(period.last_day).communes_in(unit.code)
    if form.dataset == "register_commune":
        return [_commune(draw, commune) for commune in communes]
    chosen = [draw.pick(communes) for _ in range(draw.number(1, 5))]
    pool = _province(period, draw.number(1, 2))[form.dataset]
    if form.dataset in ("water_works", "water_village", "housing_support"):
        rows = [dict(draw.pick(pool)) for _ in range(count)]
    else:
        rows = [dict(row) for row in draw.shuffled(pool)[:count]]
    change = _CHANGES[form.dataset]
    made = []
    for at, row in enumerate(rows):
        row["commune"] = draw.pick(chosen).code
        if row.get("village"):
            row["village"] = draw.pick(VILLAGES)
        made.append(_blanked(draw, form, change(draw, row, at)))
    return _unlike(made, form)


def _unlike(rows: list[Row], form: Contract) -> list[Row]:
    """The rows without a second one of a key; a village or works once in a commune."""
    keys = {"water_village": ("commune", "village"), "water_works": ("works_name",), "housing_support": (
        "commune", "household_code")}.get(form.dataset, form.key)  # fmt: skip
    if not keys:
        return rows
    return list({tuple(row[k] for k in keys): row for row in reversed(rows)}.values())[::-1]


def _blanked(draw: Draw, form: Contract, row: Row) -> Row:
    """A row without some of what it need not say."""
    for column in form.columns:
        loose = column.type in ("text", "code", "date") and not column.required and column.name not in _KEPT_WHOLE
        if loose and draw.chance(0.07):
            row[column.name] = None
    return row


def _commune(draw: Draw, commune: Unit) -> Row:
    households = draw.number(180, 2400)
    persons = int(households * (3.2 + draw.rng.random()))
    return {
        "commune": commune.code, "households": households, "households_minority": draw.number(0, households),
        "persons": persons, "children_under_6": int(persons * 0.11), "labour_force": int(persons * 0.57),
        "poor_start": draw.number(0, households // 2), "near_poor_start": draw.number(0, households // 5),
    }  # fmt: skip


def _identity(draw: Draw, number: str | None) -> str | None:
    """Numbers of other provinces too: nine digits without a zero in front."""
    if number and len(number) == 9 and draw.chance(0.5):
        return f"{draw.number(1, 3)}{number[1:]}"
    return number


def _group(draw: Draw, name: str | None) -> str | None:
    return draw.pick(list(ethnic_labels())[:40]) if name and draw.chance(0.15) else name


def _household(draw: Draw, row: Row, at: int) -> Row:
    row["household_code"] = f"{at + 1:06d}" if draw.is_hostile else row["household_code"]
    row["head_id_number"] = _identity(draw, row["head_id_number"])
    row["ethnicity"] = _group(draw, row["ethnicity"])
    row["cause"] = draw.pick(_CAUSES)
    return row


def _member(draw: Draw, row: Row, _: int) -> Row:
    row["id_number"] = _identity(draw, row["id_number"])
    row["ethnicity"] = _group(draw, row["ethnicity"])
    return row


def _loan(draw: Draw, row: Row, _: int) -> Row:
    row["borrower_id_number"] = _identity(draw, row["borrower_id_number"])
    principal = row["principal"]
    left = draw.number(0, principal)
    row["overdue"] = draw.number(0, left // 4) if draw.chance(0.2) else 0
    row["frozen"] = draw.number(0, left // 5) if draw.chance(0.1) else 0
    row["outstanding"] = left - row["overdue"] - row["frozen"]
    row["interest_due"] = draw.number(0, 900_000)
    for name in ("outstanding", "overdue", "frozen", "interest_due"):
        if draw.chance(0.6):
            row[name] = row[name] // 1000 * 1000
    return row


def _card(draw: Draw, row: Row, _: int) -> Row:
    row["id_number"] = _identity(draw, row["id_number"])
    row["ethnicity"] = _group(draw, row["ethnicity"])
    return row


def _pupil(draw: Draw, row: Row, _: int) -> Row:
    row["ethnicity"] = _group(draw, row["ethnicity"])
    return row


def _house(draw: Draw, row: Row, at: int) -> Row:
    row["household_code"] = f"{2716000 + at}"
    row["floor_area"] = draw.number(24_000, 90_000) / 1000 if draw.chance(0.5) else draw.number(48, 180) / 2
    for name in ("budget", "community", "own_funds"):
        row[name] = draw.number(0, 60_000) * 1000 if draw.chance(0.6) else draw.number(0, 30) * 1_000_000
    return row


def _village(draw: Draw, row: Row, _: int) -> Row:
    households = draw.number(30, 400)
    persons = households * 4 + draw.number(0, households)
    poor, hygienic = draw.number(0, households), draw.number(0, persons)
    return row | {
        "village": draw.pick(VILLAGES), "households": households, "persons": persons,
        "persons_hygienic_water": hygienic, "persons_clean_water": draw.number(0, hygienic), "poor_households": poor,
        "poor_households_hygienic_water": draw.number(0, poor),
        "households_hygienic_toilet": draw.number(0, households),
        "poor_households_hygienic_toilet": draw.number(0, poor),
    }  # fmt: skip


def _works(draw: Draw, row: Row, at: int) -> Row:
    row["works_name"] = draw.pick(("Công trình CNTT", "CN tự chảy", "Nước sinh hoạt", "Cấp nước TT")) + (
        f" {draw.pick(VILLAGES)}" + ("" if at % 3 else f" số {at}")
    )
    row["capacity"] = draw.number(10_000, 250_000) / 1000 if draw.chance(0.5) else draw.number(10, 400) / 2
    row["kind"] = draw.pick(("Tự chảy", "Bơm dẫn", "Hồ chứa, bơm"))
    row["managed_by"] = draw.pick(("Cộng đồng", "UBND xã", "Trung tâm NS&VSMT", "HTX"))
    return row


_CHANGES: dict[str, Callable[[Draw, Row, int], Row]] = {
    "register_household": _household, "register_member": _member, "credit_loan": _loan, "health_card": _card,
    "education_pupil": _pupil, "housing_support": _house, "water_village": _village, "water_works": _works,
}  # fmt: skip
