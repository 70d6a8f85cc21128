"""Circular deals: equity from a provider as a share of the spend with it, both nominal and over the whole horizon.

    received_before + Σ_t (equity + sublet_rent)_{provider,t}
        ≤ value · (paid_before + Σ_t (spend + shortfall − credits + upfront + spare)_{provider,t})

What a provider paid in and was paid before the start of the case, under contracts signed already, counts too: so the
limit says the same whenever it is asked. Every row holds for the whole horizon, whatever its date, so that the
strictest counts. The limit and its miss are stated in the first period.

A miss is charged once, at the start. Where a part of it was charged before the start of the case, as `missed_usd_bn`
and `charged_on` say, only the rest is charged, as if it had been on that day:

    cash penalty       −penalty · (1 + discount_rate)^{years since charged_on} · (miss − missed_usd_bn)
    missed             miss − missed_usd_bn
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.common.policies import PolicyKind
from planner.interfaces.advance import Roll, RowChange, changed
from planner.interfaces.case_data import CaseData
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import CONSTANT, Ledgers
from planner.ledgers.posts import Kind
from planner.rules.shared.policies_in_force import PolicyInForce, Requirement, policies_in_force

KIND = PolicyKind.FUNDING_FROM_PROVIDER_MAX
EQUITY = frozenset({"equity"})
RENTED = frozenset({"sublet_rent"})
"""lines of cash that a provider pays the lab for what it rents from it"""
SPENT = frozenset({"spend", "shortfall", "shortfall_credit", "upfront", "spare_fee", "spare_use"})
"""lines of cash that are payments to a provider for compute; fees and prepayments are not among them"""


def requirements(case: CaseData, ledgers: Ledgers, policy: PolicyInForce) -> Iterator[Requirement]:
    """One per provider [USD bn], in the first period."""
    T, provider = case.calendar.T, policy.subject
    received = _over_the_horizon(ledgers, provider, Kind.FUNDING, EQUITY)
    paid = _over_the_horizon(ledgers, provider, Kind.COST, SPENT).times(np.full(T, -1.0))
    rented = _over_the_horizon(ledgers, provider, Kind.COST, RENTED)
    received = Balance.total([received, rented, ledgers.balance("received_before", counterparty=provider)], T)
    paid = Balance.total([paid, ledgers.balance("paid_before", counterparty=provider)], T)
    yield Requirement(provider, "USD bn", received, paid.times(policy.value), (0,), once=True)


def charged_before(case: CaseData, policy: PolicyInForce) -> tuple[float, float]:
    """(what a sum charged on that day has grown to at the start, miss charged before it [USD bn]); else (1, 0)."""
    row = policy.rows[0]
    if row is None or row.missed_usd_bn is None or row.charged_on is None:
        return 1.0, 0.0
    years = max(0.0, -case.calendar.years(row.charged_on))
    return (1.0 + case.settings.discount_rate) ** years, row.missed_usd_bn


def advance(roll: Roll) -> Iterator[RowChange]:
    """The miss that has been charged, so that it is not charged again."""
    for policy in policies_in_force(roll.case, KIND):
        row = policy.rows[0]
        if row is not None and policy.penalty(0) is not None:
            missed = max(0.0, roll.value("policies", "miss", row.policy, policy.subject, 0))
            charged = roll.case.calendar.start if row.charged_on is None else row.charged_on
            why = f"what was missed was charged on {charged}"
            yield changed(row, why, missed_usd_bn=missed, charged_on=charged)


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
