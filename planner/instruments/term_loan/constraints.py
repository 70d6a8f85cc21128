"""Term loan: constraints on the variables, by name.

    within_limit          Σ_t draw_{ft} ≤ limit − drawn before the start, repaid since or not
    within_outstanding    Σ_{j ≤ t} left_j(t) · prepay_{fj} ≤ left_0(t) · drawn_usd_bn + Σ_{s < t} left_s(t) · draw_{fs}

What is repaid cannot be drawn again. left is the part that is outstanding, as in `postings`.
"""

from __future__ import annotations

from typing import Any

import pyomo.core as pyo

from planner.instruments.term_loan.postings import facilities
from planner.interfaces.case_data import CaseData


def build(b: pyo.Block, case: CaseData) -> None:
    """Add the constraints to the block that holds the variables."""
    by_name = {facility.row.facility: facility for facility in facilities(case)[0] if facility.draws}

    @b.Constraint(list(by_name))
    def within_limit(b: pyo.Block, f: str) -> Any:
        return sum(b.draw[f, t] for t in by_name[f].draws) <= by_name[f].free_usd_bn

    repaid = {facility.row.facility: facility for facility in facilities(case)[0] if facility.early}

    @b.Constraint([(f, t) for f, facility in repaid.items() for t in facility.early])
    def within_outstanding(b: pyo.Block, f: str, t: int) -> Any:
        facility = repaid[f]
        early = sum(facility.left(j, t) * b.prepay[f, j] for j in facility.early if j <= t)
        drawn = sum(facility.left(s, t) * b.draw[f, s] for s in facility.draws if s < t)
        return early <= facility.left(0, t) * facility.row.drawn_usd_bn + drawn
