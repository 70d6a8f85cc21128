"""Data residency: the share of the demand served in a region that is served from the region itself.

    value · Σ_{a,f} flow_{f,a,region,t} ≤ Σ_f flow_{f,region,region,t}

The demand is that of all workloads or of one. Demand that is not served does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.SERVED_IN_REGION_MIN


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per region, or region and workload [reference GW]."""
    region, _, workload = policy.subject.partition("/")
    of_workload = {"workload": workload} if workload else {}
    served = ledgers.balance("service", to_region=region, **of_workload).times(policy.value)
    from_region = ledgers.balance("service", region=region, to_region=region, **of_workload)
    yield Requirement(policy.subject, "reference GW", served, from_region, policy.periods)
