"""How policies without a penalty can be loosened: the value moves by slack_t / base_t.

base_t is what the value is a share of, in the solution at hand: what a value of 1 asks for beyond a value of 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.common.policies import AT_LEAST, SHARES, Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, Lines
from planner.interfaces.loosening import Effect, Item, Limits, Slot
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.policies.limits import KINDS, NAME, KindOfPolicy
from planner.rules.reassignment import asked
from planner.rules.serving import demands
from planner.rules.shared.loosening import needs, slots_of
from planner.rules.shared.policies_in_force import PolicyInForce, policies_in_force


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """One item for each policy without a penalty."""
    for kind in KINDS:
        for standing in policies_in_force(case, kind.KIND):
            bases = dict(_bases(case, ledgers, kind, standing))
            for row in dict.fromkeys(row for row in standing.rows if row is not None and row.penalty is None):
                yield from _of_policy(case, limits, kind, standing, row, bases)


def _of_policy(
    case: CaseData, limits: Limits, kind: KindOfPolicy, standing: PolicyInForce, row: Policy, bases: dict[str, Balance]
) -> Iterator[Item]:
    """The item of a policy, with a slot for each limit and period in which the policy holds; none without a slot."""
    slots: list[Slot] = []
    shared: list[Balance] = []
    for about, base in bases.items():
        limit = limits.get(f"{kind.KIND}/{about}")
        for slot in () if limit is None else slots_of(limit, 1.0):
            if standing.rows[slot.t] is row:
                slots.append(replace(slot, scale=max(row.value, 0.1) * _expected(case, base, slot.t)))
                shared.append(base)
    if slots:
        yield Item("policies", row.policy, _moving(kind, row, slots, shared), tuple(slots))


def _bases(
    case: CaseData, ledgers: Ledgers, kind: KindOfPolicy, standing: PolicyInForce
) -> Iterator[tuple[str, Balance]]:
    """What a policy's value is a share of, for each thing that the policy is about."""
    none = {each.about: each for each in kind.requirements(case, ledgers, _at(standing, 0.0))}
    for each in kind.requirements(case, ledgers, _at(standing, 1.0)):
        side = "used" if kind.KIND in AT_LEAST else "allowed"
        at_one, at_none = getattr(each, side), none.get(each.about)
        yield each.about, at_one if at_none is None else at_one.minus(getattr(at_none, side))


def _at(standing: PolicyInForce, value: float) -> PolicyInForce:
    """The same policies with another value."""
    rows = tuple(None if row is None else row.model_copy(update={"value": value}) for row in standing.rows)
    return PolicyInForce(standing.kind, standing.subject, rows)


def _expected(case: CaseData, base: Balance, t: int) -> float:
    """The base as far as it is known before the solution: its constant, or else all demand."""
    return float(base.constant[t]) or float(sum(gw[t] for gw in asked(case).values())) or 1.0


def _moving(kind: KindOfPolicy, row: Policy, slots: Sequence[Slot], bases: Sequence[Balance]) -> Lines:
    """The line that moves the policy's value, by the most that any slot asks for."""
    less = kind.KIND in AT_LEAST
    most = row.value if less else 1.0 - row.value if kind.KIND in SHARES else np.inf
    says = f"{{by}} {'less' if less else 'more'} in the policy {row.policy} ({row.kind})"

    def lines(amounts: Amounts) -> list[Line]:
        def of(k: int, slack: float) -> float:
            base = float(bases[k].evaluate(amounts.x)[slots[k].t])
            return slack / base if base > 0.0 else np.inf

        by = max(needs(slots, amounts, of).values())
        return [Line(f"policies[{row.policy}].value", "-=" if less else "+=", min(by, most), says, "", most)]

    return lines


def follows_demand(case: CaseData, limits: Limits, region: str, workload: str, t: int) -> Iterator[Effect]:
    """Less demand has to be served once a provider is gone, and with a margin."""
    total = asked(case)[workload][t]
    (gw,) = (each.gw[t] for each in demands(case) if (each.region, each.workload.workload) == (region, workload))
    for subject, limit in limits.items():
        if t not in limit.periods:
            continue
        kind, _, about = subject.partition("/")
        if kind == PolicyKind.SURVIVE_LOSS_OF_PROVIDER and about.endswith(f"/{workload}"):
            yield (NAME, subject), t, float(limit.used.constant[t]) / total
        elif kind == PolicyKind.RESERVE_MARGIN_MIN and about.rpartition(": ")[2] == f"{region}/{workload}":
            yield (NAME, subject), t, float(limit.used.constant[t]) / gw
