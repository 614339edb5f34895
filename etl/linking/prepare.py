"""Rows of a dataset as linking compares them: one line a person or household, the same columns on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.linking.names import NAME_COLUMNS, name_columns
from etl.model.text import fold

COMPARED = [
    "unique_id", "name_key", *NAME_COLUMNS, "birth_year", "birth_day", "sex", "ethnicity", "district", "commune",
    "village", "id_number", "insurance_number", "household", "poor", "wants",
]  # fmt: skip
"""What the model reads. birth_day: the whole date as text, empty for a year alone and for the 1st of January that
stands for one. household: commune and code without leading zeros. wants: whether a household needs a loan and may have
one (``yes``, ``no``)."""

_CLASSES = {"poor": "poor", "poor_income": "poor", "poor_deprivation": "poor", "near_poor": "near",
            "escaped_poor": "escaped", "escaped_near_poor": "escaped"}  # fmt: skip
_PROGRAMMES = {"HN": "poor", "CN": "near", "HMTN": "escaped"}
"""VBSP programmes that lend to households of one class of the register alone."""
_OBJECTS = {"HN": "poor", "CN": "near"}
"""Cards that are given out to people of one class of the register alone."""
_PUPILS = {"poor": "poor", "near_poor": "near"}

ADULT = 15


def row_keys(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series[str]:
    """Each row's natural key as text; of rows that share one, the second and later carry their number."""
    text = frame[list(columns)].astype("str").fillna("")
    joined = text.iloc[:, 0]
    for column in text.columns[1:]:
        joined = joined + "|" + text[column]
    if joined.is_unique:
        return joined
    again = joined.groupby(joined, sort=False).cumcount()
    return joined.where(again == 0, joined + "|#" + again.astype("str"))


def in_order(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The rows sorted by natural key, then by all they say, so that their order in a file decides nothing."""
    address = ["submission_id", "sheet", "row"]
    rest = [c for c in frame.columns if c not in columns and c not in address]
    table = pa.Table.from_pandas(frame, preserve_index=False)
    order = pc.sort_indices(table, sort_keys=[(c, "ascending") for c in (*columns, *rest, *address)])
    return pd.DataFrame(frame.take(order.to_numpy()).reset_index(drop=True))


def link_id(period: str, pair: str, left: str, right: str) -> str:
    """A link's name: the same whenever the same rows are linked in the same period."""
    return hashlib.sha256("\n".join((period, pair, left, right)).encode()).hexdigest()[:32]


def among(values: pd.Series[str], of: Iterable[str]) -> pd.Series[bool]:
    """Which texts are among others; a missing one never is. ``isin`` takes ten times as long: an object for each."""
    wanted = pa.array([one for one in of if isinstance(one, str)], pa.large_string())
    found = pc.is_in(pa.array(values, pa.large_string(), from_pandas=True), value_set=wanted, skip_nulls=True)
    return pd.Series(found.to_numpy(zero_copy_only=False), index=values.index)


def digits(codes: pd.Series[str]) -> pd.Series[str]:
    """Codes without anything but letters and digits, without leading zeros; none where nothing is left."""
    plain = (
        codes.astype("str").str.replace(r"[^0-9A-Za-z]", "", regex=True).str.upper().str.replace(r"^0+", "", regex=True)
    )
    return plain.where(plain.str.len() > 0)


def plain_id(numbers: pd.Series[str]) -> pd.Series[str]:
    """CMND and CCCD in one form: a CMND of nine digits that a system has filled up to twelve with zeros is the nine."""
    texts = numbers.astype("str")
    filled = (texts.str.len() == 12) & texts.str.startswith("000") & texts.str.isdigit()
    return texts.mask(filled.fillna(False).astype("bool"), texts.str[3:])


def cards(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Cards as persons (one an insurance number, as the card valid longest states them), and each card's person."""
    again = frame["insurance_number"].duplicated(keep=False)
    last = frame[again].sort_values(["valid_to", "valid_from"], kind="stable").drop_duplicates(
        "insurance_number", keep="last"
    )  # fmt: skip
    newest = pd.concat([frame[~again], last]).sort_index()
    newest = newest.assign(poor=newest["object_code"].map(_OBJECTS))
    persons = _compared(newest, "full_name").reset_index(drop=True)
    number = pd.Series(range(len(newest)), index=newest["insurance_number"].to_numpy())
    return persons.assign(unique_id=range(len(persons))), frame["insurance_number"].map(number)


def pupils(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Pupils as persons: the rows of a child that changed school within a commune are one. As ``cards``."""
    same = ["commune", "full_name_key", "birth", "household_code"]
    person = frame.groupby(same, dropna=False, sort=False).ngroup()
    first = frame[~person.duplicated()]
    first = first.assign(poor=first["poverty_class"].map(_PUPILS))
    persons = _compared(first, "full_name").reset_index(drop=True)
    return persons.assign(unique_id=range(len(persons))), person


def loans(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Loans, each for itself."""
    named = frame.rename(columns={"borrower_name": "full_name", "borrower_id_number": "id_number",
                                  "borrower_name_key": "full_name_key"})  # fmt: skip
    poor = frame["programme"].map(_PROGRAMMES).fillna("any")
    return _each(named.assign(poor=poor, **_told_by_number(named["id_number"])))


def _told_by_number(numbers: pd.Series[str]) -> dict[str, pd.Series[Any]]:
    """Year of birth and sex that a CCCD of twelve digits tells: its fourth digit is century and sex, the next two are
    the year (NĐ 137/2015/NĐ-CP, điều 13)."""
    modern = plain_id(numbers.astype("str")).str.extract(r"^0\d\d([0-9])(\d\d)\d{6}$")
    code, year = pd.to_numeric(modern[0]), pd.to_numeric(modern[1])
    sex = (code % 2).map({0: "male", 1: "female"})
    return {"birth_year": 1900 + 100 * (code // 2) + year, "sex": sex}


def houses(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    """Houses, each for itself; the schemes are for poor households."""
    return _each(frame.rename(columns={"head_name": "full_name", "head_name_key": "full_name_key"}).assign(poor="poor"))


def members(frame: pd.DataFrame, households: pd.DataFrame) -> pd.DataFrame:
    """Members of the register as persons; village and ethnicity of the household stand in where a member's is empty."""
    of_house = households.drop_duplicates(["commune", "household_code"]).set_index(["commune", "household_code"])
    at = pd.MultiIndex.from_frame(frame[["commune", "household_code"]])
    known = {
        name: frame[name].where(frame[name].notna(), of_house[name].reindex(at).set_axis(frame.index))
        for name in ("village", "ethnicity")
    }
    known["poor"] = of_house["classification"].reindex(at).map(_CLASSES).set_axis(frame.index)
    return _compared(frame.assign(**known), "full_name").assign(unique_id=range(len(frame)))


def heads(frame: pd.DataFrame) -> pd.DataFrame:
    """Households as their heads."""
    of_head = {"head_name": "full_name", "head_name_key": "full_name_key", "head_birth": "birth",
               "head_birth_year": "birth_year", "head_sex": "sex", "head_id_number": "id_number"}  # fmt: skip
    named = frame.rename(columns=of_head)
    wants = np.where(_is_yes(frame["needs_loan"]) & _is_yes(frame["loan_eligible"]), "yes", "no")
    named = named.assign(poor=frame["classification"].map(_CLASSES), wants=wants)
    return _compared(named, "full_name").assign(unique_id=range(len(frame)))


def borrowers(people: pd.DataFrame, households: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Who may have borrowed for a household: its head and its grown members, each with ``house``, the household's
    position, ``learned``, how sure the number is, and ``own``, whether the register states it. people: ``members`` with
    the last two; households: ``heads``; listed: the households' rows."""
    at = pd.Series(listed.index, index=pd.MultiIndex.from_frame(listed[["commune", "household_code"]]))
    at = at[~at.index.duplicated()]
    codes = pd.MultiIndex.from_arrays([people["commune"], people["code"]])
    house = at.reindex(codes).set_axis(people.index)
    years = pd.to_numeric(people["birth_year"])
    grown = people[house.notna() & (years.isna() | (years <= years.max() - ADULT))]
    grown = grown.assign(house=house.reindex(grown.index).astype("int64"))
    of_house = {name: households[name].to_numpy()[grown["house"].to_numpy()] for name in ("poor", "wants")}
    grown = grown.assign(**of_house)
    both = pd.concat(
        [households.assign(house=households["unique_id"], learned=1.0, own=True), grown], ignore_index=True
    )
    # The head stands in both lists, with a number in either.
    numbered = both.iloc[both["id_number"].isna().to_numpy().argsort(kind="stable")]
    once = numbered.drop_duplicates(["house", "name_key"]).sort_index()
    return pd.DataFrame(once.assign(unique_id=range(len(once))).reset_index(drop=True))


def _each(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[int]]:
    whole = _compared(frame, "full_name").reset_index(drop=True).assign(unique_id=range(len(frame)))
    return whole, pd.Series(range(len(frame)), index=frame.index)


def _compared(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """``COMPARED`` without the forms of the name, ``full_name`` and ``code``, the household code as stated; what a
    dataset does not say is empty."""
    birth = pd.to_datetime(frame["birth"]) if "birth" in frame else pd.Series(pd.NaT, index=frame.index)
    year = pd.to_numeric(frame["birth_year"]) if "birth_year" in frame else birth.dt.year
    # The 1st of January is what a form makes of a year.
    whole = birth.notna() & ~((birth.dt.month == 1) & (birth.dt.day == 1))
    out: dict[str, Any] = {
        "full_name": frame[name].astype("str"), "name_key": frame[f"{name}_key"].astype("str"),
        "birth_year": year.astype("Int32"), "birth_day": birth.dt.strftime("%Y-%m-%d").astype("str").where(whole),
        "sex": _text(frame, "sex"), "ethnicity": _once(_text(frame, "ethnicity"), _people),
        "district": _text(frame, "district_code"), "commune": _text(frame, "commune"),
        "village": _once(_text(frame, "village"), _village), "id_number": plain_id(_text(frame, "id_number")),
        "insurance_number": _text(frame, "insurance_number"), "code": _text(frame, "household_code"),
        "poor": _text(frame, "poor"), "wants": _text(frame, "wants"),
    }  # fmt: skip
    compared = pd.DataFrame(out, index=frame.index)
    compared["household"] = (compared["commune"] + "/" + digits(compared["code"])).where(compared["code"].notna())
    return compared


def with_names(compared: pd.DataFrame) -> pd.DataFrame:
    """The rows with the forms of their names, which are worked out for what the model compares alone."""
    return pd.concat([compared, name_columns(compared["full_name"])], axis=1)


def _is_yes(flags: pd.Series[Any]) -> pd.Series[bool]:
    """Flags that are set; a blank one is not. The warehouse writes them as texts."""
    return flags.astype("str").str[:1].str.lower().eq("t").fillna(False).astype("bool")


def _text(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    return frame[name].astype("str")


def _once(values: pd.Series[str], form: Any) -> pd.Series[str]:
    """A function of texts, called once a distinct one."""
    forms = {one: form(one) for one in values.dropna().unique()}
    return values.map(forms).astype("str")


def _people(name: str) -> str:
    """An ethnic group by the name that all its spellings share: H'Mông, Hmông, Mông, Mèo."""
    plain = fold(name).replace(" ", "")
    return "mong" if plain in ("hmong", "mong", "meo", "mongo") else plain


def _village(name: str) -> str:
    """A village without its kind: «Thôn Nậm Lúc 2», «Bản Nậm Lúc 2»."""
    words = fold(name).split(" ")
    kinds = {"thon", "ban", "to", "khu", "xom", "tdp", "dan", "pho"}
    while len(words) > 1 and words[0] in kinds:
        words = words[1:]
    return " ".join(word.lstrip("0") or word for word in words)
