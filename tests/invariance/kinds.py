"""The kinds, and what is the same in a case and its variants."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.generate import case_files
from planner.plan.audit import audit
from planner.plan.plan import Plan
from planner.solve.solve import solve
from tests.invariance import units

SAME = 1e-6
"""relative difference of two costs that counts as none"""


@dataclass(frozen=True)
class Variant:
    """A case told otherwise."""

    says: str
    case: Case
    cost: float = 1.0
    """its cost as a multiple of that of the case"""


def _in_other_units(case: Case) -> Iterator[Variant]:
    for money, power in units.FACTORS:
        says = f"money times {money:g}, power times {power:g}"
        yield Variant(says, units.in_units(case, money, power), money)


KINDS: dict[str, Callable[[Case], Iterator[Variant]]] = {"units": _in_other_units}


def generated(number: int) -> Case:
    """The random case of a number, of three to eight offers."""
    return Case.made_of(case_files(3 + number % 6, periods=10, period_months=12, seed=number))


def solved(case: Case) -> Plan | None:
    """The plan of a case, audited; None where there is none."""
    try:
        plan = solve(case)
    except Infeasible:
        return None
    with tempfile.TemporaryDirectory() as folder:
        plan.write(Path(folder) / "plan")
        audited = audit(Path(folder) / "plan")
    assert audited.agrees, audited.text()
    return plan


def compared(plan: Plan | None, other: Plan | None, cost: float) -> str:
    """How the plan of a case and that of its variant differ, whose cost is so many times that of the case; or blank."""
    if plan is None or other is None:
        return "" if plan is other else f"{'no plan' if plan is None else 'a plan'} against the other of the two"
    one, two = plan.record, other.record
    if one.status != two.status:
        return f"{one.status} against {two.status}"
    room = SAME * abs(one.objective_usd_bn)
    if one.bound_usd_bn is not None and two.objective_usd_bn / cost < one.bound_usd_bn - room:
        return f"costs {two.objective_usd_bn / cost}, which is less than the bound {one.bound_usd_bn}"
    if two.bound_usd_bn is not None and one.objective_usd_bn < two.bound_usd_bn / cost - room:
        return f"costs {one.objective_usd_bn}, which is less than the variant's bound {two.bound_usd_bn / cost}"
    return ""
