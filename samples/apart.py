"""People whom no number joins: for a share of the pairs neither side carries a common identifier, and what the sector
writes differs from the register as Vietnamese lists differ. The truth stays beside it.

Rates are shares of the rows that are written differently; several may fall on one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from etl.model.text import fold, spelling_key
from samples.households import POOR
from samples.province import Province

RATES = {
    "bare": 0.08,  # a name without accents
    "tone": 0.10,  # hoà for hòa
    "swapped": 0.02,  # two words of a name in the other order
    "middle": 0.03,  # another middle name, or none
    "sound": 0.06,  # Dàng for Giàng, Lí for Lý, Xùng for Sùng
    "typo": 0.03,  # one letter wrong
    "year_only": 0.08,  # the year alone; where a form wants a date, the 1st of January
    "day_month": 0.01,  # day and month changed places
    "other_year": 0.01,  # one year off
    "sex": 0.01,  # the other sex
    "no_sex": 0.03,
    "neighbour": 0.03,  # another commune of the district
    "no_village": 0.10,
    "no_ethnicity": 0.05,
}  # fmt: skip
CODES = {"lost_zeros": 0.10, "prefixed": 0.05}
"""Household codes of the other pairs: without leading zeros, with the commune's code in front."""

FAMILY_CODES = 0.5
"""Households whose cards carry a family code of the health insurance's own."""

_SOUNDS = (("Gi", "D"), ("S", "X"), ("Tr", "Ch"), ("X", "S"), ("C", "K"), ("ý", "í"), ("ỷ", "ỉ"), ("D", "Gi"))
_MIDDLES = ("Văn", "Thị", "A", "Seo", "Thu", "Ngọc")


Cells = dict[str, list[Any]]


def take_apart(province: Province, share: float, seed: int, rates: dict[str, float] = RATES) -> Province:
    """The province with a ``share`` of its pairs without a common identifier. The same from one seed.

    share: of members (for cards), pupils, loans and houses each. As many rows of people outside of the register are
    written with the same noise.
    """
    rng = np.random.default_rng([seed, 5])
    frames = {name: frame.copy() for name, frame in province.frames.items()}
    hidden = _hide_members(frames, province.whose["register_member"], share, rng)
    _cards(frames, province, hidden, share, rng, rates)
    _pupils(frames, province, share, rng, rates)
    _loans(frames, province, share, rng, rates)
    _houses(frames, province, share, rng, rates)
    # An empty cell is None, as in every province: pandas makes NaN of it in a column that is set anew.
    plain = {name: frame.astype("object").where(frame.notna(), None) for name, frame in frames.items()}
    return replace(province, frames=plain)


def true_links(province: Province) -> pd.DataFrame:
    """pair, left, right: the natural keys of every two rows that are about one person or household, as
    ``etl.linking`` writes them (columns of the key, joined by «|»)."""
    members, frames = province.frames["register_member"], province.frames
    year = [b if isinstance(b, int) else b.year for b in members["birth"]]
    names = [spelling_key(n) for n in members["full_name"]]
    keys = _joined(members["commune"], members["household_code"], names, year)
    person = dict(zip(province.whose["register_member"], keys, strict=True))
    cards, pupils = frames["health_card"], frames["education_pupil"]
    loans, houses = frames["credit_loan"], frames["housing_support"]
    house_keys = _joined(
        houses["commune"], houses["household_code"], map(spelling_key, houses["head_name"]), houses["programme"]
    )
    told = [
        _pairs("card", _joined(cards["insurance_number"], cards["valid_from"], cards["card_number"]),
               [person.get(w or "") for w in province.whose["health_card"]]),
        _pairs("pupil", list(pupils["pupil_code"]), [person.get(w or "") for w in province.whose["education_pupil"]]),
        _pairs("loan", list(loans["loan_code"]), province.whose["credit_loan"]),
        _pairs("housing", house_keys, province.whose["housing_support"]),
    ]  # fmt: skip
    return pd.concat(told, ignore_index=True)


def linked_truth(province: Province) -> pd.DataFrame:
    """Return what the linked indicators are when it is known who is who, whatever numbers the lists carry.

    Columns: indicator, unit_code (districts and the province), numerator, denominator (missing for HI_EXPIRING, which
    is a count).
    """
    rows: dict[str, list[tuple[str, bool]]] = {
        **_true_insurance(province), "EDU_ATTENDANCE": _true_attendance(province), **_true_credit(province),
    }  # fmt: skip
    whole, told = province.units.province.code, []
    for code, counted in rows.items():
        for unit in (*sorted({unit for unit, _ in counted}), whole):
            own = [found for of, found in counted if unit in (of, whole)]
            told.append({
                "indicator": code, "unit_code": unit, "numerator": sum(own),
                "denominator": None if code == "HI_EXPIRING" else len(own),
            })  # fmt: skip
    return pd.DataFrame(told).astype({"denominator": "Int64"})


def _classes(province: Province) -> dict[str, str]:
    """Return household, as commune|code, → its class."""
    listed = province.frames["register_household"]
    return dict(zip(_joined(listed["commune"], listed["household_code"]), listed["classification"], strict=True))


def _districts(province: Province, frame: pd.DataFrame) -> list[str]:
    return [province.units.district_of(c).code for c in frame["commune"]]


def _true_insurance(province: Province) -> dict[str, list[tuple[str, bool]]]:
    """Return indicator → district and whether it counts, of each member, and for HI_EXPIRING of each valid card."""
    day, members, cards = province.period.last_day, province.frames["register_member"], province.frames["health_card"]
    classes = _classes(province)
    homes = [classes.get(key) for key in _joined(members["commune"], members["household_code"])]
    people, holders = province.whose["register_member"], province.whose["health_card"]
    valid = [first <= day <= last for first, last in zip(cards["valid_from"], cards["valid_to"], strict=True)]
    covered = {holder for holder, is_valid in zip(holders, valid, strict=True) if is_valid}
    found: dict[str, list[tuple[str, bool]]] = {"HI_POOR": [], "HI_NEAR_POOR": []}
    listed = set()
    for unit, person, home in zip(_districts(province, members), people, homes, strict=True):
        if home in (*POOR, "near_poor"):
            listed.add(person)
            found["HI_NEAR_POOR" if home == "near_poor" else "HI_POOR"].append((unit, person in covered))
    found["HI_EXPIRING"] = [
        (unit, holder in listed and 0 < (last - day).days <= 30)
        for unit, holder, last, is_valid in zip(
            _districts(province, cards), holders, cards["valid_to"], valid, strict=True
        )
        if is_valid
    ]
    return found


def _true_attendance(province: Province) -> list[tuple[str, bool]]:
    day, members, classes = province.period.last_day, province.frames["register_member"], _classes(province)
    homes = _joined(members["commune"], members["household_code"])
    ages = [day.year - (b if isinstance(b, int) else b.year) for b in members["birth"]]
    status = province.frames["education_pupil"]["status"]
    enrolled = {w for w, s in zip(province.whose["education_pupil"], status, strict=True) if s == "enrolled"}
    people = zip(_districts(province, members), province.whose["register_member"], homes, ages, strict=True)
    return [
        (unit, person in enrolled) for unit, person, home, age in people if classes.get(home) in POOR and 6 <= age <= 14
    ]


def _true_credit(province: Province) -> dict[str, list[tuple[str, bool]]]:
    loans, households = province.frames["credit_loan"], province.frames["register_household"]
    owed = loans[["outstanding", "overdue", "frozen"]].fillna(0).sum(axis=1) > 0
    owing = {home for home, is_open in zip(province.whose["credit_loan"], owed, strict=True) if is_open}
    found: dict[str, list[tuple[str, bool]]] = {"CREDIT_NEED_MET": [], "CREDIT_ACCESS": []}
    keys = _joined(households["commune"], households["household_code"])
    for unit, key, home, needs, may in zip(
        _districts(province, households), keys, households["classification"], households["needs_loan"],
        households["loan_eligible"], strict=True,
    ):  # fmt: skip
        if home in (*POOR, "near_poor"):
            found["CREDIT_ACCESS"].append((unit, key in owing))
            if needs is True and may is True:
                found["CREDIT_NEED_MET"].append((unit, key in owing))
    return found


def _pairs(pair: str, lefts: list[str], rights: list[str | None]) -> pd.DataFrame:
    frame = pd.DataFrame({"pair": pair, "left": lefts, "right": rights})
    return frame[frame["right"].notna()]


def _joined(*columns: Any) -> list[str]:
    return ["|".join(map(str, row)) for row in zip(*columns, strict=True)]


def _hide_members(frames: dict[str, pd.DataFrame], people: list[str | None], share: float, rng: Any) -> set[str]:
    """Take the insurance number off a share of the members; the persons who are to have no number in common."""
    members = frames["register_member"]
    out = rng.random(len(members)) < share
    members["insurance_number"] = members["insurance_number"].where(~out, None)
    return {p for p, o in zip(people, out.tolist(), strict=True) if o and p}


def _cards(
    frames: dict[str, pd.DataFrame], province: Province, hidden: set[str], share: float, rng: Any,
    rates: dict[str, float],
) -> None:  # fmt: skip
    """Cards of hidden persons: the number stands on one side at most; the family's code is the insurance's own."""
    members, cards = frames["register_member"], frames["health_card"]
    people, holders = province.whose["register_member"], province.whose["health_card"]
    off_register = {p for p in sorted(hidden) if rng.random() < 0.5}
    members["id_number"] = [None if p in off_register else n for p, n in zip(people, members["id_number"], strict=True)]
    heads = {(c, h) for c, h, no, p in zip(members["commune"], members["household_code"], members["member_no"], people,
                                           strict=True) if no == 1 and p in off_register}  # fmt: skip
    listed = frames["register_household"]
    at = zip(listed["commune"], listed["household_code"], strict=True)
    listed["head_id_number"] = [
        None if key in heads else n for key, n in zip(at, listed["head_id_number"], strict=True)
    ]
    family: dict[tuple[str, str], str | None] = {}
    for commune, code in sorted({(c, h) for c, h in zip(cards["commune"], cards["household_code"], strict=True) if h}):
        family[commune, code] = f"GD{len(family) + 1:07d}" if rng.random() < FAMILY_CODES else None
    codes, ids = [], []
    for person, commune, code, number in zip(
        holders, cards["commune"], cards["household_code"], cards["id_number"], strict=True
    ):
        away = person in hidden
        own = family.get((commune, code))
        codes.append(own or (None if away else code))
        ids.append(None if away and person not in off_register else number)
    cards["household_code"], cards["id_number"] = codes, ids
    noisy = [p in hidden if p else r < share for p, r in zip(holders, rng.random(len(cards)).tolist(), strict=True)]
    # Cards of one person come from one record.
    frames["health_card"] = _noised(cards, province, noisy, rng, rates, "full_name", same=cards["insurance_number"])


def _pupils(
    frames: dict[str, pd.DataFrame], province: Province, share: float, rng: Any, rates: dict[str, float]
) -> None:  # fmt: skip
    pupils = frames["education_pupil"]
    out = rng.random(len(pupils)) < share
    pupils["household_code"] = _codes(pupils, out, rng)
    frames["education_pupil"] = _noised(pupils, province, out.tolist(), rng, rates, "full_name", whole_dates=True)


def _loans(
    frames: dict[str, pd.DataFrame], province: Province, share: float, rng: Any, rates: dict[str, float]
) -> None:  # fmt: skip
    """Loans without a code. The bank knows whom it lends to, so it is the register that lacks the borrower's number."""
    loans = frames["credit_loan"]
    _borrowed_by_holders(loans, province, rng)
    out = rng.random(len(loans)) < share
    loans["household_code"] = _codes(loans, out, rng)
    lost = set(loans["borrower_id_number"][out].dropna())
    for dataset, column in (("register_member", "id_number"), ("register_household", "head_id_number")):
        frames[dataset][column] = [None if n in lost else n for n in frames[dataset][column]]
    frames["credit_loan"] = _noised(loans, province, out.tolist(), rng, rates, "borrower_name")


def _borrowed_by_holders(loans: pd.DataFrame, province: Province, rng: Any) -> None:
    """Who borrows outside of the register is one of those people of the commune who hold a card."""
    cards = province.frames["health_card"]
    holders: dict[str, list[tuple[str, str, str]]] = {}
    for person, name, number, commune, village in zip(
        province.whose["health_card"], cards["full_name"], cards["id_number"], cards["commune"], cards["village"],
        strict=True,
    ):  # fmt: skip
        if person is None and number:
            holders.setdefault(commune, []).append((name, number, village))
    columns = ("borrower_name", "borrower_id_number", "village")
    cells = {column: list(loans[column]) for column in columns}
    for at, (household, commune) in enumerate(zip(province.whose["credit_loan"], loans["commune"], strict=True)):
        if household is None and holders.get(commune):
            one = holders[commune][int(rng.integers(len(holders[commune])))]
            for column, value in zip(columns, one, strict=True):
                cells[column][at] = value
    for column in columns:
        loans[column] = pd.Series(cells[column], index=loans.index, dtype="object")


def _houses(
    frames: dict[str, pd.DataFrame], province: Province, share: float, rng: Any, rates: dict[str, float]
) -> None:  # fmt: skip
    """Houses of the older scheme, under the codes of the list of 2011–2015."""
    houses = frames["housing_support"]
    out = rng.random(len(houses)) < share
    codes = _codes(houses, out, rng)
    houses["household_code"] = [c or f"Đ13-{at:04d}" for at, c in enumerate(codes, start=1)]
    frames["housing_support"] = _noised(houses, province, out.tolist(), rng, rates, "head_name")


def _codes(frame: pd.DataFrame, out: np.ndarray, rng: Any) -> list[str | None]:
    """Household codes: none of those that are out, some of the others as another system writes them."""
    draws = rng.random(len(frame)).tolist()
    told: list[str | None] = []
    for gone, code, commune, draw in zip(out.tolist(), frame["household_code"], frame["commune"], draws, strict=True):
        if gone or not isinstance(code, str):
            told.append(None)
        elif draw < CODES["lost_zeros"]:
            told.append(code.lstrip("0"))
        elif draw < CODES["lost_zeros"] + CODES["prefixed"]:
            told.append(f"{commune}{code}")
        else:
            told.append(code)
    return told


def _noised(
    frame: pd.DataFrame, province: Province, noisy: list[bool], rng: Any, rates: dict[str, float], name: str, *,
    whole_dates: bool = False, same: pd.Series[Any] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """A frame with noise in its noisy rows. same: rows of equal value get the same noise."""
    cells: Cells = {column: list(frame[column]) for column in frame.columns}
    beside = {u.code: [v.code for v in province.units.communes_in(u.parent or u.code) if v.code != u.code]
              for u in province.units.communes}  # fmt: skip
    seeds = rng.integers(0, 2**63, len(frame))
    first: dict[Any, int] = {}
    for at, on in enumerate(noisy):
        if on:
            record = at if same is None else first.setdefault(same.iloc[at], at)
            _disturb(cells, at, np.random.default_rng(int(seeds[record])), rates, name, beside, whole_dates)
    return pd.DataFrame(cells, columns=frame.columns, dtype="object")


def _disturb(
    cells: Cells, at: int, rng: Any, rates: dict[str, float], name: str, beside: dict[str, list[str]], whole: bool
) -> None:  # fmt: skip
    """One row, written as somebody else would."""
    draw = dict(zip(rates, rng.random(len(rates)).tolist(), strict=True))

    def strikes(kind: str) -> bool:
        return bool(draw[kind] < rates[kind])

    for kind, change in _NAMES.items():
        if strikes(kind):
            cells[name][at] = change(cells[name][at], rng)
    if "birth" in cells and isinstance(cells["birth"][at], date):
        cells["birth"][at] = _birth(cells["birth"][at], strikes, whole)
    if "sex" in cells:
        other = {"male": "female", "female": "male"}
        cells["sex"][at] = None if strikes("no_sex") else (
            other.get(cells["sex"][at]) if strikes("sex") else cells["sex"][at]
        )  # fmt: skip
    if strikes("no_village"):
        cells["village"][at] = None
    if "ethnicity" in cells and strikes("no_ethnicity"):
        cells["ethnicity"][at] = None
    if strikes("neighbour") and beside[cells["commune"][at]]:
        options = beside[cells["commune"][at]]
        cells["commune"][at] = options[int(rng.integers(len(options)))]
        cells["village"][at] = None


def _birth(birth: date, strikes: Callable[[str], bool], whole: bool) -> date | int:
    if strikes("other_year"):
        birth = birth.replace(year=birth.year - 1, day=min(birth.day, 28))
    if strikes("day_month") and birth.day <= 12:
        birth = birth.replace(day=birth.month, month=birth.day)
    if strikes("year_only"):
        return date(birth.year, 1, 1) if whole else birth.year
    return birth


def _bare(name: str, _: Any) -> str:
    return fold(name).title()


def _tone(name: str, _: Any) -> str:
    return name.replace("oà", "òa").replace("uỷ", "ủy").replace("uý", "úy")


def _swapped(name: str, rng: Any) -> str:
    words = name.split(" ")
    at = int(rng.integers(len(words) - 1)) if len(words) > 1 else 0
    return " ".join([*words[:at], *words[at : at + 2][::-1], *words[at + 2 :]])


def _middle(name: str, rng: Any) -> str:
    words = name.split(" ")
    if len(words) < 3:
        return name
    others = [m for m in (*_MIDDLES, "") if m != words[1]]
    return " ".join(w for w in (words[0], others[int(rng.integers(len(others)))], *words[2:]) if w)


def _sound(name: str, _: Any) -> str:
    for written, heard in _SOUNDS:
        if any(word.startswith(written) or written in word[1:] for word in name.split(" ")):
            return name.replace(written, heard, 1)
    return name


def _typo(name: str, rng: Any) -> str:
    at = int(rng.integers(1, len(name)))
    letter = "aeghinou"[int(rng.integers(8))]
    return name if name[at] == " " else name[:at] + letter + name[at + 1 :]


_NAMES: dict[str, Callable[[str, Any], str]] = {
    "tone": _tone, "swapped": _swapped, "middle": _middle, "sound": _sound, "typo": _typo, "bare": _bare,
}  # fmt: skip
