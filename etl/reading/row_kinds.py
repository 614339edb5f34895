"""What each row below a header is: data, or why it is none.

Reasons: group, total, numbering, header, title, note, prefilled, other_table, blank.

Most rows are told at a glance, all at once: a serial number in front and most required cells filled. The others are
looked at one by one. In doubt a row is data: it then comes back to the sender with its findings, and nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from etl.contracts import Contract
from etl.contracts.naming import is_serial
from etl.model.text import clean, fold
from etl.reading.headers import Header

_NUMBER = re.compile(
    r"^[\s\d.,()%+–-]+(?: ?[(\[]?(?:hộ|người|khẩu|nhân khẩu|món|thẻ|em|trẻ em|học sinh|nhà|thôn|xã|đ|đồng|vnđ|kg|m2|m3"
    r"|tháng|điểm|lao động|công trình)[)\]]?)?$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"{_NUMBER.pattern}|^\s*\d[\d.,\s]*[(\[]?[^\W\d]{{1,6}}[²³23]?[.]?(?: [^\W\d]{{1,6}}[.]?)?[)\]]?\s*$"
)
"""A number, or one with a unit of one or two short words behind it."""

_NUMBERING = re.compile(
    r"^(?:c(?:ột|ot)?[ .]*)?[(\[]?\s*([A-ZĐ]{1,2}|[a-z]|\d{1,2})\s*[)\].]*\s*(?:[=:].*)?$", re.IGNORECASE
)
"""The number of a column: 1, (2), [3], A, Cột 4, 5., (9) = (1) - (2)."""

_MARKED_NUMBERING = re.compile(r"\D")
_CARRIED = re.compile(
    r"^(?:tong )?(?:cong |so |luy ke |tong )*(?:den (?:het |cuoi )?|het )?"
    r"(?:trang truoc|trang nay|mang sang|chuyen sang|cong trang|chuyen tiep"
    r"|tiep trang|trang sau)\b"
)
"""Sums that a printed page carries to the next: «Cộng mang sang», «Trang trước chuyển sang», «Cộng trang»."""

_SERIAL = re.compile(r"^(\d+)[.)]?$")
_SERIAL_OF_GROUP = re.compile(r"^(?:[IVXLC]+|[A-ZĐ])[.)]?$")
_NUMBERED_LABEL = re.compile(r"^(?!X[.)])(?:[IVXLC]+|[A-DĐ])[.)]\s*\D")
"""I. Khu vực, A. Thành thị; but X. Bản Qua is short for Xã."""

_TOTAL = re.compile(
    r"^(?:[ivxlc]{1,5} )?(?:(?:tong|cong|t cong|tong cong|tong so|tong hop|luy ke|cong don)"
    r"(?: (?:cong|so|ca|chung|toan|huyen|xa|phuong|thi|tran|thanh|pho|tinh|thon|ban|to|khu|nhom|trang|muc|cac|trong)"
    r"\b.*| [ivx\d ]+(?: (?:ho|nguoi|mon|the|em))?)?|toan (?:huyen|tinh|xa|thanh pho|thi xa|vung|bo|vung)\b.*)$"
)
_GROUP = re.compile(
    r"^(?:[ivxlc]{1,5} |[a-d] )?(?:huyen|thanh pho|tp|thi xa|tinh|khu vuc|vung|cac (?:xa|phuong|thi tran|huyen)"
    r"|xa khu vuc|nhom|phan|muc|khoi|thanh thi|nong thon)\b"
)
_PLACE_ABOVE = re.compile(
    r"^(?:xa|phuong|p|x|thi tran|tt|huyen|quan|thi xa|tx|thanh pho|tp|tinh|khu vuc|vung|cum|cac|tieu vung)\b"
)
"""What a section of a list may be called, and no village, works or person."""

_CLOSING = re.compile(
    r"(?:nguoi lap|lap bieu|lap bang|thu truong|giam doc|truong phong|pho phong|ke toan|chu tich|truong ban|ky ten"
    r"|ky ghi ro|ky dong dau|dong dau|noi nhan|^ghi chu|^luu y|^nguon|xac nhan cua|kiem soat"
    r"|ngay \d{0,2} ?thang \d{0,2} ?nam)"
)
TITLE_AGAIN = re.compile(
    r"(?:cong hoa xa hoi|doc lap tu do"
    r"|^don vi(?: tinh| bao cao)?(?: (?:dong|nghin|ngan|trieu|1000|vnd).*)?$|^don vi tinh\b|^dvt\b"
    r"|^mau (?:so|bieu)|^bieu (?:so|mau)|kem theo|^ubnd"
    r"|^so (?:xay dung|giao duc|gd|nong nghiep|nn|lao dong|ld|noi vu|tai chinh|y te|van hoa)"
    r"|^phong (?:lao dong|ld|giao duc|gd|nong nghiep|nn|giao dich|kinh te|van hoa|noi vu)"
    r"|^(?:bao hiem xa hoi|bhxh) (?:tinh|huyen|thanh pho|thi xa|co so)|^(?:pgd|chi nhanh|ngan hang) "
    r"|^uy ban nhan dan|^trang (?:so )?\d+|^page \d+)"
)
_PAGE = re.compile(r"^\W*(?:(?:tr|trang|page|pg|p)\b[. ]*)?(?:số )?\d+\s*(?:[/-]\s*\d+)?\W*$", re.IGNORECASE)
"""The number of a page alone in its row: 2/7, - 2 -."""

_PAGER = re.compile(
    r"^(?:(?:hien thi|showing) )?(?:tu |from )?\d+ (?:den |to )?\d+ (?:cua|tren|trong|of) (?:tong so )?\d+"
    r" (?:ban ghi|dong|ket qua|muc|rows|records|entries)$"
)
"""Which rows of how many a portal shows: «Hiển thị 1-20 của 95 bản ghi», beside the pages that it offers."""

_SHORT = 4
"""A signature, a date, a line of a title has this many cells at most."""

_PAGES = 15
"""A line of the pages of a portal has this many cells at most."""

_SHORT_TEXT = 60
_SOME = 0.2
_NOTHING = ("0", "-", "0.0", "0,0")
_AT_ONCE, _AT_FIRST = 5_000, 100
_COPIED = 2
"""Columns that a template fills in down below the list, at most, besides the serial numbers."""

_MOSTLY = 0.7
_USUAL, _FEW_ROWS = 0.8, 2
"""Share of the rows of data that fill a column, from which on a row is expected to."""

_SPACES = " \t\r\n'\u00a0\u200b\ufeff"
_NUMBERED_WITHIN = 4
_LEADING_COLUMNS = 6


@dataclass(frozen=True)
class RowKinds:
    """The rows below a header, ready to be told. below: cells, indexed by physical row; form None: of no contract."""

    below: pd.DataFrame
    header: Header
    form: Contract | None

    def reasons(self) -> pd.Series[str]:
        """Why each row is no data; "" for data."""
        found = pd.Series("", index=self.below.index, dtype="object")
        if not len(self.below):
            return found
        found[self._prefilled] = "prefilled"
        for at in self._doubtful[~self._prefilled[self._doubtful]]:
            found.iloc[at] = self._reason(int(at))
        self._close(found)
        self._end_before_another_table(found)
        last = np.flatnonzero((found == "").to_numpy())
        tail = np.arange(len(found)) > (last[-1] if len(last) else -1)
        found[tail & (found == "group").to_numpy()] = "note"
        return found

    # --- what is told of all rows at once ------------------------------------------------------------------------

    @cached_property
    def _columns(self) -> list[int]:
        return [int(c) for c in self.below.columns.to_numpy()]

    @cached_property
    def _there(self) -> np.ndarray:
        return self.below.notna().to_numpy()

    @cached_property
    def _filled(self) -> np.ndarray:
        filled: np.ndarray = self._there.sum(axis=1)
        return filled

    @cached_property
    def _names(self) -> Mapping[int, str]:
        """Physical column → the form's column; of a table of no form every header stands for itself."""
        cells = self.header.cells
        if self.form is None:
            return {c: path[-1] for c, path in cells.items() if not is_serial(path)}
        named = {c: self.form.understood(path) for c, path in cells.items()}
        return {c: max(columns, key=columns.__getitem__) for c, columns in named.items() if columns}

    def _count(self, columns: list[int]) -> np.ndarray:
        places = [self._columns.index(c) for c in columns]
        return self._there[:, places].sum(axis=1) if places else np.zeros(len(self.below), dtype=int)

    @cached_property
    def _of_form(self) -> np.ndarray:
        return self._count([c for c in self._names if c in self._columns])

    @cached_property
    def _required(self) -> list[int]:
        known = set(self.form.required) if self.form else set()
        return [c for c, name in self._names.items() if name in known and c in self._columns]

    @cached_property
    def _required_texts(self) -> list[int]:
        """Required columns that hold words, not numbers."""
        numeric = {c.name for c in self.form.columns if c.type in ("int", "money", "number")} if self.form else set()
        return [c for c in self._required if self._names[c] not in numeric]

    @cached_property
    def _enough(self) -> int:
        """So many required cells make a row of data."""
        return max(2, -(-len(self._required) // 2))

    @cached_property
    def _has_enough(self) -> np.ndarray:
        enough: np.ndarray = self._count(self._required) >= self._enough if self.form else self._of_form >= 2
        return enough

    @cached_property
    def _serial_column(self) -> int | None:
        return next((c for c, path in self.header.cells.items() if is_serial(path) and c in self._columns), None)

    @cached_property
    def _serials(self) -> np.ndarray:
        """Each row's serial number, 0 where there is none."""
        if self._serial_column is None:
            return np.zeros(len(self.below), dtype="int64")
        found = self.below[self._serial_column].str.strip(_SPACES).str.extract(_SERIAL, expand=False)
        return pd.to_numeric(found.where(found.str.len() < 10)).fillna(0).to_numpy(dtype="int64")

    @cached_property
    def _counted(self) -> bool:
        """Whether the rows of data carry serial numbers, at least some: those of a household may share one."""
        data = self._has_enough
        return bool(data.any()) and float((self._serials[data] > 0).mean()) >= _SOME

    @cached_property
    def _leads(self) -> pd.Series[str]:
        """The first cell of each row that is no number nor a group's serial, folded; long texts are left out."""
        lead = pd.Series(np.nan, index=self.below.index, dtype="str")
        for column in sorted({*self._columns[:_LEADING_COLUMNS], *self._required_texts}, reverse=True):
            texts = self.below[column]
            words = {t for t in texts.dropna().unique() if len(t) < _SHORT_TEXT and not _NUMBER.match(clean(t))}
            if column == self._serial_column:
                words = {t for t in words if not _SERIAL_OF_GROUP.match(t)}
            lead = texts.where(texts.isin(words), lead)
        return lead.map({text: fold(text) for text in lead.dropna().unique()}).astype("str")

    @cached_property
    def _header_texts(self) -> frozenset[str]:
        own = {fold(text) for path in self.header.cells.values() for text in path}
        return frozenset((own | self.header.above) - {""})

    @cached_property
    def _doubtful(self) -> np.ndarray:
        """Rows that are not data at a glance."""
        leads = self._leads.dropna().unique()
        odd = {t for t in leads if _is_sum(t) or t in self._header_texts}
        texts = self._count(self._required_texts) == len(self._required_texts)
        clear = self._has_enough & ~self._leads.isin(odd).to_numpy()
        if len(self._required_texts) >= 2:
            # No label of a group or a sum fills every column of words.
            clear &= texts | (self._serials > 0)
        else:
            clear &= ~self._leads.isin({t for t in leads if _GROUP.match(t)}).to_numpy()
            clear &= (self._serials > 0) | (not self._counted)
        # What follows a header closely may be its numbering, whatever it fills.
        clear[:_NUMBERED_WITHIN] = False
        clear &= ~self._numbered_words
        return np.flatnonzero(~clear)

    @cached_property
    def _numbered_words(self) -> np.ndarray:
        """Rows in which each column of words holds what may be a column's number, as on each printed page."""
        columns = [c for c in self._required_texts if c in self._columns]
        may = np.full(len(self.below), bool(columns))
        for column in columns:
            texts = self.below[column]
            numbers = {t for t in texts.dropna().unique() if len(t) < _SHORT_TEXT and _NUMBERING.match(t.strip())}
            may &= texts.isin(numbers).to_numpy()
        return may

    @cached_property
    def _prefilled(self) -> np.ndarray:
        """Rows below the list for which only a copied text and the serial number are filled in, as in a template."""
        tail = np.zeros(len(self.below), dtype=bool)
        last = self._last_filled() if self.form else len(tail)
        if last + 1 >= len(tail):
            return tail
        places = [c for c in self._names if c in self._columns and c != self._serial_column]
        cells = self.below[places].iloc[last:]
        cells = cells.mask(cells.isin(_NOTHING))
        rows = cells.iloc[1:]
        copied = [c for c in places if rows[c].notna().any()]
        same = all(set(rows[c].dropna()) == {cells[c].iloc[0]} for c in copied)
        if same and len(copied) <= _COPIED:
            below = self.below.iloc[last + 1 :][[c for c in self._columns if c != self._serial_column]]
            words = below.mask(below.isin(_NOTHING)).notna().sum(axis=1)
            filled = rows.notna().sum(axis=1)
            counted = self._serials[last + 1 :] > 0
            tail[last + 1 :] = ((filled > 0).to_numpy() | counted) & (filled == words).to_numpy()
        return tail & (self._of_form > 0)

    def _last_filled(self) -> int:
        """The last row with enough required cells that hold more than a zero or a dash; the number of rows for none."""
        for end in range(len(self.below), 0, -_AT_ONCE):
            begin = max(0, end - _AT_ONCE)
            cells = self.below[self._required].iloc[begin:end]
            enough = (cells.notna() & ~cells.isin(_NOTHING)).sum(axis=1).to_numpy() >= self._enough
            if enough.any():
                return begin + int(np.flatnonzero(enough)[-1])
        return len(self.below)

    # --- one row -------------------------------------------------------------------------------------------------

    def _texts(self, at: int) -> dict[int, str]:
        return {
            c: clean(v) for c, v in zip(self._columns, self.below.iloc[at].tolist(), strict=True) if isinstance(v, str)
        }

    def _reason(self, at: int) -> str:
        texts = self._texts(at)
        if not texts or set(texts) == {self._serial_column}:
            return "blank" if not texts or self._serials[at] else "group"
        if self._repeats_header(texts):
            return "header"
        if len(texts) <= _PAGES and any(_PAGER.match(fold(text)) for text in texts.values()):
            return "numbering"
        if self._is_numbering(at, texts) or (self._follows_header(at) and _is_bracketed(texts)):
            return "numbering"
        lead = self._leads.iloc[at]
        label = (
            lead if isinstance(lead, str) and _is_sum(lead) else next(filter(_is_sum, map(fold, texts.values())), "")
        )
        if label and not self._serials[at] and _is_label_and_numbers(texts):
            return "total"
        if len(texts) <= _SHORT and not self._has_enough[at]:
            folded = [fold(text) for text in texts.values()]
            title = fold(self.form.title) if self.form else None
            if any(TITLE_AGAIN.search(text) or (title and title in text) for text in folded):
                return "title"
            if len(texts) == 1 and _PAGE.match(next(iter(texts.values()))) and self._serial_column not in texts:
                return "title"
        return "" if self._is_data(at, texts, lead if isinstance(lead, str) else "") else "group"

    def _is_data(self, at: int, texts: dict[int, str], lead: str) -> bool:
        words = sum(bool(fold(t)) and not _NUMBER.match(t) for c, t in texts.items() if c in self._names)
        if self._of_form[at] < 2:
            return bool(self._of_form[at]) and self._goes_on(at)
        if self._serials[at]:
            return True
        alone = words <= 1
        if not self._has_enough[at]:
            return not alone
        serial = texts.get(self._serial_column or 0, "")
        numbered = any(map(_NUMBERED_LABEL.match, texts.values()))
        if alone and (numbered or _SERIAL_OF_GROUP.match(serial) or _GROUP.match(lead)):
            return False
        if alone and words and self._counted and self._serial_column and self._sums_up(at, [self._serial_column]):
            # The sums of a part of the list, under its name, where a row of data has its number.
            return False
        lacking = [c for c in self._required_texts if c not in texts]
        if not words and lacking:
            # Numbers without a name are a row that lacks its name, unless they sum up rows.
            return not (self._sums_up(at, lacking) or self._sums_up_above(at))
        if alone and words and lacking == self._required_texts:
            # A label in a column of numbers, and nothing that a row of data is called by.
            return False
        if not (alone and lacking):
            return True
        return not self._sums_up(at, lacking) and (not self._counted or self._is_like_others(texts, lacking))

    def _is_like_others(self, texts: dict[int, str], lacking: list[int]) -> bool:
        """Whether a row lacks nothing that rows of data have but what stands once for several, or was forgotten.

        Its label is no place above, nor one of those that the rows of data have in the columns that it lacks.
        """
        if self._whole_rows < _FEW_ROWS or any(c not in texts for c in self._usual if c not in lacking):
            return False
        label = next((fold(t) for c, t in texts.items() if c in self._names and not _NUMBER.match(t)), "")
        return bool(label) and not _PLACE_ABOVE.match(label) and not any(label in self._labels_of(c) for c in lacking)

    @cached_property
    def _whole(self) -> np.ndarray:
        """Rows with every required cell."""
        whole: np.ndarray = self._count(self._required) == len(self._required)
        return whole

    @cached_property
    def _whole_rows(self) -> int:
        return int(self._whole.sum())

    @cached_property
    def _usual(self) -> list[int]:
        """Columns of the form that nearly all whole rows fill."""
        places = [c for c in self._names if c in self._columns]
        shares = self.below.loc[self._whole, places].notna().mean()
        return [c for c in places if shares[c] >= _USUAL]

    def _labels_of(self, column: int) -> frozenset[str]:
        """What the whole rows have in a column, folded, with and without the word for what it is: «xã»."""
        if column not in self._labels:
            texts = {fold(text) for text in self.below.loc[self._whole, column].dropna().unique()}
            self._labels[column] = frozenset(texts | {text.partition(" ")[2] for text in texts} - {""})
        return self._labels[column]

    @cached_property
    def _labels(self) -> dict[int, frozenset[str]]:
        return {}

    def _goes_on(self, at: int) -> bool:
        """Whether a row's serial number goes on from the row before, and the next does not begin anew."""
        before = [int(n) for n in self._serials[:at] if n]
        after = [int(n) for n in self._serials[at + 1 :][:20] if n]
        own = int(self._serials[at])
        # Where the next row has the same number, this one is the label of a part that is numbered for itself.
        return bool(own) and own == (before[-1] if before else 0) + 1 and (not after or after[0] > own)

    def _sums_up(self, at: int, lacking: list[int]) -> bool:
        """Whether the numbers of a row are the sums of the rows that follow, up to the next that lacks the same."""
        numeric = [c for c in self._names if c not in self._required_texts and c in self._columns]
        part = self._part_below(at, lacking)
        # Zeros sum up anything.
        told = {c: n for c in numeric if (n := _as_number(self.below.iloc[at][c]))}
        fits = [sum(_as_number(v) or 0 for v in part[c]) == n for c, n in told.items()]
        # One row below is its own sum; then only a row that bears a label sums it up, in each of its numbers.
        labelled = any(fold(text) and not _NUMBER.match(text) for text in self._texts(at).values())
        enough = _MOSTLY if len(part) > 1 else 1
        return len(part) > (not labelled) and sum(fits) >= 2 and sum(fits) >= enough * len(fits)

    def _part_below(self, at: int, lacking: list[int]) -> pd.DataFrame:
        """The rows of data below a row, up to the next that lacks the same columns."""
        length = _AT_FIRST
        while True:
            following = self.below.iloc[at + 1 : at + 1 + length]
            following = following[self._has_enough[at + 1 : at + 1 + length]]
            ends = following[lacking].isna().any(axis=1).to_numpy()
            if ends.any() or at + length >= len(self.below):
                return following.iloc[: int(np.argmax(ends))] if ends.any() else following
            length *= 4

    def _sums_up_above(self, at: int) -> bool:
        """Whether the numbers of a row are the sums of all rows of data above it."""
        above = self.below.iloc[:at][self._has_enough[:at]]
        numbers = {c: n for c in self._names if c in self._columns and c not in self._required_texts
                   and (n := _as_number(self.below.iloc[at][c]))}  # fmt: skip
        fits = [sum(_as_number(v) or 0 for v in above[c]) == n for c, n in numbers.items()]
        return len(above) > 1 and sum(fits) >= 2 and sum(fits) >= _MOSTLY * len(fits)

    def _repeats_header(self, texts: dict[int, str]) -> bool:
        same = sum(fold(text) in self._header_texts for text in texts.values())
        return same > 1 and same * 2 > len(texts)

    def _follows_header(self, at: int) -> bool:
        """Whether nothing but blank rows and a header stand between a row and the header above it."""
        for place in range(at - 1, max(-1, at - 4), -1):
            texts = self._texts(place)
            if texts and self._repeats_header(texts):
                return True
            if texts and not _is_bracketed(texts):
                return False
        return True

    def _is_numbering(self, at: int, texts: Mapping[int, str]) -> bool:
        """Whether a row numbers the columns: right below the header each number once, anywhere else every column."""
        within = {c: text for c, text in texts.items() if c in self.header.cells}
        whole = len(within) >= _MOSTLY * len(self.header.cells) and all(c in texts for c in self._required_texts)
        if self._follows_header(at):
            return numbers_the_columns(texts) or numbers_the_columns(within, gaps=whole)
        return whole and numbers_the_columns(within)

    def _close(self, reasons: pd.Series[str]) -> None:
        """Mark what follows the table: from the first line of a signature, date or note on, short rows are no data."""
        least = max(2, len(self._required) // 2 + 1) if self.form else 2
        closing = list(self._closing(reasons))
        if not closing:
            return
        short = (self._filled > 0) & (self._filled <= _SHORT)
        whole = (self._of_form >= least) & (self._serials > 0)
        if self._required:
            whole |= self._count(self._required) == len(self._required)
        # A note between the rows closes nothing: only what comes after the last whole row does.
        going_on = np.flatnonzero(whole | (self._has_enough & ~short))
        last = int(going_on[-1]) if len(going_on) else -1
        after = np.arange(len(self.below)) >= min((at for at in closing if at > last), default=len(self.below))
        reasons[after & short & ~whole & (reasons != "title").to_numpy()] = "note"
        reasons.iloc[np.array(closing)] = "note"

    def _end_before_another_table(self, reasons: pd.Series[str]) -> None:
        """Mark what follows the header of a small table below the list: sums by commune, by class.

        Its header is of few words, names the serial numbers, and no row below it is as full as
        those of the list.
        """
        data = np.flatnonzero(self._has_enough & (reasons == "").to_numpy()) if self.form else np.array([], dtype=int)
        if not len(data):
            return
        usual = float(np.median(self._filled[data]))
        full = np.flatnonzero(self._filled > usual / 2)
        for at in map(int, self._doubtful[self._doubtful > (full[-1] if len(full) else -1)]):
            texts = self._texts(at)
            is_of_words = len(texts) > 1 and not any(_NUMBER.match(text) for text in texts.values())
            if is_of_words and any(is_serial((text,)) for text in texts.values()):
                reasons.iloc[at:] = reasons.iloc[at:].where(reasons.iloc[at:].isin(["blank", "title"]), "other_table")
                return

    def _closing(self, reasons: pd.Series[str]) -> Iterator[int]:
        for at in map(int, self._doubtful):
            short = 0 < self._filled[at] <= _SHORT and not self._serials[at] and reasons.iloc[at] != "title"
            words = sum(_CLOSING.search(fold(text)) is not None for text in self._texts(at).values()) if short else 0
            # A works may be called «Nguồn nước»: a row that has all it needs closes nothing by one such name.
            if words > 1 or (words and not self._is_whole[at]):
                yield at

    @cached_property
    def _is_whole(self) -> np.ndarray:
        """Rows that have every required cell."""
        whole: np.ndarray = self._count(self._required) == max(len(self._required), 2)
        return whole


def numbers_the_columns(texts: Mapping[int, str], *, gaps: bool = False) -> bool:
    """Whether a row is A B C 1 2 3 under the header, also (1) [2] 4=2+3: each number once, in any order.

    None is left out between, unless gaps may be.
    """
    matches = [_NUMBERING.match(text.strip()) for text in texts.values()]
    if len(matches) < 3 or not all(matches):
        return False
    numbers = sorted(int(m[1]) for m in matches if m and m[1].isdigit())
    if len(numbers) < 2 or len(set(numbers)) < len(numbers):
        return False
    marked = gaps or all(_MARKED_NUMBERING.search(text.strip()) for text in texts.values())
    return marked or all(b - a == 1 for a, b in pairwise(numbers))


def _is_sum(lead: str) -> bool:
    """Whether a folded label is that of a sum, for the table, a part of it, or a printed page."""
    return _TOTAL.match(lead) is not None or _CARRIED.match(lead) is not None


def _is_bracketed(texts: Mapping[int, str]) -> bool:
    """A row of units or remarks under the header: (đồng), (kg), (x)."""
    return all(re.match(r"^[(\[].*[)\]]$", text.strip(), re.DOTALL) for text in texts.values())


def _is_label_and_numbers(texts: Mapping[int, str]) -> bool:
    """Besides its label, a total row holds numbers alone, whatever unit is behind them."""
    return sum(not _MEASURED.match(text) and text.strip().lower() != "x" for text in texts.values()) == 1


def _as_number(value: object) -> float | None:
    """A plain or grouped number, near enough to see whether a row is a sum; what is read is read by conforming."""
    bare = re.sub(r"\s", "", clean(value)) if isinstance(value, str) else ""
    if grouped := re.match(r"^(-?\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:[.,]0+)?$", bare):
        bare = re.sub(r"[.,]", "", grouped[1])
    return float(bare.replace(",", ".")) if re.match(r"^-?\d+(?:[.,]\d+)?$", bare) else None
