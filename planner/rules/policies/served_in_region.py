"""Data residency: the share of what is served in a region, of all workloads or one, that is served from there.

    value · Σ_{a,f} flow_{f,a,region,t} ≤ Σ_f flow_{f,region,region,t}

What is not served at all counts on neither side.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.interfaces.case_data import CaseData
from planner.ledgers.ledgers import Ledgers
from planner.rules.policies.in_force import PolicyInForce, Requirement
from planner.rules.policies.tables import PolicyKind

KIND = PolicyKind.SERVED_IN_REGION_MIN


def requirements(case: CaseData, ledgers: Ledgers, standing: PolicyInForce) -> Iterator[Requirement]:
    """One per region, or region and workload [reference GW]."""
    region, _, workload = standing.subject.partition("/")
    what = {"workload": workload} if workload else {}
    served = ledgers.balance("service", to_region=region, **what).times(standing.value)
    near = ledgers.balance("service", region=region, to_region=region, **what)
    yield Requirement(standing.subject, "reference GW", served, near, standing.periods)
