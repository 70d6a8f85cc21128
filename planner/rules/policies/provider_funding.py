"""Circular deals: what a provider pays in as equity, against what is spent with it, nominal and over the horizon.

    Σ_t equity_{provider,t} ≤ value · Σ_t (spend + shortfall − credits + upfront + spare)_{provider,t}

The latest value holds for the whole horizon, whatever its date; limit and miss stand in the first period.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind
from planner.rules.policies.in_force import PolicyInForce, Requirement
from planner.rules.policies.tables import PolicyKind

KIND = PolicyKind.FUNDING_FROM_PROVIDER_MAX
EQUITY = frozenset({"equity"})
SPENT = frozenset({"spend", "shortfall", "shortfall_credit", "upfront", "spare_fee", "spare_use"})
"""lines of cash that pay a provider for compute; fees, and the timing of prepayments, are none"""


def requirements(case: CaseData, ledgers: Ledgers, standing: PolicyInForce) -> Iterator[Requirement]:
    """One per provider [USD bn], in the first period."""
    received = _over_the_horizon(ledgers, standing.subject, Kind.FUNDING, EQUITY)
    paid = _over_the_horizon(ledgers, standing.subject, Kind.COST, SPENT).times(-standing.value)
    yield Requirement(standing.subject, "USD bn", received, paid, (0,), once=True)


def _over_the_horizon(ledgers: Ledgers, provider: str, kind: Kind, lines: frozenset[str]) -> Balance:
    """Cash received less paid, added up over the horizon, as the balance of its first period [USD bn]."""
    T = ledgers.calendar.T
    constant, variables, values = np.zeros(T), [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for post in ledgers.select("cash", frozenset({kind}), counterparty=provider):
        if post.line in lines:
            inside = post.periods < T
            fixed = inside & (post.variables == CONSTANT)
            constant[0] += float(post.values[fixed].sum())
            variables.append(post.variables[inside & ~fixed])
            values.append(post.values[inside & ~fixed])
    found = np.concatenate(variables)
    return Balance(np.zeros(len(found), dtype=np.int64), found, np.concatenate(values), constant)
