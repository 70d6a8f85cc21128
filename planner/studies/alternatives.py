"""Near-optimal portfolios: what else one could sign for little more, and what every such portfolio signs.

Each further plan costs least among those that sign at least so many offers otherwise than every plan before it, and at
most so much more than the least cost. For each offer it is then asked whether a plan within that cost can do with it,
or without it:

    must      every plan within the cost signs it
    may       some do
    never     none does
    open      the gaps leave it open

An offer whose signature is no decision (one that is given, or an order of any size) is not asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.case import Case
from planner.plan import Plan
from planner.portfolio import Portfolio
from planner.solve import solve
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.measures import CostAtMost, Differs, signatures
from planner.studies.runs import WITH_A_PLAN, Base, Outcome, Run, Status
from planner.tables import Status as OfferStatus
from planner.text import columns

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("must", "may", "never", "open")


@dataclass(frozen=True)
class Alternatives:
    """Plans within a share of the least cost."""

    plans: tuple[Plan, ...]
    """the cheapest first"""
    within: float
    """share of the least cost that a plan may cost more"""
    verdicts: dict[str, str]
    """by offer: one of VERDICTS"""
    complete: bool
    """whether there are no others that differ enough"""

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per offer: its verdict, and a column per plan with its peak GW; blank where it is not signed."""
        import pandas as pd

        rows = []
        for offer, verdict in self.verdicts.items():
            row: dict[str, Any] = {"offer": offer, "verdict": verdict}
            for i, plan in enumerate(self.plans):
                mine = plan.offers[plan.offers["offer"] == offer].iloc[0]
                row[f"plan_{i + 1}"] = float(mine["peak_gw"]) if mine["signed"] == "yes" else None
            rows.append(row)
        return pd.DataFrame(rows, columns=["offer", "verdict", *(f"plan_{i + 1}" for i in range(len(self.plans)))])

    def text(self) -> str:
        """Plans and verdicts on one screen."""
        best = self.plans[0].record.objective_usd_bn
        lines = [f"Plans within {100 * self.within:g} % of {best:.3f} USD bn"]
        rows = []
        first = _signed(self.plans[0])
        for i, plan in enumerate(self.plans, start=1):
            mine, cost = _signed(plan), plan.record.objective_usd_bn
            otherwise = [
                *(f"+{name}" for name in mine if name not in first),
                *(f"-{n}" for n in first if n not in mine),
            ]
            bound = plan.record.bound_usd_bn
            said = "" if bound is None else f"{bound:.3f}"
            rows.append([str(i), f"{cost:.3f}", said, f"{100 * (cost / best - 1.0):+.2f} %", " ".join(otherwise)])
        lines += columns(["plan", "cost", "bound", "", "signed otherwise than in plan 1"], rows, words=(4,))
        lines.append("  there are no others" if self.complete else "  there may be others")
        lines.append("")
        for verdict in VERDICTS:
            names = [offer for offer, said in self.verdicts.items() if said == verdict]
            if names:
                lines.append(f"{verdict:5}  {', '.join(names)}")
        return "\n".join(line.rstrip() for line in lines)

    def json(self) -> dict[str, Any]:
        """Verdicts, and cost and signatures of each plan."""
        plans = [
            {"objective_usd_bn": p.record.objective_usd_bn, "bound_usd_bn": p.record.bound_usd_bn, "signed": _signed(p)}
            for p in self.plans
        ]
        return {"within": self.within, "complete": self.complete, "plans": plans, "verdicts": self.verdicts}


def _signed(plan: Plan) -> list[str]:
    return [str(name) for name in plan.offers.loc[plan.offers["signed"] == "yes", "offer"]]


def alternatives(
    case: Case,
    *,
    within: float = 0.02,
    count: int = 10,
    apart: int = 1,
    start: Plan | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> Alternatives:
    """So many plans besides the cheapest, within a share of its cost, that differ in `apart` offers or more.

    `start` is the cheapest plan where it is known already. Raises Infeasible or Stopped where there is no plan.
    """
    plan = solve(case) if start is None else start
    portfolio = Portfolio.of(case)
    offers = signatures(portfolio)
    base = Base.of(case, plan)
    most = (CostAtMost((1.0 + within) * plan.record.objective_usd_bn),)

    def solved(*runs: Run) -> list[Outcome]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    plans, complete = [plan], False
    cuts: tuple[Differs, ...] = ()
    while len(plans) <= count and not complete:
        on_phase(f"alternative {len(plans)} of {count}")
        last = plans[-1]
        mine = tuple(name for name in _signed(last) if name in offers)
        cuts = (*cuts, Differs(f"plan {len(plans)}", mine, apart))
        (outcome,) = solved(Run(f"alternative {len(plans)}", besides=(*most, *cuts)))
        complete = outcome.status is Status.INFEASIBLE
        if outcome.status not in WITH_A_PLAN:
            break
        plans.append(outcome.plan)
    on_phase("must, may, never")
    return Alternatives(tuple(plans), within, _verdicts(case, offers, plans, most, solved), complete)


def _verdicts(
    case: Case,
    offers: list[str],
    plans: list[Plan],
    most: tuple[CostAtMost],
    solved: Callable[..., list[Outcome]],
) -> dict[str, str]:
    """What can be said of each offer; those that some plan signs and another does not may be signed."""
    by_name = {offer.offer: offer for offer in case.tables.offers()}
    signing = [set(_signed(plan)) for plan in plans]
    runs: dict[str, Run] = {}
    for offer in offers:
        often = sum(offer in signed for signed in signing)
        if 0 < often < len(plans):
            continue
        other = OfferStatus.CLOSED if often else OfferStatus.REQUIRED
        change = f"{by_name[offer].about.name}[{offer}].status = {other}"
        runs[offer] = Run(f"{offer} {other}", (change,), most)
    ended = dict(zip(runs, solved(*runs.values()), strict=True))
    verdicts = {}
    for offer in offers:
        if offer not in ended:
            verdicts[offer] = "may"
            continue
        settled = offer in signing[0]
        match ended[offer].status:
            case Status.INVALID if not settled:  # a phase that may be exercised with nothing at all
                verdicts[offer] = "may"
            case Status.INFEASIBLE | Status.INVALID:
                verdicts[offer] = "must" if settled else "never"
            case Status.PROVEN | Status.UNPROVEN:
                verdicts[offer] = "may"
            case _:
                verdicts[offer] = "open"
    return verdicts
