"""The command line's share in linking: run it, ask officers, explain a link."""

from __future__ import annotations

import json

import click

from etl.cli_options import Around, json_option, period_option
from etl.model.period import Period


@click.command()
@period_option
@json_option
@click.pass_obj
def link(around: Around, period: Period, as_json: bool) -> None:
    """Link the same persons and households across sectors, and say how well.

    Rows that share an identifier are linked by it; of the others those that name, birth, sex, place and relatives make
    likelier than not to be one. Only districts whose rows have changed since the last run are looked through again.

    \b
    Example: giamngheo link --period 2018-Q4
    """
    from etl import pipeline
    from etl.reporting import tables

    with around.progress(6, "linking") as step:
        done = pipeline.link(around.settings(), str(period), progress=step)
    records = [
        {"pair": pair, **told, "seconds": round(done.outcome.seconds[pair], 1)}
        for pair, told in done.kept.quality.items()
    ]
    if as_json:
        said = {"added": done.kept.added, "ended": done.kept.ended, "idle": done.idle, "pairs": records}
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    flat = [{**r, "by_method": ", ".join(f"{m} {n}" for m, n in r["by_method"].items())} for r in records]
    around.out.print(tables.records_table(flat, f"Links of {period}", tables.LINK_COLUMNS))
    around.out.print(f"{done.kept.added} links added, {done.kept.ended} ended.")
    for one in done.idle:
        around.out.print(f"links.yml: «{one}» does not name one pair of rows, or gives somebody a second place.")
