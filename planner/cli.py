"""The command line. Each command is a few lines on the functions below; what is slow is imported when it is needed.

Exit status: 0 a proven plan, a clean check or an audit that agrees; 1 an error of ours; 2 wrong usage; 3 invalid case;
4 infeasible; 5 stopped before any plan; 6 a plan, but stopped before its gap; 7 an audit that does not agree.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click

if TYPE_CHECKING:
    from planner.api import Case

INVALID, INFEASIBLE, STOPPED, UNPROVEN, DISAGREES = 3, 4, 5, 6, 7
USAGE = 2

P = ParamSpec("P")
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def _ends_in_a_status(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command returns or raises into its exit status, with one message on standard error."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from planner.errors import DataError, Infeasible, Stopped

        try:
            sys.exit(command(*args, **kwargs) or 0)
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
        except KeyboardInterrupt:
            click.echo("No plan: stopped by interruption before any plan was found", err=True)
            sys.exit(STOPPED)

    return run


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


def _case(folder: Path, changes: tuple[str, ...], period_months: str | None, **solver: float | None) -> Case:
    """The case in a folder with the changes that options ask for."""
    from planner.api import Case

    asked = [*changes]
    if period_months is not None:
        asked.append(f"case.period_months = {period_months}")
    asked += [f"case.solver.{name} = {value!r}" for name, value in solver.items() if value is not None]
    case = Case.read(folder)
    return case.change(*asked) if asked else case


@main.command()
@click.argument("case", type=FOLDER)
@_changing
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@_ends_in_a_status
def check(case: Path, changes: tuple[str, ...], period_months: str | None, as_json: bool) -> int:
    """Check a CASE and show what it asks for, what is on offer and what looks wrong."""
    looked = _case(case, changes, period_months).check()
    click.echo(_json(looked.json()) if as_json else looked.text())
    return 0


@main.command()
@click.argument("case", type=FOLDER)
@click.option("-o", "--output", "plan", type=FOLDER, required=True, metavar="PLAN", help="Folder for the plan.")
@click.option("--force", is_flag=True, help="Replace the plan that is there.")
@_changing
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
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    seed: int | None,
    start: Path | None,
    write_mps: Path | None,
    as_json: bool,
) -> int:
    """Solve a CASE and write the plan. Ctrl-C keeps the best plan so far."""
    from planner.plan import Plan, refuse_to_replace
    from planner.progress import Progress

    refuse_to_replace(plan, force=force)
    chosen = _case(case, changes, period_months, gap=gap, time_limit_s=time_limit, threads=threads, seed=seed)
    begun = None if start is None else Plan.read(start)
    from planner.reports import summary
    from planner.solve import solve as solve_case

    with Progress(sys.stderr) as progress:
        solved = solve_case(chosen, start=begun, mps=write_mps, on_phase=progress.phase, on_progress=progress.solving)
        solved.write(plan, force=force)
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

    if like not in shipped.names():
        raise click.BadParameter(f"there is no {like!r}; there are {', '.join(shipped.names())}", param_hint="--like")
    if folder.exists():
        raise FileExistsError(f"{folder} exists")
    shutil.copytree(shipped.path(like), folder)
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
