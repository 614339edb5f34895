"""Commands for those who keep the installation: backup, restore."""

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
