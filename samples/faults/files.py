"""Injected errors of the whole file: its period, unit, unit of the amounts, form, bytes."""

from __future__ import annotations

from etl.model.period import Period
from etl.reference.units import Unit, Units, units_on
from samples.faults.model import Fault, spoils
from samples.messy.body import Edits
from samples.messy.draw import Draw
from samples.messy.file import Meddling, messy_file
from samples.messy.heading import PERIOD_IN, UNIT_IN, Heading
from samples.messy.rows import Row
from samples.workbooks import Book, Cell, Page
from samples.workbooks.ole import container
from samples.workbooks.xlsx import xlsx_bytes

_TITLE, _TITLE_LINE = PERIOD_IN.index("title"), UNIT_IN.index("line")
_NAME = PERIOD_IN.index("name")


def _no_period(_: Draw, head: Heading, __: Unit, ___: Period) -> None:
    """The period stood in the name alone."""
    head.file_stem, head.folder = "Danh sach gui tinh", ""


def _no_unit(_: Draw, head: Heading, __: Unit, ___: Period) -> None:
    head.file_stem = "Danh sach gui tinh"


def _other_period(draw: Draw, head: Heading, _: Unit, period: Period) -> None:
    other = period.previous()
    if draw.chance(0.5):
        head.file_stem += f" Quy {other.quarter} nam {other.year}"
    else:
        head.folder = str(other)


def _other_unit(draw: Draw, head: Heading, unit: Unit, period: Period) -> None:
    other = draw.pick([d for d in units_on(period.last_day).districts if d.code != unit.code])
    head.file_stem += f" {other.name}"


def _no_such_quarter(draw: Draw, head: Heading, __: Unit, period: Period) -> None:
    head.file_stem, head.folder = "Danh sach gui tinh", ""
    head.lines.insert(draw.number(1, len(head.lines)), [(1, f"Quý V năm {period.year}")])


def _no_such_day(draw: Draw, head: Heading, __: Unit, period: Period) -> None:
    head.file_stem, head.folder = "Danh sach gui tinh", ""
    head.lines.insert(draw.number(1, len(head.lines)), [(1, f"(Tính đến ngày 31/11/{period.year})")])


def _in_future(draw: Draw, head: Heading, __: Unit, ___: Period) -> None:
    head.file_stem, head.folder = "Danh sach gui tinh", ""
    head.lines.insert(draw.number(1, len(head.lines)), [(1, "Quý IV năm 2031")])


def _two_money_units(_: Draw, head: Heading, __: Unit, ___: Period) -> None:
    head.lines.append([(2, "ĐVT: đồng")])
    head.lines.append([(2, "ĐVT: triệu đồng")])


def _millions(draw: Draw, rows: list[Row], units: Units, within: str) -> Edits:
    del draw, units, within
    for row in rows:
        row["outstanding"] = row["outstanding"] // 1_000_000 * 1_000_000
        row["overdue"] = row["frozen"] = row["interest_due"] = 0
    return {}


def _strange_table(_: bytes) -> bytes:
    """A list of staff: of no sector's forms."""
    lines: list[list[str | int | float | None]] = [
        ["DANH SÁCH CÁN BỘ PHÒNG"], [], ["STT", "Họ và tên", "Chức vụ", "Hệ số lương", "Ghi chú"],
        *([at, f"Nguyễn Văn {at}", "Chuyên viên", 2.34, None] for at in range(1, 9)),
    ]  # fmt: skip
    return xlsx_bytes(Book([Page("Sheet1", [[Cell(value) for value in line] for line in lines])]))


def _another_form(dataset: str) -> list[Page]:
    """The sheets of a file of another form."""
    page = next(
        iter(messy_file(dataset, 1, seed=3, level="realistic", meddling=Meddling(formats=("xlsx",))).sheets.values())
    )
    page.page.name = "Bieu khac"
    return [page.page]


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _encrypted(_: bytes) -> bytes:
    return container({"EncryptedPackage": b"\x00" * 6000, "EncryptionInfo": b"\x04\x00\x04\x00" + b"\x00" * 200})


_XLSX = Meddling(formats=("xlsx",), forbidden=frozenset({"zipped", "wrong-ending"}))

OF_FILES: tuple[Fault, ...] = (
    *(
        spoils(
            "no_period",
            dataset,
            "period_missing",
            None,
            meddling=Meddling(fixed={"period-in": _NAME, "unit-in": _TITLE_LINE}, heading=_no_period),
        )
        for dataset in ("register_household", "credit_loan", "water_works", "education_pupil")
    ),
    *(
        spoils(
            "two_periods",
            dataset,
            "period_conflict",
            None,
            meddling=Meddling(fixed={"period-in": _TITLE}, heading=_other_period),
        )
        for dataset in ("register_commune", "health_card", "housing_support")
    ),
    spoils(
        "no_such_quarter",
        "credit_loan",
        "period_unreadable",
        None,
        meddling=Meddling(fixed={"period-in": _NAME, "unit-in": _TITLE_LINE}, heading=_no_such_quarter),
    ),
    spoils(
        "no_such_day",
        "water_village",
        "period_unreadable",
        None,
        meddling=Meddling(fixed={"period-in": _NAME, "unit-in": _TITLE_LINE}, heading=_no_such_day),
    ),
    spoils(
        "period_to_come",
        "register_member",
        "period_in_future",
        None,
        meddling=Meddling(fixed={"period-in": _NAME, "unit-in": _TITLE_LINE}, heading=_in_future),
    ),
    *(
        spoils(
            "no_unit",
            dataset,
            "unit_missing",
            None,
            meddling=Meddling(
                fixed={"period-in": _TITLE, "unit-in": UNIT_IN.index("name"), "upper-agency": 0},
                forbidden=frozenset({"issued-with", "dated-on-top"}),
                heading=_no_unit,
            ),
        )
        for dataset in ("register_household", "credit_loan", "water_village")
    ),
    *(
        spoils(
            "two_units",
            dataset,
            "unit_conflict",
            None,
            meddling=Meddling(fixed={"unit-in": UNIT_IN.index("both")}, heading=_other_unit),
        )
        for dataset in ("register_commune", "education_pupil", "credit_loan")
    ),
    spoils(
        "money_unit_unsaid",
        "credit_loan",
        "money_unit_missing",
        "principal",
        meddling=Meddling(factor=1_000_000, says_money=False, rows=_millions),
    ),
    *(
        spoils(
            "two_money_units",
            dataset,
            "money_unit_conflict",
            None,
            meddling=Meddling(says_money=False, factor=1, heading=_two_money_units),
        )
        for dataset in ("credit_loan", "housing_support")
    ),
    *(
        spoils("other_sector", dataset, "dataset_wrong_sector", None, sector=sector)
        for dataset, sector in (
            ("register_household", "credit"),
            ("credit_loan", "health_insurance"),
            ("health_card", "education"),
            ("water_works", "housing"),
        )
    ),
    spoils("no_form", "housing_support", "dataset_unknown", None, bytes_of=_strange_table, meddling=_XLSX),
    spoils(
        "two_forms",
        "register_household",
        "dataset_mixed",
        None,
        meddling=Meddling(formats=("xlsx", "xls", "ods"), others=lambda: _another_form("register_commune")),
    ),
    *(
        spoils(
            "no_rows",
            dataset,
            "no_data_rows",
            None,
            meddling=Meddling(count=0, forbidden=frozenset({"sheet-per-commune", "total", "groups"})),
        )
        for dataset in ("register_household", "credit_loan", "health_card", "water_works")
    ),
    spoils("cut_off", "register_member", "file_unreadable", None, bytes_of=_cut, meddling=_XLSX),
    spoils("empty_file", "credit_loan", "file_empty", None, bytes_of=lambda _: b"", meddling=_XLSX),
    spoils("password", "health_card", "file_encrypted", None, bytes_of=_encrypted, meddling=_XLSX),
    spoils(
        "a_pdf",
        "water_works",
        "file_type_unsupported",
        None,
        meddling=_XLSX,
        bytes_of=lambda _: b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n",
    ),
)
