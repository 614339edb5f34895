"""``giamngheo approve``: decide about what is held back, without Airflow."""

from __future__ import annotations

import click

from etl.cli_options import Around


@click.command()
@click.argument("subject", metavar="SUBMISSION|PERIOD")
@click.option("--by", required=True, help="who decides")
@click.option("--why", required=True, help="the reason, in plain words; it is kept")
@click.option("--refuse", is_flag=True, help="do not let it pass")
@click.pass_obj
def approve(around: Around, subject: str, by: str, why: str, refuse: bool) -> None:
    """Let a held submission or an incomplete quarter pass, or refuse it. «giamngheo status» shows what is held and why.

    A submission then goes on at once: it is published, or rejected, and answered. A quarter is published by the DAG
    «quarter», whose next run passes.

    \b
    Example: giamngheo approve health_insurance-4f1c2d3e4a5b-1 --by "Trần Thị B" --why "Đã đối chiếu với BHXH"
    """
    from etl import approval

    counts = approval.decide(around.settings(), subject, "refuse" if refuse else "approve", by, why)
    period = approval.carry_on(around.settings(), subject)
    told = "refused" if refuse else "approved"
    around.out.print(f"{subject}: {told if counts else 'was decided before, and stays so'}.", soft_wrap=True)
    if period is not None:
        around.out.print(f"The data of {period} are published.", soft_wrap=True)
