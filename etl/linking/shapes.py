"""What travels through linking: pairs of datasets, links, what a person has decided, what a period was trained to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

ADDRESS = ["submission_id", "sheet", "row"]
"""A row's address."""


@dataclass(frozen=True)
class Pair:
    """A sector's dataset and the list of the register that its rows are looked for in.

    key: the columns by which a row is known again in the next file. people: persons are linked, not households.
    exclusive: of rows that no identifier links, each row of the register takes one at most; a household borrows as
    often as it likes, and is housed once. joined: the identifiers by which the ``core`` views join the rows themselves:
    who has such a pair is linked by one of them or not at all, so that no other link of theirs is counted beside it.
    """

    name: str
    dataset: str
    register: str
    title: str
    key: tuple[str, ...]
    people: bool
    exclusive: bool
    joined: tuple[str, ...]


PAIRS = {
    pair.name: pair
    for pair in (
        Pair("card", "health_card", "register_member", "Thẻ BHYT – thành viên hộ",
             ("insurance_number", "valid_from", "card_number"), True, True, ("insurance_number", "id_number")),
        Pair("pupil", "education_pupil", "register_member", "Học sinh – thành viên hộ", ("pupil_code",), True, True,
             ("household_name_birth",)),
        Pair("loan", "credit_loan", "register_household", "Món vay – hộ", ("loan_code",), False, False,
             ("household_code", "id_number")),
        Pair("housing", "housing_support", "register_household", "Hỗ trợ nhà ở – hộ",
             ("commune", "household_code", "head_name_key", "programme"), False, True, ()),
    )
}  # fmt: skip

_EVERYWHERE = ("commune", "village", "household_code")
COLUMNS = {
    name: (*_EVERYWHERE, *own)
    for name, own in {
        "register_household": ("head_name", "head_name_key", "head_sex", "head_birth", "head_birth_year",
                               "head_id_number", "ethnicity", "classification", "needs_loan", "loan_eligible"),
        "register_member": ("full_name", "full_name_key", "sex", "birth", "birth_year", "id_number", "ethnicity",
                            "insurance_number"),
        "health_card": ("insurance_number", "card_number", "full_name", "full_name_key", "birth", "birth_year", "sex",
                        "id_number", "ethnicity", "valid_from", "valid_to", "object_code"),
        "education_pupil": ("pupil_code", "full_name", "full_name_key", "birth", "sex", "ethnicity",
                            "poverty_class"),
        "credit_loan": ("loan_code", "borrower_name", "borrower_name_key", "borrower_id_number", "programme"),
        "housing_support": ("head_name", "head_name_key", "programme"),
    }.items()
}  # fmt: skip
"""What linking reads of each dataset, besides address and district."""

IDENTITY = {
    "health_card": ("insurance_number",), "education_pupil": ("pupil_code",), "credit_loan": ("loan_code",),
    "housing_support": ("commune", "household_code", "head_name", "programme"),
    "register_member": ("commune", "household_code", "full_name", "birth_year"),
    "register_household": ("commune", "household_code"),
}  # fmt: skip
"""The columns by which a decision names a row: those that people read."""

REGISTER_KEYS = {
    "register_member": ("commune", "household_code", "full_name_key", "birth_year"),
    "register_household": ("commune", "household_code"),
}
DATASETS = (*REGISTER_KEYS, *(pair.dataset for pair in PAIRS.values()))

EXACT = ("insurance_number", "id_number", "household_code", "household_name_birth")
"""How identifiers that both sides carry are called, the strongest first."""

METHODS = ("confirmed", *EXACT, "probable")

LINK_COLUMNS = ["pair", "left_at", "right_at", "method", "weight", "probability", "agreed"]
"""left_at, right_at: positions in the sorted frames; weight: bits, without the prior of none; agreed: comparison →
[level, bits]."""

_KINDS = {"pair": "str", "left_at": "int64", "right_at": "int64", "method": "str", "weight": "float64",
          "probability": "float64", "agreed": "object"}  # fmt: skip


def no_links() -> pd.DataFrame:
    """A frame of ``LINK_COLUMNS`` without rows."""
    return pd.DataFrame({name: pd.Series(dtype=_KINDS[name]) for name in LINK_COLUMNS})


SURE = 0.5
"""A pair that is likelier than not is linked: what is lost and what is wrongly gained weigh the same in F1."""

WORTH_A_LOOK = 0.05
"""Below this probability nobody is asked."""

SETTLED = 0.97
"""From this probability on nobody is asked either."""


VERSION = 4
"""Raised with every change by which the same rows would be weighed differently: a model of another version is no more
used, and every part is looked through again."""


@dataclass(frozen=True)
class Trained:
    """What the model of one pair rests on, as plain data.

    prior: probability that two rows drawn at random belong together. levels: comparison → level → (m, u), the shares
    of true and of other pairs that are found on the level. names: folded full name → its share, of those that occur
    often; rare: the share of any other. estimated: comparisons whose m was learned, the others are documented
    defaults. openings: category of a sector's row (``scoring.categories``) → the bits with which each of its pairs
    begins; of other categories, those of ``prior``. communes: commune → by how many bits
    it says more that two rows are of it than of any.
    """

    prior: float
    levels: dict[str, dict[str, tuple[float, float]]]
    names: dict[str, float]
    rare: float
    estimated: tuple[str, ...] = ()
    openings: dict[str, float] = field(default_factory=dict)
    communes: dict[str, float] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can hold it."""
        return {
            "prior": self.prior, "levels": {c: {k: list(v) for k, v in own.items()} for c, own in self.levels.items()},
            "names": self.names, "rare": self.rare, "estimated": list(self.estimated), "openings": self.openings,
            "communes": self.communes,
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Trained:
        """The inverse of ``as_data``."""
        levels = {c: {k: (v[0], v[1]) for k, v in own.items()} for c, own in data["levels"].items()}
        return cls(
            data["prior"],
            levels,
            data["names"],
            data["rare"],
            tuple(data["estimated"]),
            data["openings"],
            data["communes"],
        )


@dataclass(frozen=True)
class Decision:
    """What an officer has decided about two rows: that they are (``same``), or are not, about one person or household.

    row, register: (column, text) of stored columns that name the rows.
    """

    id: str
    pair: str
    row: tuple[tuple[str, str], ...]
    register: tuple[tuple[str, str], ...]
    same: bool


@dataclass(frozen=True)
class Part:
    """What linking made of one pair of datasets in one district (that of the sector's row).

    rests_on: a fingerprint of the rows that went in. missed: how many true links the model expects among the pairs that
    it did not link. rows, register_rows: of both sides; links: by method; right: how many of them are expected to be
    true, the exact and the confirmed all.
    """

    rests_on: str
    missed: float
    rows: int = 0
    register_rows: int = 0
    links: tuple[tuple[str, int], ...] = ()
    right: float = 0.0

    def as_data(self) -> list[Any]:
        """The same as JSON can hold it."""
        return [self.rests_on, self.missed, self.rows, self.register_rows, dict(self.links), self.right]

    @classmethod
    def from_data(cls, data: list[Any]) -> Part:
        """The inverse of ``as_data``."""
        rests_on, missed, rows, register_rows, links, right = data
        return cls(rests_on, missed, rows, register_rows, tuple(sorted(links.items())), right)


@dataclass(frozen=True)
class Before:
    """What an earlier run made: its parts, and its probable links (``LINK_COLUMNS``, by the rows' positions now)."""

    parts: dict[tuple[str, str], Part]
    links: pd.DataFrame


@dataclass
class Outcome:
    """What linking found.

    links: ``LINK_COLUMNS``; uncertain: pairs worth a look of the parts not in ``unchanged``, the same columns; refused:
    pairs that an officer has refused and whose rows are there. trained: by pair. parts: (pair, district) → what the
    model made of it. idle: ids of decisions that do not name one pair. seconds: by pair.
    """

    links: pd.DataFrame
    uncertain: pd.DataFrame
    refused: pd.DataFrame
    trained: dict[str, Trained]
    parts: dict[tuple[str, str], Part] = field(default_factory=dict)
    unchanged: set[tuple[str, str]] = field(default_factory=set)
    idle: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
