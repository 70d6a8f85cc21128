"""Commands on cases: make one, check it, list the sources of its figures, and explain why it has no plan."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from planner.cli.given_case import case_in, case_in_time
from planner.cli.options import SEARCH, STRICT, as_text, changing, ends_in_a_status
from planner.cli.paths import CASE, TO_FOLDER
from planner.explain.groups import chosen
from planner.interfaces.groups import GROUPS
from planner.solve.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

GROUP = click.Choice(list(GROUPS))


@click.command()
@click.argument("folder", type=TO_FOLDER)
@click.option("--like", default="starter", show_default=True, metavar="NAME", help="The shipped case to copy.")
@ends_in_a_status
def new(folder: Path, like: str) -> int:
    """Make a FOLDER with a small case as a start."""
    import shutil

    from planner.basics.outputs import locked
    from planner.case import shipped

    if like not in shipped.names():
        raise click.BadParameter(f"there is no {like!r}; there are {', '.join(shipped.names())}", param_hint="--like")
    if folder.exists():
        raise FileExistsError(f"{folder} exists")
    with locked(folder) as output:
        output.put(lambda partial: shutil.copytree(shipped.path(like), partial, dirs_exist_ok=True))
    click.echo(f"{folder} holds a copy of {like}; next: planner check {folder}")
    return 0


@click.command()
@click.argument("folder", type=TO_FOLDER)
@click.option("--offers", type=click.IntRange(1, 99_999), required=True, metavar="N", help="How many offers.")
@click.option(
    "--periods", type=click.IntRange(1, 600), default=20, show_default=True, metavar="T", help="How many periods."
)
@click.option(
    "--period-months", type=click.Choice(["1", "3", "6", "12"]), default="6", show_default=True,
    help="Length of a period.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), required=True, metavar="S", help="Seed of the random numbers.")
@click.option(
    "--terms", type=click.FloatRange(0, 1), default=0.0, show_default=True, metavar="SHARE",
    help="Part of the offers, loans, workloads and guarantors that have further terms, such as a right to renew.",
)  # fmt: skip
@ends_in_a_status
def generate(folder: Path, offers: int, periods: int, period_months: str, seed: int, terms: float) -> int:
    """Make a FOLDER with a random case that is valid and has a plan."""
    from planner import generate as generator

    generator.write(folder, offers, periods=periods, period_months=int(period_months), seed=seed, terms=terms)
    click.echo(f"{folder} holds a random case of {offers} offer{'s' * (offers != 1)}; next: planner check {folder}")
    return 0


@click.command()
@click.argument("case", type=CASE)
@changing
@STRICT
@click.option("--numerics", is_flag=True, help="Build the model too and show the range of its numbers.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def check(
    case: Path, changes: tuple[str, ...], period_months: str | None, strict: bool, numerics: bool, as_json: bool
) -> int:
    """Check a CASE and show its demand, its offers and its slips."""
    found = case_in(case, changes, period_months, strict, shows_slips=True).check()
    if as_json:
        from dataclasses import asdict

        click.echo(as_text({**found.json(), "numerics": asdict(found.numerics)} if numerics else found.json()))
    else:
        click.echo(found.text())
        if numerics:
            click.echo(f"\n{found.numerics_text()}")
    return 0


@click.command()
@click.argument("case", type=CASE)
@changing
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def sources(case: Path, changes: tuple[str, ...], period_months: str | None, as_json: bool) -> int:
    """List the sources of a CASE as Markdown: which figures are public and which are assumptions."""
    from planner.reports.sources import Sources

    found = Sources(case_in(case, changes, period_months))
    click.echo(as_text(found.json()) if as_json else found.markdown())
    return 0


@click.command(epilog="Groups: " + "; ".join(f"{name} ({group.what})" for name, group in GROUPS.items()) + ".")
@click.argument("case", type=CASE)
@changing
@click.option(
    "--include", multiple=True, type=GROUP, metavar="GROUP",
    help="Change only this group and others named in this way. May be repeated.",
)  # fmt: skip
@click.option(
    "--exclude", multiple=True, type=GROUP, metavar="GROUP", help="Do not change this group. May be repeated."
)
@click.option("--time-limit", type=float, metavar="SECONDS", help="Longest time in all.")
@click.option("--threads", type=int, help="Processor threads for the solver.")
@SEARCH
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def explain(
    case: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    time_limit: float | None,
    threads: int | None,
    search: str | None,
    as_json: bool,
) -> int:
    """Find repairs of a CASE that has no plan: the cheapest, and up to three others.

    Each is printed as the --set options that make it, and each has been tried. Of a case with events it tells which
    futures have no plan, which decisions stand in the way of a plan for all, and what would make one possible. Exit
    status 0: there is a plan already, or there are repairs; 4: no change of the permitted groups makes one possible.
    """
    from planner.common.unknown import UnknownEvent
    from planner.explain.feasibility import Watching
    from planner.explain.search import explain as explained
    from planner.explain.trees.explanation import explain_futures

    changed, deadline = case_in_time(
        case, changes, period_months, time_limit_s=time_limit, threads=threads, search=search
    )
    explaining = explain_futures if changed.rows(UnknownEvent) else explained
    with Progress(sys.stderr) as progress:
        watch = Watching(progress.solving, deadline)
        found = explaining(changed, chosen(include, exclude), on_phase=progress.phase, watch=watch)
    click.echo(as_text(found.json()) if as_json else changed.settings.shown_in.told(found.text()))
    return 0
