"""Share of a provider in what is served; the total includes own fleet and spare capacity.

    served_by_{provider,t} ≤ value · Σ service_t        [reference GW]
    in_use_{provider,t} ≤ value · Σ (in_use_t − let_t)    [GW], with the basis nameplate; let_t: chips let to tenants

The rule `served_by` says which machines serve.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import Basis, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.shared.let import let_chips, own_use
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.PROVIDER_SHARE_MAX


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per provider [reference GW, or GW]."""
    if policy.basis is Basis.NAMEPLATE:
        mine = ledgers.balance("in_use", counterparty=policy.subject)
        total = own_use(ledgers, ledgers.balance("in_use"), let_chips(ledgers))
        yield Requirement(f"{policy.subject}: nameplate", "GW", mine, total.times(policy.value), policy.periods)
    else:
        mine, total = ledgers.balance("served_by", about=policy.subject), ledgers.balance("service")
        yield Requirement(policy.subject, "reference GW", mine, total.times(policy.value), policy.periods)
