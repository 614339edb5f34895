"""Rules between the two lists of the register, decided by the suite ``register_relations``."""

from __future__ import annotations

import pandas as pd

from etl.checking.suites import Outcome, run_suite
from etl.model.finding import FINDING_COLUMNS
from etl.model.period import Period

_KEY = ["commune", "household_code"]


def relate(households: pd.DataFrame, members: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Findings of a list of households and the members' list that belongs to it.

    households: submission_id, sheet, row, commune, household_code, members; members: the same with member_no; of units
    for which both lists are there. Gives a findings frame with ``submission_id`` beside it: household_not_listed at
    the member, members_count_differs at the household.
    """
    households = households.reset_index(drop=True)
    members = members.reset_index(drop=True)
    known = pd.MultiIndex.from_frame(households[_KEY])
    members = members.assign(listed=pd.MultiIndex.from_frame(members[_KEY]).isin(known))
    counted = members.groupby(_KEY).size().rename("found").reset_index()
    households = households.merge(counted, on=_KEY, how="left")
    households["found"] = households["found"].fillna(0).astype("Int64")
    households["members"] = households["members"].astype("Int64")
    outcomes = [(members, o) for o in run_suite("register_relations", members, {}, side="members")]
    outcomes += [(households, o) for o in run_suite("register_relations", households, {}, side="households")]
    frames = [_told(rows, outcome, period) for rows, outcome in outcomes]
    empty = pd.DataFrame(columns=[*FINDING_COLUMNS, "submission_id"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def _told(rows: pd.DataFrame, outcome: Outcome, period: Period) -> pd.DataFrame:
    part = rows.loc[list(outcome.failed)]
    value = part[outcome.meta["column"]].astype("str")
    found = part.get("found", pd.Series(index=part.index, dtype="Int64")).astype("str")
    params = [{"period": str(period), "found": f} if isinstance(f, str) else {"period": str(period)} for f in found]
    return pd.DataFrame(
        {
            "rule": outcome.meta["rule"], "severity": outcome.severity, "sheet": part["sheet"].astype("str"),
            "row": part["row"].astype("Int64"), "column": outcome.meta["column"], "value": value,
            "params": pd.Series(params, index=part.index, dtype="object"), "submission_id": part["submission_id"],
            "waived": pd.Series(index=part.index, dtype="str"),
        }
    )  # fmt: skip
