"""The command line's questions about time: what changed between two moments, and from period to period."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime

import click

from etl.cli_options import LEVELS, MOMENT, Around, json_option, period_option
from etl.model.period import Period


@click.command()
@period_option
@click.option("--from", "since", type=MOMENT, help="default: the moment of the newest edition")
@click.option("--to", "until", type=MOMENT, help="default: now")
@click.option("--level", type=click.Choice(LEVELS), help="default: every level; in a table province and districts")
@click.option("--unit", help="one unit's code, such as 082, 02683 or 30a")
@click.option("--indicator", help="one indicator's code, such as POV_RATE")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="comma-separated output, rows counted only")
@click.pass_obj
def diff(
    around: Around, period: Period, since: datetime | None, until: datetime | None, level: str | None, unit: str | None,
    indicator: str | None, as_json: bool, as_csv: bool,
) -> None:  # fmt: skip
    """Which indicators changed between two moments, by how much, because of which submissions and rows.

    A row that stands unchanged in a newer file is not listed. The differences of the rows listed add up to that of the
    figure; where a figure was or is not complete there is no difference to tell, and the rows are those that changed.

    \b
    Example: giamngheo diff --period 2018-Q4 --from 2019-01-20 --to 2019-02-15 --unit 082
    """
    from etl import questions
    from etl.reporting import difference, tables

    found = questions.diff(around.settings(), period, since, until, level=level, unit=unit, indicator=indicator)
    if as_json:
        # One at a time: of a whole province's rows at all levels there are many.
        sys.stdout.write("[")
        for at, change in enumerate(found.changes):
            record = difference.change_record(change.as_record(), found.rows_of(change))
            sys.stdout.write(("," if at else "") + "\n" + json.dumps(record, ensure_ascii=False))
        sys.stdout.write("\n]\n")
        return
    if as_csv:
        flat = difference.flat_records((c.as_record(), len(found.rows_of(c))) for c in found.changes)
        click.echo(tables.csv_text(flat), nl=False)
        return
    everywhere = level is None and unit is None
    shown = [c for c in found.changes if not everywhere or c.area.level in ("province", "district")]
    around.out.print(difference.changes_table([c.as_record() for c in shown], f"Changes of {period}"))
    around.out.print(difference.causes_table([asdict(s) for s in found.submissions]))
    around.out.print(difference.rows_table(found.rows_behind(shown)))


@click.command()
@period_option
@click.option("--level", type=click.Choice(LEVELS), help="default: the province; with --json or --csv every level")
@click.option("--unit", help="one unit's code, such as 082, 02683 or 30a")
@click.option("--as-of", type=MOMENT, help="as the warehouse stood at that moment")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="comma-separated output")
@click.pass_obj
def compare(
    around: Around, period: Period, level: str | None, unit: str | None, as_of: datetime | None, as_json: bool,
    as_csv: bool,
) -> None:  # fmt: skip
    """Each indicator beside the quarter before, a year ago and the year's start, and how far it is to the target.

    Earlier figures are measured anew from what counts now, on this quarter's units. Across a change of the poverty
    standard no difference is told. needed/quarter: the change per quarter that reaches the target in time.

    \b
    Example: giamngheo compare --period 2018-Q4
      giamngheo compare --period 2018-Q4 --unit 084 --json
    """
    from etl import questions
    from etl.reporting import comparison, tables

    if level is None and unit is None and not (as_json or as_csv):
        level = "province"
    with around.progress(0, "comparing"):
        found = questions.compare(around.settings(), period, level, unit, as_of)
    if as_json:
        tables.print_json(found)
    elif as_csv:
        click.echo(tables.csv_text(comparison.flat_records(found)), nl=False)
    else:
        names = {one["unit_name"] for one in found}
        title = f"{period.title_vi}, {names.pop()}" if len(names) == 1 else str(period)
        around.out.print(comparison.comparison_table(found, title))


@click.command()
@period_option
@json_option
@click.pass_obj
def published(around: Around, period: Period, as_json: bool) -> None:
    """Official figures of the quarter's year beside ours, with the difference and the source.

    Also says which official totals are not the sum of the parts that the same source states.

    \b
    Example: giamngheo published --period 2018-Q4
    """
    from etl import questions
    from etl.reference.published import footings
    from etl.reporting import published, tables

    with around.progress(0, "measuring"):
        found = questions.published(around.settings(), period)
    if as_json:
        tables.print_json([{name: tables.plain(value) for name, value in one.items()} for one in found])
        return
    around.out.print(published.published_table(found, f"Published figures of {period.year}"))
    for line in published.footing_lines(footings()):
        around.out.print(f"✘ {line}", markup=False, soft_wrap=True)
