"""The command `export`: plans and cases as files that other programs read, and a case in a workbook as a folder again.

What the source is, a plan or a case, is told by what stands in it. Each form of a plan is one option that names a file,
and one function that makes its bytes of the audited plan: `-o` and `_plan_book`, `--focus` and `_commitments`. A
further form is a further option beside these, and a line in `forms`; what every form shares stays in `_refuse` and
`_written`: files are replaced only with --force, and each appears complete or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import click

from planner.basics.errors import DataError, Problem
from planner.cli.options import bringing, ends_in_a_status, plans_in
from planner.cli.paths import CASE, TO_EITHER, TO_FILE, WORKBOOK, holds, is_workbook
from planner.common.recognised import described

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.plan import Plan

TABLE = ".csv"


@click.command()
@click.argument("source", type=CASE)
@click.option(
    "-o", "--output", "output", type=TO_EITHER, metavar="FILE.xlsx",
    help="Write a workbook; of a case in a workbook, the folder.",
)  # fmt: skip
@click.option(
    "--focus", "commitments", type=TO_FILE, metavar="FILE.csv",
    help="Write a plan's commitments to spend as rows of FOCUS 1.4, the open format of cloud bills.",
)  # fmt: skip
@click.option(
    "--accounts", type=click.Choice(("ifrs16", "asc842")),
    help="Write the books of a plan's leases instead: to the folder, or the workbook, of -o.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@ends_in_a_status
def export(source: Path, output: Path | None, commitments: Path | None, accounts: str | None, force: bool) -> int:
    """Write a plan or a case, the SOURCE, for other programs: as a workbook, or a plan's commitments in FOCUS.

    The workbook of a plan has live formulas, whose sums are those of its ledger. That of a case has a sheet for each
    table; commands that take a case read it, and `planner export FILE.xlsx -o FOLDER` makes a folder of it again.
    planner import reads FOCUS. With --accounts, -o gets liabilities and assets of leases, costs, payments to come and
    what else a standard asks for. A plan is audited first; exit status 7: the audit does not agree.
    """
    if accounts is not None:
        if output is None or commitments is not None:
            raise click.UsageError("--accounts goes with -o FOLDER or -o FILE.xlsx, and not with --focus")
        return _books(source, accounts, output, force)
    forms = {file: form for file, form in ((output, _plan_book), (commitments, _commitments)) if file is not None}
    if not forms:
        raise click.UsageError("give -o FILE.xlsx, --focus FILE.csv or both")
    _check_name(commitments, TABLE, "--focus")
    if output is not None and is_workbook(source) and commitments is None:
        return _to_folder(source, output, force)
    _check_name(output, WORKBOOK, "-o")
    if output is not None and not is_workbook(output):
        raise click.BadParameter(f"{output} is a folder", param_hint="-o")
    from planner.common import settings
    from planner.plan.record import RECORD

    there = holds(source.is_dir)
    if there and (source / RECORD).exists():
        return _export_plan(source, forms, output, force)
    if output is not None and commitments is None and there and (source / settings.FILE).exists():
        return _export_case(source, output, force)
    expected = f"a folder with a plan ({RECORD})"
    if commitments is None:
        expected += f" or a case ({settings.FILE})"
    instead = described(source) or ("neither" if there else "no such folder")
    raise DataError([Problem(str(source), None, "", expected, instead)])


def _check_name(file: Path | None, ending: str, option: str) -> None:
    """Raise click.BadParameter where the name of a file does not end as its form does."""
    if file is not None and file.suffix.lower() != ending:
        raise click.BadParameter(f"{file.name} must end in {ending}", param_hint=option)


def _export_plan(
    source: Path, forms: Mapping[Path, Callable[[Plan], bytes]], workbook: Path | None, force: bool
) -> int:
    """Write a plan in some forms, by the file of each."""
    for file in forms:
        _refuse(source, file, force)
    if workbook is not None:
        _bring()
    (plan,) = plans_in(source)
    made = {file: form(plan) for file, form in forms.items()}
    for file, data in made.items():
        _written(file, data)
    return 0


def _books(source: Path, standard: str, output: Path, force: bool) -> int:
    """Write the books of a plan's leases as a folder or a workbook."""
    from planner.accounts import folder
    from planner.accounts.books import Standard

    in_workbook = output.suffix.lower() == WORKBOOK
    _refuse(source, output, force)
    if in_workbook:
        _bring()
    else:
        folder.refuse_to_replace(output, force=force)
    (plan,) = plans_in(source)
    if in_workbook:
        _written(output, folder.workbook(plan, Standard(standard)))
    else:
        folder.write(plan, Standard(standard), output, force=force)
        click.echo(f"Written to {output}; {folder.PAGE} there says what the tables rest on")
    return 0


def _export_case(source: Path, file: Path, force: bool) -> int:
    """Write the workbook of a case."""
    _refuse(source, file, force)
    _bring()
    from planner.api import Case
    from planner.workbooks.of_case.writing import data_of

    _written(file, data_of(Case.read(source)), f"; next: planner check {file}")
    return 0


def _to_folder(source: Path, folder: Path, force: bool) -> int:
    """Write the case in a workbook as a folder."""
    from planner.api import Case
    from planner.basics.outputs import locked
    from planner.roll.folder import refuse_to_replace

    if folder.suffix.lower() == WORKBOOK:
        raise click.BadParameter(f"{source} is a workbook already: name the folder for its case", param_hint="-o")
    refuse_to_replace(folder, force=force)
    case = Case.read(source)
    with locked(folder) as place:
        refuse_to_replace(folder, force=force)
        place.put(case.write)
    click.echo(f"Written to {folder}; next: planner check {folder}")
    return 0


def _bring() -> None:
    """End as wrong usage where the package that writes workbooks is not installed."""
    with bringing("excel"):
        import planner.workbooks.writing  # noqa: F401


def _refuse(source: Path, file: Path, force: bool) -> None:
    """Raise FileExistsError where a file exists and may not be replaced, or where it would lie in what is read."""
    from planner.basics.outputs import refuse_to_touch

    if file.exists() and not force:
        raise FileExistsError(f"{file} exists; --force replaces it")
    refuse_to_touch(source, file)


def _written(file: Path, data: bytes, hint: str = "") -> None:
    """Write a file, completely or not at all."""
    from planner.basics.outputs import write_file

    write_file(file, data)
    click.echo(f"Written to {file}{hint}")


def _plan_book(plan: Plan) -> bytes:
    """The workbook of a plan."""
    from planner.workbooks.of_plan.workbook import plan_workbook
    from planner.workbooks.writing import data_of

    return data_of(plan_workbook(plan))


def _commitments(plan: Plan) -> bytes:
    """The commitments to spend of a plan."""
    from planner.focus.export import focus_file

    return focus_file(plan)
