"""The person in the database: facts, findings, the ledger's texts, the officer's log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, text

from etl import linking
from etl.contracts import contract
from etl.custody.archived import Found
from etl.custody.person import Person, people_forms, personal
from etl.custody.pseudonym import GONE, replaced
from etl.custody.redact import Traces
from etl.faults import point

_TEXTS = ("value", "message", "suggestion", "waiver")


def taken(conn: Connection) -> set[str]:
    """Every number that somebody has in the facts."""
    found: set[str] = set()
    for form in people_forms():
        for column in (c for c in personal(form) if c.type == "code"):
            number = f"right({column.name}, 10)" if column.pattern else column.name
            query = f"SELECT DISTINCT {number} FROM history.{form.dataset} WHERE {number} LIKE '9%'"  # noqa: S608
            found |= set(conn.scalars(text(query)))
    return found


def named(conn: Connection, traces: Traces) -> set[str]:
    """Submissions of which a finding tells a number of the person's."""
    query = text(
        "SELECT DISTINCT submission_id FROM quality.finding WHERE concat_ws(' ', value, message, suggestion, waiver)"
        " LIKE ANY(:words)"
    )
    return set(conn.scalars(query, {"words": [f"%{word}%" for word in traces.words]}))


def erase(conn: Connection, person: Person, traces: Traces, files: Iterable[Found]) -> None:
    """Put the pseudonym in place of the person, in the caller's transaction. Only the facts' owner may."""
    conn.execute(text("SELECT set_config('giamngheo.forgetting', :token, true)"), {"token": traces.pseudonym.token})
    for place, values in person.rows.items():
        columns = {name: c for c in personal(contract(place.dataset)) for name, _ in c.stored}
        new = {name: traces.pseudonym.value(columns[name], name, value) for name, value in values.items()}
        changed = ", ".join(f"{name} = :{name}" for name in new)
        conn.execute(
            text(
                f"UPDATE history.{place.dataset} SET {changed}"  # noqa: S608 - our own column names
                " WHERE period = :at_period AND submission_id = :at_id AND sheet = :at_sheet AND row = :at_row"
            ),
            {**new, "at_period": place.period, "at_id": place.submission_id, "at_sheet": place.sheet,
             "at_row": place.row},
        )  # fmt: skip
    addresses = {(p.submission_id, p.sheet, p.row) for p in person.rows}
    addresses |= {(s.id, sheet, row) for f in files for s in f.sent for sheet, rows in f.rows.items() for row in rows}
    linking.rename(conn, {(p.submission_id, p.sheet, p.row) for p in person.rows})
    point("forget.renamed")
    _findings(conn, addresses, traces)
    _everywhere(conn, traces)


def _findings(conn: Connection, addresses: set[tuple[str, str, int]], traces: Traces) -> None:
    """What findings of the person's rows, or of rows held against them, tell."""
    places = {"ids": [a[0] for a in addresses], "sheets": [a[1] for a in addresses], "rows": [a[2] for a in addresses]}
    query = text(
        "SELECT f.submission_id, f.number, f.column_name, s.dataset, f.value, f.message, f.suggestion, f.waiver,"
        " (f.submission_id, f.sheet, f.row) IN (SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:sheets AS text[]),"
        " CAST(:rows AS int[]))) AS own"
        " FROM quality.finding AS f JOIN intake.submission AS s ON s.id = f.submission_id"
        " WHERE (f.submission_id, f.sheet, f.row) IN (SELECT * FROM unnest(CAST(:ids AS text[]),"
        " CAST(:sheets AS text[]), CAST(:rows AS int[])))"
        " OR (f.other_submission_id, f.other_sheet, f.other_row) IN (SELECT * FROM unnest(CAST(:ids AS text[]),"
        " CAST(:sheets AS text[]), CAST(:rows AS int[])))"
    )
    for row in conn.execute(query, places).mappings().all():
        words = {**traces.words, **traces.names}
        if row["own"] and row["value"] and _is_personal(row["dataset"], row["column_name"]):
            words[row["value"]] = GONE
        told = {name: row[name] and replaced(row[name], words) for name in _TEXTS}
        conn.execute(
            text(
                "UPDATE quality.finding SET value = :value, message = :message, suggestion = :suggestion,"
                " waiver = :waiver WHERE submission_id = :submission_id AND number = :number"
            ),
            {**told, "submission_id": row["submission_id"], "number": row["number"]},
        )


def _is_personal(dataset: str | None, column: str | None) -> bool:
    return dataset is None or column is None or column in {c.name for c in personal(contract(dataset))}


def _everywhere(conn: Connection, traces: Traces) -> None:
    """Numbers in every text of the ledger, the findings and the log of reads; names in the officers' and the senders'
    own words."""
    query = text(
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS place, quote_ident(a.attname) AS name,"
        " format_type(a.atttypid, NULL) AS kind"
        " FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('intake', 'quality', 'mart', 'pii') AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND a.attnum > 0 AND NOT a.attisdropped AND format_type(a.atttypid, NULL) IN ('text', 'jsonb')"
    )
    for place, name, kind in conn.execute(query).all():
        words = dict(traces.words)
        if (place, name) in _FREE_TEXTS:
            words |= traces.names
        for word, new in words.items():
            conn.execute(
                text(
                    f"UPDATE {place} SET {name} = CAST(replace({name}::text, :old, :new) AS {kind})"  # noqa: S608
                    f" WHERE strpos({name}::text, :old) > 0"
                ),
                {"old": word, "new": new},
            )


_FREE_TEXTS = {
    ("intake.submission", "file_name"), ("intake.submission", "folder"), ("intake.event", "detail"),
    ("pii.read_log", "statement"),
}  # fmt: skip


def tables(conn: Connection, datasets: Sequence[str]) -> list[str]:
    """Every table that a forgetting may have changed: the partitions of the forms that list persons, and the rest."""
    query = text(
        "SELECT 'history.' || quote_ident(c.relname) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid"
        " JOIN pg_class AS p ON p.oid = i.inhparent JOIN pg_namespace AS n ON n.oid = p.relnamespace"
        " WHERE n.nspname = 'history' AND p.relname = ANY(:datasets) ORDER BY 1"
    )
    rest = ["intake.submission", "intake.event", "quality.finding", "pii.read_log", "history.link", "history.link_end"]
    return [*conn.scalars(query, {"datasets": list(datasets)}), *rest]


def as_json(counts: Mapping[str, int]) -> str:
    """Counts as JSON."""
    return json.dumps(dict(sorted(counts.items())))
