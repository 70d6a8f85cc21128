"""Own capacity: the halls that have commenced, in one region or in all.

value ≤ Σ halls_t − Σ let_t

let_t are halls, and chips in halls, that are let to tenants.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.shared.let import own_use
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.OWN_CAPACITY_MIN


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per subject [GW]."""
    where = {"region": policy.subject} if policy.subject else {}
    halls = own_use(ledgers, ledgers.balance("halls", **where), [ledgers.balance("let", **where)])
    yield Requirement(policy.about, "GW", Balance.of(policy.value), halls, policy.periods)
