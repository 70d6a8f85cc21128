"""Own halls that have commenced, wherever they are or in one region.

value ≤ Σ halls_t
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.policies.in_force import PolicyInForce, Requirement
from planner.rules.policies.tables import PolicyKind

KIND = PolicyKind.OWN_CAPACITY_MIN


def requirements(case: CaseData, ledgers: Ledgers, standing: PolicyInForce) -> Iterator[Requirement]:
    """One per subject [GW]."""
    where = {"region": standing.subject} if standing.subject else {}
    halls = ledgers.balance("halls", **where)
    yield Requirement(standing.subject or "all", "GW", Balance.of(standing.value), halls, standing.periods)
