"""The command line's share in what people in charge decide about findings and cells."""

from __future__ import annotations

import sys

import click

from etl.cli_options import Around, end_with, exit_code, json_option
from etl.model.obstacle import Failure


@click.command("take-again")
@click.argument("submissions", nargs=-1, required=True, metavar="SUBMISSION...")
@json_option
@click.pass_obj
def take_again(around: Around, submissions: tuple[str, ...], as_json: bool) -> None:
    """Take submissions again as they were sent, under the waivers and corrections of now.

    The sector need not send anything: the file is in the archive. The new submission takes the former one's place,
    which --as-of still shows; the answer is written anew. Exit codes as for check; 70 where one cannot be taken again.

    \b
    Example: giamngheo take-again credit-0123456789ab-1
    """
    from etl import pipeline
    from etl.checking import ReviewedError
    from etl.reporting import tables

    done, failures = [], []
    for one in submissions:
        try:
            done.append(pipeline.take_again(around.settings(), one))
        except ReviewedError:
            raise
        except (LookupError, ValueError) as fault:
            failures.append(Failure(one, str(fault)))
    records = [one.as_record() for one in done]
    if as_json:
        tables.print_json(records)
    else:
        around.out.print(tables.records_table(records, "Submissions", tables.SUBMISSION_COLUMNS))
    end_with(failures, len(done))
    sys.exit(exit_code(one.submission.verdict for one in done))
