"""The command `export`: plans and cases as files that other programs read.

What a folder is, a plan or a case, is told by what stands in it. Each form of a plan is one option that names a file,
and one function that makes its bytes of the audited plan: `-o` and `_workbook`. A further form, such as a table of
contracts for billing, is a further option beside `-o`, and a line in `forms`; what every form shares stays in
`_written`: files are replaced only with --force, and each appears complete or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from planner.cli.options import FOLDER, TO_FILE, bringing, ends_in_a_status, plans_in

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.plan import Plan

WORKBOOK = ".xlsx"


def _named_as_workbook(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
    """Check the name of a workbook before anything is read."""
    if file is not None and file.suffix.lower() != WORKBOOK:
        raise click.BadParameter(f"{file.name} must end in {WORKBOOK}")
    return file


@click.command()
@click.argument("source", type=FOLDER)
@click.option(
    "-o", "--output", "workbook", type=TO_FILE, required=True, metavar="FILE.xlsx", callback=_named_as_workbook,
    help="The workbook to write.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that are there.")
@ends_in_a_status
def export(source: Path, workbook: Path, force: bool) -> int:
    """Write a plan, the SOURCE, as a workbook with live formulas, whose sums are those of the ledger.

    The plan is audited first; exit status 7: the audit does not agree.
    """
    forms = {workbook: _workbook}
    _refuse(source, [*forms], force)
    with bringing("excel"):
        import planner.workbooks.writing  # noqa: F401
    (plan,) = plans_in(source)
    for file, form in forms.items():
        _written(file, form, plan)
    return 0


def _refuse(source: Path, files: list[Path], force: bool) -> None:
    """Raise FileExistsError where a file exists and may not be replaced, or where it would lie in what is read."""
    from planner.basics.outputs import refuse_to_touch

    for file in files:
        if file.exists() and not force:
            raise FileExistsError(f"{file} exists; --force replaces it")
        refuse_to_touch(source, file)


def _written(file: Path, form: Callable[[Plan], bytes], plan: Plan) -> None:
    """Write one form of a plan to its file, completely or not at all."""
    from planner.basics.outputs import write_file

    write_file(file, form(plan))
    click.echo(f"Written to {file}")


def _workbook(plan: Plan) -> bytes:
    """The workbook of a plan."""
    from planner.workbooks.of_plan.workbook import plan_workbook
    from planner.workbooks.writing import data_of

    return data_of(plan_workbook(plan))
