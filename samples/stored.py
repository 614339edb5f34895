"""A province's rows as the warehouse stores them, without files in between: for what looks at rows alone."""

from __future__ import annotations

from datetime import date

import pandas as pd

from etl.contracts import contract
from etl.model.text import spelling_key
from samples.province import Province


def stored(province: Province, dataset: str) -> pd.DataFrame:
    """submission_id, sheet, row, district_code and the contract's stored columns of a dataset; texts as ``str``."""
    frame, form = province.frames[dataset], contract(dataset)
    districts = {c.code: province.units.district_of(c.code).code for c in province.units.communes}
    out: dict[str, object] = {
        "submission_id": f"{form.sector}-{dataset}", "sheet": "DS", "row": range(10, 10 + len(frame)),
        "district_code": frame["commune"].map(districts).astype("str"),
    }  # fmt: skip
    for column in form.columns:
        if column.name not in frame:
            continue
        cells = frame[column.name]
        names = [name for name, _ in column.stored]
        if column.type == "name":
            out |= {names[0]: cells.astype("str"), names[1]: cells.map(spelling_key, na_action="ignore").astype("str")}
        elif column.type == "date":
            whole = [c if isinstance(c, date) else None for c in cells]
            out[names[0]] = pd.to_datetime(pd.Series(whole, index=frame.index))
            if len(names) > 1:
                years = [c.year if isinstance(c, date) else c for c in cells]
                out[names[1]] = pd.array(years, dtype="Int16")
        elif column.type in ("int", "money"):
            out[names[0]] = pd.to_numeric(cells).astype("Int64")
        elif column.type == "flag":
            out[names[0]] = cells.astype("boolean")
        elif column.type == "number":
            out[names[0]] = pd.to_numeric(cells)
        else:
            out[names[0]] = cells.astype("str")
    return pd.DataFrame(out, index=frame.index).reset_index(drop=True)
