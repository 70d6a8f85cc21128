"""The command that plans for all futures of a case."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in_time
from planner.cli.options import SEARCH, STRICT, UNPROVEN, as_text, changing, ends_in_a_status
from planner.cli.paths import CASE, TO_FILE, TO_FOLDER
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("case", type=CASE)
@click.option("-o", "--output", "folder", type=TO_FOLDER, required=True, metavar="FOLDER", help="Folder to write.")
@click.option("--force", is_flag=True, help="Replace an existing plan.")
@changing
@STRICT
@click.option("--level", type=float, metavar="SHARE", help="Level of the conditional value at risk, such as 0.9.")
@click.option("--weight", type=float, metavar="SHARE", help="Its weight: 0 minimises expected cost alone.")
@click.option("--gap", type=float, help="Largest distance from the proven best, relative.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time for the plan, again for values.")
@click.option("--threads", type=int, help="Processor threads for the solver.")
@click.option("--seed", type=int, help="Seed of the solver.")
@SEARCH
@click.option(
    "--by-future/--whole",
    "by_future",
    default=None,
    help="Solve one future at a time, with prices on what they decide alike, or all as one program; by default the"
    " former with 5 futures or more that have 200,000 coefficients, and then the latter if a duality gap is left.",
)
@click.option(
    "--workers", type=click.IntRange(1), help="One future at a time: processes on this machine; default: one per core."
)
@click.option("--no-values", is_flag=True, help="Work out no value but that of perfect information.")
@click.option("--news", is_flag=True, help="Also work out what it is worth to know each event today.")
@click.option(
    "--option", "offers", multiple=True, metavar="OFFER", help="Also work out what an offer is worth. May be repeated."
)
@click.option("--write-mps", type=TO_FILE, metavar="FILE", help="Also write the program of all futures as an MPS file.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def hedge(
    case: Path,
    folder: Path,
    force: bool,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool,
    level: float | None,
    weight: float | None,
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    seed: int | None,
    search: str | None,
    by_future: bool | None,
    workers: int | None,
    no_values: bool,
    news: bool,
    offers: tuple[str, ...],
    write_mps: Path | None,
    as_json: bool,
) -> int:
    """Plan for all futures of a CASE: what to sign now, and what depends on which news.

    The futures follow from events.csv and outcomes.csv. Ctrl-C keeps the best plan so far. Exit status 6: it was
    stopped before its gap; 4: no plan serves all futures.
    """
    from planner.basics.outputs import locked
    from planner.plan.plan import refuse_to_replace

    if workers is not None and by_future is False:
        raise click.UsageError("--workers is of no use with --whole")
    refuse_to_replace(folder, force=force)
    risk = {"level": level, "weight": weight}
    asked = [f"case.risk.{name} = {value!r}" for name, value in risk.items() if value is not None]
    chosen, deadline = case_in_time(
        case, (*changes, *asked), period_months, strict,
        gap=gap, time_limit_s=time_limit, threads=threads, seed=seed, search=search,
    )  # fmt: skip
    from planner.hedge.hedge import WRITING
    from planner.hedge.hedge import hedge as plan_for_all
    from planner.hedge.valuing import ValuesAsked
    from planner.reports.hedged.text import text
    from planner.solver.interrupts import heeding_signals
    from planner.studies.engine import local

    engine = None if by_future is False else local(workers)
    with ExitStack() as late:

        def phase(name: str) -> None:
            if name == WRITING:  # Ctrl-C no longer stops the program, so that the plan is not lost
                late.enter_context(heeding_signals(threading.Event()))
            progress.phase(name)

        with locked(folder) as output, Progress(sys.stderr) as progress:
            values = ValuesAsked(usual=not no_values, news=news, offers=offers)
            found = plan_for_all(
                chosen, asked=values, mps=write_mps, by_future=engine, where_it_pays=by_future is None,
                deadline=deadline, on_phase=phase, on_progress=progress.solving,
            )  # fmt: skip
            found.put(output, force=force)
        with suppress(KeyboardInterrupt):  # a second Ctrl-C ends the report; the plan is written
            if as_json:
                click.echo(as_text(asdict(found.record)))
            else:
                click.echo(f"{text(found)}\n\nWritten to {folder}; planner audit {folder} re-derives it")
    return 0 if found.proven else UNPROVEN
