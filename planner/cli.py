"""The command line. Each command is a few lines on the functions below; what is slow is imported when it is needed.

Exit status: 0 a proven plan, a clean check, an audit that agrees or an impossible case explained; 1 an error of ours;
2 wrong usage; 3 invalid case; 4 infeasible; 5 stopped before any plan; 6 a plan, but stopped before its gap; 7 an audit
that does not agree; 8 a file or folder that cannot be read or written.
"""

from __future__ import annotations

import functools
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

from planner.explain.groups import GROUPS

if TYPE_CHECKING:
    from planner.api import Case
    from planner.studies.engine import Engine

INVALID, INFEASIBLE, STOPPED, UNPROVEN, DISAGREES, UNREACHABLE = 3, 4, 5, 6, 7, 8
USAGE = 2

P = ParamSpec("P")
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
GROUP = click.Choice(list(GROUPS))


def _ends_in_a_status(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command returns or raises into its exit status, with one message on standard error."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from planner.errors import DataError, Infeasible, Stopped

        try:
            with _terminated_like_ctrl_c():
                status = command(*args, **kwargs)
            sys.exit(status or 0)
        except DataError as error:
            click.echo(str(error), err=True)
            count = len(error.problems)
            click.echo(f"{count} problem{'s' * (count != 1)}; nothing was done", err=True)
            sys.exit(INVALID)
        except Infeasible as error:
            click.echo(f"Infeasible: {error}", err=True)
            sys.exit(INFEASIBLE)
        except Stopped as error:
            click.echo(f"No plan: {error}", err=True)
            sys.exit(STOPPED)
        except FileExistsError as error:
            click.echo(f"Nothing was written: {error}", err=True)
            sys.exit(USAGE)
        except BrokenPipeError:  # whoever read what is printed has gone, which click knows how to end
            raise
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            click.echo(f"Nothing was written: {where}{error.strerror or error}", err=True)
            sys.exit(UNREACHABLE)
        except KeyboardInterrupt:
            click.echo("Stopped by interruption: nothing was written", err=True)
            sys.exit(STOPPED)

    return run


@contextmanager
def _terminated_like_ctrl_c() -> Iterator[None]:
    """Let the polite request to terminate do what Ctrl-C does, so that nothing half done is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ignored = signal.getsignal(signal.SIGTERM) in (signal.SIG_IGN, None)
    before = None if ignored else signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


@click.group()
@click.version_option(package_name="planner")
def main() -> None:
    """Plan which compute contracts to sign, when, how much and with whose guarantee, at least present cost."""


def _changing(command: Callable[P, None]) -> Callable[P, None]:
    """The options that change a case before it is used."""
    command = click.option(
        "--period-months", type=click.Choice(["1", "3", "6", "12"]), help="Length of a period instead of the case's."
    )(command)
    return click.option(
        "--set", "changes", multiple=True, metavar="CHANGE",
        help="Change the case first, as in 'guarantor_caps[google,lease,*].cap_usd_bn *= 0.5'. May be repeated.",
    )(command)  # fmt: skip


_STRICT = click.option("--strict", is_flag=True, help="Take what looks like a slip for an error.")


def _case(
    folder: Path, changes: tuple[str, ...], period_months: str | None, strict: bool = False, **solver: float | None
) -> Case:
    """The case in a folder with the changes that options ask for; if `strict`, one without slips."""
    from planner import plausibility
    from planner.api import Case
    from planner.errors import DataError

    asked = [*changes]
    if period_months is not None:
        asked.append(f"case.period_months = {period_months}")
    asked += [f"case.solver.{name} = {value!r}" for name, value in solver.items() if value is not None]
    case = Case.read(folder)
    case = case.change(*asked) if asked else case
    if strict and (slips := plausibility.slips(case)):
        raise DataError(slips)
    return case


def _workers(command: Callable[P, None]) -> Callable[P, None]:
    """The options that say where the solves of a study are carried out."""
    command = click.option(
        "--cluster", "address", metavar="ADDRESS", help="Solve on the workers of this Dask scheduler."
    )(command)
    return click.option("--workers", type=click.IntRange(1), help="Processes on this machine; default: one per core.")(
        command
    )


_keeping = click.option(
    "--keep", type=FOLDER, metavar="FOLDER", help="Keep every solve here; begun again, only the rest is solved."
)


def _engine(workers: int | None, address: str | None) -> Engine:
    """Where the solves of a study are carried out."""
    from functools import partial

    from planner.studies import engine

    return engine.local(workers) if address is None else partial(engine.cluster, address)


@main.command()
@click.argument("case", type=FOLDER)
@_changing
@_STRICT
@click.option("--numerics", is_flag=True, help="Build the model too and say how far apart its numbers are.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def check(
    case: Path, changes: tuple[str, ...], period_months: str | None, strict: bool, numerics: bool, as_json: bool
) -> int:
    """Check a CASE and show what it asks for, what is on offer and what looks wrong."""
    looked = _case(case, changes, period_months, strict).check()
    if as_json:
        found = {**looked.json(), "numerics": asdict(looked.numerics)} if numerics else looked.json()
        click.echo(_json(found))
    else:
        click.echo(looked.text())
        if numerics:
            click.echo(f"\n{looked.numerics_text()}")
    return 0


@main.command()
@click.argument("case", type=FOLDER)
@click.option("-o", "--output", "plan", type=FOLDER, required=True, metavar="PLAN", help="Folder for the plan.")
@click.option("--force", is_flag=True, help="Replace the plan that is there.")
@_changing
@_STRICT
@click.option("--gap", type=float, help="Largest relative distance from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time to search.")
@click.option("--threads", type=int, help="Processor threads for the solver.")
@click.option("--seed", type=int, help="Seed of the solver's random choices.")
@click.option("--start", type=FOLDER, metavar="PLAN", help="A plan to start from.")
@click.option("--write-mps", type=FILE, metavar="FILE", help="Write the model as an MPS file too.")
@click.option("--json", "as_json", is_flag=True, help="Print the record of the plan for programs.")
@_ends_in_a_status
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
    start: Path | None,
    write_mps: Path | None,
    as_json: bool,
) -> int:
    """Solve a CASE and write the plan. Ctrl-C and SIGTERM keep the best plan so far."""
    from planner import plausibility
    from planner.places import held
    from planner.plan import Plan, refuse_to_replace
    from planner.progress import Progress

    refuse_to_replace(plan, force=force)
    chosen = _case(case, changes, period_months, strict, gap=gap, time_limit_s=time_limit, threads=threads, seed=seed)
    for slip in plausibility.slips(chosen):
        click.echo(f"Looks like a slip: {slip}", err=True)
    begun = None if start is None else Plan.read(start)
    from planner.reports import summary
    from planner.solve import NUMERICS, WRITING
    from planner.solve import solve as solve_case
    from planner.solver.interrupts import heeding_signals

    with held(plan) as place, ExitStack() as late, Progress(sys.stderr) as progress:

        def phase(name: str) -> None:
            if name == WRITING:  # a plan that is found is not thrown away for one Ctrl-C
                late.enter_context(heeding_signals(threading.Event()))
            progress.phase(name)

        solved = solve_case(chosen, start=begun, mps=write_mps, on_phase=phase, on_progress=progress.solving)
        solved.put(place, force=force)
    for note in solved.record.notes:
        if note.startswith(NUMERICS):
            click.echo(f"{note[0].upper()}{note[1:]}", err=True)
    click.echo(solved.record.json().rstrip() if as_json else summary.text(solved))
    if not as_json:
        click.echo(f"\nWritten to {plan}; planner audit {plan} re-derives it")
    return 0 if solved.proven else UNPROVEN


@main.command()
@click.argument("plan", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def audit(plan: Path, as_json: bool) -> int:
    """Re-derive a PLAN from its files alone: every post, balance and limit, and the objective."""
    from planner.audit import audit as audit_plan

    audited = audit_plan(plan)
    click.echo(_json(audited.json()) if as_json else audited.text())
    return 0 if audited.agrees else DISAGREES


@main.command(epilog="Groups: " + "; ".join(f"{name} ({group.what})" for name, group in GROUPS.items()) + ".")
@click.argument("case", type=FOLDER)
@_changing
@click.option(
    "--include", multiple=True, type=GROUP, metavar="GROUP",
    help="Touch this group, and no others but those so named. May be repeated.",
)  # fmt: skip
@click.option("--exclude", multiple=True, type=GROUP, metavar="GROUP", help="Leave this group alone. May be repeated.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time of each search.")
@click.option("--threads", type=int, help="Processor threads for the solver.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def explain(
    case: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    time_limit: float | None,
    threads: int | None,
    as_json: bool,
) -> int:
    """Say what would make a CASE without a plan possible: the cheapest repair, and up to three others.

    Each is printed as the --set options that make it, which were tried. Exit status 0: there is a plan already, or
    there are repairs; 4: nothing that may be touched makes a plan possible.
    """
    from planner.explain.groups import chosen
    from planner.explain.search import explain as explained
    from planner.progress import Progress

    asked = _case(case, changes, period_months, time_limit_s=time_limit, threads=threads)
    with Progress(sys.stderr) as progress:
        found = explained(asked, chosen(include, exclude), on_phase=progress.phase, on_progress=progress.solving)
    click.echo(_json(found.json()) if as_json else found.text())
    return 0


@main.command()
@click.argument("first", type=FOLDER)
@click.argument("second", type=FOLDER)
@click.option("--csv", "file", type=FILE, metavar="FILE", help="Write every difference as one table too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def compare(first: Path, second: Path, file: Path | None, as_json: bool) -> int:
    """Compare a FIRST plan with a SECOND: signatures, cost, limits, service, and what their proofs leave open."""
    from planner.plan import Plan
    from planner.reports.compare import Comparison

    compared = Comparison(Plan.read(first), Plan.read(second))
    if file is not None:
        compared.write(file)
    click.echo(_json(compared.json()) if as_json else compared.text())
    return 0


@main.command()
@click.argument("case", type=FOLDER)
@_changing
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def sources(case: Path, changes: tuple[str, ...], period_months: str | None, as_json: bool) -> int:
    """Say which figures of a CASE are public and which assumed, and where they come from, as Markdown."""
    from planner.reports.sources import Sources

    found = Sources(_case(case, changes, period_months))
    click.echo(_json(found.json()) if as_json else found.markdown())
    return 0


@main.command()
@click.argument("plan", type=FOLDER)
@click.argument("other", type=FOLDER, required=False)
@click.option("-o", "--output", "file", type=FILE, required=True, metavar="FILE", help="The HTML file to write.")
@click.option("--figures", "folder", type=FOLDER, metavar="FOLDER", help="Write every chart as SVG and PNG there too.")
@_ends_in_a_status
def report(plan: Path, other: Path | None, file: Path, folder: Path | None) -> int:
    """Write a PLAN, or two side by side, as one HTML file that opens anywhere. It is audited on the way."""
    from planner.audit import audit as audited
    from planner.plan import Plan
    from planner.reports.page.view import View

    try:
        from planner.reports.page.page import Page
    except ModuleNotFoundError as error:
        raise click.UsageError(f"{error.name} is not installed; pip install 'planner[report]' brings it") from None
    page = Page(*(View(Plan.read(each), audited(each)) for each in (plan, other) if each is not None))
    page.write(file)
    click.echo(f"Written to {file}")
    if folder is not None:
        click.echo(f"{len(page.write_figures(folder))} files of charts written to {folder}")
    return 0


@main.command()
@click.argument("plan", type=FOLDER)
@click.option("--graphml", "file", type=FILE, metavar="FILE", help="Write the graph as GraphML too.")
@click.option("--json", "as_json", is_flag=True, help="Print the network for programs.")
@_ends_in_a_status
def network(plan: Path, file: Path | None, as_json: bool) -> int:
    """Say who pays, funds, guarantees and supplies whom in a PLAN, what comes back, and what falls with whom."""
    from planner.plan import Plan
    from planner.reports.counterparties.network import Network

    found = Network(Plan.read(plan))
    if file is not None:
        found.write(file)
    click.echo(_json(found.json()) if as_json else found.text())
    return 0


@main.command()
@click.argument("plan", type=FOLDER)
@click.option("--offer", "offers", multiple=True, metavar="OFFER", help="Price only this offer. May be repeated.")
@click.option("--limits/--no-limits", "with_limits", default=True, help="Price the limits too, or not.")
@_workers
@_keeping
@click.option("--csv", "file", type=FILE, metavar="FILE", help="Write the table too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def prices(
    plan: Path,
    offers: tuple[str, ...],
    with_limits: bool,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """Price every offer of a PLAN, signed or not, and every limit, by solving again."""
    from planner import csvtext
    from planner.places import place_file
    from planner.plan import Plan
    from planner.progress import Progress
    from planner.studies.prices import prices as price

    with Progress(sys.stderr) as progress:
        found = price(
            Plan.read(plan), offers=offers, with_limits=with_limits, engine=_engine(workers, address), folder=keep,
            on_done=progress.run, on_phase=progress.phase,
        )  # fmt: skip
    if file is not None:
        place_file(file, csvtext.exported(found.table()))
    click.echo(_json(found.json()) if as_json else found.text())
    return 0


@main.command()
@click.argument("case", type=FOLDER)
@click.argument("study", type=FILE, required=False)
@click.option("-o", "--output", "folder", type=FOLDER, required=True, metavar="FOLDER", help="Folder for the results.")
@click.option(
    "--vary", "varied", multiple=True, metavar="VARIATION",
    help="Instead of a STUDY: 'name: change = value | value', as in"
    " 'google: guarantor_caps[google,lease,*].cap_usd_bn *= 1 | 0.5'. Several give all combinations.",
)  # fmt: skip
@_changing
@click.option("--gap", type=float, help="Largest relative distance from proven best.")
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time to search, each run.")
@click.option("--start", type=FOLDER, metavar="PLAN", help="The plan every run starts from, instead of the base's.")
@_workers
@click.option("--json", "as_json", is_flag=True, help="Print the results for programs.")
@_ends_in_a_status
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
    workers: int | None,
    address: str | None,
    as_json: bool,
) -> int:
    """Carry out a STUDY of a CASE: many solves, each with changes of its own. Begun again, it goes on."""
    from planner.plan import Plan
    from planner.progress import Progress
    from planner.studies import design
    from planner.studies.sweep import ENDED
    from planner.studies.sweep import sweep as carry_out

    if (study is None) == (not varied):
        raise click.UsageError("give a STUDY or --vary, one of them")
    asked = design.read(study) if study is not None else design.design({"grid": list(varied)}, "--vary")
    chosen = _case(case, changes, period_months, gap=gap, time_limit_s=time_limit)
    begun = None if start is None else Plan.read(start)
    with Progress(sys.stderr) as progress:
        try:
            found = carry_out(
                chosen, asked, start=begun, engine=_engine(workers, address), folder=folder / "runs",
                on_done=progress.run,
            )  # fmt: skip
        except KeyboardInterrupt:
            click.echo(f"Stopped; the solves that had ended are kept in {folder}: the same command goes on", err=True)
            return STOPPED
    found.write(folder)
    click.echo(_json(found.json()) if as_json else found.text())
    if not as_json:
        click.echo(f"\nWritten to {folder}: results.csv, offers.csv, limits.csv and each plan in runs")
    return 0 if all(outcome.status in ENDED for outcome in found.outcomes) else UNPROVEN


@main.command()
@click.argument("case", type=FOLDER)
@click.option(
    "--of", "name", required=True, metavar="MEASURE",
    help="debt, guarantees, guarantees:NAME, obligations, use:PROVIDER, own_halls or unserved.",
)  # fmt: skip
@click.option("--points", type=click.IntRange(2), default=8, show_default=True, help="Points, both ends among them.")
@_changing
@click.option("--start", type=FOLDER, metavar="PLAN", help="The least-cost plan, where it is there already.")
@_workers
@_keeping
@click.option("--csv", "file", type=FILE, metavar="FILE", help="Write the table too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def frontier(
    case: Path,
    name: str,
    points: int,
    changes: tuple[str, ...],
    period_months: str | None,
    start: Path | None,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """What less of a MEASURE costs: least cost with at most so much of it, from the cheapest plan on."""
    from planner import csvtext
    from planner.places import place_file
    from planner.plan import Plan
    from planner.progress import Progress
    from planner.studies.frontier import frontier as trace

    begun = None if start is None else Plan.read(start)
    with Progress(sys.stderr) as progress:
        found = trace(
            _case(case, changes, period_months), name, points=points, start=begun, engine=_engine(workers, address),
            folder=keep, on_done=progress.run,
        )  # fmt: skip
    if file is not None:
        place_file(file, csvtext.exported(found.table))
    click.echo(_json(found.json()) if as_json else found.text())
    return 0


@main.command()
@click.argument("case", type=FOLDER)
@click.option("--within", type=float, default=0.02, show_default=True, help="Share of the least cost that is allowed.")
@click.option("--count", type=click.IntRange(1), default=10, show_default=True, help="Plans besides the cheapest.")
@click.option("--apart", type=click.IntRange(1), default=1, show_default=True, help="Offers that must differ.")
@_changing
@click.option("--start", type=FOLDER, metavar="PLAN", help="The least-cost plan, where it is there already.")
@_workers
@_keeping
@click.option("--csv", "file", type=FILE, metavar="FILE", help="Write the table too.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def alternatives(
    case: Path,
    within: float,
    count: int,
    apart: int,
    changes: tuple[str, ...],
    period_months: str | None,
    start: Path | None,
    workers: int | None,
    address: str | None,
    keep: Path | None,
    file: Path | None,
    as_json: bool,
) -> int:
    """What else one could sign for little more, and what every such plan signs: must, may, never."""
    from planner import csvtext
    from planner.places import place_file
    from planner.plan import Plan
    from planner.progress import Progress
    from planner.studies.alternatives import alternatives as find

    begun = None if start is None else Plan.read(start)
    with Progress(sys.stderr) as progress:
        found = find(
            _case(case, changes, period_months), within=within, count=count, apart=apart, start=begun,
            engine=_engine(workers, address), folder=keep, on_done=progress.run, on_phase=progress.phase,
        )  # fmt: skip
    if file is not None:
        place_file(file, csvtext.exported(found.table))
    click.echo(_json(found.json()) if as_json else found.text())
    return 0


@main.command()
@click.argument("plan", type=FOLDER)
@click.argument("events", type=FILE)
@click.option("-o", "--output", "folder", type=FOLDER, metavar="FOLDER", help="New folder for tables and plans.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def stress(plan: Path, events: Path, folder: Path | None, as_json: bool) -> int:
    """Keep what a PLAN has signed and decide the rest anew under EVENTS: cost, shortage, limits, losers.

    Each event by itself, and all together. Exit status 6: some stressed plan was stopped before its gap.
    """
    from planner.places import held
    from planner.plan import Plan
    from planner.progress import Progress
    from planner.studies.stress import read
    from planner.studies.stress import stress as stressed

    if folder is not None and folder.exists():
        raise FileExistsError(f"{folder} exists")
    base = Plan.read(plan)
    happening = read(events, base)
    with ExitStack() as late, Progress(sys.stderr) as progress:
        place = None if folder is None else late.enter_context(held(folder))
        found = stressed(base, happening, on_phase=progress.phase)
        if place is not None:
            found.put(place)
    click.echo(_json(found.json()) if as_json else found.text())
    return 0 if all(each.after is None or each.after.proven for each in found.outcomes) else UNPROVEN


@main.command()
@_ends_in_a_status
def formulation() -> int:
    """Print the mathematics: columns, constraints, limits, ledgers and posts, as Markdown."""
    from planner.reports.formulation import markdown

    click.echo(markdown())
    return 0


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON Schema instead of Markdown.")
@_ends_in_a_status
def schema(as_json: bool) -> int:
    """Print the data dictionary: every table and column of a case."""
    from planner import schema as dictionary

    click.echo(_json(dictionary.json_schema()) if as_json else dictionary.markdown())
    return 0


@main.command()
@click.argument("folder", type=FOLDER)
@click.option("--like", default="starter", show_default=True, metavar="NAME", help="The shipped case to copy.")
@_ends_in_a_status
def new(folder: Path, like: str) -> int:
    """Make a FOLDER with a small case to begin from."""
    import shutil

    from planner import shipped
    from planner.places import held

    if like not in shipped.names():
        raise click.BadParameter(f"there is no {like!r}; there are {', '.join(shipped.names())}", param_hint="--like")
    if folder.exists():
        raise FileExistsError(f"{folder} exists")
    with held(folder) as place:
        place.put(lambda partial: shutil.copytree(shipped.path(like), partial, dirs_exist_ok=True))
    click.echo(f"{folder} holds a copy of {like}; next: planner check {folder}")
    return 0


@main.command()
@click.argument("folder", type=FOLDER)
@click.option("--offers", type=click.IntRange(1, 99_999), required=True, metavar="N", help="How many offers.")
@click.option(
    "--periods", type=click.IntRange(1, 600), default=20, show_default=True, metavar="T", help="How many periods."
)
@click.option(
    "--period-months", type=click.Choice(["1", "3", "6", "12"]), default="6", show_default=True,
    help="Length of a period.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), required=True, metavar="S", help="Another seed, another case.")
@_ends_in_a_status
def generate(folder: Path, offers: int, periods: int, period_months: str, seed: int) -> int:
    """Make a FOLDER with a random case that is valid and has a plan."""
    from planner import generate as generator

    generator.write(folder, offers, periods=periods, period_months=int(period_months), seed=seed)
    click.echo(f"{folder} holds a random case of {offers} offer{'s' * (offers != 1)}; next: planner check {folder}")
    return 0


def _json(value: object) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    main()
