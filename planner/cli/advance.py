"""The command that makes the case of a later day from a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.cli.options import as_text, ends_in_a_status, plans_in
from planner.cli.paths import FOLDER, TO_FOLDER

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("plan", type=FOLDER)
@click.option("--to", "day", required=True, metavar="DATE", help="The later day: the first of a period of the plan.")
@click.option("-o", "--output", "case", type=TO_FOLDER, required=True, metavar="CASE", help="Folder for the case.")
@click.option(
    "--actuals", "folder", type=FOLDER, metavar="FOLDER",
    help="What was not as planned: cash.csv, usage.csv, deliveries.csv, demand.csv, prices.csv.",
)  # fmt: skip
@click.option(
    "--outcome", "outcomes", multiple=True, metavar="EVENT:OUTCOME",
    help="How an event turned out that is known by the day. May be repeated.",
)  # fmt: skip
@click.option(
    "--period-months", type=click.Choice(["1", "3", "6", "12"]), help="Length of a period instead of the plan's."
)
@click.option("--force", is_flag=True, help="Replace the case that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def advance(
    plan: Path,
    day: str,
    case: Path,
    folder: Path | None,
    outcomes: tuple[str, ...],
    period_months: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Make the CASE of a later day from a PLAN: what was signed by then is data, what is under way has its balance.

    The plan is audited first; exit status 7: the audit does not agree.
    """
    from planner.basics.outputs import refuse_to_touch
    from planner.roll.advance import advance as advanced
    from planner.roll.advance import day_in
    from planner.roll.folder import refuse_to_replace, write
    from planner.roll.readme import summary

    refuse_to_touch(plan, case)
    refuse_to_replace(case, force=force)
    months = None if period_months is None else int(period_months)
    made = advanced(plans_in(plan)[0], day_in(day), folder, months, outcomes)
    write(made, case, force=force)
    click.echo(as_text(made.json()) if as_json else f"{summary(made)}\n\nWritten to {case}; next: planner check {case}")
    return 0
