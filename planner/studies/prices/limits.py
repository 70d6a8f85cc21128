"""What one step of a limit is worth: by solving again, and beside it what the duals say of it.

The duals are those of the linear program that is left when everything that is signed stays signed: they hold for a
small step and for what can be chosen afresh within the same signatures, so they may say less than a solve finds. With
y_i the dual of row i of a limit and Δ_i by how much the step widens its headroom at the plan,

    value of the step ≈ −Σ_i y_i · Δ_i
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.basics.arrays import Vector
from planner.case.case import Case
from planner.common.guarantors import GuarantorCap
from planner.common.regions import Region
from planner.common.treasury import Finance
from planner.instruments.term_loan.tables import TermLoan
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.rules.policies.tables import AT_LEAST, SHARES, Policy, PolicyKind
from planner.solve.start import starting_values


@dataclass(frozen=True)
class Lever:
    """A step that loosens a limit."""

    limit: str
    step: str
    """how far, in words"""
    change: str


def levers(case: Case) -> Iterator[Lever]:
    """A step for every limit that the case states."""
    for who, kind in dict.fromkeys((row.guarantor, row.kind) for row in case.rows(GuarantorCap)):
        yield Lever(f"{kind} cap of {who}", "1 USD bn more", f"guarantor_caps[{who},{kind},*].cap_usd_bn += 1")
    if any(row.min_cash_usd_bn is not None for row in case.rows(Finance)):
        yield Lever("cash", "1 USD bn more at the start", "case.opening_cash_usd_bn += 1")
    for name, column, step, change in (
        ("debt multiple", "debt_multiple_max", "0.1 more", "+= 0.1"),
        ("debt cap", "debt_cap_usd_bn", "1 USD bn more", "+= 1"),
        ("cover", "cover_min", "0.05 less", "-= 0.05"),
        ("obligations cap", "obligations_cap_usd_bn", "1 USD bn more", "+= 1"),
    ):
        if any(getattr(row, column) is not None for row in case.rows(Finance)):
            yield Lever(name, step, f"finance[*].{column} {change}")
    for region in case.rows(Region):
        if region.grid_limit_gw is not None:
            change = f"regions[{region.region}].grid_limit_gw += 0.1"
            yield Lever(f"grid limit of {region.region}", "0.1 GW more", change)
    for loan in case.rows(TermLoan):
        change = f"term_loans[{loan.facility}].limit_usd_bn += 1"
        yield Lever(f"limit of {loan.facility}", "1 USD bn more", change)
    for row in case.rows(Policy):
        if (lever := _policy(row)) is not None:
            yield lever


def _policy(row: Policy) -> Lever | None:
    """A step of its value; None where there is none left."""
    least, gw = row.kind in AT_LEAST, row.kind is PolicyKind.OWN_CAPACITY_MIN
    room = row.value if least else 1.0 - row.value if row.kind in SHARES else float("inf")
    step = min(0.1 if gw else 0.01, room)
    if step <= 0.0:
        return None
    words = f"{step:g}{' GW' * gw} {'less' if least else 'more'}"
    return Lever(f"policy {row.policy}", words, f"policies[{row.policy}].value {'-=' if least else '+='} {step:g}")


def by_duals(
    plan: Plan, steps: Sequence[Lever], on_phase: Callable[[str], None] = lambda _: None
) -> list[float | None]:
    """What each step is worth by the duals [USD bn]; None where it changes what can be decided, or they are unknown."""
    on_phase("pricing limits by duals")
    portfolio = Portfolio.of(plan.case)
    x = starting_values(portfolio, plan)
    rows = _row_duals(portfolio, x)
    if rows is None:
        return [None] * len(steps)
    before = _headroom(portfolio, x)
    values: list[float | None] = []
    for step in steps:
        changed = Portfolio.of(plan.case.change(step.change), portfolio)
        if not _same_columns(portfolio, changed):
            values.append(None)
            continue
        after = _headroom(changed, x)
        values.append(-sum(y * (after[key] - before[key]) for key, y in rows.items() if key in after) + 0.0)
    return values


def _same_columns(one: Portfolio, other: Portfolio) -> bool:
    return [family.keys for family in one.ledgers.families] == [family.keys for family in other.ledgers.families]


def _headroom(portfolio: Portfolio, x: Vector) -> dict[tuple[str, str, int], float]:
    """allowed − used by rule, subject and period."""
    found = {}
    for limit in portfolio.limits:
        apart = limit.allowed.evaluate(x) - limit.used.evaluate(x)
        found.update({(limit.rule, limit.subject, t): float(apart[t]) for t in limit.periods})
    return found


def _row_duals(portfolio: Portfolio, x: Vector) -> dict[tuple[str, str, int], float] | None:
    """Change of cost per unit of headroom, by rule, subject and period, of the limits that are rows of the model."""
    from planner import solver
    from planner.model.model import model
    from planner.solver.labels import Label

    program = model(portfolio).program()
    options = solver.Options(gap=0.0)
    decided = np.append(x, np.full(len(program.cost) - len(x), np.nan))  # the model's own integers are found anew
    whole = solver.solve(program.with_integers_fixed(decided), options).x
    duals = None if whole is None else solver.duals(program, whole, options)
    if duals is None:
        return None
    found = {}
    position = {label: i for i, label in enumerate(program.rows)}
    for limit in portfolio.limits:
        for t in limit.periods:
            i = position.get(Label(f"limit.{limit.rule}", (limit.subject, t)))
            if i is not None:
                upper = np.isfinite(program.row_upper[i])
                found[limit.rule, limit.subject, t] = float(duals[i]) * (1.0 if upper else -1.0)
    return found
