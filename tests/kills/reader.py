"""A reader of what is published, who looks again and again while workers are killed: he never sees half of anything."""

from __future__ import annotations

import threading
import time

import psycopg

from etl.contracts import contracts

_PARTS = [
    f"SELECT 'core.{name}', t.submission_id, md5(string_agg(t::text, '' ORDER BY t.sheet, t.row))"
    f" FROM core.{name} AS t GROUP BY 2"
    for name in contracts()
] + [
    "SELECT 'mart.indicator_value', t.period, md5(string_agg(t::text, '' ORDER BY t.indicator, t.unit_code))"
    " FROM mart.indicator_value AS t GROUP BY 2",
    "SELECT 'mart.edition', t.period || '/' || t.number, md5(string_agg(t::text, '' ORDER BY t.indicator, t.unit_code))"
    " FROM mart.edition_value AS t GROUP BY 2",
]
_LOOK = " UNION ALL ".join(_PARTS) + " ORDER BY 1, 2"

Seen = tuple[tuple[str, str, str], ...]
"""(view, submission or period, hash of its rows) of everything that a reader finds, at one moment."""


def look(url: str) -> Seen:
    """What a reader finds now."""
    with psycopg.connect(url) as conn:
        return _look(conn)


def _look(conn: psycopg.Connection) -> Seen:
    return tuple(conn.execute(_LOOK).fetchall())  # type: ignore[call-overload, no-any-return]


class Reader:
    """Looks until it is told to stop. A lost connection it makes anew; anything else that it meets is kept in ``fault``."""

    def __init__(self, url: str) -> None:
        self._url, self._stop = url, threading.Event()
        self.looks = 0
        self.seen: list[Seen] = []
        self.fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as conn:
                    while not self._stop.is_set():
                        began = time.monotonic()
                        seen = _look(conn)
                        self.looks += 1
                        if not self.seen or self.seen[-1] != seen:
                            self.seen.append(seen)
                        # Leave the processor to those who work.
                        self._stop.wait(4 * (time.monotonic() - began))
            except (psycopg.OperationalError, psycopg.InterfaceError):
                # The server was killed: lost, not wrong.
                time.sleep(0.05)
            except BaseException as fault:
                self.fault = fault
                return
