"""How policies without a penalty can be loosened: the value moves by slack_t / base_t.

base_t is what the value is a share of, in the solution at hand: what a value of 1 asks for beyond a value of 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from planner.common.policies import AT_LEAST, SHARES, Policy, PolicyKind
from planner.interfaces.case_data import CaseData
from planner.interfaces.lines import Amounts, Line, Lines
from planner.interfaces.loosening import Effect, Item, Limits, Slot
from planner.ledgers.balances import Balance
from planner.ledgers.ledgers import Ledgers
from planner.rules.policies.limits import KINDS, NAME, NO_PENALTY, KindOfPolicy, subject_of
from planner.rules.reassignment import asked
from planner.rules.serving import demands
from planner.rules.shared.loosening import needs, slots_of
from planner.rules.shared.policies_in_force import PolicyInForce, policies_in_force, rows_by_period


def loosened_by(case: CaseData, ledgers: Ledgers, limits: Limits) -> Iterator[Item]:
    """One item for each policy without a penalty."""
    for kind in KINDS:
        for standing in policies_in_force(case, kind.KIND):
            found: dict[str, _Moved] = {}
            for part in standing.parts:
                _add(case, limits, dict(_bases(case, ledgers, kind, part)), part, found)
            held = _held_with(case, standing)
            for name, each in found.items():
                yield Item("policies", name, _moving(kind, each, held), tuple(each.slots))


@dataclass
class _Moved:
    """A policy that can be loosened: a slot for each limit and period in which it is the strictest."""

    row: Policy
    slots: list[Slot] = field(default_factory=list)
    bases: list[Balance] = field(default_factory=list)
    """by slot: what the value is a share of"""


def _add(
    case: CaseData, limits: Limits, bases: dict[str, Balance], part: PolicyInForce, found: dict[str, _Moved]
) -> None:
    """Add the slots of the rows of a part that have no penalty."""
    for subject, base in bases.items():
        limit = limits.get(subject)
        for slot in () if limit is None else slots_of(limit, 1.0):
            row = part.rows[slot.t]
            if row is not None and part.penalty(slot.t) is None:
                mine = found.setdefault(row.policy, _Moved(row))
                mine.slots.append(replace(slot, scale=max(row.value, 0.1) * _expected(case, base, slot.t)))
                mine.bases.append(base)


def _held_with(case: CaseData, standing: PolicyInForce) -> list[list[Policy]]:
    """The rows without a penalty that hold at some time of each period."""
    rows = [row for row in case.rows(Policy) if row.kind is standing.kind and (row.subject or "") == standing.subject]
    alike = [row for row in rows if row.in_basis is standing.basis]
    held = rows_by_period(case.calendar, standing.kind, alike)
    return [[row for row in rows if row.penalty is None] for rows in held]


def _bases(
    case: CaseData, ledgers: Ledgers, kind: KindOfPolicy, standing: PolicyInForce
) -> Iterator[tuple[str, Balance]]:
    """What a policy's value is a share of, by the subject of the limit."""
    none = {each.about: each for each in kind.requirements(case, ledgers, standing.at(0.0))}
    for each in kind.requirements(case, ledgers, standing.at(1.0)):
        side = "used" if kind.KIND in AT_LEAST else "allowed"
        at_one, at_none = getattr(each, side), none.get(each.about)
        base = at_one if at_none is None else at_one.minus(getattr(at_none, side))
        yield subject_of(standing, each), base


def _expected(case: CaseData, base: Balance, t: int) -> float:
    """The base as far as it is known before the solution: its constant, or else all demand."""
    return float(base.constant[t]) or float(sum(gw[t] for gw in asked(case).values())) or 1.0


def _moving(kind: KindOfPolicy, moved: _Moved, held: Sequence[Sequence[Policy]]) -> Lines:
    """The lines that move the policy's value by the most that any slot asks for, and others of its periods as far."""
    less, row, slots = kind.KIND in AT_LEAST, moved.row, moved.slots

    def line(of: Policy, by: float) -> Line:
        most = of.value if less else 1.0 - of.value if kind.KIND in SHARES else np.inf
        says = f"{{by}} {'less' if less else 'more'} in the policy {of.policy} ({of.kind})"
        return Line(f"policies[{of.policy}].value", "-=" if less else "+=", min(by, most), says, "", most)

    def lines(amounts: Amounts) -> list[Line]:
        def of(k: int, slack: float) -> float:
            base = float(moved.bases[k].evaluate(amounts.x)[slots[k].t])
            return slack / base if base > 0.0 else np.inf

        asked_for = needs(slots, amounts, of)
        others: dict[str, tuple[Policy, float]] = {}
        for t, by in asked_for.items():
            for other in held[t]:
                far = by - abs(other.value - row.value)
                if other is not row and far > max(0.0, others.get(other.policy, (other, 0.0))[1]):
                    others[other.policy] = (other, far)
        return [line(row, max(asked_for.values())), *(line(other, by) for other, by in others.values())]

    return lines


def follows_demand(case: CaseData, limits: Limits, region: str, workload: str, t: int) -> Iterator[Effect]:
    """Less demand has to be served once a provider is gone, and with a margin."""
    total = asked(case)[workload][t]
    (gw,) = (each.gw[t] for each in demands(case) if (each.region, each.workload.workload) == (region, workload))
    for subject, limit in limits.items():
        if t not in limit.periods:
            continue
        kind, _, about = subject.removesuffix(NO_PENALTY).partition("/")
        if kind == PolicyKind.SURVIVE_LOSS_OF_PROVIDER and about.endswith(f"/{workload}"):
            yield (NAME, subject), t, float(limit.used.constant[t]) / total
        elif kind == PolicyKind.RESERVE_MARGIN_MIN and about.rpartition(": ")[2] == f"{region}/{workload}":
            yield (NAME, subject), t, float(limit.used.constant[t]) / gw
