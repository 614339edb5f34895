"""Text from before Unicode: every commune and ethnic group comes back from each encoding, Unicode is left alone."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from etl.contracts import contract
from etl.model.examined import Verdict
from etl.reading import legacy
from etl.reference.codes import ethnic_labels
from etl.reference.data_files import json_of, rows
from samples import Sample
from tests.support import UNITS, grids_of, look, told

NAMES = sorted({c.name for c in UNITS.communes} | {d.name for d in UNITS.districts} | set(ethnic_labels()))
TABLES = defaultdict(dict)
for row in rows("legacy_encodings.csv"):
    TABLES[row["encoding"]].setdefault(row["unicode_nfc"], bytes.fromhex(row["bytes_hex"]))


def surface(raw: bytes) -> str:
    return "".join(bytes([b]).decode("cp1252", errors="replace").replace("\ufffd", chr(b)) for b in raw)


def encoded(text: str, encoding: str) -> str:
    """Text as it looks after its bytes in an encoding were taken for windows-1252."""
    if encoding == "UTF-8":
        return surface(text.encode())
    table = TABLES[encoding]
    # TCVN3 has no capitals with tones: a font of capitals shows the small letters.
    letters = [c if c in table or not (encoding == "TCVN3" and c.lower() in table) else c.lower() for c in text]
    return surface(b"".join(table.get(c, c.encode("latin-1", "replace")) for c in letters))


def test_dashes_between_the_parts_of_a_day_are_no_letters() -> None:
    texts = [f"{day:02d} – 03 — 2018" for day in range(1, 20)]
    cells = pd.DataFrame({1: ["Giá trị từ", *texts]}, dtype="str")
    read, found = legacy.to_unicode(cells, {}, Counter())
    assert found == {}
    assert read.equals(cells)


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "VISCII", "UTF-8"])
def test_every_commune_and_ethnic_group_comes_back(encoding: str) -> None:
    column = pd.Series([encoded(name, encoding) for name in NAMES], dtype="str")
    cells, found = legacy.to_unicode(
        pd.DataFrame({1: column, 2: pd.Series(["x"] * len(NAMES), dtype="str")}), {}, Counter()
    )
    assert found == {1: encoding}
    wrong = [
        (name, read) for name, read in zip(NAMES, cells[1], strict=True)
        if read != name and read.lower() != name.lower()
    ]  # fmt: skip
    assert wrong == []


def test_unicode_is_left_alone() -> None:
    cells = pd.DataFrame(
        {1: pd.Series(NAMES, dtype="str"), 2: pd.Series([f"{n} ✓ m² – №" for n in NAMES], dtype="str")}
    )
    read, found = legacy.to_unicode(cells, {}, Counter())
    assert found == {}
    assert read is cells
    assert all(legacy.is_syllable(w) for n in NAMES for w in legacy._WORDS.findall(n) if not w.isascii())


@pytest.mark.parametrize("encoding", ["TCVN3", "VISCII"])
def test_a_column_of_unicode_beside_legacy_ones_is_left_alone(encoding: str) -> None:
    """«tâm» makes sense as it stands and as read; «Cộng đồng» has letters that no legacy text has."""
    unicode = ["Cộng đồng", "Trung tâm NS&VSMT", "HTX", "UBND xã"]
    villages = ["Thôn Lủng Phìn", "Thôn Ngòi Đường", "Bản Nậm Mạ", "Thôn Hòa Bình"]
    cells = pd.DataFrame({0: unicode, 1: [encoded(name, encoding) for name in villages]}, dtype="str")
    read, found = legacy.to_unicode(cells, {}, Counter())
    assert read[0].tolist() == unicode
    assert read[1].tolist() == villages
    assert found == {1: encoding}


@pytest.mark.parametrize("case", json_of("legacy_test_vectors.json"), ids=lambda c: c["unicode"])
def test_vectors(case: dict[str, str]) -> None:
    assert legacy.decoders()["TCVN3"](case["tcvn3_as_latin1"]) == case["unicode"]
    assert legacy.decoders()["VNI"](case["vni_as_cp1252"]) == case["unicode"]


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "VISCII"])
def test_a_workbook_in_a_legacy_encoding_reads_to_the_same_rows(
    encoding: str, files: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    for dataset in ("register_household", "register_member"):
        origin = files[dataset, "082"]
        book = openpyxl.load_workbook(origin)
        for sheet in book.worksheets:
            for line in sheet.iter_rows():
                for cell in line:
                    if isinstance(cell.value, str):
                        cell.value = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", encoded(cell.value, encoding))
        path = tmp_path / origin.name
        book.save(path)
        clean, read = look(origin), look(path)
        assert read.verdict is Verdict.ACCEPTED, read.findings.head()
        assert {f[:2] for f in told(read)} == {("legacy_encoding", "info")}
        assert {f[3] for f in told(read)} & {"full_name", "head_name"}
        for column in contract(dataset).columns:
            if column.type != "name":
                assert read.rows[column.name].equals(clean.rows[column.name]), column.name
            else:
                assert [v.lower() for v in read.rows[column.name]] == [v.lower() for v in clean.rows[column.name]]


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "windows-1258"])
def test_a_text_file_of_legacy_bytes(encoding: str, small: Sample, tmp_path: Path) -> None:
    origin = next(p for p in small.files if p.name.startswith("credit_loan") and p.suffix == ".csv")
    lines = list(csv.reader(io.StringIO(origin.read_text("utf-8-sig"))))
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    path = tmp_path / origin.name
    if encoding == "windows-1258":
        import unicodedata

        def split(text: str) -> str:
            # windows-1258 has the vowels whole and the tones apart.
            return "".join(
                c if c.isascii() or _fits(c) else unicodedata.normalize("NFC", base) + tone
                for c in text for base, tone in [_apart(c)]
            )  # fmt: skip

        def _fits(letter: str) -> bool:
            try:
                letter.encode("cp1258")
            except UnicodeEncodeError:
                return False
            return True

        def _apart(letter: str) -> tuple[str, str]:
            parts = unicodedata.normalize("NFD", letter)
            tones = "".join(m for m in parts if m in legacy._TONES)
            return "".join(m for m in parts if m not in legacy._TONES), tones

        raw = split(out.getvalue()).encode("cp1258", "replace")
    else:
        raw = encoded(out.getvalue(), encoding).encode("latin-1", "replace")
        raw = b"".join(
            bytes([b])
            for b in (ord(c) if ord(c) < 256 else c.encode("cp1252")[0] for c in encoded(out.getvalue(), encoding))
        )
    path.write_bytes(raw)
    clean, read = look(origin), look(path)
    assert read.verdict is Verdict.ACCEPTED, read.findings.head()
    assert read.rows["loan_code"].equals(clean.rows["loan_code"])
    assert read.rows["commune"].equals(clean.rows["commune"])
    assert set(grids_of(path)[0].legacy.values()) == {encoding}
