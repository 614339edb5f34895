"""The command line's questions about time: what changed between two moments."""

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
