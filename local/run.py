"""`make run`: a sample quarter through the real Airflow to the published report, then everything is stopped."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Connection, Engine, text

import samples
from etl.indicators import editions, indicators, measure
from etl.intake.archive import keep
from etl.model.period import Period
from etl.reporting.words import INCOMPLETE, met_vi, number_vi
from etl.settings import SECTORS, Settings, settings
from etl.warehouse import WarehouseError, connect, upgrade
from etl.warehouse.embedded import serving
from local.stack import Stack, StackError, running

PERIOD = Period(2018, 4)
OUT = Console(highlight=False)
_PATIENCE = 900

DAGS = {"collect", "indicators", "quarter", *(f"sector_{sector}" for sector in SECTORS)}


def main() -> int:
    """Run; 0 when the quarter is published, 1 with what failed and where its log lies."""
    began = time.monotonic()
    own = settings()
    try:
        if own.warehouse_url:
            raise WarehouseError("make run brings its own PostgreSQL: unset GIAMNGHEO_WAREHOUSE_URL")
        # The server is kept from here to the end, so that the steps between do not start and stop it each.
        with serving(own):
            with connect(own, fresh=True) as engine:
                upgrade(engine)
                OUT.print(f"✔ PostgreSQL runs and is migrated ({own.postgres})", soft_wrap=True)
                files = _sample(own)
                if _is_done(engine, own, files):
                    OUT.print("Nothing to do: every sample file is in the warehouse and the edition stands.")
                    _show(engine, own)
                    return 0
                files_to_drop = _not_sent(engine, own, files)
            _drop(own, files_to_drop)
            with running(own) as stack:
                OUT.print(f"✔ Airflow is starting ({stack.logs})", soft_wrap=True)
                stack.wait_ready(DAGS)
                with connect(own) as engine:
                    _journey(stack, engine, len(files))
            with connect(own) as engine:
                _show(engine, own)
    except (StackError, WarehouseError) as fault:
        OUT.print(f"✘ {fault}", style="red", markup=False, soft_wrap=True)
        return 1
    OUT.print(f"Done in {time.monotonic() - began:.0f} s; everything that was started is stopped.")
    OUT.print("Next: make up, for Airflow's UI with everything live; for the rows behind a number:")
    OUT.print(f"  .venv/bin/giamngheo trace POV_RATE --period {PERIOD} --unit 10")
    return 0


def _sample(own: Settings) -> list[Path]:
    """The sample quarter's files, written once."""
    folder = own.home / "sample"
    if not (folder / "truth" / "submissions.json").exists():
        fresh = own.home / "sample.new"
        shutil.rmtree(fresh, ignore_errors=True)
        columns = (SpinnerColumn(), TextColumn("writing the sample quarter: {task.description}"))
        with Progress(*columns, console=OUT, transient=True, disable=not OUT.is_terminal) as bar:
            task = bar.add_task("")
            samples.write_sample(fresh, PERIOD, progress=lambda name: bar.update(task, description=name))
        fresh.rename(folder)
    files = sorted(f for sector in SECTORS for f in (folder / sector).iterdir())
    OUT.print(f"✔ the sample quarter {PERIOD}: {len(files)} files in {folder}", soft_wrap=True)
    return files


def _drop(own: Settings, files: list[Path]) -> None:
    """Put the files into the inbox as a sector would, each all at once."""
    for file in files:
        folder = own.inbox / file.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f".{file.name}.part"
        shutil.copy2(file, waiting)
        waiting.rename(folder / file.name)
    OUT.print(f"✔ dropped into {own.inbox}/<sector>/", soft_wrap=True)


def _not_sent(engine: Engine, own: Settings, files: list[Path]) -> list[Path]:
    """The files that an earlier run, which was interrupted, has not brought into the ledger."""
    with engine.connect() as conn:
        sent = {(r.sector, r.sha256) for r in conn.execute(text("SELECT sector, sha256 FROM intake.submission"))}
    return [f for f in files if (f.parent.name, keep(f, own.archive).sha256) not in sent]


def _is_done(engine: Engine, own: Settings, files: list[Path]) -> bool:
    """Whether each file is a submission that counts, by content, and the newest edition rests on just these."""
    hashes = {(f.parent.name, keep(f, own.archive).sha256) for f in files}
    with engine.connect() as conn:
        current = _current(conn)
        newest = editions.get(conn, PERIOD)
        if newest is None:
            return False
        rests_on = set(
            conn.scalars(
                text("SELECT submission_id FROM mart.edition_submission WHERE period = :p AND number = :n"),
                {"p": str(PERIOD), "n": newest.number},
            )
        )
    return hashes == set(current.values()) and set(current) == rests_on


def _current(conn: Connection) -> dict[str, tuple[str, str]]:
    rows = conn.execute(
        text(
            "SELECT DISTINCT s.id, s.sector, s.sha256 FROM core.current_coverage AS c"
            " JOIN intake.submission AS s ON s.id = c.submission_id WHERE c.period = :period"
        ),
        {"period": str(PERIOD)},
    )
    return {r.id: (r.sector, r.sha256) for r in rows}


class _Board:
    """Progress of the journey's stations: bars on a terminal, now and then a line elsewhere."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=OUT, disable=not OUT.is_terminal)
        self._tasks: dict[str, TaskID] = {}
        self._shown: dict[str, int] = {}
        self._began = time.monotonic()

    def __enter__(self) -> _Board:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, station: str, done: int, of: int = 1) -> None:
        """Show how far a station is."""
        task = self._tasks.setdefault(station, self._bars.add_task(station, total=of, visible=False))
        self._bars.update(task, completed=done, visible=True)
        step = max(1, of // 6)
        if not OUT.is_terminal and (done == of or done >= self._shown.get(station, 0) + step) and done:
            if self._shown.get(station) != done:
                OUT.print(f"  {time.monotonic() - self._began:4.0f} s  {station}: {done} of {of}", soft_wrap=True)
            self._shown[station] = done


@dataclass(frozen=True)
class _Counts:
    ended: int
    failed: list[tuple[str, str]]


def _journey(stack: Stack, engine: Engine, expected: int) -> None:
    """collect → a run a submission → indicators → quarter, with progress."""
    deadline = time.monotonic() + _PATIENCE
    with _Board() as board:
        _succeed(stack, "collect", stack.trigger("collect"))
        board.show("collect: inbox scanned, runs started", 1)
        ended = 0
        while ended < expected:
            counts = _sector_runs(stack)
            ended = counts.ended
            board.show("sector_*: submissions finished", ended, expected)
            _fail_on(stack, counts.failed)
            _check(stack, deadline, f"only {ended} of {expected} submissions were finished")
        while not _measured(stack, engine):
            _check(stack, deadline, "the provisional figures were not measured")
        board.show("indicators: provisional figures measured", 1)
        _succeed(stack, "quarter", stack.trigger("quarter", conf={"period": str(PERIOD)}))
        board.show("quarter: edition published, report written", 1)


def _check(stack: Stack, deadline: float, lacking: str) -> None:
    stack.check_alive()
    if time.monotonic() > deadline:
        raise StackError(f"{lacking} in {_PATIENCE} s; logs: {stack.logs}")
    time.sleep(1)


def _sector_runs(stack: Stack) -> _Counts:
    runs = [r for r in stack.runs() if r["dag_id"].startswith("sector_")]
    failed = [(r["dag_id"], r["dag_run_id"]) for r in runs if r["state"] == "failed"]
    return _Counts(sum(r["state"] == "success" for r in runs), failed)


def _measured(stack: Stack, engine: Engine) -> bool:
    runs = stack.runs("indicators")
    _fail_on(stack, [("indicators", r["dag_run_id"]) for r in runs if r["state"] == "failed"])
    with engine.connect() as conn:
        return not measure.outdated(conn) and all(r["state"] == "success" for r in runs)


def _succeed(stack: Stack, dag_id: str, run_id: str) -> None:
    if stack.wait(dag_id, run_id, _PATIENCE) != "success":
        _fail_on(stack, [(dag_id, run_id)])


def _fail_on(stack: Stack, failed: list[tuple[str, str]]) -> None:
    for dag_id, run_id in failed:
        tasks = [name for name, state in stack.states(dag_id, run_id).items() if state == "failed"]
        logs = stack.logs / f"dag_id={dag_id}" / f"run_id={run_id}"
        raise StackError(f"{dag_id} failed at {', '.join(tasks) or 'no task'} in run {run_id}; logs: {logs}")


def _show(engine: Engine, own: Settings) -> None:
    """The province's indicators of the newest edition, and where the report lies."""
    with engine.connect() as conn:
        newest = editions.get(conn, PERIOD)
        if newest is None:
            return
        rows = conn.execute(
            text("SELECT * FROM mart.edition_value WHERE period = :p AND number = :n AND unit_level = 'province'"),
            {"p": str(PERIOD), "n": newest.number},
        ).all()
    values = {r.indicator: r for r in rows}
    table = Table(title=f"Tỉnh Lào Cai, {PERIOD.title_vi}, công bố lần {newest.number}", title_justify="left")
    table.add_column("Chỉ tiêu", overflow="fold")
    for name in ("Kết quả", "", "Mục tiêu"):
        table.add_column(name, justify="left" if name == "" else "right", no_wrap=True)
    table.add_column("Đánh giá", no_wrap=True)
    for code, one in indicators().items():
        row = values.get(code)
        if row is None or not one.in_summary:
            continue
        shown = number_vi(row.value, 2 if row.denominator is not None else 0) if row.complete else INCOMPLETE
        target = number_vi(row.target, 1) if row.target is not None else ""
        table.add_row(f"{one.names.vi} [dim]{code}[/]", shown, one.query.unit, target, met_vi(row.met))
    OUT.print(table)
    place = own.reports / str(PERIOD)
    OUT.print(f"Report:  {place}/bao-cao-giam-ngheo_{PERIOD}_lan-{newest.number}.xlsx", soft_wrap=True)
    OUT.print(f"Answers: {own.outbox}/<sector>/", soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main())
