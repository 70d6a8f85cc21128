"""Alternatives to a plan for all futures: other policies for little more, told apart by what they sign before the news.

Each further policy has the least objective among those within a share of the least and whose signatures before the news
differ, in a given number of offers, from those of every policy before it. What they sign later is left open. The
verdicts, too, are about signatures before the news:

    must      every policy within the cost signs the offer now
    may       some do
    never     none does
    open      the gaps of the solves do not tell

Every offer without a verdict, or with the verdict open, has a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.text import columns
from planner.case.case import Case
from planner.futures.tree import Tree
from planner.plan.hedges.hedge import Hedge
from planner.portfolio.portfolio import Portfolio
from planner.studies.alternatives import ANY_QUANTITY, GIVEN, VERDICTS, verdict
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.hedged.conditions import DiffersNow, SignedNow, decided_now, signature_now
from planner.studies.hedged.policy import NO, NOW, policy, signed_now
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus, no_plan

if TYPE_CHECKING:
    import pandas as pd

OTHERWISE = "signed now otherwise than in policy 1"
LATER = "nothing is signed about it before the news"


@dataclass(frozen=True)
class HedgedAlternatives:
    """Policies within a share of the least objective."""

    plans: tuple[Hedge, ...]
    """the cheapest first"""
    within: float
    """share of the least objective that a policy may cost more"""
    verdicts: Mapping[str, str]
    """by offer on which something is decided before the news: one of VERDICTS"""
    reasons: Mapping[str, str]
    """by offer that is open or has no verdict: why"""
    complete: bool
    """True: no other policy within the cost differs enough now"""

    @property
    def proven(self) -> bool:
        """Whether every policy is proven to its gap."""
        return all(plan.proven for plan in self.plans)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per offer: its verdict, and a column per policy.

        It says `now` where the offer is signed before the news, the probability with which it is signed later
        otherwise, and nothing where it is never signed.
        """
        import pandas as pd

        said = [
            {each.offer: "now" if each.signed == NOW else "" if each.signed == NO else f"{each.probability:g}"
             for each in policy(plan)}
            for plan in self.plans
        ]  # fmt: skip
        rows = [
            {"offer": offer, "verdict": verdict, **{f"plan_{i}": each[offer] for i, each in enumerate(said, start=1)}}
            for offer, verdict in self.verdicts.items()
        ]
        names = ["offer", "verdict", *(f"plan_{i}" for i in range(1, len(said) + 1))]
        return pd.DataFrame(rows, columns=names)

    def text(self) -> str:
        """Policies and verdicts on one screen."""
        least, shown_in = self.plans[0].record.objective_usd_bn, self.plans[0].case.settings.shown_in
        rows, usd = [], partial(shown_in.plain, unit="USD bn")
        for i, plan in enumerate(self.plans, start=1):
            record, ours, mine = plan.record, signed_now(self.plans[0]), signed_now(plan)
            other = [*(f"+{name}" for name in mine if name not in ours), *(f"-{n}" for n in ours if n not in mine)]
            bound = "" if record.bound_usd_bn is None else usd(record.bound_usd_bn)
            costs = [usd(each) for each in (record.objective_usd_bn, record.expected_cost_usd_bn, record.cvar_usd_bn)]
            more = f"{100 * (record.objective_usd_bn / least - 1.0):+.2f} %" if least else ""
            rows.append([str(i), *costs, bound, more, " ".join(other)])
        lines = [f"Policies for all futures within {100 * self.within:g} % of {usd(least)} {shown_in.money}"]
        lines += columns(["policy", "objective", "expected", "CVaR", "bound", "", OTHERWISE], rows, words=(6,))
        lines.append("  there are no others" if self.complete else "  there may be others")
        lines.append("")
        for each in VERDICTS:
            names = [offer for offer, said in self.verdicts.items() if said == each]
            if names:
                lines.append(f"{each:5}  {', '.join(names)}")
        lines += [f"  {offer}: {why}" for offer, why in self.reasons.items()]
        return "\n".join(line.rstrip() for line in lines)

    def json(self) -> dict[str, Any]:
        """The verdicts, and the cost and signatures of each policy."""
        plans = [
            {
                "objective_usd_bn": plan.record.objective_usd_bn,
                "expected_cost_usd_bn": plan.record.expected_cost_usd_bn,
                "cvar_usd_bn": plan.record.cvar_usd_bn,
                "bound_usd_bn": plan.record.bound_usd_bn,
                "signed_now": signed_now(plan),
            }
            for plan in self.plans
        ]
        return {
            "within": self.within,
            "complete": self.complete,
            "plans": plans,
            "verdicts": dict(self.verdicts),
            "reasons": dict(self.reasons),
        }


def alternatives_hedged(
    case: Case,
    *,
    within: float = 0.02,
    count: int = 10,
    apart: int = 1,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> HedgedAlternatives:
    """Up to `count` policies besides the cheapest, within a share of its objective, that differ in `apart` offers now.

    Raises Infeasible or Stopped where there is no plan for all futures.
    """
    base, portfolio = Base.of(case, hedged=True), Portfolio.of(case)
    news = next(iter(Tree.of(case).days), None)

    def solved(*runs: Run) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    on_phase("the cheapest plan for all futures")
    (cheapest,) = solved(Run("cheapest"))
    if cheapest.status not in WITH_A_PLAN:
        raise no_plan(cheapest, "the cheapest plan")
    cost = cheapest.hedge.record.objective_usd_bn
    most = cost + within * abs(cost)
    offers = tuple(each.offer for each in case.tables.offers() if len(signature_now(portfolio, each.offer, news)))
    plans, cuts, complete = [cheapest.hedge], tuple[DiffersNow, ...](), False
    while len(plans) <= count and not complete:
        on_phase(f"alternative {len(plans)} of {count}")
        mine = tuple(name for name in signed_now(plans[-1]) if name in offers)
        cuts = (*cuts, DiffersNow(f"policy {len(plans)}", offers, mine, apart, news))
        (outcome,) = solved(Run(f"alternative {len(plans)}", besides=cuts, most=most))
        complete = outcome.status is RunStatus.INFEASIBLE
        if outcome.status not in WITH_A_PLAN:
            break
        plans.append(outcome.hedge)
    on_phase("must, may, never")
    decided, reasons = _decided(case, portfolio, news)
    verdicts, more = _verdicts(decided, offers, plans, most, news, solved)
    return HedgedAlternatives(tuple(plans), within, verdicts, {**reasons, **more}, complete)


def _decided(case: Case, portfolio: Portfolio, news: date | None) -> tuple[list[str], dict[str, str]]:
    """The offers on which something is decided before the news, and why nothing is about the others."""
    decided, reasons = [], {}
    for offer in case.tables.offers():
        if offer.status in GIVEN:
            reasons[offer.offer] = GIVEN[offer.status]
        elif len(decided_now(portfolio, offer.offer, news)):
            decided.append(offer.offer)
        else:
            said = [text for name, text in portfolio.ledgers.notes if name == offer.offer]
            reasons[offer.offer] = "; ".join(said) or LATER
    return decided, reasons


def _verdicts(
    decided: Sequence[str],
    with_signature: Sequence[str],
    plans: Sequence[Hedge],
    cost: float,
    news: date | None,
    solved: Callable[..., list[RunResult]],
) -> tuple[dict[str, str], dict[str, str]]:
    """The verdict on each offer, and the reason of each that is open."""
    signing = [set(signed_now(plan)) for plan in plans]
    verdicts, reasons, runs = {}, {}, dict[str, Run]()
    for offer in decided:
        often = sum(offer in signed for signed in signing)
        verdicts[offer] = "may" if 0 < often < len(plans) else "open"
        if verdicts[offer] == "may":
            continue
        if not often and offer not in with_signature:
            reasons[offer] = ANY_QUANTITY
            continue
        name = f"{offer} {'not ' if often else ''}now"
        runs[offer] = Run(name, besides=(SignedNow(offer, not often, news),), target=cost)
    for offer, outcome in zip(runs, solved(*runs.values()), strict=True):
        verdicts[offer], reason = verdict(outcome, offer in signing[0], cost)
        if reason:
            reasons[offer] = reason
    return verdicts, reasons
