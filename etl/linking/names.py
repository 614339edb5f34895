"""Names in the forms by which two spellings of one person's name are found to be near."""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

from etl.model.text import fold

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"\bgi(?=[aeouy])", "d"), (r"\br", "d"), (r"\bx", "s"), (r"\btr", "ch"), (r"\b[kq](?!h)", "c"),
        (r"\bngh", "ng"), (r"\bgh", "g"), (r"\bf", "ph"), (r"y\b", "i"),
    )
)  # fmt: skip
"""Letters that clerks write for the same sound: Giàng/Dàng, Sùng/Xùng, Tráng/Cháng, Lý/Lí, Cư/Kư."""

NAME_COLUMNS = ["name", "bag", "sound", "outer", "family", "given"]


def sounded(folded: str) -> str:
    """A folded name as it is heard: ``giang a su`` and ``dang a su`` are one."""
    for pattern, sound in _SOUNDS:
        folded = pattern.sub(sound, folded)
    return folded


def name_columns(names: pd.Series[str]) -> pd.DataFrame:
    """The forms of full names, each computed once a distinct name; None where there is no name.

    name: without accents; bag: its words as heard, sorted; sound: as heard; outer: family and given name as heard,
    without what is between; family, given: the first and the last word as heard.
    """
    distinct = names.dropna().unique()
    forms = pd.DataFrame([_forms(str(one)) for one in distinct], index=distinct, columns=NAME_COLUMNS, dtype="str")
    return forms.reindex(names).set_axis(names.index)


@lru_cache(maxsize=1 << 17)
def _forms(name: str) -> tuple[str, ...]:
    folded = fold(name)
    heard = sounded(folded)
    words = heard.split(" ")
    bag = " ".join(sorted(words))
    return folded, bag, heard, f"{words[0]} {words[-1]}", words[0], words[-1]
