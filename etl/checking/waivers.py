"""Findings that a person in charge lets lie: they are told, marked as waived, and do nothing more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from etl.checking.reviewed import Waiver
from etl.checking.rows_named import NamedRows
from etl.model.finding import Severity
from etl.model.text import spelling_key


@dataclass(frozen=True)
class Waiving:
    """A waiver and the addresses (sheet, row) of a file's rows that it names; None: of any row, or of none."""

    waiver: Waiver
    addresses: frozenset[tuple[str, int]] | None


def waiving(waivers: Iterable[Waiver], rows: NamedRows) -> list[Waiving]:
    """Waivers with the rows that they name in a file."""
    return [Waiving(w, rows.addresses(w) if w.where or w.place else None) for w in waivers]


def waive(findings: pd.DataFrame, waivers: Iterable[Waiving]) -> pd.DataFrame:
    """A findings frame (further columns are kept) with each finding that a waiver names marked by its id.

    The first waiver that fits counts. One whose ``expect`` is not what the finding's cell says lets it stand, and
    waiver_guard_failed says so beside it.
    """
    if not len(findings):
        return findings
    findings = findings.reset_index(drop=True)
    waived, params = findings["waived"].copy(), findings["params"].copy()
    unmet = []
    for one in waivers:
        fits = _fitting(findings, one) & waived.isna()
        told = {
            "waived_reason": one.waiver.reason, "waived_by": one.waiver.by,
            "waived_until": f"{one.waiver.valid_to:%d/%m/%Y}",
        }  # fmt: skip
        if one.waiver.expect is not None:
            holds = findings["value"].fillna("").map(spelling_key) == spelling_key(one.waiver.expect)
            unmet.append(_unmet(findings[fits & ~holds], one.waiver))
            fits &= holds
        waived[fits] = one.waiver.id
        params[fits] = [{**own, **told} for own in params[fits]]
    marked = findings.assign(waived=waived, params=params)
    unmet = [frame for frame in unmet if len(frame)]
    return pd.concat([marked, *unmet], ignore_index=True) if unmet else marked


def _fitting(findings: pd.DataFrame, one: Waiving) -> pd.Series[bool]:
    fits = findings["rule"] == one.waiver.rule
    if one.waiver.column is not None:
        fits &= (findings["column"] == one.waiver.column).fillna(value=False)
    if one.addresses is not None:
        places = zip(findings["sheet"], findings["row"], strict=True)
        fits &= pd.Series([pd.notna(r) and (s, int(r)) in one.addresses for s, r in places], index=findings.index)
    return fits


def _unmet(findings: pd.DataFrame, waiver: Waiver) -> pd.DataFrame:
    """What is told beside findings that stand although a waiver names them."""
    params = {"id": waiver.id, "expect": waiver.expect or ""}
    return findings.assign(
        rule="waiver_guard_failed", severity=Severity.INFO.value,
        params=pd.Series([params] * len(findings), index=findings.index, dtype="object"),
    )  # fmt: skip
