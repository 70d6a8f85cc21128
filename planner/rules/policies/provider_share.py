"""Share of one provider in all GW in use, own fleet and spare in the total.

in_use_{provider,t} ≤ value · Σ in_use_t
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.policies.in_force import PolicyInForce, Requirement
from planner.rules.policies.tables import PolicyKind

KIND = PolicyKind.PROVIDER_SHARE_MAX


def requirements(case: CaseData, ledgers: Ledgers, standing: PolicyInForce) -> Iterator[Requirement]:
    """One per provider [GW]."""
    mine = ledgers.balance("in_use", counterparty=standing.subject)
    allowed = ledgers.balance("in_use").times(standing.value)
    yield Requirement(standing.subject, "GW", mine, allowed, standing.periods)
