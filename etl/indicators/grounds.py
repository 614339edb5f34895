"""What the sums of a query in a district follow from, beside the query itself.

Rows that count are told by their submissions, for facts never change. Of other districts count the datasets that a
query is ``across`` of, and those from which links lead into the district; what its links are is told by what linking
says that they rest on. Where officers have decided about pairs, everything counts: a confirmed one lets no other stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, text

from etl.indicators.registry import Pair, Query
from etl.model.period import Period

REFERENCE = ("figure", "poverty_standard", "deprivation")
"""The tables of ``ref`` that indicators, and the views that they ask, read."""


def newest_links(conn: Connection, period: Period) -> Any:
    """The newest run of «link» of a period at the setting as-of: (its moment, what it says); None before the first."""
    query = text(
        "SELECT at, CAST(jsonb_build_array(parts, quality, added, ended) AS text) AS told FROM history.link_run"
        " WHERE period = :period AND at <= core.as_of() ORDER BY at DESC LIMIT 1"
    )
    return conn.execute(query, {"period": str(period)}).one_or_none()


@dataclass(frozen=True)
class _Links:
    """Of a pair: what the links of each district of the register rest on, the other districts that they come from, and
    whether officers have decided about any."""

    rests_on: dict[str, str]
    senders: dict[str, set[str]]
    decided: bool


class Grounds:
    """What the sums of a period follow from, at the setting as-of."""

    def __init__(self, conn: Connection, period: Period) -> None:
        self._conn, self._period = conn, period
        covered = text("SELECT dataset, district_code, submission_id FROM core.current_coverage WHERE period = :period")
        self._counting = {
            (r.dataset, r.district_code): r.submission_id for r in conn.execute(covered, {"period": str(period)})
        }
        self._links: dict[Pair, _Links] = {}

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
            whole = whole or links.decided
            near |= links.senders.get(district or "", set())
            found.append(sorted(links.rests_on.items()) if whole else links.rests_on.get(district or ""))
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

    def _of_pair(self, pair: Pair) -> _Links:
        if pair not in self._links:
            key = {"period": str(self._period), "pair": pair}
            run = text(
                "SELECT key, value ->> 0 AS value FROM (SELECT parts -> :pair AS own FROM history.link_run"
                " WHERE period = :period AND at <= core.as_of() ORDER BY at DESC LIMIT 1) AS r, jsonb_each(own)"
            )
            # Of links that have ended too: more than needed is as good.
            leading = text(
                "SELECT DISTINCT register_district_code, district_code FROM history.link"
                " WHERE period = :period AND pair = :pair AND register_district_code <> district_code"
            )
            decided = text(
                "SELECT EXISTS (SELECT FROM history.link WHERE period = :period AND pair = :pair"
                " AND method IN ('confirmed', 'refused'))"
            )
            senders: dict[str, set[str]] = {}
            for to, of in self._conn.execute(leading, key):
                senders.setdefault(to, set()).add(of)
            rests_on = {r.key: r.value for r in self._conn.execute(run, key)}
            self._links[pair] = _Links(rests_on, senders, bool(self._conn.scalar(decided, key)))
        return self._links[pair]
