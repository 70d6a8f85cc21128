"""The command that reads a file of another program into a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.cli.options import as_text, ends_in_a_status
from planner.cli.paths import FOCUS_FILE, TO_FOLDER
from planner.focus.imported import ImportOptions
from planner.focus.terms import Terms
from planner.tables.cells import identifier, number

if TYPE_CHECKING:
    from pathlib import Path

NAME, FILL, KW = "--name", "--fill", "--kw-per-chip"


@click.command("import")
@click.argument("file", type=FOCUS_FILE)
@click.option("--into", "case", type=TO_FOLDER, required=True, metavar="CASE", help="The case that takes the rows.")
@click.option(
    NAME, "names", multiple=True, metavar="THEIRS=OURS",
    help="What the file calls THEIRS, a contract, seller, SKU or region, is OURS in the case. May be repeated.",
)  # fmt: skip
@click.option(
    KW, "powers", multiple=True, metavar="[CHIP=]KW",
    help="Power of a chip, by which hours of chips become GW. May be repeated.",
)  # fmt: skip
@click.option(
    FILL, "fills", multiple=True, metavar="TABLE.COLUMN=VALUE",
    help="Put VALUE where the file does not say what stands in a column. May be repeated.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace rows of the same contracts, or use in the same months.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for programs.")
@ends_in_a_status
def import_(
    file: Path,
    case: Path,
    names: tuple[str, ...],
    powers: tuple[str, ...],
    fills: tuple[str, ...],
    force: bool,
    as_json: bool,
) -> int:
    """Read a FOCUS FILE into a case: Contract Commitment (1.3 and 1.4) into its tables, Cost and Usage into actuals.

    What the file does not tell stays blank and is listed, as planner check lists it. Nothing is made up.
    """
    from planner.catalogue import CATALOGUE
    from planner.focus.importing import import_into

    terms = Terms(dict(_name(text) for text in names), dict(_power(text) for text in powers))
    asked, within = ImportOptions(terms, dict(_fill(text) for text in fills), force), _is_within(case)
    found = import_into(case, file, asked, CATALOGUE)
    if as_json:
        click.echo(as_text(found.json()))
    else:
        click.echo("\n".join([*found.lines(str(case)), "", f"Next: planner check {case}"]))
        if within and found.files:
            click.echo("The folder in which you are was replaced by a new one: cd to it again first")
    return 0


def _is_within(folder: Path) -> bool:
    """Whether the working folder is a folder or lies in it."""
    from pathlib import Path

    try:
        here = Path.cwd().resolve()
    except OSError:
        return False
    return folder.resolve() in (here, *here.parents)


def _name(text: str) -> tuple[str, str]:
    """A name of the file and the planner's."""
    theirs, _, ours = text.rpartition("=")
    try:
        if not theirs:
            raise ValueError(text)
        return theirs, identifier(ours)
    except ValueError:
        why = f"{text!r}: expected THEIRS=OURS, where OURS is a name of lower-case words joined by underscores"
        raise click.BadParameter(why, param_hint=NAME) from None


def _power(text: str) -> tuple[str, float]:
    """A chip, blank for all, and its power."""
    chip, _, kw = text.rpartition("=")
    try:
        if number(kw) <= 0:
            raise ValueError(kw)
        return chip, number(kw)
    except ValueError:
        raise click.BadParameter(f"{text!r}: expected KW or CHIP=KW, a number above 0", param_hint=KW) from None


def _fill(text: str) -> tuple[tuple[str, str], str]:
    """A table with its column, and what stands there."""
    from planner.catalogue import CATALOGUE
    from planner.focus.importing import fill_of

    try:
        return fill_of(text, CATALOGUE)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: expected {error}", param_hint=FILL) from None
