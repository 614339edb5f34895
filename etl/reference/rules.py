"""The one table of rules: what each does, and what the sender is told in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict

from etl.model.finding import Effect, Severity
from etl.reference.data_files import yaml_of


class Rule(BaseModel):
    """One rule.

    severity ``by_column``: critical where the column is required, a warning where it is not; ``by_case``: a warning or
    an information, as the code that raises it finds. scope: whether a finding
    is of a data row, or of the file, its headers, its totals. waivable: whether a reviewed waiver may let a finding
    lie; never what cannot be read, is not there, or would count twice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    severity: Severity | Literal["by_column", "by_case"]
    effect: Effect
    scope: Literal["file", "row"] = "row"
    waivable: bool = False
    vi: str
    en: str
    suggestion: str

    def severity_for(self, *, required: bool) -> Severity:
        """The severity of a finding of this rule in a column that is required or not."""
        if isinstance(self.severity, Severity):
            return self.severity
        return Severity.CRITICAL if required and self.severity == "by_column" else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told of one finding."""

    vi: str
    en: str
    suggestion: str


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every rule by id. Raises pydantic.ValidationError on a faulty table."""
    return {key: Rule.model_validate({"id": key, **raw}) for key, raw in yaml_of("rules.yml").items()}


def told_waiver(params: Mapping[str, str]) -> str:
    """Why a waived finding lies, in Vietnamese: params ``waived_reason``, ``waived_by``, ``waived_until``."""
    reason, by, until = (params.get(f"waived_{name}", "…") for name in ("reason", "by", "until"))
    return f"Được miễn đến hết ngày {until}: {reason.rstrip('.')} (người phụ trách: {by})."


class _Lenient(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def tell(rule: str, value: str | None, header: str | None, params: Mapping[str, str]) -> Told:
    """The messages of a finding; a param that is not given shows as an ellipsis. Raises KeyError for an unknown id."""
    known = rules()[rule]
    words = _Lenient({**params, "value": value or "", "header": header or params.get("header", "")})
    vi, en, suggestion = (Formatter().vformat(t, (), words) for t in (known.vi, known.en, known.suggestion))
    return Told(vi, en, suggestion.rstrip(" .") + "." if suggestion.endswith(": .") else suggestion)


def tell_all(findings: pd.DataFrame, headers: Mapping[str, str]) -> pd.DataFrame:
    """A findings frame with ``header``, ``message`` (Vietnamese), ``message_en``, ``suggestion``, ``waiver`` beside it.

    headers: our column name → header on the form. Same index, all str; waiver: of a waived one, who let it lie and why.
    """
    header = [headers.get(c) if isinstance(c, str) else None for c in findings["column"]]
    values = [v if isinstance(v, str) else None for v in findings["value"]]
    told = [tell(*each) for each in zip(findings["rule"], values, header, findings["params"], strict=True)]
    waivers = [
        told_waiver(params) if isinstance(waived, str) else None
        for waived, params in zip(findings["waived"], findings["params"], strict=True)
    ]
    return findings.assign(
        waiver=pd.array(waivers, dtype="str"),
        header=pd.array(header, dtype="str"),
        message=pd.array([t.vi for t in told], dtype="str"),
        message_en=pd.array([t.en for t in told], dtype="str"),
        suggestion=pd.array([t.suggestion for t in told], dtype="str"),
    )
