"""Vietnamese text from before Unicode: told by evidence, column by column, and turned into Unicode.

TCVN3 (fonts .Vn…), VNI, VISCII and windows-1258 arrive as the Latin letters that their bytes are in windows-1252;
UTF-8 that somebody has opened as windows-1252 does too. The evidence is how many of the words become possible
Vietnamese syllables. What is not certain stays as it is. Tables: ``etl/reference/data/legacy_encodings.csv``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from etl.contracts import contracts
from etl.model.text import clean
from etl.reference.codes import ethnic_labels
from etl.reference.data_files import rows
from etl.reference.units import all_units

_SAMPLE = 400
_CERTAIN, _MARGIN = 0.9, 0.25
"""A reading needs this share of possible syllables, and to be better than the text as it stands by this much."""

_ENOUGH_WORDS = 3
"""Words that a column must have to speak for itself; with fewer it goes with its sheet."""

_ENOUGH_LETTERS = 4

_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_NUCLEI = (
    "uyê|uya|uây|uôi|uyu|ươi|ươu|iêu|yêu|oai|oay|oao|oeo|uao|uêu|"
    "iê|yê|uô|ươ|oa|oă|oe|oo|uê|uy|uâ|uơ|ua|ưa|ia|ya|ai|ao|au|ay|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_SYLLABLE = re.compile(rf"^(?P<onset>{_ONSETS})?(?P<vowels>{_NUCLEI})(?P<coda>ng|nh|ch|c|m|n|p|t|k)?$")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_RISING_OR_HEAVY = {"\u0301", "\u0323"}
_OF_QUALITY = "ăâêôơư"
_BEFORE_PALATAL = {"a", "ê", "i", "y", "oa", "uê", "uy"}
# White space and ASCII punctuation part words; a soft hyphen is a letter (ư) of TCVN3.
_WORDS = re.compile(r"[^ \t\r\n\u00a0!-/:-@\[-`{-~0-9]+")

_SIGNS = "–—‘’“”•…"
"""A dash alone between blanks is no word, whatever letter an encoding has at its place."""

_BEHIND = re.compile(r"\s*(?:\([^)]*\)|[*:])+\s*$")
"""What stands behind a header: a number in brackets, a star."""

_D = str.maketrans("Ðð", "Đđ")
_KINDS_OF_PLACES = {"thôn", "bản", "tổ", "xã", "phường", "thị", "xóm", "huyện", "hộ", "trường"}

_INITIALS = re.compile(r"^[bcdđghklmnpqrstvwxz]{1,5}$")
"""Consonants alone stand for words: đ, ĐT, KƯ is none of them."""

_CAPITALS = re.compile(r"^(?=.*[A-Z].*[A-Z])[^a-z]+$")
"""Two ASCII capitals at least, and no small ASCII letter."""

Decoder = Callable[[str], "str | None"]


def _surface(text: str) -> bytes | None:
    """The bytes that a text was before it was taken for windows-1252; None if it can never have been that."""
    out = bytearray()
    for letter in text:
        try:
            out += letter.encode("cp1252")
        except UnicodeEncodeError:
            if ord(letter) > 0xFF:
                return None
            out.append(ord(letter))
    return bytes(out)


def _table(encoding: str) -> Decoder:
    own = [r for r in rows("legacy_encodings.csv") if r["encoding"] == encoding]
    pairs = {bytes.fromhex(r["bytes_hex"]): r["unicode_nfc"] for r in own}
    longest = max(map(len, pairs))

    def decode(text: str) -> str | None:
        raw = _surface(text)
        if raw is None:
            return None
        found, at = [], 0
        while at < len(raw):
            for size in range(longest, 0, -1):
                if (letter := pairs.get(raw[at : at + size])) is not None:
                    found.append(letter)
                    at += size
                    break
            else:
                found.append(chr(raw[at]))
                at += 1
        return unicodedata.normalize("NFC", "".join(found))

    return decode


@lru_cache(maxsize=1)
def _vni_pairs() -> frozenset[bytes]:
    return frozenset(
        pair
        for r in rows("legacy_encodings.csv")
        if r["encoding"] == "VNI" and len(pair := bytes.fromhex(r["bytes_hex"])) == 2
    )


def _has_vni_pair(text: str) -> bool:
    raw = _surface(text)
    return raw is not None and any(raw[at : at + 2] in _vni_pairs() for at in range(len(raw) - 1))


def _codec(encoding: str) -> Decoder:
    def decode(text: str) -> str | None:
        raw = _surface(text)
        try:
            return None if raw is None else unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            return None

    return decode


@lru_cache(maxsize=1)
def decoders() -> dict[str, Decoder]:
    """Name of an encoding → what turns a text that arrived as windows-1252 into Unicode (None: it never was that)."""
    return {
        "UTF-8": _codec("utf-8"), "TCVN3": _table("TCVN3"), "VNI": _table("VNI"), "VISCII": _table("VISCII"),
        "windows-1258": _codec("cp1258"),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _official_phrases() -> frozenset[str]:
    """What forms and official lists call things: titles, headers, labels, ethnic groups, units; in small letters."""
    names = [label for labels in ethnic_labels().values() for label in labels]
    names += [name for unit in all_units() for name in (unit.name, unit.short)]
    for form in contracts().values():
        names += [form.title, form.agency]
        for column in form.columns:
            names += [*column.headers, *(label for labels in (column.values or {}).values() for label in labels)]
    return frozenset(clean(name).lower() for name in names)


@lru_cache(maxsize=1)
def _official_words() -> frozenset[str]:
    """The words of those: Mnông, Hrê and Xtiêng are no Vietnamese syllables."""
    return frozenset(word for name in _official_phrases() for word in _WORDS.findall(name))


def is_syllable(word: str) -> bool:
    """Whether a word may be a Vietnamese syllable (onset, vowels, coda, one tone), or stands in an official name."""
    if word.lower() in _official_words() or _INITIALS.match(word.lower()):
        return True
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in parts if mark in _TONES]
    if len(tones) > 1:
        return False
    found = _SYLLABLE.match(unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)))
    if found is None:
        return False
    vowels, coda = found["vowels"], found["coda"] or ""
    if (coda in ("ch", "nh") and vowels not in _BEFORE_PALATAL) or (vowels == "ơ" and coda in ("ng", "c")):
        return False
    if not tones:
        return True
    if coda in ("c", "ch", "p", "t") and tones[0] not in _RISING_OR_HEAVY:
        return False
    before = unicodedata.normalize("NFC", parts[: parts.index(tones[0])])
    return len(before) - len(found["onset"] or "") - 1 in _toned(vowels, coda)


@lru_cache(maxsize=512)
def _toned(vowels: str, coda: str) -> set[int]:
    """Which of a syllable's vowels may carry its tone; of open oa, oe, uy the old style takes the first."""
    marked = [at for at, vowel in enumerate(vowels) if vowel in _OF_QUALITY]
    if vowels in ("ưa", "ưu", "ưi"):
        return {0}
    if marked:
        return {marked[-1]}
    if vowels in ("oa", "oe", "uy") and not coda:
        return {0, 1}
    return {1} if len(vowels) == 3 or (len(vowels) == 2 and coda) or vowels in ("oa", "oe", "uy") else {0}


def _words(text: str) -> list[str]:
    """The words of a text that are not plain ASCII: the only ones in which an encoding shows."""
    return [w for w in _WORDS.findall(_plain(text)) if not w.isascii() and w.strip(_SIGNS)]


def _plain(text: str) -> str:
    """NFC, and Đ for the Icelandic Ð that many keyboards give: no sign of an encoding."""
    return unicodedata.normalize("NFC", text).translate(_D)


def _share(texts: Iterable[str]) -> tuple[float, int]:
    """Share of possible syllables among the words that are not plain ASCII, and how many of two letters or more."""
    words = [word for text in texts for word in _words(text)]
    telling = sum(len(word) > 1 for word in words)
    return (sum(map(is_syllable, words)) / len(words) if words else 1.0), telling


def readings(texts: list[str]) -> list[tuple[float, int, str]]:
    """The encodings in which some texts make sense where they make less as they stand, the best first.

    Each as share of possible syllables, words of forms and official names, name. Empty for Unicode, and in doubt.
    """
    plain, words = _share(texts)
    if plain >= _CERTAIN or not words:
        return []
    found = []
    for name, decode in decoders().items():
        read = [done if (done := decode(text)) is not None else text for text in texts]
        share, _ = _share(read)
        if share >= _CERTAIN and share > plain + _MARGIN:
            found.append((share, _official_in(read), name))
    return sorted(found, key=lambda reading: reading[:2], reverse=True)


Fonts = Mapping[tuple[int, int], str]
"""(Row, column) → font, of the cells whose font is of before Unicode."""


def votes_of(cells: pd.DataFrame, fonts: Fonts) -> Counter[str]:
    """Encoding → how many columns of a sheet, and cells by their font, speak for it."""
    distinct = [own for c in cells.columns if (own := _distinct(cells[c]))]
    able = [readings(own[:_SAMPLE]) for own in distinct if _share(own[:_SAMPLE])[1] >= _ENOUGH_WORDS]
    return Counter(
        [of[0][2] for of in able if of] + [by for font in fonts.values() if (by := _of_font(font)) is not None]
    )


def to_unicode(cells: pd.DataFrame, fonts: Fonts, file_votes: Counter[str]) -> tuple[pd.DataFrame, dict[int, str]]:
    """The cells with legacy text turned into Unicode; physical column → encoding, where there was any.

    fonts are evidence before all other. file_votes: of every sheet of the file; a sheet that says little goes by them.
    """
    distinct = {int(c): own for c in cells.columns if (own := _distinct(cells[c]))}
    if not distinct:
        return cells, {}
    able = {column: readings(own[:_SAMPLE]) for column, own in distinct.items()}
    telling = {column for column, own in distinct.items() if _share(own[:_SAMPLE])[1] >= _ENOUGH_WORDS}
    votes = votes_of(cells, fonts) or file_votes
    common = votes.most_common(1)[0][0] if votes else None
    against = sum(column in telling and _gain(own, common) < 0 for column, own in distinct.items()) if common else 0
    read, found = cells, {}
    for column, own in distinct.items():
        names = [name for _, _, name in able[column]]
        used: str | None = None
        if common is None:
            used = names[0] if names and _all_official(own, names[0]) else None
        elif names and common not in names and column in telling:
            # A sheet has one encoding as a rule; a column has its own where the common one makes no sense of it.
            used = names[0]
        elif (gain := _gain(own, common)) > 0:
            used = common
        elif gain == 0 and not fonts and votes.total() > against and not any(map(_is_unicode, own)):
            # Where fonts tell which cells are from before Unicode, another font tells that a cell is not.
            used = common
        if used == "VNI" and not any(map(_has_vni_pair, own)) and _gain(own, "VNI") <= 0:
            # A letter with its mark behind it is what VNI is known by; single letters are Unicode's, too.
            used = None
        by_font = {row: font for (row, place), font in fonts.items() if place == column}
        values = cells[column]
        if used is not None:
            mapped = {text: done for text in own if (done := _better(text, used)) != text}
            values = values.map(partial(_taken, mapped), na_action="ignore").astype("str")
        if by_font:
            values = _as_their_fonts_say(cells[column], values, by_font)
        if not values.equals(cells[column]):
            read = cells.copy() if read is cells else read
            read[column] = values
            found[column] = used or next(name for font in by_font.values() if (name := _of_font(font)))
    return read, found


def _gain(texts: list[str], encoding: str) -> float:
    """How much more sense texts make in an encoding than as they stand: by syllables, else by what forms say."""
    sample = texts[:_SAMPLE]
    read = [decoders()[encoding](text) or text for text in sample]
    by_share = _share(read)[0] - _share(sample)[0]
    return by_share or float(sum(map(_is_official, read)) - sum(map(_is_official, sample)))


def _official_in(texts: Iterable[str]) -> int:
    return sum(word.lower() in _official_words() for text in texts for word in _words(text))


def _all_official(texts: Iterable[str], encoding: str) -> bool:
    """Whether each word that shows the encoding becomes one of a form or of an official name."""
    words = [word.lower() for text in texts for word in _words(decoders()[encoding](text) or text)]
    return len("".join(words)) >= _ENOUGH_LETTERS and all(word in _official_words() for word in words)


def _better(text: str, encoding: str) -> str:
    """The text as read in an encoding, unless it makes better sense as it stands, or is a form's word in Unicode."""
    done = decoders()[encoding](text)
    if done is None or not (_words(text) or _words(done)):
        return text
    as_read, as_is = _possible(done), _possible(text)
    if as_is > as_read or (as_is == as_read and _is_official(text) and not _is_official(done)):
        return text
    return _same_case(text, done) if encoding == "TCVN3" else done


def _is_unicode(text: str) -> bool:
    """Whether a text has letters that no encoding from before Unicode leaves, and makes sense: «Cộng đồng»."""
    return _surface(text) is None and _possible(text) == 1


def _possible(text: str) -> float:
    words = _WORDS.findall(_plain(text))
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def _is_official(text: str) -> bool:
    """Whether a text is what a form or an official list calls something, or a place: «Xã», «Thôn 1»; no name is."""
    said = clean(_BEHIND.sub("", text)).lower()
    return said in _official_phrases() or said.split(" ")[0] in _KINDS_OF_PLACES


def _same_case(text: str, done: str) -> str:
    """TCVN3 has no capitals with tones: among capitals alone the small letters were meant to be large (NậM)."""
    if _CAPITALS.match(text):
        return done.upper()
    return " ".join(word.upper() if _CAPITALS.match(word) else word for word in done.split(" "))


def _of_font(font: str) -> str | None:
    """The encoding of a font's letters: .VnTime, .VnArialH … TCVN3; VNI-Times … VNI."""
    return "TCVN3" if font.startswith(".Vn") else "VNI" if font.upper().startswith("VNI-") else None


def _as_their_fonts_say(raw: pd.Series[str], values: pd.Series[str], fonts: Mapping[int, str]) -> pd.Series[str]:
    """The values with those cells whose font is of before Unicode read by it; a .Vn font that ends in H is capitals."""
    read: dict[int, str] = {}
    for row, font in fonts.items():
        encoding, text = _of_font(font), raw.get(row)
        if encoding is None or not isinstance(text, str):
            continue
        done = _better(text, encoding)
        capitals = encoding == "TCVN3" and font.endswith("H") and all(ord(letter) <= 0xFF for letter in text)
        read[row] = done.upper() if capitals else done
    return pd.Series(read, dtype="str").reindex(values.index).fillna(values)


def _taken(mapped: Mapping[str, str], text: str) -> str:
    return mapped.get(text, text)


def _distinct(column: pd.Series[str]) -> list[str]:
    """The texts of a column that are not plain ASCII, each once."""
    texts = pa.array(column, from_pandas=True)
    found: list[str] = pc.unique(pc.filter(texts, pc.invert(pc.string_is_ascii(texts)))).to_pylist()
    return found
