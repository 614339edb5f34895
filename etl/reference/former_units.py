"""Former communes by the name and district that people go on to use, and the commune of a later day that has each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from etl.model.text import clean, fold, spelling_key
from etl.reference.data_files import rows
from etl.reference.successors import moved
from etl.reference.units import Unit, all_units, units_on

_MERGED_FROM = date(2025, 7, 1)
_DISTRICT_TYPES = {
    "huyen": "huyen", "h": "huyen", "thanh pho": "thanhpho", "tp": "thanhpho", "thi xa": "thixa", "tx": "thixa",
}  # fmt: skip
_COMMUNE_TYPES = {
    "xa": "xa", "x": "xa", "phuong": "phuong", "p": "phuong", "thi tran": "thitran", "tt": "thitran", "": "",
}  # fmt: skip
_WITH_DISTRICT = re.compile(
    r"^(?:(?P<kind>xã|xa|x|phường|phuong|p|thị trấn|thi tran|tt)\b[.\s]*)?(?P<name>[^,(]+?)\s*[,(–-]\s*"
    r"(?P<upper>huyện|huyen|h|thành phố|thanh pho|tp|thị xã|thi xa|tx)\b[.\s]*(?P<district>[^,)]+)\)?(?:\s*,.*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Successors:
    """What became of a former commune: the communes of the day that have parts of it. unknown: of some part."""

    units: tuple[Unit, ...]
    unknown: bool = False

    @property
    def whole(self) -> Unit | None:
        """The one commune that has all of it; None where several have it or the reference does not know."""
        return self.units[0] if len(self.units) == 1 and not self.unknown else None


def successors_of(text: str, day: date) -> Successors | None:
    """Return who has the former commune that a text names with its district, None where it names none.

    ``"Xã Nậm Chạc, huyện Bát Xát"`` on a day of 2025-Q3 is the commune that took it in. Only communes that no longer
    exist under this name and district on ``day`` count.
    """
    match = _WITH_DISTRICT.match(clean(text))
    if not match:
        return None
    kind, upper = _COMMUNE_TYPES[fold(match["kind"] or "")], _DISTRICT_TYPES[fold(match["upper"])]
    name = (kind, match["name"], upper, match["district"])
    return _of_the_reference(*name, day) or _of_the_merger(*name, day)


def _of_the_reference(kind: str, name: str, upper: str, district: str, day: date) -> Successors | None:
    """Of a former commune whose own history the reference has."""
    named = _named_units(kind, name, upper, district, day)
    if not named:
        return None
    last_day = max(unit.valid_to for unit in named if unit.valid_to) - timedelta(days=1)
    latest = [unit for unit in named if unit.valid_on(last_day)]
    if len(latest) != 1:
        return Successors((), unknown=True)
    parts = moved(last_day, day).parts.get(latest[0].code, frozenset({None}))
    units = units_on(day)
    return Successors(tuple(units[code] for code in sorted(filter(None, parts))), unknown=None in parts)


def _named_units(kind: str, name: str, upper: str, district: str, day: date) -> list[Unit]:
    """Former communes of a name in a district of a name, the exact spelling before the folded one."""
    uppers = {
        u.code for u in all_units()
        if u.level == "district" and fold(u.short) == fold(district) and _key(u.type) == upper
    }  # fmt: skip
    pool = [
        u for u in all_units()
        if u.level == "commune" and u.parent in uppers and u.valid_to is not None and u.valid_to <= day
        and (not kind or _key(u.type) == kind)
    ]  # fmt: skip
    exact = [u for u in pool if spelling_key(u.short) == spelling_key(name)]
    return exact or [u for u in pool if fold(u.short) == fold(name)]


def _of_the_merger(kind: str, name: str, upper: str, district: str, day: date) -> Successors | None:
    """Of a commune that ended in July 2025, former Yên Bái's too, by the units that each new one took in."""
    if day < _MERGED_FROM or not kind:
        return None
    code = _merged().get(f"{upper}{_key(district)}_{kind}{_key(name)}", "")
    units = units_on(day)
    return Successors((units[code],)) if code in units else None


@lru_cache(maxsize=1)
def _merged() -> Mapping[str, str]:
    """Former unit as the list writes it, without its province → code of the commune of 2025."""
    return {
        former.split("_", 1)[1]: r["commune_code"]
        for r in rows("laocai_units_2025.csv")
        for former in r["old_units"].split("|")
        if "_" in former
    }


def _key(text: str) -> str:
    return fold(text).replace(" ", "")
