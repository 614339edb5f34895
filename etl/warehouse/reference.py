"""Bringing ``etl/reference`` into the schema ``ref``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from etl.model.frames import records
from etl.reference import codes, standards
from etl.reference.figures import figures
from etl.reference.rules import rules
from etl.reference.successors import successions
from etl.reference.targets import targets
from etl.reference.units import all_units

Rows = list[dict[str, Any]]


def _units() -> Rows:
    return [
        {
            "code": u.code, "valid_from": u.valid_from, "valid_to": u.valid_to, "level": u.level, "name": u.name,
            "type": u.type, "parent_code": u.parent, "is_rural": u.is_rural, "is_30a": u.is_30a,
        }
        for u in all_units()
    ]  # fmt: skip


def _successors() -> Rows:
    return [
        {
            "id": i, "code": s.old and s.old[0], "valid_from": s.old and s.old[1], "changed_on": s.on,
            "new_code": s.new and s.new[0], "new_valid_from": s.new and s.new[1], "share": s.share,
            "basis": s.basis, "status": s.status,
        }
        for i, s in enumerate(successions(), start=1)
    ]  # fmt: skip


def _programmes() -> Rows:
    ceilings = codes.programme_ceilings()
    labels = codes.code_labels("vbsp_programmes")
    return [{"code": c, "name": names[0], "ceiling": ceilings.get(c)} for c, names in labels.items()]


def _objects() -> Rows:
    levels = codes.benefit_levels()
    labels = codes.code_labels("bhyt_objects")
    return [{"code": c, "name": names[0], "benefit_level": levels[c]} for c, names in labels.items()]


def _tables() -> Iterator[tuple[str, Rows]]:
    yield "unit", _units()
    yield "unit_successor", _successors()
    yield "programme", _programmes()
    yield "object_code", _objects()
    yield "ethnic_group", [{"code": code, "name": name} for name, code in codes.ethnic_codes().items()]
    yield (
        "poverty_standard",
        [
            {"id": s.id, "valid_from": s.valid_from, "valid_to": s.valid_to, "body": json.dumps(s.body)}
            for s in standards.standards()
        ],
    )
    yield "target", [t.model_dump() for t in targets()]
    yield "rule", [r.model_dump(exclude={"suggestion"}) | {"effect": r.effect.value} for r in rules().values()]
    yield "figure", [{"id": i, **row._asdict()} for i, row in enumerate(records(figures()), start=1)]


def load_reference(conn: Connection) -> None:
    """Put the reference data in place of what stands in ``ref``, in the caller's transaction."""
    for table, rows in _tables():
        names = list(rows[0])
        values = ", ".join(f":{name}" for name in names)
        conn.execute(text(f"DELETE FROM ref.{table}"))  # noqa: S608 - our own table and column names
        conn.execute(text(f"INSERT INTO ref.{table} ({', '.join(names)}) VALUES ({values})"), rows)  # noqa: S608
