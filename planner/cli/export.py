"""The command `export`: plans and cases as files that other programs read.

What a folder is, a plan or a case, is told by what stands in it. Each form of a plan is one option that names a file,
and one function that makes its bytes of the audited plan: `-o` and `_workbook`, `--focus` and `_commitments`. A further
form is a further option beside these, and a line in `asked`; what every form shares stays in `_refuse` and `_written`:
files are replaced only with --force, and each appears complete or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from planner.cli.options import FOLDER, TO_FILE, bringing, ends_in_a_status, plans_in

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.plan import Plan

WORKBOOK, TABLE = ".xlsx", ".csv"


def _ending_in(ending: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    """A check of the name of a file before anything is read."""

    def checked(_: click.Context, __: click.Parameter, file: Path | None) -> Path | None:
        if file is not None and file.suffix.lower() != ending:
            raise click.BadParameter(f"{file.name} must end in {ending}")
        return file

    return checked


@click.command()
@click.argument("source", type=FOLDER)
@click.option(
    "-o", "--output", "workbook", type=TO_FILE, metavar="FILE.xlsx", callback=_ending_in(WORKBOOK),
    help="Write a workbook.",
)  # fmt: skip
@click.option(
    "--focus", "commitments", type=TO_FILE, metavar="FILE.csv", callback=_ending_in(TABLE),
    help="Write the commitments to spend as rows of FOCUS 1.4, the open format of cloud bills.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace files that are there.")
@ends_in_a_status
def export(source: Path, workbook: Path | None, commitments: Path | None, force: bool) -> int:
    """Write a plan, the SOURCE, for other programs: as a workbook, or its commitments to spend in FOCUS.

    The workbook has live formulas, whose sums are those of the ledger. planner import reads FOCUS. The plan is audited
    first; exit status 7: the audit does not agree.
    """
    asked = ((workbook, _workbook), (commitments, _commitments))
    forms = {file: form for file, form in asked if file is not None}
    if not forms:
        raise click.UsageError("give -o FILE.xlsx, --focus FILE.csv or both")
    _refuse(source, [*forms], force)
    if workbook is not None:
        with bringing("excel"):
            import planner.workbooks.writing  # noqa: F401
    (plan,) = plans_in(source)
    made = {file: form(plan) for file, form in forms.items()}
    for file, data in made.items():
        _written(file, data)
    return 0


def _refuse(source: Path, files: list[Path], force: bool) -> None:
    """Raise FileExistsError where a file exists and may not be replaced, or where it would lie in what is read."""
    from planner.basics.outputs import refuse_to_touch

    for file in files:
        if file.exists() and not force:
            raise FileExistsError(f"{file} exists; --force replaces it")
        refuse_to_touch(source, file)


def _written(file: Path, data: bytes) -> None:
    """Write one form of a plan to its file, completely or not at all."""
    from planner.basics.outputs import write_file

    write_file(file, data)
    click.echo(f"Written to {file}")


def _workbook(plan: Plan) -> bytes:
    """The workbook of a plan."""
    from planner.workbooks.of_plan.workbook import plan_workbook
    from planner.workbooks.writing import data_of

    return data_of(plan_workbook(plan))


def _commitments(plan: Plan) -> bytes:
    """The commitments to spend of a plan."""
    from planner.focus.export import focus_file

    return focus_file(plan)
