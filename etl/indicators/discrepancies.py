"""How often the sectors disagree, by rule, district and province: counts that a report tells, without a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from etl.indicators.measure import insert
from etl.indicators.suppress import FEWEST, Cell, hide
from etl.model.finding import Severity
from etl.model.period import Period
from etl.reference.units import units_on

_COLUMNS = "place, rule, title, unit_code, unit_level, findings, worst_difference, worst_unit_code, suppressed"


def store(conn: Connection, period: Period, found: pd.DataFrame, titles: Mapping[str, str]) -> None:
    """Put the counts of a period's findings in place of the earlier ones in ``mart.discrepancy``.

    found: rule, severity, waived, unit_code (a commune), difference (missing: the finding is of a person or household);
    leads and what is waived do not count. titles: rule → how the report calls it, in the report's order.
    """
    conn.execute(text("DELETE FROM mart.discrepancy WHERE period = :period"), {"period": str(period)})
    insert(conn, "discrepancy", [{"period": str(period), **one} for one in summary(period, found, titles)])


def keep(conn: Connection, period: Period, number: int) -> None:
    """Freeze the counts of a period as those of an edition."""
    conn.execute(
        text(
            f"INSERT INTO mart.edition_discrepancy (period, number, {_COLUMNS})"  # noqa: S608
            f" SELECT period, :number, {_COLUMNS} FROM mart.discrepancy WHERE period = :period"
        ),
        {"period": str(period), "number": number},
    )


def summary(period: Period, found: pd.DataFrame, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """One record a rule and unit that has findings, or is hidden beside such; those of few people are marked."""
    units = units_on(period.last_day)
    certain = found[(found["severity"] != Severity.INFO) & found["waived"].isna()]
    districts = [d.code for d in units.districts]
    parts = {rule: _by_unit(certain[certain["rule"] == rule], period) for rule in titles}
    people = {
        (rule, unit): len(own[unit]) if unit in own else 0
        for rule, own in parts.items()
        if all(part["difference"].isna().all() for part in own.values())
        for unit in (units.province.code, *districts)
    }
    hidden = _hidden(people, units.province.code, districts)
    return [
        {
            "place": place, "rule": rule, "title": title, "unit_code": unit,
            "unit_level": "province" if unit == units.province.code else "district",
            **_counted(parts[rule].get(unit)),
            "suppressed": (rule, unit) in hidden,
        }
        for place, (rule, title) in enumerate(titles.items(), start=1)
        for unit in (units.province.code, *districts)
        if unit in parts[rule] or (rule, unit) in hidden
    ]  # fmt: skip


def _by_unit(found: pd.DataFrame, period: Period) -> dict[str, pd.DataFrame]:
    """Province and district → the findings there; units without any are left out."""
    if not len(found):
        return {}
    units = units_on(period.last_day)
    district = found["unit_code"].map({c: units.district_of(c).code for c in found["unit_code"].unique()})
    by_district = {str(code): own for code, own in found.groupby(district)} if units.districts else {}
    return {units.province.code: found, **by_district}


def _counted(found: pd.DataFrame | None) -> dict[str, Any]:
    """How many findings a unit has, and the largest difference among its communes, where they have one."""
    if found is None:
        return {"findings": 0, "worst_difference": None, "worst_unit_code": None}
    differences = found["difference"].dropna().astype("int64")
    if not len(differences):
        return {"findings": len(found), "worst_difference": None, "worst_unit_code": None}
    at = int(differences.abs().to_numpy().argmax())
    place = str(found.loc[differences.index, "unit_code"].iloc[at])
    return {"findings": len(found), "worst_difference": int(differences.iloc[at]), "worst_unit_code": place}


def _hidden(people: Mapping[Cell, int], province: str, districts: list[str]) -> set[Cell]:
    small = {cell for cell, count in people.items() if 0 < count < FEWEST}
    rules = {rule for rule, _ in people} if districts else set()
    return hide(small, people, [((rule, province), tuple((rule, d) for d in districts)) for rule in rules])
