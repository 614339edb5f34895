"""What a run of linking starts from: the rows that count, and what is known of the period.

After the first run only districts whose lists have changed are looked through. Their rows are read, and those of other
districts that share a number with them, or with one of these, and so on; what these are linked to comes with them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
from psycopg import sql
from sqlalchemy import Connection, text

from etl.contracts import contract
from etl.linking import prepare
from etl.linking.shapes import (
    ADDRESS,
    COLUMNS,
    DATASETS,
    LINK_COLUMNS,
    PAIRS,
    REGISTER_KEYS,
    VERSION,
    Before,
    Decision,
    Trained,
    no_links,
)
from etl.linking.standing import last_run, standing
from etl.model.period import Period
from etl.warehouse import moments
from etl.warehouse.copied import copied

_NUMBERS: dict[str, dict[str, str]] = {
    "register_household": {"person": "head_id_number"},
    "register_member": {"person": "id_number", "insured": "insurance_number"},
    "health_card": {"person": "id_number", "insured": "insurance_number"},
    "education_pupil": {"pupil": "pupil_code"},
    "credit_loan": {"person": "borrower_id_number", "loan": "loan_code"},
    "housing_support": {},
}
"""Dataset → kind of number → the column that holds it. Rows of one number are compared wherever they are; codes of
pupils and loans are here since rows that share one are told apart by their order."""

_LONGEST = ("health_card", "register_member", "education_pupil", "credit_loan", "register_household", "housing_support")
_ROUNDS = 5
_MOST_DECISIONS = 200


@dataclass(frozen=True)
class Read:
    """What a run starts from: rows, what was trained for the period, the parts of the run before.

    within: the districts that are looked through, all of whose rows are there; None: all. basis: what the run rests on.
    """

    frames: dict[str, pd.DataFrame]
    trained: dict[str, Trained]
    before: Before
    within: frozenset[str] | None
    basis: dict[str, Any]


def read(
    conn: Connection, period: Period, decisions: tuple[Decision, ...] = (), *, anew: bool = False,
    also: frozenset[str] = frozenset(),
) -> Read:  # fmt: skip
    """The rows of a period that count now, in the order in which they are linked, and what is known of it.

    After a first run those of the districts that have changed since, and of ``also``; anew: all.
    """
    moment = moments.stand_at(conn, None)
    trained, (parts, rested_on) = _trained(conn, period), last_run(conn, period)
    now = _basis(conn, period, decisions)
    within = None if anew or not trained or len(decisions) > _MOST_DECISIONS else _within(now, rested_on, also)
    with conn.engine.connect() as beside:
        moments.stand_at(beside, moment)
        rows = _Rows((conn, beside), period, within)
        if within and not rows.fetch(decisions):
            within, rows = None, _Rows((conn, beside), period, None)
    frames = {name: prepare.in_order(rows.of(name), _key(name)) for name in DATASETS}
    # Districts that are looked through are weighed anew; the others keep what they have.
    kept = rows.links if within is None else rows.links[~rows.links["district_code"].isin(within)]
    before = Before({}, no_links()) if anew else Before(parts, _probable(kept, frames))
    return Read(frames, trained, before, within, now)


def read_around(conn: Connection, period: Period, districts: frozenset[str]) -> Read:
    """The rows of some districts that count now, with what shares a number with them, and what is known of the period:
    for who asks about them, not for a run."""
    moments.stand_at(conn, None)
    rows = _Rows((conn,), period, districts)
    rows.fetch(())
    frames = {name: prepare.in_order(rows.of(name), _key(name)) for name in DATASETS}
    return Read(frames, _trained(conn, period), Before({}, no_links()), districts, {})


def _basis(conn: Connection, period: Period, decisions: tuple[Decision, ...]) -> dict[str, Any]:
    """What links rest on: officers' decisions, and of each dataset and district the submission that counts."""
    query = text(
        "SELECT dataset, district_code, submission_id FROM core.current_coverage"
        " WHERE period = :period AND dataset = ANY(:datasets) ORDER BY 1, 2"
    )
    found: dict[str, dict[str, str]] = {name: {} for name in DATASETS}
    for row in conn.execute(query, {"period": str(period), "datasets": list(DATASETS)}):
        found[row.dataset][row.district_code] = row.submission_id
    said = json.dumps([dataclasses.astuple(one) for one in decisions], ensure_ascii=False)
    return {"decisions": hashlib.sha256(said.encode()).hexdigest()[:16], "submissions": found}


def _within(now: dict[str, Any], before: dict[str, Any], also: frozenset[str]) -> frozenset[str] | None:
    """The districts in which something else counts than before; None where there are so many that all are."""
    if now["decisions"] != before.get("decisions"):
        return None
    changed, there = set(also), set()
    for name, own in now["submissions"].items():
        old = before["submissions"].get(name, {})
        there |= own.keys()
        changed |= {d for d in own.keys() | old.keys() if own.get(d) != old.get(d)}
    return frozenset(changed) if 2 * len(changed) <= len(there) else None


class _Rows:
    """Rows of a period as far as they are fetched; links: those without an end that touch them."""

    def __init__(self, conns: Sequence[Connection], period: Period, within: frozenset[str] | None) -> None:
        self.conns, self.period, self.within = conns, period, within
        where = sql.SQL("true") if within is None else sql.SQL("district_code = ANY({})").format(sorted(within))
        self.parts: dict[str, list[pd.DataFrame]] = {name: [] for name in DATASETS}
        self._read(dict.fromkeys(DATASETS, where))
        self.links = standing(conns[0], period, within)

    def _read(self, wanted: dict[str, sql.Composable]) -> None:
        """Rows of datasets on which conditions hold: on each connection one after another, the longest lists first."""
        # Each takes the next from the one iterator, which gives none out twice.
        left = iter(sorted(wanted, key=_LONGEST.index))

        def some(conn: Connection) -> None:
            for name in left:
                self.parts[name].append(_rows(conn, name, self.period, wanted[name]))

        with ThreadPoolExecutor(len(self.conns)) as threads:
            list(threads.map(some, self.conns))

    def of(self, dataset: str) -> pd.DataFrame:
        """The rows of a dataset, each once."""
        return pd.concat(self.parts[dataset], ignore_index=True).drop_duplicates(ADDRESS, ignore_index=True)

    def fetch(self, decisions: tuple[Decision, ...]) -> bool:
        """Fetch from the other districts what shares a number with what is there, what officers have decided about,
        and what all these are linked to. False where there is no end to it."""
        for one in decisions:
            pair = PAIRS[one.pair]
            self._add(pair.dataset, _named(one.row))
            self._add(pair.register, _named(one.register))
        known: dict[str, set[str]] = defaultdict(set)
        looked_at: dict[str, int] = dict.fromkeys(DATASETS, 0)
        for _ in range(_ROUNDS):
            new: dict[str, set[str]] = defaultdict(set)
            for name, columns in _NUMBERS.items():
                for rows in self.parts[name][looked_at[name] :]:
                    for kind, column in columns.items():
                        new[kind] |= _distinct(rows[column], kind)
                looked_at[name] = len(self.parts[name])
            for kind, numbers in new.items():
                numbers -= known[kind]
                known[kind] |= numbers
            if not any(new.values()):
                self._fetch_partners()
                return True
            lists = {kind: _spelt(kind, numbers) for kind, numbers in new.items() if numbers}
            wanted: dict[str, sql.Composable] = {}
            for name, columns in _NUMBERS.items():
                # Not = ANY(list): the planner would look at each of its numbers.
                among = sql.SQL("{} IN (SELECT unnest(string_to_array({}, ' ')))")
                shared = [among.format(sql.Identifier(c), lists[kind]) for kind, c in columns.items() if kind in lists]
                if shared:
                    wanted[name] = self._elsewhere(sql.SQL(" OR ").join(shared))
            self._read(wanted)
        return False

    def _elsewhere(self, where: sql.Composable) -> sql.Composable:
        return sql.SQL("NOT district_code = ANY({}) AND ({})").format(sorted(self.within or ()), where)

    def _add(self, dataset: str, where: sql.Composable | None) -> None:
        """Rows of other districts on which a condition holds; None: it holds on none."""
        if where is not None:
            self._read({dataset: self._elsewhere(where)})

    def _fetch_partners(self) -> None:
        """The other ends of links of rows that were fetched, and the households of members."""
        outside = pd.concat([self._outside(name)[ADDRESS] for name in DATASETS])
        more = standing(self.conns[0], self.period, None, of=outside)
        self.links = pd.concat([self.links, more]).drop_duplicates("link_id", ignore_index=True)
        for name, pair in PAIRS.items():
            for dataset, prefix in ((pair.dataset, ""), (pair.register, "register_")):
                away = ~self.links[f"{prefix}district_code"].isin(self.within or ())
                ends = self.links.loc[away & (self.links["pair"] == name), [f"{prefix}{n}" for n in ADDRESS]]
                self._add(dataset, _at(ends.set_axis(ADDRESS, axis=1)))
        homes = self._outside("register_member")[["commune", "household_code"]].drop_duplicates()
        self._add("register_household", _at(homes))

    def _outside(self, dataset: str) -> pd.DataFrame:
        rows = self.of(dataset)
        return rows[~rows["district_code"].isin(self.within or ())]


def _distinct(numbers: pd.Series[str], kind: str) -> set[str]:
    """The numbers that there are; those of persons in one form."""
    once = pd.Series(numbers.dropna().unique(), dtype="str")
    return set((prepare.plain_id(once) if kind == "person" else once).tolist())


def _spelt(kind: str, numbers: set[str]) -> sql.Literal:
    """Numbers in one text; a CMND also as a system fills it up to twelve digits."""
    filled = {f"000{n}" for n in numbers if len(n) == 9} if kind == "person" else set()
    return sql.Literal(" ".join(n for n in numbers | filled if " " not in n))


def _named(wanted: tuple[tuple[str, str], ...]) -> sql.Composable:
    return sql.SQL(" AND ").join(sql.SQL("{}::text = {}").format(sql.Identifier(n), sql.Literal(v)) for n, v in wanted)


def _at(keys: pd.DataFrame) -> sql.Composable | None:
    """That a row's columns are those of one of the keys; None where there are none."""
    if not len(keys):
        return None
    columns = sql.SQL(", ").join(map(sql.Identifier, keys.columns))
    lists = [
        sql.SQL("{}::{}[]").format([v if n == "row" else str(v) for v in keys[n].tolist()],
                                   sql.SQL("int" if n == "row" else "text"))
        for n in keys.columns
    ]  # fmt: skip
    return sql.SQL("({}) IN (SELECT * FROM unnest({}))").format(columns, sql.SQL(", ").join(lists))


def _key(dataset: str) -> tuple[str, ...]:
    return REGISTER_KEYS.get(dataset) or next(p.key for p in PAIRS.values() if p.dataset == dataset)


def _rows(conn: Connection, dataset: str, period: Period, where: sql.Composable) -> pd.DataFrame:
    columns = [*ADDRESS, "district_code", *COLUMNS[dataset]]
    query = sql.SQL("SELECT {} FROM {} WHERE period = {} AND {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("core", dataset), str(period), where
    )
    kinds = {name: kind for name, kind in contract(dataset).stored_columns if name in columns}
    arrow = {n: {"date": pa.date32(), "smallint": pa.int16()}.get(kinds.get(n, "text"), pa.string()) for n in columns}
    table = copied(conn, query, arrow | {"row": pa.int32()})
    frame: pd.DataFrame = table.to_pandas(date_as_object=False).astype(
        {n: "str" for n, kind in arrow.items() if kind == pa.string() and n != "row"}
    )
    return frame.astype({n: "Int16" for n, kind in arrow.items() if kind == pa.int16()})


def _probable(stood: pd.DataFrame, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The probable links that stand, by the positions of their rows; of rows that count no more, none."""
    told = [no_links()]
    for name, pair in PAIRS.items():
        own = stood[(stood["pair"] == name) & (stood["method"] == "probable")]
        at = _positions(frames[pair.dataset], "left_at", "")
        to = _positions(frames[pair.register], "right_at", "register_")
        both = own.merge(at, on=ADDRESS).merge(to, on=[f"register_{n}" for n in ADDRESS])
        agreed = [json.loads(a) if isinstance(a, str) else None for a in both["agreed"]]
        told.append(both.assign(agreed=pd.Series(agreed, index=both.index, dtype="object"))[LINK_COLUMNS])
    return pd.concat(told, ignore_index=True)


def _positions(frame: pd.DataFrame, name: str, prefix: str) -> pd.DataFrame:
    found = frame[ADDRESS].astype({"row": "int64"}).assign(**{name: range(len(frame))})
    return found.rename(columns={n: f"{prefix}{n}" for n in ADDRESS})


def _trained(conn: Connection, period: Period) -> dict[str, Trained]:
    query = text("SELECT trained FROM history.link_model WHERE period = :period AND version = :version")
    kept: dict[str, Any] | None = conn.scalar(query, {"period": str(period), "version": VERSION})
    return {pair: Trained.from_data(data) for pair, data in (kept or {}).items()}
