"""Policies: requirements that the lab sets itself; a plan keeps each, or pays the price of missing it.

    used_t ≤ allowed_t                  where the policy has no penalty
    used_t ≤ allowed_t + miss_t         where it has one;  miss_t = max(0, used_t − allowed_t)

Of several rows of one kind and subject that hold at some time of a period, the strictest holds in all of it: of the
rows without a penalty the strictest value, of those with one the strictest value at the highest penalty; both, where
the second is stricter. used and allowed are, by kind of policy:

    provider_share_max          served_by_{provider} ≤ value · Σ service          with own fleet and spare in the sum
    family_share_max            served_by_{family} ≤ value · Σ service
                                of either with the basis nameplate: in_use_{…} ≤ value · Σ in_use
    own_capacity_min            value ≤ Σ halls
    served_in_region_min        value · Σ_a flow_{a,region} ≤ flow_{region,region}
    reserve_margin_min          (1 + value) · demand_{bw} ≤ Σ_{f,a} reserve_flow_{fabw}      b, w of the subject
    funding_from_provider_max   Σ_t equity_{provider} ≤ value · Σ_t spend_{provider}     once, over the horizon and
                                                                                        what was before the start
    survive_loss_of_provider    value · demand_w ≤ Σ_{c,f} gw_equivalent_{cw} · reassigned_{provider,cfw}

The variable is

    miss[policy, about, t]      GW or USD bn by which a policy with a penalty is missed

and the posts, by ledger and line, where the line of a miss is the kind of its policy:

    missed          provider_share_max           miss; so for each kind that follows
    missed          family_share_max
    missed          own_capacity_min
    missed          reserve_margin_min
    missed          served_in_region_min
    missed          funding_from_provider_max
    missed          survive_loss_of_provider
    cash penalty    provider_share_max           −penalty · h · miss; so for each kind that follows
    cash penalty    family_share_max
    cash penalty    own_capacity_min
    cash penalty    reserve_margin_min
    cash penalty    served_in_region_min
    cash penalty    survive_loss_of_provider
    cash penalty    funding_from_provider_max    −penalty · miss, once at the start; what was charged before it is not
                                                 charged again
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.decision_times import Moment
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.limits import Limit
from planner.ledgers.posts import Kind, Labels
from planner.ledgers.variables import Key
from planner.rules.policies import (
    family_share,
    own_capacity,
    provider_funding,
    provider_loss,
    provider_share,
    reserve_margin,
    served_in_region,
)
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement, policies_in_force

NAME = "policies"
NO_PENALTY = " (no penalty)"
"""ends the subject of a limit that may not be missed, beside a stricter one that may"""


class KindOfPolicy(Protocol):
    """A module of this folder that states one kind of policy as limits."""

    KIND: PolicyKind

    def requirements(self, case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
        """The limits of the policies of this kind about one subject."""


KINDS: tuple[KindOfPolicy, ...] = (
    provider_share, family_share, own_capacity, reserve_margin, served_in_region, provider_funding, provider_loss,
)  # fmt: skip


def post(case: CaseData, ledgers: Ledgers) -> None:
    """Declare the misses that have a price, and post what they cost."""
    priced = [
        (policy, requirement, t)
        for policy, requirement in _requirements(case, ledgers)
        for t in requirement.periods
        if policy.penalty(t) is not None
    ]
    keys = [_key(policy, requirement, t) for policy, requirement, t in priced]
    if not keys:
        return
    miss = ledgers.declare(
        NAME, "miss", ("policy", "about", "period"), keys, unit="GW or USD bn", decided=Moment.FOLLOWS
    )
    for (policy, requirement, t), key in zip(priced, keys, strict=True):
        variable, labels, line = miss[key], Labels(instrument=NAME), str(policy.kind)
        over = requirement.used.minus(requirement.allowed)
        ledgers.maximum(variable, (over, t))
        ledgers.post("missed", labels, line, variable, [t], 1.0)
        penalty = policy.penalty(t) or 0.0
        if requirement.once:
            growth, charged = provider_funding.charged_before(case, policy)
            ledgers.post("missed", labels, line, CONSTANT, [t], -charged)
            ledgers.dated(Kind.PENALTY, labels, line, variable, [0.0], -penalty * growth)
            ledgers.dated(Kind.PENALTY, labels, line, CONSTANT, [0.0], penalty * growth * charged)
        else:
            ledgers.flow(Kind.PENALTY, labels, line, variable, [t], -penalty * case.calendar.h)


def limits(case: CaseData, ledgers: Ledgers) -> Iterator[Limit]:
    """One or more per policy; a miss that has a price is allowed."""
    T = case.calendar.T
    for policy, requirement in _requirements(case, ledgers):
        periods = [t for t in requirement.periods if policy.penalty(t) is not None]
        allowed = requirement.allowed
        if periods:
            miss = ledgers.find(NAME, "miss")
            variables = [miss[_key(policy, requirement, t)] for t in periods]
            missed = Balance(np.array(periods), np.array(variables), np.ones(len(periods)), np.zeros(T))
            allowed = Balance.total([allowed, missed], T)
        yield Limit(
            NAME, subject_of(policy, requirement), requirement.unit, requirement.used, allowed, requirement.periods
        )


def _requirements(case: CaseData, ledgers: Ledgers) -> Iterator[tuple[PolicyInForce, Requirement]]:
    for kind in KINDS:
        for policy in policies_in_force(case, kind.KIND):
            for part in policy.parts:
                for requirement in kind.requirements(case, ledgers, part):
                    yield part, requirement


def subject_of(policy: PolicyInForce, requirement: Requirement) -> str:
    """The subject of the limit that a requirement makes."""
    return f"{policy.kind}/{requirement.about}{NO_PENALTY if policy.beside else ''}"


def _key(policy: PolicyInForce, requirement: Requirement, t: int) -> Key:
    row = policy.rows[t]
    assert row is not None, "requirements are stated where a policy holds"
    return (row.policy, requirement.about, t)
