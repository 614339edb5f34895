"""Values as the sender wrote them, for findings: labels for codes, dd/mm/yyyy, names for units, plain numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from etl.contracts import Contract
from etl.reference.units import all_units


def shown(rows: pd.DataFrame, form: Contract, name: str) -> pd.Series[Any]:
    """A column of some rows as text; missing stays missing. Derived columns are shown as they are."""
    source = name if name in rows else f"{name}_year"
    values = rows[source]
    column = next((c for c in form.columns if c.name == name), None)
    if values.dtype.kind == "M":
        text: pd.Series[Any] = values.dt.strftime("%d/%m/%Y")
        year = rows.get(f"{name}_year")
        if year is not None:
            text = text.where(text.notna(), year.astype("str"))
        return text
    if column is not None and column.type == "enum" and column.labels:
        return values.map(lambda code: column.labels.get(code, (code,))[0], na_action="ignore").astype("str")
    if column is not None and column.type == "unit":
        return values.map({u.code: u.name for u in all_units()}).astype("str")
    return values.astype("str")
