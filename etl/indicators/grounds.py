"""What the sums of a query in a district follow from, beside the query itself.

Rows that count are told by their submissions, for facts never change. Of other districts count the datasets that a
query is ``across`` of, and what links bring: each district has a hash of the links that lead into it, and of the few
that officers decided all over the province, since a confirmed pair lets no other stand.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, text

from etl.indicators.registry import Pair, Query
from etl.model.period import Period

DATASETS: dict[Pair, tuple[str, ...]] = {
    "card": ("register_household", "register_member", "health_card"),
    "pupil": ("register_household", "register_member", "education_pupil"),
    "loan": ("register_household", "register_member", "credit_loan"),
}
"""What the view of a pair's links is made of."""

REFERENCE = ("figure", "poverty_standard", "deprivation")
"""The tables of ``ref`` that indicators, and the views that they ask, read."""

# Links by the number of the insurance are joined by the view itself, all of them.
_LINKS = """
SELECT
    l.register_district_code AS district,
    concat_ws(' ', count(*), sum(hashtextextended(concat_ws(
        chr(31), l.method, l.submission_id, l.sheet, l.row, l.register_submission_id, l.register_sheet, l.register_row
    ), 0))) AS links,
    concat_ws(' ', count(*) FILTER (WHERE l.method IN ('confirmed', 'refused')), sum(hashtextextended(concat_ws(
        chr(31), l.link_id, l.method, l.submission_id, l.sheet, l.row
    ), 0)) FILTER (WHERE l.method IN ('confirmed', 'refused'))) AS decided,
    array_agg(DISTINCT l.district_code ORDER BY l.district_code) AS senders
FROM core.link_standing AS l
WHERE
    l.period = :period AND l.pair = :pair
    AND NOT (l.pair = 'card' AND l.method = 'insurance_number')
GROUP BY 1
"""


def newest_links(conn: Connection, period: Period) -> Any:
    """The newest run of «link» of a period at the setting as-of: (its moment, what it says); None before the first."""
    query = text(
        "SELECT at, CAST(jsonb_build_array(parts, quality, added, ended) AS text) AS told FROM history.link_run"
        " WHERE period = :period AND at <= core.as_of() ORDER BY at DESC LIMIT 1"
    )
    return conn.execute(query, {"period": str(period)}).one_or_none()


class Grounds:
    """What the sums of a period follow from, at the setting as-of."""

    def __init__(self, conn: Connection, period: Period) -> None:
        self._conn, self._period = conn, period
        covered = text("SELECT dataset, district_code, submission_id FROM core.current_coverage WHERE period = :period")
        self._counting = {
            (r.dataset, r.district_code): r.submission_id for r in conn.execute(covered, {"period": str(period)})
        }
        self._new: dict[Pair, tuple[str, Any]] = {}
        self._links: dict[Pair, dict[str, list[Any]]] = {}

    def of(self, query: Query, district: str | None) -> list[Any]:
        """What a query's sums in a district follow from, as plain data; None: of rows that are the province's own.

        Those may come from anywhere, so they follow from everything.
        """
        every = {d for _, d in self._counting}
        whole = district is None or set(query.datasets) == set(query.across)
        near = {district}
        found: list[Any] = [self._sql]
        if query.linked is not None:
            links = self._of_pair(query.linked)
            own = {d: one for d, one in links.items() if whole or d == district}
            near |= {sender for one in own.values() for sender in one[2]}
            found += [own, sorted((d, one[1]) for d, one in links.items())]
        for dataset in query.datasets:
            districts = every if whole or dataset in query.across else near
            found.append(sorted((d or "", self._counting.get((dataset, d or ""))) for d in districts))
        return found

    @cached_property
    def _sql(self) -> str:
        """A hash of what stands between facts and queries: views and functions of ``core``, reference data."""
        parts = [
            "SELECT c.relname || pg_get_viewdef(c.oid) AS one FROM pg_class AS c"
            " WHERE c.relnamespace = 'core'::regnamespace AND c.relkind = 'v'",
            "SELECT p.proname || p.prosrc FROM pg_proc AS p WHERE p.pronamespace = 'core'::regnamespace",
            *(f"SELECT CAST(t AS text) FROM ref.{name} AS t" for name in REFERENCE),  # noqa: S608 - names of our own
        ]
        every = " UNION ALL ".join(parts)
        query = text(f'SELECT md5(string_agg(one, chr(10) ORDER BY one COLLATE "C")) FROM ({every}) AS e')  # noqa: S608
        return str(self._conn.scalar(query))

    def _of_pair(self, pair: Pair) -> dict[str, list[Any]]:
        """District of the register → [hash of its links, hash of what officers decided, districts of the other side].

        Kept too: it takes a look at every link of the period, and nothing but a submission or a run of «link» changes
        it.
        """
        if pair not in self._links:
            key = {"period": str(self._period), "pair": pair}
            run = newest_links(self._conn, self._period)
            counting = sorted((*which, i) for which, i in self._counting.items() if which[0] in DATASETS[pair])
            content = json.dumps([self._sql, _LINKS, run and run.at.isoformat(), counting])
            basis = hashlib.sha256(content.encode()).hexdigest()
            kept = text("SELECT grounds FROM memo.links WHERE period = :period AND pair = :pair AND basis = :basis")
            found = self._conn.scalar(kept, {**key, "basis": basis})
            if found is None:
                rows = self._conn.execute(text(_LINKS), key)
                found = {r.district: [r.links, r.decided, list(r.senders)] for r in rows}
                self._new[pair] = basis, found
            self._links[pair] = found
        return self._links[pair]

    def keep(self) -> None:
        """Keep what was found out about links, in the caller's transaction."""
        for pair, (basis, found) in self._new.items():
            key = {"period": str(self._period), "pair": pair}
            self._conn.execute(text("DELETE FROM memo.links WHERE period = :period AND pair = :pair"), key)
            self._conn.execute(
                text("INSERT INTO memo.links VALUES (:period, :pair, :basis, CAST(:grounds AS jsonb))"),
                {**key, "basis": basis, "grounds": json.dumps(found)},
            )
