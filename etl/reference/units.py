"""Administrative units with validity dates, and how a name written by a person finds its unit.

Codes were reused over time, so a unit's key is (code, valid_from). Sources: etl/reference/data/SOURCES.md.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from etl.model.text import clean, fold, is_a_slip, spelling_key
from etl.reference.data_files import rows

Level = Literal["commune", "district", "province"]

_MERGED_PROVINCE_FROM = date(2025, 7, 1)
"""NQ 202/2025/QH15: districts abolished, Lào Cai and Yên Bái one province of code 15."""

_FIRST_DUMP = date(2004, 8, 31)

# How staff shorten a type, folded.
_COMMUNE_TYPES = {
    "xa": "xa",
    "x": "xa",
    "phuong": "phuong",
    "p": "phuong",
    "thi tran": "thi tran",
    "tt": "thi tran",
}
_UPPER_TYPES = {
    "huyen": "huyen", "h": "huyen", "thanh pho": "thanh pho", "tp": "thanh pho",
    "thi xa": "thi xa", "tx": "thi xa", "tinh": "tinh", "t": "tinh",
}  # fmt: skip
_COMMUNE_PREFIX = re.compile(r"^(xã|x|phường|p|thị trấn|tt|xa|phuong|thi tran)\b[.:\s]*", re.IGNORECASE)
_WITH_DISTRICT = re.compile(
    r"^(?P<commune>.+?)\s*[,–-]\s*(?P<district>(?:huyện|h\.|thành phố|tp|thị xã|tx)\b.*)$", re.IGNORECASE
)
_WITH_BARE_DISTRICT = re.compile(r"^(?P<commune>.+?)\s*(?:,|\s[–-]\s|\()\s*(?P<district>[^,()]+?)\s*\)?$")
_NOTE = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_LEAST_FOR_A_SLIP = 5


@dataclass(frozen=True)
class Unit:
    """One unit while it is valid: from ``valid_from`` up to, not including, ``valid_to`` (None: still).

    is_30a: whether it is, or lies in, a poor district on the day that it was asked for (``units_on``).
    """

    code: str
    name: str
    type: str
    level: Level
    parent: str | None
    valid_from: date
    valid_to: date | None
    is_rural: bool = False
    is_30a: bool = False
    variants: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The name without its type: ``Sa Pả``."""
        return self.name.removeprefix(self.type).strip()

    def valid_on(self, day: date) -> bool:
        """Whether the unit exists on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Match:
    """What a written name may mean. code is None unless it is certain; then candidates say what it may be.

    ambiguous: the text fits several units; otherwise candidates are the nearest names, for a suggestion.
    """

    code: str | None
    candidates: tuple[Unit, ...] = ()
    ambiguous: bool = False


@dataclass(frozen=True)
class _WrittenName:
    """A name as a cell has it: whole and without its type, its type folded, where it may lie, and with that type."""

    written: str
    bare: str
    kind: str | None
    within: str
    pool: tuple[Unit, ...]
    typed: tuple[Unit, ...]

    @property
    def has_diacritics(self) -> bool:
        return fold(self.bare) != spelling_key(self.bare)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1)
def all_units() -> tuple[Unit, ...]:
    """Every unit that the reference knows, of any time."""
    stated_2018 = {r["commune_code"]: r for r in rows("laocai_units.csv")}
    found = [
        Unit("10", "Tỉnh Lào Cai", "Tỉnh", "province", None, _FIRST_DUMP, _MERGED_PROVINCE_FROM),
        Unit("15", "Tỉnh Lào Cai", "Tỉnh", "province", None, _MERGED_PROVINCE_FROM, None),
    ]
    for r in rows("laocai_units_history.csv"):
        same = stated_2018.get(r["code"], {})
        variants = same["name_variants_seen"] if same.get("commune_name") == r["name"] else ""
        found.append(
            Unit(
                code=r["code"],
                name=r["name"],
                type=r["type"],
                level="district" if r["level"] == "district" else "commune",
                parent=r["parent_code"],
                valid_from=date.fromisoformat(r["valid_from"]),
                valid_to=_day(r["valid_to"]),
                is_rural=r["type"] == "Xã",
                variants=tuple(v for v in variants.split("|") if v),
            )
        )
    for r in rows("laocai_units_2025.csv"):
        kind = next(t for t in ("Xã", "Phường", "Thị trấn") if r["commune_name"].startswith(t))
        found.append(
            Unit(
                r["commune_code"],
                r["commune_name"],
                kind,
                "commune",
                "15",
                _MERGED_PROVINCE_FROM,
                None,
                kind == "Xã",
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class PoorDistrict:
    """A district of group 30a from ``valid_from`` to ``valid_to``, both included; None: without a stated day."""

    district_code: str
    valid_from: date | None
    valid_to: date | None
    basis: str

    def meets(self, day: date) -> bool:
        """Whether the district is one of the poor districts on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@lru_cache(maxsize=1)
def poor_districts() -> tuple[PoorDistrict, ...]:
    """Return the districts of group 30a over time (NQ 30a/2008/NQ-CP and after)."""
    return tuple(
        PoorDistrict(r["district_code"], _day(r["valid_from"]), _day(r["valid_to"]), r["legal_basis"])
        for r in rows("poor_districts.csv")
    )


class Units:
    """The units that are valid on one day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_code: Mapping[str, Unit] = {u.code: u for u in sorted(units, key=lambda u: (u.level, u.code))}

    def __getitem__(self, code: str) -> Unit:
        return self._by_code[code]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._by_code.values())

    def _of(self, level: Level) -> tuple[Unit, ...]:
        return tuple(u for u in self._by_code.values() if u.level == level)

    @cached_property
    def province(self) -> Unit:
        """The reporting province. Raises LookupError on a day before the reference begins."""
        found = self._of("province")
        if not found:
            raise LookupError("the reference knows no province on this day")
        return found[0]

    @cached_property
    def districts(self) -> tuple[Unit, ...]:
        """Its districts by code; none from July 2025 on."""
        return self._of("district")

    @cached_property
    def communes(self) -> tuple[Unit, ...]:
        """Its communes (xã, phường, thị trấn) by code."""
        return self._of("commune")

    def district_of(self, commune: str) -> Unit:
        """The unit right above a commune: its district, or the province where there are no districts."""
        return self._by_code[self._by_code[commune].parent or ""]

    def communes_in(self, code: str) -> tuple[Unit, ...]:
        """The communes of a district or of the province; a commune alone, which submits for itself from July 2025."""
        return tuple(c for c in self.communes if code in (c.code, c.parent, self.province.code))

    def match_commune(self, text: str, within: str) -> Match:
        """The commune that a cell names inside a district or the province (``within`` is its code).

        In order: the code itself; the exact name with its type (equal spellings of one name count as exact); the
        exact name alone where it carries diacritics or no other folds to the same; a variant that the reference
        lists; the folded name, with its type if given; one letter wrong. Two that fit equally are never chosen between.
        """
        written = clean(text)
        if parts := self._with_district(written):
            commune, upper = parts
            if within not in (upper, self.province.code):
                return Match(None, self._nearest(written, within))
            return self.match_commune(commune, upper)
        pool = self.communes_in(within)
        prefix = _COMMUNE_PREFIX.match(written)
        bare = written[prefix.end() :] if prefix else written
        kind = _COMMUNE_TYPES[fold(prefix[1])] if prefix and bare else None
        typed = tuple(u for u in pool if kind is None or fold(u.type) == kind)
        name = _WrittenName(written, bare, kind, within, pool, typed)
        strategies = (
            self._by_its_code,
            self._by_exact_name,
            self._of_another_district,
            _by_folded_name,
            self._by_a_slip,
        )
        first = next(filter(None, (strategy(name) for strategy in strategies)), None)
        if first is None and (without := _NOTE.sub("", written)) not in (written, ""):
            first = self.match_commune(without, within)
        return first or Match(None, self._nearest(written, within))

    def _with_district(self, written: str) -> tuple[str, str] | None:
        """The commune's words and the district's code of a text that names both, the district with or without type."""
        if (parts := _WITH_DISTRICT.match(written)) and (upper := self.match_submitting(parts["district"])).code:
            return parts["commune"], upper.code
        if parts := _WITH_BARE_DISTRICT.match(written):
            uppers = [u for u in self.districts if spelling_key(u.short) == spelling_key(parts["district"])]
            if len(uppers) == 1:
                return parts["commune"], uppers[0].code
        return None

    def _by_its_code(self, name: _WrittenName) -> Match | None:
        code = name.written.zfill(5) if name.written.isascii() and name.written.isdigit() else name.written
        if code not in self._by_code:
            return None
        return (
            Match(code) if self._by_code[code] in name.pool else Match(None, self._nearest(name.written, name.within))
        )

    def _by_exact_name(self, name: _WrittenName) -> Match | None:
        """The exact name with its type, or alone where it carries diacritics or no other folds to the same."""
        exact, alike = _named(name.typed, name.bare, spelling_key), _named(name.typed, name.bare, fold)
        if len(exact) == 1 and (name.kind is not None or len(alike) == 1 or name.has_diacritics):
            return Match(exact[0].code)
        return Match(None, tuple(exact), ambiguous=True) if len(exact) > 1 else None

    def _of_another_district(self, name: _WrittenName) -> Match | None:
        """The exact name of a commune of another district is that commune, not the nearest of this one.

        Nậm Chảy in a file of Văn Bàn may mean Nậm Chầy, or a row that belongs to Mường Khương.
        """
        if not name.has_diacritics:
            return None
        elsewhere = _named((c for c in self.communes if c not in name.pool), name.bare, spelling_key)
        elsewhere = [c for c in elsewhere if name.kind is None or fold(c.type) == name.kind]
        alike = _named(name.typed, name.bare, fold)
        return Match(None, (*elsewhere, *alike), ambiguous=bool(alike)) if elsewhere else None

    def _by_a_slip(self, name: _WrittenName) -> Match | None:
        """One letter wrong, where one commune of the submitting unit is that near and the text names no other."""
        key = fold(name.bare).replace(" ", "")
        if len(key) < _LEAST_FOR_A_SLIP or _named(self.communes, name.bare, fold):
            return None
        near = [u for u in name.typed if any(_is_near(key, fold(n).replace(" ", "")) for n in _names(u))]
        if len(near) == 1:
            return Match(near[0].code)
        return Match(None, tuple(near), ambiguous=True) if near else None

    def match_submitting(self, text: str) -> Match:
        """The district or province that a text names, with its type in front (``Huyện Bát Xát``, ``TP. Lào Cai``)."""
        found = self.submitting_in(text)
        if len(found) == 1:
            return Match(found[0].code)
        return Match(None, found, ambiguous=len(found) > 1)

    def submitting_in(self, line: str) -> tuple[Unit, ...]:
        """The districts and the province that a line names with their types, in the order of the text.

        On a day without districts also the communes.
        """
        folded = f" {fold(line)} "
        places: dict[int, Unit] = {}
        for kind, full in _UPPER_TYPES.items():
            for unit in (*self.districts, self.province):
                if fold(unit.type) == full and (at := folded.find(f" {kind} {fold(unit.short)} ")) >= 0:
                    places[at] = unit
        if not self.districts:
            places |= self._communes_named(folded, spelling_key(line))
        return tuple(dict.fromkeys(places[at] for at in sorted(places)))

    def _communes_named(self, folded: str, exact: str) -> dict[int, Unit]:
        """Place in a folded line → the commune that is named there with its type; of two names the longer one."""
        named: dict[int, list[Unit]] = defaultdict(list)
        for kind, full in _COMMUNE_TYPES.items():
            for unit in self.communes:
                key = f" {kind} {fold(unit.short)} "
                if fold(unit.type) == full and key in folded:
                    named[folded.find(key)].append(unit)
        places: dict[int, Unit] = {}
        for place, units in named.items():
            longest = max(len(unit.short) for unit in units)
            fits = [unit for unit in units if len(unit.short) == longest]
            spelled = [unit for unit in fits if spelling_key(unit.short) in exact]
            if len(spelled or fits) == 1:
                places[place] = (spelled or fits)[0]
        return places

    def submitting_by_code_or_name(self, line: str) -> tuple[Unit, ...]:
        """The units that a file's or folder's name tells without their type: by code (``082``) or by name.

        Districts, and on a day without them communes.
        """
        folded, exact = f" {fold(line)} ", f" {spelling_key(line)} "
        submitting = self.districts or self.communes
        found = [u for u in submitting if f" {u.code} " in folded]
        found = found or [
            u
            for u in submitting
            if f" {spelling_key(u.short)} " in exact
            or (fold(u.short) not in self._words_of_other_meaning and f" {fold(u.short)} " in folded)
        ]
        return tuple(found) if len(found) == 1 and found[0].short != self.province.short else ()

    @cached_property
    def _words_of_other_meaning(self) -> frozenset[str]:
        """Names of districts that without accents are something else: Văn Bàn and «văn bản», the province's own."""
        return frozenset({"van ban", fold(self.province.short)})

    def _nearest(self, text: str, within: str) -> tuple[Unit, ...]:
        by_key: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.communes_in(within):
            by_key[fold(unit.name)].append(unit)
            by_key[fold(unit.short)].append(unit)
        near = difflib.get_close_matches(fold(text), by_key, n=3, cutoff=0.6)
        return tuple(dict.fromkeys(u for key in near for u in by_key[key]))[:3]


def _by_folded_name(name: _WrittenName) -> Match | None:
    """The name without accents, with its type if that is given."""
    alike = _named(name.typed, name.bare, fold)
    if len(alike) == 1:
        return Match(alike[0].code)
    return Match(None, tuple(alike), ambiguous=True) if alike else None


def _named(units: Iterable[Unit], text: str, norm: Callable[[str], str]) -> list[Unit]:
    """The units with a name of the same normal form as a text."""
    key = norm(text)
    return [u for u in units if key in {norm(n) for n in _names(u)}]


def _is_near(key: str, name: str) -> bool:
    return key == name or is_a_slip(key, name)


@lru_cache(maxsize=1024)
def _names(unit: Unit) -> tuple[str, ...]:
    return (unit.short, *(_COMMUNE_PREFIX.sub("", v) for v in unit.variants))


@lru_cache(maxsize=64)
def units_on(day: date) -> Units:
    """The units valid on a day (names count on a period's last day only)."""
    poor = {district.district_code for district in poor_districts() if district.meets(day)}
    return Units(replace(u, is_30a=not poor.isdisjoint((u.code, u.parent))) for u in all_units() if u.valid_on(day))
