"""What a row of a messy file truly says, as it is to be stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from etl.contracts import Contract
from etl.model.text import clean, spelling_key
from samples.messy.rows import Row


def stored(form: Contract, row: Row, omitted: set[str]) -> dict[str, Any]:
    """Stored column → value; None where the file does not say it."""
    found: dict[str, Any] = {}
    for column in form.columns:
        value = None if column.name in omitted else row[column.name]
        match column.type:
            case "date":
                found[column.name] = value if isinstance(value, date) else None
                if column.year_ok:
                    found[f"{column.name}_year"] = value.year if isinstance(value, date) else value
            case "name":
                found[column.name] = None if value is None else clean(value)
                found[f"{column.name}_key"] = None if value is None else spelling_key(value)
            case "text":
                found[column.name] = None if value is None else clean(value)
            case "number":
                found[column.name] = None if value is None else float(value)
            case _:
                found[column.name] = value
    if form.dataset == "health_card" and found["object_code"] is None and found["card_number"]:
        found["object_code"] = found["card_number"][:2]
    return found
