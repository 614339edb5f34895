"""Code tables: loan programmes, health-insurance objects, ethnic groups. Each code with the labels that name it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from etl.reference.data_files import rows


@lru_cache(maxsize=4)
def code_labels(table: str) -> dict[str, tuple[str, ...]]:
    """Code → labels seen (the official name first) of ``vbsp_programmes`` or ``bhyt_objects``. Raises KeyError."""
    if table == "vbsp_programmes":
        also = defaultdict(list)
        for r in rows("vbsp_programme_names.csv"):
            also[r["code_local"]].append(r["name_vi"])
        return {r["code_local"]: (r["name_vi"], *also[r["code_local"]]) for r in rows("vbsp_programmes_2018.csv")}
    if table == "bhyt_objects":
        return {r["code"]: (r["name_vi"],) for r in rows("bhyt_object_codes.csv")}
    raise KeyError(f"no code table {table!r}")


@lru_cache(maxsize=1)
def ethnic_labels() -> dict[str, tuple[str, ...]]:
    """Official name of each of the 54 groups → labels seen, itself first (GSO list, QĐ 121-TCTK/PPCĐ of 1979)."""
    return {r["name"]: (r["name"], *filter(None, r["aliases"].split("|"))) for r in rows("ethnic_groups.csv")}


@lru_cache(maxsize=1)
def ethnic_codes() -> dict[str, str]:
    """Official name of each group → its GSO code."""
    return {r["name"]: r["gso_code"] for r in rows("ethnic_groups.csv")}


@dataclass(frozen=True)
class Amount:
    """An amount in đồng while it is in force, both days included; None: without a stated beginning or end."""

    amount: int
    valid_from: date | None
    valid_to: date | None
    basis: str

    def meets(self, first: date, last: date) -> bool:
        """Whether it is in force on any day of a span."""
        begun = self.valid_from is None or self.valid_from <= last
        return begun and (self.valid_to is None or first <= self.valid_to)


@lru_cache(maxsize=1)
def loan_ceilings() -> dict[str, tuple[Amount, ...]]:
    """Programme → largest principal of one loan over time; programmes without a stated ceiling are left out."""
    ceilings: dict[str, list[Amount]] = defaultdict(list)
    for r in rows("loan_ceilings.csv"):
        ceilings[r["code_local"]].append(_amount(r, int(r["max_million_vnd"]) * 1_000_000))
    return {code: tuple(amounts) for code, amounts in ceilings.items()}


def loan_ceiling(programme: str, disbursed_on: date, last_day: date) -> int | None:
    """Return the highest principal that a loan of a programme may have reached by a day; None where none is stated.

    A loan may grow to a ceiling that was raised after its first day: the bank lends more under the same contract.
    """
    amounts = [a.amount for a in loan_ceilings().get(programme, ()) if a.meets(min(disbursed_on, last_day), last_day)]
    return max(amounts, default=None)


@lru_cache(maxsize=1)
def learning_support() -> tuple[Amount, ...]:
    """Return the support for learning costs of one month, over time."""
    return tuple(_amount(r, int(r["amount_vnd"])) for r in rows("learning_support.csv"))


def _amount(row: dict[str, str], amount: int) -> Amount:
    first, last = (date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to"))
    return Amount(amount, first, last, row["legal_basis"])


@lru_cache(maxsize=1)
def benefit_levels() -> dict[str, int]:
    """Health-insurance object → its usual benefit level, 1–5 (QĐ 1351/QĐ-BHXH)."""
    return {r["code"]: int(r["usual_benefit_level"]) for r in rows("bhyt_object_codes.csv")}
