"""Reassignment: with every machine of a provider gone, what the others have in use is set to work anew.

    machines        Σ_w reassigned_{pcfwt} ≤ Σ_a compute_{caft} of all others than p
    interruptible   Σ_c gw_equivalent_{cw} · reassigned_{p,c,interruptible,w,t} ≤ interruptible_share_w · demand_{wt}

Machines and demand are summed over regions; latency and egress do not count. How much of the demand must then be served
is said by the policy `survive_loss_of_provider`; without one nothing is reassigned. A provider is tested if it can be
large enough to matter: if in some period in which the policy holds its capacity at the largest scale, times the best
gw_equivalent of its chips, summed over its offers (the largest of an exclusive group), exceeds (1 − value) · demand. A
provider that the policy names is always tested. The variable is

    reassigned[p, c, f, w, t]     GW of chip c, firm or interruptible (f), set to workload w once provider p is gone

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
from planner.interfaces.case_data import CaseData
from planner.interfaces.loosening import Effect, Limits
from planner.interfaces.rule import Rule
from planner.ledgers.balances import Balance
from planner.ledgers.decided import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Labels
from planner.ledgers.variables import Key, PlanFile, grouped
from planner.rules.policies.in_force import PolicyInForce, policies_in_force
from planner.rules.policies.tables import Policy, PolicyKind
from planner.rules.serving import RECALLED, demands, equivalents
from planner.tables.offer import Offer

NAME = "reassignment"
UNIT = "reference GW"


def post(case: CaseData, ledgers: Ledgers) -> None:
    """The second assignment, for each provider that is tested."""
    able, wanted = equivalents(case), asked(case)
    held: dict[str, set[int]] = {}
    for standing in policies_in_force(case, PolicyKind.SURVIVE_LOSS_OF_PROVIDER):
        for provider in at_stake(case, ledgers, standing):
            held.setdefault(provider, set()).update(standing.periods)
    keys: list[Key] = []
    for provider, periods in held.items():
        for (c, f), others in _others(ledgers, provider).items():
            for w, gw in wanted.items():
                if (c, w) in able and (f != RECALLED or _interruptible(case)[w] > 0):
                    keys += [(provider, c, f, w, t) for t in others.possible() if t in periods and gw[t] > 0]
    if not keys:
        return
    dims = ("provider", "chip", "firm", "workload", "period")
    reassigned = ledgers.declare(
        NAME, "reassigned", dims, keys, unit="GW", decided=Moment.DURING_PERIOD, file=PlanFile.SERVICE
    )
    for (provider, c, f, w), when in grouped(keys).items():
        variables = [reassigned[(provider, c, f, w, t)] for t in when]
        labels = Labels(instrument=NAME, about=provider, chip=c, workload=w, firm=f)
        ledgers.post("reassigned", labels, "reassigned", variables, when, 1.0)
        ledgers.post("resilience", labels, "reassigned", variables, when, able[c, w])


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """Machines by provider, chip and firmness; then, by provider and workload, what may be recalled."""
    others = {provider: _others(ledgers, provider) for (provider,) in ledgers.accounts("reassigned", "about")}
    for provider, c, f in ledgers.accounts("reassigned", "about", "chip", "firm"):
        used = ledgers.balance("reassigned", about=provider, chip=c, firm=f)
        yield Limit.of(NAME, f"machines/{provider}/{c}/{f}", "GW", used, others[provider][c, f], physical=True)
    wanted, share = asked(case), _interruptible(case)
    for provider, w, f in ledgers.accounts("resilience", "about", "workload", "firm"):
        if f == RECALLED:
            used = ledgers.balance("resilience", about=provider, workload=w, firm=f)
            yield Limit.of(NAME, f"interruptible/{provider}/{w}", UNIT, used, share[w] * wanted[w], physical=True)


def asked(case: CaseData) -> dict[str, Vector]:
    """Demand by workload, summed over regions [reference GW]; shape (T,)."""
    found: dict[str, Vector] = {}
    for demand in demands(case):
        w = demand.workload.workload
        found[w] = found.get(w, np.zeros(case.calendar.T)) + demand.gw
    return found


def at_stake(case: CaseData, ledgers: Ledgers, standing: PolicyInForce) -> list[str]:
    """The providers whose loss the policy is about, in the order of their first offer."""
    if standing.subject:
        return [standing.subject]
    total = sum(asked(case).values(), np.zeros(case.calendar.T))
    periods = list(standing.periods)
    found = []
    for provider in dict.fromkeys(str(getattr(offer, "provider", "")) for offer in case.offers()):
        if provider and (largest(case, ledgers, provider) > (1.0 - standing.value) * total + 1e-9)[periods].any():
            found.append(provider)
    return found


def largest(case: CaseData, ledgers: Ledgers, provider: str) -> Vector:
    """The most that a provider's machines can do in each period, at their best [reference GW]; shape (T,)."""
    able, wanted = equivalents(case), set(asked(case))
    upper = np.concatenate([family.upper for family in ledgers.groups])
    total, groups = np.zeros(case.calendar.T), dict[str, Vector]()
    for offer in case.offers():
        if getattr(offer, "provider", "") != provider:
            continue
        chips = {post.labels.chip for post in ledgers.select("compute", offer=offer.offer)}
        best = max((gw for (c, w), gw in able.items() if c in chips and w in wanted), default=0.0)
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
    """Compute that others than a provider have in use, by chip and firmness [GW available]."""
    parts: dict[tuple[str, str], list[Balance]] = {}
    for c, f, who in ledgers.accounts("compute", "chip", "firm", "counterparty"):
        if who != provider:
            parts.setdefault((c, f), []).append(ledgers.balance("compute", chip=c, firm=f, counterparty=who))
    return {key: Balance.total(balances, ledgers.calendar.T) for key, balances in parts.items()}


def _interruptible(case: CaseData) -> dict[str, float]:
    """Share of each workload that supply may serve which can be recalled."""
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
