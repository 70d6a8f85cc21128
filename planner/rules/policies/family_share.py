"""Share of a chip family in all GW in use; the total includes own fleet and spare capacity.

in_use_{family,t} ≤ value · Σ in_use_t
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.FAMILY_SHARE_MAX


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per chip family [GW]."""
    of_family = ledgers.balance("in_use", family=policy.subject)
    allowed = ledgers.balance("in_use").times(policy.value)
    yield Requirement(policy.subject, "GW", of_family, allowed, policy.periods)
