"""What SECTORS says of required and personal columns, written out once more, so that a slip on either side shows."""

from __future__ import annotations

import pytest

from etl.contracts import contracts

REQUIRED = {
    "register_commune": "commune households persons poor_start near_poor_start",
    "register_household": "household_code head_name ethnicity commune area members classification",
    "register_member": "household_code commune member_no full_name",
    "credit_loan": "loan_code customer_code borrower_name commune programme disbursed_on principal",
    "health_card": "insurance_number full_name birth commune valid_from valid_to",
    "education_pupil": "pupil_code full_name birth commune school_name level status",
    "housing_support": "household_code head_name commune programme kind progress",
    "water_village": "commune village households persons persons_hygienic_water",
    "water_works": "works_name commune state",
}
PERSONAL = {
    "register_household": "head_name head_birth head_id_number",
    "register_member": "full_name sex birth id_number insurance_number",
    "credit_loan": "borrower_name borrower_id_number",
    "health_card": "insurance_number card_number full_name birth id_number",
    "education_pupil": "full_name birth",
    "housing_support": "head_name",
}
SENT_BY_PROVINCE = {"health_card", "housing_support", "water_works"}


@pytest.mark.parametrize("dataset", REQUIRED)
def test_required_and_personal_columns(dataset: str) -> None:
    form = contracts()[dataset]
    assert set(form.required) == set(REQUIRED[dataset].split())
    assert {c.name for c in form.columns if c.pii} == set(PERSONAL.get(dataset, "").split())
    assert (form.sent_by == "province") is (dataset in SENT_BY_PROVINCE)
