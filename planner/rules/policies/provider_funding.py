"""Circular deals: equity from a provider as a share of the spend with it, both nominal and over the whole horizon.

    Σ_t equity_{provider,t} ≤ value · Σ_t (spend + shortfall − credits + upfront + spare)_{provider,t}

Every row holds for the whole horizon, whatever its date, so that the strictest counts. The limit and its miss are
stated in the first period.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.policies import PolicyKind
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement

KIND = PolicyKind.FUNDING_FROM_PROVIDER_MAX
EQUITY = frozenset({"equity"})
SPENT = frozenset({"spend", "shortfall", "shortfall_credit", "upfront", "spare_fee", "spare_use"})
"""lines of cash that are payments to a provider for compute; fees and prepayments are not among them"""


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per provider [USD bn], in the first period."""
    received = _over_the_horizon(ledgers, policy.subject, Kind.FUNDING, EQUITY)
    paid = _over_the_horizon(ledgers, policy.subject, Kind.COST, SPENT).times(-policy.value)
    yield Requirement(policy.subject, "USD bn", received, paid, (0,), once=True)


def _over_the_horizon(ledgers: Ledgers, provider: str, kind: Kind, lines: frozenset[str]) -> Balance:
    """Sum of the cash received less paid over the horizon, as the balance of the first period [USD bn]."""
    T = ledgers.calendar.T
    constant, variables, values = np.zeros(T), [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for post in ledgers.select("cash", frozenset({kind}), counterparty=provider):
        if post.line in lines:
            inside = post.periods < T
            fixed = inside & (post.variables == CONSTANT)
            constant[0] += float(post.values[fixed].sum())
            variables.append(post.variables[inside & ~fixed])
            values.append(post.values[inside & ~fixed])
    joined = np.concatenate(variables)
    return Balance(np.zeros(len(joined), dtype=np.int64), joined, np.concatenate(values), constant)
