"""Targets of the plans, with validity and source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from etl.reference.data_files import yaml_of


class Target(BaseModel):
    """One target: value in the indicator's own unit (% or percentage points); scope: which units it binds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicator: str
    scope: Literal["all", "province", "30a"]
    op: Literal[">=", ">", "<=", "<", "="]
    value: Decimal
    valid_from: date
    valid_to: date
    source: str


@lru_cache(maxsize=1)
def targets() -> tuple[Target, ...]:
    """Every target of ``targets.yml``."""
    return tuple(Target.model_validate(raw) for raw in yaml_of("targets.yml"))
