"""Alternatives: other plans that cost little more than the cheapest, and what all such plans sign.

Each further plan costs least among those that cost at most a given share more than the cheapest and that differ from
every plan before it in the signatures of a given number of offers. Plans that are widest apart in a measure can be
asked for too: those with the least and the most of it within that cost. Then each offer gets a verdict:

    must      every plan within the cost signs the offer
    may       some plans do
    never     no plan does
    open      the gaps of the solves do not tell

An offer that the case requires must be signed. An offer of which any quantity may be taken, without a signature, gets
a verdict by whether plans take some of it. Every offer without a verdict, or with the verdict open, has a reason: it is
signed already, it is closed, no day is left to sign it, or what the solve about it lacked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.basics.display import Display
from planner.basics.text import columns
from planner.case.case import Case
from planner.plan.exports.signed import signed_already
from planner.plan.plan import Plan
from planner.portfolio.portfolio import Portfolio
from planner.solve.solve import solve
from planner.studies.engine import Engine, OnDone, carry_out
from planner.studies.extremes import Extreme, attributes, extremes
from planner.studies.given_plan import checked
from planner.studies.measures import CostAtMost, Differs, above, signatures
from planner.studies.runs import WITH_A_PLAN, Base, Run, RunResult, RunStatus
from planner.tables.offer import Offer, OfferStatus

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("must", "may", "never", "open")
OTHERWISE = "signed otherwise than in plan 1"


@dataclass(frozen=True)
class Alternatives:
    """Plans within a share of the least cost."""

    plans: tuple[Plan, ...]
    """the cheapest first"""
    within: float
    """share of the least cost that a plan may cost more"""
    verdicts: dict[str, str]
    """by offer: one of VERDICTS"""
    reasons: dict[str, str]
    """by offer that is open or has no verdict: why"""
    complete: bool
    """True: no other plan within the cost differs enough"""
    extremes: tuple[Extreme, ...] = ()
    """for each measure asked for, the least, then the most"""

    @property
    def proven(self) -> bool:
        """Whether every plan is proven to its gap, and so is the value of every extreme."""
        return all(plan.proven for plan in self.plans) and all(extreme.proven for extreme in self.extremes)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per offer: its verdict, and a column per plan with its peak GW; blank where it is not signed.

        The plans are `plan_1`, … and those of extremes by their names, such as `least use:google`.
        """
        import pandas as pd

        plans = {f"plan_{i}": plan for i, plan in enumerate(self.plans, start=1)} | self._of_extremes()
        rows = []
        for offer, verdict in self.verdicts.items():
            row: dict[str, Any] = {"offer": offer, "verdict": verdict}
            for name, plan in plans.items():
                mine = plan.offers[plan.offers["offer"] == offer].iloc[0]
                row[name] = float(mine["peak_gw"]) if mine["signed"] == "yes" else None
            rows.append(row)
        return pd.DataFrame(rows, columns=["offer", "verdict", *plans])

    def _of_extremes(self) -> dict[str, Plan]:
        """The plans of the extremes by their names."""
        return {extreme.name: plan for extreme in self.extremes if (plan := extreme.plan) is not None}

    def text(self) -> str:
        """Plans and verdicts on one screen."""
        first = self.plans[0]
        lines = [f"Plans within {100 * self.within:g} % of {self._usd(first.record.objective_usd_bn)}"]
        rows = [[str(i), *_against(first, plan)] for i, plan in enumerate(self.plans, start=1)]
        lines += columns(["plan", "cost", "penalties", "bound", "", OTHERWISE], rows, words=(5,))
        lines.append("  there are no others" if self.complete else "  there may be others")
        lines += ["", *self._widest()] if self.extremes else []
        lines.append("")
        for verdict in VERDICTS:
            names = [offer for offer, said in self.verdicts.items() if said == verdict]
            if names:
                lines.append(f"{verdict:5}  {', '.join(names)}")
        lines += [f"  {offer}: {why}" for offer, why in self.reasons.items()]
        return "\n".join(line.rstrip() for line in lines)

    @property
    def shown_in(self) -> Display:
        """The units in which amounts are printed."""
        return self.plans[0].case.settings.shown_in

    def _usd(self, value: float) -> str:
        return f"{self.shown_in.plain(value, 'USD bn')} {self.shown_in.money}"

    def _widest(self) -> list[str]:
        """A line for each extreme, then the extremes without a plan."""
        rows = []
        for extreme in self.extremes:
            unit = extreme.of.unit
            value, bound = (
                "" if each is None else self.shown_in.number(each, unit) for each in (extreme.value, extreme.bound)
            )
            said = "" if extreme.found.status is RunStatus.PROVEN else "NOT proven"
            plan = extreme.plan
            against = [""] * 5 if plan is None else _against(self.plans[0], plan)
            rows.append([f"{extreme.name} [{self.shown_in.words(unit)}]", value, bound, said, *against])
        lines = columns(
            ["widest apart", "value", "bound", "", "cost", "penalties", "bound", "", OTHERWISE], rows, words=(0, 3, 8)
        )
        missing = [extreme.outcome for extreme in self.extremes if extreme.plan is None]
        return [*lines, *(f"  {each.run.name}: {each.status}" for each in missing)]

    def json(self) -> dict[str, Any]:
        """The verdicts, and the cost and signatures of each plan."""
        plans = [_told(plan) for plan in self.plans]
        ends = [
            {**extreme.json(), "plan": None if (plan := extreme.plan) is None else _told(plan)}
            for extreme in self.extremes
        ]
        return {
            "within": self.within,
            "complete": self.complete,
            "plans": plans,
            "extremes": ends,
            "verdicts": self.verdicts,
            "reasons": self.reasons,
        }


def _signed(plan: Plan) -> list[str]:
    return [str(name) for name in plan.offers.loc[plan.offers["signed"] == "yes", "offer"]]


def _told(plan: Plan) -> dict[str, Any]:
    record = plan.record
    return {
        "objective_usd_bn": record.objective_usd_bn,
        "cost_in_money_usd_bn": record.cost_in_money_usd_bn,
        "penalties_usd_bn": record.penalties_usd_bn,
        "bound_usd_bn": record.bound_usd_bn,
        "signed": _signed(plan),
    }


def _against(first: Plan, plan: Plan) -> list[str]:
    """Cost, penalties in it, its bound, how much more it is than the first plan's, and what one of the two signs."""
    ours, mine = _signed(first), _signed(plan)
    cost, bound = plan.record.objective_usd_bn, plan.record.bound_usd_bn
    otherwise = [*(f"+{name}" for name in mine if name not in ours), *(f"-{n}" for n in ours if n not in mine)]
    more = f"{100 * (cost / first.record.objective_usd_bn - 1.0):+.2f} %"
    shown_in = first.case.settings.shown_in
    costs = (cost, plan.record.penalties_usd_bn, bound)
    told = ["" if each is None else shown_in.plain(each, "USD bn") for each in costs]
    return [*told, more, " ".join(otherwise)]


def alternatives(
    case: Case,
    *,
    within: float = 0.02,
    count: int = 10,
    apart: int = 1,
    widest: Sequence[str] = (),
    start: Plan | None = None,
    engine: Engine | None = None,
    folder: Path | None = None,
    on_done: OnDone | None = None,
    on_phase: Callable[[str], None] = lambda _: None,
) -> Alternatives:
    """Up to `count` plans besides the cheapest, within a share of its cost, that differ in `apart` offers or more.

    `widest` are names of measures: for each, the plans with the least and the most of it are found too. `start` is the
    cheapest plan where it is known already. Raises DataError where there is no measure of a name or `start` is no plan
    of the case that keeps all its limits, and Infeasible or Stopped where there is no plan.
    """
    portfolio = Portfolio.of(case)
    wanted = attributes(widest, portfolio)
    plan = solve(case) if start is None else checked(case, start)
    offers = set(signatures(portfolio))
    base = Base.of(case, plan)
    cost = (1.0 + within) * plan.record.objective_usd_bn
    most = (CostAtMost(cost),)

    def solved(*runs: Run) -> list[RunResult]:
        return carry_out(base, runs, engine, folder=folder, on_done=on_done)

    plans, complete = [plan], False
    cuts: tuple[Differs, ...] = ()
    while len(plans) <= count and not complete:
        on_phase(f"alternative {len(plans)} of {count}")
        last = plans[-1]
        mine = tuple(name for name in _signed(last) if name in offers)
        cuts = (*cuts, Differs(f"plan {len(plans)}", mine, apart))
        (outcome,) = solved(Run(f"alternative {len(plans)}", besides=(*most, *cuts)))
        complete = outcome.status is RunStatus.INFEASIBLE
        if outcome.status not in WITH_A_PLAN:
            break
        plans.append(outcome.plan)
    ends: tuple[Extreme, ...] = ()
    if wanted:
        on_phase("widest apart")
        ends = extremes(wanted, cost, solved)
    on_phase("must, may, never")
    known = [*plans, *(found for end in ends if (found := end.plan) is not None)]
    decided, reasons = _decided(case, portfolio)
    verdicts, more = _verdicts(decided, known, cost, solved)
    return Alternatives(tuple(plans), within, verdicts, {**reasons, **more}, complete, ends)


GIVEN = {OfferStatus.SIGNED: "it is signed already", OfferStatus.CLOSED: "it is closed"}
ANY_QUANTITY = "any quantity of it may be taken, however small; no plan that was found takes any"


def _decided(case: Case, portfolio: Portfolio) -> tuple[list[Offer], dict[str, str]]:
    """The offers that a plan decides on, and why it does not decide on the others."""
    posted = {post.labels.offer for post in portfolio.ledgers.posts}
    decided, reasons, already = [], {}, signed_already(case)
    for offer in case.tables.offers():
        if offer.status in GIVEN:
            reasons[offer.offer] = GIVEN[offer.status]
        elif offer.offer in already:
            reasons[offer.offer] = "a part of it is ordered already"
        elif offer.offer in posted:
            decided.append(offer)
        else:
            said = [text for name, text in portfolio.ledgers.notes if name == offer.offer]
            reasons[offer.offer] = "; ".join(said) or "it cannot be signed within the horizon"
    return decided, reasons


def _verdicts(
    offers: Sequence[Offer], plans: Sequence[Plan], cost: float, solved: Callable[..., list[RunResult]]
) -> tuple[dict[str, str], dict[str, str]]:
    """The verdict on each offer, and the reason of each that is open.

    An offer that one plan signs and another does not is one that may be signed. For every other offer a run asks
    whether any plan within the cost does otherwise, whatever that plan costs.
    """
    signing = [set(_signed(plan)) for plan in plans]
    runs: dict[str, Run] = {}
    verdicts = {}
    for offer in offers:
        often = sum(offer.offer in signed for signed in signing)
        verdicts[offer.offer] = "must" if offer.status is OfferStatus.REQUIRED else "may"
        if often in (0, len(plans)) and offer.status is not OfferStatus.REQUIRED:
            other = OfferStatus.CLOSED if often else OfferStatus.REQUIRED
            change = f"{offer.about.name}[{offer.offer}].status = {other}"
            runs[offer.offer] = Run(f"{offer.offer} {other}", (change,), target=cost)
    reasons = {}
    for name, outcome in zip(runs, solved(*runs.values()), strict=True):
        verdicts[name], reason = verdict(outcome, name in signing[0], cost)
        if reason:
            reasons[name] = reason
    return verdicts, reasons


def verdict(outcome: RunResult, settled: bool, cost: float) -> tuple[str, str]:
    """The verdict from the run that asked for a plan without an offer that is `settled`, or with one that is not.

    The second text is the reason of an open one, and empty otherwise.
    """
    last = outcome.message.strip().rpartition("\n")[2]
    match outcome.status:
        case RunStatus.INFEASIBLE:
            return "must" if settled else "never", ""
        case RunStatus.PROVEN | RunStatus.UNPROVEN if (outcome.objective_usd_bn or 0.0) <= above(cost):
            return "may", ""
        case RunStatus.INVALID:
            return "open", last if settled else ANY_QUANTITY
        case _:
            return "open", last or "its solve was stopped before it was known"
