"""Which column of a form a header cell names, and how sure that is.

A header is compared by normal forms, the strictest first: its folded text; without what stands in brackets and after
the name (a unit, an index, a star); loosely, where usual abbreviations are one with what they stand for and words
that say nothing are left out. Where a normal form fits two columns of the form, it names neither.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from etl.model.text import clean, fold, is_a_slip

Path = tuple[str, ...]
"""The texts of a header from the top down: groups above it, then its own."""

OFFICIAL, VARIANT, TRIMMED, LOOSE, PART = 1.0, 0.98, 0.95, 0.92, 0.9
"""How sure a header is: the form's own text, a variant that the contract lists, one of these trimmed, loosely; a part
of the header that the rest only explains."""

ONE_LETTER = 0.95
"""Likeness of a header that is one letter off one of the form's."""

_SHORTEST_FOR_A_SLIP = 6

BY_WORDS = 0.8
"""How sure a header is by most of its words, in whatever order."""

WORDS_ENOUGH, MARGIN = 0.8, 0.15
"""Likeness (Dice) from which on words speak for a column, and by how much another column must be less like."""

_EXPLAINING = 2
"""Words that a header may have besides all of the form's."""

IN_ITS_GROUP = 0.01
"""More for a header that stands below the group which the form puts it below."""

_A_LITTLE = 1e-4
_LONGEST = 120
"""Characters of a header that is compared loosely, at most."""

NEAR = 0.84
"""Likeness from which on a header that names nothing is told as a near miss."""

_BRACKETS = re.compile(r"[(\[].*?[)\]]|[(\[].*$", re.DOTALL)
_IN_BRACKETS = re.compile(r"[(\[][^)\]]+[)\]]")
_BETWEEN_PARTS = re.compile(r"[/|\n;:]|\s[–—-]\s")
_BETWEEN_FACTS = re.compile(r"[/|\n;:,&+]|\s*[–—-]\s*|\s+và\s+(?!tên)", re.IGNORECASE)
_UNIT_AFTER = re.compile(
    r"(?:[,;:–-]\s*(?:(?:triệu|nghìn|ngàn|1[.]?000)\s*)?|\s(?:triệu|nghìn|ngàn|1[.]?000)\s*)(?:đồng|vnđ|vnd|đ)\s*$",
    re.IGNORECASE,
)
_INDEX = re.compile(r"(?:^(?:cot )?\d{1,2} (?=\w)|(?<=\w\w) \d{1,2}$)")
_ONE_FOR_MANY = tuple(
    (re.compile(rf"\b(?:{words})\b"), short)
    for words, short in (
        ("bao hiem y te", "bhyt"), ("bao hiem xa hoi", "bhxh"), ("giao duc", "gd"), ("dang ky|dang ki|dki", "dk"),
        ("kham(?: benh)? chua benh|kham benh chua benh|kham benh", "kcb"), ("dan toc thieu so", "dtts"),
        ("ngan hang chinh sach xa hoi|ngan hang csxh|nh csxh", "nhcsxh"), ("hop ve sinh", "hvs"),
        ("chung minh(?: nhan dan| thu)?|cmtnd|cmt|cm nd", "cmnd"), ("can cuoc(?: cong dan)?", "cccd"),
        # "Mã định danh học sinh" is another number.
        (r"(?:ma )?(?:so )?(?:dinh danh(?: ca nhan| cong dan)|ddcn)", "cccd"), ("the (?=cmnd|cccd)", ""),
        ("(?:cc )?(?:cmnd|cccd)(?: (?:hoac |va )?(?:cmnd|cccd|cc))*", "cmnd"), ("hoc sinh", "hs"),
        ("nhan khau|so khau", "nk"),
        ("lao dong", "ld"), ("tre em", "te"), ("thi tran", "tt"), ("tiet kiem(?: va)? vay von", "tk vv"),
        ("nghi dinh", "nd"), ("quyet dinh", "qd"), ("chi phi", "cp"), ("ho gia dinh", "ho"), ("m3 ngay(?: dem)?", ""),
        ("xa phuong(?: tt)?|phuong xa(?: tt)?|xa tt|xa phuong va tt", "xa"), ("thon ban(?: to)?(?: dan pho)?", "thon"),
        ("tdp|to dan pho", "to"), ("gia tri su dung", "gia tri"), ("khung tuong", "khung"), ("giai ngan", "vay"),
        ("ho can ngheo", "hcn"), ("ho ngheo", "hn"), ("du no", "dn"), ("nhu cau", "nc"), ("thanh vien", "tv"),
        ("don vi(?= (?:xa|quan ly))|dv(?= (?:quan ly|ql))", ""), ("quan ly", "ql"), ("thu tu|tt(?= tv)", "stt"),
        ("su dung", "sd"), ("che do|thong tin(?: ve)?|ghi ro|neu co|cu the|chi tiet", ""), ("ban dau|bd", "bd"),
        ("dang ky kcb|dk kcb|dkkcb", "dk kcb"), ("dan toc|d toc", "dt"), ("khach hang", "kh"), ("gn(?!\\w)", "vay"),
        ("gioi tinh", "gt"), ("bao cao", "bc"), ("don vi", "dv"),
        ("hgd", "ho"), ("ms(?= )|ma dinh danh(?= (?:ho|hs|hoc sinh))|id(?= )", "ma"), ("xom|ap", "thon"),
        ("ngay th(?: nam)? sinh|sinh ngay(?: thang)?(?: nam)?", "sinh"), ("nguyen vong", "nc"), ("q he", "quan he"),
        ("communes?|wards?", "xa"), ("villages?|hamlets?", "thon"), ("households?", "ho"),
        ("ethnic(?: group|ity)?", "dt"),
        ("birth ?day|date of birth|birth date|year of birth|birth", "sinh"), ("sex|gender", "gt"), ("code", "ma"),
        ("population|persons?|people", "nk"), ("schools?", "truong"), ("class(?:es)?", "lop"), ("status", "tinh trang"),
        ("clean water", "nuoc sach"), ("full name|name", "ten"), ("loan amount", "tien vay"), ("capacity", "cong suat"),
        ("ho va ten|ho ten|hoten", "ten"), ("ngay thang nam sinh|ngay sinh", "sinh"), ("nam sinh", "sinh"),
    )
)  # fmt: skip
_DECREE = re.compile(
    r"\b(?:theo )?(?:nghi dinh|nd|quyet dinh|qd|thong tu)(?: so)? \d+(?: \d{4})?(?: (?:nd|qd|tt)(?: [a-z]+)?)?\b"
)
"""The decree by which something is given, folded: the next one gives the same under another number."""
_SAY_NOTHING = frozenset(
    {"thuoc", "o", "nao", "gi", "giay", "of", "the", "no", "phan", "mem", "so", "tong", "va", "cua", "cac",
     "theo", "la", "trong", "do", "duoc", "hien", "nay"}
)  # fmt: skip


@lru_cache(maxsize=100_000)
def trimmed(text: str) -> str:
    """A header folded, without brackets, a unit of money or an index behind it: ``"Số tiền vay (triệu đồng) *"``."""
    bare = fold(_UNIT_AFTER.sub("", _BRACKETS.sub(" ", clean(text)))) or fold(text)
    return _INDEX.sub("", bare).strip() or bare


@lru_cache(maxsize=100_000)
def loose(text: str) -> str:
    """A trimmed header by its telling words alone, abbreviated as far as usual, in the order of the alphabet."""
    short = _DECREE.sub("", trimmed(text))
    for words, token in _ONE_FOR_MANY:
        short = words.sub(token, short)
    telling = sorted({word for word in short.split() if word not in _SAY_NOTHING})
    return " ".join(telling) or short


class Names:
    """The headers of one form, ready to be asked."""

    def __init__(self, columns: Mapping[str, tuple[Iterable[str], Iterable[str]]]) -> None:
        """columns: column → its headers, the official one first, and the groups that forms put it below."""
        self._listed = {column: (list(headers), list(groups)) for column, (headers, groups) in columns.items()}
        self._by_form: dict[str, dict[str, float]] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        by_loose: dict[str, set[str]] = {}
        for column, (headers, groups) in self._listed.items():
            self._groups[column] = tuple(map(fold, groups))
            for rank, header in enumerate(headers):
                # Of two variants in one header, the one that the contract lists first.
                sure = OFFICIAL if rank == 0 else VARIANT - rank * _A_LITTLE
                for words in {header, *(f"{group} {header}" for group in groups)}:
                    self._add(fold(words), column, sure)
                    self._add(trimmed(words), column, TRIMMED)
                    by_loose.setdefault(loose(words), set()).add(column)
        self._by_loose = {key: owners.pop() for key, owners in by_loose.items() if len(owners) == 1}

    def _add(self, key: str, column: str, sure: float) -> None:
        known = self._by_form.setdefault(key, {})
        known[column] = max(sure, known.get(column, 0.0))

    def of(self, path: Path) -> dict[str, float]:
        """Column → how sure a header names it (0.92 to 1.01); empty where it names none."""
        found: dict[str, float] = {}
        # The whole path says most: «Tổng số hộ» below «Hộ nghèo» are the poor households.
        for text in dict.fromkeys((" ".join(path), " ".join(path[-2:]), path[-1])):
            for key, at_most in ((fold(text), OFFICIAL), (trimmed(text), TRIMMED)):
                for column, sure in self._by_form.get(key, {}).items():
                    found[column] = max(found.get(column, 0.0), min(sure, at_most))
            if not found and len(text) <= _LONGEST and (owner := self._by_loose.get(loose(text))) is not None:
                found[owner] = LOOSE
            if found:
                break
        found = found or self._by_a_part(path[-1])
        above = [fold(text) for text in path[:-1]]
        return {
            column: sure + IN_ITS_GROUP * any(text.startswith(self._groups[column]) for text in above)
            for column, sure in found.items()
        }

    def _by_a_part(self, text: str) -> dict[str, float]:
        """Column that the Vietnamese part of a header in two languages names: "Full name / Họ và tên"."""
        inside = [match.strip("()[] ") for match in _IN_BRACKETS.findall(text)]
        parts = [part.strip() for part in (*inside, *_BETWEEN_PARTS.split(_BRACKETS.sub(" ", text))) if fold(part)]
        vietnamese = [part for part in parts if not part.isascii()]
        # «Nơi cấp CMND / CCCD» is no number: only what stands in another language explains.
        owners: set[str] = set()
        for part in vietnamese if len(vietnamese) == 1 and len(parts) > 1 and len(text) <= _LONGEST else ():
            exact = self._by_form.get(fold(part)) or self._by_form.get(trimmed(part)) if fold(part) else None
            owner = max(exact, key=exact.__getitem__) if exact else self._by_loose.get(loose(part)) if part else None
            owners |= {owner} if owner else set()
        return {owners.pop(): PART} if len(owners) == 1 else {}

    def by_parts(self, text: str) -> tuple[str, ...]:
        """The columns that the parts of a header name, each part another one; empty where fewer than two do.

        Two facts in one column may be named at once, or in the brackets of what both are: "Địa chỉ (thôn, xã)".
        """
        inside = [match.strip("()[] ") for match in _IN_BRACKETS.findall(text)]
        for whole in (text.replace("(", ",").replace(")", " "), *inside):
            parts = [part for part in _BETWEEN_FACTS.split(whole) if fold(part)]
            exact = [self.of((part,)) for part in parts] if len(parts) > 1 else []
            # One part may be in other words where another is named: "Họ và tên, địa chỉ xã".
            named = (
                [found or self.by_words((part,)) for found, part in zip(exact, parts, strict=True)]
                if any(exact)
                else []
            )
            columns = [max(found, key=found.__getitem__) for found in named if found]
            if len(columns) == len(parts) == len(set(columns)) > 1:
                return tuple(columns)
        return ()

    def likeness(self, path: Path, column: str) -> float:
        """How like the words of a header and those of a column's headers are (Dice, 0 to 1), whatever their order.

        A word with one letter wrong counts as the word.
        """
        best = 0.0
        for text in {path[-1], " ".join(path[-2:])}:
            if column in self._one_letter_off(trimmed(text)):
                best = max(best, ONE_LETTER)
            mine, limits = frozenset(loose(text).split()), _LIMITING & set(fold(text).split())
            for known, single, limited in self._words[column]:
                # A word of the column itself must be there, not of the group above it alone; «Tổng dư nợ» is no part.
                if mine & single and limits == limited:
                    # «Mã hộ trên phần mềm» has every word of «Mã hộ», and says where it comes from.
                    explains = len(known) > 1 and known <= mine and len(mine) <= len(known) + _EXPLAINING
                    best = max(best, _dice(mine, known), WORDS_ENOUGH if explains else 0.0)
        return best

    def _one_letter_off(self, text: str) -> frozenset[str]:
        """Return the columns of which a header is one letter off a trimmed text."""
        known = self._slips.get(text)
        if known is None:
            # Most texts that are asked about are data: only keys of their length, not each key for each column.
            lengths = range(len(text) - 1, len(text) + 2) if len(text) > _SHORTEST_FOR_A_SLIP else ()
            keys = (key for length in lengths for key in self._by_length.get(length, ()))
            found = (self._by_form[key] for key in keys if is_a_slip(text, key))
            known = self._slips[text] = frozenset(column for owners in found for column in owners)
        return known

    @cached_property
    def _slips(self) -> dict[str, frozenset[str]]:
        """What ``_one_letter_off`` has found already."""
        return {}

    @cached_property
    def _by_length(self) -> Mapping[int, list[str]]:
        """Number of letters → the headers that have as many."""
        by_length: dict[int, list[str]] = {}
        for key in self._by_form:
            by_length.setdefault(len(key), []).append(key)
        return by_length

    @cached_property
    def _words(self) -> Mapping[str, list[tuple[frozenset[str], frozenset[str], frozenset[str]]]]:
        """Column → of each of its headers the words with its group's, its own words, and those that limit it."""
        return {
            column: [
                (
                    frozenset(loose(words).split()),
                    frozenset(loose(header).split()),
                    _LIMITING & set(fold(words).split()),
                )
                for header in headers
                for words in {header, *(f"{group} {header}" for group in groups)}
            ]
            for column, (headers, groups) in self._listed.items()
        }

    def by_words(self, path: Path) -> dict[str, float]:
        """The column that most words of a header name, where no other comes near it; empty where there is none.

        Its content is to be held against it before it is taken.
        """
        # Most texts that are asked about are data, which share no word with any header.
        texts = (path[-1], " ".join(path[-2:]))
        able = {column for text in texts for word in loose(text).split() for column in self._by_word.get(word, ())}
        able = able.union(*(self._one_letter_off(trimmed(text)) for text in texts))
        likely = sorted(((self.likeness(path, column), column) for column in able), reverse=True)
        (best, owner), (second, _) = (*likely, (0.0, ""), (0.0, ""))[:2]
        return {owner: BY_WORDS} if best >= WORDS_ENOUGH and second <= best - MARGIN else {}

    @cached_property
    def _by_word(self) -> Mapping[str, set[str]]:
        """Word of a header itself → the columns that have it. Of the others ``likeness`` is 0, or one letter is off."""
        by_word: dict[str, set[str]] = {}
        for column, known in self._words.items():
            for word in frozenset().union(*(single for _, single, _ in known)):
                by_word.setdefault(word, set()).add(column)
        return by_word

    def near(self, path: Path, among: Iterable[str]) -> tuple[str, float] | None:
        """The column among some that a header which names none comes nearest to, and how near (0–1)."""
        wanted = set(among)
        best: tuple[str, float] | None = None
        for text in {path[-1], " ".join(path[-2:])}:
            said = trimmed(text)
            for key, owners in self._by_form.items():
                mine = wanted & owners.keys()
                likeness = difflib.SequenceMatcher(None, said, key, autojunk=False).ratio() if mine else 0.0
                if likeness > (best[1] if best else 0.0):
                    best = min(mine), likeness
        return best


_LIMITING = frozenset(
    {
        "tong",
        "khong",
        "chua",
        "truoc",
        "sau",
        "cu",
        "moi",
        "trong",
        "ngoai",
        "tren",
        "duoi",
        "con",
        "het",
        "cuoi",
        "dau",
    }
)
"""Words that make another thing of what they stand with: the total of it, the part within, the one before."""

_COMMON = frozenset(
    {"ngay", "ma", "ten", "nam", "ho", "sinh", "diem", "loai", "muc", "thang", "hoc", "hn", "hcn", "co"}
)
"""Words that stand in many headers: each counts as half a word."""


def _dice(some: frozenset[str], others: frozenset[str]) -> float:
    common = [w for w in some if w in others or any(is_a_slip(w, other) for other in others if len(w) > 4)]
    return 2 * _weight(common) / (_weight(some) + _weight(others)) if some and others else 0.0


def _weight(words: Iterable[str]) -> float:
    return sum(0.5 if word in _COMMON else 1.0 for word in words)


_FEMALE = frozenset({"nữ", "nu", "gái", "female"})
_MALE = frozenset({"nam", "trai", "male"})
_OF_A_BIRTH = frozenset(
    ("nam", "sinh", "ngay", "thang", "ns", "ntns", "gioi", "tinh", "chu", "ho", "cua", "hoc", "hs", "em", "nguoi",
     "date", "of", "birth", "year", "sex", "va", "day", "du")
)  # fmt: skip
_YEAR_WORDS = re.compile(r"\bnam sinh\b|\bthang nam\b|\bnam(?= sinh\b)")


@lru_cache(maxsize=200_000)
def sex_in(text: str) -> str | None:
    """Return the sex that a header of births says: "Năm sinh: Nữ", "NS nam", "Nam"; None where it says none or both.

    Without accents "nam" may be Nam or Năm, so that "nam sinh" is taken as the year there.
    """
    bare = " ".join(re.findall(r"[^\W\d]+", clean(text).lower()))
    words = (_YEAR_WORDS.sub("ngay", bare) if bare.isascii() else bare).split()
    sexes = {sex for sex, names in (("male", _MALE), ("female", _FEMALE)) if names & set(words)}
    rest = {fold(word) for word in words} - {fold(name) for name in _FEMALE | _MALE}
    return sexes.pop() if len(sexes) == 1 and rest <= _OF_A_BIRTH else None


_SERIALS = frozenset(
    {"stt", "tt", "so tt", "so thu tu", "s tt", "s t t", "thu tu", "so", "no", "so t t", "stt so", "t t", "serial no"}
)


@lru_cache(maxsize=200_000)
def is_serial(path: Path) -> bool:
    """Whether a header is the one of the rows' serial numbers; path: its texts from the top down."""
    return trimmed(path[-1]) in _SERIALS or (len(path) > 1 and trimmed(" ".join(path)) in _SERIALS)
