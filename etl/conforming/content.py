"""How well what a column holds fits a column of a form: evidence for and against, in natural logarithms of the odds."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import islice

from etl.conforming import values
from etl.conforming.labels import Labels
from etl.conforming.unreadable import Unreadable
from etl.conforming.vocabulary import enum_labels
from etl.contracts import Column
from etl.contracts.concepts import words_of
from etl.model.text import fold
from etl.reference.codes import ethnic_labels
from etl.reference.units import all_units

IMPOSSIBLE = -9.0
"""What a column says of a form's column whose values it cannot hold."""

_FITS, _HARDLY = 0.9, 0.5
"""Share of a column's distinct texts that must be read for it to fit, and below which it contradicts."""

_FEW = 12
"""Distinct texts of a column whose values come from a short list, at most; amounts of money are more than these."""

TELLS_ITSELF = 5.0
"""Weight of content that only one column of a form has, whatever its header."""

_LOOKED_AT = 80
_LONGEST_LABEL = 60
_LOST_ZEROS = 2
_LONGEST_COUNT = 3
"""Digits of numbers that rather count than name something, at most."""

_AN_AMOUNT, _NO_COUNT = 10_000, 100_000
"""An amount of money in the middle of a column, at least, and what is no number of people or things any more."""

_PERSON = re.compile(r"^[^\W\d]+(?:[ '’ʼ-]+[^\W\d]+){1,6}$")
_OF_A_PERSON = frozenset({"ten", "nguoi", "ong", "ba", "chu", "hoc", "khach", "name", "dai", "dien"})
_OF_OTHERS = re.compile(
    r"\b(?:cha|me|bo|vo|chong|can bo|lap bieu|nguoi lap|truong thon|truong ban|giao vien|gvcn|giam ho|phu huynh|"
    r"phu trach|kiem tra|ra soat|dieu tra|ky|duyet|nhap lieu|lien he|bao tin|ghi so|nguoi cap|xac nhan)\b"
)
"""Words of headers under which stand other persons than the row's."""

_VILLAGE = re.compile(r"^(?:thon|ban|to dan pho|tdp|to|khu|xom|ap|lang|tieu khu|khoi|doi)\b")
_SURNAME = re.compile(r"^(?:Bàn|Tô|Khù|Lãng)\b", re.IGNORECASE)
_SOME_VILLAGES = 0.3
_COMMUNE = re.compile(r"^(?:xa|phuong|thi tran|tt|x|p)[. ]+\S")
_BETWEEN_DIGITS = re.compile(r"[\s.'’-]")
_CODE = re.compile(r"^'?[A-Za-zĐđ]{0,6}[\d./-]*\d[\w./-]*$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")


class Content:
    """What a column holds: the shares of its cells that can be read in each way, each measured once."""

    def __init__(self, texts: Mapping[str, int]) -> None:
        """texts: distinct text of a column, as one retypes it → in how many cells; the first 80 are looked at."""
        self.counts = dict(islice(texts.items(), _LOOKED_AT))
        self.texts = tuple(self.counts)
        self._cells = sum(self.counts.values())

    def share(self, reads: Callable[[str], bool]) -> float:
        """The share of the cells for whose text something holds."""
        return sum(n for text, n in self.counts.items() if reads(text)) / self._cells if self._cells else 0.0

    @property
    def few(self) -> Content:
        """The first few of the texts."""
        return Content(dict(islice(self.counts.items(), _FEW)))

    @cached_property
    def dates(self) -> float:
        """Share of dates that are more than a year."""
        return self.share(lambda text: not _YEAR.match(text) and _reads(_WHEN, text))

    @cached_property
    def years(self) -> float:
        """Share of years."""
        return self.share(lambda text: _YEAR.match(text) is not None)

    @cached_property
    def persons(self) -> float:
        """Share of what may be a person's name."""
        return self.share(lambda text: _PERSON.match(text) is not None and not _is_a_village(text))

    @cached_property
    def communes(self) -> float:
        """Share of names or codes of communes."""
        return self.share(names_a_commune)

    @cached_property
    def villages(self) -> float:
        """Share of texts that begin as a village's name."""
        return self.share(_is_a_village)

    @cached_property
    def flags(self) -> float:
        """Share of yes and no."""
        return self.share(partial(_reads, values.flag))

    @cached_property
    def words(self) -> float:
        """Share of texts with a letter."""
        return self.share(lambda text: any(map(str.isalpha, text)))

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The texts that are more than yes and no."""
        return tuple(text for text in self.texts if not _reads(values.flag, text))

    @cached_property
    def numbers(self) -> Mapping[str, float]:
        """The texts that are numbers, with their value."""
        return {text: number for text in self.texts if (number := _number(text)) is not None}

    @cached_property
    def filled_digits(self) -> float:
        """Share of numbers that begin with a zero: no amount does."""
        return self.share(lambda text: len(text) > 1 and text.startswith("0") and text.isdigit())

    @cached_property
    def first_meanings(self) -> Mapping[str, float]:
        """Meaning of a text's first word → the share of cells that begin with it."""
        cells: Counter[str] = Counter()
        for text, count in self.counts.items():
            cells.update({concept: count for word in words_of(text)[:1] for concept in word.concepts})
        return {concept: count / self._cells for concept, count in cells.items()}


def evidence(column: Column, content: Content) -> float:
    """How well what a column holds fits a column of a form: above 0 for, below 0 against; 0 where it is empty."""
    if not content.texts:
        return 0.0
    match column.type:
        case "enum" | "ethnicity":
            return _of_a_list(column, content)
        case "name":
            return _by_share(content.persons, 4.0)
        case "unit":
            # «Bát Xát» is a district too; «Xã Bát Xát» and a code tell themselves.
            is_certain = content.share(lambda text: text.isdigit() or begins_as_a_commune(text)) >= _HARDLY
            return _by_share(content.communes, TELLS_ITSELF + 1 if is_certain else 4.0)
        case "date":
            return _of_dates(column, content)
        case "flag":
            reads = partial(_reads, partial(values.flag, header=" ".join(column.headers)))
            return _by_share(max(content.flags, content.share(reads) if content.flags < _FITS else 0.0), 3.0)
        case "int" | "money" | "number":
            return _of_numbers(column, content)
        case "code":
            return _of_codes(column, content)
        case "text":
            return _of_text(column, content)


def speaks_of_another(path: Sequence[str], column: Column) -> bool:
    """Whether a header speaks of another person than the column does: a father, a teacher, who signs."""
    others = set(_OF_OTHERS.findall(fold(" ".join(path))))
    return bool(others - set(_OF_OTHERS.findall(fold(" ".join(column.headers)))))


def names_a_person(path: Sequence[str]) -> bool:
    """Whether a header speaks of a person or a name."""
    return bool(_OF_A_PERSON & set(fold(" ".join(path)).split()))


def _by_share(share: float, most: float) -> float:
    return most if share >= _FITS else IMPOSSIBLE if share < _HARDLY else 0.0


def _of_a_list(column: Column, content: Content) -> float:
    if content.dates >= _HARDLY:
        return IMPOSSIBLE
    labels = labels_of(column)
    if len(content.texts) > _FEW and content.share(labels.is_listed) == 0:
        # Offices have labels of their own; they are few.
        return IMPOSSIBLE
    content = content.few
    # Two codes at least, or a text of several words: «Không» and «Nam» alone may be anything.
    telling = content.telling
    is_rich = len(telling) > 1 or (bool(telling) and len(telling[0].split()) > 1)
    if content.share(labels.is_certain) >= _FITS:
        return TELLS_ITSELF + 1 if is_rich else 2.0
    if (known := content.share(partial(_reads, labels))) >= _FITS:
        return 4.0 if is_rich else 1.5
    if known >= _HARDLY / 2 and telling:
        return 1.5
    is_short = all(len(text) < _LONGEST_LABEL for text in content.texts)
    may_be = is_short and content.words >= _FITS
    return -0.5 if may_be else IMPOSSIBLE


_WHEN = partial(values.when, year_ok=True, latest_year=2100, two_digits_past=True)


def _of_dates(column: Column, content: Content) -> float:
    if (share := content.dates + content.years) < _FITS:
        return IMPOSSIBLE if share < _HARDLY else 0.0
    return 3.0 if content.years < _HARDLY or column.year_ok else -4.0


def _of_numbers(column: Column, content: Content) -> float:
    share = content.share(content.numbers.__contains__)
    if share < _HARDLY:
        return IMPOSSIBLE
    if share < _FITS or content.dates >= _HARDLY:
        return -1.0
    read = tuple(content.numbers.values())
    low, high = column.minimum, column.maximum
    out = sum((low is not None and n < low) or (high is not None and n > high) for n in read) / len(read)
    if out > 1 - _FITS:
        return IMPOSSIBLE
    score = 1.5
    if column.type == "int" and any(n != int(n) for n in read):
        score -= 4.0
    if high is not None and low:
        # A year in a range of its own tells itself.
        score += 2.0
    middle = statistics.median(map(abs, read))
    if column.type == "money":
        score += 1.0 if middle >= _AN_AMOUNT else -1.0 if max(read) <= _FEW else 0.0
    elif middle >= _NO_COUNT:
        score -= 5.0
    return score - 5.0 * (content.filled_digits > 1 - _FITS)


def _number(text: str) -> float | None:
    try:
        return float(values.number(text, grouped=True))
    except Unreadable:
        return None


def _of_codes(column: Column, content: Content) -> float:
    digits = content.share(lambda text: _bare(text).isdigit())
    if content.dates >= _HARDLY > digits:
        return IMPOSSIBLE
    patterns = tuple(filter(None, (column.pattern, *column.pattern_from.values())))
    lengths = column.digit_lengths
    if patterns or lengths:

        def fits(text: str) -> bool:
            bare = _bare(text).upper()
            return any(re.fullmatch(pattern, bare) for pattern in patterns) or (
                bare.isdigit() and any(0 <= length - len(bare) <= _LOST_ZEROS for length in lengths)
            )

        # A telephone number has ten digits too: only letters at their places tell a code.
        return _by_share(content.share(fits), 3.0 if digits >= _HARDLY else TELLS_ITSELF)
    if (share := content.share(lambda text: _CODE.match(text) is not None)) < _FITS:
        return IMPOSSIBLE if share < _HARDLY else -1.0
    if digits < _HARDLY or content.filled_digits > 1 - _FITS:
        return 2.0
    return 0.0 if max(map(len, content.texts)) > _LONGEST_COUNT else -2.0


def _bare(text: str) -> str:
    return _BETWEEN_DIGITS.sub("", text)


def _of_text(column: Column, content: Content) -> float:
    if column.name == "village":
        return 4.0 if content.villages >= _SOME_VILLAGES else _of_words(content) - 1.0
    if column.looks_like:
        looks = re.compile(column.looks_like, re.IGNORECASE)
        if content.share(lambda text: looks.match(text) is not None) >= _FITS:
            return TELLS_ITSELF if column.required else 4.0
    own = {concept for header in column.headers for word in words_of(header) for concept in word.concepts}
    begins = max((content.first_meanings.get(concept, 0.0) for concept in own), default=0.0)
    plain = _of_words(content)
    return 3.0 if begins >= _HARDLY and plain >= 0 else plain


def _of_words(content: Content) -> float:
    if content.words < _HARDLY:
        return IMPOSSIBLE
    if max(content.flags, content.dates) >= _HARDLY:
        return -3.0
    return -1.0 if max(content.persons, content.communes) >= _FITS else 0.5


def _is_a_village(text: str) -> bool:
    """Whether a text begins as a village's name: «Bản Mẩy», not «Bàn Thị Mẩy»."""
    return _VILLAGE.match(fold(text)) is not None and not _SURNAME.match(text)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Unreadable:
        return False
    return True


@lru_cache(maxsize=512)
def _labels_of(key: tuple[tuple[str, tuple[str, ...]], ...]) -> Labels:
    return Labels(dict(key), "code_unknown")


def labels_of(column: Column) -> Labels:
    """The labels of a column with a list of values."""
    labels = ethnic_labels() if column.type == "ethnicity" else enum_labels(column)
    return _labels_of(tuple((code, tuple(names)) for code, names in labels.items()))


@lru_cache(maxsize=1)
def _communes() -> frozenset[str]:
    communes = [unit for unit in all_units() if unit.level == "commune"]
    return frozenset(fold(name) for unit in communes for name in (unit.name, unit.short, unit.code))


@lru_cache(maxsize=20_000)
def names_a_commune(text: str) -> bool:
    """Whether a text begins with what a commune is, or is the name or the code of one, of whatever day."""
    return begins_as_a_commune(text) or fold(text) in _communes()


def begins_as_a_commune(text: str) -> bool:
    """Whether a text begins with what a commune is: Xã, Phường, Thị trấn, or one of these abbreviated."""
    return _COMMUNE.match(fold(text)) is not None
