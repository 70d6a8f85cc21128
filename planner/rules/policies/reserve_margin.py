"""Reserve margin: all machines held, running or not, could serve the demand of a region or workload and a margin.

    (1 + value) · demand_{bwt} ≤ Σ_{f,a} reserve_flow_{subject,fabwt}        for each b, w of the subject

The rule `reserve` says which machines are held and what they could serve.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.reserve import margins
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.RESERVE_MARGIN_MIN


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per region and workload of the subject [reference GW]."""
    for demand, asked in margins(case, policy):
        b, w = demand.region, demand.workload.workload
        about = f"{b}/{w}" if policy.subject == f"{b}/{w}" else f"{policy.about}: {b}/{w}"
        served = ledgers.balance("reserve_service", about=policy.about, to_region=b, workload=w)
        periods = tuple(t for t in policy.periods if demand.gw[t] > 0)
        yield Requirement(about, "reference GW", Balance.of(asked), served, periods)
