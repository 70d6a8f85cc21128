"""The command that writes events and outcomes: from laws, and a few futures for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.basics.text import counted, number
from planner.cli.options import as_text, ends_in_a_status
from planner.cli.paths import CASE, TO_FOLDER, is_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from planner.api import Case
    from planner.futures.selection import Selection


TABLES = ("events.csv", "outcomes.csv")


@click.command()
@click.argument("case", type=CASE)
@click.option(
    "--law", "laws", multiple=True, metavar="NAME: CHANGE",
    help="What is not known yet, as a change whose value is a law, such as"
    " 'demand: demand[2028-07-01..,*,*].demand_gw *= lognormal(1, 0.2)'. May be repeated.",
)  # fmt: skip
@click.option(
    "--outcomes", "count", type=click.IntRange(1, 20), default=3, show_default=True, metavar="N",
    help="Outcomes of each law.",
)  # fmt: skip
@click.option(
    "--points", type=click.Choice(["brackets", "gauss"]), default="brackets", show_default=True,
    help="Means within intervals of equal probability, or Gauss's points, which keep 2N − 1 moments.",
)  # fmt: skip
@click.option(
    "--correlation", "correlations", multiple=True, metavar="NAME:NAME=R",
    help="Rank correlation of the outcomes of two laws. May be repeated.",
)  # fmt: skip
@click.option(
    "--known-on", multiple=True, metavar="DATE | NAME=DATE",
    help="Day of the news, of all laws or of one; default: the first day of the range in the change.",
)  # fmt: skip
@click.option(
    "--futures", type=click.IntRange(1), metavar="N", help="Keep N of all futures, by fast forward selection."
)
@click.option(
    "-o", "--output", "place", type=TO_FOLDER, metavar="CASE",
    help="Folder for the case with the events.  [default: change events.csv and outcomes.csv of CASE]",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the case, or the events, that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def events(
    case: Path,
    laws: tuple[str, ...],
    count: int,
    points: str,
    correlations: tuple[str, ...],
    known_on: tuple[str, ...],
    futures: int | None,
    place: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Write what is not known yet into a CASE: outcomes that stand for laws, or a few futures that stand for many.

    Laws: lognormal(mean, deviation), normal(mean, deviation), gamma(mean, deviation), uniform(low, high),
    triangular(low, mode, high), pert(low, mode, high); mean and deviation are those of the number itself.
    """
    if not laws and futures is None:
        raise click.UsageError("give --law, --futures or both")
    if (correlations or known_on) and not laws:
        raise click.UsageError("--correlation and --known-on are about laws: give --law")
    from planner.api import Case
    from planner.basics.outputs import refuse_to_touch
    from planner.futures.asked import with_few, with_laws
    from planner.roll.folder import refuse_to_replace

    if place is None and is_workbook(case):
        raise click.UsageError(f"{case} is a workbook, which is only read: give -o for the folder of the new case")
    if place is not None:
        refuse_to_touch(case, place)
        refuse_to_replace(place, force=force)
    old = Case.read(case)
    new, kept = old, None
    if laws:
        new = with_laws(old, laws, count, points, correlations, known_on, force=force or place is not None)
    if futures is not None:
        if place is None and old.files.keys() & set(TABLES) and not force:
            raise FileExistsError(f"{case} has events already; --force replaces them all by the futures that are kept")
        new, kept = with_few(new, futures)
    found = new.check()
    _write(new, case, place, force=force)
    from planner.reports import futures as told

    if as_json:
        click.echo(as_text({"unknown": told.json(new, found.tree), "kept": _kept_json(kept)}))
        return 0
    click.echo("\n".join(told.lines(new, found.tree)[1:]))
    if kept is not None:
        click.echo(f"\n{_kept_text(kept)}")
    where = place or case
    click.echo(f"\nWritten to {where}; next: planner hedge {where} -o PLAN")
    return 0


def _write(new: Case, case: Path, place: Path | None, *, force: bool) -> None:
    """Write the case to a place, or its events into the case that they are of."""
    from planner.basics.outputs import locked, write_file
    from planner.roll.folder import refuse_to_replace

    if place is None:
        for file in TABLES:
            write_file(case / file, new.files[file])
        return
    with locked(place) as output:
        refuse_to_replace(place, force=force)
        output.put(new.write)


def _kept_text(kept: Selection) -> str:
    share = f"{kept.relative:.1%} of that where only the most central future is kept"
    return (
        f"Kept {counted(len(kept.positions), 'future')}; distance from all futures (Kantorovich) "
        f"{number(kept.distance)} standard deviations, {share}"
    )


def _kept_json(kept: Selection | None) -> dict[str, object] | None:
    if kept is None:
        return None
    return {"futures": len(kept.positions), "distance": kept.distance, "relative_distance": kept.relative}
