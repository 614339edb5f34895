"""Commands for those who keep the installation: backup, restore, forget, housekeeping."""

from __future__ import annotations

from pathlib import Path

import click

from etl.cli_options import Around


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def backup(around: Around, folder: Path) -> None:
    """Write the warehouse, the archive, answers, reports and reviewed files into FOLDER, with their checksums.

    FOLDER must be absent or empty, and gets its name when everything is in it. It holds personal data.

    \b
    Example: giamngheo backup /backup/2019-01-31
    """
    from etl.custody.backup import backup as write

    with around.progress(0, "backup") as step:
        made = write(around.settings(), folder, step)
    size = sum(kept.size for kept in made.files.values()) / 1024**2
    around.out.print(f"{len(made.files)} files, {size:.1f} MiB, in {folder}", soft_wrap=True)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--over", is_flag=True, help="in place of what the warehouse and GIAMNGHEO_HOME hold, which is lost")
@click.pass_obj
def restore(around: Around, folder: Path, over: bool) -> None:
    """Verify the backup in FOLDER and put it in place. Nobody else may be using the warehouse.

    \b
    Example: giamngheo restore /backup/2019-01-31
    """
    from etl.custody.restore import restore as put_back

    with around.progress(0, "restore") as step:
        manifest = put_back(around.settings(), folder, over=over, progress=step)
    tables = sum(map(len, manifest.checksums.values()))
    around.out.print(
        f"Restored as of {manifest.made_at:%Y-%m-%d %H:%M} UTC: {len(manifest.files)} files, "
        f"{tables} tables and views with the checksums they had.", soft_wrap=True,
    )  # fmt: skip


@click.command()
@click.option("--person", "number", required=True, help="insurance number (10 digits) or CMND/CCCD (9 or 12)")
@click.option("--reason", prompt="Why", help="kept in the ledger: the request, its date")
@click.option("--by", prompt="Who decided", help="kept in the ledger")
@click.option("--yes", is_flag=True, help="do not ask")
@click.pass_obj
def forget(around: Around, number: str, reason: str, by: str, yes: bool) -> None:
    """Take a person out of facts, files, findings and answers; every figure stays as it is. There is no way back.

    A made-up name and made-up numbers stand in their place, the same everywhere. Interrupted, it is run again.
    Backups made before still hold the person.

    \b
    Example: giamngheo forget --person 2412345678 --reason "request 12/2019" --by "Lan" --yes
    """
    from etl.custody import forget as forgetting

    with around.progress(0, "looking into") as step:
        plan = forgetting.plan(around.settings(), number, step)
    resumed = forgetting.is_under_way(around.settings())
    if plan.nothing and not resumed:
        around.out.print("Nobody with this number is in the facts, the files or the reviewed waivers and corrections.")
        return
    for dataset, count in sorted(plan.rows.items()):
        around.out.print(f"{dataset}: {count} rows")
    unreadable = sum(found.unreadable for found in plan.files)
    around.out.print(f"files of the archive: {len(plan.files) - unreadable} rewritten without the person")
    if unreadable:
        around.out.print(f"files that no reader can open: {unreadable}, emptied as a whole")
    around.out.print(f"files of the outbox: {len(plan.answers)} written anew; reviewed files: {len(plan.reviewed)}")
    if len(plan.unlike) > 1:
        around.out.print("The number stands beside several names or years of birth: all of them are taken out:")
        for name, year in sorted(plan.unlike, key=str):
            around.out.print(f"  {name}, {year or 'year unknown'}", markup=False)
    if not yes:
        click.confirm("Take this person out?", abort=True)
    with around.progress(0, "forgetting") as step:
        forgetting.carry_out(around.settings(), plan, by=by, reason=reason, progress=step)
    around.out.print(f"Done. In place of the person stands {plan.token}.")
    if resumed and not forgetting.plan(around.settings(), number).nothing:
        around.out.print("Files with the person have come in the meantime: run this once more.")


@click.command()
@click.option("--dry-run", is_flag=True, help="only say what would be removed")
@click.pass_obj
def housekeeping(around: Around, dry_run: bool) -> None:
    """Remove what is kept no longer (docs/deploy.md, "Retention") and vacuum the tables. Safe to repeat.

    Never facts, and never the original of a submission that was accepted or is on its way.

    \b
    Example: giamngheo housekeeping --dry-run
    """
    from etl.custody.housekeeping import housekeeping as apply_retention

    removed = apply_retention(around.settings(), dry_run=dry_run)
    for one in removed:
        around.out.print(f"{one.why}: {one.path}", soft_wrap=True, markup=False)
    size = sum(one.size for one in removed) / 1024**2
    around.out.print(f"{'Would remove' if dry_run else 'Removed'} {len(removed)} things, {size:.1f} MiB.")
