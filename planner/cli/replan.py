"""The command that plans anew from the plan before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in
from planner.cli.options import (
    SEARCH,
    STRICT,
    UNPROVEN,
    as_text,
    changing,
    drawable,
    ends_in_a_status,
    plans_in,
)
from planner.cli.paths import CASE, FOLDER, TO_FILE, TO_FOLDER
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.plan import Plan


@click.command()
@click.argument("case", type=CASE)
@click.option("--from", "old", type=FOLDER, required=True, metavar="PLAN", help="The plan before this one.")
@click.option("-o", "--output", "place", type=TO_FOLDER, required=True, metavar="PLAN", help="Folder for the new plan.")
@click.option(
    "--freeze", type=click.IntRange(0, 1200), default=0, show_default=True, metavar="MONTHS",
    help="Keep what the plan before signs, and does not sign, within so many months.",
)  # fmt: skip
@click.option(
    "--within", type=click.FloatRange(0), metavar="SHARE",
    help="Change as little as possible for at most this share of the least cost more.  [default: 0.001]",
)  # fmt: skip
@click.option(
    "--change-cost", type=click.FloatRange(0), metavar="USD_BN",
    help="Instead of --within: what a change of a signature on the first day is worth.",
)  # fmt: skip
@click.option("--next-plan", "day", metavar="DATE", help="The day of the plan after this one; default: a month later.")
@click.option(
    "--waiting/--no-waiting", default=True, help="Whether to work out what it costs to wait: a solve for each offer."
)
@click.option("--fair", is_flag=True, help="Share the effect of data fairly: Shapley values, for up to 6 groups.")
@click.option("--bridge", "file", type=TO_FILE, metavar="FILE", help="Also write the bridge as CSV.")
@click.option(
    "--chart", type=TO_FILE, metavar="FILE", callback=drawable,
    help="Also draw the bridge: a file ending in .svg, .png or .html.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the plan that is there.")
@changing
@STRICT
@click.option("--gap", type=float, help="Largest relative distance from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time of each search.")
@click.option("--threads", type=int, help="Processor threads for the search; two help.")
@SEARCH
@click.option("--json", "as_json", is_flag=True, help="Print the record of the plan for programs.")
@ends_in_a_status
def replan(
    case: Path,
    old: Path,
    place: Path,
    freeze: int,
    within: float | None,
    change_cost: float | None,
    day: str | None,
    waiting: bool,
    fair: bool,
    file: Path | None,
    chart: Path | None,
    force: bool,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool,
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    search: str | None,
    as_json: bool,
) -> int:
    """Plan a CASE anew from the PLAN before it: what is due now, what changes, and why the cost moves.

    The plan before is audited first; exit status 7: the audit does not agree.
    """
    from planner.basics.outputs import locked, refuse_to_touch
    from planner.plan.plan import refuse_to_replace

    if within is not None and change_cost is not None:
        raise click.UsageError("give either --within or --change-cost, not both")
    refuse_to_touch(old, place)
    refuse_to_replace(place, force=force)
    chosen = case_in(
        case, changes, period_months, strict, gap=gap, time_limit_s=time_limit, threads=threads, search=search
    )
    (before,) = plans_in(old)
    from planner.roll.replanning.replan import day_of_next_plan
    from planner.roll.replanning.replan import replan as planned_anew

    with locked(place) as output, Progress(sys.stderr) as progress:
        new = planned_anew(
            chosen, before, freeze=freeze, within=within, change_cost=change_cost, fair=fair,
            next_plan=None if day is None else day_of_next_plan(day), waiting=waiting,
            on_phase=progress.phase, on_progress=progress.solving,
        )  # fmt: skip
        new.put(output, force=force)
    _report(new, place, file, chart, as_json)
    return 0 if new.proven else UNPROVEN


def _report(new: Plan, place: Path, file: Path | None, chart: Path | None, as_json: bool) -> None:
    """Print a re-planned plan that was written to a place; write its bridge where that is asked for."""
    from dataclasses import asdict

    from planner.reports import replanned, summary

    told = new.record.replan
    assert told is not None
    if file is not None:
        replanned.write(told, file)
    if chart is not None:
        from planner.reports.page import bridge_chart

        bridge_chart.bridge(told, new.record.title).write(chart)
    if as_json:
        click.echo(as_text(asdict(new.record)))
    else:
        said = f"{replanned.text(told, new.case.settings.shown_in)}\n\n{summary.text(new)}"
        click.echo(f"{said}\n\nWritten to {place}; planner audit {place} re-derives it")
