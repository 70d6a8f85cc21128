"""Share of a chip family in what is served; the total includes own fleet and spare capacity.

    served_by_{family,t} ≤ value · Σ service_t        [reference GW]
    in_use_{family,t} ≤ value · Σ in_use_t            [GW], with the basis nameplate

The rule `served_by` says which machines serve.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import Basis, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.shared.let import let_chips, own_use
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.FAMILY_SHARE_MAX


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per chip family [reference GW, or GW]."""
    if policy.basis is Basis.NAMEPLATE:
        mine = own_use(
            ledgers, ledgers.balance("in_use", family=policy.subject), let_chips(ledgers, family=policy.subject)
        )
        total = own_use(ledgers, ledgers.balance("in_use"), let_chips(ledgers))
        yield Requirement(f"{policy.subject}: nameplate", "GW", mine, total.times(policy.value), policy.periods)
    else:
        mine, total = ledgers.balance("served_by", family=policy.subject), ledgers.balance("service")
        yield Requirement(policy.subject, "reference GW", mine, total.times(policy.value), policy.periods)
