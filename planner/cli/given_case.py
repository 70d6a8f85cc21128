"""The case that a command is given, with the changes of its options, and the time that it may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.basics.deadline import Deadline
from planner.basics.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from planner.api import Case


def case_in(
    folder: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool = False,
    *,
    shows_slips: bool = False,
    **solver: float | str | None,
) -> Case:
    """The case in a folder with the changes of the options. Where `strict`, slips raise DataError.

    Otherwise they are printed on standard error, unless the command shows them itself.
    """
    from planner.api import Case
    from planner.case import plausibility

    texts = [*changes]
    if period_months is not None:
        texts.append(f"case.period_months = {period_months}")
    texts += [f"case.solver.{name} = {value}" for name, value in solver.items() if value is not None]
    case = Case.read(folder)
    case = case.change(*texts) if texts else case
    slips = plausibility.slips(case)
    if strict and slips:
        raise DataError(slips)
    if not shows_slips:
        for slip in slips:
            click.echo(f"Looks like a slip: {slip}", err=True)
    return case


def case_in_time(
    folder: Path,
    changes: tuple[str, ...],
    period_months: str | None,
    strict: bool = False,
    **solver: float | str | None,
) -> tuple[Case, Deadline]:
    """The case as `case_in` gives it, and the deadline by which its time limit wants a plan: reading counts too.

    Raises Stopped where it cannot be read within the limit of the options.
    """
    begun, limit = Deadline(), solver.get("time_limit_s")
    now = begun.now()
    given = begun.within(limit) if isinstance(limit, float) and limit > 0.0 else begun
    with given.enforced():
        case = case_in(folder, changes, period_months, strict, shows_slips=False, **solver)
    return case, Deadline(now + case.settings.solver.time_limit_s)
