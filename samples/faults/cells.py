"""Injected errors of one cell: empty, unreadable, out of range, of no list."""

from __future__ import annotations

from samples.faults.model import Fault, empties
from samples.messy.file import Meddling
from samples.workbooks import Cell

COMMUNE, HEAD, MEMBER, LOAN = "register_commune", "register_household", "register_member", "credit_loan"
CARD, PUPIL, HOUSE, VILLAGE, WORKS = "health_card", "education_pupil", "housing_support", "water_village", "water_works"

OF_CELLS: tuple[Fault, ...] = (
    *(
        Fault("empty_required", dataset, "required_empty", column, cells={column: Cell()})
        for dataset, column in (
            (HEAD, "ethnicity"),
            (MEMBER, "full_name"),
            (LOAN, "customer_code"),
            (CARD, "full_name"),
            (PUPIL, "school_name"),
            (HOUSE, "head_name"),
            (VILLAGE, "persons"),
            (WORKS, "state"),
            (COMMUNE, "poor_start"),
        )
    ),
    *(
        Fault("number_in_words", dataset, "number_unreadable", column, cells={column: "ba mươi triệu"})
        for dataset, column in ((LOAN, "principal"), (VILLAGE, "households"), (HEAD, "members"))
    ),
    *(
        empties("number_vague", dataset, "number_unreadable", column, cells={column: "khoảng 50"})
        for dataset, column in (
            (COMMUNE, "labour_force"),
            (HOUSE, "own_funds"),
            (WORKS, "capacity"),
            (PUPIL, "rice_kg"),
        )
    ),
    empties("number_with_two_points", WORKS, "number_unreadable", "capacity", cells={"capacity": "1.2.3"}),
    empties(
        "count_with_a_fraction", COMMUNE, "number_unreadable", "children_under_6", cells={"children_under_6": "12,5"}
    ),
    empties("negative_optional", LOAN, "number_out_of_range", "overdue", values={"overdue": -5_000_000}),
    empties("negative_optional", HOUSE, "number_out_of_range", "community", values={"community": -1_000_000}),
    Fault("negative_required", VILLAGE, "number_out_of_range", "households", cells={"households": -3}),
    Fault("members_zero", HEAD, "number_out_of_range", "members", values={"members": 0}),
    empties("months_above_nine", PUPIL, "number_out_of_range", "support_months", cells={"support_months": 12}),
    *(
        Fault("impossible_day", dataset, "date_unreadable", column, cells={column: "31/02/2018"})
        for dataset, column in ((LOAN, "disbursed_on"), (CARD, "valid_from"), (PUPIL, "birth"))
    ),
    empties("impossible_day_optional", HOUSE, "date_unreadable", "started_on", cells={"started_on": "30/02/2017"}),
    Fault("months_first", PUPIL, "date_unreadable", "birth", cells={"birth": "05/13/2001"}),
    empties("months_first_optional", HEAD, "date_unreadable", "head_birth", cells={"head_birth": "05/13/1960"}),
    Fault("day_zero", PUPIL, "date_unreadable", "birth", cells={"birth": "00/00/2008"}),
    Fault("day_in_words", LOAN, "date_unreadable", "disbursed_on", cells={"disbursed_on": "đầu năm"}),
    empties("flag_doubtful", HEAD, "flag_unreadable", "needs_loan", cells={"needs_loan": "có lẽ"}),
    empties("flag_doubtful", MEMBER, "flag_unreadable", "studying", cells={"studying": "?"}),
    Fault("code_unknown", HEAD, "code_unknown", "classification", cells={"classification": "Hộ khá"}),
    Fault("code_unknown", LOAN, "code_unknown", "programme", cells={"programme": "ZZ9"}),
    Fault("code_unknown", WORKS, "code_unknown", "state", cells={"state": "Đang sửa"}),
    empties("code_unknown_optional", PUPIL, "code_unknown", "poverty_class", cells={"poverty_class": "Nghèo lắm"}),
    empties("code_unknown_optional", HEAD, "code_unknown", "change", cells={"change": "Đang xét"}),
    Fault("ethnicity_unknown", HEAD, "ethnicity_unknown", "ethnicity", cells={"ethnicity": "Xyz"}),
    empties("ethnicity_unknown_optional", MEMBER, "ethnicity_unknown", "ethnicity", cells={"ethnicity": "Người lạ"}),
    *(
        Fault("unit_unknown", dataset, "unit_unknown", "commune", cells={"commune": "Xã Hy Lạp"})
        for dataset in (LOAN, CARD, WORKS, HEAD)
    ),
    Fault(
        "unit_of_another_district",
        LOAN,
        "unit_unknown",
        "commune",
        cells={"commune": "Xã Y Tý"},
        meddling=Meddling(unit="086"),
    ),
    Fault(
        "unit_of_another_district",
        VILLAGE,
        "unit_unknown",
        "commune",
        cells={"commune": "02701"},
        meddling=Meddling(unit="086"),
    ),
    Fault(
        "unit_ambiguous", LOAN, "unit_ambiguous", "commune", cells={"commune": "Phố Lu"}, meddling=Meddling(unit="086")
    ),
    Fault(
        "unit_ambiguous", MEMBER, "unit_ambiguous", "commune", cells={"commune": "Sa Pa"}, meddling=Meddling(unit="088")
    ),
    Fault("code_in_powers_of_ten", LOAN, "code_scientific", "loan_code", cells={"loan_code": "6,6E+12"}),
    empties(
        "code_in_powers_of_ten_optional", HEAD, "code_scientific", "head_id_number", cells={"head_id_number": "1.2E+11"}
    ),
    Fault("formula_error", LOAN, "error_cell", "principal", cells={"principal": Cell("#N/A", is_error=True)}),
    Fault("formula_error", VILLAGE, "error_cell", "persons", cells={"persons": Cell("#REF!", is_error=True)}),
    empties("formula_error_optional", HOUSE, "error_cell", "budget", cells={"budget": Cell("#DIV/0!", is_error=True)}),
    empties("formula_error_optional", HEAD, "error_cell", "cause", cells={"cause": Cell("#NAME?", is_error=True)}),
    empties("id_of_wrong_length", HEAD, "code_format", "head_id_number", cells={"head_id_number": "12345"}),
    empties("id_with_a_letter", MEMBER, "code_format", "id_number", cells={"id_number": "06300O123"}),
    Fault("insurance_number_short", CARD, "code_format", "insurance_number", cells={"insurance_number": "12345"}),
    empties("card_of_wrong_form", CARD, "code_format", "card_number", cells={"card_number": "H42100100004"}),
)
