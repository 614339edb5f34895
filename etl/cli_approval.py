"""``giamngheo approve``: decide about what is held back, without Airflow."""

from __future__ import annotations

import sys

import click

from etl.cli_options import Around


@click.command()
@click.argument("subject", metavar="SUBMISSION|PERIOD")
@click.option("--by", help="who decides")
@click.option("--why", help="the reason, in plain words; it is kept")
@click.option("--refuse", is_flag=True, help="do not let it pass")
@click.option("--below-minimum", is_flag=True, help="approve a quarter with too few sources; --why has to say why")
@click.option("--anew", is_flag=True, help="decide once more about a quarter that is decided")
@click.option("--show", is_flag=True, help="only say what is to be decided")
@click.pass_obj
def approve(
    around: Around, subject: str, by: str | None, why: str | None, refuse: bool, below_minimum: bool, anew: bool,
    show: bool,
) -> None:  # fmt: skip
    """Let a held submission or an incomplete quarter pass, or refuse it. «giamngheo status» shows what is held and why.

    What is approved is named: the sources that are missing, the figures without a value. A submission then goes on at
    once: it is published, or rejected, and answered. A quarter is published by the DAG «quarter», whose next run
    passes. What is decided already stays so: by whom and when is said, with exit code 1 if that was the other way.

    \b
    Example: giamngheo approve health_insurance-4f1c2d3e4a5b-1 --by "Trần Thị B" --why "Đã đối chiếu với BHXH"
    """
    from etl import approval
    from etl.warehouse.decisions import Choice

    if show:
        gate = approval.gate(around.settings(), subject)
        around.out.print(gate.shown if gate.waits else f"{subject}: nothing waits for a decision.", soft_wrap=True)
        return
    if by is None or why is None:
        raise click.UsageError("--by and --why say who decides and why; --show says what is to be decided.")
    choice: Choice = "refuse" if refuse else "approve"
    outcome = approval.decide(
        around.settings(), subject, choice, by, why, below_minimum=below_minimum, anew=anew
    )  # fmt: skip
    period = approval.carry_on(around.settings(), subject)
    if outcome:
        around.out.print(f"{subject}: {'refused' if refuse else 'approved'}.", soft_wrap=True)
        around.out.print(outcome.decision.shown, soft_wrap=True, markup=False)
    else:
        around.out.print(f"{subject}: {outcome.told}.", soft_wrap=True, markup=False)
    if period is not None:
        around.out.print(f"The data of {period} are published.", soft_wrap=True)
    if outcome.contradicts(choice):
        sys.exit(1)
