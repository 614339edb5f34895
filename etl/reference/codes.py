"""Code tables: loan programmes, health-insurance objects, ethnic groups. Each code with the labels that name it."""

from __future__ import annotations

from collections import defaultdict
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


@lru_cache(maxsize=1)
def programme_ceilings() -> dict[str, int]:
    """Programme → largest principal of one loan in đồng; programmes without a stated ceiling are left out."""
    stated = rows("vbsp_programmes_2018.csv")
    return {r["code_local"]: int(r["max_million_vnd_2018"]) * 1_000_000 for r in stated if r["max_million_vnd_2018"]}


@lru_cache(maxsize=1)
def benefit_levels() -> dict[str, int]:
    """Health-insurance object → its usual benefit level, 1–5 (QĐ 1351/QĐ-BHXH)."""
    return {r["code"]: int(r["usual_benefit_level"]) for r in rows("bhyt_object_codes.csv")}
