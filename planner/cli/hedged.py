"""What commands share whose solves can plan for all futures of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from planner.basics.errors import DataError, Disagrees, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.hedges.hedge import Hedge

HEDGED = click.option("--hedge", "hedged", is_flag=True, help="Plan for all futures of the case in every solve.")


def hedge_in(folder: Path) -> Hedge:
    """The plan for all futures in a folder, once its audit has agreed.

    Raises DataError where the folder is none of a hedge, Disagrees where the audit does not agree.
    """
    from planner.plan.hedges.audit import audit
    from planner.plan.hedges.hedge import Hedge, is_hedge

    if not is_hedge(folder):
        expected = "a plan for all futures, as `planner hedge` writes it"
        raise DataError([Problem(str(folder), None, "", expected, "another folder" if folder.is_dir() else "none")])
    audited = audit(folder)
    if not audited.agrees:
        raise Disagrees(str(folder), audited.findings)
    return Hedge.read(folder)


def refuse_with_hedge(**options: object) -> None:
    """Raise click.UsageError with the options that do not go with --hedge and are given; by name, `_` for `-`."""
    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value]
    if given:
        raise click.UsageError(f"{' and '.join(given)} cannot be given with --hedge")
