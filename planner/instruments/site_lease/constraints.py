"""Site lease: constraints on the variables, by name.

    chosen_once       chosen_by_{on} = chosen_by_{o,n−1} + exercise_{os},  s the n-th of o,  chosen_by_{on} ∈ {0, 1}
    share_at_least    min_share · exercise_{os} ≤ Σ_k share_{osk}  (1 where o is signed)
    share_at_most     Σ_k share_{osk} ≤ exercise_{os}
    phase_after       after_share_min · Σ_{s ≤ τ} exercise_{os} ≤ Σ_{s ≤ τ, k} share_{o'sk}
                      o after o', at every commencement τ of o

Several guarantors may back parts of one lease, so that backing needs no binary. Commencements include the delay.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyomo.core as pyo

from planner.instruments.shared.step_binaries import once
from planner.instruments.site_lease.vintages import PhaseVintage, backers, vintages
from planner.interfaces.case_data import CaseData
from planner.tables.offer import OfferStatus


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_key = {vintage.key: vintage for vintage in vintages(case)[0]}
    starts: dict[str, list[PhaseVintage]] = defaultdict(list)
    for vintage in by_key.values():
        starts[vintage.row.offer].append(vintage)
    names = {o: [backer.name for backer in backers(case, phases[0].row)] for o, phases in starts.items()}
    b.V = pyo.Set(initialize=list(by_key), dimen=2, ordered=True)

    once(b, b.exercise, by_key)

    @b.Constraint(b.V)
    def share_at_least(b: pyo.Block, o: str, s: str) -> Any:
        row = by_key[o, s].row
        least = 1.0 if row.status is OfferStatus.SIGNED else row.min_share
        return least * b.exercise[o, s] <= sum(b.share[o, s, k] for k in names[o])

    @b.Constraint(b.V)
    def share_at_most(b: pyo.Block, o: str, s: str) -> Any:
        return sum(b.share[o, s, k] for k in names[o]) <= b.exercise[o, s]

    ordered = [(o, vintage.key[1]) for o, phases in starts.items() if phases[0].row.after for vintage in phases]

    @b.Constraint(ordered)
    def phase_after(b: pyo.Block, o: str, s: str) -> Any:
        row, by_then = by_key[o, s].row, by_key[o, s].starts
        before = [vintage.key for vintage in starts.get(row.after or "", []) if vintage.starts <= by_then]
        this = sum(b.exercise[vintage.key] for vintage in starts[o] if vintage.starts <= by_then)
        return row.after_share_min * this <= sum(b.share[*key, k] for key in before for k in names[key[0]])
