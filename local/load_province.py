"""Put the rows of a made province into a warehouse, as the load of its files does: for what looks at rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import text

from etl.contracts import contract, contracts
from etl.model.period import Period
from etl.settings import Settings
from etl.warehouse import connect, ledger
from etl.warehouse import load as loading
from etl.warehouse import publish as publishing
from samples.province import Province
from samples.stored import stored

PERIOD = Period(2018, 4)
_HOURS = ZoneInfo("Asia/Ho_Chi_Minh")


def submissions(province: Province) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Dataset, unit and rows of every submission of a province."""
    for form in contracts().values():
        rows = stored(province, form.dataset)
        if form.sent_by == "province":
            yield form.dataset, province.units.province.code, rows
        else:
            for unit, own in rows.groupby("district_code"):
                yield form.dataset, str(unit), own.reset_index(drop=True)


def put_all(settings: Settings, rows: list[tuple[str, str, pd.DataFrame]], nth: int) -> None:
    """``put`` for several."""
    for dataset, unit, own in rows:
        put(settings, dataset, unit, own, nth)


def put(settings: Settings, dataset: str, unit: str, rows: pd.DataFrame, nth: int) -> None:
    """Let the rows of a dataset and unit count, as the load of a file does; the nth of its kind is the newer one."""
    name = f"{contract(dataset).sector}-{dataset}-{unit}-{nth}"
    moment = datetime(2019, 1, 1, tzinfo=_HOURS) + timedelta(minutes=nth)
    with connect(settings) as engine:
        with engine.begin() as conn:
            conn.execute(
                text(
                    "INSERT INTO intake.submission (id, sector, file_name, folder, sha256, attempt, size_bytes,"
                    " modified_at, period, dataset, unit_code, as_of) VALUES"
                    " (:id, :sector, :id, '', :id, 1, 1, :at, :period, :dataset, :unit, :as_of)"
                ),
                {"id": name, "sector": contract(dataset).sector, "at": moment, "period": str(PERIOD),
                 "dataset": dataset, "unit": unit, "as_of": PERIOD.last_day},
            )  # fmt: skip
            submission = ledger.get(conn, name)
            loading.load_rows(conn, submission, rows.reindex(columns=_columns(dataset)))
            publishing.publish(conn, name)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as conn:
            loading.vacuum(conn, submission)


def _columns(dataset: str) -> list[str]:
    return ["sheet", "row", *(name for name, _ in contract(dataset).stored_columns)]
