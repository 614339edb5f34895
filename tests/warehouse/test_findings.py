"""Findings in the ledger: each origin replaces its own, and only what the answer shows makes a new answer."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Connection, Engine

from etl.model.finding import Finding, Severity, findings_frame
from etl.reference.rules import tell_all
from etl.warehouse import ledger

pytestmark = pytest.mark.warehouse

MOMENT = datetime(2019, 1, 1, tzinfo=UTC)


def entered(conn: Connection, serial: int) -> str:
    submission, _ = ledger.register(
        conn, sector="water", file_name=f"{serial}.xlsx", folder="", sha256=f"{serial:012x}" + 52 * "0", size_bytes=1,
        modified_at=MOMENT,
    )  # fmt: skip
    return submission.id


def told(*rows: int, **further: Any) -> pd.DataFrame:
    found = [Finding("required_empty", Severity.WARNING, "S", row, "commune") for row in rows]
    return tell_all(findings_frame(found), {}).assign(**further)


def kept(conn: Connection, submission: str) -> list[tuple[str, int]]:
    frame = ledger.findings(conn, submission=submission)
    return list(zip(frame["origin"], frame["row"], strict=True))


def test_each_origin_replaces_its_own_in_whatever_order_and_numbers_stay(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        one, other = entered(conn, 1), entered(conn, 2)
        ledger.replace_findings(conn, one, told(7, other_submission_id=other), origin="cross")
        ledger.replace_findings(conn, one, told(9), origin="register")
        ledger.replace_findings(conn, one, told(3, 4))
        assert kept(conn, one) == [("file", 3), ("file", 4), ("register", 9), ("cross", 7)]
        before = ledger.findings(conn, submission=one).set_index("origin")["number"].to_dict()
        ledger.replace_findings(conn, one, told(5))
        ledger.replace_findings(conn, one, told(), origin="register")
        assert kept(conn, one) == [("file", 5), ("cross", 7)]
        after = ledger.findings(conn, submission=one).set_index("origin")["number"].to_dict()
        assert after["cross"] == before["cross"]
        assert ledger.findings(conn, submission=one, origins=ledger.ANSWERED)["row"].to_list() == [5]
        conn.rollback()


def test_only_what_the_answer_shows_asks_for_a_new_answer(warehouse: Engine) -> None:
    with warehouse.begin() as conn:
        one, other = entered(conn, 1), entered(conn, 2)

        def version() -> int:
            return ledger.get(conn, one).findings_version

        ledger.replace_findings(conn, one, told(3))
        assert version() == 1
        ledger.replace_findings(conn, one, told(3))
        assert version() == 1
        place = {"other_submission_id": other, "other_sheet": "T", "other_row": 12, "difference": Decimal("-2.5")}
        ledger.replace_findings(conn, one, told(3, **place), origin="cross")
        assert version() == 1
        (found,) = ledger.findings(conn, submission=one, origins=["cross"]).to_dict("records")
        assert {name: found[name] for name in place} == place
        assert found["other_file"] == "2.xlsx"
        ledger.replace_findings(conn, one, told(8), origin="drift")
        assert version() == 2
        conn.rollback()
