"""Injected errors of headers, totals, whole lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from etl.reference.units import Units
from samples.faults.model import Fault, spoils, warns
from samples.messy.body import Edits
from samples.messy.draw import Draw
from samples.messy.file import Address, Meddling
from samples.messy.layout import Slot
from samples.messy.pages import Placed
from samples.messy.rows import Row
from samples.workbooks import Cell

_ONE_SHEET = frozenset({"sheet-per-commune"})
_TOTAL_ALONE = frozenset({"sheet-per-commune", "groups", "sub-totals", "headers-repeated", "flags-counted"})


def _without(name: str) -> Callable[[Draw, list[Slot]], None]:
    def drop(_: Draw, slots: list[Slot]) -> None:
        slots[:] = [slot for slot in slots if slot.name != name]

    return drop


def _twice(name: str) -> Callable[[Draw, list[Slot]], None]:
    """The column once more at the end, of the same header: somebody has pasted it again."""

    def repeat(_: Draw, slots: list[Slot]) -> None:
        slot = next(s for s in slots if s.name == name)
        slots.append(replace(slot, name="", column=None))

    return repeat


def _misspelt(name: str, text: str) -> Callable[[Draw, list[Slot]], None]:
    def misspell(_: Draw, slots: list[Slot]) -> None:
        at = next(i for i, s in enumerate(slots) if s.name == name)
        slots[at] = replace(slots[at], header=text)

    return misspell


def _wrong_total(name: str) -> Callable[[Draw, list[Placed], list[Slot], list[Row]], Address | None]:
    """A total that is off by a tenth and one, as when a row was added after the sum was typed."""

    def spoil(draw: Draw, placed: list[Placed], slots: list[Slot], rows: list[Row]) -> Address | None:
        page = placed[0]
        at = draw.pick(page.totals)
        slot = next(s for s in slots if s.name == name)
        whole = sum(row[name] or 0 for row in rows)
        wrong = whole + max(1, int(whole) // 10_000_000 * 1_000_000)
        page.page.rows[at - 1][page.columns[name] - 1] = slot.write_value(wrong)
        return page.page.name, at

    return spoil


def _other_person(name: str) -> Callable[[Draw, list[Placed], list[Slot], list[Row]], Address | None]:
    """A summary sheet in which one row is another than in the commune's sheet."""

    def change(draw: Draw, placed: list[Placed], _: list[Slot], rows: list[Row]) -> Address | None:
        summary = placed[-1]
        row = summary.rows[draw.number(0, len(rows) - 1)]
        summary.page.rows[row - 1][summary.columns[name] - 1] = Cell("Lò Văn Khác")
        return summary.page.name, row

    return change


def _in_two_communes(_: Draw, rows: list[Row], units: Units, within: str) -> Edits:
    communes = units.communes_in(within)
    for at, row in enumerate(rows):
        row["commune"] = communes[at % 3].code
    return {}


def _total(dataset: str, column: str) -> Fault:
    return warns(
        "total_wrong",
        dataset,
        "total_disagrees",
        column,
        at="marked",
        meddling=Meddling(forced=frozenset({"total"}), forbidden=_TOTAL_ALONE, placed=_wrong_total(column)),
    )


def _near(dataset: str, column: str, text: str) -> Fault:
    """A header that a person still understands: the column is read, and the sender is informed."""
    return warns(
        "header_misspelt",
        dataset,
        "header_understood",
        column,
        severity="info",
        at="header",
        meddling=Meddling(forbidden=_ONE_SHEET | {"legacy"}, slots=_misspelt(column, text)),
    )


OF_TABLES: tuple[Fault, ...] = (
    *(
        _total(dataset, column)
        for dataset, column in (
            ("register_household", "members"),
            ("credit_loan", "principal"),
            ("water_village", "persons"),
            ("register_commune", "households"),
            ("housing_support", "budget"),
            ("water_works", "persons_served"),
        )
    ),
    *(
        _near(dataset, column, text)
        for dataset, column, text in (
            ("register_commune", "labour_force", "Lao đông trong độ tuỗii"),
            ("register_household", "cause", "Nguyên nhâm nghèo"),
            ("credit_loan", "due_on", "Hạng cuối"),
            ("health_card", "clinic", "Nơi ĐK KBC ban đầu"),
            ("education_pupil", "lunch_support", "Hỗ trợ ăn truwa"),
            ("housing_support", "vbsp_loan", "Vay NHCSHX"),
            ("water_village", "persons_clean_water", "Số dân sử dụng nước sạchh QCVN 02"),
            ("water_works", "managed_by", "Đơn vị quảng lý"),
            ("register_member", "relation", "Quan hện với chủ hộ"),
        )
    ),
    *(
        spoils(
            "header_missing",
            dataset,
            "header_missing",
            column,
            at="header",
            # A class above a group of rows would stand for its column.
            meddling=Meddling(forbidden=_ONE_SHEET | {"groups"}, slots=_without(column)),
        )
        for dataset, column in (
            ("register_commune", "persons"),
            ("register_household", "classification"),
            ("credit_loan", "programme"),
            ("health_card", "valid_to"),
            ("education_pupil", "level"),
            ("housing_support", "progress"),
            ("water_village", "persons_hygienic_water"),
            ("water_works", "state"),
            ("register_member", "member_no"),
        )
    ),
    *(
        spoils(
            "header_twice",
            dataset,
            "header_repeated",
            column,
            at="header",
            meddling=Meddling(forbidden=_ONE_SHEET | {"header-groups"}, slots=_twice(column)),
        )
        for dataset, column in (
            ("register_household", "household_code"),
            ("credit_loan", "customer_code"),
            ("health_card", "insurance_number"),
            ("water_works", "works_name"),
            ("register_commune", "households"),
        )
    ),
    *(
        warns(
            "summary_differs",
            dataset,
            "summary_differs",
            None,
            at="marked",
            meddling=Meddling(
                forced=frozenset({"sheet-per-commune"}),
                forbidden=frozenset({"legacy", "zipped"}),
                fixed={"summary": 3, "format": 0},
                rows=_in_two_communes,
                placed=_other_person(column),
            ),
        )
        for dataset, column in (
            ("register_household", "head_name"),
            ("credit_loan", "borrower_name"),
            ("health_card", "full_name"),
        )
    ),
    Fault(
        "commune_twice",
        "register_commune",
        "commune_repeated",
        "commune",
        repeats=True,
        meddling=Meddling(forbidden=frozenset({"groups"})),
    ),
)
