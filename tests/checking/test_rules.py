"""Every rule is raised somewhere and provoked somewhere, and every rule sentence of SECTORS has its id."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.checking.suites import FOLDER, load_suite
from etl.reference.rules import rules
from etl.settings import ROOT
from samples.faults import FAULTS

IN_SUITES = {
    (path.stem, e["meta"]["rule"], e["meta"]["column"])
    for path in FOLDER.glob("*.json")
    for e in load_suite(path.stem)["expectations"]
}
RULES_IN_SUITES = {rule for _, rule, _ in IN_SUITES}


def _literals(folder: str) -> str:
    """What the modules of a folder say, without this one."""
    paths = [path for path in sorted((ROOT / folder).rglob("*.py")) if path.name != Path(__file__).name]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


RAISED = _literals("etl")
HOSTILE, IN_TESTS = _literals("tests/hostile"), _literals("tests")


@pytest.mark.parametrize("rule", rules())
def test_a_rule_is_an_expectation_or_raised_by_code(rule: str) -> None:
    assert rule in RULES_IN_SUITES or f'"{rule}"' in RAISED


@pytest.mark.parametrize("rule", rules())
def test_a_rule_is_provoked(rule: str) -> None:
    """By an injected error, a hostile file, its pair beside a suite (test_suites.py), or a test of its own.

    Of the last kind is what no error of a single file provokes, or what is told of a file that is right.
    """
    injected = rule in {f.rule for f in FAULTS} or f'"{rule}"' in HOSTILE or rule in RULES_IN_SUITES
    assert injected or f'"{rule}"' in IN_TESTS


COMMUNE, HEAD, MEMBER, LOAN, CARD = (
    "register_commune", "register_household", "register_member", "credit_loan", "health_card",
)  # fmt: skip
PUPIL, HOUSE, VILLAGE = "education_pupil", "housing_support", "water_village"

# The lines «Rules:» of SECTORS.md, sentence by sentence.
SENTENCES = (
    (COMMUNE, "a commune once", {("commune_repeated", "commune")}),
    (COMMUNE, "households_minority ≤ households", {("minority_exceeds_households", "households_minority")}),
    (COMMUNE, "persons ≥ households", {("persons_below_households", "persons")}),
    (COMMUNE, "every commune of the submitting district is there", {("commune_missing", "commune")}),
    (HEAD, "household_code once per (commune, period)", {("household_repeated", "household_code")}),
    (HEAD, "change is escaped for both escaped classes", {("change_disagrees", "change")}),
    (HEAD, "b2_score = 10 × number of lacks_*", {("b2_score_disagrees", "b2_score")}),
    (HEAD, "classification agrees with the bands of the standard", {("band_disagrees", "classification")}),
    ("register_relations", "members = the household's rows", {("members_count_differs", "members")}),
    ("register_relations", "its household is in register_household", {("household_not_listed", "household_code")}),
    (MEMBER, "CCCD's digits agree with sex and birth",
     {("id_number_disagrees_sex", "id_number"), ("id_number_disagrees_birth", "id_number")}),
    (LOAN, "loan_code once per period", {("loan_repeated", "loan_code")}),
    (LOAN, "outstanding + overdue + frozen ≤ principal", {("balance_exceeds_principal", "outstanding")}),
    (LOAN, "due_on ≥ disbursed_on", {("due_before_disbursed", "due_on")}),
    (LOAN, "principal within the programme's ceiling", {("principal_above_ceiling", "principal")}),
    (CARD, "valid_to ≥ valid_from", {("valid_to_before_valid_from", "valid_to")}),
    (CARD, "card's object letters = object_code", {("object_code_disagrees", "object_code")}),
    (CARD, "the card's last ten digits = insurance number", {("card_number_disagrees", "card_number")}),
    (CARD, "two cards of one person valid on the same day", {("cards_overlap", "valid_to")}),
    (CARD, "benefit level agrees with the object code", {("benefit_level_disagrees", "card_number")}),
    (PUPIL, "pupil once per period among enrolled", {("pupil_repeated", "pupil_code")}),
    (PUPIL, "age fits the level within 3 years", {("age_unfit_for_level", "level")}),
    (PUPIL, "support_amount = support_months × 100,000", {("support_amount_disagrees", "support_amount")}),
    (PUPIL, "months ≤ 9", {("number_out_of_range", "support_months")}),
    (HOUSE, "completed ⇒ completed_on given, ≥ started_on, ≤ period end",
     {("completed_without_date", "completed_on"), ("completed_before_started", "completed_on"),
      ("completed_after_period", "completed_on")}),
    (HOUSE, "completed new build ⇒ area ≥ 24 m² and all three hard", {("new_build_below_standard", "floor_area")}),
    (VILLAGE, "each part ≤ its whole; clean ≤ hygienic", {
        ("part_exceeds_whole", name) for name in (
            "persons_hygienic_water", "persons_clean_water", "poor_households", "poor_households_hygienic_water",
            "households_hygienic_toilet", "poor_households_hygienic_toilet")}),
)  # fmt: skip


@pytest.mark.parametrize(("suite", "sentence", "expected"), SENTENCES, ids=[s for _, s, _ in SENTENCES])
def test_a_sentence_of_sectors_has_its_rule(suite: str, sentence: str, expected: set[tuple[str, str]]) -> None:
    assert {(suite, *each) for each in expected} <= IN_SUITES, sentence


def test_no_rule_between_cells_is_without_a_sentence() -> None:
    """The other way round: what a suite asks for beyond single cells is what was agreed with the sectors."""
    agreed = {(suite, *each) for suite, _, expected in SENTENCES for each in expected}
    between = {
        (suite, e["meta"]["rule"], e["meta"]["column"])
        for suite in {suite for suite, _, _ in SENTENCES}
        for e in load_suite(suite)["expectations"]
        if e["meta"].get("stage") != "cell"
    }
    assert between == {each for each in agreed if each[1] != "number_out_of_range"}


def test_of_files_and_units_the_unit_of_the_amounts_is_never_guessed() -> None:
    """The one sentence that no suite can ask, since it is about the file: «rejected with the reason, not guessed»."""
    assert {"money_unit_missing", "money_unit_conflict"} <= {f.rule for f in FAULTS}


def test_what_may_be_waived_rejects_nothing_or_is_a_judgement_between_cells() -> None:
    never = ("_empty", "_unreadable", "_repeated", "_unknown", "_missing", "_ambiguous", "_format", "_listed")
    for name, rule in rules().items():
        if rule.waivable:
            assert rule.effect == "none" or (rule.effect == "row" and name in RULES_IN_SUITES), name
            assert not name.endswith(never) or name == "commune_missing", name
            assert not name.startswith(("alias_", "correction_", "waiver_")), name
        elif rule.effect == "none":
            assert name.startswith(("alias_", "correction_", "waiver_")), name
