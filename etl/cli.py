"""The command line, ``giamngheo``. Each command says what it does and shows an example; errors come in plain words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from etl.cli_alias import alias
from etl.cli_approval import approve
from etl.cli_custody import backup, forget, housekeeping, restore
from etl.cli_link import explain_link, link
from etl.cli_options import (
    EXIT_FAILED,
    LEVELS,
    MOMENT,
    PERIOD,
    Around,
    end_with,
    exit_code,
    json_option,
    period_option,
    units_on_option,
)
from etl.cli_quality import take_again
from etl.cli_time import compare, diff, published
from etl.model.obstacle import Failure
from etl.model.period import Period
from etl.settings import SECTORS, settings

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)

EXIT_USAGE = 64


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="giamngheo")
def cli() -> None:
    """From the files that sectors drop to the indicators of the province's poverty-reduction report.

    GIAMNGHEO_HOME (default ./data) holds inbox, outbox, archive and reports; GIAMNGHEO_WAREHOUSE_URL points to a
    given PostgreSQL, otherwise an embedded one is started.

    \b
    Example, from nothing to numbers:
      giamngheo init
      giamngheo sample /tmp/province --period 2018-Q4
      giamngheo ingest /tmp/province
      giamngheo indicators --period 2018-Q4
    """


@contextmanager
def progress(total: int, label: str) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr; the function given takes the name of the next piece of work."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        task = bar.add_task(label, total=total or None)
        first = True

        def step(name: str) -> None:
            nonlocal first
            bar.update(task, description=f"{label}: {name[-40:]}", advance=0 if first else 1)
            first = False

        yield step


@cli.command()
def init() -> None:
    """Make the warehouse ready: migrations and reference data. Safe to repeat.

    \b
    Example: giamngheo init
    """
    from etl.warehouse import connect, upgrade

    for folder in (settings().inbox, settings().outbox):
        for sector in SECTORS:
            (folder / sector).mkdir(parents=True, exist_ok=True)
    with connect(settings(), fresh=True) as engine:
        upgrade(engine)
    OUT.print(f"The warehouse is ready. Sectors drop their files into {settings().inbox}/<sector>/.", soft_wrap=True)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@period_option
@click.option(
    "--scale", type=click.FloatRange(0, 1, min_open=True), default=0.02, show_default=True, help="of the province"
)
@click.option("--communes", type=click.IntRange(1), default=12, show_default=True, help="how many have people")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--level", type=click.Choice(["clean", "realistic", "hostile"]), default="clean", show_default=True)
@click.option(
    "--without-numbers", type=click.FloatRange(0, 1), default=0.0, show_default=True,
    help="share of pairs of rows that no identifier joins, written differently",
)  # fmt: skip
def sample(
    folder: Path, period: Period, scale: float, communes: int, seed: int, level: str, without_numbers: float
) -> None:
    """Write a made-up province of sector files into FOLDER, with the true indicators beside it.

    \b
    Example: giamngheo sample /tmp/province --period 2018-Q4 --communes 12 --level realistic
    """
    import samples

    with progress(communes, "people of") as step:
        written = samples.write_sample(
            folder, period, scale=scale, communes=communes, seed=seed, level=level, without_numbers=without_numbers,
            progress=step,
        )  # fmt: skip
    OUT.print(f"{len(written.files)} files in {folder}; the truth: {written.truth}", soft_wrap=True)


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--sector", type=click.Choice(SECTORS), help="whose file it is meant to be")
@json_option
def check(files: tuple[Path, ...], sector: str | None, as_json: bool) -> None:
    """Examine files without storing anything. Exit code 0: accepted, 1: with rejected rows, 2: rejected.

    \b
    Example: giamngheo check credit_loan_082.xlsx --sector credit
    """
    from etl import dry_run
    from etl.reporting import tables

    failures: list[Failure] = []
    with progress(len(files), "examining") as step:
        results = dry_run.check_files(settings(), list(files), sector, step, failures)
    if as_json:
        tables.print_json([result.as_record() for result in results])
    else:
        for result in results:
            OUT.print(tables.examined_table(result.as_record()))
    end_with(failures, len(results))
    sys.exit(exit_code(result.examined.verdict.value for result in results))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--sector", type=click.Choice(SECTORS), help="whose files these are, where the folder does not say")
@json_option
def ingest(files: tuple[Path, ...], sector: str | None, as_json: bool) -> None:
    """Take files or folders through the whole file journey, here and now. The files stay where they are.

    The sector is --sector, else the folder named like one (credit/…), else told by the form itself. Exit codes as for
    check; 70 where the system failed at some of the files: those are named, and the others are taken.

    \b
    Example: giamngheo ingest /tmp/province
    """
    from etl import pipeline
    from etl.dry_run import drops_of
    from etl.reporting import tables

    failures: list[Failure] = []
    drops = drops_of(settings(), list(files), sector, failures)
    with progress(len(drops), "ingesting") as step:
        done = pipeline.ingest(settings(), drops, lambda drop: step(drop.name), failures)
    records = [one.as_record() for one in done]
    if as_json:
        tables.print_json(records)
    else:
        OUT.print(tables.records_table(records, "Submissions", tables.SUBMISSION_COLUMNS))
        OUT.print(f"Answers: {settings().outbox}/<sector>/", soft_wrap=True)
    end_with(failures, len(done))
    sys.exit(exit_code(one.submission.verdict for one in done))


@cli.command()
@click.option("--period", type=PERIOD, help="the quarter; default: the newest that anybody has sent")
@click.option("--as-of", type=MOMENT, help="as it stood at that moment")
@json_option
def status(period: Period | None, as_of: datetime | None, as_json: bool) -> None:
    """Who has sent what, who has not, what was rejected and why, now or at a moment; and how good it is.

    Rows: taken, ✘ rejected, and in brackets those left out as no data (template rows, group rows, notes) that have
    values. Quality: of 100 data rows (accepted and rejected) those without any critical or warning finding that is not
    waived; of what was dropped last, by sector and unit; findings between sectors count in nobody's.

    \b
    Example: giamngheo status --period 2018-Q4
    """
    from etl import questions
    from etl.reporting import tables

    records = questions.status(settings(), period, as_of)
    if as_json:
        tables.print_json(records)
    else:
        OUT.print(tables.records_table(tables.for_reading(records), "Submissions", tables.STATUS_COLUMNS))
        if as_of is None:
            scores = questions.quality(settings(), period)
            OUT.print(tables.records_table(scores, "Quality", tables.QUALITY_COLUMNS))
            OUT.print(tables.QUALITY, soft_wrap=True)


@cli.command()
@click.option("--submission", help="one submission's id")
@click.option("--period", type=PERIOD, help="of every submission that names the quarter")
@json_option
def findings(submission: str | None, period: Period | None, as_json: bool) -> None:
    """Every fault and doubt, with file, sheet, row and column.

    \b
    Example: giamngheo findings --period 2018-Q4 --json
    """
    from etl import questions
    from etl.reporting import tables

    records = tables.finding_records(questions.findings(settings(), submission, period))
    if as_json:
        tables.print_json(records)
    else:
        OUT.print(tables.records_table(tables.for_reading(records), "Findings", tables.FOUND_COLUMNS))


@cli.command()
@period_option
@click.option("--level", type=click.Choice(LEVELS), help="default: every level; in a table the province")
@click.option("--unit", help="one unit's code, such as 082, 02683 or 30a")
@click.option("--as-of", type=MOMENT, help="as the warehouse stood at that moment")
@units_on_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="comma-separated output")
def indicators(
    period: Period,
    level: str | None,
    unit: str | None,
    as_of: datetime | None,
    units_on: datetime | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """The indicators of a quarter, measured from the rows that count now or at a moment.

    --units-on tells them of the units of a later day: what communes contribute is added up along their successors; a
    figure that rests on a commune divided between its units and others is marked approximate.

    \b
    Example: giamngheo indicators --period 2018-Q4 --level district
      giamngheo indicators --period 2018-Q4 --units-on 2025-07-01 --level commune
    """
    from etl import questions
    from etl.reporting import tables

    if level is None and unit is None and not (as_json or as_csv):
        level = "province"
    frame = questions.indicators(settings(), period, level, unit, as_of, units_on and units_on.date())
    if as_json:
        tables.print_json(tables.indicator_records(frame))
    elif as_csv:
        click.echo(tables.csv_text(tables.indicator_records(frame)), nl=False)
    else:
        OUT.print(tables.indicator_table(frame))


@cli.command()
@click.argument("indicator")
@period_option
@click.option("--unit", required=True, help="the unit's code, such as 10, 082, 02683 or 30a")
@click.option("--as-of", type=MOMENT, help="as the warehouse stood at that moment")
@units_on_option
@json_option
def trace(
    indicator: str, period: Period, unit: str, as_of: datetime | None, units_on: datetime | None, as_json: bool
) -> None:
    """The rows behind a number: file, sheet, row, and what each contributes.

    \b
    Example: giamngheo trace POV_RATE --period 2018-Q4 --unit 082
    """
    from etl import questions
    from etl.reporting import tables

    day = units_on and units_on.date()
    records = tables.trace_records(questions.trace(settings(), indicator, period, unit, as_of, day))
    if as_json:
        tables.print_json(records)
    else:
        OUT.print(tables.records_table(records, f"{indicator} {period} {unit}", tables.TRACE_COLUMNS))


@cli.command()
@period_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="default: the reports folder")
@click.option("--edition", type=click.IntRange(1), help="a published edition; default: the newest, else provisional")
def report(period: Period, out: Path | None, edition: int | None) -> None:
    """Write the report workbook.

    \b
    Example: giamngheo report --period 2018-Q4 --out /tmp
    """
    from etl import questions

    OUT.print(str(questions.report(settings(), period, out, edition)), soft_wrap=True)


@cli.command()
@click.argument("dataset")
@click.option("--unit", help="the submitting unit's code, such as 082; default: the province")
@click.option("--period", type=PERIOD, help="the quarter; default: the last that has ended")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="the workbook to write")
def template(dataset: str, unit: str | None, period: Period | None, out: Path) -> None:
    """Write the workbook of a DATASET for a unit to fill in: official header, lists to choose from, instructions.

    \b
    Example: giamngheo template credit_loan --unit 082 --out credit_loan_082.xlsx
    """
    from etl import questions

    OUT.print(str(questions.template(dataset, unit, period, out)), soft_wrap=True)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="the largest table found, as clean UTF-8 csv")
def peek(file: Path, as_json: bool, as_csv: bool) -> None:
    """Show what the reader sees in any FILE: sheets, tables, header and data rows, title, dataset; of each column what
    it is taken for, how sure that is and by what evidence; columns that are not used.

    \b
    Example: giamngheo peek bao_cao.xlsx
    """
    from datetime import UTC

    from etl import peek as peeking
    from etl.reporting import tables

    if as_csv:
        rows = peeking.as_table(settings(), file)
        click.echo(tables.csv_rows(rows), nl=False)
        return
    seen = peeking.peek(settings(), file, datetime.now(UTC).date())
    if as_json:
        tables.print_json([one.as_record() for one in seen])
    else:
        for one in seen:
            OUT.print(tables.facts_table(one.for_reading(), ("file",)))


@cli.command()
def doctor() -> None:
    """What is wrong with this installation, in plain words. Exit code 0 when nothing is.

    \b
    Example: giamngheo doctor
    """
    from etl.doctor import examine_installation

    healthy = True
    for point in examine_installation(settings()):
        healthy &= point.good
        OUT.print(f"{'✔' if point.good else '✘'} {point.what}: {point.detail}", soft_wrap=True, markup=False)
    sys.exit(0 if healthy else EXIT_FAILED)


for command in (
    diff,
    compare,
    published,
    link,
    explain_link,
    approve,
    alias,
    backup,
    restore,
    forget,
    housekeeping,
    take_again,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a failure of the system ends in one plain sentence and exit code 70."""
    try:
        cli(standalone_mode=False, obj=Around(settings, OUT, progress))
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        ERR.print("Stopped.")
        sys.exit(130)
    except click.ClickException as fault:
        fault.show()
        sys.exit(EXIT_USAGE)
    except Exception as fault:
        ERR.print(f"giamngheo: {_plain(fault)}", style="red", markup=False, soft_wrap=True)
        sys.exit(EXIT_FAILED)


def _plain(fault: Exception) -> str:
    """What a failure says, in a sentence. Raises it again where it is none of those that are known to happen."""
    # Not at the top of the module: --help must not wait for it.
    from sqlalchemy.exc import DBAPIError

    from etl.warehouse import WarehouseError

    if isinstance(fault, DBAPIError):
        return f"the warehouse refused: {str(fault.orig).strip().splitlines()[0]}"
    if isinstance(fault, KeyError) and fault.args:
        return str(fault.args[0])
    if isinstance(fault, WarehouseError | OSError | LookupError | ValueError):
        return str(fault)
    raise fault


if __name__ == "__main__":
    main()
