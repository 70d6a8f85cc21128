"""Commands on plans: solve, audit, compare, report, network."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in_time
from planner.cli.options import (
    DISAGREES,
    INVALID,
    SEARCH,
    STRICT,
    UNPROVEN,
    as_text,
    changing,
    ends_in_a_status,
    hedge_in,
    plans_in,
    plans_or_hedges_in,
    reporting,
    start_in,
)
from planner.cli.paths import CASE, FILE, FOLDER, TO_FILE, TO_FOLDER
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.audit import Audit
    from planner.plan.hedges.audit import HedgeAudit
    from planner.plan.plan import Plan
    from planner.reports.compare import Comparison
    from planner.reports.compared_hedges import HedgeComparison
    from planner.reports.page.document import Document


@click.command()
@click.argument("case", type=CASE)
@click.option("-o", "--output", "plan", type=TO_FOLDER, required=True, metavar="PLAN", help="Folder for the plan.")
@click.option("--force", is_flag=True, help="Replace the plan that is there.")
@changing
@STRICT
@click.option("--gap", type=float, help="Largest relative distance from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time until there is a plan.")
@click.option("--threads", type=int, help="Processor threads for the search; two help.")
@click.option("--seed", type=int, help="Seed of the solver's random choices.")
@SEARCH
@click.option("--start", type=FOLDER, metavar="PLAN", help="A plan to start from.")
@click.option("--write-mps", type=TO_FILE, metavar="FILE", help="Also write the model as an MPS file.")
@click.option("--json", "as_json", is_flag=True, help="Print the record of the plan for programs.")
@ends_in_a_status
def solve(
    case: Path,
    plan: Path,
    force: bool,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool,
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    seed: int | None,
    search: str | None,
    start: Path | None,
    write_mps: Path | None,
    as_json: bool,
) -> int:
    """Solve a CASE and write the plan. Ctrl-C, SIGTERM and SIGHUP keep the best plan so far."""
    from planner.basics.outputs import locked
    from planner.common.unknown import UnknownEvent
    from planner.plan.plan import refuse_to_replace

    refuse_to_replace(plan, force=force)
    chosen, deadline = case_in_time(
        case, changes, period_months, strict,
        gap=gap, time_limit_s=time_limit, threads=threads, seed=seed, search=search,
    )  # fmt: skip
    with deadline.enforced():
        begun = start_in(start)
    from planner.solve.solve import WRITING
    from planner.solve.solve import solve as solve_case
    from planner.solver.interrupts import heeding_signals

    with ExitStack() as late:

        def phase(name: str) -> None:
            if name == WRITING:  # Ctrl-C no longer stops the program, so that the plan is not lost
                late.enter_context(heeding_signals(threading.Event()))
            progress.phase(name)

        with locked(plan) as output, Progress(sys.stderr) as progress:
            solved = solve_case(
                chosen, start=begun, mps=write_mps, deadline=deadline, on_phase=phase, on_progress=progress.solving
            )
            solved.put(output, force=force)
        with suppress(KeyboardInterrupt):  # a second Ctrl-C ends the report; the plan is written
            _report(solved, plan, as_json)
            if chosen.rows(UnknownEvent):
                hint = f"This plan is for the expected future; planner hedge {case} -o PLAN plans for all of them"
                click.echo(hint, err=as_json)
    return 0 if solved.proven else UNPROVEN


def _report(solved: Plan, place: Path, as_json: bool) -> None:
    """Print a plan that was written to a place."""
    from planner.plan.record import NUMERICS
    from planner.reports import summary

    for note in solved.record.notes:
        if note.startswith(NUMERICS):
            click.echo(f"{note[0].upper()}{note[1:]}", err=True)
    if as_json:
        click.echo(as_text(asdict(solved.record)))
    else:
        click.echo(f"{summary.text(solved)}\n\nWritten to {place}; planner audit {place} re-derives it")


@click.command()
@click.argument("plan", type=FOLDER)
@click.option(
    "--prove", is_flag=True, help="Of a hedge made with --by-future: prove its bound again, by solving every future."
)
@click.option("--workers", type=click.IntRange(1), help="With --prove: processes; default: one per core.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def audit(plan: Path, prove: bool, workers: int | None, as_json: bool) -> int:
    """Re-derive a PLAN from its files alone: every post, balance and limit, and the objective.

    PLAN may be the folder of a hedge: then each future's plan is derived again, and all that follows from them.
    Exit status 7: it does not agree; 3: the folder has no plan.json, or one that is no record at all.
    """
    from planner.plan.audit import audit as audit_plan
    from planner.plan.audit import shown_in
    from planner.plan.hedges.audit import audit as audit_hedge
    from planner.plan.hedges.hedge import is_hedge

    if workers is not None and not prove:
        raise click.UsageError("--workers is of use with --prove only")
    audited: Audit | HedgeAudit = audit_hedge(plan) if is_hedge(plan) else audit_plan(plan)
    if prove and audited.agrees:
        audited = _proven(plan, audited, workers)
    display = shown_in(plan)
    click.echo(as_text(audited.json()) if as_json else audited.text(display))
    if not audited.is_plan:
        return INVALID
    return 0 if audited.agrees else DISAGREES


def _proven(folder: Path, audited: Audit | HedgeAudit, workers: int | None) -> HedgeAudit:
    """The audit of a hedge, and whether its bound could be proven again."""
    from planner.plan.hedges.audit import HedgeAudit
    from planner.plan.hedges.hedge import Hedge

    hedge = Hedge.read(folder) if isinstance(audited, HedgeAudit) else None
    if hedge is None or not isinstance(audited, HedgeAudit) or hedge.certificate is None:
        raise click.UsageError("--prove is for the folder of a hedge that was made with --by-future")
    from planner.hedge.by_future.proof import prove, with_proof
    from planner.studies.engine import local

    with Progress(sys.stderr) as progress:
        return with_proof(audited, prove(hedge, local(workers), progress.phase))


@click.command()
@click.argument("first", type=FOLDER)
@click.argument("second", type=FOLDER)
@click.option("--csv", "file", type=TO_FILE, metavar="FILE", help="Also write all differences as one table.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def compare(first: Path, second: Path, file: Path | None, as_json: bool) -> int:
    """Compare a FIRST plan with a SECOND: signatures, cost, limits, service, and the gaps of both.

    Where one of them is a plan for all futures: what is signed now in one and not in the other, and what they cost.
    Both are audited first; exit status 7: an audit does not agree.
    """
    from planner.plan.hedges.hedge import is_hedge

    compared: Comparison | HedgeComparison
    if is_hedge(first) or is_hedge(second):
        from planner.reports.compared_hedges import HedgeComparison

        compared = HedgeComparison(*plans_or_hedges_in(first, second))
    else:
        from planner.reports.compare import Comparison

        compared = Comparison(*plans_in(first, second))
    if file is not None:
        compared.write(file)
    click.echo(as_text(compared.json()) if as_json else compared.text())
    return 0


@click.command()
@click.argument("plan", type=FOLDER)
@click.argument("other", type=FOLDER, required=False)
@click.option("-o", "--output", "file", type=TO_FILE, required=True, metavar="FILE", help="The HTML file to write.")
@click.option(
    "--figures", "folder", type=TO_FOLDER, metavar="FOLDER", help="Also write every chart there as SVG and PNG."
)
@click.option(
    "--prices",
    type=FILE,
    metavar="FILE",
    help="Say what is lost where a signature is missed, from planner prices --csv.",
)
@click.option("--sweep", type=FOLDER, metavar="FOLDER", help="Say what the plan hangs on, from a sweep of its case.")
@ends_in_a_status
def report(
    plan: Path, other: Path | None, file: Path, folder: Path | None, prices: Path | None, sweep: Path | None
) -> int:
    """Write a report of a PLAN, of two side by side, of a hedge, a sweep or a simulation as one HTML file.

    The plans are audited first; exit status 7: an audit does not agree.
    """
    with reporting():
        from planner.plan.hedges.hedge import is_hedge
        from planner.reports.page.hedge_page import HedgePage
        from planner.reports.page.hedge_view import HedgeView
        from planner.reports.page.page import Page
        from planner.reports.page.plan_view import View
        from planner.reports.page.simulation_page import SimulationPage
        from planner.reports.page.simulation_view import SimulationView, is_simulation
        from planner.reports.page.study_page import StudyPage
        from planner.reports.page.study_view import Study, is_study
    folders = [each for each in (plan, other) if each is not None]
    simulations = [each for each in folders if is_simulation(each)]
    studies = [each for each in folders if each not in simulations and is_study(each)]
    hedges = [each for each in folders if each not in (*simulations, *studies) and is_hedge(each)]
    alone = {
        "is the folder of a simulation": simulations, "is the folder of a sweep": studies, "is a hedge": hedges
    }  # fmt: skip
    what = next((f"{found[0]} {is_one}" for is_one, found in alone.items() if found), "")
    if other is not None and what:
        raise click.UsageError(f"{what}, which is reported by itself")
    if (prices or sweep) and (other is not None or what):
        raise click.UsageError("--prices and --sweep go with one plan")
    page: Document
    if simulations:
        page = SimulationPage(SimulationView.read(plan))
    elif studies:
        page = StudyPage(Study.read(plan))
    elif hedges:
        page = HedgePage(HedgeView(*hedge_in(plan)))
    else:
        audits: list[Audit] = []
        plans = plans_in(*folders, on_audit=audits.append)
        if prices or sweep:
            page = Page(View.beside(plans[0], audits[0], prices, sweep))
        else:
            page = Page(*map(View, plans, audits))
    page.write(file)
    click.echo(f"Written to {file}")
    if folder is not None:
        click.echo(f"{len(page.write_figures(folder))} files of charts written to {folder}")
    return 0


@click.command()
@click.argument("plan", type=FOLDER)
@click.option("--graphml", "file", type=TO_FILE, metavar="FILE", help="Also write the graph as GraphML.")
@click.option("--json", "as_json", is_flag=True, help="Print the network for programs.")
@ends_in_a_status
def network(plan: Path, file: Path | None, as_json: bool) -> int:
    """Show who pays, funds, guarantees and supplies whom in a PLAN, circular flows, and what each party carries.

    The plan is audited first; exit status 7: the audit does not agree.
    """
    from planner.reports.counterparties.network import Network

    found = Network(*plans_in(plan))
    if file is not None:
        found.write(file)
    click.echo(as_text(found.json()) if as_json else found.text())
    return 0
