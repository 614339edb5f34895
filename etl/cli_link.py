"""The command line's share in linking: run it, ask officers, explain a link."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from etl.cli_options import Around, json_option, period_option
from etl.model.period import Period

WORKBOOK = click.Path(path_type=Path, dir_okay=False)


@click.command()
@period_option
@click.option("--review", type=WORKBOOK, help="write the uncertain pairs for officers to answer; holds personal data")
@click.option("--answers", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="take a workbook back")
@click.option("--by", help="who has answered")
@json_option
@click.pass_obj
def link(
    around: Around, period: Period, review: Path | None, answers: Path | None, by: str | None, as_json: bool
) -> None:  # fmt: skip
    """Link the same persons and households across sectors, and say how well.

    Rows that share an identifier are linked by it; of the others those that name, birth, sex, place and relatives make
    likelier than not to be one. Only districts whose rows have changed since the last run are looked through again.
    What officers answer always wins, from the next run on (the same command with --answers makes one).

    \b
    Example: giamngheo link --period 2018-Q4
      giamngheo link --period 2018-Q4 --review can-xem.xlsx
      giamngheo link --period 2018-Q4 --answers can-xem.xlsx --by "Trần Thị B"
    """
    from etl import linked, pipeline

    if (answers is None) != (by is None):
        raise click.UsageError("--answers and --by belong together")
    taken = None
    if answers is not None and by is not None:
        taken = linked.take_answers(around.settings(), period, answers, by)
    with around.progress(6, "linking") as step:
        if review is not None:
            done, asked = linked.write_review(around.settings(), period, review, step)
        else:
            done, asked = pipeline.link(around.settings(), str(period), progress=step), None
    if as_json:
        click.echo(json.dumps(_record(done, taken, asked), ensure_ascii=False, indent=1))
    else:
        _print(around, period, done, taken, asked)


def _record(done: Any, taken: Any, asked: int | None) -> dict[str, Any]:
    pairs = [
        {"pair": pair, **told, "seconds": round(done.outcome.seconds.get(pair, 0.0), 1)}
        for pair, told in done.kept.quality.items()
    ]
    return {
        "added": done.kept.added, "ended": done.kept.ended, "idle": done.idle, "pairs": pairs, "asked": asked,
        "answers": vars(taken) if taken else None,
    }  # fmt: skip


def _print(around: Around, period: Period, done: Any, taken: Any, asked: int | None) -> None:
    from etl.reporting import tables

    if taken:
        around.out.print(f"Answers: {taken.new} new, {taken.known} known before, {taken.open} rows left open.")
    flat = [
        {**r, "by_method": ", ".join(f"{m} {n}" for m, n in r["by_method"].items())}
        for r in _record(done, taken, asked)["pairs"]
    ]
    around.out.print(tables.records_table(flat, f"Links of {period}", tables.LINK_COLUMNS))
    around.out.print(f"{done.kept.added} links added, {done.kept.ended} ended.")
    if asked is not None:
        around.out.print(f"{asked} uncertain pairs are written down for officers.")
    for one in done.idle:
        around.out.print(f"links.yml: «{one}» does not name one pair of rows, or gives somebody a second place.")


@click.command("explain-link")
@click.argument("row")
@click.argument("other")
@click.option("--out", type=WORKBOOK, help="a picture of the weights: FILE.svg, or FILE.html with the picture in it")
@json_option
@click.pass_obj
def explain_link(around: Around, row: str, other: str, out: Path | None, as_json: bool) -> None:
    """Why two rows are, or are not, taken for one person or household. ROW is SUBMISSION:SHEET:ROW.

    Weights are in bits: +1 doubles the odds that they are one. The output holds personal data.

    \b
    Example: giamngheo explain-link health_insurance-4f1c2d3e4a5b-1:DS:17 register-0123456789ab-1:Xa:12 --out why.svg
    """
    from etl import linked
    from etl.linking.waterfall import page, svg
    from etl.reporting import tables

    told = linked.why(around.settings(), row, other)
    if out is not None:
        out.write_text(page(told) if out.suffix.lower() in (".html", ".htm") else svg(told), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(told.as_record(), ensure_ascii=False, indent=1))
        return
    steps = [{**vars(step), "bits": f"{step.bits:+.1f}"} for step in told.steps]
    around.out.print(tables.records_table(steps, told.pair.title, ("label", "found", "row", "register", "bits")))
    how = told.method or "not linked"
    around.out.print(f"{how}; {told.total:+.1f} bits, probability {100 * told.probability:.1f} %", soft_wrap=True)
    if out is not None:
        around.out.print(str(out), soft_wrap=True)
