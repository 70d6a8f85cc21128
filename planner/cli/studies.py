"""Commands that solve a case many times: prices, what-if, frontier, alternatives, stress."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in
from planner.cli.hedged import HEDGED, hedge_in, refuse_with_hedge
from planner.cli.options import (
    FAILED,
    RESULT,
    TABLE,
    UNPROVEN,
    around_the_cheapest,
    as_text,
    changing,
    ends_in_a_status,
    engine_of,
    keeping,
    plans_in,
    start_in,
    workers_or_cluster,
)
from planner.cli.paths import CASE, EVENTS_FILE, FOLDER, STUDY_FILE, TO_FOLDER
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planner.studies.alternatives import Alternatives
    from planner.studies.frontier import Frontier
    from planner.studies.runs import RunResult


@dataclass
class RunsShown:
    """Shows each run that ends, and remembers those that failed."""

    progress: Progress
    failed: list[RunResult] = field(default_factory=list)

    def __call__(self, result: RunResult, done: int, total: int) -> None:
        """Show a run, of `total`, of which `done` have ended."""
        if result.replaced is not None:
            self.progress.say(f"{result.replaced} was damaged or edited; {result.run.name} was solved again")
        self.progress.run(result.run.name, str(result.status), done, total)
        if result.status == "failed":
            self.failed.append(result)

    def status(self, otherwise: int) -> int:
        """The exit status: that of a failure where runs have failed, which are named on standard error."""
        for result in self.failed:
            click.echo(f"Failed: {result.run.name}: {result.message.strip()}", err=True)
        return FAILED if self.failed else otherwise


@click.command()
@click.argument("plan", type=FOLDER)
@click.option("--offer", "offers", multiple=True, metavar="OFFER", help="Price only this offer. May be repeated.")
@click.option("--offers/--no-offers", "with_offers", default=True, help="Whether to price the offers.")
@click.option("--limits/--no-limits", "with_limits", default=True, help="Whether to price the limits too.")
@click.option(
    "--terms", "with_terms", is_flag=True,
    help="Price the terms too: tiers, rights, deposits, floors and the like of what is signed, or of each --offer.",
)  # fmt: skip
@click.option("--hedge", "hedged", is_flag=True, help="PLAN is a plan for all futures; every solve is one too.")
@workers_or_cluster
@keeping
@TABLE
@RESULT
@ends_in_a_status
def prices(
    plan: Path,
    offers: tuple[str, ...],
    with_offers: bool,
    with_limits: bool,
    with_terms: bool,
    hedged: bool,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """Price every offer of a PLAN, signed or not, every limit, and with --terms what contracts say, by solving again.

    With --hedge, PLAN is a plan for all futures, as `planner hedge` writes it. The plan is audited first; exit status
    7: the audit does not agree.
    """
    from planner.basics.outputs import write_file
    from planner.studies.hedged.prices import prices_hedged
    from planner.studies.prices import prices as price
    from planner.studies.prices.results import PriceTable
    from planner.tables import csvtext

    priced: Callable[..., PriceTable]
    priced = partial(prices_hedged, hedge_in(plan)) if hedged else partial(price, *plans_in(plan))
    with Progress(sys.stderr) as progress:
        shown = RunsShown(progress)
        found = priced(
            offers=offers, with_offers=with_offers, with_limits=with_limits, with_terms=with_terms,
            engine=engine_of(workers, address), folder=keep, on_done=shown, on_phase=progress.phase,
        )  # fmt: skip
    if file is not None:
        write_file(file, csvtext.exported(found.table()))
    click.echo(as_text(found.json()) if as_json else found.text())
    return shown.status(0)


@click.command()
@click.argument("case", type=CASE)
@click.argument("study", type=STUDY_FILE, required=False)
@click.option(
    "-o", "--output", "folder", type=TO_FOLDER, required=True, metavar="FOLDER", help="Folder for the results."
)
@click.option(
    "--vary", "varied", multiple=True, metavar="VARIATION",
    help="Instead of a STUDY: 'name: change = value | value', as in"
    " 'google: guarantor_caps[google,lease,*].cap_usd_bn *= as is | 0.5'. Several give all combinations.",
)  # fmt: skip
@changing
@click.option("--gap", type=float, help="Largest relative distance from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time to search, each run.")
@click.option(
    "--start", type=FOLDER, metavar="PLAN", help="The plan from which every run starts, instead of the base plan."
)
@HEDGED
@workers_or_cluster
@click.option("--json", "as_json", is_flag=True, help="Print the results for programs.")
@ends_in_a_status
def sweep(
    case: Path,
    study: Path | None,
    folder: Path,
    varied: tuple[str, ...],
    changes: tuple[str, ...],
    period_months: str | None,
    gap: float | None,
    time_limit: float | None,
    start: Path | None,
    hedged: bool,
    workers: int | None,
    address: str | None,
    as_json: bool,
) -> int:
    """Carry out a STUDY of a CASE: many solves with different changes. Started again, it goes on where it stopped.

    With --hedge every run plans for all futures.
    """
    from planner.studies import design
    from planner.studies.hedged.sweep import sweep_hedged
    from planner.studies.sweep import ENDED
    from planner.studies.sweep import sweep as carry_out

    if (study is None) == (not varied):
        raise click.UsageError("give a STUDY or --vary, one of them")
    if hedged:
        refuse_with_hedge(start=start)
    chosen_design = design.read(study) if study is not None else design.design({"grid": list(varied)}, "--vary")
    chosen = case_in(case, changes, period_months, gap=gap, time_limit_s=time_limit)
    begun = start_in(start)
    with Progress(sys.stderr) as progress:
        shown = RunsShown(progress)
        carried = partial(sweep_hedged) if hedged else partial(carry_out, start=begun)
        found = carried(
            chosen, chosen_design, engine=engine_of(workers, address), folder=folder / "runs", on_done=shown
        )
    found.write(folder)
    click.echo(as_text(found.json()) if as_json else found.text())
    if not as_json:
        click.echo(f"\nWritten to {folder}: results.csv, offers.csv, limits.csv and each plan in runs")
    return shown.status(0 if all(outcome.status in ENDED for outcome in found.outcomes) else UNPROVEN)


@click.command()
@click.argument("case", type=CASE)
@click.option(
    "--of", "name", required=True, metavar="MEASURE",
    help="debt, guarantees, guarantees:NAME, obligations, use:PROVIDER, own_halls or unserved; with --hedge also cvar.",
)  # fmt: skip
@click.option("--points", type=click.IntRange(2), default=8, show_default=True, help="Points, both ends among them.")
@HEDGED
@around_the_cheapest
@ends_in_a_status
def frontier(
    case: Path,
    name: str,
    points: int,
    hedged: bool,
    changes: tuple[str, ...],
    period_months: str | None,
    start: Path | None,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    chart: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """Trace least cost against a MEASURE, from the cheapest plan to the plan with the least of it.

    With --hedge each point is a plan for all futures that keeps the measure in every one of them. --of cvar then traces
    expected cost against CVaR, by weights from 0 to 1.
    """
    from planner.basics.outputs import write_file
    from planner.studies.frontier import frontier as trace
    from planner.studies.hedged.frontier import frontier_hedged
    from planner.studies.hedged.prudence import CVAR, PrudenceFrontier, prudence_frontier
    from planner.tables import csvtext

    if hedged:
        refuse_with_hedge(start=start)
    elif name == CVAR:
        raise click.UsageError("--of cvar needs --hedge, as a plan for one future has no CVaR")
    begun = start_in(start)
    chosen = case_in(case, changes, period_months)
    traced: Callable[..., Frontier | PrudenceFrontier] = partial(trace, chosen, name, start=begun)
    if hedged:
        traced = partial(prudence_frontier, chosen) if name == CVAR else partial(frontier_hedged, chosen, name)
    with Progress(sys.stderr) as progress:
        shown = RunsShown(progress)
        found = traced(points=points, engine=engine_of(workers, address), folder=keep, on_done=shown)
    if file is not None:
        write_file(file, csvtext.exported(found.table))
    if chart is not None:
        from planner.reports.page import frontier_charts

        cost = frontier_charts.EXPECTED if name == CVAR else frontier_charts.PRESENT
        frontier_charts.frontier(found.table, name, chosen.settings.title, cost, chosen.settings.shown_in).write(chart)
    click.echo(as_text(found.json()) if as_json else found.text())
    return shown.status(0 if found.proven else UNPROVEN)


@click.command()
@click.argument("case", type=CASE)
@click.option("--within", type=float, default=0.02, show_default=True, help="Share of the least cost that is allowed.")
@click.option("--count", type=click.IntRange(0), default=10, show_default=True, help="Plans besides the cheapest.")
@click.option("--apart", type=click.IntRange(1), default=1, show_default=True, help="Offers that must differ.")
@click.option(
    "--widest", multiple=True, metavar="MEASURE",
    help="Also find the plans with the least and the most of this, as in frontier --of; of debt, guarantees and"
    " obligations only the least. May be repeated.",
)  # fmt: skip
@HEDGED
@around_the_cheapest
@ends_in_a_status
def alternatives(
    case: Path,
    within: float,
    count: int,
    apart: int,
    widest: tuple[str, ...],
    hedged: bool,
    changes: tuple[str, ...],
    period_months: str | None,
    start: Path | None,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    chart: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """Find other plans for little more cost, and which offers all of them sign, some, or none: must, may, never.

    With --hedge they are plans for all futures, told apart by what they sign before any news.
    """
    from planner.basics.outputs import write_file
    from planner.studies.alternatives import alternatives as find
    from planner.studies.hedged.alternatives import HedgedAlternatives, alternatives_hedged
    from planner.tables import csvtext

    if hedged:
        refuse_with_hedge(start=start, widest=widest, chart=chart)
    begun = start_in(start)
    chosen = case_in(case, changes, period_months)
    sought: Callable[..., Alternatives | HedgedAlternatives] = partial(find, chosen, widest=widest, start=begun)
    sought = partial(alternatives_hedged, chosen) if hedged else sought
    with Progress(sys.stderr) as progress:
        shown = RunsShown(progress)
        found = sought(
            within=within, count=count, apart=apart, engine=engine_of(workers, address), folder=keep,
            on_done=shown, on_phase=progress.phase,
        )  # fmt: skip
    if file is not None:
        write_file(file, csvtext.exported(found.table))
    if chart is not None and not isinstance(found, HedgedAlternatives):
        from planner.reports.page import frontier_charts

        costs = {f"plan_{i}": plan.record.objective_usd_bn for i, plan in enumerate(found.plans, start=1)}
        costs |= {each.name: each.plan.record.objective_usd_bn for each in found.extremes if each.plan is not None}
        frontier_charts.alternatives(found.table, costs, chosen.settings.title, chosen.settings.shown_in).write(chart)
    click.echo(as_text(found.json()) if as_json else found.text())
    return shown.status(0 if found.proven else UNPROVEN)


@click.command()
@click.argument("plan", type=FOLDER)
@click.argument("events", type=EVENTS_FILE)
@click.option("-o", "--output", "folder", type=TO_FOLDER, metavar="FOLDER", help="New folder for tables and plans.")
@RESULT
@ends_in_a_status
def stress(plan: Path, events: Path, folder: Path | None, as_json: bool) -> int:
    """Keep what a PLAN has signed and decide all else again under EVENTS: cost, shortage, limits, losses by party.

    Each event is solved by itself, and all of them together. The plan is audited first. Exit status 6: a stressed plan
    was stopped before its gap; 7: the audit does not agree.
    """
    from planner.basics.outputs import locked
    from planner.studies.stress import read
    from planner.studies.stress import stress as stressed

    if folder is not None and folder.exists():
        raise FileExistsError(f"{folder} exists")
    (base,) = plans_in(plan)
    happening = read(events, base)
    with ExitStack() as late, Progress(sys.stderr) as progress:
        output = None if folder is None else late.enter_context(locked(folder))
        found = stressed(base, happening, on_phase=progress.phase)
        if output is not None:
            found.put(output)
    click.echo(as_text(found.json()) if as_json else found.text())
    return 0 if all(each.after is None or each.after.proven for each in found.outcomes) else UNPROVEN


@click.command()
@click.argument("plan", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def horizons(plan: Path, as_json: bool) -> int:
    """Solve the case of a PLAN under the other treatments of what outlives the horizon, and say what is signed then.

    Exit status 6: one of the plans was stopped before its gap; 7: the audit of PLAN does not agree.
    """
    from planner.studies.other_horizons import other_horizons

    (base,) = plans_in(plan)
    with Progress(sys.stderr) as progress:
        found = other_horizons(base, on_phase=progress.phase)
    click.echo(as_text([each.json() for each in found]) if as_json else "\n".join(each.text for each in found))
    return 0 if all(each.plan.proven for each in found) else UNPROVEN
