"""Site lease: what the columns of `profiles` must satisfy.

    chosen_once       chosen_by_{on} = chosen_by_{o,n−1} + exercise_{os},  s the n-th of o,  chosen_by_{on} ∈ {0, 1}
    share_at_least    min_share · exercise_{os} ≤ Σ_k share_{osk}  (1 where o is signed)
    share_at_most     Σ_k share_{osk} ≤ exercise_{os}
    phase_after       Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ} exercise_{o's}    o after o', at every commencement τ of o

Several guarantors may share one lease, and backing needs no binary. Phases are compared by their delayed dates.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.case.case import Case
from planner.instruments.shared.step_binaries import once
from planner.instruments.site_lease.profiles import Terms, backers, vintages
from planner.tables.offer import Status


def build(b: pyo.Block, case: Case) -> None:
    """Add the constraints to the block, which holds the columns as variables."""
    found = {terms.key: terms for terms in vintages(case)[0]}
    starts: dict[str, list[Terms]] = defaultdict(list)
    for terms in found.values():
        starts[terms.row.offer].append(terms)
    names = {o: [backer.name for backer in backers(case, phases[0].row)] for o, phases in starts.items()}
    b.V = pyo.Set(initialize=list(found), dimen=2, ordered=True)

    once(b, b.exercise, found)

    @b.Constraint(b.V)
    def share_at_least(b: pyo.Block, o: str, s: str) -> Any:
        row = found[o, s].row
        least = 1.0 if row.status is Status.SIGNED else row.min_share
        return least * b.exercise[o, s] <= sum(b.share[o, s, k] for k in names[o])

    @b.Constraint(b.V)
    def share_at_most(b: pyo.Block, o: str, s: str) -> Any:
        return sum(b.share[o, s, k] for k in names[o]) <= b.exercise[o, s]

    ordered = [(o, terms.key[1]) for o, phases in starts.items() if phases[0].row.after for terms in phases]

    @b.Constraint(ordered)
    def phase_after(b: pyo.Block, o: str, s: str) -> Any:
        by_then = found[o, s].starts
        before = starts.get(found[o, s].row.after or "", [])
        this = sum(b.exercise[terms.key] for terms in starts[o] if terms.starts <= by_then)
        return this <= sum(b.exercise[terms.key] for terms in before if terms.starts <= by_then)
