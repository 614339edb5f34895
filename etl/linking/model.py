"""What the model compares, level by level, with documented defaults; and how it is told to Splink.

m: the share of true pairs found on a level, u: that of other pairs. The weight of a level is log2(m / u) bits. The
defaults are read off Vietnamese lists as docs/link.md describes them; training replaces those it can learn.
"""

from __future__ import annotations

from dataclasses import dataclass

from splink import SettingsCreator, block_on
from splink.internals.blocking_rule_creator import BlockingRuleCreator
from splink.internals.blocking_rule_library import CustomRule

from etl.linking.shapes import Trained


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison. sql None: none of those above. of_name: weighed by how rare the name is. stated:
    whether the sector's row states anything there; None: the levels do not tell that apart."""

    code: str
    label: str
    sql: str | None
    m: float
    u: float
    of_name: bool = False
    stated: bool | None = None


@dataclass(frozen=True)
class Comparison:
    """What is compared. missing: the SQL of «nothing to compare», which weighs nothing. learned: its m are learned; its
    u always are."""

    name: str
    label: str
    missing: str
    levels: tuple[Level, ...]
    learned: bool = True


def _either(*names: str) -> str:
    return " OR ".join(f"{name}_l IS NULL OR {name}_r IS NULL" for name in names)


NAME = Comparison("full_name", "Họ và tên", _either("name_key"), (
    Level("same", "giống hệt", "name_key_l = name_key_r", 0.78, 0.0015, of_name=True),
    Level("accents", "khác dấu", "name_l = name_r", 0.09, 0.0005, of_name=True),
    Level("sound", "khác cách viết", "sound_l = sound_r", 0.04, 0.0003, of_name=True),
    Level("swapped", "đảo chữ", "bag_l = bag_r", 0.02, 0.0001, of_name=True),
    Level("middle", "khác tên đệm", "outer_l = outer_r", 0.03, 0.006),
    Level("letter", "sai một chữ cái", "levenshtein(sound_l, sound_r) <= 1", 0.025, 0.0008),
    Level("near", "sai hai chữ cái, hoặc một chữ cái và tên đệm hay thứ tự",
          "levenshtein(sound_l, sound_r) <= 2 OR levenshtein(outer_l, outer_r) <= 1 OR levenshtein(bag_l, bag_r) <= 1",
          0.012, 0.008),
    Level("part", "chỉ họ hoặc tên giống", "family_l = family_r OR given_l = given_r", 0.008, 0.12),
    Level("other", "khác", None, 0.002, 0.86),
))  # fmt: skip
BIRTH = Comparison("birth", "Ngày sinh", _either("birth_year"), (
    Level("day", "đúng ngày", "birth_day_l = birth_day_r", 0.6, 0.00004),
    Level("year", "đúng năm, một bên chỉ có năm",
          "birth_year_l = birth_year_r AND (birth_day_l IS NULL OR birth_day_r IS NULL)", 0.36, 0.006),
    Level("swapped", "đảo ngày và tháng",
          "birth_year_l = birth_year_r AND substr(birth_day_l, 6, 2) = substr(birth_day_r, 9, 2)"
          " AND substr(birth_day_l, 9, 2) = substr(birth_day_r, 6, 2)", 0.01, 0.00003),
    Level("part", "đúng năm, ngày hoặc tháng",
          "birth_year_l = birth_year_r AND (substr(birth_day_l, 6, 2) = substr(birth_day_r, 6, 2)"
          " OR substr(birth_day_l, 9, 2) = substr(birth_day_r, 9, 2))", 0.008, 0.0015),
    Level("other_year", "đúng ngày, tháng, lệch một năm",
          "substr(birth_day_l, 6) = substr(birth_day_r, 6) AND abs(birth_year_l - birth_year_r) <= 1", 0.008, 0.0001),
    Level("digit", "đúng ngày, tháng, năm sai một chữ số",
          "substr(birth_day_l, 6) = substr(birth_day_r, 6) AND (abs(birth_year_l - birth_year_r) % 10 = 0"
          " OR birth_year_l // 10 = birth_year_r // 10)", 0.003, 0.0006),
    Level("near", "lệch một năm hoặc khác ngày", "abs(birth_year_l - birth_year_r) <= 1", 0.012, 0.035),
    Level("other", "khác", None, 0.001, 0.955),
))  # fmt: skip
SEX = Comparison("sex", "Giới tính", _either("sex"), (
    Level("same", "giống", "sex_l = sex_r", 0.985, 0.5),
    Level("other", "khác", None, 0.015, 0.5),
))  # fmt: skip
ETHNICITY = Comparison("ethnicity", "Dân tộc", _either("ethnicity"), (
    Level("same", "giống", "ethnicity_l = ethnicity_r", 0.98, 0.22),
    Level("other", "khác", None, 0.02, 0.78),
))  # fmt: skip
PLACE = Comparison("place", "Nơi ở", _either("commune"), (
    Level("village", "cùng thôn", "commune_l = commune_r AND village_l = village_r", 0.8, 0.0008),
    Level("unknown", "cùng xã, không rõ thôn",
          "commune_l = commune_r AND (village_l IS NULL OR village_r IS NULL)", 0.1, 0.0006),
    Level("commune", "cùng xã, khác thôn", "commune_l = commune_r", 0.06, 0.0055),
    Level("district", "xã khác trong huyện", "district_l = district_r", 0.035, 0.11),
    Level("other", "huyện khác", None, 0.005, 0.883),
))  # fmt: skip
SAME_COMMUNE = ("village", "unknown", "commune")
HOUSEHOLD = Comparison("household", "Mã hộ", _either("household"), (
    Level("same", "giống", "household_l = household_r", 0.5, 0.0001),
    Level("other", "khác", None, 0.5, 0.9999),
), learned=False)  # fmt: skip
_NEVER = "1 = 0"
# Who has the same number is linked already: that a side states none is what is left of most true pairs, so it is told
# how often other pairs lack one, instead of saying nothing. Who has none has none on either side.
_NUMBER_LEVELS = (
    ("same", "giống", "id_number_l = id_number_r", True),
    ("neither", "cả hai bên không ghi số", "id_number_l IS NULL AND id_number_r IS NULL", False),
    ("unstated", "ngành không ghi số", "id_number_l IS NULL", False),
    ("unknown", "sổ không ghi số", "id_number_r IS NULL", True),
    ("kind", "một bên CMND, một bên CCCD", "length(id_number_l) <> length(id_number_r)", True),
    ("other", "khác", None, True),
)
NUMBERS = Comparison("numbers", "CMND/CCCD", _NEVER, tuple(
    Level(code, label, sql, m, u, stated=stated)
    for (code, label, sql, stated), (m, u) in zip(
        _NUMBER_LEVELS, ((0.005, 0.00001), (0.15, 0.1), (0.325, 0.3), (0.45, 0.3), (0.05, 0.1), (0.02, 0.2)),
        strict=True)
))  # fmt: skip
BORROWER_NUMBERS = Comparison("numbers", "CMND/CCCD", _NEVER, tuple(
    Level(code, label, sql, m, u, stated=stated)
    for (code, label, sql, stated), (m, u) in zip(
        _NUMBER_LEVELS, ((0.01, 0.00001), (0.15, 0.07), (0.1, 0.13), (0.6, 0.2), (0.1, 0.2), (0.04, 0.4)),
        strict=True)
))  # fmt: skip
INSURANCE = Comparison("insurance", "Mã số BHXH", "insurance_number_l IS NULL", (
    Level("same", "giống", "insurance_number_l = insurance_number_r", 0.01, 0.00001),
    Level("unknown", "sổ không ghi số", "insurance_number_r IS NULL", 0.96, 0.7),
    Level("other", "khác", None, 0.03, 0.3),
), learned=False)  # fmt: skip
YEAR = Comparison("birth_year", "Năm sinh theo CCCD", _either("birth_year"), (
    Level("same", "giống", "birth_year_l = birth_year_r", 0.96, 0.02),
    Level("near", "lệch một năm", "abs(birth_year_l - birth_year_r) = 1", 0.025, 0.04),
    Level("other", "khác", None, 0.015, 0.94),
), learned=False)  # fmt: skip
PROGRAMME = Comparison("programme", "Chương trình vay", "poor_r IS NULL OR poor_l = 'any'", (
    Level("same", "chương trình của diện hộ này", "poor_l = poor_r", 0.83, 0.46),
    Level("other", "chương trình của diện khác", None, 0.17, 0.54),
))  # fmt: skip
STATED_CLASS = Comparison("class", "Diện hộ mà ngành ghi", _either("poor"), (
    Level("same", "giống sổ", "poor_l = poor_r", 0.95, 0.5),
    Level("other", "khác sổ", None, 0.05, 0.5),
))  # fmt: skip
NEED = Comparison("need", "Nhu cầu vay vốn trong sổ", "wants_r IS NULL", (
    Level("wants", "có nhu cầu và đủ điều kiện", "wants_r = 'yes'", 0.6, 0.4),
    Level("other", "không", None, 0.4, 0.6),
))  # fmt: skip
POOR = Comparison("poor", "Diện hộ nghèo", "poor_r IS NULL", (
    Level("same", "hộ nghèo", "poor_r = 'poor'", 0.9, 0.6),
    Level("other", "hộ không nghèo", None, 0.1, 0.4),
))  # fmt: skip

COMPARISONS = {
    "card": (NAME, BIRTH, SEX, ETHNICITY, PLACE, HOUSEHOLD, STATED_CLASS, NUMBERS, INSURANCE),
    "pupil": (NAME, BIRTH, SEX, ETHNICITY, PLACE, HOUSEHOLD, STATED_CLASS),
    "loan": (NAME, YEAR, SEX, PLACE, BORROWER_NUMBERS, PROGRAMME, NEED),
    "housing": (NAME, PLACE, POOR),
}
"""Pair → what is compared. A household code that differs says little of persons: many systems have
codes of their own. Of loans and houses nothing: those of the same code are linked already."""

RELATIVES = "relatives"
"""The evidence of the household, which comes after the model (``evidence``)."""

LABELS = {c.name: c.label for own in COMPARISONS.values() for c in own} | {RELATIVES: "Người cùng hộ"}

BLOCKS: dict[str, tuple[BlockingRuleCreator, ...]] = {
    # Blocks stay within a district: who moved across districts is found by number alone.
    "person": (
        block_on("district", "birth_day"),
        block_on("commune", "birth_year", "given"),
        block_on("commune", "birth_year", "family"),
        block_on("district", "birth_year", "outer"),
        block_on("district", "birth_year", "bag"),
        block_on("commune", "birth_year", "village"),
        block_on("commune", "outer"),
        block_on("commune", "bag"),
        CustomRule("l.commune = r.commune AND substr(l.birth_day, 6) = substr(r.birth_day, 6)"),
        block_on("commune", "household"),
    ),
    "household": (
        block_on("district", "outer"),
        block_on("district", "bag"),
        block_on("commune", "given"),
        block_on("commune", "village", "family"),
    ),
}  # fmt: skip


def kind_of(pair: str) -> str:
    """Whether a pair joins persons or households."""
    return "person" if pair in ("card", "pupil") else "household"


def defaults(pair: str, prior: float, names: dict[str, float], rare: float) -> Trained:
    """The documented defaults of a pair as if they had been trained."""
    levels = {c.name: {level.code: (level.m, level.u) for level in c.levels} for c in COMPARISONS[pair]}
    return Trained(prior, levels, names, rare)


def splink_settings(pair: str, trained: Trained, everything: bool = False) -> SettingsCreator:
    """The model of a pair as Splink takes it, with the m and u of ``trained``; everything: without blocks."""
    return SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(c, trained.levels[c.name]) for c in COMPARISONS[pair]],
        blocking_rules_to_generate_predictions=[CustomRule("1 = 1")] if everything else list(BLOCKS[kind_of(pair)]),
        probability_two_random_records_match=trained.prior,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        max_iterations=40,
        em_convergence=1e-5,
        linker_uid="linking",
    )


def _comparison(comparison: Comparison, shares: dict[str, tuple[float, float]]) -> dict[str, object]:
    levels: list[dict[str, object]] = [
        {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in comparison.levels:
        m, u = shares[level.code]
        told: dict[str, object] = {
            "sql_condition": level.sql or "ELSE", "label_for_charts": level.code, "m_probability": m,
            "u_probability": u,
        }  # fmt: skip
        if level.of_name:
            # The level then weighs m against how common this name is, not against names as such.
            told |= {
                "tf_adjustment_column": "name",
                "tf_adjustment_weight": 1.0,
                "disable_tf_exact_match_detection": True,
            }
        if not comparison.learned:
            told["fix_m_probability"] = True
        levels.append(told)
    return {"output_column_name": comparison.name, "comparison_levels": levels}
