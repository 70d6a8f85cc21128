"""Whether the treatment of what outlives the horizon decides what is signed: the case solved under the other two.

A plan says what it would cost under each treatment. Here each of the others may choose a plan of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from planner.ledgers.objective import Horizon
from planner.plan.plan import Plan
from planner.solve.solve import solve


@dataclass(frozen=True, eq=False)
class OtherHorizon:
    """The plan of a case under another treatment of what outlives the horizon."""

    treatment: Horizon
    plan: Plan
    signs_too: tuple[str, ...]
    """offers that it signs and the given plan does not"""
    leaves_out: tuple[str, ...]
    """offers that the given plan signs and it does not"""

    @property
    def text(self) -> str:
        """What it costs and what it signs differently, in one line."""
        changes = [f"signs {', '.join(self.signs_too)} too"] if self.signs_too else []
        changes += [f"leaves out {', '.join(self.leaves_out)}"] if self.leaves_out else []
        does = " and ".join(changes) or "signs the same offers"
        cost = self.plan.case.settings.shown_in.usd(self.plan.record.objective_usd_bn)
        cost += "" if self.plan.proven else ", not proven"
        return f"With horizon = {self.treatment} the plan that is chosen costs {cost}: it {does}"

    def json(self) -> dict[str, object]:
        """The same for programs."""
        record = self.plan.record
        return {
            "horizon": str(self.treatment),
            "status": record.status,
            "objective_usd_bn": record.objective_usd_bn,
            "bound_usd_bn": record.bound_usd_bn,
            "signs_too": list(self.signs_too),
            "leaves_out": list(self.leaves_out),
        }


def other_horizons(plan: Plan, *, on_phase: Callable[[str], None] = lambda _: None) -> list[OtherHorizon]:
    """The case of a plan solved under the other treatments. Raises as `solve` does."""
    mine, found = _signed(plan), []
    for treatment in Horizon:
        if str(treatment) != plan.record.horizon:
            on_phase(f"horizon = {treatment}")
            changes = ("case.charge_beyond_horizon = blank", f"case.horizon = {treatment}")
            other = solve(plan.case.change(*changes), start=plan)
            signs = _signed(other)
            too, left = tuple(sorted(signs - mine)), tuple(sorted(mine - signs))
            found.append(OtherHorizon(treatment, other, too, left))
    return found


def _signed(plan: Plan) -> set[str]:
    """The offers that a plan signs."""
    return {row.offer for row in plan.rows("offers") if row.signed == "yes"}
