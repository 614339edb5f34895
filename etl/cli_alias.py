"""``giamngheo alias``: what a word of a sender means, looked up, accepted and taken back."""

from __future__ import annotations

from datetime import datetime

import click

from etl.cli_options import Around, json_option

KINDS = ("header", "label", "unit", "sheet")


@click.group()
def alias() -> None:
    """What a header, a label, a unit's name or a sheet of a sender means, once a person has said it.

    A sender answers by choosing on the first sheet of an answer and dropping it again; these commands do the same by
    hand. Aliases stand in aliases.yml in the folder of reviewed decisions.

    \b
    Example: giamngheo alias list
    """


@alias.command("list")
@click.option("--all", "with_revoked", is_flag=True, help="those taken back, too")
@json_option
@click.pass_obj
def list_aliases(around: Around, with_revoked: bool, as_json: bool) -> None:
    """Show the aliases: of whom, what they mean, who accepted them, when, from which file.

    \b
    Example: giamngheo alias list
    """
    from etl.checking.reviewed import load_aliases
    from etl.reporting import tables

    known = [a for a in load_aliases(around.settings().reviewed) if with_revoked or a.revoked is None]
    records = [one.model_dump(mode="json") for one in known]
    if as_json:
        tables.print_json(records)
    else:
        around.out.print(tables.records_table(tables.alias_records(records), "Aliases", tables.ALIAS_COLUMNS))


@alias.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("text")
@click.option("--means", help="the official header, label or unit name; (bỏ qua): no column of the form")
@click.option("--dataset", required=True)
@click.option("--unit", required=True, help="the submitting unit's code, such as 082")
@click.option("--column", default="", help="the contract's column; of a label or a unit")
@click.option("--by", required=True, help="who accepts it")
@click.option("--why", default="", help="the reason, in plain words")
@click.pass_obj
def accept(
    around: Around, kind: str, text: str, means: str | None, dataset: str, unit: str, column: str, by: str, why: str
) -> None:
    """Accept that TEXT means something for a sender; used from then on for its files and named in each answer.

    \b
    Example: giamngheo alias accept label "hộ nghèo TW" --means "Hộ nghèo" --dataset credit_loan --unit 082
             --column programme --by "Trần Thị B"
    """
    from etl.checking import alias_file
    from etl.checking.aliases import LEAVE_OUT, Alias, alias_id, meaning
    from etl.examine import LOCAL_TIME

    words = means or (LEAVE_OUT if kind == "sheet" else "")
    if kind in ("header", "sheet"):
        column, words = meaning(kind, dataset, words)
    one = Alias.model_validate(
        {
            "id": alias_id(kind, dataset, unit, column, text, words), "kind": kind, "dataset": dataset, "unit": unit,
            "column": column, "text": text, "means": words, "by": by, "reason": why,
            "day": datetime.now(LOCAL_TIME).date(),
        }
    )  # fmt: skip
    folder = around.settings().reviewed
    fresh = alias_file.restored(folder, one) or bool(alias_file.accept(folder, [one]))
    around.out.print(f"{one.id}: {'accepted' if fresh else 'was accepted before'}.", soft_wrap=True)


@alias.command()
@click.argument("alias_id", metavar="ID")
@click.option("--by", required=True, help="who takes it back")
@click.option("--why", required=True, help="the reason, in plain words; it is kept")
@click.pass_obj
def revoke(around: Around, alias_id: str, by: str, why: str) -> None:
    """Take an alias back. It stays on record; files that come from now on are read without it.

    \b
    Example: giamngheo alias revoke A-3f0c2d9e1b --by "Trần Thị B" --why "Cột này là số thẻ cũ"
    """
    from etl.checking import alias_file
    from etl.examine import LOCAL_TIME

    gone = alias_file.revoke(around.settings().reviewed, alias_id, by, why, datetime.now(LOCAL_TIME).date())
    around.out.print(f"{gone.id}: taken back.", soft_wrap=True)
