"""Loss of a provider: the machines of all others, assigned anew, serve a share of each workload's demand.

    value · Σ_b demand_{bwt} ≤ Σ_{c,f} gw_equivalent_{cw} · reassigned_{pcfwt}

The rule `reassignment` says which providers are tested and how machines can be assigned.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.reassignment import asked, at_stake
from planner.rules.shared.policies_in_force import NoSubject, PolicyInForce, Requirement

KIND = PolicyKind.SURVIVE_LOSS_OF_PROVIDER


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per provider that is tested and per workload [reference GW]."""
    for provider in at_stake(case, ledgers, policy):
        for w, gw in asked(case).items():
            periods = tuple(t for t in policy.periods if gw[t] > 0)
            served = ledgers.balance("resilience", about=provider, workload=w)
            about = f"{provider}/{w}" if policy.subject else f"{NoSubject.ANY}/{provider}/{w}"
            yield Requirement(about, "reference GW", Balance.of(policy.value * gw), served, periods)
