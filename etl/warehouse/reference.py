"""Bringing ``etl/reference`` into the schema ``ref``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from etl.model.frames import records
from etl.reference import codes, standards
from etl.reference.figures import figures
from etl.reference.rules import rules
from etl.reference.successors import successions
from etl.reference.targets import targets
from etl.reference.units import all_units, poor_districts
from etl.warehouse.errors import WarehouseError

Rows = list[dict[str, Any]]


def _units() -> Rows:
    return [
        {
            "code": u.code, "valid_from": u.valid_from, "valid_to": u.valid_to, "level": u.level, "name": u.name,
            "type": u.type, "parent_code": u.parent, "is_rural": u.is_rural,
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


def _deprivations() -> Rows:
    return [
        {"standard": s.id, "number": number, "register_column": column}
        for s in standards.standards()
        for number, column in s.lacks.items()
    ]


def _programmes() -> Rows:
    return [{"code": c, "name": names[0]} for c, names in codes.code_labels("vbsp_programmes").items()]


def _ceilings() -> Rows:
    by_programme = [(code, one) for code, amounts in codes.loan_ceilings().items() for one in amounts]
    return [{"id": i, "programme": code, **_amount(one)} for i, (code, one) in enumerate(by_programme, start=1)]


def _amount(one: codes.Amount) -> dict[str, Any]:
    return {"valid_from": one.valid_from, "valid_to": one.valid_to, "amount": one.amount, "basis": one.basis}


def _objects() -> Rows:
    levels = codes.benefit_levels()
    labels = codes.code_labels("bhyt_objects")
    return [{"code": c, "name": names[0], "benefit_level": levels[c]} for c, names in labels.items()]


def _tables() -> Iterator[tuple[str, Rows]]:
    yield "unit", _units()
    yield "unit_successor", _successors()
    yield "programme", _programmes()
    yield "loan_ceiling", _ceilings()
    yield "learning_support", [{"id": i, **_amount(one)} for i, one in enumerate(codes.learning_support(), start=1)]
    yield "poor_district", [{"id": i, **vars(one)} for i, one in enumerate(poor_districts(), start=1)]
    yield "object_code", _objects()
    yield "ethnic_group", [{"code": code, "name": name} for name, code in codes.ethnic_codes().items()]
    yield (
        "poverty_standard",
        [
            {"id": s.id, "valid_from": s.valid_from, "valid_to": s.valid_to, "body": json.dumps(s.body)}
            for s in standards.standards()
        ],
    )
    yield "deprivation", _deprivations()
    yield "target", [t.model_dump() for t in targets()]
    yield "rule", [r.model_dump(exclude={"suggestion"}) | {"effect": r.effect.value} for r in rules().values()]
    yield "figure", [{"id": i, **row._asdict()} for i, row in enumerate(records(figures()), start=1)]


def load_reference(conn: Connection) -> None:
    """Bring ``ref`` in step with the reference data, in the caller's transaction.

    Rows are inserted, changed or taken out one by one, because facts refer to them. Raises WarehouseError when
    something would go that accepted submissions refer to.
    """
    gone: list[tuple[str, tuple[str, ...], Rows]] = []
    for table, rows in _tables():
        key = _key(conn, table)
        _upsert(conn, table, key, rows)
        wanted = {tuple(str(row[name]) for name in key) for row in rows}
        there = conn.execute(text(f"SELECT {', '.join(key)} FROM ref.{table}")).mappings()  # noqa: S608
        gone.append((table, key, [dict(row) for row in there if tuple(map(str, row.values())) not in wanted]))
    for table, key, rows in reversed(gone):
        _remove(conn, table, key, rows)


def _key(conn: Connection, table: str) -> tuple[str, ...]:
    """The primary key of a table of ``ref``."""
    query = text(
        "SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid"
        " AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND i.indrelid = to_regclass('ref.' || :table)"
        " ORDER BY array_position(i.indkey::int2[], a.attnum)"
    )
    return tuple(conn.scalars(query, {"table": table}))


def _upsert(conn: Connection, table: str, key: tuple[str, ...], rows: Rows) -> None:
    names = list(rows[0])
    values = ", ".join(f":{name}" for name in names)
    others = [name for name in names if name not in key]
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    old, new = (", ".join(f"{of}.{name}" for name in others) for of in ("t", "excluded"))
    conn.execute(
        text(
            f"INSERT INTO ref.{table} AS t ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - names of our own
            f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed} WHERE ({old}) IS DISTINCT FROM ({new})"
        ),
        rows,
    )


def _remove(conn: Connection, table: str, key: tuple[str, ...], rows: Rows) -> None:
    if not rows:
        return
    where = " AND ".join(f"{name} = :{name}" for name in key)
    try:
        conn.execute(text(f"DELETE FROM ref.{table} WHERE {where}"), rows)  # noqa: S608 - names of our own
    except IntegrityError as fault:
        detail = getattr(fault.orig, "diag", None) and fault.orig.diag.message_detail  # type: ignore[union-attr]
        raise WarehouseError(
            f"ref.{table}: accepted submissions refer to what the reference lacks: {detail}"
        ) from fault
