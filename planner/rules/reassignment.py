"""Reassignment: if all machines of a provider are lost, the machines of all others are assigned to workloads anew.

    machines        Σ_w reassigned_{pcfwt} ≤ Σ_a compute_{caft} of all but p
    interruptible   Σ_c gw_equivalent_{cw} · reassigned_{p,c,interruptible,w,t} ≤ interruptible_share_w · demand_{wt}

Machines and demand are summed over regions, without regard to latency and egress. The policy `survive_loss_of_provider`
says how much of the demand must then be served; without such a policy nothing is reassigned. A provider that the policy
names is always tested. Where it names none, a provider is tested if it may become large enough to matter to some
workload: if in some period in which the policy holds, the work that its machines can do on the workload exceeds
(1 − value) · demand of it. That work is the capacity of its offers at the largest scale, times the best gw_equivalent
of their chips on the workload; of an exclusive group only the largest offer counts. The variable is

    reassigned[p, c, f, w, t]     GW of chip c, firm or interruptible (f), set to workload w if provider p is lost

and the posts, by ledger and line:

    reassigned    reassigned    reassigned_{pcfwt}
    resilience    reassigned    gw_equivalent_{cw} · reassigned_{pcfwt}
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.basics.arrays import Vector
from planner.common.chips import ChipPerformance
from planner.common.demand import Demand, Workload
from planner.common.policies import Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Effect, Limits
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Key, PlanFile, grouped
from planner.rules.serving import RECALLED, demands, equivalents
from planner.rules.shared.policies_in_force import PolicyInForce, policies_in_force
from planner.tables.offer import Offer

NAME = "reassignment"
UNIT = "reference GW"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the new assignment for each provider that is tested, and post the work that it does."""
    able = equivalents(case)
    keys = list(_keys(case, ledgers))
    if not keys:
        return
    dims = ("provider", "chip", "firm", "workload", "period")
    reassigned = ledgers.declare(
        NAME, "reassigned", dims, keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE
    )
    for (provider, c, f, w), periods in grouped(keys).items():
        variables = [reassigned[(provider, c, f, w, t)] for t in periods]
        labels = Labels(instrument=NAME, about=provider, chip=c, workload=w, firm=f)
        ledgers.post("reassigned", labels, "reassigned", variables, periods, 1.0)
        ledgers.post("resilience", labels, "reassigned", variables, periods, able[c, w])


def _keys(case: CaseData, ledgers: Ledgers) -> Iterator[Key]:
    """(provider, chip, firm, workload, period) of every assignment that can be made where the policy holds."""
    tested: dict[str, set[int]] = {}
    for policy in policies_in_force(case, PolicyKind.SURVIVE_LOSS_OF_PROVIDER):
        for provider in at_stake(case, ledgers, policy):
            tested.setdefault(provider, set()).update(policy.periods)
    able, demand, interruptible = equivalents(case), asked(case), _interruptible(case)
    for provider, periods in tested.items():
        for (c, f), others in _others(ledgers, provider).items():
            for w in (w for w in demand if (c, w) in able and (f != RECALLED or interruptible[w] > 0)):
                yield from ((provider, c, f, w, t) for t in others.possible() if t in periods and demand[w][t] > 0)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Machines by provider, chip and firmness, then interruptible supply by provider and workload."""
    others = {provider: _others(ledgers, provider) for (provider,) in ledgers.accounts("reassigned", "about")}
    for provider, c, f in ledgers.accounts("reassigned", "about", "chip", "firm"):
        used = ledgers.balance("reassigned", about=provider, chip=c, firm=f)
        yield Limit.of(NAME, f"machines/{provider}/{c}/{f}", "GW", used, others[provider][c, f], physical=True)
    demand, share = asked(case), _interruptible(case)
    for provider, w, f in ledgers.accounts("resilience", "about", "workload", "firm"):
        if f == RECALLED:
            used = ledgers.balance("resilience", about=provider, workload=w, firm=f)
            yield Limit.of(NAME, f"interruptible/{provider}/{w}", UNIT, used, share[w] * demand[w], physical=True)


def asked(case: CaseData) -> dict[str, Vector]:
    """Demand by workload, summed over regions [reference GW]; shape (T,)."""
    by_workload: dict[str, Vector] = {}
    for demand in demands(case):
        w = demand.workload.workload
        by_workload[w] = by_workload.get(w, np.zeros(case.calendar.T)) + demand.gw
    return by_workload


def at_stake(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> list[str]:
    """The providers whose loss is tested, in the order of their first offers."""
    if policy.subject:
        return [policy.subject]
    periods, demand = list(policy.periods), asked(case)
    providers = dict.fromkeys(str(getattr(offer, "provider", "")) for offer in case.offers())

    def matters(provider: str, workload: str) -> bool:
        unserved = (1.0 - policy.value) * demand[workload] + 1e-9
        able = largest(case, ledgers, provider, workload) > unserved
        return bool((able & (demand[workload] > 0))[periods].any())

    return [provider for provider in providers if provider and any(matters(provider, w) for w in demand)]


def largest(case: CaseData, ledgers: Ledgers, provider: str, workload: str) -> Vector:
    """The most of a workload that a provider's machines may be able to do in each period [reference GW]; shape (T,)."""
    able = equivalents(case)
    upper = np.concatenate([group.upper for group in ledgers.groups])
    total, groups = np.zeros(case.calendar.T), dict[str, Vector]()
    for offer in case.offers():
        if getattr(offer, "provider", "") != provider:
            continue
        chips = {post.labels.chip for post in ledgers.select("compute", offer=offer.offer)}
        best = max((gw for (c, w), gw in able.items() if c in chips and w == workload), default=0.0)
        held = "rights" if any(ledgers.select("rights", offer=offer.offer)) else "in_use"
        most = np.zeros(case.calendar.T)
        for post in ledgers.select(held, offer=offer.offer):
            np.maximum.at(
                most, post.periods, post.values * np.where(post.variables == CONSTANT, 1.0, upper[post.variables])
            )
        if offer.exclusive_group:
            groups[offer.exclusive_group] = np.maximum(groups.get(offer.exclusive_group, 0.0), most * best)
        else:
            total += most * best
    return total + sum(groups.values(), np.zeros(case.calendar.T))


def _others(ledgers: Ledgers, provider: str) -> dict[tuple[str, str], Balance]:
    """Compute in use of all but one provider, by chip and firmness [GW available]."""
    parts: dict[tuple[str, str], list[Balance]] = {}
    for c, f, who in ledgers.accounts("compute", "chip", "firm", "counterparty"):
        if who != provider:
            parts.setdefault((c, f), []).append(ledgers.balance("compute", chip=c, firm=f, counterparty=who))
    return {key: Balance.total(balances, ledgers.calendar.T) for key, balances in parts.items()}


def _interruptible(case: CaseData) -> dict[str, float]:
    """Share of each workload that interruptible supply may serve."""
    return {demand.workload.workload: demand.workload.interruptible_share for demand in demands(case)}


def follows_demand(case: CaseData, limits: Limits, region: str, workload: str, t: int) -> Iterator[Effect]:
    """Less demand may be served by what can be recalled, whichever provider is gone."""
    total = asked(case)[workload][t]
    for subject, limit in limits.items():
        if subject.startswith("interruptible/") and subject.endswith(f"/{workload}") and t in limit.periods:
            yield (NAME, subject), t, -float(limit.allowed.constant[t]) / total


RULE = Rule(
    name=NAME,
    reads=(ChipPerformance, Demand, Workload, Policy, Offer),
    steps=None,
    events=(),
    post=post,
    limits=limits,
    set_by_somebody=False,
    loosened_by=None,
    follows_demand=follows_demand,
)
