"""The command that tries policies out in worlds that are drawn."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in
from planner.cli.options import (
    SEARCH,
    UNPROVEN,
    as_text,
    changing,
    ends_in_a_status,
    engine_of,
    workers_or_cluster,
)
from planner.cli.paths import CASE, TO_FOLDER
from planner.cli.studies import RunsShown
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("case", type=CASE)
@click.option("--worlds", type=int, default=200, show_default=True, metavar="N", help="How many worlds to draw.")
@click.option(
    "--every",
    type=int,
    default=6,
    show_default=True,
    metavar="MONTHS",
    help="Months from one day of planning to the next.",
)
@click.option(
    "--policy", "policies", multiple=True, metavar="POLICY",
    help="Only this policy: expected, hedge, at_start, wait or foresight. May be repeated.",
)  # fmt: skip
@click.option(
    "--law", "laws", multiple=True, metavar="LAW",
    help="Draw an event from a law instead of its outcomes, as in 'demand: demand[2028-07-01..,*,*].demand_gw *="
    " lognormal(1, 0.2)'. May be repeated.",
)  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the worlds.")
@click.option(
    "-o", "--output", "folder", type=TO_FOLDER, required=True, metavar="FOLDER", help="Folder for the results."
)
@changing
@click.option("--gap", type=float, help="Largest relative distance of each plan from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time to search, each plan.")
@SEARCH
@click.option(
    "--by-future", is_flag=True, help="Seek every hedge one future at a time; by default those of many futures."
)
@workers_or_cluster
@click.option("--json", "as_json", is_flag=True, help="Print the results for programs.")
@ends_in_a_status
def simulate(
    case: Path,
    worlds: int,
    every: int,
    policies: tuple[str, ...],
    laws: tuple[str, ...],
    seed: int,
    folder: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    gap: float | None,
    time_limit: float | None,
    search: str | None,
    by_future: bool,
    workers: int | None,
    address: str | None,
    as_json: bool,
) -> int:
    """Draw worlds of a CASE and let policies plan again and again in each: what they cost, lack and break.

    Started again, it goes on where it stopped. Exit status 6: a plan was stopped before its gap.
    """
    from planner.simulation.simulate import simulate as simulated
    from planner.simulation.text import text

    chosen = case_in(case, changes, period_months, gap=gap, time_limit_s=time_limit, search=search)
    with Progress(sys.stderr) as progress:
        shown = RunsShown(progress)
        found = simulated(
            chosen, worlds, every, policies=policies, laws=laws, seed=seed, by_future=by_future,
            engine=engine_of(workers, address), folder=folder / "runs", on_done=shown,
            on_day=lambda day: progress.phase(f"worlds on {day}"),
        )  # fmt: skip
    found.write(folder)
    if as_json:
        click.echo(as_text(found.json()))
    else:
        click.echo(
            f"{text(found)}\n\nWritten to {folder}: summary.csv, results.csv, worlds.csv, breaches.csv, simulate.json"
            " and each plan in runs"
        )
    return shown.status(0 if found.proven else UNPROVEN)
